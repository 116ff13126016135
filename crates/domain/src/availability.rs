//! Who could serve, and who should.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::appointment::Segment;
use crate::people::Staff;
use crate::service::Service;
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
pub fn best_free<'a>(candidates: impl IntoIterator<Item = &'a Candidate>, slot: &Slot) -> Option<StaffId> {
    candidates
        .into_iter()
        .filter(|candidate| candidate.check(slot).is_ok())
        .min_by_key(|candidate| (candidate.busy.iter().map(Slot::minutes).sum::<u32>(), candidate.staff.id))
        .map(|candidate| candidate.staff.id)
}

/// Who does which stretch of work of a service: who is wanted does whatever that person may do; for the rest whoever
/// began goes on if free, else the best free one. `None` if one of them finds nobody.
pub fn arrange(
    candidates: &[Candidate],
    service: &Service,
    slots: &[Slot],
    wanted: Option<StaffId>,
) -> Option<Vec<Segment>> {
    let mut segments: Vec<Segment> = Vec::new();
    for (number, slot) in slots.iter().enumerate() {
        let may = |staff: &StaffId| service.may_do(number, *staff);
        let free = |staff: &StaffId| {
            candidates.iter().any(|candidate| candidate.staff.id == *staff && candidate.check(slot).is_ok())
        };
        let staff_id = if let Some(wanted) = wanted.filter(may) {
            Some(wanted).filter(free)?
        } else {
            let first = segments.first().map(|first| first.staff_id);
            let able = candidates.iter().filter(|candidate| may(&candidate.staff.id));
            first.filter(may).filter(free).or_else(|| best_free(able, slot))?
        };
        segments.push(Segment { staff_id, slot: *slot });
    }
    Some(segments)
}

/// Every quarter of an hour in `range` at which `service` can be had, from its first start to its last end,
/// with who would begin, the earliest first; `wanted` as in [`arrange`]. The busy times of the candidates must reach over the whole range.
pub fn free_starts(
    candidates: &[Candidate],
    service: &Service,
    wanted: Option<StaffId>,
    range: Slot,
) -> impl Iterator<Item = (Slot, StaffId)> {
    // Offsets of time zones are quarters of an hour, so quarters are the same on every clock.
    const STEP: i64 = 15 * 60;
    let first = (range.start.as_second() + STEP - 1).div_euclid(STEP) * STEP;
    (first..range.end.as_second()).step_by(900).filter_map(move |second| {
        let slots = service.slots(Timestamp::from_second(second).ok()?);
        let segments = arrange(candidates, service, &slots, wanted)?;
        let (first, last) = (segments.first()?, segments.last()?);
        Some((Slot { start: first.slot.start, end: last.slot.end }, first.staff_id))
    })
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

    #[test]
    fn free_times_lie_on_quarters_between_what_is_booked() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let hours =
            WeeklyHours::on(&[Weekday::Tuesday, Weekday::Wednesday], time(9, 0, 0, 0), time(11, 0, 0, 0));
        let staff = Staff {
            id: StaffId(Uuid::nil()),
            branch_id: BranchId(Uuid::nil()),
            name: String::new(),
            active: true,
            hours,
        };
        let busy = vec![Slot::of("2026-11-24T08:40:00Z".parse().unwrap(), 20)];
        let candidates = [Candidate { staff, zone, busy }];
        let service = Service {
            id: crate::ServiceId(Uuid::nil()),
            name: String::new(),
            slug: String::new(),
            description: String::new(),
            duration_minutes: 45,
            price_cents: None,
            active: true,
            terms: crate::service::Terms::default(),
            sync: crate::service::ServiceSync::Never,
            version: 1,
            segments: Vec::new(),
        };
        // Tuesday, 9:01 in Berlin: 9:15 would run into the appointment at 9:40.
        let range = Slot::of("2026-11-24T08:01:00Z".parse().unwrap(), 2 * 24 * 60);
        let starts: Vec<_> = free_starts(&candidates, &service, None, range)
            .map(|(slot, _)| slot.start.to_string())
            .take(3)
            .collect();
        assert_eq!(starts, ["2026-11-24T09:00:00Z", "2026-11-24T09:15:00Z", "2026-11-25T08:00:00Z"]);
    }

    proptest::proptest! {
        /// Everybody does only what they may and when they are free, and who is wanted does all that they may.
        #[test]
        fn whoever_is_arranged_may_do_it_and_is_free(
            allowed in proptest::collection::vec(proptest::collection::vec(0u128..4, 0..4), 1..4),
            busy in proptest::collection::vec(0usize..4, 0..4),
            wanted in proptest::option::of(0u128..4),
        ) {
            let id = |number: u128| StaffId(Uuid::from_u128(number));
            let start: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
            let service = composite(&allowed.iter().map(|may| may.iter().map(|n| id(*n)).collect()).collect::<Vec<_>>());
            let slots = service.slots(start);
            let candidates: Vec<_> = (0..4)
                .map(|number| Candidate {
                    staff: Staff {
                        id: id(number),
                        branch_id: BranchId(Uuid::nil()),
                        name: String::new(),
                        active: true,
                        hours: WeeklyHours::on(&[Weekday::Tuesday], time(0, 0, 0, 0), time(23, 0, 0, 0)),
                    },
                    zone: TimeZone::UTC,
                    busy: busy.iter().filter(|slot| **slot % 4 == usize::try_from(number).unwrap())
                        .filter_map(|slot| slots.get(*slot % slots.len()).copied()).collect(),
                })
                .collect();
            let free = |number: usize, who: StaffId| {
                candidates.iter().any(|it| it.staff.id == who && it.check(&slots[number]).is_ok())
            };
            let able = |number: usize| {
                candidates.iter().map(|it| it.staff.id).any(|who| service.may_do(number, who) && free(number, who))
            };
            match arrange(&candidates, &service, &slots, wanted.map(id)) {
                Some(segments) => for (number, segment) in segments.iter().enumerate() {
                    assert!(service.may_do(number, segment.staff_id) && free(number, segment.staff_id));
                    let wanted = wanted.map(id).filter(|who| service.may_do(number, *who));
                    assert!(wanted.is_none_or(|who| who == segment.staff_id));
                },
                None => assert!((0..slots.len()).any(|number| {
                    let wanted = wanted.map(id).filter(|who| service.may_do(number, *who));
                    wanted.map_or(!able(number), |who| !free(number, who))
                })),
            }
        }
    }

    /// Half an hour of work for each, with nothing between.
    fn composite(allowed: &[Vec<StaffId>]) -> Service {
        let work = |staff: &Vec<StaffId>| crate::service::Work {
            name: "Work".into(),
            minutes: 30,
            pause_minutes: 0,
            staff: staff.clone(),
        };
        Service {
            id: crate::ServiceId(Uuid::nil()),
            name: String::new(),
            slug: String::new(),
            description: String::new(),
            duration_minutes: 30,
            price_cents: None,
            active: true,
            terms: crate::service::Terms::default(),
            sync: crate::service::ServiceSync::Never,
            version: 1,
            segments: allowed.iter().map(work).collect(),
        }
    }
}
