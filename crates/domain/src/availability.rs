//! Who could serve, and who should.

use jiff::tz::TimeZone;

use crate::people::Staff;
use crate::{Slot, StaffId};

/// A staff member considered for a slot, with what is known of that day.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who.
    pub staff: Staff,
    /// The clock of the branch where this person works.
    pub zone: TimeZone,
    /// This person's other active appointments around the slot.
    pub busy: Vec<Slot>,
}

/// Why somebody cannot serve in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// Does not take new appointments.
    Inactive,
    /// Does not work then.
    NotWorking,
    /// Has another appointment.
    Busy,
}

impl Candidate {
    /// Whether this person is free and at work during the slot.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn check(&self, slot: &Slot) -> Result<(), Unavailable> {
        if !self.staff.active {
            Err(Unavailable::Inactive)
        } else if !self.staff.hours.cover(slot, &self.zone) {
            Err(Unavailable::NotWorking)
        } else if self.busy.iter().any(|other| other.overlaps(slot)) {
            Err(Unavailable::Busy)
        } else {
            Ok(())
        }
    }
}

/// The best free staff member: the one with the least booked that day, so that work spreads evenly; the
/// lower id decides a tie, so that the choice can be repeated.
pub fn best_free(candidates: &[Candidate], slot: &Slot) -> Option<StaffId> {
    candidates
        .iter()
        .filter(|candidate| candidate.check(slot).is_ok())
        .min_by_key(|candidate| (candidate.busy.iter().map(Slot::minutes).sum::<u32>(), candidate.staff.id))
        .map(|candidate| candidate.staff.id)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, time};
    use uuid::Uuid;

    use super::*;
    use crate::BranchId;
    use crate::hours::WeeklyHours;

    #[test]
    fn the_free_person_with_the_least_to_do_is_chosen() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let slot = Slot::of("2026-11-24T09:00:00Z".parse().unwrap(), 60);
        let candidate = |id: u128, active: bool, busy: &[(&str, u32)]| Candidate {
            staff: Staff {
                id: StaffId(Uuid::from_u128(id)),
                branch_id: BranchId(Uuid::nil()),
                name: String::new(),
                active,
                hours: WeeklyHours::on(&[Weekday::Tuesday], time(9, 0, 0, 0), time(17, 0, 0, 0)),
            },
            zone: zone.clone(),
            busy: busy.iter().map(|(start, minutes)| Slot::of(start.parse().unwrap(), *minutes)).collect(),
        };
        let staff = [
            candidate(1, false, &[]),
            candidate(2, true, &[("2026-11-24T09:30:00Z", 15)]),
            candidate(3, true, &[("2026-11-24T12:00:00Z", 90)]),
            candidate(4, true, &[("2026-11-24T12:00:00Z", 30)]),
        ];
        assert_eq!(best_free(&staff, &slot), Some(StaffId(Uuid::from_u128(4))));
        assert_eq!(staff[0].check(&slot), Err(Unavailable::Inactive));
        assert_eq!(staff[1].check(&slot), Err(Unavailable::Busy));
        let evening = Slot::of("2026-11-24T16:30:00Z".parse().unwrap(), 60);
        assert_eq!(best_free(&staff, &evening), None);
    }
}
