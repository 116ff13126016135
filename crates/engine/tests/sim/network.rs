//! The way to Cal.com and back, with everything that can happen on it: each request and each answer stands
//! at a gate of its own, a request may arrive after its sender has given up, an answer may come late, and
//! webhooks lie in a queue from which they are delivered in any order.
//!
//! The simulator's slow answer waits by the machine's clock; here it is the world's.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use calcom::{Transport, TransportError};
use calcom_sim::{Booking, BookingStatus, CallKind, Fault, Sim, WebhookDelivery};
use domain::Reference;
use domain::reference::METADATA_KEY;
use engine::Clock;
use engine::ambient::ManualClock;
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use store::Moment;

use crate::coverage::Outcome;
use crate::gates::{Gates, Place};
use crate::log::Log;

/// How long a caller waits for an answer; the same as the client's on a real network.
pub const PATIENCE: SignedDuration = SignedDuration::from_secs(30);
/// No request is under way for longer than this.
pub const LINGERS: SignedDuration = SignedDuration::from_secs(60);

/// Clones are the same network.
#[derive(Clone)]
pub struct Network(Arc<Parts>);

struct Parts {
    sim: Sim,
    gates: Gates,
    clock: ManualClock,
    log: Log,
    mail: Mail,
    state: Mutex<State>,
}

/// The webhooks that wait to be delivered. Clones are the same.
#[derive(Clone, Default)]
pub struct Mail(Arc<Mutex<VecDeque<WebhookDelivery>>>);

impl Mail {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<WebhookDelivery>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct State {
    flights: Vec<Flight>,
    orders: Vec<(Trouble, Option<CallKind>)>,
    /// How many bookings the trace knows of.
    told: usize,
    /// Bookings that were seen not to take place.
    dead: BTreeSet<String>,
    /// Whose booking was confirmed after it had been moved or declined: Cal.com revives it.
    revived: BTreeSet<String>,
}

/// What can happen to a call in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It arrives after its sender has given up.
    Late,
    /// The answer takes this long.
    Slow(SignedDuration),
}

/// One call.
struct Flight {
    request: Request<Bytes>,
    kind: CallKind,
    name: String,
    whose: Option<String>,
    sent_at: Timestamp,
    /// Nobody waits for it any more.
    over: bool,
    /// It is still on its way, and will arrive before this.
    lingers: bool,
    /// Cal.com has refused it.
    refused: bool,
}

/// Marks the end of a call, however it ends.
struct InFlight<'a>(&'a Network, usize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.state().flights[self.1].over = true;
    }
}

impl Network {
    pub fn new(sim: Sim, gates: Gates, clock: ManualClock, log: Log) -> Self {
        let mail = Mail::default();
        sim.set_webhook_sink(Arc::new(mail.clone()));
        Self(Arc::new(Parts { sim, gates, clock, log, mail, state: Mutex::default() }))
    }

    /// The next call of this kind gets into this trouble.
    pub fn order(&self, trouble: Trouble, kind: Option<CallKind>) {
        self.state().orders.push((trouble, kind));
    }

    /// No trouble any more; what is under way still arrives.
    pub fn clear(&self) {
        self.state().orders.clear();
    }

    /// The caller of a call has crashed. What it was about to send may have left the machine already.
    pub fn crashed(&self, call: usize, moment: Moment, sent: bool) {
        let mut state = self.state();
        let flight = &mut state.flights[call];
        let kind = flight.kind;
        // One that stood still for so long has not sent it.
        let in_time = self.0.clock.now() < flight.sent_at + PATIENCE;
        flight.lingers = moment == Moment::Before && sent && in_time;
        let outcome = if moment == Moment::Before { Outcome::CrashBefore } else { Outcome::CrashAfter };
        drop(state);
        self.0.log.cover(|coverage| coverage.call(kind, outcome));
    }

