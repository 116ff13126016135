//! Bookings that several parties share: each has a seat, and the booking stays while one is taken. Webhooks
//! tell of a seat as if it were the whole booking.

use http::StatusCode;
use jiff::Timestamp;

use crate::errors::Refusal;
use crate::flows::answer::Cancellation;
use crate::flows::reschedule::Move;
use crate::model::Model;
use crate::model::bookings::{Attendee, BookingStatus};
use crate::model::event_types::EventType;
use crate::payloads;

impl Model {
    /// The accepted booking at this start, which others can join.
    pub(crate) fn shared_booking(&self, event_type: &EventType, start: Timestamp) -> Option<String> {
        event_type.seats()?;
        self.bookings
            .iter()
            .find(|b| {
                b.event_type_id == Some(event_type.id)
                    && b.start == start
                    && b.status == BookingStatus::Accepted
            })
            .map(|b| b.uid.clone())
    }

    /// Told as another `BOOKING_CREATED` of the same uid.
    pub(crate) fn take_seat(
        &mut self,
        uid: &str,
        seats: usize,
        attendee: &Attendee,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let booking = self.booking_mut(uid).ok_or_else(|| Refusal::booking_not_found(uid))?;
        if booking.attendees.iter().any(|sitting| sitting.email == attendee.email) {
            return Err(Refusal::library(StatusCode::CONFLICT, "already_signed_up_for_this_booking_error"));
        }
        if booking.attendees.len() >= seats {
            return Err(Refusal::conflict("No more seats left at this seated booking."));
        }
        booking.attendees.push(attendee.clone());
        booking.updated_at = now;
        let booking = booking.clone();
        let payload = payloads::seat_taken(self, &booking, attendee);
        self.emit("BOOKING_CREATED", booking.host, booking.event_type_id, &payload, now);
        Ok(())
    }

    /// The last one to leave cancels the booking; before that it stays, its `updatedAt` too, although the
    /// webhook says `BOOKING_CANCELLED` of its uid.
    pub(crate) fn cancel_seat(
        &mut self,
        uid: &str,
        seat: &str,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let booking = self.booking(uid).ok_or_else(|| Refusal::booking_not_found(uid))?;
        let index = booking.attendees.iter().position(|a| a.seat.as_ref().is_some_and(|s| s.uid == seat));
        let Some(index) = index else {
            return Err(Refusal::bad_request(
                "Invalid seatUid: this seat does not exist or has already been cancelled.",
            ));
        };
        if booking.attendees.len() == 1 {
            let by = Some(booking.attendees[index].email.clone());
            return self.cancel_all_seats(uid, &Cancellation { reason, acting: None, by }, now);
        }
        let mut before = booking.clone();
        if let Some(row) = self.booking_mut(uid) {
            let left = row.attendees.remove(index);
            before.cancellation_reason = reason;
            let payload = payloads::seat_cancelled(self, &before, left);
            self.emit("BOOKING_CANCELLED", before.host, before.event_type_id, &payload, now);
        }
        Ok(())
    }

    /// The whole booking; those who sat in it are gone from it.
    pub(crate) fn cancel_all_seats(
        &mut self,
        uid: &str,
        cancellation: &Cancellation,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.cancel_booking(uid, cancellation, now)?;
        if let Some(row) = self.booking_mut(uid) {
            row.attendees.clear();
        }
        Ok(())
    }

    /// The host moves everybody: the booking keeps its uid, and the webhook names it as its own predecessor.
    pub(crate) fn move_all_seats(&mut self, uid: &str, wanted: &Move, end: Timestamp, now: Timestamp) {
        let Some(row) = self.booking_mut(uid) else { return };
        let old = row.clone();
        row.start = wanted.start;
        row.end = end;
        row.rescheduled_by.clone_from(&wanted.by);
        row.rescheduling_reason.clone_from(&wanted.reason);
        row.ics_sequence += 1;
        row.updated_at = now;
        let booking = row.clone();
        let payload = payloads::rescheduled(self, &booking, &old);
        self.emit("BOOKING_RESCHEDULED", booking.host, booking.event_type_id, &payload, now);
    }
}
