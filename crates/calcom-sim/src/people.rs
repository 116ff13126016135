//! What people do at Cal.com itself: guests on the booking page, hosts in the web app. The same flows and
//! webhooks as through the API, without keys, rate limits or faults on the call.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::Sim;
use crate::errors::Refusal;
use crate::flows::NewBooking;
use crate::flows::answer::{Cancellation, Presence};
use crate::flows::reschedule::Move;
use crate::model::Model;
use crate::model::bookings::Booking;
use crate::model::event_types::EventTypeId;
use crate::model::users::UserId;

/// Who books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    /// IANA name.
    pub time_zone: String,
    pub notes: Option<String>,
}

impl Guest {
    /// In `Europe/Berlin`, without phone and notes.
    pub fn new(name: &str, email: &str) -> Self {
        Self {
            name: name.to_owned(),
            email: email.to_owned(),
            phone: None,
            time_zone: "Europe/Berlin".to_owned(),
            notes: None,
        }
    }
}

impl Sim {
    /// A guest books on the public page. Answers the uid; of a series that of the first occurrence. If
    /// others have booked the slot before and there are seats, it is theirs.
    pub async fn book_as_guest(
        &self,
        event_type_id: EventTypeId,
        start: Timestamp,
        guest: Guest,
    ) -> Result<String, Refusal> {
        let mut responses = Map::new();
        if let Some(notes) = guest.notes {
            responses.insert("notes".to_owned(), Value::from(notes));
        }
        let new = NewBooking {
            start,
            event_type_id,
            name: guest.name,
            email: Some(guest.email),
            phone: guest.phone,
            time_zone: guest.time_zone,
            language: "de".to_owned(),
            guests: Vec::new(),
            metadata: Map::new(),
            responses,
            length_minutes: None,
            recurrence_count: None,
            location: None,
            in_a_race: false,
        };
        self.person_does(|model, now| model.create_booking(&new, now)).await.map(|booked| booked.uid)
    }

    /// The host moves a booking. Answers the uid of the new one.
    pub async fn move_booking(
        &self,
        uid: &str,
        start: Timestamp,
        reason: Option<&str>,
    ) -> Result<String, Refusal> {
        let reason = reason.map(str::to_owned);
        self.person_does(|model, now| {
            let (acting, by) = host_of(model, uid);
            let wanted = Move { start, reason, by, acting, through_link: false, in_a_race: false };
            model.reschedule_booking(uid, &wanted, now)
        })
        .await
    }

    /// The host cancels a booking and asks the attendee to choose another time. Told as a cancellation.
    pub async fn request_reschedule(&self, uid: &str, reason: &str) -> Result<(), Refusal> {
        self.person_does(|model, now| {
            let (_, by) = host_of(model, uid);
            model.request_reschedule(uid, reason, by, now)
        })
        .await
    }

    /// The attendee chooses another time through the link in the e-mail, also after
    /// [`Sim::request_reschedule`]. Answers the uid of the new booking.
    pub async fn move_as_guest(&self, uid: &str, start: Timestamp) -> Result<String, Refusal> {
        self.person_does(|model, now| {
            let by = model.booking(uid).and_then(|b| b.attendees.first()).map(|a| a.email.clone());
            let wanted = Move { start, reason: None, by, acting: None, through_link: true, in_a_race: false };
            model.reschedule_booking(uid, &wanted, now)
        })
        .await
    }

    /// The host cancels a booking.
    pub async fn cancel_booking(&self, uid: &str, reason: &str) -> Result<(), Refusal> {
        self.person_does(|model, now| {
            let (acting, by) = host_of(model, uid);
            let cancellation = Cancellation { reason: Some(reason.to_owned()), acting, by };
            model.cancel(uid, &cancellation, now)
        })
        .await
    }

    /// The attendee cancels through the link in the e-mail; no reason is asked for.
    pub async fn cancel_as_guest(&self, uid: &str, reason: Option<&str>) -> Result<(), Refusal> {
        self.person_does(|model, now| model.cancel_booking(uid, &by_guest(model, uid, reason), now)).await
    }

