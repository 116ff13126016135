//! One appointment, one Cal.com, people on both sides, and an engine whose every call may go wrong.

use std::time::Duration;

use domain::appointment::{Appointment, Segment};
use domain::booking::Role;
use domain::case::{Host, Target};
use domain::company::Locale;
use domain::decide::{Again, Failure};
use domain::people::Customer;
use domain::plan::Cancellation;
use domain::retry::RetrySchedule;
use domain::review::ReviewCode;
use domain::{
    AppointmentId, AppointmentStatus, AttemptId, BookingRecord, BookingState, BookingUid, BranchId, Case,
    ConnectionId, CustomerId, EventTypeRef, Next, Origin, Policy, Priority, Push, ServiceId, Sighting, Slot,
    StaffId, SyncStatus, Via,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::cal_com::{CalCom, HOSTS, House, LONG, Request, TEAM};
use crate::steps::{Answer, Effect, Step};

/// How long a call is waited for.
const TIME_OUT: SignedDuration = SignedDuration::from_secs(30);

/// What an account's lane waits for.
enum Flight {
    Call { number: u16, attempt: AttemptId, sent: Timestamp, end: Box<End> },
    Look { number: u16, asked: Timestamp, found: Option<Vec<Sighting>> },
}

/// How a call ends, if it ends in time.
#[expect(clippy::large_enum_variant, reason = "boxed where it is kept")]
enum End {
    Booking(Sighting),
    Accepted,
    Failed(Failure),
}

pub struct World {
    pub case: Case,
    pub cal: CalCom,
    pub now: Timestamp,
    flights: [Option<Flight>; 2],
    /// Calls that nobody waits for, and when they take effect.
    late: Vec<(Timestamp, Request)>,
    attempts: u128,
    schedule: RetrySchedule,
    /// Calls that change something, so far.
    pub calls: usize,
    /// Somebody here cancelled it, and nobody has decided otherwise since.
    cancelled: bool,
    /// Somebody there did.
    cancelled_there: bool,
    /// A guest has made one out of a booking that was cancelled.
    revived: bool,
}

pub fn account(index: usize) -> ConnectionId {
    ConnectionId(Uuid::from_u128(index as u128 % 2))
}

/// The places where a segment can be booked.
fn target(index: u8) -> Option<Target> {
    let at =
        |index, id, host| Some(Target { event_type: EventTypeRef { connection: account(index), id }, host });
    match index % 8 {
        0 | 1 => at(0, 1, None),
        2 => at(1, 2, None),
        3 => at(0, 3, None),
        4 => at(1, LONG, None),
        5 => at(0, TEAM, Some(HOSTS[0])),
        6 => at(0, TEAM, Some(HOSTS[1])),
        _ => None,
    }
}

fn origin() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("in range")
}

/// A half hour of the next day.
fn half_hour(index: u8) -> Timestamp {
    origin() + SignedDuration::from_hours(24) + SignedDuration::from_mins(30 * i64::from(index % 8))
}

fn segments(start: Timestamp, count: u8) -> Vec<Segment> {
    (0..i64::from(count.clamp(1, 3)))
        .map(|n| Segment {
            staff_id: StaffId(Uuid::nil()),
            slot: Slot::of(start + SignedDuration::from_mins(60 * n), 30),
        })
        .collect()
}

fn appointment(count: u8) -> Appointment {
    let segments = segments(half_hour(2), count);
    let mut appointment = Appointment {
        id: AppointmentId(Uuid::nil()),
        number: 1,
        branch_id: BranchId(Uuid::nil()),
        service_id: ServiceId(Uuid::nil()),
        staff_id: StaffId(Uuid::nil()),
        customer_id: CustomerId(Uuid::nil()),
        slot: segments[0].slot,
        segments: Vec::new(),
        time_zone: "Europe/Berlin".into(),
        status: AppointmentStatus::Confirmed,
        reason: None,
        notes: None,
        origin: Origin::Admin,
        overlapping: false,
        version: 1,
        sync: SyncStatus::Pending,
        created_at: origin(),
        updated_at: origin(),
        deleted_at: None,
    };
    appointment.arrange(segments);
    appointment
}

