//! Calls about event types (2024-06-14).

use super::operation::Operation;
use super::{Client, EVENT_TYPES, list, nothing, one};
use crate::{Call, EventType, EventTypeId, EventTypePatch, NewEventType, Page};

impl Client {
    /// The event types of the account, hidden ones included. Cal.com does not page them.
    pub async fn event_types(&self) -> Call<Page<EventType>> {
        let operation = Operation::get(EVENT_TYPES, "/v2/event-types", &[]);
        self.call(operation, |data| list(data, None)).await
    }

    /// The event types of anybody; hidden ones only if it is the account itself.
    pub async fn event_types_by_username(&self, username: &str) -> Call<Page<EventType>> {
        let operation = Operation::get(EVENT_TYPES, "/v2/event-types", &[])
            .query(|query| query.text("username", Some(username)));
        self.call(operation, |data| list(data, None)).await
    }

    /// One event type, of the account or of one of its teams.
    pub async fn event_type(&self, id: EventTypeId) -> Call<EventType> {
        let operation = Operation::get(EVENT_TYPES, "/v2/event-types/{}", &[&id]);
        self.call(operation, one).await
    }

    /// Makes an event type of the account. A slug that is there already is a
    /// [`crate::InvalidReason::Conflict`].
    pub async fn create_event_type(&self, event_type: &NewEventType) -> Call<EventType> {
        let operation = Operation::post(EVENT_TYPES, "/v2/event-types", &[]).body(event_type);
        self.call(operation, one).await
    }

    /// Changes what is set in the patch. One that belongs to somebody else is not found.
    pub async fn update_event_type(&self, id: EventTypeId, patch: &EventTypePatch) -> Call<EventType> {
        let operation = Operation::patch(EVENT_TYPES, "/v2/event-types/{}", &[&id]).body(patch);
        self.call(operation, one).await
    }

    /// Deletes an event type. Its bookings stay, without an event type; no webhook tells.
    pub async fn delete_event_type(&self, id: EventTypeId) -> Call<()> {
        let operation = Operation::delete(EVENT_TYPES, "/v2/event-types/{}", &[&id]);
        self.call(operation, nothing).await
    }
}
