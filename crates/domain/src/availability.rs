//! When a service can be had, and by whom: the one place that knows what makes a time free. Every entrance asks it,
//! whether it offers times or books one.
//!
//! A time is free for somebody who is at work then, where the branch is open, is not away, and has nothing else, with
//! the buffers of what is booked and of what is to be booked between; and where Cal.com has said what is free there,
//! only within that.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::appointment::Segment;
use crate::holidays::Land;
use crate::hours::WeeklyHours;
use crate::people::Staff;
use crate::service::Service;
use crate::{Slot, StaffId};

/// Minutes between the starts that are offered. Offsets of time zones are quarters of an hour, so quarters are the
/// same on every clock.
pub const STEP_MINUTES: i64 = 15;

/// Where somebody works.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its clock.
    pub zone: TimeZone,
    /// When it is open; empty says nothing, and whoever works there is there.
    pub hours: WeeklyHours,
    /// Whose public holidays it keeps.
    pub land: Option<Land>,
}

impl Place {
    /// Whether the place is closed because `day` is a public holiday.
    pub fn is_holiday(&self, day: Date) -> bool {
        self.land.is_some_and(|land| land.is_holiday(day))
    }

    fn is_open(&self, slot: &Slot) -> bool {
        (self.hours.is_empty() || self.hours.cover(slot, &self.zone))
            && (self.land.is_none() || !self.is_holiday(self.zone.to_datetime(slot.start).date()))
    }
}

/// A staff member considered for a slot, with what is known of that time.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who.
    pub staff: Staff,
    /// Where this person works.
    pub place: Place,
    /// When this person is away.
    pub away: Vec<Slot>,
    /// What else this person has: appointments with their buffers, and what is held for others.
    pub busy: Vec<Slot>,
    /// What Cal.com says is free for each stretch of work ([`Candidate::hear`]); nothing or `None` where it was not
    /// asked, is not concerned, or has not answered.
    pub calcom: Vec<Option<Vec<Slot>>>,
}

/// Why somebody cannot serve in a slot; later is nearer to being free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unavailable {
    /// Does not take new appointments.
    Inactive,
    /// Does not work then, is away, or the place is closed.
    NotWorking,
    /// Has another appointment, or Cal.com knows of something.
    Busy,
}

impl Candidate {
    /// Whether this person is free and at work for a stretch of work of a service.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn check(&self, service: &Service, number: usize, slot: &Slot) -> Result<(), Unavailable> {
        let terms = &service.terms;
        let kept = widened(slot, terms.buffer_before_minutes, terms.buffer_after_minutes);
        let offered = self.calcom.get(number).and_then(Option::as_ref);
        if !self.staff.active {
            Err(Unavailable::Inactive)
        } else if !self.is_at_work(slot) {
            Err(Unavailable::NotWorking)
        } else if self.busy.iter().any(|other| other.overlaps(&kept))
            || offered.is_some_and(|free| !free.iter().any(|free| contains(free, slot)))
        {
            Err(Unavailable::Busy)
        } else {
            Ok(())
        }
    }

    /// Takes down what Cal.com says is free for a stretch of work of `minutes`. It lists starts on a grid, from `from`
    /// on: what is left over beside them, is not taken here and is too short for another start of the grid could not have
    /// been listed, and counts as free.
    pub fn hear(&mut self, number: usize, free: &[Slot], minutes: u32, range: Slot) {
        let known = joined(free.iter().chain(&self.busy).copied().collect());
        let unlisted = self.working_times(range).into_iter().flat_map(|work| without(work, &known));
        let too_short = unlisted.filter(|rest| rest.minutes() < minutes);
        let free = joined(too_short.chain(free.iter().copied()).collect());
        self.calcom.resize(self.calcom.len().max(number + 1), None);
        self.calcom[number] = Some(free);
    }

    /// The working hours of the days that `range` touches, cut to it.
    fn working_times(&self, range: Slot) -> Vec<Slot> {
        let zone = &self.place.zone;
        let (first, last) = (zone.to_datetime(range.start).date(), zone.to_datetime(range.end).date());
        let days = first.series(1.day()).take_while(|day| *day <= last);
        let times = days.filter(|day| !self.place.is_holiday(*day)).flat_map(|day| {
            let at = move |time| zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible();
            let open = self.staff.hours.day(day.weekday()).iter();
            open.filter_map(move |open| Some(Slot { start: at(open.from).ok()?, end: at(open.to).ok()? }))
        });
        let cut = times.map(|it| Slot { start: it.start.max(range.start), end: it.end.min(range.end) });
        cut.filter(|slot| slot.start < slot.end).collect()
    }

    /// Whether this person works then, whatever is booked.
    pub fn is_at_work(&self, slot: &Slot) -> bool {
        self.staff.hours.cover(slot, &self.place.zone)
            && self.place.is_open(slot)
            && !self.away.iter().any(|away| away.overlaps(slot))
    }
}

