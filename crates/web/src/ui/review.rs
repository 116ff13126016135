//! `GET /reviews/{id}` and the forms on it: decide, give to somebody, put off, write a note. After a decision the way
//! leads on to the next item of the same queue.

pub mod effect;

use std::collections::HashMap;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::{
    BookingUid, CompanyId, ReviewId, UserId,
    review::{About, Choice as Decision, Deed, Handled, Item, Kind, ReviewCode, State as Stage},
};
use engine::reviews::{Decision as Wish, ReviewError};
use jiff::{SignedDuration, Timestamp, civil::time};
use serde::Deserialize;

use super::{
    appointment::{self, can_change},
    failure::Failure,
    flash::Flash,
    reviews::{people, read, rows},
    service::{Names, divergence, user_names},
    visit::{Posted, Visit, decided, done, page},
};
use crate::{
    components::{AsChip as _, Field, FieldError},
    i18n::Translator,
    pages::{Comparison, DecisionRow, DeedRow, ReviewFilter, ReviewPage, SettingSides, Way, least},
    state::AppState,
    ui::{cancel::LONGEST_REASON, visit::refused},
};

/// Characters of the longest note.
const LONGEST_NOTE: u32 = 2_000;

pub async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    visit: Visit,
    Query(filter): Query<ReviewFilter>,
) -> Result<Response, Failure> {
    let item = find(&state, visit.company(), &id).await?;
    page(&fill(&state, visit, item, &filter, Field::default()).await?)
}

async fn fill(
    state: &AppState,
    mut visit: Visit,
    item: Item,
    filter: &ReviewFilter,
    comment: Field,
) -> Result<ReviewPage, Failure> {
    let (store, company, now) = (&state.engine.store, visit.company(), visit.t.now);
    let (mut elsewhere, mut others) = (Vec::new(), Vec::new());
    match &item.about {
        About::Appointment(id) => {
            let view = store.appointment(company, *id).await?;
            visit.at(&view.branch);
            if item.code == ReviewCode::Overlap {
                let ids = store.overlapping(company, *id).await?;
                others = store.views(company, &ids).await?.into_iter().map(super::row::row).collect();
            }
            let href = super::row::href(&view.appointment);
            elsewhere.push((href.clone(), "calendar", "review-to-appointment"));
            if can_change(&view.appointment, &visit.t) {
                elsewhere.push((format!("{href}/reschedule"), "arrow-right", "reschedule"));
                elsewhere.push((format!("{href}/cancel"), "ban", "cancel"));
            }
        }
        About::EventType { service, .. } => {
            elsewhere.push((format!("/services/{service}"), "service", "review-to-service"));
        }
        About::Booking { .. } => {}
    }
    let sides = Sides::of(state, company, &visit.t, &item).await?;
    let users = user_names(state, company).await?;
    let kind = item.about.kind();
    let mut options = Vec::new();
    for prospect in state.engine.review_prospects(company, &item).await? {
        let choice = prospect.choice;
        let (here, there) = effect::tell(&visit.t, &item, &prospect, &sides);
        options.push(DecisionRow {
            choice,
            here,
            there,
            may: visit.session.user.role >= least(kind, choice),
        });
    }
    let deeds = store.review_deeds(company, item.id).await?;
    let gone = if item.closed_at.is_some() && options.is_empty() { cannot_undo(kind, &deeds) } else { None };
    let way = way(state, company, filter, &item).await?;
    let row = rows(state, company, std::slice::from_ref(&item), &users, &now).await?.pop();
    Ok(ReviewPage {
        deeds: deeds.into_iter().rev().map(|deed| deed_row(&visit.t, deed, &users)).collect(),
        people: people(&users, |id| item.assignee == Some(id)),
        is_open: item.state(now) != Stage::Closed,
        version: item.version,
        item: row.ok_or(Failure::NotFound)?,
        way,
        others,
        comparisons: sides.comparisons,
        setting: sides.setting,
        options,
        cannot_undo: gone,
        elsewhere,
        comment,
        t: visit.t,
        frame: visit.frame,
    })
}

