//! Webhook subscriptions and what is about to be sent to them. Payloads are built in `payloads`, sent in
//! `deliveries`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Model;
use super::event_types::EventTypeId;
use super::users::UserId;

/// Every trigger the server knows, in the order of its own error text.
pub(crate) const TRIGGERS: &[&str] = &[
    "BOOKING_CREATED",
    "BOOKING_PAYMENT_INITIATED",
    "BOOKING_PAID",
    "BOOKING_RESCHEDULED",
    "BOOKING_REQUESTED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_NO_SHOW_UPDATED",
    "FORM_SUBMITTED",
    "MEETING_ENDED",
    "MEETING_STARTED",
    "RECORDING_READY",
    "RECORDING_TRANSCRIPTION_GENERATED",
    "OOO_CREATED",
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
    "FORM_SUBMITTED_NO_EVENT",
    "DELEGATION_CREDENTIAL_ERROR",
    "WRONG_ASSIGNMENT_REPORT",
];

/// Whose bookings a subscription hears about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Scope {
    /// Bookings whose organizer is this user.
    Organizer(UserId),
    EventType(EventTypeId),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) scope: Scope,
    pub(crate) url: String,
    pub(crate) triggers: Vec<String>,
    pub(crate) active: bool,
    pub(crate) secret: Option<String>,
    pub(crate) payload_template: Option<String>,
}

impl Subscription {
    pub(crate) fn to_json(&self) -> Value {
        let mut json = json!({
            "id": self.id,
            "payloadTemplate": self.payload_template,
            "triggers": self.triggers,
            "subscriberUrl": self.url,
            "active": self.active,
            "secret": self.secret,
        });
        match self.scope {
            Scope::Organizer(id) => json["userId"] = json!(id),
            Scope::EventType(id) => json["eventTypeId"] = json!(id),
        }
        json
    }
}

/// One webhook on its way out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Outgoing {
    pub(crate) trigger: String,
    pub(crate) url: String,
    pub(crate) secret: Option<String>,
    pub(crate) body: String,
}

impl Model {
    /// Queues `payload` for everyone who listens to `trigger` of this organizer or event type.
    pub(crate) fn emit(
        &mut self,
        trigger: &str,
        organizer: UserId,
        event_type: Option<EventTypeId>,
        payload: &Value,
        now: Timestamp,
    ) {
        let body = json!({"triggerEvent": trigger, "createdAt": format!("{now:.3}"), "payload": payload});
        self.emit_body(trigger, organizer, event_type, &body.to_string());
    }

    /// Like [`Model::emit`], with a body that is already complete.
    pub(crate) fn emit_body(
        &mut self,
        trigger: &str,
        organizer: UserId,
        event_type: Option<EventTypeId>,
        body: &str,
    ) {
        let listening = self.subscriptions.iter().filter(|subscription| {
            subscription.active
                && subscription.triggers.iter().any(|wanted| wanted == trigger)
                && match subscription.scope {
                    Scope::Organizer(id) => id == organizer,
                    Scope::EventType(id) => Some(id) == event_type,
                }
        });
        let outgoing = listening.map(|subscription| Outgoing {
            trigger: trigger.to_owned(),
            url: subscription.url.clone(),
            secret: subscription.secret.clone(),
            body: body.to_owned(),
        });
        self.outbox.extend(outgoing);
    }
}