/// A slot with time before and after it.
pub fn widened(slot: &Slot, before: u32, after: u32) -> Slot {
    let minutes = |minutes| SignedDuration::from_mins(i64::from(minutes));
    Slot {
        start: slot.start.saturating_sub(minutes(before)).unwrap_or(slot.start),
        end: slot.end.saturating_add(minutes(after)).unwrap_or(slot.end),
    }
}

fn contains(whole: &Slot, part: &Slot) -> bool {
    whole.start <= part.start && part.end <= whole.end
}

/// What is left of a slot; `taken` is in order and apart.
pub fn without(slot: Slot, taken: &[Slot]) -> Vec<Slot> {
    let mut left = Vec::new();
    let mut start = slot.start;
    for taken in taken.iter().filter(|taken| taken.overlaps(&slot)) {
        left.push(Slot { start, end: taken.start });
        start = taken.end;
    }
    left.push(Slot { start, end: slot.end });
    left.retain(|slot| slot.start < slot.end);
    left
}

/// The same time as slots in order that neither overlap nor touch.
pub fn joined(mut slots: Vec<Slot>) -> Vec<Slot> {
    slots.sort_unstable();
    let mut joined: Vec<Slot> = Vec::new();
    for slot in slots {
        match joined.last_mut() {
            Some(last) if slot.start <= last.end => last.end = last.end.max(slot.end),
            _ => joined.push(slot),
        }
    }
    joined
}

/// The best free staff member for a stretch of work: the one with the least booked that day, so that work spreads
/// evenly; the lower id decides a tie, so that the choice can be repeated.
pub fn best_free(candidates: &[Candidate], service: &Service, number: usize, slot: &Slot) -> Option<StaffId> {
    candidates
        .iter()
        .filter(|candidate| service.may_do(number, candidate.staff.id))
        .filter(|candidate| candidate.check(service, number, slot).is_ok())
        .min_by_key(|candidate| (candidate.booked_around(slot), candidate.staff.id))
        .map(|candidate| candidate.staff.id)
}

impl Candidate {
    /// Minutes of what this person has on the day around a slot.
    fn booked_around(&self, slot: &Slot) -> u32 {
        let day = widened(slot, 12 * 60, 12 * 60);
        self.busy.iter().filter(|busy| busy.overlaps(&day)).map(Slot::minutes).sum()
    }
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
            let candidate = candidates.iter().find(|candidate| candidate.staff.id == *staff);
            candidate.is_some_and(|candidate| candidate.check(service, number, slot).is_ok())
        };
        let staff_id = if let Some(wanted) = wanted.filter(may) {
            Some(wanted).filter(free)?
        } else {
            let first = segments.first().map(|first| first.staff_id);
            first.filter(may).filter(free).or_else(|| best_free(candidates, service, number, slot))?
        };
        segments.push(Segment { staff_id, slot: *slot });
    }
    Some(segments)
}

