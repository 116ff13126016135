//! Moving a booking: the old row is cancelled, a new one takes over its facts, and each names the other.

use jiff::Timestamp;
use serde_json::json;

use super::{OUT_OF_BOUNDS, PAST, TAKEN, TAKEN_BY_TEAM};
use crate::availability::out_of_bounds;
use crate::errors::Refusal;
use crate::model::Model;
use crate::model::bookings::{Booking, BookingStatus, idempotency_key};
use crate::model::users::UserId;
use crate::payloads;

#[derive(Debug, Clone, Default)]
pub(crate) struct Move {
    pub(crate) start: Timestamp,
    pub(crate) reason: Option<String>,
    /// Email of the person who moves it.
    pub(crate) by: Option<String>,
    /// Whose key or session it is; the organizer's own move needs no confirmation.
    pub(crate) acting: Option<UserId>,
    /// The attendee follows the link to choose another time, which also leads on from a booking that the
    /// host has cancelled to have it moved.
    pub(crate) through_link: bool,
    pub(crate) in_a_race: bool,
}

impl Model {
    /// Answers the uid of the new booking.
    pub(crate) fn reschedule_booking(
        &mut self,
        uid: &str,
        wanted: &Move,
        now: Timestamp,
    ) -> Result<String, Refusal> {
        let old = self.booking(uid).cloned().ok_or_else(|| Refusal::booking_not_found(uid))?;
        if !(wanted.through_link && old.waits_for_another_time()) {
            refuse_if_over(&old)?;
        }
        let event_type = old
            .event_type_id
            .and_then(|id| self.event_type(id))
            .cloned()
            .ok_or_else(|| Refusal::not_found(format!("Booking with uid={uid} is missing event type")))?;
        let interval = (wanted.start, wanted.start + old.end.duration_since(old.start));
        if interval.0 <= now {
            return Err(Refusal::bad_request(PAST));
        }
        if out_of_bounds(&event_type, wanted.start, now) {
            return Err(Refusal::bad_request(OUT_OF_BOUNDS));
        }
        let host = if wanted.in_a_race {
            Some(old.host)
        } else {
            self.choose_host(&event_type, interval, Some(uid))
        };
        let taken = if event_type.is_round_robin() { TAKEN_BY_TEAM } else { TAKEN };
        let host = host.ok_or_else(|| Refusal::bad_request(taken))?;
        if event_type.seats().is_some() {
            if wanted.acting != Some(old.host) {
                return Err(Refusal::bad_request("seatUid is required to reschedule a seat."));
            }
            self.move_all_seats(uid, wanted, interval.1, now);
            return Ok(uid.to_owned());
        }

        self.last_booking_id += 1;
        let id = self.last_booking_id;
        let status = if event_type.needs_confirmation(interval.0, now) && wanted.acting != Some(old.host) {
            BookingStatus::Pending
        } else {
            BookingStatus::Accepted
        };
        let key = (status == BookingStatus::Accepted).then(|| idempotency_key(interval.0, interval.1, host));
        if let Some(key) = key.as_ref().filter(|key| old.idempotency_key.as_ref() != Some(*key)) {
            self.refuse_duplicate_key(key)?;
        }
        let new_uid = self.ids.uid();
        self.set_status(uid, BookingStatus::Cancelled, now);
        if let Some(row) = self.booking_mut(uid) {
            row.rescheduled_to = Some(new_uid.clone());
            row.rescheduled_by.clone_from(&wanted.by);
        }
        let mut responses = old.responses.clone();
        responses.remove("rescheduledReason");
        if let Some(reason) = &wanted.reason {
            responses.insert("rescheduledReason".to_owned(), json!(reason));
        }
        let host_name = self.user(host).map_or("", |user| user.name.as_str());
        let booking = Booking {
            id,
            uid: new_uid.clone(),
            status,
            start: interval.0,
            end: interval.1,
            host,
            title: format!("{} between {host_name} and {}", event_type.title, old.booker_name()),
            responses,
            ics_sequence: old.ics_sequence + 1,
            rescheduling_reason: wanted.reason.clone(),
            rescheduled_by: wanted.by.clone(),
            rescheduled_from: Some(uid.to_owned()),
            rescheduled_to: None,
            reschedule_requested: false,
            cancellation_reason: None,
            cancelled_by: None,
            absent_host: false,
            created_at: now,
            updated_at: now,
            idempotency_key: key,
            ..old.clone()
        };
        self.bookings.push(booking.clone());
        if status == BookingStatus::Pending {
            let payload = payloads::requested(self, &booking);
            self.emit("BOOKING_REQUESTED", host, booking.event_type_id, &payload, now);
        } else {
            let payload = payloads::rescheduled(self, &booking, &old);
            self.emit("BOOKING_RESCHEDULED", host, booking.event_type_id, &payload, now);
        }
        Ok(new_uid)
    }
}

fn refuse_if_over(old: &Booking) -> Result<(), Refusal> {
    let uid = &old.uid;
    // The real server writes the link into its text without looking whether there is one yet.
    let moved = old.rescheduled_to.as_deref().or(old.reschedule_requested.then_some("undefined"));
    match (old.status, moved) {
        (BookingStatus::Cancelled, Some(new)) => Err(Refusal::bad_request(format!(
            "Can't reschedule booking with uid={uid} because it has been cancelled and rescheduled already to booking with uid={new}. You probably want to reschedule {new} instead by passing it within the request URL."
        ))),
        (BookingStatus::Cancelled, None) => Err(Refusal::bad_request(format!(
            "Can't reschedule booking with uid={uid} because it has been cancelled. Please provide uid of a booking that is not cancelled."
        ))),
        (BookingStatus::Rejected, _) => Err(Refusal::bad_request(format!(
            "Can't reschedule booking with uid={uid} because it has been rejected. Please provide uid of a booking that is not rejected."
        ))),
        (BookingStatus::Accepted | BookingStatus::Pending, _) => Ok(()),
    }
}
