//! How values of the domain stand in columns: instants as milliseconds, enums by their names, structures
//! as JSON. What cannot be read back is an error that says where.
//!
//! PostgreSQL stores no NUL characters, SQLite does; so that a strange name at Cal.com means the same on both
//! and stops neither, texts that come from outside lose them ([`text`], [`scrubbed`]).

use std::fmt;

use domain::company::Locale;
use domain::people::Role;
use domain::{AppointmentStatus, Origin, Phone, SyncStatus};
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, EntityTrait, JsonValue, QueryTrait, Select, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// An encrypted secret. The store keeps it and cannot read it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// Keys for an `IN`: the last one again and again, up to a power of two, so that there are few different
/// statements to prepare.
pub(crate) fn padded<T: Clone>(mut keys: Vec<T>) -> Vec<T> {
    if let Some(last) = keys.last().cloned() {
        keys.resize(keys.len().next_power_of_two(), last);
    }
    keys
}

/// So many rows have a statement of their own.
const FEW: usize = 8;

/// Rows for statements of many rows: few as they are, many in parts of a power of two, so that there are few different
/// statements.
pub(crate) fn parts<T>(mut rows: Vec<T>) -> Vec<Vec<T>> {
    let mut parts = Vec::new();
    while !rows.is_empty() {
        let rest = rows.split_off(if rows.len() <= FEW { rows.len() } else { 1 << rows.len().ilog2() });
        parts.push(std::mem::replace(&mut rows, rest));
    }
    parts
}

/// The places of rows that a statement is given, as `($2, $3), ($4, $5)`; what stands in them comes after the values that
/// there are.
pub(crate) fn places<const N: usize>(
    rows: impl IntoIterator<Item = [Value; N]>,
    values: &mut Vec<Value>,
) -> String {
    let mut places = Vec::new();
    for row in rows {
        let row: Vec<_> = row
            .into_iter()
            .map(|value| {
                values.push(value);
                format!("${}", values.len())
            })
            .collect();
        places.push(format!("({})", row.join(", ")));
    }
    places.join(", ")
}

/// The row that a key names. Without a `LIMIT`, which says nothing more and which SQLite plans anew with each
/// value that is bound to it.
pub(crate) async fn first<E: EntityTrait>(
    find: Select<E>,
    db: &impl ConnectionTrait,
) -> Result<Option<E::Model>> {
    Ok(find.all(db).await?.pop())
}

/// The first rows of a query. How many is part of the text: SQLite plans a statement anew for each value that is bound
/// to a `LIMIT`, and then by the order alone, not by what is sought.
pub(crate) async fn at_most<E: EntityTrait>(
    query: Select<E>,
    limit: u64,
    db: &impl ConnectionTrait,
) -> Result<Vec<E::Model>> {
    let mut statement = query.build(db.get_database_backend());
    statement.sql = format!("{} LIMIT {limit}", statement.sql);
    Ok(E::find().from_raw_sql(statement).all(db).await?)
}

pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(crate) fn instant(millis: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(millis)
        .map_err(|_| Error::Unreadable { column: "an instant", value: millis.to_string() })
}

pub(crate) fn instant_opt(millis: Option<i64>) -> Result<Option<Timestamp>> {
    millis.map(instant).transpose()
}

/// A text without NUL characters.
pub(crate) fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A structure without NUL characters.
pub(crate) fn scrubbed(mut json: JsonValue) -> JsonValue {
    fn scrub(json: &mut JsonValue) {
        match json {
            JsonValue::String(value) if value.contains('\0') => *value = text(value),
            JsonValue::Array(values) => values.iter_mut().for_each(scrub),
            JsonValue::Object(values) => {
                if values.keys().any(|key| key.contains('\0')) {
                    *values = std::mem::take(values).into_iter().map(|(key, v)| (text(&key), v)).collect();
                }
                values.values_mut().for_each(scrub);
            }
            _ => {}
        }
    }
    scrub(&mut json);
    json
}

pub(crate) fn to_json(value: &impl Serialize) -> Result<JsonValue> {
    serde_json::to_value(value)
        .map(scrubbed)
        .map_err(|error| Error::Unreadable { column: "a JSON column", value: error.to_string() })
}

pub(crate) fn to_json_opt(value: Option<&impl Serialize>) -> Result<Option<JsonValue>> {
    value.map(to_json).transpose()
}

pub(crate) fn from_json<T: DeserializeOwned>(column: &'static str, value: JsonValue) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Unreadable { column, value: error.to_string() })
}

pub(crate) fn from_json_opt<T: DeserializeOwned>(
    column: &'static str,
    value: Option<JsonValue>,
) -> Result<Option<T>> {
    value.map(|value| from_json(column, value)).transpose()
}

/// Reads a text with a function that knows all names.
pub(crate) fn named<T>(column: &'static str, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
    read(name).ok_or_else(|| Error::Unreadable { column, value: name.to_owned() })
}

/// Reads a text that has a normal form, such as an address.
pub(crate) fn parsed<T: std::str::FromStr>(column: &'static str, text: &str) -> Result<T> {
    named(column, text, |text| text.parse().ok())
}

/// Reads a number that a smaller type holds.
pub(crate) fn small<T: TryFrom<i64>>(column: &'static str, value: i64) -> Result<T> {
    T::try_from(value).map_err(|_| Error::Unreadable { column, value: value.to_string() })
}

pub(crate) fn status(name: &str) -> Result<AppointmentStatus> {
    named("appointments.status", name, AppointmentStatus::from_name)
}

pub(crate) fn origin(name: &str) -> Result<Origin> {
    named("origin", name, Origin::from_name)
}

pub(crate) fn sync(name: &str) -> Result<SyncStatus> {
    named("appointments.sync", name, SyncStatus::from_name)
}

pub(crate) fn locale(tag: &str) -> Result<Locale> {
    named("locale", tag, Locale::from_tag)
}

pub(crate) fn role(name: &str) -> Result<Role> {
    named("users.role", name, Role::from_name)
}

pub(crate) fn phone_opt(column: &'static str, text: Option<&str>) -> Result<Option<Phone>> {
    text.map(|text| parsed(column, text)).transpose()
}