    /// Whether a call is to change something at Cal.com.
    pub fn changes(&self, call: usize) -> bool {
        self.state().flights[call].request.method() != http::Method::GET
    }

    /// Whether Cal.com has refused a call.
    pub fn has_refused(&self, call: usize) -> bool {
        self.state().flights[call].refused
    }

    /// Requests that are still under way, with the time at which they arrive at the latest.
    pub fn lingering(&self) -> Vec<(usize, Timestamp)> {
        let state = self.state();
        let lingering = state.flights.iter().enumerate().filter(|(_, flight)| flight.lingers);
        lingering.map(|(call, flight)| (call, flight.sent_at + LINGERS)).collect()
    }

    /// A request arrives that nobody waits for.
    pub async fn arrive(&self, call: usize) {
        let (request, name) = {
            let flight = &mut self.state().flights[call];
            flight.lingers = false;
            (flight.request.clone(), flight.name.clone())
        };
        let (result, _) = self.exchange(request).await;
        let status = result.as_ref().map_or(0, |response| response.status().as_u16());
        let booking = result.as_ref().ok().and_then(answered).unwrap_or_default();
        self.0.log.say(format!("arrives late: {name}: {status}{booking}"));
        self.check_doubles();
    }

    /// How many webhooks wait to be delivered.
    pub fn waiting_mail(&self) -> usize {
        self.0.mail.waiting().len()
    }

    /// Takes the `index`-th of the webhooks that wait.
    pub fn take_mail(&self, index: usize) -> Option<WebhookDelivery> {
        self.0.mail.waiting().remove(index)
    }

    /// Does something at Cal.com, and counts the faults that strike meanwhile.
    pub async fn watched<T>(&self, action: impl Future<Output = T>) -> (T, Vec<Fault>) {
        let tally = |sim: &Sim| {
            let mut left: BTreeMap<String, (Fault, u32)> = BTreeMap::new();
            for order in sim.faults() {
                if !matches!(order.fault, Fault::DownUntil(_)) {
                    left.entry(format!("{:?}", order.fault)).or_insert((order.fault, 0)).1 += order.times;
                }
            }
            left
        };
        // No two changes fall into one tick of Cal.com's clock.
        self.0.clock.set(self.0.clock.now() + SignedDuration::from_millis(1));
        // What is under way arrives first, so that the trace tells when it did.
        self.0.sim.arrive_due().await;
        self.tell_arrivals();
        let before = tally(&self.0.sim);
        let done = action.await;
        let bookings = self.0.sim.bookings();
        self.tell_revived(&bookings);
        self.state().told = bookings.len();
        let after = tally(&self.0.sim);
        let mut struck = Vec::new();
        for (name, (fault, times)) in before {
            let left = after.get(&name).map_or(0, |(_, left)| *left);
            for _ in left..times {
                struck.push(fault);
                self.0.log.cover(|coverage| coverage.fault(fault.name(), 1));
            }
        }
        (done, struck)
    }

    /// Tells of bookings that were made by requests which arrived late.
    pub fn tell_arrivals(&self) {
        let bookings = self.0.sim.bookings();
        self.tell_revived(&bookings);
        let told = std::mem::replace(&mut self.state().told, bookings.len());
        for booking in bookings.iter().skip(told) {
            let name = self.0.log.name(&whose(&bookings, booking));
            self.0.log.say(format!("has arrived: {name} {} {:?}", short(&booking.uid), booking.status));
        }
    }

    /// Learns which bookings were revived by a confirmation that nobody waits for.
    fn tell_revived(&self, bookings: &[Booking]) {
        for booking in bookings {
            if !is_live(booking) {
                self.state().dead.insert(booking.uid.clone());
            } else if booking.rescheduled_to.is_some() || self.state().dead.contains(&booking.uid) {
                self.revived(whose(bookings, booking));
            }
        }
    }