/// Why nobody serves, where [`arrange`] finds nobody: of the first stretch of work without anybody, the reason of whoever
/// comes nearest to being free.
pub fn hindrance(
    candidates: &[Candidate],
    service: &Service,
    slots: &[Slot],
    wanted: Option<StaffId>,
) -> Unavailable {
    for (number, slot) in slots.iter().enumerate() {
        let wanted = wanted.filter(|staff| service.may_do(number, *staff));
        let asked = candidates.iter().filter(|it| match wanted {
            Some(wanted) => it.staff.id == wanted,
            None => service.may_do(number, it.staff.id),
        });
        let reasons: Vec<_> = asked.map(|it| it.check(service, number, slot).err()).collect();
        if !reasons.contains(&None) {
            return reasons.into_iter().flatten().max().unwrap_or(Unavailable::Inactive);
        }
    }
    // Everybody is free by now.
    Unavailable::Busy
}

/// Whether just these can serve.
///
/// # Errors
/// The first reason against it; [`Unavailable::Inactive`] for whoever does not do it.
pub fn check_all(
    candidates: &[Candidate],
    service: &Service,
    segments: &[Segment],
) -> Result<(), Unavailable> {
    segments.iter().enumerate().try_for_each(|(number, segment)| {
        let may = |it: &&Candidate| it.staff.id == segment.staff_id && service.may_do(number, it.staff.id);
        let candidate = candidates.iter().find(may).ok_or(Unavailable::Inactive)?;
        candidate.check(service, number, &segment.slot)
    })
}

/// A time at which a service can be had, with who would do it; at least one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Who works when.
    pub segments: Vec<Segment>,
}

impl Opening {
    /// From the first start to the last end.
    pub fn slot(&self) -> Slot {
        let starts = self.segments.iter().map(|segment| segment.slot.start);
        let ends = self.segments.iter().map(|segment| segment.slot.end);
        Slot {
            start: starts.min().unwrap_or(Timestamp::UNIX_EPOCH),
            end: ends.max().unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }

    /// Who begins.
    pub fn staff(&self) -> Option<StaffId> {
        self.segments.first().map(|segment| segment.staff_id)
    }
}

/// A look for times.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// What is wanted.
    pub service: &'a Service,
    /// Who could do it; what is known of them must reach over the whole range.
    pub candidates: &'a [Candidate],
    /// Who is to do it, as in [`arrange`].
    pub wanted: Option<StaffId>,
    /// The starts that are looked at.
    pub range: Slot,
    /// It is now: what is offered keeps the notice and the window of the service.
    pub now: Timestamp,
}

impl<'a> Search<'a> {
    /// Every quarter of an hour of the range at which the service can be had, the earliest first. They are found as
    /// they are asked for.
    pub fn openings(self) -> impl Iterator<Item = Opening> + 'a {
        const STEP: i64 = STEP_MINUTES * 60;
        let Self { service, candidates, wanted, range, now } = self;
        let notice = SignedDuration::from_mins(i64::from(service.terms.minimum_notice_minutes));
        let earliest = now.saturating_add(notice).unwrap_or(Timestamp::MAX);
        let from = range.start.max(earliest);
        let first = (from.as_second() + STEP - 1).div_euclid(STEP) * STEP;
        (first..range.end.as_second()).step_by(900).filter_map(move |second| {
            let start = Timestamp::from_second(second).ok().filter(|start| *start > now)?;
            let segments = arrange(candidates, service, &service.slots(start), wanted)?;
            let first = segments.first()?.staff_id;
            let place =
                candidates.iter().find(|candidate| candidate.staff.id == first).map(|it| &it.place)?;
            in_window(service, &place.zone, start, now).then_some(Opening { segments })
        })
    }
}

/// Whether a start keeps the booking window of a service.
fn in_window(service: &Service, zone: &TimeZone, start: Timestamp, now: Timestamp) -> bool {
    service.terms.booking_window_days.is_none_or(|days| {
        let last = zone.to_datetime(now).date().saturating_add(i64::from(days).days());
        zone.to_datetime(start).date() <= last
    })
}

