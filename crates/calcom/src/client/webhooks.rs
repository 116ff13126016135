//! Calls about webhook registrations (2024-08-13).

use super::operation::Operation;
use super::{BOOKINGS, Client, list, nothing, one};
use crate::{Call, EventTypeId, NewSubscription, Page, Subscription, SubscriptionPatch, WebhookId};

impl Client {
    /// The registrations of the account, the first 250 of them.
    pub async fn webhooks(&self) -> Call<Page<Subscription>> {
        /// What the server takes when it is not told.
        const DEFAULT_TAKE: u32 = 250;
        self.call(Operation::get(BOOKINGS, "/v2/webhooks", &[]), |data| list(data, Some(DEFAULT_TAKE))).await
    }

    /// One registration.
    pub async fn webhook(&self, id: &WebhookId) -> Call<Subscription> {
        self.call(Operation::get(BOOKINGS, "/v2/webhooks/{}", &[id]), one).await
    }

    /// Registers for the bookings that the account organizes. An address that is registered already is a
    /// [`crate::InvalidReason::Conflict`].
    pub async fn create_webhook(&self, webhook: &NewSubscription) -> Call<Subscription> {
        self.call(Operation::post(BOOKINGS, "/v2/webhooks", &[]).body(webhook), one).await
    }

    /// Changes what is set in the patch.
    pub async fn update_webhook(&self, id: &WebhookId, patch: &SubscriptionPatch) -> Call<Subscription> {
        let operation = Operation::patch(BOOKINGS, "/v2/webhooks/{}", &[id]).body(patch);
        self.call(operation, one).await
    }

    /// Removes a registration.
    pub async fn delete_webhook(&self, id: &WebhookId) -> Call<()> {
        self.call(Operation::delete(BOOKINGS, "/v2/webhooks/{}", &[id]), nothing).await
    }

    /// Registers for the bookings of one event type.
    pub async fn create_event_type_webhook(
        &self,
        id: EventTypeId,
        webhook: &NewSubscription,
    ) -> Call<Subscription> {
        self.call(Operation::post(BOOKINGS, "/v2/event-types/{}/webhooks", &[&id]).body(webhook), one).await
    }
}