impl World {
    pub fn new(house: House, policy: Policy, targets: &[u8]) -> Self {
        let count = u8::try_from(targets.len()).expect("few");
        let customer = Customer {
            id: CustomerId(Uuid::nil()),
            name: "Clara".into(),
            email: None,
            phone: None,
            locale: Locale::De,
        };
        let placeholder = "apt@customers.example".parse().expect("an address");
        let mut case = Case::new(appointment(count), customer, placeholder, policy);
        let event_type = EventTypeRef { connection: account(0), id: TEAM };
        for (staff, user) in (1..).zip(HOSTS) {
            case.hosts.push(Host { event_type, user, staff_id: StaffId(Uuid::from_u128(staff)) });
        }
        let targets: Vec<_> = targets.iter().map(|index| target(*index)).collect();
        case.rebook(&targets, origin());
        let mut world = Self {
            case,
            cal: CalCom { house, bookings: Vec::new(), busy: Vec::new() },
            now: origin(),
            flights: [None, None],
            late: Vec::new(),
            attempts: 0,
            schedule: RetrySchedule::default(),
            calls: 0,
            cancelled: false,
            cancelled_there: false,
            revived: false,
        };
        world.conclude();
        world
    }

    /// Whatever happens, it ends with this. The next one loads what this one stored.
    fn conclude(&mut self) {
        self.case.conclude(Priority::Change, self.now);
        self.case.open = self.case.questions.clone();
        self.case.entries.clear();
        self.check_moment();
    }

    pub fn step(&mut self, step: &Step) {
        let now = self.now;
        // Of a segment that is not wanted any more nobody listens to its booking.
        let unwanted = match *step {
            Step::Book(_, to) => target(to).is_none(),
            Step::Service(..) | Step::Settle(_) | Step::Undo => true,
            _ => false,
        };
        self.cancelled_there &= !unwanted;
        let appointment = &mut self.case.appointment;
        match *step {
            Step::Move(to) => drop(appointment.reschedule(half_hour(to), None, now)),
            Step::Cancel => self.cancelled |= appointment.cancel(None, now) == Ok(true),
            Step::Confirm => drop(appointment.confirm(now)),
            Step::NoShow(absent) => drop(appointment.mark_no_show(absent, now)),
            Step::Name(n) => self.case.customer.name = format!("Clara {}", n % 3),
            Step::Email(n) => {
                self.case.customer.email = (n % 2 == 0).then(|| "clara@client.example".parse().expect("one"));
            }
            Step::Book(segment, to) => {
                let segment = segment % u8::try_from(appointment.segments.len()).expect("few");
                self.case.book_segment(u16::from(segment), target(to), now);
            }
            Step::Service(count, to) => {
                let segments = segments(appointment.slot.start, count % 3 + 1);
                let targets: Vec<_> = (1..=count % 3 + 1).map(|n| target(to.wrapping_mul(n))).collect();
                appointment.arrange(segments);
                self.case.rebook(&targets, now);
            }
            Step::Retry => self.case.retry(),
            Step::Settle(ours) => self.cancelled &= !self.case.settle_conflict(ours, now),
            // Whoever takes a cancellation back wants it to take place.
            Step::Undo => self.cancelled &= self.case.undo(now).is_empty(),
            Step::ThereMove(which, to) => {
                if let Some(index) = self.some_live(which) {
                    let _refused = self.cal.reschedule(index, half_hour(to), now);
                }
            }
            Step::ThereCancel(which) => self.cancel_there(which),
            Step::ThereConfirm(which) => {
                if let Some(index) = self.some_live(which) {
                    self.cal.change(index, now, |facts| facts.state = BookingState::Active);
                }
            }
            Step::ThereAnew(which, to) => self.book_anew(which, to),
            Step::ThereHost(which, host) => {
                if let Some(index) = self.some_live(which)
                    && self.cal.bookings[index]
                        .facts
                        .event_type
                        .is_some_and(|event_type| event_type.id == TEAM)
                {
                    let host = [HOSTS[0], HOSTS[1], 99][usize::from(host % 3)];
                    self.cal.change(index, now, |facts| facts.host = Some(host));
                }
            }
            Step::ThereAbsent(which, absent) => {
                if let Some(index) = self.some_live(which)
                    && self.cal.bookings[index].facts.slot.start <= now
                    && self.cal.bookings[index].facts.state == BookingState::Active
                {
                    self.cal.bookings[index].facts.absent = absent;
                }
            }
            Step::ThereGone(which) => {
                if let Some(index) = self.some_live(which) {
                    self.cal.bookings[index].gone = true;
                }
            }
            Step::Busy(whose, at) => {
                let slot = Slot::of(half_hour(at), 30);
                if HOSTS
                    .iter()
                    .map(|host| Some(*host))
                    .chain([None])
                    .all(|host| self.cal.is_free(account(usize::from(whose)), host, slot, None))
                {
                    self.cal.busy.push((account(usize::from(whose)), slot));
                }
            }
            Step::Free => self.cal.busy.clear(),
            Step::Work(lane, answer, effect) => {
                self.work(usize::from(lane % 2), answer, effect);
            }
            Step::TakeOver(lane) => self.flights[usize::from(lane % 2)] = None,
            Step::Webhook(which) => self.webhook(usize::from(which)),
            Step::Hint => self.case.hint(None),
            Step::Pass(seconds) => self.pass(SignedDuration::from_secs(i64::from(seconds))),
            Step::Begins => {
                let start = appointment.slot.start;
                self.pass(start.duration_since(now).max(SignedDuration::ZERO));
            }
        }
        self.conclude();
    }