    async fn exchange(&self, request: Request<Bytes>) -> (Result<Response<Bytes>, TransportError>, Outcome) {
        let revives = self.revives(&request);
        let (result, struck) = self.watched(self.0.sim.transport().send(request)).await;
        if let Some((uid, whose)) = revives
            && self.0.sim.booking(&uid).is_some_and(|booking| is_live(&booking))
        {
            self.revived(whose);
        }
        let outcome = match &result {
            Ok(_) if struck.iter().any(after_effect) => Outcome::FailedAfter,
            Ok(_) if struck.contains(&Fault::HalfAnswer) => Outcome::Cut,
            Ok(response) => match response.status().as_u16() {
                200..300 => Outcome::Ok,
                401 | 403 => Outcome::Unauthorized,
                404 => Outcome::NotFound,
                429 => Outcome::Limited,
                500.. => Outcome::Failed,
                _ => Outcome::Refused,
            },
            Err(TransportError::NotSent { .. }) => {
                if !struck.contains(&Fault::Down) {
                    self.0.log.cover(|coverage| coverage.fault("no connection", 1));
                }
                Outcome::NotConnected
            }
            Err(TransportError::Ambiguous { .. }) if struck.contains(&Fault::DropRequest) => {
                Outcome::RequestLost
            }
            Err(TransportError::Ambiguous { .. })
                if struck.iter().any(|fault| matches!(fault, Fault::AppliedLate { .. })) =>
            {
                Outcome::Late
            }
            Err(TransportError::Ambiguous { .. }) => Outcome::AnswerLost,
        };
        (result, outcome)
    }

    /// A confirmation that arrives after the booking was moved, cancelled or declined revives it, because
    /// Cal.com asks only whether it is confirmed already. Nobody who confirms can prevent that.
    fn revives(&self, request: &Request<Bytes>) -> Option<(String, String)> {
        if CallKind::of(request.method(), request.uri().path()) != CallKind::ConfirmBooking {
            return None;
        }
        let bookings = self.0.sim.bookings();
        let uid = request.uri().path().split('/').nth(3)?;
        let booking = bookings.iter().find(|booking| booking.uid == uid)?;
        (!is_live(booking)).then(|| (uid.to_owned(), whose(&bookings, booking)))
    }

    fn revived(&self, whose: String) {
        if self.state().revived.insert(whose) {
            self.0.log.cover(|coverage| coverage.conclude("revived by a confirmation"));
        }
    }

    /// Whether Cal.com has revived a booking of it.
    pub fn was_revived(&self, whose: &str) -> bool {
        self.state().revived.contains(whose)
    }

    fn begin(&self, request: &Request<Bytes>) -> usize {
        let kind = CallKind::of(request.method(), request.uri().path());
        let whose = self.whose(kind, request);
        let name = format!("{kind:?}{}", self.about(kind, request).unwrap_or_default());
        let sent_at = self.0.clock.now();
        let mut state = self.state();
        let at_once = whose.is_some()
            && state
                .flights
                .iter()
                .any(|other| !other.over && other.whose == whose && sent_at < other.sent_at + PATIENCE);
        let request = request.clone();
        state.flights.push(Flight {
            request,
            kind,
            name: name.clone(),
            whose,
            sent_at,
            over: false,
            lingers: false,
            refused: false,
        });
        let call = state.flights.len() - 1;
        drop(state);
        if at_once {
            self.0.log.violated(2, format!("two calls about the same at once: {name}"));
        }
        call
    }

    /// What the trace tells of a call.
    fn about(&self, kind: CallKind, request: &Request<Bytes>) -> Option<String> {
        if kind == CallKind::CreateBooking {
            return Some(format!(" {}", self.0.log.name(&self.whose(kind, request)?)));
        }
        if kind == CallKind::ListBookings {
            let query = request.uri().query()?;
            let email = query.split('&').find_map(|pair| pair.strip_prefix("attendeeEmail="))?;
            return Some(format!(" of {}", email.split("%40").next().unwrap_or_default()));
        }
        let uid = request.uri().path().split('/').nth(3)?;
        if matches!(kind, CallKind::EventTypes | CallKind::UpdateEventType) {
            return Some(format!(" {uid} {}", String::from_utf8_lossy(request.body())));
        }
        let bookings = self.0.sim.bookings();
        let whose = whose(&bookings, bookings.iter().find(|booking| booking.uid == uid)?);
        Some(format!(" {} ({})", self.0.log.name(&whose), short(uid)))
    }

