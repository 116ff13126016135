//! A salon at the simulated Cal.com: an owner with a key, a team of two, a subscriber that checks every
//! signature, and a clock that moves when a test says so.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use calcom::{Booking, BookingUid, Client, Error, EventTypeId, NewAttendee, NewBooking};
use calcom_sim::{Guest, NewEventType, NewUser, Options, Sim, WebhookDelivery, WebhookSink};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};

pub const KEY: &str = "cal_test_owner";
pub const SECRET: &str = "whsec";
const TRIGGERS: [&str; 8] = [
    "BOOKING_CREATED",
    "BOOKING_REQUESTED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_NO_SHOW_UPDATED",
    "MEETING_STARTED",
    "MEETING_ENDED",
];

pub struct World {
    pub sim: Sim,
    pub client: Client,
    clock: Arc<Mutex<Timestamp>>,
    pub heard: Arc<Heard>,
    pub owner: i64,
    pub anna: i64,
    pub ben: i64,
    /// The owner's, of half an hour.
    pub event_type: i64,
    /// A round robin of Anna and Ben.
    pub team: i64,
}

/// What the subscribers received, in order.
#[derive(Default)]
pub struct Heard(Mutex<Vec<Value>>);

#[async_trait]
impl WebhookSink for Heard {
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16> {
        let signature = delivery.headers["x-cal-signature-256"].to_str().unwrap();
        if signature != calcom::webhook::sign(&SecretString::from(SECRET), &delivery.body) {
            return Some(401);
        }
        calcom::webhook::parse(&delivery.body).expect("every delivery can be read");
        self.0.lock().unwrap().push(serde_json::from_slice(&delivery.body).unwrap());
        Some(200)
    }
}

impl Heard {
    pub fn all(&self) -> Vec<Value> {
        self.0.lock().unwrap().clone()
    }

    pub fn last(&self) -> Value {
        self.all().pop().expect("something was heard")
    }

    pub fn triggers(&self) -> Vec<String> {
        self.all().iter().map(|body| body["triggerEvent"].as_str().unwrap().to_owned()).collect()
    }
}

impl World {
    pub fn new() -> Self {
        let clock = Arc::new(Mutex::new(at("2026-11-20T08:00:00Z")));
        let reading = Arc::clone(&clock);
        let sim = Sim::new(Options::new(Arc::new(move || *reading.lock().unwrap()), 1));
        let owner = sim.add_user(NewUser::new("owner", "Salon Owner", "owner@salon.example"));
        let anna = sim.add_user(NewUser::new("anna", "Anna Stylist", "anna@salon.example"));
        let ben = sim.add_user(NewUser::new("ben", "Ben Stylist", "ben@salon.example"));
        sim.add_api_key(owner, KEY);
        let event_type = sim.add_event_type(owner, NewEventType::new("Haircut", "haircut", 30));
        let members = sim.add_team("Salon", &[owner, anna, ben]);
        let any = NewEventType::new("Any stylist", "any-stylist", 30);
        let team = sim.add_team_event_type(members, &[anna, ben], any);
        for user in [owner, anna, ben] {
            sim.add_webhook(user, &format!("http://127.0.0.1/hook/{user}"), Some(SECRET), &TRIGGERS);
        }
        let heard = Arc::new(Heard::default());
        sim.set_webhook_sink(heard.clone());
        let client =
            Client::new(Arc::new(sim.transport()), "http://cal.example".parse().unwrap(), KEY.into());
        Self { sim, client, clock, heard, owner, anna, ben, event_type, team }
    }

    /// The owner's key books for Clara.
    pub async fn book(&self, start: &str) -> Result<BookingUid, Error> {
        let booking = NewBooking::new(EventTypeId(self.event_type), at(start), clara());
        self.client.create_booking(&booking).await.result.map(|booking| booking.uid)
    }

    /// Dora books on the public page.
    pub async fn guest_books(&self, event_type: i64, start: &str) -> BookingUid {
        self.sim.book_as_guest(event_type, at(start), dora()).await.unwrap().into()
    }

    pub async fn get(&self, uid: &BookingUid) -> Booking {
        self.client.booking(uid).await.result.unwrap()
    }

    pub fn pass(&self, seconds: i64) {
        *self.clock.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    pub fn set_clock(&self, to: &str) {
        *self.clock.lock().unwrap() = at(to);
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn clara() -> NewAttendee {
    NewAttendee {
        name: "Clara Client".to_owned(),
        email: Some("clara@client.example".to_owned()),
        time_zone: "Europe/Berlin".to_owned(),
        language: None,
        phone_number: None,
    }
}

pub fn dora() -> Guest {
    Guest::new("Dora", "dora@client.example")
}

/// The settings of an event type, as the API writes them.
pub fn kind(title: &str, settings: &[(&str, Value)]) -> NewEventType {
    let slug = title.to_lowercase();
    settings
        .iter()
        .fold(NewEventType::new(title, &slug, 60), |kind, (name, value)| kind.with(name, json!(value)))
}
