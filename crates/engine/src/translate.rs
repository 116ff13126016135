//! Between the words of the domain and those of Cal.com.

use std::collections::BTreeMap;

use calcom::{Booking, BookingStatus, InvalidReason, NewAttendee, NewBooking};
use domain::company::Locale;
use domain::decide::Failure;
use domain::people::CustomerDetails;
use domain::reference::{FIELD_SLUG, METADATA_KEY};
use domain::review::ReviewCode;
use domain::{
    BookingRecord, BookingState, BookingUid, Case, ConnectionId, Email, EventTypeRef, Facts, Phone, Push,
    Reference, Sighting, Slot, Via,
};
use jiff::Timestamp;
use store::Outcome;

/// What we saw when Cal.com told of a booking of this connection.
pub fn sighting(booking: &Booking, connection: ConnectionId, via: Via, seen_at: Timestamp) -> Sighting {
    let attendee = booking.attendees.first();
    Sighting {
        uid: uid(&booking.uid),
        ics_uid: booking.ics_uid.clone(),
        moved_to: booking.rescheduled_to_uid.as_ref().map(uid),
        facts: Facts {
            event_type: booking.event_type_id.map(|id| EventTypeRef { connection, id: id.0 }),
            host: booking.hosts.first().and_then(|host| host.id).map(|id| id.0),
            slot: Slot { start: booking.start, end: booking.end },
            state: match booking.status {
                BookingStatus::Accepted => BookingState::Active,
                BookingStatus::Pending => BookingState::Requested,
                BookingStatus::Cancelled | BookingStatus::Rejected => BookingState::Cancelled,
            },
            absent: attendee.is_some_and(|attendee| attendee.absent),
            name: attendee.map(|attendee| attendee.name.clone()).unwrap_or_default(),
            email: attendee.and_then(|attendee| attendee.email.parse().ok()),
            phone: attendee
                .and_then(|attendee| attendee.phone_number.as_deref())
                .and_then(|number| Phone::parse(number).ok()),
            notes: booking.description.clone().or_else(|| booking.response("notes").map(ToOwned::to_owned)),
            // Why a booking was moved says nothing about why it was cancelled later.
            reason: match booking.status {
                BookingStatus::Cancelled | BookingStatus::Rejected => booking.cancellation_reason.clone(),
                BookingStatus::Accepted | BookingStatus::Pending => booking.rescheduling_reason.clone(),
            },
        },
        at: booking.changed_at(),
        seen_at,
        via,
    }
}

/// The domain's form of a uid.
pub fn uid(uid: &calcom::BookingUid) -> BookingUid {
    BookingUid(uid.as_str().to_owned())
}

/// Our reference on a booking: in its metadata, or in the hidden field.
pub fn reference(booking: &Booking) -> Option<Reference> {
    booking
        .metadata
        .get(METADATA_KEY)
        .map(String::as_str)
        .or_else(|| booking.response(FIELD_SLUG))?
        .parse()
        .ok()
}

/// The body that makes a booking.
pub fn new_booking(case: &Case, record: &BookingRecord) -> NewBooking {
    let (local, reference) = (case.snapshots(record).local, case.reference(record).to_string());
    let attendee = NewAttendee {
        name: local.name,
        email: local.email.map(String::from),
        time_zone: case.appointment.time_zone.clone(),
        language: Some(case.customer.locale.tag().to_owned()),
        phone_number: local.phone.map(String::from),
    };
    let mut answers = BTreeMap::from([(FIELD_SLUG.to_owned(), reference.clone().into())]);
    if let Some(notes) = local.notes {
        answers.insert("notes".to_owned(), notes.into());
    }
    NewBooking {
        metadata: BTreeMap::from([(METADATA_KEY.to_owned(), reference)]),
        booking_fields_responses: answers,
        ..NewBooking::new(calcom::EventTypeId(record.event_type.id), local.slot.start, attendee)
    }
}

/// Who booked at Cal.com. An address of the company's placeholder domain is none.
pub fn customer(facts: &Facts, placeholder_domain: &str, locale: Locale) -> CustomerDetails {
    let is_placeholder =
        |email: &Email| email.as_str().rsplit_once('@').is_some_and(|(_, host)| host == placeholder_domain);
    CustomerDetails {
        name: facts.name.clone(),
        email: facts.email.clone().filter(|email| !is_placeholder(email)),
        phone: facts.phone.clone(),
        locale,
    }
}

/// What an error of the client means for the case. `push` is the call that it answers, if it was one.
pub fn failure(error: &calcom::Error, push: Option<Push>) -> Failure {
    crate::failure::failure(error, || match error {
        calcom::Error::SlotTaken { .. } => ReviewCode::SlotTaken,
        calcom::Error::NotFound { .. }
        | calcom::Error::Invalid { reason: InvalidReason::MissingEventType, .. } => ReviewCode::NotFound,
        calcom::Error::Invalid { reason: InvalidReason::AlreadyEnded, .. } => ReviewCode::TooLate,
        calcom::Error::Invalid { reason: InvalidReason::InThePast, .. } if push == Some(Push::Create) => {
            ReviewCode::TooLate
        }
        _ => ReviewCode::Refused,
    })
}

/// The class of an error in histories and metrics.
pub fn outcome(error: &calcom::Error) -> Outcome {
    match error {
        calcom::Error::Transient { ambiguous: true, .. } => Outcome::Lost,
        calcom::Error::Transient { .. } => Outcome::Transient,
        calcom::Error::RateLimited { .. } => Outcome::RateLimited,
        calcom::Error::Unauthorized { .. } => Outcome::Unauthorized,
        calcom::Error::SlotTaken { .. } => Outcome::SlotTaken,
        calcom::Error::NotFound { .. } => Outcome::NotFound,
        calcom::Error::Invalid { .. } => Outcome::Invalid,
        calcom::Error::Unreadable { .. } => Outcome::Unreadable,
    }
}
