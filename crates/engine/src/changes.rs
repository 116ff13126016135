//! What has changed of an account's bookings since it was last asked for: one request every few minutes when nothing
//! has. It finds what a lost webhook would have told, and notices when none come any more.
//!
//! Attendees who did not come are not found: Cal.com does not count that as a change (recordings 184 to 187). A
//! verification finds them. So it is with bookings that cannot be read, not even when they were changed.

use calcom::{Booking, BookingsQuery, Order};
use domain::verify::{Class, Covered, Verdict};
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
        let is_old = |changed_at: Timestamp| changed_at <= asked - YOUNG;
        old.items.retain(|booking| is_old(booking.changed_at()));
        old.unreadable.retain(|entry| entry.changed_at.is_none_or(is_old));
        let found: Vec<Verdict> = verify::verdicts(lane, &ALL, &old, asked)
            .await?
            .into_iter()
            .filter(|verdict| verdict.class.is_finding())
            .collect();
        let new = verify::detected(lane, &old, &found, "changes", asked).await?;
        for verdict in &found {
            // What cannot be read is no better known after a look: one is enough, until it changes again.
            if verdict.class != Class::Unreadable || new.contains(&verdict.uid) {
                verify::look_at(lane, verdict, asked).await?;
            }
        }
        let is_missed = |booking: &&Booking| {
            let uid = crate::translate::uid(&booking.uid);
            let is_announced = |it: &Verdict| it.uid == uid && it.class.is_announced();
            // What was changed before we could be told, nobody could tell us.
            booking.changed_at() >= connection.created_at && found.iter().any(is_announced)
        };
        let missed_at = old.items.iter().filter(is_missed).map(Booking::changed_at).max();
        let readable = old.items.iter().map(Booking::changed_at);
        let last = readable.chain(old.unreadable.iter().filter_map(|entry| entry.changed_at)).max();
        // Where no time can be read, the list is passed over entry by entry.
        let last = last.map_or(from, |last| last.max(from));
        skip = if last == from { skip + u32::try_from(old.entries()).unwrap_or(u32::MAX) } else { 0 };
        from = last;
        engine.store.changes_read(lease.company, lease.connection, from, missed_at).await?;
        lane.learn(&call).await?;
        any_missed |= missed_at.is_some();
        if !page.has_more || old.entries() < page.entries() {
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