    fn some_live(&self, which: u8) -> Option<usize> {
        let live: Vec<_> = self.cal.live().map(|(index, _)| index).collect();
        live.get(usize::from(which) % live.len().max(1)).copied()
    }

    fn cancel_there(&mut self, which: u8) {
        let Some(index) = self.some_live(which) else { return };
        let uid = &self.cal.bookings[index].uid;
        let is_current = self.case.record_by_uid(uid).is_some_and(|record| record.role == Role::Current);
        let under_way = !self.late.is_empty()
            || self.flights.iter().any(Option::is_some)
            || self.case.bookings.iter().any(|record| !record.doubts.is_empty());
        self.cancelled_there |= is_current
            && !under_way
            && self.case.policy.cancellation == Cancellation::Wins
            && self.case.appointment.status.is_active();
        self.cal.change(index, self.now, |facts| facts.state = BookingState::Cancelled);
    }

    /// The guest follows the link in the cancellation.
    fn book_anew(&mut self, which: u8, to: u8) {
        let cancelled: Vec<_> = (0..self.cal.bookings.len())
            .filter(|index| {
                let booking = &self.cal.bookings[*index];
                !booking.gone && booking.moved_to.is_none() && !booking.facts.state.is_live()
            })
            .collect();
        let Some(index) = cancelled.get(usize::from(which) % cancelled.len().max(1)) else { return };
        self.revived |= self.cal.reschedule(*index, half_hour(to), self.now).is_ok();
    }

    /// Time passes; what was late takes effect meanwhile.
    fn pass(&mut self, time: SignedDuration) {
        self.now += time;
        let (mut due, late): (Vec<_>, Vec<_>) = self.late.drain(..).partition(|(at, _)| *at <= self.now);
        self.late = late;
        due.sort_by_key(|(at, _)| *at);
        for (at, request) in due {
            let _nobody_hears = self.cal.perform(&request, at);
        }
    }

    /// The lane of an account goes one step on. Says whether there was anything to do.
    fn work(&mut self, lane: usize, answer: Answer, effect: Effect) -> bool {
        if let Some(flight) = self.flights[lane].take() {
            self.land(flight);
            return true;
        }
        match self.case.next_in(account(lane), self.now) {
            Some((number, Next::Look)) => self.look(lane, number, answer),
            Some((number, Next::Act(push))) => self.act(lane, number, push, answer, effect),
            _ => return false,
        }
        true
    }

    fn look(&mut self, lane: usize, number: u16, answer: Answer) {
        let found = match answer {
            Answer::Refused | Answer::Trouble | Answer::Lost => None,
            _ => Some(self.find(number)),
        };
        let flight = Flight::Look { number, asked: self.now, found };
        match answer {
            Answer::Later => self.flights[lane] = Some(flight),
            _ => self.land(flight),
        }
    }

