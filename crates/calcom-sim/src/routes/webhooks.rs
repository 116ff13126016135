//! `/v2/webhooks` and `/v2/event-types/{id}/webhooks`: subscriptions. Who may be called is checked here,
//! calling them belongs to `deliveries`.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::validation::whitelisted;
use super::{Answer, success};
use crate::errors::{Refusal, invalid_property};
use crate::model::Model;
use crate::model::webhooks::{Scope, Subscription, TRIGGERS};

const PROPERTIES: &[&str] = &["active", "subscriberUrl", "triggers", "secret", "payloadTemplate"];
/// Hosts that are refused even where loopback is allowed: the metadata services of clouds.
const BLOCKED_HOSTS: &[&str] = &["169.254.169.254", "metadata.google.internal", "metadata"];

pub(super) fn list(model: &mut Model, call: &Call) -> Answer {
    let scope = scope(model, call)?;
    let page =
        |name: &str, otherwise| call.parameter(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let listed: Vec<Value> = model
        .subscriptions
        .iter()
        .rev()
        .filter(|subscription| subscription.scope == scope)
        .skip(page("skip", 0))
        .take(page("take", 250))
        .map(Subscription::to_json)
        .collect();
    Ok((StatusCode::OK, success(json!(listed))))
}

pub(super) fn create(model: &mut Model, call: &Call) -> Answer {
    let scope = scope(model, call)?;
    let body = whitelisted(&call.body, PROPERTIES);
    check(&body, true)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let url = text("subscriberUrl").unwrap_or_default();
    refuse_url(&url)?;
    if model.subscriptions.iter().any(|s| s.scope == scope && s.url == url) {
        let whose = match scope {
            Scope::Organizer(_) => "user",
            Scope::EventType(_) => "event type",
        };
        return Err(Refusal::conflict(format!(
            "Webhook with this subscriber url already exists for this {whose}"
        )));
    }
    let subscription = Subscription {
        id: model.ids.uuid(),
        scope,
        url,
        triggers: triggers(&body),
        active: body.get("active").and_then(Value::as_bool).unwrap_or(true),
        secret: text("secret"),
        payload_template: text("payloadTemplate"),
    };
    let json = subscription.to_json();
    model.subscriptions.push(subscription);
    Ok((StatusCode::CREATED, success(json)))
}

pub(super) fn get(model: &mut Model, call: &Call) -> Answer {
    let index = own(model, call)?;
    Ok((StatusCode::OK, success(model.subscriptions[index].to_json())))
}

pub(super) fn patch(model: &mut Model, call: &Call) -> Answer {
    let index = own(model, call)?;
    let body = whitelisted(&call.body, PROPERTIES);
    check(&body, false)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(url) = text("subscriberUrl") {
        refuse_url(&url)?;
        model.subscriptions[index].url = url;
    }
    let subscription = &mut model.subscriptions[index];
    if body.contains_key("triggers") {
        subscription.triggers = triggers(&body);
    }
    if let Some(active) = body.get("active").and_then(Value::as_bool) {
        subscription.active = active;
    }
    if body.contains_key("secret") {
        subscription.secret = text("secret");
    }
    if body.contains_key("payloadTemplate") {
        subscription.payload_template = text("payloadTemplate");
    }
    let json = subscription.to_json();
    Ok((StatusCode::OK, success(json)))
}

pub(super) fn delete(model: &mut Model, call: &Call) -> Answer {
    let index = own(model, call)?;
    let removed = model.subscriptions.remove(index);
    Ok((StatusCode::OK, success(removed.to_json())))
}

/// The caller's own webhooks, or those of an event type of theirs.
fn scope(model: &Model, call: &Call) -> Result<Scope, Refusal> {
    let me = call.user.ok_or(Refusal::Internal)?;
    if call.segment(0) == "webhooks" {
        return Ok(Scope::Organizer(me));
    }
    let id = call.segment(1).parse().map_err(|_| Refusal::Internal)?;
    let event_type = model
        .event_type(id)
        .ok_or_else(|| Refusal::not_found(format!("Event type with id {id} not found")))?;
    if !event_type.hosts().contains(&me) {
        return Err(Refusal::forbidden(format!("User with ID={me} does not own event type with ID={id}")));
    }
    Ok(Scope::EventType(id))
}

fn own(model: &Model, call: &Call) -> Result<usize, Refusal> {
    let scope = scope(model, call)?;
    let id = call.segments.last().map_or("", String::as_str);
    model
        .subscriptions
        .iter()
        .position(|s| s.id == id && s.scope == scope)
        .ok_or_else(|| Refusal::not_found(format!("Webhook ({id}) not found")))
}

fn triggers(body: &Map<String, Value>) -> Vec<String> {
    let given = body.get("triggers").and_then(Value::as_array);
    given.map_or_else(Vec::new, |list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn check(body: &Map<String, Value>, creating: bool) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    let asked = |name: &str| creating || body.contains_key(name);
    if asked("active") && !body.get("active").is_some_and(Value::is_boolean) {
        let why = ("isBoolean", "active must be a boolean value".to_owned());
        errors.push(invalid_property(body, "active", &[why]));
    }
    if asked("subscriberUrl") && !body.get("subscriberUrl").is_some_and(Value::is_string) {
        let why = ("isString", "subscriberUrl must be a string".to_owned());
        errors.push(invalid_property(body, "subscriberUrl", &[why]));
    }
    let known = |trigger: &Value| trigger.as_str().is_some_and(|name| TRIGGERS.contains(&name));
    let triggers = body.get("triggers").and_then(Value::as_array);
    if asked("triggers") && !triggers.is_some_and(|list| list.iter().all(known)) {
        let why =
            format!("each value in triggers must be one of the following values: {}", TRIGGERS.join(", "));
        errors.push(invalid_property(body, "triggers", &[("isEnum", why)]));
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Validation { errors }) }
}

fn refuse_url(url: &str) -> Result<(), Refusal> {
    let refuse = |why: &str| Err(Refusal::bad_request(format!("Webhook URL is not allowed: {why}")));
    let uri: Option<http::Uri> = url.parse().ok();
    match uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.host()?))) {
        Some(("http" | "https", host)) if BLOCKED_HOSTS.contains(&host) => refuse("Blocked hostname"),
        Some(("http" | "https", _)) => Ok(()),
        _ => refuse("Invalid URL format"),
    }
}
