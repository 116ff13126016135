//! Recurring bookings: when their occurrences are, and what it means to cancel what is left of them.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::NewBooking;
use crate::errors::Refusal;
use crate::flows::answer::Cancellation;
use crate::model::Model;
use crate::model::bookings::BookingStatus;
use crate::model::event_types::{EventType, Frequency};
use crate::payloads;

/// The starts of what is booked: one, or as many as the event type repeats. They keep the attendee's clock
/// when it is put forward or back.
pub(crate) fn starts(event_type: &EventType, new: &NewBooking) -> Result<Vec<Timestamp>, Refusal> {
    let Some(recurrence) = event_type.recurrence() else { return Ok(vec![new.start]) };
    let count = new.recurrence_count.unwrap_or(recurrence.occurrences);
    if count > recurrence.occurrences {
        return Err(Refusal::bad_request(
            "Provided recurrence count is higher than the event type's recurring event count.",
        ));
    }
    let zone = TimeZone::get(&new.time_zone).unwrap_or(TimeZone::UTC);
    let first = new.start.to_zoned(zone);
    let starts = (0..count).map_while(|index| {
        let steps = index * recurrence.interval;
        let later = match recurrence.frequency {
            Frequency::Weekly => Span::new().try_weeks(steps),
            Frequency::Monthly => Span::new().try_months(steps),
            Frequency::Yearly => Span::new().try_years(steps),
        };
        Some(first.checked_add(later.ok()?).ok()?.timestamp())
    });
    Ok(starts.collect())
}

impl Model {
    /// The uids of a series, in the order of its occurrences.
    pub(crate) fn occurrences(&self, series: &str) -> Vec<String> {
        let mut of_series: Vec<_> =
            self.bookings.iter().filter(|b| b.recurring_uid.as_deref() == Some(series)).collect();
        of_series.sort_by_key(|booking| (booking.start, booking.id));
        of_series.into_iter().map(|booking| booking.uid.clone()).collect()
    }

    /// Cancels what starts at or after `from`. Only `uid` is told by webhook.
    pub(crate) fn cancel_series(
        &mut self,
        uid: &str,
        from: Timestamp,
        cancellation: &Cancellation,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let booking = self.booking(uid).cloned().ok_or_else(|| Refusal::booking_not_found(uid))?;
        let Some(series) = booking.recurring_uid.as_deref() else {
            return self.cancel_booking(uid, cancellation, now);
        };
        for uid in self.occurrences(series) {
            let Some(row) = self.booking_mut(&uid) else { continue };
            if row.start < from || row.status.is_over() {
                continue;
            }
            row.cancellation_reason.clone_from(&cancellation.reason);
            row.cancelled_by.clone_from(&cancellation.by);
            self.set_status(&uid, BookingStatus::Cancelled, now);
        }
        let told = self.booking(uid).cloned().unwrap_or(booking);
        let payload = payloads::cancelled(self, &told);
        self.emit("BOOKING_CANCELLED", told.host, told.event_type_id, &payload, now);
        Ok(())
    }
}
