//! Webhook registrations at Cal.com (webhooks 2024-08-13): whom to tell about what. Reading what is then
//! delivered is the business of [`crate::webhook`].
//!
//! A registration of a person fires for bookings whose organizer is that person, one of an event type for
//! that event type. Cal.com shows the secret in clear; here it is kept out of `Debug` and of histories.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::webhook::Trigger;
use crate::wire;
use crate::{EventTypeId, TeamId, UserId, WebhookId};

/// A registration as Cal.com tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    pub id: WebhookId,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub triggers: Vec<Trigger>,
    pub subscriber_url: String,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub active: bool,
    #[serde(default, with = "secret_text", skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretString>,
    /// A template means bodies of another shape, which cannot be read.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub payload_template: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type_id: Option<EventTypeId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// The shape of the bodies, e.g. `2021-10-20`; not told by older servers.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// `POST /v2/webhooks` and `POST /v2/event-types/{id}/webhooks`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSubscription {
    pub active: bool,
    /// Unique for each owner. Hosted Cal.com refuses plain http, loopback and private addresses.
    pub subscriber_url: String,
    pub triggers: Vec<Trigger>,
    /// Without one deliveries are not signed and [`crate::webhook::verify`] refuses them.
    #[serde(default, with = "secret_text", skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretString>,
    /// The shape of the bodies; this crate reads `2021-10-20`, which is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// `PATCH /v2/webhooks/{id}`: what is `None` stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscriber_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triggers: Option<Vec<Trigger>>,
    #[serde(default, with = "secret_text", skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretString>,
}

/// A secret as plain text on the wire: the one place that exposes it.
mod secret_text {
    use super::{Deserialize, Deserializer, ExposeSecret, SecretString, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the signature is set by serde's `with`")]
    pub fn serialize<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(ExposeSecret::expose_secret).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.filter(|text| !text.is_empty()).map(SecretString::from))
    }
}
