//! The closed sets of words in the description of the API: exactly those that the domain knows.

use domain::notify::ChannelKind;
use domain::service::ServiceSync;
use domain::{AppointmentStatus, Origin, SyncStatus, review};
use store::AuditKind;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

fn one_of(words: impl IntoIterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

fn some_of(words: Object) -> Array {
    ArrayBuilder::new().items(words).build()
}

/// Where an appointment stands.
pub fn status() -> Object {
    one_of(AppointmentStatus::ALL.map(AppointmentStatus::as_str))
}

/// Where an appointment came from.
pub fn origin() -> Object {
    one_of(Origin::ALL.map(Origin::as_str))
}

/// What the comparison with Cal.com says.
pub fn sync_status() -> Object {
    one_of(SyncStatus::ALL.map(SyncStatus::as_str))
}

/// What the comparison of a service with Cal.com says.
pub fn service_sync() -> Object {
    one_of(ServiceSync::ALL.map(ServiceSync::as_str))
}

/// Several of [`status`].
pub fn statuses() -> Array {
    some_of(status())
}

/// Several of [`origin`].
pub fn origins() -> Array {
    some_of(origin())
}

/// Several of [`sync_status`].
pub fn sync_statuses() -> Array {
    some_of(sync_status())
}

/// In which state an item of the queue is.
pub fn states() -> Object {
    one_of(review::State::ALL.map(review::State::as_str))
}

/// What entries of the audit trail are about.
pub fn audit_kinds() -> Object {
    one_of(AuditKind::ALL.map(AuditKind::as_str))
}

/// Why a person is asked.
pub fn codes() -> Object {
    one_of(review::ReviewCode::ALL.map(review::ReviewCode::as_str))
}

/// How soon somebody should look.
pub fn severities() -> Object {
    one_of(review::Severity::ALL.map(review::Severity::as_str))
}

/// What an item is about.
pub fn kinds() -> Object {
    one_of(review::Kind::ALL.map(review::Kind::as_str))
}

/// Where people are told.
pub fn channel_kinds() -> Object {
    one_of(ChannelKind::ALL.map(ChannelKind::as_str))
}

/// What can be decided.
pub fn choices() -> Object {
    one_of(review::Choice::ALL.map(review::Choice::as_str))
}
