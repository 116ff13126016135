//! What is said about a booking that exists: cancelled, confirmed, declined, somebody absent.

use http::StatusCode;
use jiff::Timestamp;

use crate::errors::Refusal;
use crate::model::Model;
use crate::model::bookings::{Booking, BookingStatus};
use crate::model::users::UserId;
use crate::payloads;

#[derive(Debug, Clone, Default)]
pub(crate) struct Cancellation {
    pub(crate) reason: Option<String>,
    /// Whose key or session it is.
    pub(crate) acting: Option<UserId>,
    /// Email of the person, when it happens on the web.
    pub(crate) by: Option<String>,
}

/// One attendee's presence, by email.
#[derive(Debug, Clone)]
pub(crate) struct Presence {
    pub(crate) email: String,
    pub(crate) absent: bool,
}

impl Model {
    /// A booking with all its seats, as only the host may; or an ordinary one.
    pub(crate) fn cancel(
        &mut self,
        uid: &str,
        cancellation: &Cancellation,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let booking = self.booking(uid).filter(|booking| !booking.status.is_over());
        let seated =
            booking.and_then(|b| self.event_type(b.event_type_id?)).is_some_and(|e| e.seats().is_some());
        if !seated {
            return self.cancel_booking(uid, cancellation, now);
        }
        if booking.map(|booking| booking.host) != cancellation.acting {
            return Err(Refusal::library(StatusCode::UNAUTHORIZED, "User not a host of this event"));
        }
        self.cancel_all_seats(uid, cancellation, now)
    }

    pub(crate) fn cancel_booking(
        &mut self,
        uid: &str,
        cancellation: &Cancellation,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let booking = self
            .booking(uid)
            .ok_or_else(|| Refusal::not_found(format!("Booking with uid={uid} not found")))?;
        if booking.status == BookingStatus::Cancelled {
            return Err(Refusal::bad_request(format!(
                "Can't cancel booking with uid={uid} because it has been cancelled already. Please provide uid of a booking that is not cancelled."
            )));
        }
        let reason = cancellation.reason.clone().filter(|reason| !reason.trim().is_empty());
        if reason.is_none() && cancellation.acting == Some(booking.host) {
            return Err(Refusal::library(StatusCode::BAD_REQUEST, "Cancellation reason is required"));
        }
        if booking.end < now {
            return Err(Refusal::library(
                StatusCode::BAD_REQUEST,
                "Cannot cancel a booking that has already ended",
            ));
        }
        self.set_status(uid, BookingStatus::Cancelled, now);
        if let Some(row) = self.booking_mut(uid) {
            row.cancellation_reason = reason;
            row.cancelled_by.clone_from(&cancellation.by);
            row.ics_sequence += 1;
            let booking = row.clone();
            let payload = payloads::cancelled(self, &booking);
            self.emit("BOOKING_CANCELLED", booking.host, booking.event_type_id, &payload, now);
        }
        Ok(())
    }

    /// The host cancels and asks for another time. Only the webhook says that more is meant than a
    /// cancellation; over the API the booking looks like any other cancelled one.
    pub(crate) fn request_reschedule(
        &mut self,
        uid: &str,
        reason: &str,
        by: Option<String>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let booking = self.booking(uid).ok_or_else(|| Refusal::booking_not_found(uid))?;
        if booking.status.is_over() || booking.event_type_id.is_none() {
            return Err(Refusal::trpc("EventType not found for current booking."));
        }
        self.set_status(uid, BookingStatus::Cancelled, now);
        if let Some(row) = self.booking_mut(uid) {
            row.reschedule_requested = true;
            row.cancellation_reason = Some(reason.to_owned());
            row.cancelled_by = by;
            row.ics_sequence += 1;
            let booking = row.clone();
            let payload = payloads::reschedule_requested(self, &booking);
            self.emit("BOOKING_CANCELLED", booking.host, booking.event_type_id, &payload, now);
        }
        Ok(())
    }

    /// Confirming looks only at whether the booking is accepted already, and gives it no idempotency key:
    /// two waiting bookings of one slot can both be confirmed.
    pub(crate) fn confirm_booking(&mut self, uid: &str, now: Timestamp) -> Result<(), Refusal> {
        self.answerable(uid)?;
        self.set_status(uid, BookingStatus::Accepted, now);
        if let Some(row) = self.booking_mut(uid) {
            row.was_confirmed = true;
            let booking = row.clone();
            let payload = payloads::confirmed(self, &booking);
            self.emit("BOOKING_CREATED", booking.host, booking.event_type_id, &payload, now);
        }
        Ok(())
    }

    /// Declining twice succeeds twice and sends the webhook twice.
    pub(crate) fn decline_booking(
        &mut self,
        uid: &str,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.answerable(uid)?;
        self.set_status(uid, BookingStatus::Rejected, now);
        if let Some(row) = self.booking_mut(uid) {
            row.rejection_reason = reason;
            let booking = row.clone();
            let payload = payloads::rejected(self, &booking);
            self.emit("BOOKING_REJECTED", booking.host, booking.event_type_id, &payload, now);
        }
        Ok(())
    }

    fn answerable(&self, uid: &str) -> Result<&Booking, Refusal> {
        let booking = self.booking(uid).ok_or_else(|| Refusal::booking_not_found(uid))?;
        if booking.status == BookingStatus::Accepted {
            return Err(Refusal::trpc("Booking already confirmed"));
        }
        Ok(booking)
    }

    /// Marks host and attendees absent or present. An attendee's mark moves no `updatedAt` and sends a
    /// webhook, the host's moves it and sends none; an unknown attendee changes nothing and still sends one.
    pub(crate) fn mark_absent(
        &mut self,
        uid: &str,
        host: Option<bool>,
        attendees: Option<&[Presence]>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let booking = self.booking_mut(uid).ok_or_else(|| Refusal::booking_not_found(uid))?;
        if now < booking.start {
            return Err(Refusal::bad_request(format!(
                "Bookings can only be marked as absent after their scheduled start time. Current time in UTC+0: {now:.3}, Booking start time in UTC+0: {:.3}",
                booking.start
            )));
        }
        if let Some(absent) = host {
            booking.absent_host = absent;
            booking.updated_at = now;
        }
        let Some(attendees) = attendees else { return Ok(()) };
        let mut changed = Vec::new();
        for presence in attendees {
            for attendee in booking.attendees.iter_mut().filter(|a| a.email == presence.email) {
                attendee.absent = presence.absent;
                changed.push(presence.clone());
            }
        }
        let booking = booking.clone();
        let payload = payloads::no_show(&booking, &changed);
        self.emit("BOOKING_NO_SHOW_UPDATED", booking.host, booking.event_type_id, &payload, now);
        Ok(())
    }
}
