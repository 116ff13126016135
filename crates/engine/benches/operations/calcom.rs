//! A Cal.com that answers at once and does nothing else: what is measured against it is the engine's own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use calcom::{Transport, TransportError};
use http::{Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::salon::MINUTES;

/// What it knows and has seen.
#[derive(Default)]
pub struct AtOnce {
    numbers: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    bookings: HashMap<String, Value>,
    /// When a booking was last changed.
    changed: HashMap<String, Instant>,
    keeps: bool,
}

impl AtOnce {
    /// Whether bookings and the times of their changes are remembered; else it is told of each anew.
    pub fn keep(&self, keeps: bool) {
        let mut state = self.state();
        *state = State { keeps, ..State::default() };
    }

    /// When the first call began that made a booking.
    pub fn first(&self) -> Option<Instant> {
        self.changed("stub0")
    }

    /// When the call began that last changed a booking.
    pub fn changed(&self, uid: &str) -> Option<Instant> {
        self.state().changed.get(uid).copied()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn create(&self, body: &Value, now: Instant) -> Option<Value> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let uid = format!("stub{number}");
        let start: Timestamp = body["start"].as_str()?.parse().ok()?;
        let booking = json!({
            "id": number, "uid": uid, "title": "Cut", "status": "accepted", "start": start,
            "end": start + SignedDuration::from_mins(MINUTES), "duration": MINUTES,
            "eventTypeId": body["eventTypeId"], "hosts": [],
            "attendees": [{
                "name": body["attendee"]["name"], "email": body["attendee"]["email"],
                "timeZone": "UTC", "absent": false,
            }],
            "metadata": body["metadata"], "bookingFieldsResponses": body["bookingFieldsResponses"],
            "createdAt": start - SignedDuration::from_hours(1000),
        });
        let mut state = self.state();
        if state.keeps {
            state.changed.insert(uid.clone(), now);
            state.bookings.insert(uid, booking.clone());
        }
        Some(booking)
    }

    fn cancel(&self, uid: &str, now: Instant) -> Option<Value> {
        self.numbers.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        state.changed.insert(uid.to_owned(), now);
        let booking = state.bookings.get_mut(uid)?;
        booking["status"] = "cancelled".into();
        Some(booking.clone())
    }
}

#[async_trait]
impl Transport for AtOnce {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let now = Instant::now();
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let path: Vec<&str> = request.uri().path().split('/').skip(3).collect();
        if path.is_empty() && request.method() == Method::GET {
            // Nobody asks for one that stands there already.
            return answer(200, &json!({ "status": "success", "data": [], "pagination": {} }));
        }
        let booking = match path.as_slice() {
            [] => self.create(&body, now),
            [uid, "cancel"] => self.cancel(uid, now),
            [uid] => self.state().bookings.get(*uid).cloned(),
            _ => None,
        };
        match booking {
            Some(booking) => answer(200, &json!({ "status": "success", "data": booking })),
            None => answer(404, &json!({ "status": "error", "error": { "message": "Not Found" } })),
        }
    }
}

fn answer(status: u16, body: &Value) -> Result<Response<Bytes>, TransportError> {
    let answer = Response::builder().status(status).body(body.to_string().into());
    answer.map_err(|error| TransportError::NotSent { message: error.to_string() })
}