/// Why the last decision about a settled item cannot be taken back any more; a message.
fn cannot_undo(kind: Kind, deeds: &[Deed]) -> Option<&'static str> {
    let last = deeds.iter().rev().find_map(|deed| match deed.what {
        Handled::Chosen { choice, .. } => Some(choice),
        _ => None,
    })?;
    match (last, kind) {
        (Decision::Ours, _) => Some("cannot-undo-ours"),
        (Decision::Theirs, Kind::Service) => Some("cannot-undo-theirs-service"),
        (Decision::Theirs, _) => Some("cannot-undo-theirs"),
        (Decision::Link, _) => Some("cannot-undo-link"),
        (Decision::Import | Decision::Cancel, _) => Some("cannot-undo-import"),
        (Decision::Retry, _) => Some("cannot-undo-retry"),
        (Decision::Accept | Decision::Dismiss, _) => Some("cannot-undo-aside"),
        (Decision::Reopen | Decision::Undo, _) => None,
    }
}

/// What was done about an item, with the names of those who did it.
pub fn deed_row(t: &Translator, deed: Deed, users: &HashMap<UserId, String>) -> DeedRow {
    let Deed { at, actor, what } = deed;
    let name = actor.user_id.and_then(|id| users.get(&id).cloned()).or(actor.via);
    let to = match what {
        Handled::Assigned { to: Some(to) } => users.get(&to).cloned(),
        _ => None,
    };
    let by = name.unwrap_or_else(|| t.get(actor.origin.chip().label).to_string());
    DeedRow { at, by, what, to }
}

/// What both sides say of what an item is about.
pub struct Sides {
    /// Of an appointment: one per booking; of a booking that nobody here knows: what Cal.com says.
    pub comparisons: Vec<Comparison>,
    /// Of a field of an event type.
    pub setting: Option<SettingSides>,
}

impl Sides {
    pub async fn of(
        state: &AppState,
        company: CompanyId,
        t: &Translator,
        item: &Item,
    ) -> Result<Self, Failure> {
        let store = &state.engine.store;
        let mut sides = Self { comparisons: Vec::new(), setting: None };
        match &item.about {
            About::Appointment(id) => {
                let (view, case) = (store.appointment(company, *id).await?, store.case(company, *id).await?);
                sides.comparisons = appointment::compare(state, company, t, &case, &view).await?;
            }
            About::EventType { service, link, setting: Some(field) } => {
                sides.setting = setting(state, company, t, (*service, *link, *field)).await?;
            }
            About::Booking { .. } => {
                if let Some(seen) = store.unknown_booking(company, item.id).await? {
                    sides.comparisons.push(appointment::unknown(state, company, t, &seen).await?);
                }
            }
            About::EventType { .. } => {}
        }
        Ok(sides)
    }
}

/// Both sides of a field of an event type, while they differ.
async fn setting(
    state: &AppState,
    company: CompanyId,
    t: &Translator,
    (service, link, field): (domain::ServiceId, domain::LinkId, domain::catalogue::Setting),
) -> Result<Option<SettingSides>, Failure> {
    let case = state.engine.store.service_case(company, service).await?;
    let names = Names::of(state, company).await?;
    let record = case.record(link);
    let found = record.and_then(|record| {
        let it = record.divergences.iter().find(|it| it.setting == field)?;
        Some(divergence(t, &case, record, it, &names))
    });
    Ok(found.map(|row| SettingSides {
        label: row.label,
        ours: row.ours,
        shared: row.shared,
        theirs: row.theirs,
        cannot_take: row.cannot_take,
    }))
}

