//! The world the recordings were made in: who existed before the first request, what an operator did
//! between two requests, and how the webhook subscribers answered.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use calcom_sim::{
    CallKind, CallMatch, Fault, NewEventType, NewUser, Options, RateLimit, Reassignment, Sim,
    WebhookDelivery, WebhookSink,
};
use http::Request;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::compare::Names;
use crate::recording::Recorded;

const OWNER_KEY: &str = "cal_test_xxx";

pub struct World {
    pub sim: Sim,
    clock: Arc<Mutex<Timestamp>>,
}

impl World {
    pub fn as_recorded() -> Self {
        let clock = Arc::new(Mutex::new(Timestamp::UNIX_EPOCH));
        let reading = Arc::clone(&clock);
        let mut options = Options::new(Arc::new(move || *reading.lock().unwrap()), 1);
        options.reassignment = Reassignment::Ignored;
        let sim = Sim::new(options);
        let owner = sim.add_user(NewUser::new("salon-owner", "Salon Owner", "owner@salon.example"));
        let anna = sim.add_user(NewUser::new("salon-anna", "Anna Stylist", "anna@salon.example"));
        let ben = sim.add_user(NewUser::new("salon-ben", "Ben Stylist", "ben@salon.example"));
        sim.add_api_key(owner, OWNER_KEY);
        sim.add_api_key(anna, "cal_test_yyy");
        sim.add_api_key(owner, "cal_test_zzz");
        sim.set_rate_limit("cal_test_zzz", RateLimit::of(3));
        let team = sim.add_team("Salon Team", &[owner, anna, ben]);
        let any_stylist = NewEventType::new("Any stylist (round robin)", "any-stylist", 30).with(
            "locations",
            json!([{"type": "address", "address": "Hauptstr. 1, Berlin", "public": true}]),
        );
        sim.add_team_event_type(team, &[anna, ben], any_stylist);
        sim.set_webhook_sink(Arc::new(Subscribers));
        Self { sim, clock }
    }

    /// Sets the clock to when the real server answered its `step`th request, known to the second.
    pub fn advance_to(&self, date: Timestamp, step: usize) {
        let within_the_second = SignedDuration::from_millis(i64::try_from(step).unwrap());
        let mut clock = self.clock.lock().unwrap();
        *clock = (date + within_the_second).max(*clock);
    }

    /// What happened between two recordings.
    pub async fn before(&self, recorded: &Recorded, names: &Names) {
        if recorded.raced() {
            self.sim.order(Fault::AllowOverlap, Some(CallMatch::Kind(CallKind::CreateBooking)), 1);
        }
        match recorded.number {
            175 => self.use_up_the_owners_requests().await,
            178 => self.sim.forget_rate_limits(),
            185 => {
                // Moved into the past in the database, because absences are told only after the start.
                let uid = names.translate_text("tTJRvXDvqbTJsoysegyZz7");
                self.sim.backdate_booking(&uid, "2026-11-20T08:00:00Z".parse().unwrap());
            }
            _ => {}
        }
    }

    async fn use_up_the_owners_requests(&self) {
        loop {
            let request = Request::get("/v2/me")
                .header("authorization", format!("Bearer {OWNER_KEY}"))
                .body(Bytes::new())
                .unwrap();
            let response = self.sim.handle(request).await;
            if response.headers()["x-ratelimit-remaining-default"] == "0" {
                return;
            }
        }
    }
}

/// The subscribers of the recordings: one fails, one cannot be reached, the others take everything.
struct Subscribers;

#[async_trait]
impl WebhookSink for Subscribers {
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16> {
        match delivery.url.as_str() {
            url if url.contains(":9/") => None,
            url if url.contains("/fail/500") => Some(500),
            _ => Some(200),
        }
    }
}