    /// Whose booking a call that changes something is about: by our reference, or by the first booking of
    /// the chain.
    fn whose(&self, kind: CallKind, request: &Request<Bytes>) -> Option<String> {
        match kind {
            CallKind::CreateBooking => {
                let body: serde_json::Value = serde_json::from_slice(request.body()).ok()?;
                let reference: Reference = body["metadata"][METADATA_KEY].as_str()?.parse().ok()?;
                Some(reference.appointment.to_string())
            }
            CallKind::RescheduleBooking
            | CallKind::CancelBooking
            | CallKind::ConfirmBooking
            | CallKind::DeclineBooking
            | CallKind::MarkAbsent
            | CallKind::ReassignBooking => {
                let uid = request.uri().path().split('/').nth(3)?;
                let bookings = self.0.sim.bookings();
                Some(whose(&bookings, bookings.iter().find(|booking| booking.uid == uid)?))
            }
            CallKind::UpdateEventType => request.uri().path().split('/').nth(3).map(str::to_owned),
            _ => None,
        }
    }

    /// At no moment has an appointment two bookings of the same, or more than one beyond what it
    /// needs. What is over takes nobody's place, and Cal.com cancels it no more.
    pub fn check_doubles(&self) {
        let (bookings, now) = (self.0.sim.bookings(), self.0.clock.now());
        let mut live: BTreeMap<(String, u16), Vec<&Booking>> = BTreeMap::new();
        for booking in bookings.iter().filter(|booking| is_live(booking) && booking.end > now) {
            let whose = whose(&bookings, booking);
            if booking.rescheduled_to.is_some() {
                self.revived(whose.clone());
            }
            if self.was_revived(&whose) {
                continue;
            }
            let segment = reference(booking).map_or(0, |reference| reference.segment);
            live.entry((whose, segment)).or_default().push(booking);
        }
        for ((id, _), live) in live.iter().filter(|(_, live)| live.len() > 1) {
            // What takes the place of another differs from it in what no call can change.
            let same = |a: &Booking, b: &Booking| {
                let facts = |booking: &Booking| {
                    let attendee = &booking.attendees[0];
                    (
                        booking.event_type_id,
                        attendee.email.clone(),
                        attendee.name.clone(),
                        booking.notes.clone(),
                        booking.end.duration_since(booking.start),
                    )
                };
                facts(a) == facts(b)
            };
            let doubled = live.iter().enumerate().any(|(i, a)| live[i + 1..].iter().any(|b| same(a, b)));
            if doubled || live.len() > 2 {
                let name = self.0.log.name(id);
                let uids: Vec<_> = live.iter().map(|booking| &booking.uid).collect();
                let what = format!("{name} has {} bookings at once: {uids:?}", live.len());
                if !self.0.log.kept().violations.iter().any(|known| known.ends_with(&what)) {
                    self.0.log.violated(2, what);
                }
            }
        }
    }

