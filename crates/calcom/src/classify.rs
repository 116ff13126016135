//! Puts an answer that is no success into its class, by status and body.
//!
//! Cal.com has five shapes of error bodies on the same routes (numbers are recordings):
//! 1. `{status:"error",error:{code,message,details:{message}}}`, from its exceptions (052);
//! 2. the same with `details.errors`, a tree of fields, from the validation of bodies (010);
//! 3. the same with the fields written into the text, from the validation of bookings (061);
//! 4. `error` without details, from the libraries below: Zod (060), tRPC (100); as text with 429 (175);
//! 5. a bare `{statusCode,message}` (093, 293).
//!
//! Whatever fits none of them did not come from Cal.com's API but from something in between, and must not
//! be taken for its word: a 404 of a proxy does not mean that a booking is gone.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::call::RateLimits;
use crate::{BookingUid, Error, FieldMessage, InvalidReason, Missing};

/// How long to wait after a 429 that does not say. Cal.com blocks for a minute.
const DEFAULT_WAIT: Duration = Duration::from_mins(1);
/// The longest wait that a server can ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// The class of an answer whose status is no success. `body` is text if it was not JSON.
pub(crate) fn classify(status: StatusCode, headers: &HeaderMap, body: Option<&Value>) -> Error {
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Error::RateLimited { retry_after: retry_after(headers) };
    }
    let said = body.and_then(Said::read);
    let message = said.as_ref().map_or_else(|| summary(status, body), |said| said.message.clone());
    let not_cal_com = |message| Error::Transient { ambiguous: true, status: Some(status.as_u16()), message };
    match (status.as_u16(), &said) {
        (403, Some(said)) if !said.blames_the_key() => said.invalid(InvalidReason::NotAllowed),
        (401 | 403, Some(_)) => Error::Unauthorized { message },
        (401 | 403 | 404, None) | (300..=399 | 408 | 425 | 500.., _) => not_cal_com(message),
        (404, Some(said)) => said.not_found(),
        (_, Some(said)) => said.refusal(status),
        (_, None) => Error::Invalid {
            reason: InvalidReason::Other,
            messages: vec![FieldMessage { field: None, message }],
        },
    }
}