    /// The booking of a record and others that carry its reference, as a look finds them.
    fn find(&self, number: u16) -> Vec<Sighting> {
        let Some(record) = self.case.record(number) else { return Vec::new() };
        let sighting = |index| self.cal.sighting(index, Via::Fetch, self.now);
        if let Some(uid) = &record.uid {
            return self.cal.end(uid).map(sighting).into_iter().collect();
        }
        let in_doubt = record.doubts.last().map(|call| &call.wanted);
        let sent = in_doubt.or(record.refused.as_ref().map(|refused| &refused.wanted));
        let own = self.case.customer.email.as_ref().unwrap_or(&self.case.placeholder);
        let email = sent.and_then(|sent| sent.email.as_ref()).unwrap_or(own);
        let is_of = |booking: &crate::cal_com::Booking| {
            let meant = self.case.record_by_reference(booking.reference);
            let holder = self.case.record_by_uid(&booking.uid);
            meant.is_some_and(|record| record.number == number)
                && holder.is_none_or(|holder| holder.number == number)
                && !booking.gone
                && booking.facts.email.as_ref() == Some(email)
        };
        let ours: Vec<_> =
            (0..self.cal.bookings.len()).rev().filter(|index| is_of(&self.cal.bookings[*index])).collect();
        let live = |index: &&usize| self.cal.bookings[**index].facts.state.is_live();
        let end = |index: &&usize| self.cal.bookings[**index].moved_to.is_none();
        let first = ours.iter().find(live).or(ours.iter().find(end)).or(ours.first()).copied();
        let Some(first) = first.and_then(|index| self.cal.end(&self.cal.bookings[index].uid)) else {
            return Vec::new();
        };
        let more = ours.iter().filter(live).filter(|index| **index != first);
        std::iter::once(first).chain(more.copied()).map(sighting).collect()
    }

    fn act(&mut self, lane: usize, number: u16, push: Push, answer: Answer, effect: Effect) {
        // Nobody can tell our own cancellation of a booking that leaves from somebody else's.
        if matches!(push, Push::Cancel | Push::Decline) && self.case.appointment.status.is_active() {
            self.cancelled_there = false;
        }
        self.attempts += 1;
        let attempt = AttemptId(Uuid::from_u128(self.attempts));
        self.case.started(number, attempt, push, self.now);
        self.conclude();
        let Some(record) = self.case.record(number) else { return };
        let request = Request {
            push,
            uid: record.uid.clone(),
            reference: self.case.reference(record),
            wanted: self.case.snapshots(record).local,
        };
        self.calls += 1;
        let trouble = |ambiguous, over| End::Failed(Failure::Transient { ambiguous, over });
        let end = match (answer, effect) {
            (Answer::Limited, _) => End::Failed(Failure::RateLimited { wait: Duration::from_secs(20) }),
            (Answer::Refused, _) => trouble(false, true),
            (_, Effect::Late(seconds)) => {
                let at = self.now + SignedDuration::from_secs(i64::from(seconds % 80) + 1);
                self.late.push((at, request));
                trouble(true, false)
            }
            (_, Effect::Never) => trouble(true, answer == Answer::Trouble),
            (_, Effect::Now) => {
                let done = self.cal.perform(&request, self.now);
                match (answer, done) {
                    (Answer::Lost, _) => trouble(true, false),
                    (Answer::Trouble, _) => trouble(true, true),
                    (_, Ok(_)) if push == Push::Reassign => End::Accepted,
                    (_, Ok(index)) => End::Booking(self.cal.sighting(index, Via::Answer, self.now)),
                    (_, Err(code)) => End::Failed(Failure::Refused(code)),
                }
            }
        };
        let flight = Flight::Call { number, attempt, sent: self.now, end: Box::new(end) };
        match answer {
            Answer::Later | Answer::Lost => self.flights[lane] = Some(flight),
            _ => self.land(flight),
        }
    }

    /// What was waited for has come, or is given up.
    fn land(&mut self, flight: Flight) {
        let now = self.now;
        let again = Again { schedule: &self.schedule, jitter: 0.5 };
        let lost = Failure::Transient { ambiguous: true, over: false };
        match flight {
            Flight::Call { number, attempt, sent, .. } if now.duration_since(sent) > TIME_OUT => {
                self.case.call_failed(number, attempt, &lost, "", again, now);
            }
            Flight::Call { number, attempt, end, .. } => match *end {
                End::Booking(mut sighting) => {
                    sighting.seen_at = now;
                    self.case.answered(number, attempt, &sighting, now);
                }
                End::Accepted => self.case.accepted_blindly(number, attempt, now),
                End::Failed(failure) => self.case.call_failed(number, attempt, &failure, "", again, now),
            },
            Flight::Look { number, asked, found: Some(found) } if now.duration_since(asked) <= TIME_OUT => {
                match found.split_first() {
                    None => self.case.absent(number, asked),
                    Some((first, more)) => {
                        self.case.sighted(number, first, now);
                        for extra in more {
                            self.find_extra(number, extra);
                        }
                    }
                }
            }
            Flight::Look { number, .. } => self.case.look_failed(number, &lost, "", again, now),
        }
        self.conclude();
    }

