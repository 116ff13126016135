//! `GET /v2/bookings`, version 2024-08-13: filters, order, pages, and totals that are not to be trusted.

use std::cmp::Ordering;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::validation::instant;
use super::{Answer, booking_json};
use crate::errors::{Refusal, invalid_property};
use crate::model::Model;
use crate::model::bookings::{Booking, BookingStatus};
use crate::model::users::UserId;

const STATUSES: [&str; 5] = ["upcoming", "recurring", "past", "cancelled", "unconfirmed"];
const DATES: [&str; 6] =
    ["afterStart", "beforeEnd", "afterCreatedAt", "beforeCreatedAt", "afterUpdatedAt", "beforeUpdatedAt"];
const MOST: i64 = 250;
const USUAL: i64 = 100;

pub(super) fn list(model: &mut Model, call: &Call) -> Answer {
    let wanted = Wanted::read(call)?;
    let me = call.user.ok_or(Refusal::Internal)?;
    if wanted.event_types.iter().flatten().any(|id| model.event_type(*id).is_none()) {
        return Err(Refusal::trpc("The requested event-types do not exist."));
    }
    let mut mine: Vec<&Booking> = model
        .bookings
        .iter()
        .filter(|b| model.concerns(me, b))
        .filter(|b| wanted.counts(model, b, call.now))
        .collect();
    let total = count(mine.len());
    mine.retain(|b| wanted.shows(b));
    mine.sort_by(|a, b| wanted.order(a, b));
    let data: Vec<Value> = mine
        .into_iter()
        .skip(usize::try_from(wanted.skip).unwrap_or(usize::MAX))
        .take(usize::try_from(wanted.take).unwrap_or(usize::MAX))
        .map(|booking| booking_json(model, booking))
        .collect();
    let pagination = pagination(total, wanted.take, wanted.skip);
    Ok((StatusCode::OK, json!({"status": "success", "data": data, "pagination": pagination})))
}

impl Model {
    /// A booking is listed for its organizer and for a user who attends it.
    pub(super) fn concerns(&self, user: UserId, booking: &Booking) -> bool {
        let email = self.user(user).map(|user| user.email.as_str());
        booking.host == user || booking.attendees.iter().any(|a| Some(a.email.as_str()) == email)
    }
}

/// The totals are computed without the filters on creation and update, also `returnedItems`.
fn pagination(total: i64, take: i64, skip: i64) -> Value {
    let pages = (total + take - 1) / take;
    let remaining = (total - skip - take).max(0);
    json!({
        "returnedItems": take.min(total - skip).max(0),
        "totalItems": total,
        "itemsPerPage": take,
        "remainingItems": remaining,
        "currentPage": (skip / take + 1).min(pages),
        "totalPages": pages,
        "hasNextPage": remaining > 0,
        "hasPreviousPage": skip > 0 && total > 0,
    })
}

type SortKey = fn(&Booking) -> Timestamp;

struct Wanted {
    statuses: Vec<String>,
    attendee_email: Option<String>,
    attendee_name: Option<String>,
    uid: Option<String>,
    event_types: Option<Vec<i64>>,
    teams: Option<Vec<i64>>,
    dates: [Option<Timestamp>; 6],
    /// `sort…` parameters in the order of precedence, with whether they descend.
    sorts: Vec<(SortKey, bool)>,
    take: i64,
    skip: i64,
}

impl Wanted {
    fn read(call: &Call) -> Result<Self, Refusal> {
        let text = |name: &str| call.parameter(name).map(str::to_owned);
        let split = |name: &str| -> Option<Vec<String>> {
            call.parameter(name).map(|list| list.split(',').map(|one| one.trim().to_owned()).collect())
        };
        let ids = |many: &str, one: &str| -> Option<Vec<i64>> {
            let list = split(many).or_else(|| split(one))?;
            Some(list.iter().filter_map(|id| id.parse().ok()).collect())
        };
        let target = target(call);
        let mut errors = Vec::new();
        let statuses = split("status").unwrap_or_default();
        if statuses.iter().any(|status| !STATUSES.contains(&status.as_str())) {
            let why = format!("Invalid status. Allowed are {}", STATUSES.join(", "));
            errors.push(invalid_property(&target, "status", &[("isEnum", why)]));
        }
        let mut dates = [None; 6];
        for (date, name) in dates.iter_mut().zip(DATES) {
            let Some(given) = call.parameter(name) else { continue };
            *date = instant(given);
            if date.is_none() {
                let called = match name {
                    "afterStart" => "fromDate",
                    "beforeEnd" => "toDate",
                    other => other,
                };
                let why = format!("{called} must be a valid ISO 8601 date.");
                errors.push(invalid_property(&target, name, &[("isIso8601", why)]));
            }
        }
        let take = number(call, &target, "take", USUAL, 1, Some(MOST), &mut errors);
        let skip = number(call, &target, "skip", 0, 0, None, &mut errors);
        let by: [(&str, SortKey); 4] = [
            ("sortStart", |b| b.start),
            ("sortEnd", |b| b.end),
            ("sortCreated", |b| b.created_at),
            ("sortUpdatedAt", |b| b.updated_at),
        ];
        let mut sorts = Vec::new();
        for (name, key) in by {
            match call.parameter(name) {
                Some(direction @ ("asc" | "desc")) => sorts.push((key, direction == "desc")),
                Some(_) => {
                    let why = format!("{name} must be either \"asc\" or \"desc\".");
                    errors.push(invalid_property(&target, name, &[("isEnum", why)]));
                }
                None => {}
            }
        }
        if !errors.is_empty() {
            return Err(Refusal::Validation { errors });
        }
        Ok(Self {
            statuses,
            attendee_email: text("attendeeEmail").map(|email| email.replace(' ', "+")),
            attendee_name: text("attendeeName"),
            uid: text("bookingUid"),
            event_types: ids("eventTypeIds", "eventTypeId"),
            teams: ids("teamsIds", "teamId"),
            dates,
            sorts,
            take,
            skip,
        })
    }

