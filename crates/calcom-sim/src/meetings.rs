//! `MEETING_STARTED` and `MEETING_ENDED`: not caused by a call but sent when the time comes, and flat. They
//! are the row of the booking itself, with `triggerEvent` among its columns and no payload.

use serde_json::{Map, Value, json};

use crate::Sim;
use crate::errors::Refusal;
use crate::model::Model;
use crate::model::bookings::Booking;

impl Sim {
    /// Tells that a booking begins, whatever the clock says: the real server may be a day late.
    pub async fn tell_meeting_started(&self, uid: &str) -> Result<(), Refusal> {
        self.tell_meeting("MEETING_STARTED", uid).await
    }

    /// Tells that a booking is over, whatever the clock says.
    pub async fn tell_meeting_ended(&self, uid: &str) -> Result<(), Refusal> {
        self.tell_meeting("MEETING_ENDED", uid).await
    }

    async fn tell_meeting(&self, trigger: &str, uid: &str) -> Result<(), Refusal> {
        self.person_does(|model, _| {
            let booking = model.booking(uid).cloned().ok_or_else(|| Refusal::booking_not_found(uid))?;
            let body = row(model, &booking, trigger).to_string();
            model.emit_body(trigger, booking.host, booking.event_type_id, &body);
            Ok(())
        })
        .await
    }
}

fn row(model: &Model, booking: &Booking, trigger: &str) -> Value {
    let host = model.user(booking.host);
    let mut row = json!({
        "triggerEvent": trigger,
        "id": booking.id,
        "uid": booking.uid,
        "idempotencyKey": booking.idempotency_key,
        "userId": booking.host,
        "userPrimaryEmail": host.map(|user| user.email.as_str()),
        "eventTypeId": booking.event_type_id,
        "title": booking.title,
        "description": booking.notes,
        "customInputs": {},
        "responses": responses(booking),
        "startTime": format!("{:.3}", booking.start),
        "endTime": format!("{:.3}", booking.end),
        "location": booking.location,
        "createdAt": format!("{:.3}", booking.created_at),
        "updatedAt": format!("{:.3}", booking.updated_at),
        "status": booking.status.uppercase(),
        "paid": false,
        "cancellationReason": booking.cancellation_reason,
        "rejectionReason": booking.rejection_reason,
        "rescheduled": booking.rescheduled_to.as_ref().map(|_| true),
        "fromReschedule": booking.rescheduled_from,
        "recurringEventId": booking.recurring_uid,
        "scheduledJobs": [],
        "metadata": booking.metadata,
        "isRecorded": false,
        "iCalUID": booking.ics_uid,
        "iCalSequence": booking.ics_sequence,
        "noShowHost": booking.absent_host,
        "cancelledBy": booking.cancelled_by,
        "rescheduledBy": booking.rescheduled_by,
        "creationSource": "API_V2",
        "user": host.map(|user| json!({
            "uuid": uuid_of(user.id), "email": user.email, "name": user.name, "timeZone": user.time_zone,
            "username": user.username, "isPlatformManaged": false,
        })),
        "userUuid": uuid_of(booking.host),
        "payment": [],
        "references": [],
    });
    row["attendees"] = booking
        .attendees
        .iter()
        .enumerate()
        .map(|(index, attendee)| {
            json!({
                "id": booking.id * 100 + i64::try_from(index).unwrap_or_default(),
                "email": attendee.email, "name": attendee.name, "timeZone": attendee.time_zone,
                "phoneNumber": attendee.phone, "locale": attendee.language, "bookingId": booking.id,
                "noShow": attendee.absent,
            })
        })
        .collect();
    for column in [
        "destinationCalendarId",
        "reassignReason",
        "reassignById",
        "dynamicEventSlugRef",
        "dynamicGroupSlugRef",
        "smsReminderNumber",
        "rating",
        "ratingFeedback",
        "oneTimePassword",
    ] {
        row[column] = Value::Null;
    }
    row
}

/// The answers in the shape of the web app: with a label each.
fn responses(booking: &Booking) -> Map<String, Value> {
    let labelled = booking
        .responses
        .iter()
        .map(|(slug, value)| (slug.clone(), json!({"label": slug, "value": value, "isHidden": false})));
    labelled.collect()
}

fn uuid_of(user: i64) -> String {
    uuid::Uuid::from_u128(u128::from(user.unsigned_abs())).to_string()
}
