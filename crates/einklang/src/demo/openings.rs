//! Free times of a staff member, as far as this database knows.

use domain::people::Staff;
use domain::{CompanyId, Slot};
use engine::Engine;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::dice::Dice;
use super::salon;

const STEP: SignedDuration = SignedDuration::from_mins(30);

/// Some start from `from` on, within a week, at which the person works and is free for `minutes`.
pub async fn some(
    engine: &Engine,
    company: CompanyId,
    staff: &Staff,
    minutes: u32,
    from: Timestamp,
    dice: &Dice,
) -> anyhow::Result<Option<Timestamp>> {
    let until = from + SignedDuration::from_hours(24 * 7);
    let week = Slot { start: from, end: until + SignedDuration::from_hours(12) };
    let busy = engine.store.busy(company, &[staff.id], week).await?.remove(&staff.id).unwrap_or_default();
    let zone = TimeZone::get(salon::TIME_ZONE)?;
    let half_hour = STEP.as_secs();
    let mut start = Timestamp::from_second((from.as_second() / half_hour + 1) * half_hour)?;
    let mut free = Vec::new();
    while start < until {
        let slot = Slot::of(start, minutes);
        if staff.hours.cover(&slot, &zone) && !busy.iter().any(|other| other.overlaps(&slot)) {
            free.push(start);
        }
        start += STEP;
    }
    Ok(dice.pick(&free).copied())
}
