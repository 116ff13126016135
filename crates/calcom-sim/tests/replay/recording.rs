//! The recordings of the real server, as files of the client's tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use calcom_sim::WebhookDelivery;
use jiff::Timestamp;
use serde_json::Value;

/// Requests that were sent at the same moment, in the order in which the server handled them (seen from
/// the booking ids), each group with the recording that came next.
const CONCURRENT: [(&[u32], u32); 3] =
    [(&[294, 293, 295, 296], 135), (&[288, 285, 286, 287], 135), (&[290, 289, 284, 283, 291, 292], 230)];

pub struct Recorded {
    pub number: u32,
    pub name: String,
    pub date: Timestamp,
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub request_body: Value,
    pub status: u16,
    pub response_headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Recorded {
    /// Whether the real server let this request and another one pass its check for a free slot together.
    pub fn raced(&self) -> bool {
        CONCURRENT.iter().any(|(group, _)| group[1..].contains(&self.number))
            && !(self.number == 284 || self.number == 291)
    }
}

pub struct RecordedWebhook {
    pub name: String,
    path: String,
    trigger: String,
    pub secret: Option<String>,
    caused_by: Vec<String>,
    pub body: Value,
}

impl RecordedWebhook {
    /// Where two calls may have caused it, the booking in its body decides.
    pub fn belongs_to(&self, recorded: &Recorded) -> bool {
        let named = self.caused_by.contains(&format!("{}.json", recorded.name));
        named && (self.caused_by.len() == 1 || self.body["payload"]["uid"] == recorded.body["data"]["uid"])
    }

    pub fn has_a_cause(&self) -> bool {
        !self.caused_by.is_empty()
    }

    pub fn is_like(&self, delivery: &WebhookDelivery) -> bool {
        delivery.trigger == self.trigger && delivery.url.ends_with(&self.path)
    }
}

pub fn http_in_order() -> Vec<Recorded> {
    let mut recordings: Vec<Recorded> =
        files("http").into_iter().map(|(name, file)| http_recording(name, &file)).collect();
    let place = |number: u32| {
        CONCURRENT
            .iter()
            .enumerate()
            .find_map(|(group, (members, next))| {
                let member = members.iter().position(|member| *member == number)?;
                Some((*next, 0, group, member))
            })
            .unwrap_or((number, 1, 0, 0))
    };
    recordings.sort_by_key(|recorded| place(recorded.number));
    recordings
}

pub fn webhooks() -> Vec<RecordedWebhook> {
    files("webhooks").into_iter().map(|(name, file)| webhook(name, &file)).collect()
}

fn http_recording(name: String, file: &Value) -> Recorded {
    let (request, response) = (&file["request"], &file["response"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let response_headers = headers(&response["headers"]);
    let date = jiff::fmt::rfc2822::parse(&response_headers["Date"]).unwrap().timestamp();
    Recorded {
        number: name[..3].parse().unwrap(),
        name,
        date,
        method: text(&request["method"]),
        path: text(&request["path"]),
        headers: headers(&request["headers"]),
        request_body: request["body"].clone(),
        status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
        response_headers,
        body: response["body"].clone(),
    }
}

fn webhook(name: String, file: &Value) -> RecordedWebhook {
    let caused_by = file["caused_by"].as_array().unwrap();
    let body: Value = serde_json::from_str(file["body"].as_str().unwrap()).unwrap();
    RecordedWebhook {
        name,
        path: file["path"].as_str().unwrap().to_owned(),
        trigger: body["triggerEvent"].as_str().unwrap().to_owned(),
        secret: file["secret"].as_str().map(str::to_owned),
        caused_by: caused_by.iter().map(|name| name.as_str().unwrap().to_owned()).collect(),
        body,
    }
}

fn headers(value: &Value) -> BTreeMap<String, String> {
    serde_json::from_value(value.clone()).unwrap()
}

/// Name without `.json`, and content, by name.
fn files(folder: &str) -> BTreeMap<String, Value> {
    let folder: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../calcom/tests/recordings").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap())
        })
        .collect()
}