    /// The attendee cancels what is left of a series; `uid` is one of its occurrences, and the only one that
    /// is told by webhook.
    pub async fn cancel_series_as_guest(&self, uid: &str, reason: Option<&str>) -> Result<(), Refusal> {
        self.person_does(|model, now| {
            let cancellation = by_guest(model, uid, reason);
            model.cancel_series(uid, now, &cancellation, now)
        })
        .await
    }

    /// An attendee gives back a seat (the uid in [`crate::Attendee::seat`]) that others may sit beside. Told
    /// as a cancellation of the booking, which it is only for the last one.
    pub async fn cancel_seat(&self, uid: &str, seat: &str) -> Result<(), Refusal> {
        self.person_does(|model, now| model.cancel_seat(uid, seat, None, now)).await
    }

    pub async fn confirm_booking(&self, uid: &str) -> Result<(), Refusal> {
        self.person_does(|model, now| model.confirm_booking(uid, now)).await
    }

    pub async fn decline_booking(&self, uid: &str, reason: Option<&str>) -> Result<(), Refusal> {
        let reason = reason.map(str::to_owned);
        self.person_does(|model, now| model.decline_booking(uid, reason, now)).await
    }

    pub async fn mark_attendee_absent(&self, uid: &str, email: &str, absent: bool) -> Result<(), Refusal> {
        let presence = [Presence { email: email.to_owned(), absent }];
        self.person_does(|model, now| model.mark_absent(uid, None, Some(&presence), now)).await
    }

    /// No webhook tells of it.
    pub async fn mark_host_absent(&self, uid: &str, absent: bool) -> Result<(), Refusal> {
        self.person_does(|model, now| model.mark_absent(uid, Some(absent), None, now)).await
    }

    /// Gives a round-robin booking another host in place, whatever the API can do; `None` lets Cal.com
    /// choose. No webhook tells of it.
    pub async fn reassign_booking(&self, uid: &str, to: Option<UserId>) -> Result<UserId, Refusal> {
        self.person_does(|model, now| model.reassign_booking(uid, to, now)).await
    }

    /// Removes the row of a booking, as with SQL or with the account of its host; no webhook tells of it.
    pub fn erase_booking(&self, uid: &str) {
        self.state().model.bookings.retain(|booking| booking.uid != uid);
    }

    /// From now on these fields of a booking are told so that nobody can read them; without any all can be read again.
    pub fn garble_booking(&self, uid: &str, fields: &[&str]) {
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        self.state().model.garbled.insert(uid.to_owned(), fields);
    }

    /// Every booking there ever was, oldest first.
    pub fn bookings(&self) -> Vec<Booking> {
        self.state().model.bookings.clone()
    }

    pub fn booking(&self, uid: &str) -> Option<Booking> {
        self.state().model.booking(uid).cloned()
    }

    pub(crate) async fn person_does<T>(
        &self,
        action: impl FnOnce(&mut Model, Timestamp) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.arrive_due().await;
        let now = self.now();
        let (done, outbox) = {
            let mut state = self.state();
            let done = action(&mut state.model, now);
            (done, std::mem::take(&mut state.model.outbox))
        };
        self.send_webhooks(outbox).await;
        done
    }
}

fn by_guest(model: &Model, uid: &str, reason: Option<&str>) -> Cancellation {
    let booker = model.booking(uid).and_then(|booking| booking.attendees.first());
    Cancellation {
        reason: reason.map(str::to_owned),
        acting: None,
        by: booker.map(|attendee| attendee.email.clone()),
    }
}

fn host_of(model: &Model, uid: &str) -> (Option<UserId>, Option<String>) {
    let host = model.booking(uid).and_then(|booking| model.user(booking.host));
    (host.map(|user| user.id), host.map(|user| user.email.clone()))
}
