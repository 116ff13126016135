//! Carries wake-up calls between the processes on one PostgreSQL: a server without a worker wakes the workers
//! elsewhere, and what a worker changes reaches the pages that another process serves.
//!
//! Hints only. Whatever is lost on the way is found by the worker's and the pages' own looks at the database.

use std::collections::HashSet;
use std::time::Duration;

use domain::{AppointmentId, CompanyId};
use store::{Channel, Notice, Teller};
use tokio_util::sync::CancellationToken;

use crate::{Changed, Engine, Error};

/// Changes that happen within this time are told in one statement.
const GATHER: Duration = Duration::from_millis(20);
/// After the database did not answer.
const CALM_DOWN: Duration = Duration::from_secs(1);

/// What a process wants to hear of.
#[derive(Debug, Clone, Copy)]
pub struct Ears {
    /// Of work: it has a worker.
    pub work: bool,
    /// Of changes: it serves pages or callers.
    pub changes: bool,
}

/// Carries until `stop` is cancelled. Returns at once on SQLite, where there are no other processes to tell.
pub async fn carry(engine: &Engine, ears: Ears, stop: &CancellationToken) {
    let Some(teller) = engine.store.teller() else { return };
    // Tells our own notices from those of others.
    let me = hex::encode(engine.ambient.bytes::<8>());
    let carrying = async { tokio::join!(tell(engine, &me, teller), hear_again(engine, &me, ears)) };
    stop.run_until_cancelled(carrying).await;
}

async fn tell(engine: &Engine, me: &str, mut teller: Teller) {
    let Some(mut outbox) = engine.signals.outbox() else { return };
    let mut gathered = HashSet::new();
    let mut next = tokio::time::interval(GATHER);
    next.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let (channel, texts) = tokio::select! {
            () = outbox.work.notified() => (Channel::Work, vec![me.to_owned()]),
            Some(changed) = outbox.changes.recv() => {
                gathered.insert(changed);
                continue;
            }
            _ = next.tick(), if !gathered.is_empty() => {
                (Channel::Changes, gathered.drain().map(|changed| write(me, changed)).collect())
            }
        };
        if let Err(error) = teller.tell(channel, texts).await {
            tracing::debug!(%error, "other processes were not told");
        }
    }
}

async fn hear_again(engine: &Engine, me: &str, ears: Ears) {
    let channels: Vec<_> = [(ears.work, Channel::Work), (ears.changes, Channel::Changes)]
        .into_iter()
        .filter_map(|(wanted, channel)| wanted.then_some(channel))
        .collect();
    loop {
        if let Err(error) = hear(engine, me, &channels).await {
            tracing::debug!(%error, "other processes are not heard");
        }
        tokio::time::sleep(CALM_DOWN).await;
    }
}

async fn hear(engine: &Engine, me: &str, channels: &[Channel]) -> Result<(), Error> {
    let Some(mut listener) = engine.store.listen(channels).await? else { return Ok(()) };
    // Whatever was said before this moment is in the database.
    engine.signals.work_came();
    loop {
        match listener.next().await? {
            Notice::Heard(_, text) if text.starts_with(me) => {}
            Notice::Heard(Channel::Work, _) | Notice::Missed => engine.signals.work_came(),
            Notice::Heard(Channel::Changes, text) => {
                if let Some(changed) = read(&text) {
                    engine.signals.changed_elsewhere(changed);
                }
            }
        }
    }
}

fn write(me: &str, Changed { company, appointment }: Changed) -> String {
    let appointment = appointment.map_or(String::new(), |id| id.0.simple().to_string());
    format!("{me} {} {appointment}", company.0.simple())
}

fn read(text: &str) -> Option<Changed> {
    let mut words = text.splitn(3, ' ').skip(1);
    let company = CompanyId(words.next()?.parse().ok()?);
    let appointment = match words.next()? {
        "" => None,
        id => Some(AppointmentId(id.parse().ok()?)),
    };
    Some(Changed { company, appointment })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_change_arrives_as_it_was_sent() {
        let company = CompanyId(Uuid::from_u128(7));
        for appointment in [None, Some(AppointmentId(Uuid::from_u128(9)))] {
            let changed = Changed { company, appointment };
            assert_eq!(read(&write("me", changed)), Some(changed));
        }
        assert_eq!(read("of a later version"), None);
    }
}
