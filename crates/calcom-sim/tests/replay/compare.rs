//! Comparing a recorded answer with a simulated one: generated names are translated, times of the moment
//! are left out, everything else has to be the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Values that are made up by the server for the moment.
const OF_THE_MOMENT: [&str; 6] =
    ["timestamp", "createdAt", "updatedAt", "reservationUntil", "oneTimePassword", "requestId"];

/// Which simulated uid stands for which recorded one, and when bookings were last updated.
#[derive(Default)]
pub struct Names {
    simulated: BTreeMap<String, String>,
    updated: BTreeMap<String, (Value, Value)>,
}

impl Names {
    /// Takes over the uids of an answer.
    pub fn learn(&mut self, recorded: &Value, simulated: &Value) {
        for key in ["uid", "id", "reservationUid"] {
            let (Some(recorded), Some(simulated)) =
                (recorded["data"][key].as_str(), simulated["data"][key].as_str())
            else {
                continue;
            };
            self.simulated.entry(recorded.to_owned()).or_insert_with(|| simulated.to_owned());
        }
    }

    pub fn translate_text(&self, text: &str) -> String {
        self.simulated
            .iter()
            .fold(text.to_owned(), |text, (recorded, simulated)| text.replace(recorded, simulated))
    }

    pub fn translate(&self, recorded: &Value) -> Value {
        serde_json::from_str(&self.translate_text(&recorded.to_string())).unwrap()
    }

    /// `updatedAt` of one booking has to move when the recorded one moved since it was last seen, and only
    /// then.
    pub fn wrong_update(&mut self, recorded: &Value, simulated: &Value) -> Option<String> {
        let uid = recorded["data"]["uid"].as_str()?;
        let now = (recorded["data"].get("updatedAt")?.clone(), simulated["data"]["updatedAt"].clone());
        let before = self.updated.insert(uid.to_owned(), now.clone())?;
        let (expected, got) = (before.0 != now.0, before.1 != now.1);
        (expected != got).then(|| format!("updatedAt of {uid} moved: {got} instead of {expected}"))
    }
}

/// Where two bodies differ, if they do. With `part_only` the simulated one may lack fields.
pub fn difference(recorded: &Value, simulated: &Value, part_only: bool) -> Option<String> {
    differs("", recorded, simulated, part_only)
}

fn differs(path: &str, recorded: &Value, simulated: &Value, part_only: bool) -> Option<String> {
    match (recorded, simulated) {
        (Value::Object(recorded), Value::Object(simulated)) => {
            let names: BTreeSet<&String> = recorded.keys().chain(simulated.keys()).collect();
            let found: Vec<String> = names
                .into_iter()
                .filter_map(|name| {
                    field_differs(&format!("{path}/{name}"), name, recorded, simulated, part_only)
                })
                .collect();
            (!found.is_empty()).then(|| found.join("; "))
        }
        (Value::Array(recorded), Value::Array(simulated)) => {
            if recorded.len() != simulated.len() {
                let lengths = (simulated.len(), recorded.len());
                return Some(format!("{path} has {} items instead of {}", lengths.0, lengths.1));
            }
            let (recorded, simulated) = (in_a_known_order(recorded), in_a_known_order(simulated));
            let found: Vec<String> = recorded
                .iter()
                .zip(&simulated)
                .enumerate()
                .filter_map(|(index, (r, s))| differs(&format!("{path}/{index}"), r, s, part_only))
                .collect();
            (!found.is_empty()).then(|| found.join("; "))
        }
        (Value::String(recorded), Value::String(simulated)) => (without_current_time(recorded)
            != without_current_time(simulated))
        .then(|| format!("{path} is {simulated:?} instead of {recorded:?}")),
        (recorded, simulated) => {
            (recorded != simulated).then(|| format!("{path} is {simulated} instead of {recorded}"))
        }
    }
}

fn field_differs(
    path: &str,
    name: &str,
    recorded: &Map<String, Value>,
    simulated: &Map<String, Value>,
    part_only: bool,
) -> Option<String> {
    match (recorded.get(name), simulated.get(name)) {
        (Some(_), None) if part_only => None,
        (Some(recorded), None) => Some(format!("{path} is missing (recorded {recorded})")),
        (None, simulated) => Some(format!("{path} is too much: {simulated:?}")),
        (Some(recorded), Some(simulated)) if OF_THE_MOMENT.contains(&name) => {
            (recorded.is_null() != simulated.is_null()).then(|| format!("{path} is {simulated}"))
        }
        (Some(recorded), Some(simulated)) => differs(path, recorded, simulated, part_only),
    }
}

/// Cal.com lists event types in whatever order its database returns them: by id is as good as any.
fn in_a_known_order(list: &[Value]) -> Vec<Value> {
    let mut list = list.to_vec();
    if list.iter().all(|item| item.get("slug").is_some() && item["id"].is_number()) {
        list.sort_by_key(|item| item["id"].as_i64());
    }
    list
}

/// One error text names the time of the moment.
fn without_current_time(text: &str) -> String {
    const BEFORE: &str = "Current time in UTC+0: ";
    match text.split_once(BEFORE) {
        None => text.to_owned(),
        Some((start, rest)) => format!("{start}{BEFORE}{}", rest.split_once(',').map_or("", |(_, end)| end)),
    }
}