    fn find_extra(&mut self, number: u16, extra: &Sighting) {
        let Some(record) = self.case.record(number) else { return };
        let (segment, event_type) = (record.segment, extra.facts.event_type.unwrap_or(record.event_type));
        let target = Target { event_type, host: extra.facts.host };
        self.case.found(segment, target, None, extra, self.now);
    }

    /// Cal.com tells of a booking, and the lane of its account understands it.
    fn webhook(&mut self, which: usize) {
        let Some(booking) = self.cal.bookings.get(which % self.cal.bookings.len().max(1)).cloned() else {
            return;
        };
        let lane = usize::from(booking.facts.event_type.is_some_and(|it| it.connection == account(1)));
        // One thing at a time in a lane.
        if self.flights[lane].is_some() {
            return;
        }
        let from = booking.moved_from.map(|index| self.cal.bookings[index].uid.clone());
        let mut names = [Some(&booking.uid), from.as_ref()].into_iter().flatten();
        let named = names.find_map(|uid| self.case.record_by_uid(uid));
        // Of several tries only the last one is taken at its word.
        let last = |record: &&BookingRecord| record.generation == booking.reference.generation;
        let meant = self.case.record_by_reference(booking.reference).filter(last);
        match (named, meant) {
            (Some(record), _) if record.role != Role::Gone => self.case.hint(Some(&booking.uid)),
            (None, Some(record)) if record.uid.is_none() && record.role != Role::Gone => {
                let number = record.number;
                self.case.recognise(number, &booking.uid);
                self.case.hint(Some(&booking.uid));
            }
            _ => self.fetch(&booking.uid),
        }
        self.conclude();
    }

    /// A booking that no record leads to is fetched.
    fn fetch(&mut self, uid: &BookingUid) {
        let Some(index) = self.cal.end(uid) else { return };
        let sighting = self.cal.sighting(index, Via::Fetch, self.now);
        let booking = &self.cal.bookings[index];
        let known = self.case.record_by_uid(&booking.uid).is_some_and(|record| record.role != Role::Gone);
        // A chain of which no link leads to a booking of ours that is still there is one too many; any other is
        // found by a look.
        let mut links = std::iter::successors(booking.moved_from, |link| self.cal.bookings[*link].moved_from);
        let holder = |link: usize| self.case.record_by_uid(&self.cal.bookings[link].uid);
        let astray = links.find_map(holder).is_none_or(|record| record.role == Role::Gone);
        match sighting.facts.event_type {
            Some(event_type) if !known && astray => {
                let target = Target { event_type, host: sighting.facts.host };
                self.case.found(
                    booking.reference.segment,
                    target,
                    Some(booking.reference),
                    &sighting,
                    self.now,
                );
            }
            _ => self.case.hint(Some(&sighting.uid)),
        }
    }

    /// Nothing goes wrong any more, every webhook has come, everything is looked at once more.
    pub fn calm_down(&mut self) {
        for lane in 0..2 {
            if let Some(flight) = self.flights[lane].take() {
                self.land(flight);
            }
        }
        self.pass(SignedDuration::from_secs(100));
        for which in 0..self.cal.bookings.len() {
            self.webhook(which);
        }
        self.case.hint(None);
        self.conclude();
    }

    /// The engine works until nothing is left to do; says how many calls it made.
    pub fn run_to_quiet(&mut self) -> usize {
        let before = self.calls;
        for _ in 0..200 {
            let busy = (0..2).any(|lane| self.work(lane, Answer::Clear, Effect::Now));
            if busy {
                continue;
            }
            match self.case.due.iter().map(|(_, due)| due.at).min() {
                Some(at) if at > self.now => {
                    self.now = at;
                    self.conclude();
                }
                Some(_) => panic!("due, and nothing is done: \n{}", self.picture()),
                None => return self.calls - before,
            }
        }
        panic!("it never ends: \n{}", self.picture());
    }

