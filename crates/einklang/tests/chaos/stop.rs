//! How a worker ends, asked or not, and how soon another one has taken over what it held.

use std::time::Duration;

use calcom_sim::{CallKind, CallMatch, Fault};
use engine::Ambient;
use serde_json::{Value, json};

use crate::load::{Api, slot};
use crate::processes::Process;
use crate::salon::Salon;

/// Longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long Cal.com takes for a booking.
const SLOW: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_asked_to_stop_finishes_what_it_began_and_begins_nothing_more() {
    let Some(desk) = Desk::open(1).await else { return };
    let worker = desk.salon.start("first", &["worker"], None);
    desk.calcom_is_slow(SLOW);
    let begun = desk.book(0).await;
    until("the call is under way", async || (desk.calls() == 1).then_some(())).await;
    worker.signal("TERM");
    let left = desk.book(1).await;
    let status = until("the worker ends", async || worker.ended()).await;
    assert_eq!(status.code(), Some(0));
    assert_eq!(desk.status(&begun).await["status"], "synced", "it waited for the answer");
    assert_eq!(desk.status(&left).await["attempts"], 0, "nothing more was begun");

    let ended = Ambient::system().now();
    let _second = desk.salon.start("second", &["worker"], None);
    desk.calls_since(ended, Duration::from_secs(3), "a new worker takes the lane at once").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_told_twice_or_killed_is_followed_at_once_by_another_of_its_machine() {
    let Some(desk) = Desk::open(2).await else { return };
    for (number, ends) in [(0, "TERM"), (1, "KILL")] {
        let worker = desk.salon.start("victim", &["worker"], None);
        desk.calcom_is_slow(PATIENCE);
        let before = desk.calls();
        let appointment = desk.book(number).await;
        until("the call is under way", async || (desk.calls() > before).then_some(())).await;
        let standby = desk.salon.start("standby", &["worker"], None);
        // It has begun when it answers the wake-up of another appointment; here it is enough that it runs.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let ended = Ambient::system().now();
        if ends == "TERM" {
            worker.signal(ends);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        worker.signal(ends);
        let status = until("the worker ends", async || worker.ended()).await;
        assert_eq!(status.code(), (ends == "TERM").then_some(1));
        let took =
            desk.calls_since(ended, Duration::from_secs(2), "the standby looks what became of it").await;
        println!("taken over on the same machine {} ms after {ends}", took.as_millis());
        desk.one_booking_of(&appointment).await;
        standby.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_is_followed_by_another_machine_when_its_lease_ends() {
    let Some(desk) = Desk::open(3).await else { return };
    let worker = desk.salon.start("victim", &["worker"], None);
    desk.calcom_is_slow(PATIENCE);
    let appointment = desk.book(0).await;
    until("the call is under way", async || (desk.calls() == 1).then_some(())).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let _standby = desk.salon.start("standby", &["worker"], Some(elsewhere.path()));
    // Longer than a lease: the one who holds it renews it while it waits for an answer.
    tokio::time::sleep(Duration::from_secs(17)).await;
    assert_eq!(desk.calls(), 1, "nobody takes over from the living");
    let killed = Ambient::system().now();
    worker.kill();
    let took = desk.calls_since(killed, Duration::from_secs(16), "another machine takes over").await;
    println!("taken over on another machine {} ms after KILL", took.as_millis());
    desk.one_booking_of(&appointment).await;
}

/// A salon with a server and no workers yet.
pub struct Desk {
    pub salon: Salon,
    api: Api,
    _server: Process,
}

impl Desk {
    pub async fn open(seed: u64) -> Option<Self> {
        let Some(salon) = Salon::open(seed) else {
            println!("skipped: there is no PostgreSQL on this machine");
            return None;
        };
        let server = salon.start("serve", &["serve", "--no-worker"], None);
        let desk = Self { api: Api::of(&salon), salon, _server: server };
        until("the server answers", async || desk.api.ask("GET", "/livez", "-", &Value::Null).await).await;
        Some(desk)
    }

    /// The next booking takes so long; its effect comes at once.
    fn calcom_is_slow(&self, by: Duration) {
        self.salon.calcom.sim.order(Fault::Slow(by), Some(CallMatch::Kind(CallKind::CreateBooking)), 1);
    }

    pub async fn book(&self, number: i64) -> String {
        let wish = json!({
            "service_id": self.salon.service, "staff_id": self.salon.stylists[0].id, "starts_at": slot(number),
            "customer": { "name": "Clara Neumann", "email": format!("clara{number}@post.example") },
        });
        let name = format!("book-{number}");
        let answer = self.api.ask("POST", "/api/v1/appointments", &name, &wish).await;
        let (status, made) = answer.expect("the server answers");
        assert_eq!(status, 201, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn status(&self, appointment: &str) -> Value {
        let path = format!("/api/v1/appointments/{appointment}/sync-status");
        self.api.ask("GET", &path, "-", &Value::Null).await.expect("the server answers").1
    }

    /// Calls to Cal.com since the salon was set up that concern bookings.
    fn calls(&self) -> usize {
        self.bookings_calls().count()
    }

    fn bookings_calls(&self) -> impl Iterator<Item = calcom_sim::RequestRecord> {
        self.salon.calcom.sim.requests().into_iter().filter(|call| call.path.starts_with("/v2/bookings"))
    }

    /// Waits for a call after `since`; how long it took.
    async fn calls_since(&self, since: jiff::Timestamp, most: Duration, what: &str) -> Duration {
        let call = until(what, async || self.bookings_calls().find(|call| call.at > since)).await;
        let took = Duration::try_from(call.at.duration_since(since)).unwrap();
        assert!(took <= most, "{what}: after {took:?}");
        took
    }

    async fn one_booking_of(&self, appointment: &str) {
        until("the appointment is synced", async || {
            (self.status(appointment).await["status"] == "synced").then_some(())
        })
        .await;
        let bookings = self.salon.calcom.sim.bookings();
        let reference = |booking: &calcom_sim::Booking| booking.metadata.get("einklang_ref").cloned();
        let ours = bookings.iter().filter_map(reference).filter(|text| text.starts_with(appointment));
        assert_eq!(ours.count(), 1);
    }
}

/// Looks until `look` finds what it wants.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let search = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("never: {what}"))
}
