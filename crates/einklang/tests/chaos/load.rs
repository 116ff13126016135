//! Programs that book, move and cancel through the REST API. Each repeats a request with the same
//! `Idempotency-Key` until it is answered, and writes down what it was promised.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use calcom::{HttpTransport, TimeOuts, Transport};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::dice::Dice;
use crate::salon::Salon;

const CLIENTS: u64 = 8;
/// Half-hours of a working day.
const SLOTS_A_DAY: i64 = 18;
/// Before a request is repeated.
const PAUSE: Duration = Duration::from_millis(200);

/// What was promised about one appointment.
#[derive(Debug, Clone, Default)]
pub struct Promise {
    pub stylist: usize,
    /// Every time that it was to be at, oldest first.
    pub starts: Vec<Timestamp>,
    pub cancelled: bool,
}

/// Everything that was promised.
#[derive(Default)]
pub struct Ledger {
    pub promises: Mutex<BTreeMap<String, Promise>>,
    /// Answers that should never come.
    pub wrong: Mutex<Vec<String>>,
    pub changes: AtomicU64,
    pub repeated: AtomicU64,
    slots: [AtomicI64; 4],
}

/// A way to the REST API.
#[derive(Clone)]
pub struct Api {
    transport: HttpTransport,
    url: String,
    key: String,
}

impl Api {
    pub fn of(salon: &Salon) -> Self {
        let time_outs = TimeOuts { connect: Duration::from_secs(2), total: Duration::from_secs(8) };
        let transport = HttpTransport::new(time_outs).unwrap();
        Self { transport, url: salon.url.clone(), key: salon.api_key.clone() }
    }

    /// One request; `None` if it was not answered or the server could not serve it.
    pub async fn ask(&self, method: &str, path: &str, wish: &str, body: &Value) -> Option<(u16, Value)> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json")
            .header("if-match", "*")
            .header("idempotency-key", wish)
            .body(if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) })
            .unwrap();
        let response = self.transport.send(request).await.ok()?;
        let status = response.status().as_u16();
        let body = serde_json::from_slice(response.body()).unwrap_or_default();
        (status < 500).then_some((status, body))
    }
}

/// Makes and changes appointments until `stop`; what was begun is brought to its answer.
pub async fn work(salon: &Salon, ledger: &Arc<Ledger>, seed: u64, stop: &CancellationToken) {
    let clients = (0..CLIENTS).map(|number| {
        let client = Client {
            api: Api::of(salon),
            ledger: Arc::clone(ledger),
            service: salon.service.clone(),
            stylists: salon.stylists.iter().map(|stylist| stylist.id.clone()).collect(),
            dice: Dice::new(seed ^ (number << 32)),
            number,
            wishes: 0,
        };
        client.work(stop)
    });
    futures::future::join_all(clients).await;
}

struct Client {
    api: Api,
    ledger: Arc<Ledger>,
    service: String,
    stylists: Vec<String>,
    dice: Dice,
    number: u64,
    wishes: u64,
}

impl Client {
    async fn work(mut self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            self.customer().await;
        }
    }

    /// One customer: an appointment, perhaps moved a few times, perhaps cancelled.
    async fn customer(&mut self) {
        let stylist = usize::try_from(self.dice.below(4)).unwrap();
        let start = self.fresh_slot(stylist);
        let name = format!("Kundin {}-{}", self.number, self.wishes);
        let email = format!("k{}x{}@post.example", self.number, self.wishes);
        let wish = json!({
            "service_id": self.service, "staff_id": self.stylists[stylist], "starts_at": start,
            "customer": { "name": name, "email": email },
        });
        let Some(made) = self.insist("/api/v1/appointments", &wish).await else { return };
        let id = made["id"].as_str().unwrap().to_owned();
        let promise = Promise { stylist, starts: vec![start], cancelled: false };
        self.ledger.promises.lock().unwrap().insert(id.clone(), promise);
        for _ in 0..self.dice.below(4) {
            self.think().await;
            let start = self.fresh_slot(stylist);
            let (path, wish) =
                (format!("/api/v1/appointments/{id}/reschedule"), json!({ "starts_at": start }));
            if self.insist(&path, &wish).await.is_some() {
                self.promise(&id, |promise| promise.starts.push(start));
            }
        }
        if self.dice.below(3) == 0 {
            self.think().await;
            let path = format!("/api/v1/appointments/{id}/cancel");
            if self.insist(&path, &json!({ "reason": "verhindert" })).await.is_some() {
                self.promise(&id, |promise| promise.cancelled = true);
            }
        }
    }

    fn promise(&self, id: &str, change: impl FnOnce(&mut Promise)) {
        change(self.ledger.promises.lock().unwrap().get_mut(id).expect("promised before"));
    }

    async fn think(&mut self) {
        tokio::time::sleep(Duration::from_millis(self.dice.below(1_500))).await;
    }

    /// Asks until there is an answer; `None` if it is no, which it should never be.
    async fn insist(&mut self, path: &str, body: &Value) -> Option<Value> {
        self.wishes += 1;
        let wish = format!("{}-{}", self.number, self.wishes);
        loop {
            match self.api.ask("POST", path, &wish, body).await {
                Some((200..300, answer)) => {
                    self.ledger.changes.fetch_add(1, Ordering::Relaxed);
                    return Some(answer);
                }
                Some((status, answer)) => {
                    let refusal = format!("{path} {body}: {status} {answer}");
                    self.ledger.wrong.lock().unwrap().push(refusal);
                    return None;
                }
                None => {
                    self.ledger.repeated.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// A half-hour of this stylist that nobody else asks for.
    fn fresh_slot(&self, stylist: usize) -> Timestamp {
        slot(self.ledger.slots[stylist].fetch_add(1, Ordering::Relaxed))
    }
}

/// The half-hours in which people work, from next Monday on.
pub fn slot(slot: i64) -> Timestamp {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let today = engine::Ambient::system().now().to_zoned(zone.clone()).date();
    // Six days of a week are worked on.
    let monday = today.saturating_add((8 - i64::from(today.weekday().to_monday_one_offset())).days());
    let day = slot / SLOTS_A_DAY;
    let date = monday.saturating_add((day / 6 * 7 + day % 6).days());
    let time = jiff::civil::time(9, 0, 0, 0).saturating_add((slot % SLOTS_A_DAY * 30).minutes());
    date.to_datetime(time).to_zoned(zone).unwrap().timestamp()
}
