//! What has changed of an account's bookings since it was last asked for: one request every few minutes when nothing
//! has. It finds what a lost webhook would have told, and notices when none come any more.
//!
//! Attendees who did not come are not found: Cal.com does not count that as a change (recordings 184 to 187). A
//! verification finds them.

use calcom::{BookingsQuery, Order};
use domain::verify::{Covered, Verdict};
use jiff::{SignedDuration, Timestamp};
use store::Work;

use crate::lane::{Lane, Stop};
use crate::{rounds, verify};

/// What is younger is left to its webhook until the next time.
const YOUNG: SignedDuration = SignedDuration::from_mins(1);
/// How far back it is asked for the first time.
const FIRST: SignedDuration = SignedDuration::from_hours(1);

/// Asks for what has changed, page after page, and has what is not known yet looked at.
pub(crate) async fn ask(lane: &Lane<'_>, work: &Work) -> Result<(), Stop> {
    let (engine, lease) = (lane.engine, lane.lease());
    let connection = engine.store.connection(lease.company, lease.connection).await?;
    let asked = engine.ambient.now();
    let mut from = connection.changes_read_to.unwrap_or_else(|| asked - FIRST);
    // So many that were changed at that very instant were looked at.
    let mut skip: u32 = 0;
    let mut any_missed = false;
    loop {
        if lane.is_stopping() {
            return Ok(());
        }
        lane.take(work.priority)?;
        lane.hold_for_a_call().await?;
        let query = BookingsQuery {
            after_updated_at: Some(from),
            sort_updated_at: Some(Order::Asc),
            take: Some(engine.settings.page),
            skip: (skip > 0).then_some(skip),
            ..BookingsQuery::default()
        };
        let call = lane.client.bookings(&query).await;
        let Ok(page) = &call.result else {
            rounds::again(lane, work).await?;
            return lane.learn(&call).await;
        };
        let mut old = page.clone();
        old.items.retain(|booking| booking.changed_at() <= asked - YOUNG);
        let found: Vec<Verdict> = verify::verdicts(lane, &ALL, &old, asked)
            .await?
            .into_iter()
            .filter(|verdict| verdict.class.is_finding())
            .collect();
        verify::detected(lane, &old.items, &found, "changes", asked).await?;
        for verdict in &found {
            verify::look_at(lane, verdict, asked).await?;
        }
        let changed = old
            .items
            .iter()
            .filter(|booking| found.iter().any(|verdict| verdict.uid == crate::translate::uid(&booking.uid)));
        let missed_at = changed.map(calcom::Booking::changed_at).max();
        let last = old.items.last().map_or(from, calcom::Booking::changed_at);
        skip = if last == from { skip + u32::try_from(old.items.len()).unwrap_or(u32::MAX) } else { 0 };
        from = last;
        engine.store.changes_read(lease.company, lease.connection, from, missed_at).await?;
        lane.learn(&call).await?;
        any_missed |= missed_at.is_some();
        if !page.has_more || old.items.len() < page.items.len() {
            break;
        }
    }
    if any_missed && engine.store.connection(lease.company, lease.connection).await?.is_silent() {
        engine.signals.changed(lease.company, None);
        tracing::warn!(target: "einklang::sync", connection = %lease.connection, "changes were made that no webhook told of");
        lane.take(work.priority)?;
        lane.hold_for_a_call().await?;
        crate::connect::see_to_webhook(engine, lease.company, lease.connection).await;
    }
    rounds::done(lane, work, rounds::in_a_while(lane, engine.settings.rounds.changes)).await
}

/// All starts, and nothing is missed: the list is of what has changed.
const ALL: Covered =
    Covered { from: Timestamp::MIN, to: Timestamp::MAX, whole_from: Timestamp::MAX, next: None };