/// Whether a start keeps the notice and the window of a service.
pub fn in_terms(service: &Service, zone: &TimeZone, start: Timestamp, now: Timestamp) -> bool {
    let notice = SignedDuration::from_mins(i64::from(service.terms.minimum_notice_minutes));
    now.saturating_add(notice).is_ok_and(|earliest| start >= earliest) && in_window(service, zone, start, now)
}

/// At most `count` of them, spread evenly, the first among them.
pub fn spread<T: Clone>(all: &[T], count: usize) -> Vec<T> {
    if all.len() <= count {
        return all.to_vec();
    }
    (0..count).map(|n| all[n * all.len() / count].clone()).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date, time};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::service::{ServiceSync, Terms, Work};
    use crate::{BranchId, ServiceId};

    const DAYS: [Weekday; 6] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
    ];

    fn id(number: u128) -> StaffId {
        StaffId(Uuid::from_u128(number))
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Works from nine to five, Monday to Saturday, in Berlin.
    fn candidate(number: u128, busy: &[(&str, u32)]) -> Candidate {
        let hours = WeeklyHours::on(&DAYS, time(9, 0, 0, 0), time(17, 0, 0, 0));
        Candidate {
            staff: Staff {
                id: id(number),
                branch_id: BranchId(Uuid::nil()),
                name: String::new(),
                active: true,
                hours,
            },
            place: Place {
                zone: TimeZone::get("Europe/Berlin").unwrap(),
                hours: WeeklyHours::default(),
                land: None,
            },
            away: Vec::new(),
            busy: busy.iter().map(|(start, minutes)| Slot::of(at(start), *minutes)).collect(),
            calcom: Vec::new(),
        }
    }

    fn service(minutes: u32) -> Service {
        Service {
            id: ServiceId(Uuid::nil()),
            name: String::new(),
            slug: String::new(),
            description: String::new(),
            duration_minutes: minutes,
            price_cents: None,
            active: true,
            terms: Terms::default(),
            sync: ServiceSync::Never,
            version: 1,
            segments: Vec::new(),
        }
    }

    /// The starts of a day on the clock of Berlin.
    fn starts(candidates: &[Candidate], service: &Service, day: Date, now: &str) -> Vec<String> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let midnight = |day: Date| day.to_zoned(zone.clone()).unwrap().timestamp();
        let range = Slot { start: midnight(day), end: midnight(day.tomorrow().unwrap()) };
        let search = Search { service, candidates, wanted: None, range, now: at(now) };
        let clock = |it: Opening| zone.to_datetime(it.slot().start).time().strftime("%H:%M").to_string();
        search.openings().map(clock).collect()
    }

    const NOW: &str = "2026-11-20T08:00:00Z";

    #[test]
    fn the_free_person_with_the_least_to_do_is_chosen() {
        let cut = service(60);
        let slot = Slot::of(at("2026-11-24T09:00:00Z"), 60);
        let mut staff = [
            candidate(1, &[]),
            candidate(2, &[("2026-11-24T09:30:00Z", 15)]),
            candidate(3, &[("2026-11-24T12:00:00Z", 90)]),
            candidate(4, &[("2026-11-24T12:00:00Z", 30)]),
        ];
        staff[0].staff.active = false;
        assert_eq!(best_free(&staff, &cut, 0, &slot), Some(id(4)));
        assert_eq!(staff[0].check(&cut, 0, &slot), Err(Unavailable::Inactive));
        assert_eq!(staff[1].check(&cut, 0, &slot), Err(Unavailable::Busy));
        let evening = Slot::of(at("2026-11-24T15:30:00Z"), 60);
        assert_eq!(best_free(&staff, &cut, 0, &evening), None);
    }

    #[test]
    fn why_nobody_serves_is_said_of_whoever_is_nearest_to_it() {
        let cut = service(60);
        let slots = [Slot::of(at("2026-11-24T09:00:00Z"), 60)];
        let (mut gone, mut away) = (candidate(1, &[]), candidate(2, &[]));
        (gone.staff.active, away.away) = (false, slots.to_vec());
        let staff = [gone, away, candidate(3, &[("2026-11-24T09:30:00Z", 15)])];
        let why = |staff: &[Candidate], wanted| hindrance(staff, &cut, &slots, wanted);
        assert_eq!(why(&staff, None), Unavailable::Busy);
        assert_eq!(why(&staff[..2], None), Unavailable::NotWorking);
        assert_eq!(why(&staff[..1], None), Unavailable::Inactive);
        assert_eq!(why(&[], None), Unavailable::Inactive);
        assert_eq!(why(&staff, Some(id(2))), Unavailable::NotWorking, "others are not asked for");
        let exactly = |number| check_all(&staff, &cut, &[Segment { staff_id: id(number), slot: slots[0] }]);
        assert_eq!((exactly(1), exactly(3)), (Err(Unavailable::Inactive), Err(Unavailable::Busy)));
        assert_eq!(exactly(4), Err(Unavailable::Inactive), "does not do it at all");
    }

    #[test]
    fn free_times_lie_on_quarters_between_what_is_booked() {
        let mut anna = candidate(1, &[("2026-11-24T08:40:00Z", 20)]);
        anna.staff.hours = WeeklyHours::on(&[Weekday::Tuesday], time(9, 0, 0, 0), time(11, 0, 0, 0));
        // 9:15 would run into the appointment at 9:40.
        let day = date(2026, 11, 24);
        assert_eq!(starts(&[anna.clone()], &service(45), day, NOW), ["10:00", "10:15"]);
        assert_eq!(starts(&[anna.clone()], &service(20), day, NOW)[..3], ["09:00", "09:15", "10:00"]);
        assert_eq!(starts(&[anna], &service(45), day, "2026-11-24T09:00:00Z"), ["10:15"], "ten is now");
    }

    #[test]
    fn buffers_notice_and_window_are_kept() {
        let anna = [candidate(1, &[("2026-11-24T09:00:00Z", 60)])];
        let day = date(2026, 11, 24);
        let mut cut = service(30);
        assert_eq!(starts(&anna, &cut, day, NOW)[..4], ["09:00", "09:15", "09:30", "11:00"]);
        cut.terms.buffer_after_minutes = 15;
        cut.terms.buffer_before_minutes = 30;
        assert_eq!(starts(&anna, &cut, day, NOW)[..4], ["09:00", "09:15", "11:30", "11:45"]);
        cut.terms.minimum_notice_minutes = 6 * 60;
        assert_eq!(starts(&anna, &cut, day, "2026-11-24T07:10:00Z")[0], "14:15");
        cut.terms.booking_window_days = Some(4);
        assert!(!starts(&anna, &cut, day, NOW).is_empty());
        assert!(starts(&anna, &cut, date(2026, 11, 25), NOW).is_empty());
    }

    #[test]
    fn nobody_works_on_holidays_out_of_opening_hours_or_when_away() {
        let mut anna = candidate(1, &[]);
        let cut = service(60);
        let unity = date(2026, 10, 3);
        let open = |anna: &Candidate, day| {
            starts(std::slice::from_ref(anna), &cut, day, "2026-09-01T00:00:00Z").len()
        };
        assert_eq!(open(&anna, unity), 29);
        anna.place.land = Some(Land::Be);
        assert_eq!((open(&anna, unity), open(&anna, date(2026, 10, 2))), (0, 29));
        anna.place.hours = WeeklyHours::on(&[Weekday::Friday], time(12, 0, 0, 0), time(20, 0, 0, 0));
        assert_eq!((open(&anna, date(2026, 10, 2)), open(&anna, date(2026, 10, 1))), (17, 0));
        anna.away = vec![Slot::of(at("2026-10-02T12:00:00Z"), 24 * 60)];
        // From twelve to one, the last start at one.
        assert_eq!(open(&anna, date(2026, 10, 2)), 5);
    }

    #[test]
    fn what_cal_com_says_is_free_counts_and_what_it_cannot_say_is_left_alone() {
        // It lists starts of 45 minutes from nine on; somebody has the hour from 10:30 to 11:30 there.
        let mut anna = candidate(1, &[("2026-11-24T12:00:00Z", 30)]);
        let free = |from: &str, to: &str| Slot { start: at(from), end: at(to) };
        let listed = vec![
            free("2026-11-24T08:00:00Z", "2026-11-24T09:30:00Z"),
            free("2026-11-24T10:30:00Z", "2026-11-24T12:00:00Z"),
            free("2026-11-24T12:30:00Z", "2026-11-24T15:30:00Z"),
        ];
        let range = Slot::of(at("2026-11-23T23:00:00Z"), 24 * 60);
        anna.hear(0, &listed, 45, range);
        let times = starts(&[anna.clone()], &service(45), date(2026, 11, 24), NOW);
        assert_eq!(times[..4], ["09:00", "09:15", "09:30", "09:45"]);
        assert_eq!(times[4..8], ["11:30", "11:45", "12:00", "12:15"]);
        // The half hour before five is too short to be listed, and is free.
        assert_eq!((times[8].as_str(), times.last().unwrap().as_str()), ("13:30", "16:15"));
        anna.hear(0, &[], 45, range);
        assert!(starts(&[anna], &service(45), date(2026, 11, 24), NOW).is_empty(), "Cal.com has nothing");
    }

    #[test]
    fn some_of_many_are_spread() {
        let all: Vec<_> = (0..10).collect();
        assert_eq!((spread(&all, 3), spread(&all[..2], 3)), (vec![0, 3, 6], vec![0, 1]));
    }

    /// Half an hour of work for each, with nothing between.
    fn composite(allowed: &[Vec<StaffId>]) -> Service {
        let work = |staff: &Vec<StaffId>| Work {
            name: "Work".into(),
            minutes: 30,
            pause_minutes: 0,
            staff: staff.clone(),
        };
        Service { segments: allowed.iter().map(work).collect(), ..service(30) }
    }

    /// Something at quarters of an hour around the days on which the clocks change in 2026 and 2027.
    fn around_changes_of_the_clock() -> impl Strategy<Value = Timestamp> {
        let days = prop_oneof![
            Just("2026-10-24T00:00:00Z"),
            Just("2027-03-27T00:00:00Z"),
            Just("2026-12-23T00:00:00Z"),
        ];
        (days, 0i64..3 * 96).prop_map(|(day, quarters)| at(day) + SignedDuration::from_mins(quarters * 15))
    }

    fn any_slot() -> impl Strategy<Value = Slot> {
        (around_changes_of_the_clock(), 1u32..16).prop_map(|(start, quarters)| Slot::of(start, quarters * 15))
    }

    prop_compose! {
        fn any_candidate()(
            number in 0u128..1000,
            from in 0i8..12,
            length in 1i8..12,
            sundays in any::<bool>(),
            berlin in any::<bool>(),
            busy in prop::collection::vec(any_slot(), 0..6),
            away in prop::collection::vec(any_slot(), 0..2),
            told in prop::option::of(prop::collection::vec(any_slot(), 0..6)),
        ) -> Candidate {
            let mut anna = candidate(number, &[]);
            let days = if sundays { [Weekday::Sunday, Weekday::Saturday] } else { [Weekday::Monday, Weekday::Friday] };
            anna.staff.hours = WeeklyHours::on(&days, time(from, 0, 0, 0), time(from + length, 0, 0, 0));
            anna.place.land = berlin.then_some(Land::Be);
            anna.busy = busy;
            anna.away = away;
            anna.calcom = vec![told.map(joined)];
            anna
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Whatever is offered is on the wall within the hours of whoever serves, on no holiday, and meets nothing; and
        /// whatever is not offered has a reason. Also when the clocks change.
        #[test]
        fn what_is_offered_is_free_and_what_is_free_is_offered(
            candidates in prop::collection::vec(any_candidate(), 1..4),
            minutes in 1u32..13,
            buffers in (0u32..3, 0u32..3),
            start in around_changes_of_the_clock(),
        ) {
            let mut service = service(minutes * 15);
            service.terms.buffer_before_minutes = buffers.0 * 15;
            service.terms.buffer_after_minutes = buffers.1 * 15;
            let range = Slot::of(start, 24 * 60);
            let search = Search {
                service: &service, candidates: &candidates, wanted: None, range, now: at("2026-10-01T00:00:00Z"),
            };
            let offered: Vec<_> = search.openings().map(|it| it.slot().start).collect();
            let free = |start: Timestamp| candidates.iter().any(|it| {
                let slot = Slot::of(start, minutes * 15);
                let kept = widened(&slot, buffers.0 * 15, buffers.1 * 15);
                let (first, last) = (it.place.zone.to_datetime(slot.start), it.place.zone.to_datetime(slot.end));
                let works = it.staff.hours.day(first.date().weekday()).iter()
                    .any(|open| open.from <= first.time() && last.time() <= open.to);
                first.date() == last.date()
                    && works
                    && !it.place.is_holiday(first.date())
                    && !it.busy.iter().any(|busy| busy.overlaps(&kept))
                    && !it.away.iter().any(|away| away.overlaps(&slot))
                    && it.calcom[0].as_ref().is_none_or(|free| free.iter().any(|free| contains(free, &slot)))
            });
            let quarters = (0..96).map(|n| start + SignedDuration::from_mins(n * 15));
            let expected: Vec<_> = quarters.filter(|start| free(*start)).collect();
            prop_assert_eq!(offered, expected);
        }

        /// Nothing that is known more makes more free: appointments, absences, holidays, what Cal.com says.
        #[test]
        fn knowing_more_never_offers_more(
            anna in any_candidate(), slot in any_slot(), start in around_changes_of_the_clock(),
        ) {
            let service = service(30);
            let offered = |anna: &Candidate| -> Vec<Opening> {
                let candidates = std::slice::from_ref(anna);
                let range = Slot::of(start, 24 * 60);
                Search { service: &service, candidates, wanted: None, range, now: at("2026-10-01T00:00:00Z") }
                    .openings().collect()
            };
            let before = offered(&anna);
            let more = |change: &dyn Fn(&mut Candidate)| {
                let mut anna = anna.clone();
                change(&mut anna);
                anna
            };
            for anna in [
                more(&|it| it.busy.push(slot)),
                more(&|it| it.away.push(slot)),
                more(&|it| it.place.land = Some(Land::By)),
                more(&|it| it.calcom = vec![Some(it.calcom[0].iter().flatten().take(1).copied().collect())]),
            ] {
                let after = offered(&anna);
                // Bavaria keeps all holidays of Berlin at Christmas.
                prop_assert!(after.iter().all(|it| before.contains(it)));
            }
        }

        /// Everybody does only what they may and when they are free, and who is wanted does all that they may.
        #[test]
        fn whoever_is_arranged_may_do_it_and_is_free(
            allowed in prop::collection::vec(prop::collection::vec(0u128..4, 0..4), 1..4),
            busy in prop::collection::vec(0usize..4, 0..4),
            wanted in prop::option::of(0u128..4),
        ) {
            let start = at("2026-11-24T09:00:00Z");
            let service = composite(&allowed.iter().map(|may| may.iter().map(|n| id(*n)).collect()).collect::<Vec<_>>());
            let slots = service.slots(start);
            let candidates: Vec<_> = (0..4).map(|number| {
                let mut it = candidate(number, &[]);
                it.busy = busy.iter().filter(|slot| **slot % 4 == usize::try_from(number).unwrap())
                    .filter_map(|slot| slots.get(*slot % slots.len()).copied()).collect();
                it
            }).collect();
            let free = |number: usize, who: StaffId| {
                candidates.iter().any(|it| it.staff.id == who && it.check(&service, number, &slots[number]).is_ok())
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
}
