//! Calls about bookings (2024-08-13).

use jiff::Timestamp;
use serde_json::Value;

use super::operation::Operation;
use super::{BOOKINGS, Client, list, one};
use crate::booking_request::{Cancellation, Reason};
use crate::{
    Absence, Booking, BookingUid, BookingsQuery, Call, NewBooking, Page, Reassigned, Rescheduling, SeriesUid,
    UserId,
};

impl Client {
    /// Books. There is no idempotency key: after an outcome that may have had its effect, and after
    /// [`crate::Error::SlotTaken`], look for the booking before trying again. For event types that ask for
    /// confirmation or go round robin the same attendee and start answer the booking that is there, with the
    /// metadata of the first call. An event type that recurs makes a whole series: the answer is its
    /// occurrence at the start asked for, and names the series.
    pub async fn create_booking(&self, booking: &NewBooking) -> Call<Booking> {
        let operation = Operation::post(BOOKINGS, "/v2/bookings", &[]).body(booking);
        self.call(operation, |data| read(data, &Wanted::Start(booking.start))).await
    }

    /// One booking, whatever its state and whoever's it is.
    pub async fn booking(&self, uid: &BookingUid) -> Call<Booking> {
        let operation = Operation::get(BOOKINGS, "/v2/bookings/{}", &[uid]);
        self.call(operation, |data| read(data, &Wanted::Uid(uid))).await
    }

    /// One page of bookings.
    pub async fn bookings(&self, query: &BookingsQuery) -> Call<Page<Booking>> {
        let take = query.take.unwrap_or(BookingsQuery::DEFAULT_TAKE);
        let operation = Operation::get(BOOKINGS, "/v2/bookings", &[]).query(|to| query.write(to));
        self.call(operation, |data| list(data, Some(take))).await
    }

    /// All occurrences of a recurring booking, each a booking with its own uid and state.
    pub async fn series(&self, uid: &SeriesUid) -> Call<Page<Booking>> {
        self.call(Operation::get(BOOKINGS, "/v2/bookings/{}", &[uid]), |data| list(data, None)).await
    }

    /// Moves a booking; answers the new one, which has another uid. Once it has worked, the old uid is
    /// answered with [`crate::InvalidReason::AlreadyRescheduled`], but the new one can be moved to its own
    /// start again: retry with the uid of the first try.
    pub async fn reschedule(&self, uid: &BookingUid, to: &Rescheduling) -> Call<Booking> {
        let operation = Operation::post(BOOKINGS, "/v2/bookings/{}/reschedule", &[uid]).body(to);
        self.call(operation, |data| read(data, &Wanted::Start(to.start))).await
    }

    /// Cancels a booking, also one that is pending: of a series this occurrence only, of a booking with
    /// seats all of them. The reason must not be empty.
    pub async fn cancel(&self, uid: &BookingUid, reason: &str) -> Call<Booking> {
        let operation = Operation::post(BOOKINGS, "/v2/bookings/{}/cancel", &[uid])
            .body(&Cancellation { cancellation_reason: reason });
        self.call(operation, |data| read(data, &Wanted::Uid(uid))).await
    }

    /// Confirms a pending booking.
    pub async fn confirm(&self, uid: &BookingUid) -> Call<Booking> {
        let operation = Operation::post(BOOKINGS, "/v2/bookings/{}/confirm", &[uid]);
        self.call(operation, |data| read(data, &Wanted::Uid(uid))).await
    }

    /// Rejects a pending booking. Works, and sends a webhook, as often as it is called.
    pub async fn decline(&self, uid: &BookingUid, reason: Option<&str>) -> Call<Booking> {
        let operation = Operation::post(BOOKINGS, "/v2/bookings/{}/decline", &[uid]).body(&Reason { reason });
        self.call(operation, |data| read(data, &Wanted::Uid(uid))).await
    }

    /// Marks who did not come, or did after all.
    pub async fn mark_absent(&self, uid: &BookingUid, absence: &Absence) -> Call<Booking> {
        let operation = Operation::post(BOOKINGS, "/v2/bookings/{}/mark-absent", &[uid]).body(absence);
        self.call(operation, |data| read(data, &Wanted::Uid(uid))).await
    }

    /// Gives a round robin booking to another host that is free. Sends no webhook, keeps the uid; whether
    /// anything changed shows only when the booking is fetched.
    pub async fn reassign(&self, uid: &BookingUid) -> Call<Reassigned> {
        self.call(Operation::post(BOOKINGS, "/v2/bookings/{}/reassign", &[uid]), one).await
    }

    /// Gives a round robin booking to this host, free or not. Sends no webhook, keeps the uid.
    pub async fn reassign_to(
        &self,
        uid: &BookingUid,
        host: UserId,
        reason: Option<&str>,
    ) -> Call<Reassigned> {
        let operation =
            Operation::post(BOOKINGS, "/v2/bookings/{}/reassign/{}", &[uid, &host]).body(&Reason { reason });
        self.call(operation, one).await
    }
}

/// Which booking of a series is meant.
enum Wanted<'a> {
    Uid(&'a BookingUid),
    Start(Timestamp),
}

impl Wanted<'_> {
    fn is(&self, entry: &Value) -> bool {
        match self {
            Self::Uid(uid) => entry["uid"].as_str() == Some(uid.as_str()),
            Self::Start(start) => entry["start"]
                .as_str()
                .and_then(|text| text.parse().ok())
                .is_some_and(|at: Timestamp| at == *start),
        }
    }
}

/// Reads a booking. Recurring ones may come as a series: then it is the one asked for, or the only one.
fn read(data: &Value, asked: &Wanted) -> Result<Booking, String> {
    let Value::Array(series) = data else { return one(data) };
    match (series.iter().find(|entry| asked.is(entry)), series.as_slice()) {
        (Some(booking), _) | (None, [booking]) => one(booking),
        _ => Err(format!("a series of {} bookings instead of one", series.len())),
    }
}
