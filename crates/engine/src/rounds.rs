//! What recurs at every account: its event types are looked at, because Cal.com tells of no change of theirs
//! (recording 034); what has changed of its bookings is asked for, because a webhook that fails is not sent again
//! (recordings 212 to 214); all of its bookings are verified; and what is old of its company goes.
//!
//! Each is work of the account's lane like any other, behind everything that people wait for. When it is done it is
//! put off instead of being taken off the list: there is no other timer, and any number of workers share it.

use domain::case::{Due, Priority};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::{Subject, Work};

use crate::lane::{Lane, Stop};
use crate::schedule::Schedule;
use crate::{Engine, Error};

/// How often; what is `None` is only done when somebody asks for it.
#[derive(Debug, Clone, Default)]
pub struct Rounds {
    /// All event types are looked at.
    pub event_types: Option<SignedDuration>,
    /// What has changed of the bookings is asked for.
    pub changes: Option<SignedDuration>,
    /// All bookings are verified.
    pub bookings: Option<Schedule>,
    /// What is old goes.
    pub retention: Option<SignedDuration>,
}

impl Rounds {
    /// As it is unless somebody configures it: event types every 15 minutes, changes every 5, all bookings every six
    /// hours, and what is old goes every hour.
    pub fn usual() -> Self {
        Self {
            event_types: Some(SignedDuration::from_mins(15)),
            changes: Some(SignedDuration::from_mins(5)),
            bookings: "0 */6 * * *".parse().ok(),
            retention: Some(SignedDuration::from_hours(1)),
        }
    }
}

impl Engine {
    /// Puts what recurs on the list of every account that does not have it there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_rounds(&self) -> Result<(), Error> {
        let rounds = &self.settings.rounds;
        let mut subjects = Vec::new();
        subjects.extend(rounds.event_types.map(|_| Subject::EventTypes));
        subjects.extend(rounds.changes.map(|_| Subject::Changes));
        subjects.extend(rounds.bookings.as_ref().map(|_| Subject::Bookings));
        subjects.extend(rounds.retention.map(|_| Subject::Retention));
        for subject in subjects {
            let due = Due { at: self.ambient.now(), priority: Priority::Check };
            self.store.mark_everywhere(subject, due).await?;
        }
        Ok(())
    }
}

/// Work that recurs was done: it is put off until it is due again, or taken off the list.
pub(crate) async fn done(lane: &Lane<'_>, work: &Work, next: Option<Timestamp>) -> Result<(), Stop> {
    if let Some(at) = next {
        return put_off(lane, work, Due { at, priority: Priority::Check }).await;
    }
    lane.engine.store.clear_work(&lane.lease(), work.subject.clone(), work.version).await?;
    Ok(())
}

/// Cal.com has not answered: it is tried again soon.
pub(crate) async fn again(lane: &Lane<'_>, work: &Work) -> Result<(), Stop> {
    let at = lane.engine.ambient.now() + crate::pace::LONGEST_PAUSE;
    put_off(lane, work, Due { at, priority: work.priority }).await
}

pub(crate) async fn put_off(lane: &Lane<'_>, work: &Work, due: Due) -> Result<(), Stop> {
    Ok(lane.engine.store.postpone(&lane.lease(), work.subject.clone(), work.version, due).await?)
}

/// When what is done every so often is due again. Accounts that were connected together drift apart.
pub(crate) fn in_a_while(lane: &Lane<'_>, every: Option<SignedDuration>) -> Option<Timestamp> {
    let ambient = &lane.engine.ambient;
    Some(ambient.now() + every?.mul_f64(0.9 + 0.2 * ambient.jitter()))
}

/// When all bookings of an account are to be verified next: at once if they never were.
pub(crate) async fn next_verification(lane: &Lane<'_>) -> Result<Option<Timestamp>, Stop> {
    let Some(schedule) = &lane.engine.settings.rounds.bookings else { return Ok(None) };
    let (store, lease) = (&lane.engine.store, lane.lease());
    let Some(last) = store.last_scheduled_verification(lease.company, lease.connection).await? else {
        return Ok(Some(lane.engine.ambient.now()));
    };
    let company = store.company(lease.company).await?;
    let zone = TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC);
    Ok(schedule.next(last, &zone, part(lease.connection)))
}

/// The part of the way by which an account is moved: 0 to 1, without 1.
fn part(connection: domain::ConnectionId) -> f64 {
    let [.., a, b, c, d] = *connection.0.as_bytes();
    f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
}