/// Where the item stands in its queue, and what is beside it.
async fn way(
    state: &AppState,
    company: CompanyId,
    filter: &ReviewFilter,
    item: &Item,
) -> Result<Way, Failure> {
    let queue = state.engine.review_queue(company, &read(filter)).await?;
    let now = state.engine.ambient.now();
    let here = queue.iter().position(|one| one.id == item.id);
    // What has left the queue still has a place in it.
    let place = here.unwrap_or_else(|| queue.partition_point(|one| one.place(now) < item.place(now)));
    let after = if here.is_some() { place + 1 } else { place };
    let href = |index: Option<usize>| {
        index.and_then(|index| queue.get(index)).map(|one| filter.item(&one.id.to_string()))
    };
    Ok(Way {
        list: filter.href(),
        previous: href(place.checked_sub(1)),
        next: href(Some(after)),
        number: here.map(|here| here as u64 + 1),
        total: queue.len() as u64,
        query: filter.set().into_iter().map(|(name, value)| (name, value.to_owned())).collect(),
    })
}

async fn find(state: &AppState, company: CompanyId, id: &str) -> Result<Item, Failure> {
    let id: ReviewId = id.parse().map_err(|_| Failure::NotFound)?;
    Ok(state.engine.store.review(company, id).await?)
}

#[derive(Deserialize)]
pub struct Choosing {
    choice: String,
    #[serde(default)]
    reason: String,
    /// The booking to be linked: its name, or an address that ends with it.
    #[serde(default)]
    booking: String,
    #[serde(default)]
    version: String,
    #[serde(flatten)]
    filter: ReviewFilter,
}

/// Decides, and leads on.
pub async fn decide(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Choosing>,
) -> Result<Response, Failure> {
    let item = find(&state, visit.company(), &id).await?;
    let choice = Decision::from_name(&form.choice).ok_or(Failure::Unreadable)?;
    if visit.session.user.role < least(item.about.kind(), choice) {
        return Err(Failure::Forbidden);
    }
    let way = way(&state, visit.company(), &form.filter, &item).await?;
    let reason: String = form.reason.trim().chars().take(LONGEST_REASON as usize).collect();
    let wish = Wish {
        choice,
        reason: Some(reason).filter(|reason| !reason.is_empty()),
        booking: booking(&form.booking),
        actor: visit.actor(),
        version: form.version.parse().ok(),
    };
    let here = form.filter.item(&id);
    match state.engine.decide_review(visit.company(), item.id, wish).await {
        Ok(item) => {
            let on = way.next.unwrap_or(way.list);
            Ok(match (choice, choice.undone_by()) {
                (Decision::Reopen | Decision::Undo, _) => {
                    done(&state, &form.filter.item(&item.id.to_string()), Flash::ReviewReopened)
                }
                (Decision::Accept | Decision::Dismiss, _) => {
                    decided(&state, &on, Flash::ReviewAside, item.id)
                }
                (_, Some(_)) => decided(&state, &on, Flash::ReviewDecided, item.id),
                (_, None) => done(&state, &on, Flash::ReviewDecided),
            })
        }
        Err(error) => not_done(&state, &here, error),
    }
}

/// Cal.com's name of a booking, as it is typed or as it stands at the end of its address.
fn booking(typed: &str) -> Option<BookingUid> {
    let path = typed.trim().split(['?', '#']).next().unwrap_or_default();
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    Some(name).filter(|name| !name.is_empty()).map(|name| BookingUid(name.to_owned()))
}

#[derive(Deserialize)]
pub struct Assigning {
    to: String,
    #[serde(default)]
    version: String,
    #[serde(flatten)]
    filter: ReviewFilter,
}

/// Gives it to somebody.
pub async fn assign(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Assigning>,
) -> Result<Response, Failure> {
    let what = Handled::Assigned { to: assignee(&form.to)? };
    handle(&state, &visit, &id, &form.filter, form.version.parse().ok(), what, Flash::ReviewAssigned).await
}

#[derive(Deserialize)]
pub struct Snoozing {
    #[serde(rename = "for")]
    rest: String,
    #[serde(default)]
    version: String,
    #[serde(flatten)]
    filter: ReviewFilter,
}

