//! What happens to bookings: each flow checks in Cal.com's order, changes rows and queues the webhooks.
//! HTTP shapes belong to `routes`; sending belongs to `deliveries`.

pub(crate) mod answer;
pub(crate) mod create;
pub(crate) mod reassign;
pub(crate) mod reschedule;
pub(crate) mod seats;
pub(crate) mod series;

use jiff::Timestamp;

use crate::errors::Refusal;
use crate::model::Model;
use crate::model::bookings::BookingStatus;

pub(crate) use create::{Booked, NewBooking};

const TAKEN: &str = "User either already has booking at this time or is not available";
const TAKEN_BY_TEAM: &str = "One of the hosts either already has booking at this time or is not available";
const PAST: &str = "Attempting to book a meeting in the past.";
const OUT_OF_BOUNDS: &str = "The event type can't be booked at the \"start\" time provided. This could be because it's too soon (violating the minimum booking notice) or too far in the future (outside the event's scheduling window). Try fetching available slots first using the GET /v2/slots endpoint and then make a booking with \"start\" time equal to one of the available slots.";

impl Model {
    /// The database's unique index on the idempotency key.
    fn refuse_duplicate_key(&self, key: &str) -> Result<(), Refusal> {
        if self.bookings.iter().any(|booking| booking.idempotency_key.as_deref() == Some(key)) {
            return Err(Refusal::library(http::StatusCode::CONFLICT, "booking_conflict_error"));
        }
        Ok(())
    }

    fn set_status(&mut self, uid: &str, status: BookingStatus, now: Timestamp) {
        if let Some(booking) = self.booking_mut(uid) {
            booking.status = status;
            booking.updated_at = now;
            if status.is_over() {
                booking.idempotency_key = None;
            }
        }
    }
}
