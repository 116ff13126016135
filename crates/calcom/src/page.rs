//! Lists: what could be read, what could not, and whether there is more.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::EventTypeId;

/// One page of a list, or a whole list where Cal.com does not page.
///
/// An entry that cannot be read does not fail the page and is not dropped: it is in `unreadable`, and
/// whoever draws conclusions from absence has to look there first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub unreadable: Vec<UnreadableItem>,
    /// Whether the server gave as many as were asked for. Its own totals are wrong for some filters.
    pub has_more: bool,
}

/// An entry of a list that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableItem {
    /// Its `uid` or `id`, if it has one.
    pub id: Option<String>,
    /// What was wrong with it.
    pub message: String,
    /// Its `start`, if that can be read.
    pub start: Option<Timestamp>,
    /// Its `updatedAt`, else its `createdAt`, if that can be read.
    pub changed_at: Option<Timestamp>,
    /// Its `eventTypeId`, if that can be read.
    pub event_type_id: Option<EventTypeId>,
}

impl<T> Page<T> {
    /// How many entries it has, whether they can be read or not.
    pub fn entries(&self) -> usize {
        self.items.len() + self.unreadable.len()
    }

    pub(crate) fn read(entries: &[Value], take: Option<u32>) -> Self
    where
        T: DeserializeOwned,
    {
        let mut page = Self {
            items: Vec::with_capacity(entries.len()),
            unreadable: Vec::new(),
            has_more: take.is_some_and(|take| entries.len() >= take as usize),
        };
        for entry in entries {
            match T::deserialize(entry) {
                Ok(item) => page.items.push(item),
                Err(error) => page.unreadable.push(UnreadableItem {
                    id: id_of(entry),
                    message: error.to_string(),
                    start: part(entry, "start"),
                    changed_at: part(entry, "updatedAt").or_else(|| part(entry, "createdAt")),
                    event_type_id: part(entry, "eventTypeId"),
                }),
            }
        }
        page
    }
}

/// A part of an entry that can be read although the whole cannot.
fn part<'a, T: Deserialize<'a>>(entry: &'a Value, name: &str) -> Option<T> {
    T::deserialize(entry.get(name)?).ok()
}

fn id_of(entry: &Value) -> Option<String> {
    match entry.get("uid").or_else(|| entry.get("id"))? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