/// Puts it off, or brings it back.
pub async fn snooze(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Snoozing>,
) -> Result<Response, Failure> {
    let until = until(&visit.t, &form.rest)?;
    let flash = if until.is_some() { Flash::ReviewSnoozed } else { Flash::ReviewReopened };
    let (version, what) = (form.version.parse().ok(), Handled::Snoozed { until });
    handle(&state, &visit, &id, &form.filter, version, what, flash).await
}

/// Who is chosen; nobody, if it is left empty.
pub fn assignee(to: &str) -> Result<Option<UserId>, Failure> {
    Some(to).filter(|to| !to.is_empty()).map(|to| to.parse().map_err(|_| Failure::Unreadable)).transpose()
}

/// When a rest ends; now, if it is left empty.
pub fn until(t: &Translator, rest: &str) -> Result<Option<Timestamp>, Failure> {
    let rest = Some(rest).filter(|rest| !rest.is_empty());
    rest.map(|rest| end_of(t, rest).ok_or(Failure::Unreadable)).transpose()
}

/// Mornings begin at eight.
fn end_of(t: &Translator, rest: &str) -> Option<Timestamp> {
    let morning = |day: jiff::civil::Date| {
        day.to_datetime(time(8, 0, 0, 0)).to_zoned(t.zone.clone()).ok().map(|at| at.timestamp())
    };
    let today = t.day_of(&t.now);
    match rest {
        "1h" => t.now.checked_add(SignedDuration::from_hours(1)).ok(),
        "tomorrow" => morning(today.tomorrow().ok()?),
        "week" => morning(today.checked_add(jiff::Span::new().weeks(1)).ok()?),
        _ => None,
    }
}

#[derive(Deserialize)]
pub struct Commenting {
    #[serde(default)]
    text: String,
    #[serde(flatten)]
    filter: ReviewFilter,
}

/// Writes a note.
pub async fn comment(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Commenting>,
) -> Result<Response, Failure> {
    let what = match note(&form.text) {
        Ok(text) => Handled::Commented { text },
        Err(error) => {
            let item = find(&state, visit.company(), &id).await?;
            return refused(&fill(&state, visit, item, &form.filter, Field::wrong(form.text, error)).await?);
        }
    };
    handle(&state, &visit, &id, &form.filter, None, what, Flash::ReviewCommented).await
}

/// What somebody writes down.
pub fn note(typed: &str) -> Result<String, FieldError> {
    match typed.trim().replace("\r\n", "\n") {
        text if text.is_empty() => Err(FieldError::Required),
        text if text.chars().count() > LONGEST_NOTE as usize => {
            Err(FieldError::TooLong { max: LONGEST_NOTE })
        }
        text => Ok(text),
    }
}

async fn handle(
    state: &AppState,
    visit: &Visit,
    id: &str,
    filter: &ReviewFilter,
    version: Option<i64>,
    what: Handled,
    flash: Flash,
) -> Result<Response, Failure> {
    let item = find(state, visit.company(), id).await?;
    let here = filter.item(id);
    match state.engine.handle_review(visit.company(), item.id, visit.actor(), version, what).await {
        Ok(_) => Ok(done(state, &here, flash)),
        Err(error) => not_done(state, &here, error),
    }
}

/// Leads back, and says why nothing was done.
fn not_done(state: &AppState, to: &str, error: ReviewError) -> Result<Response, Failure> {
    let flash = match error {
        ReviewError::NotFound => return Err(Failure::NotFound),
        ReviewError::Engine(error) => return Err(error.into()),
        ReviewError::Stale(_) => Flash::Stale,
        ReviewError::Silent => Flash::ReviewSilent,
        ReviewError::NoSuchBooking => Flash::NoSuchBooking,
        ReviewError::NobodyPerforms => Flash::NobodyPerforms,
        ReviewError::NotOffered
        | ReviewError::NotAllowed
        | ReviewError::NoSuchUser
        | ReviewError::Change(_)
        | ReviewError::Service(_) => Flash::ReviewNotNow,
    };
    Ok(done(state, to, flash))
}
