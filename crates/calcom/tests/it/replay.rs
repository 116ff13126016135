//! From a recorded request to the method of the client that sends it, with arguments read from the record.

use std::collections::BTreeMap;

use calcom::{
    BookingsQuery, Call, Client, Error, Exchange, Order, Page, RateLimits, SlotBound, SlotFormat, SlotOwner,
    SlotsQuery, StatusFilter,
};
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use crate::canned::BASE_URL;

/// What a call came to, of whatever type.
pub struct Outcome {
    /// The value, in the form Cal.com writes it; null where there is none.
    pub result: Result<Value, Error>,
    pub limits: Option<RateLimits>,
    pub exchange: Exchange,
}

/// Makes the call that sends the recorded request.
pub async fn call(client: &Client, method: &Method, path: &str, body: &Value) -> Outcome {
    let url = Url::parse(BASE_URL).unwrap().join(path).unwrap();
    let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let segments: Vec<&str> = url.path_segments().unwrap().skip(1).collect();
    match (method.as_str(), segments.as_slice()) {
        ("GET", ["me"]) => one(client.me().await),
        ("GET", ["schedules"]) => page(client.schedules().await, None),
        ("GET", ["event-types"]) => match query.get("username") {
            Some(username) => page(client.event_types_by_username(username).await, None),
            None => page(client.event_types().await, None),
        },
        ("GET", ["event-types", id]) => one(client.event_type(read(id)).await),
        ("POST", ["event-types"]) => one(client.create_event_type(&from(body)).await),
        ("PATCH", ["event-types", id]) => one(client.update_event_type(read(id), &from(body)).await),
        ("DELETE", ["event-types", id]) => nothing(client.delete_event_type(read(id)).await),
        ("POST", ["event-types", id, "webhooks"]) => {
            one(client.create_event_type_webhook(read(id), &from(body)).await)
        }
        ("GET", ["webhooks"]) => page(client.webhooks().await, Some(250)),
        ("GET", ["webhooks", id]) => one(client.webhook(&(*id).into()).await),
        ("POST", ["webhooks"]) => one(client.create_webhook(&from(body)).await),
        ("PATCH", ["webhooks", id]) => one(client.update_webhook(&(*id).into(), &from(body)).await),
        ("DELETE", ["webhooks", id]) => nothing(client.delete_webhook(&(*id).into()).await),
        ("GET", ["slots"]) => one(client.slots(&slots_query(&query)).await),
        ("POST", ["slots", "reservations"]) => one(client.reserve_slot(&from(body)).await),
        ("GET", ["slots", "reservations", uid]) => one(client.reservation(&(*uid).into()).await),
        ("DELETE", ["slots", "reservations", uid]) => {
            nothing(client.delete_reservation(&(*uid).into()).await)
        }
        ("POST", ["bookings"]) => one(client.create_booking(&from(body)).await),
        ("GET", ["bookings"]) => {
            let query = bookings_query(&query);
            page(client.bookings(&query).await, Some(query.take.unwrap_or(100)))
        }
        ("GET", ["bookings", uid]) => one(client.booking(&(*uid).into()).await),
        ("POST", ["bookings", uid, action, rest @ ..]) => {
            let uid = &(*uid).into();
            let reason = body["reason"].as_str();
            match (*action, rest) {
                ("reschedule", []) => one(client.reschedule(uid, &from(body)).await),
                ("cancel", []) => {
                    one(client.cancel(uid, body["cancellationReason"].as_str().unwrap_or_default()).await)
                }
                ("confirm", []) => one(client.confirm(uid).await),
                ("decline", []) => one(client.decline(uid, reason).await),
                ("mark-absent", []) => one(client.mark_absent(uid, &from(body)).await),
                ("reassign", []) => one(client.reassign(uid).await),
                ("reassign", [host]) => one(client.reassign_to(uid, read(host), reason).await),
                _ => panic!("no call for {method} {path}"),
            }
        }
        _ => panic!("no call for {method} {path}"),
    }
}

