//! The closed sets of words in the description of the API: exactly those that the domain knows.

use domain::service::ServiceSync;
use domain::{AppointmentStatus, Origin, SyncStatus};
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
