//! What a booking, an answer or a webhook looks like when it comes from another edition, through a bad
//! proxy, or from somebody else: the bodies of the faults that change bodies.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::model::webhooks::Outgoing;

/// What the page of a proxy looks like that could not reach the server, or did not wait for it.
pub(crate) fn gateway_page(status: u16) -> Response<Bytes> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = Response::new(Bytes::from(format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n</body>\r\n</html>\r\n"
    )));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// The connection breaks in the middle of the body, and something in between closes it properly.
pub(crate) fn cut_in_half(response: Response<Bytes>) -> Response<Bytes> {
    response.map(|body| body.slice(..body.len() / 2))
}

/// The same answer from an edition that says more.
pub(crate) fn with_unknown_fields(response: Response<Bytes>) -> Response<Bytes> {
    response.map(|body| changed(&body, add_unknown_fields).map_or(body, Bytes::from))
}

/// The same webhook from an edition that says more.
pub(crate) fn strange(outgoing: Outgoing) -> Outgoing {
    with_body(outgoing, add_unknown_fields)
}

/// The same webhook without metadata and without answers, as confirmations and cancellations come.
pub(crate) fn bare(outgoing: Outgoing) -> Outgoing {
    with_body(outgoing, |body| {
        let wrapped = body["payload"].is_object();
        let facts = if wrapped { &mut body["payload"] } else { body };
        for emptied in ["metadata", "responses", "userFieldsResponses"] {
            facts[emptied] = json!({});
        }
    })
}

/// What somebody sends who knows the address and a genuine webhook, but not the secret: the booking is
/// cancelled.
pub(crate) fn forged(genuine: &Outgoing) -> Outgoing {
    let forged = Outgoing {
        trigger: "BOOKING_CANCELLED".to_owned(),
        secret: Some("not the secret".to_owned()),
        ..genuine.clone()
    };
    with_body(forged, |body| {
        body["triggerEvent"] = json!("BOOKING_CANCELLED");
        if body["payload"].is_object() {
            body["payload"]["status"] = json!("CANCELLED");
        }
    })
}

fn with_body(outgoing: Outgoing, change: impl FnOnce(&mut Value)) -> Outgoing {
    let body = changed(outgoing.body.as_bytes(), change).unwrap_or(outgoing.body);
    Outgoing { body, ..outgoing }
}

fn changed(body: &[u8], change: impl FnOnce(&mut Value)) -> Option<String> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    change(&mut body);
    Some(body.to_string())
}

/// In everything that is a record; what has the names of users, fields or dates as keys is left alone.
fn add_unknown_fields(body: &mut Value) {
    match body {
        Value::Array(items) => items.iter_mut().for_each(add_unknown_fields),
        Value::Object(record) => {
            for (name, value) in record.iter_mut() {
                if !matches!(name.as_str(), "metadata" | "bookingFieldsResponses" | "responses") {
                    add_unknown_fields(value);
                }
            }
            if is_record(record) {
                record.insert("ofTomorrow".to_owned(), json!({"kind": "unknown", "list": [1, null, "x"]}));
            }
        }
        _ => {}
    }
}

fn is_record(entries: &Map<String, Value>) -> bool {
    ["id", "uid", "email", "status", "triggerEvent"].iter().any(|name| entries.contains_key(*name))
}