pub fn one<T: Serialize>(call: Call<T>) -> Outcome {
    let call = call.map(|value| serde_json::to_value(value).unwrap());
    Outcome { result: call.result, limits: call.limits, exchange: call.exchange }
}

fn nothing(call: Call<()>) -> Outcome {
    one(call)
}

/// A list; the server was asked for `take` entries if it pages.
pub fn page<T: Serialize>(call: Call<Page<T>>, take: Option<u32>) -> Outcome {
    one(call.map(|page| {
        assert_eq!(page.unreadable, [], "every recorded entry can be read");
        assert_eq!(page.has_more, take.is_some_and(|take| page.items.len() >= take as usize));
        page.items
    }))
}

fn from<T: DeserializeOwned>(body: &Value) -> T {
    serde_json::from_value(body.clone()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn read<T: DeserializeOwned>(number: &str) -> T {
    from(&json!(number.parse::<i64>().unwrap()))
}

fn slots_query(query: &BTreeMap<String, String>) -> SlotsQuery {
    let bound = |name: &str| {
        let text = &query[name];
        text.parse()
            .map(SlotBound::Day)
            .ok()
            .filter(|_| text.len() == 10)
            .unwrap_or_else(|| SlotBound::Instant(text.parse().unwrap()))
    };
    SlotsQuery {
        of: match query.get("eventTypeId") {
            Some(id) => SlotOwner::EventType(read(id)),
            None => SlotOwner::Slug {
                event_type_slug: query["eventTypeSlug"].clone(),
                username: query["username"].clone(),
            },
        },
        start: bound("start"),
        end: bound("end"),
        time_zone: query.get("timeZone").cloned(),
        duration_minutes: query.get("duration").map(|minutes| minutes.parse().unwrap()),
        booking_uid_to_reschedule: query.get("bookingUidToReschedule").map(|uid| uid.as_str().into()),
        format: match query.get("format").map(String::as_str) {
            None => SlotFormat::Start,
            Some("range") => SlotFormat::Range,
            Some(other) => panic!("format {other}"),
        },
    }
}

fn bookings_query(query: &BTreeMap<String, String>) -> BookingsQuery {
    let mut to = BookingsQuery::default();
    for (name, value) in query {
        let list = || value.split(',');
        let time = || Some(value.parse().unwrap());
        let order = || match value.as_str() {
            "asc" => Some(Order::Asc),
            "desc" => Some(Order::Desc),
            other => panic!("order {other}"),
        };
        match name.as_str() {
            "status" => to.status = list().map(status).collect(),
            "attendeeEmail" => to.attendee_email = Some(value.clone()),
            "attendeeName" => to.attendee_name = Some(value.clone()),
            "bookingUid" => to.booking_uid = Some(value.as_str().into()),
            "eventTypeIds" => to.event_type_ids = list().map(read).collect(),
            "eventTypeId" => to.event_type_id = Some(read(value)),
            "teamsIds" => to.team_ids = list().map(read).collect(),
            "teamId" => to.team_id = Some(read(value)),
            "afterStart" => to.after_start = time(),
            "beforeEnd" => to.before_end = time(),
            "afterCreatedAt" => to.after_created_at = time(),
            "beforeCreatedAt" => to.before_created_at = time(),
            "afterUpdatedAt" => to.after_updated_at = time(),
            "beforeUpdatedAt" => to.before_updated_at = time(),
            "sortStart" => to.sort_start = order(),
            "sortEnd" => to.sort_end = order(),
            "sortCreated" => to.sort_created = order(),
            "sortUpdatedAt" => to.sort_updated_at = order(),
            "take" => to.take = Some(value.parse().unwrap()),
            "skip" => to.skip = Some(value.parse().unwrap()),
            other => panic!("filter {other}"),
        }
    }
    to
}

fn status(text: &str) -> StatusFilter {
    match text {
        "upcoming" => StatusFilter::Upcoming,
        "recurring" => StatusFilter::Recurring,
        "past" => StatusFilter::Past,
        "cancelled" => StatusFilter::Cancelled,
        "unconfirmed" => StatusFilter::Unconfirmed,
        other => panic!("status {other}"),
    }
}