    /// What there is, in few lines.
    pub fn picture(&self) -> String {
        let case = &self.case;
        let (status, sync) = (case.appointment.status, case.appointment.sync);
        let mut lines =
            vec![format!("{status:?} {sync:?} {:?} since {}", case.questions, case.appointment.slot.start)];
        for record in &case.bookings {
            let seen = record.sighting().map(|seen| (&seen.uid.0, seen.facts.state, seen.facts.slot.start));
            let doubts: Vec<_> =
                record.doubts.iter().map(|call| (call.push, call.at, call.over, call.looked)).collect();
            let agreed = record.agreed.as_ref().map(|agreed| (agreed.state, agreed.slot.start));
            let refused = record.refused.as_ref().map(|refused| (refused.push, refused.code));
            let (segment, role, account) =
                (record.segment, record.role, record.event_type.connection.0.as_u128());
            let (event_type, next) = (record.event_type.id, case.next_of(record));
            lines.push(format!(
                "  record {}: segment {segment} {role:?} on {account}/{event_type} {:?} seen {seen:?} agreed \
                 {agreed:?} look {} doubts {doubts:?} refused {refused:?} -> {next:?}",
                record.number,
                record.uid.as_ref().map(|uid| &uid.0),
                record.look,
            ));
        }
        for booking in &self.cal.bookings {
            let (facts, segment) = (&booking.facts, booking.reference.segment);
            lines.push(format!(
                "  {}: segment {segment} generation {} {:?} {} host {:?} gone {} moved to {:?}",
                booking.uid,
                booking.reference.generation,
                facts.state,
                facts.slot.start,
                facts.host,
                booking.gone,
                booking.moved_to,
            ));
        }
        lines.join("\n")
    }

    /// Holds at every moment.
    fn check_moment(&self) {
        for lane in [account(0), account(1)] {
            let wanted = self.case.next_in(lane, Timestamp::MAX).is_some();
            let due = self.case.due.iter().any(|(of, _)| *of == lane);
            assert_eq!(wanted, due, "work and its time belong together: \n{}", self.picture());
        }
        for segment in 0..3 {
            let live = self.cal.made_for(segment, self.now);
            assert!(live <= 2, "{live} bookings of segment {segment}: \n{}", self.picture());
        }
    }

    /// Holds when all is quiet.
    pub fn check_quiet(&self) {
        let case = &self.case;
        self.check_all_or_nothing();
        let asked = !case.questions.is_empty();
        let lives = case.appointment.status != AppointmentStatus::Cancelled;
        if (self.cancelled || self.cancelled_there) && !self.revived && !asked {
            assert!(!lives, "cancelled, and back again:\n{}", self.picture());
        }
        for segment in 0..3 {
            let live = self.cal.live_of(segment);
            let current = case.current_of(segment);
            // What is over cannot be cancelled or moved any more.
            let too_late = self.cal.live().any(|(_, booking)| {
                booking.reference.segment == segment && booking.facts.slot.end <= self.now
            });
            let wanted = usize::from(current.is_some() && lives);
            assert!(
                live == wanted || asked || too_late,
                "segment {segment}: {live} bookings where {wanted} are wanted: \n{}",
                self.picture()
            );
            // People at Cal.com changed an old booking while the new one was made: a person decides, of each.
            let undecided = case.bookings.iter().filter(|record| {
                record.segment == segment
                    && record.role.is_leaving()
                    && matches!(case.next_of(record), Next::Ask(_))
            });
            assert!(
                live <= 1 + undecided.count() || too_late,
                "segment {segment}: {live} bookings:\n{}",
                self.picture()
            );
            if case.appointment.sync == SyncStatus::Synced
                && let Some(record) = current
                && let Some(index) = record.uid.as_ref().and_then(|uid| self.cal.end(uid))
            {
                let (local, there) = (case.snapshots(record).local, &self.cal.bookings[index].facts);
                let accepted = case.accepted(record);
                for field in domain::Field::ALL {
                    assert!(
                        field.same(&local, there) || accepted.iter().any(|known| known.field == field),
                        "{field:?} differs, and nobody says so: \n{}",
                        self.picture()
                    );
                }
            }
        }
    }

    /// Where a segment cannot be booked, it keeps its old booking, or no other one has a new one.
    fn check_all_or_nothing(&self) {
        let case = &self.case;
        let refused =
            |code| matches!(code, ReviewCode::SlotTaken | ReviewCode::Refused | ReviewCode::NotFound);
        let bare = |record: &BookingRecord| {
            self.cal.live_of(record.segment) == 0
                && record.sighting().is_none()
                && matches!(case.next_of(record), Next::GivenUp(code) if refused(code))
        };
        if case.appointment.status.is_active() && case.current().any(bare) {
            let alone = case.current().any(|record| record.held().is_some());
            assert!(!alone, "a segment stands alone:\n{}", self.picture());
        }
    }
}