    fn takes(&self, kind: CallKind, wanted: impl Fn(Trouble) -> bool) -> Option<Trouble> {
        let mut state = self.state();
        let fits = |(trouble, only): &(Trouble, Option<CallKind>)| {
            wanted(*trouble) && only.is_none_or(|only| only == kind)
        };
        let index = state.orders.iter().position(fits)?;
        Some(state.orders.remove(index).0)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let parts = &self.0;
        let call = self.begin(&request);
        let _ends = InFlight(self, call);
        let (kind, name, sent_at) = {
            let flight = &self.state().flights[call];
            (flight.kind, flight.name.clone(), flight.sent_at)
        };
        let place = |moment| Place { what: name.clone(), moment, call: Some(call) };
        let done = |outcome, answer: Option<String>| {
            parts.log.say(format!("  {name}: {outcome:?}{}", answer.unwrap_or_default()));
            parts.log.cover(|coverage| coverage.call(kind, outcome));
        };
        let timed_out = || Err(TransportError::Ambiguous { message: "timed out".to_owned() });
        parts.gates.hold(place(Moment::Before), None).await;
        // A client that stood still for so long gives up before it sends.
        if parts.clock.now() >= sent_at + PATIENCE {
            done(Outcome::TimedOut, None);
            return timed_out();
        }
        if self.takes(kind, |trouble| trouble == Trouble::Late).is_some() {
            parts.log.cover(|coverage| coverage.fault("request late", 1));
            self.state().flights[call].lingers = true;
            done(Outcome::Late, None);
            parts.gates.hold(place(Moment::After), Some(sent_at + PATIENCE)).await;
            return timed_out();
        }
        let slow = match self.takes(kind, |trouble| trouble != Trouble::Late) {
            Some(Trouble::Slow(by)) => {
                parts.log.cover(|coverage| coverage.fault("slow answer", 1));
                Some(parts.clock.now() + by)
            }
            _ => None,
        };
        let (result, outcome) = self.exchange(request).await;
        self.state().flights[call].refused = matches!(outcome, Outcome::Refused | Outcome::NotFound);
        if !matches!(kind, CallKind::GetBooking | CallKind::ListBookings | CallKind::Me) {
            self.check_doubles();
        }
        let until = slow.map(|until| until.min(sent_at + PATIENCE));
        parts.gates.hold(place(Moment::After), until).await;
        if parts.clock.now() >= sent_at + PATIENCE {
            done(Outcome::TimedOut, None);
            return timed_out();
        }
        done(outcome, result.as_ref().ok().and_then(answered));
        result
    }
}

#[async_trait]
impl calcom_sim::WebhookSink for Mail {
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16> {
        self.waiting().push_back(delivery);
        Some(200)
    }
}

fn after_effect(fault: &Fault) -> bool {
    matches!(fault, Fault::ServerErrorAfterEffect | Fault::Gateway { after_effect: true, .. })
}

/// The beginning of a uid, for the trace.
pub fn short(uid: &str) -> &str {
    uid.get(..5).unwrap_or(uid)
}

/// The booking that an answer is about.
fn answered(response: &Response<Bytes>) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(response.body()).ok()?;
    let booking = &body["data"];
    if let Some(bookings) = booking.as_array() {
        return Some(format!(" {} bookings", bookings.len()));
    }
    Some(format!(" {} {}", short(booking["uid"].as_str()?), booking["status"].as_str()?))
}

/// Whether a booking takes place.
pub fn is_live(booking: &Booking) -> bool {
    matches!(booking.status, BookingStatus::Accepted | BookingStatus::Pending)
}

/// Whose a booking is: the appointment that our reference names, else the first booking of its chain.
pub fn whose(bookings: &[Booking], booking: &Booking) -> String {
    reference(booking).map_or_else(|| root(bookings, booking).uid.clone(), |it| it.appointment.to_string())
}

/// Our reference on a booking.
pub fn reference(booking: &Booking) -> Option<Reference> {
    booking.metadata.get(METADATA_KEY)?.parse().ok()
}

/// The first booking of a chain of moves.
pub fn root<'a>(bookings: &'a [Booking], mut booking: &'a Booking) -> &'a Booking {
    while let Some(earlier) = booking.rescheduled_from.as_ref()
        && let Some(earlier) = bookings.iter().find(|booking| booking.uid == *earlier)
    {
        booking = earlier;
    }
    booking
}