fn retry_after(headers: &HeaderMap) -> Duration {
    let told = headers
        .get(http::header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let reset = RateLimits::read(headers).map(|limits| limits.reset);
    told.max(reset).unwrap_or(DEFAULT_WAIT).clamp(Duration::from_secs(1), LONGEST_WAIT)
}

fn summary(status: StatusCode, body: Option<&Value>) -> String {
    let text = match body {
        Some(Value::String(text)) => text.chars().take(200).collect(),
        _ => String::new(),
    };
    format!("{status} {text}").trim_end().to_owned()
}

/// What an error body of Cal.com says.
struct Said {
    /// `BadRequestException`, `TRPCError`, …; empty in the bare shape.
    code: String,
    message: String,
    fields: Vec<FieldMessage>,
}

impl Said {
    fn read(body: &Value) -> Option<Self> {
        let error = match (body["status"].as_str(), &body["error"]) {
            (Some("error"), error @ Value::Object(_)) => error,
            _ if body["statusCode"].is_number() => body,
            _ => return None,
        };
        let message = match &error["message"] {
            Value::String(text) => text.clone(),
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            _ => return None,
        };
        let code = error["code"].as_str().unwrap_or_default().to_owned();
        let mut fields = Vec::new();
        if let Some(errors) = error["details"]["errors"].as_array() {
            for entry in errors {
                validation_tree("", entry, &mut fields);
            }
        } else if code == "BAD_REQUEST" {
            zod_text(&message, &mut fields);
        } else if message.contains(WRONG) {
            booking_text(&message, &mut fields);
        } else if let Some(field) = single_field(&message) {
            fields.push(FieldMessage { field: Some(field.to_owned()), message: message.clone() });
        }
        Some(Self { code, message, fields })
    }

    /// Whether the 403 comes from a guard that looks at the key before it looks at the thing asked for.
    fn blames_the_key(&self) -> bool {
        let message = self.message.to_lowercase();
        ["guard -", "authstrategy", "no authentication", "api key", "access token"]
            .iter()
            .any(|text| message.contains(text))
    }

    fn not_found(&self) -> Error {
        let message = self.message.as_str();
        if message.ends_with("is missing event type") {
            return self.invalid(InvalidReason::MissingEventType);
        }
        if ["GET", "POST", "PATCH", "PUT", "DELETE"].iter().any(|method| {
            message.strip_prefix("Cannot ").is_some_and(|rest| rest.starts_with(&format!("{method} /")))
        }) {
            return self.invalid(InvalidReason::UnknownRoute);
        }
        let lower = message.to_lowercase();
        let missing = if lower.starts_with("booking") {
            Missing::Booking
        } else if lower.starts_with("event type") || lower.starts_with("event-type") {
            Missing::EventType
        } else if lower.starts_with("user") {
            Missing::User
        } else if lower.starts_with("webhook") {
            Missing::Webhook
        } else {
            Missing::Other
        };
        Error::NotFound { missing, message: self.message.clone() }
    }

    /// 400, 409, 422 and the like: the text decides.
    fn refusal(&self, status: StatusCode) -> Error {
        const TAKEN: [&str; 11] = [
            "already has booking at this time or is not available",
            "booking_conflict_error",
            "no_available_users_found_error",
            "hosts_unavailable_for_booking",
            "round_robin_host_unavailable_for_booking",
            "no more seats left",
            "not_enough_available_seats_error",
            "already_signed_up_for_this_booking_error",
            "slot is already reserved",
            "slot is not available",
            "booking already exists",
        ];
        const REASONS: [(&str, InvalidReason); 14] = [
            ("because it has been cancelled", InvalidReason::AlreadyCancelled),
            ("because it has been rejected", InvalidReason::AlreadyRejected),
            ("booking that has already ended", InvalidReason::AlreadyEnded),
            ("marked as absent after their scheduled start", InvalidReason::NotStarted),
            ("booking already confirmed", InvalidReason::AlreadyConfirmed),
            ("book a meeting in the past", InvalidReason::InThePast),
            ("can't be booked at the \"start\" time", InvalidReason::OutsideBookingWindow),
            ("cancellation reason is required", InvalidReason::CancellationReasonRequired),
            ("requested event-types do not exist", InvalidReason::MissingEventType),
            ("is not a valid round robin host", InvalidReason::NotAHost),
            ("no other host is available", InvalidReason::NoHostFree),
            ("already has an event type with this slug", InvalidReason::Conflict),
            ("error_event_type_url_duplicate", InvalidReason::Conflict),
            ("already exists", InvalidReason::Conflict),
        ];
        let message = self.message.to_lowercase();
        if TAKEN.iter().any(|text| message.contains(text)) || message.contains("already reserved by another")
        {
            return Error::SlotTaken { message: self.message.clone() };
        }
        if message.contains("rescheduled already") {
            return self.invalid(InvalidReason::AlreadyRescheduled { successor: successor(&self.message) });
        }
        if let Some((_, reason)) = REASONS.iter().find(|(text, _)| message.contains(text)) {
            return self.invalid(reason.clone());
        }
        self.invalid(if !self.fields.is_empty() {
            InvalidReason::Fields
        } else if status == StatusCode::CONFLICT || self.code == "ConflictException" {
            InvalidReason::Conflict
        } else {
            InvalidReason::Other
        })
    }

    fn invalid(&self, reason: InvalidReason) -> Error {
        let messages = if self.fields.is_empty() {
            vec![FieldMessage { field: None, message: self.message.clone() }]
        } else {
            self.fields.clone()
        };
        Error::Invalid { reason, messages }
    }
}

/// "… rescheduled already to booking with uid=NEW. You probably …"; where the host has only asked for another
/// time and none is chosen yet, the text says `undefined`.
fn successor(message: &str) -> Option<BookingUid> {
    let (_, rest) = message.split_once("rescheduled already to booking with uid=")?;
    let uid: &str = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next()?;
    (!uid.is_empty() && uid != "undefined").then(|| BookingUid::from(uid))
}

/// Shape 2: `{property, constraints:{name: message}, children:[…]}`.
fn validation_tree(parent: &str, entry: &Value, fields: &mut Vec<FieldMessage>) {
    let Some(property) = entry["property"].as_str() else { return };
    let path = if parent.is_empty() { property.to_owned() } else { format!("{parent}.{property}") };
    let constraints = entry["constraints"].as_object();
    fields.extend(constraints.into_iter().flatten().filter_map(|(_, text)| {
        Some(FieldMessage { field: Some(path.clone()), message: text.as_str()?.to_owned() })
    }));
    for child in entry["children"].as_array().into_iter().flatten() {
        validation_tree(&path, child, fields);
    }
}

const WRONG: &str = " property is wrong,";

/// Shape 3: "attendee property is wrong, timeZone property is wrong,timeZone must be …". A field without a
/// text of its own holds the next one.
fn booking_text(message: &str, fields: &mut Vec<FieldMessage>) {
    let mut pieces = message.split(WRONG).peekable();
    let Some(first) = pieces.next() else { return };
    let mut field = first.trim().to_owned();
    while let Some(piece) = pieces.next() {
        let (text, next) = match pieces.peek() {
            Some(_) => piece.rsplit_once([' ', ',']).unwrap_or(("", piece)),
            None => (piece, ""),
        };
        let text = text.trim_matches([' ', ',']);
        if text.is_empty() {
            field = format!("{field}.{next}");
        } else {
            let field = std::mem::replace(&mut field, next.to_owned());
            fields.push(FieldMessage { field: Some(field), message: text.to_owned() });
        }
    }
}

/// Shape 4 of Zod: `metadata.b - Expected string, received boolean, metadata.n - …, ` and
/// `responses - {email}error_required_field, `.
fn zod_text(message: &str, fields: &mut Vec<FieldMessage>) {
    let mut pieces = message.split(" - ").peekable();
    let Some(first) = pieces.next() else { return };
    let mut field = first.trim().to_owned();
    while let Some(piece) = pieces.next() {
        let (text, next) = match pieces.peek() {
            Some(_) => piece.rsplit_once(' ').unwrap_or(("", piece)),
            None => (piece, ""),
        };
        let text = text.trim_matches([' ', ',']);
        let path = std::mem::replace(&mut field, next.to_owned());
        let (path, text) = match text.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((slug, text)) => (format!("{path}.{slug}"), text),
            None => (path, text),
        };
        fields.push(FieldMessage { field: Some(path), message: text.to_owned() });
    }
}

/// Sentences of shape 1 that are about one field.
fn single_field(message: &str) -> Option<&str> {
    if let Some(rest) = message.strip_prefix("Missing required booking field response: ") {
        return rest.split_once(" - ").map(|(slug, _)| slug);
    }
    [
        ("Can't specify 'lengthInMinutes'", "lengthInMinutes"),
        ("Booking location with type", "location"),
        ("Webhook URL is not allowed", "subscriberUrl"),
    ]
    .iter()
    .find_map(|(start, field)| message.starts_with(start).then_some(*field))
}