    /// The filters that the totals know.
    fn counts(&self, model: &Model, booking: &Booking, now: Timestamp) -> bool {
        let [after_start, before_end, ..] = self.dates;
        let team = || {
            let event_type = booking.event_type_id.and_then(|id| model.event_type(id))?;
            event_type.team_id()
        };
        (self.statuses.is_empty() || self.statuses.iter().any(|status| has_status(booking, status, now)))
            && self.uid.as_ref().is_none_or(|uid| booking.uid == *uid)
            && self.attendee_email.as_ref().is_none_or(|e| booking.attendees.iter().any(|a| a.email == *e))
            && self.attendee_name.as_ref().is_none_or(|n| booking.attendees.iter().any(|a| a.name == *n))
            && self
                .event_types
                .as_ref()
                .is_none_or(|ids| booking.event_type_id.is_some_and(|id| ids.contains(&id)))
            && self.teams.as_ref().is_none_or(|ids| team().is_some_and(|id| ids.contains(&id)))
            && after_start.is_none_or(|at| booking.start >= at)
            && before_end.is_none_or(|at| booking.end <= at)
    }

    /// The filters that they do not know.
    fn shows(&self, booking: &Booking) -> bool {
        let [_, _, after_created, before_created, after_updated, before_updated] = self.dates;
        after_created.is_none_or(|at| booking.created_at >= at)
            && before_created.is_none_or(|at| booking.created_at <= at)
            && after_updated.is_none_or(|at| booking.updated_at >= at)
            && before_updated.is_none_or(|at| booking.updated_at <= at)
    }

    /// As asked; else by start, newest first for the one status `past` or `cancelled`.
    fn order(&self, a: &Booking, b: &Booking) -> Ordering {
        let directed =
            |ordering: Ordering, descending| if descending { ordering.reverse() } else { ordering };
        let newest_first =
            matches!(self.statuses.as_slice(), [only] if only == "past" || only == "cancelled");
        let asked = self
            .sorts
            .iter()
            .map(|(key, descending)| directed(key(a).cmp(&key(b)), *descending))
            .find(|ordering| ordering.is_ne());
        asked
            .unwrap_or_else(|| {
                if self.sorts.is_empty() {
                    directed(a.start.cmp(&b.start), newest_first)
                } else {
                    Ordering::Equal
                }
            })
            .then(a.id.cmp(&b.id))
    }
}

fn has_status(booking: &Booking, status: &str, now: Timestamp) -> bool {
    match status {
        "upcoming" if booking.recurring_uid.is_some() => {
            booking.end >= now && booking.status == BookingStatus::Accepted
        }
        "upcoming" => booking.end >= now && !booking.status.is_over(),
        "recurring" => booking.recurring_uid.is_some() && booking.end >= now && !booking.status.is_over(),
        "past" => booking.end <= now && !booking.status.is_over(),
        "cancelled" => booking.status.is_over(),
        "unconfirmed" => booking.end >= now && booking.status == BookingStatus::Pending,
        _ => false,
    }
}

/// The query as the validation pipe shows it in its errors.
fn target(call: &Call) -> Map<String, Value> {
    let mut target = Map::new();
    for (name, value) in &call.query {
        let shown = match name.as_str() {
            "status" => json!(value.split(',').collect::<Vec<&str>>()),
            "take" | "skip" => value.parse::<i64>().map_or_else(|_| json!(value), |number| json!(number)),
            name if name.contains('[') => continue,
            _ => json!(value),
        };
        target.insert(name.clone(), shown);
    }
    target
}

fn number(
    call: &Call,
    target: &Map<String, Value>,
    name: &str,
    otherwise: i64,
    least: i64,
    most: Option<i64>,
    errors: &mut Vec<Value>,
) -> i64 {
    let Some(given) = call.parameter(name) else { return otherwise };
    let number: Option<i64> = given.parse().ok();
    let wrong = match number {
        None => {
            Some(("isNumber", format!("{name} must be a number conforming to the specified constraints")))
        }
        Some(number) if number < least => Some(("min", format!("{name} must not be less than {least}"))),
        Some(number) => most
            .filter(|most| number > *most)
            .map(|most| ("max", format!("{name} must not be greater than {most}"))),
    };
    if let Some(wrong) = wrong {
        errors.push(invalid_property(target, name, &[wrong]));
    }
    number.unwrap_or(otherwise)
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
