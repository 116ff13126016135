//! Calls about webhook registrations (2024-08-13).

use super::operation::Operation;
use super::{BOOKINGS, Client, list, nothing, one};
use crate::{Call, EventTypeId, NewSubscription, Page, Subscription, SubscriptionPatch, WebhookId};

impl Client {
    /// The registrations of the account, the first 250.
    pub async fn webhooks(&self) -> Call<Page<Subscription>> {
        const TAKE: u32 = 250;
        let operation =
            Operation::get(BOOKINGS, "/v2/webhooks", &[]).query(|query| query.value("take", Some(TAKE)));
        self.call(operation, |data| list(data, Some(TAKE))).await
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
        self.call(Operation::patch(BOOKINGS, "/v2/webhooks/{}", &[id]).body(patch), one).await
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
