//! `GET` and `POST /services/{id}/link/{staff}`, for admins: a service of a person is tied to an event type that is at Cal.com
//! already. What follows is shown first, and the form names it.

use std::fmt::Write as _;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::{StaffId, catalogue::ServiceCase};
use engine::services::{LinkError, LinkProspect, LinkWish, ServiceError, link_token};
use serde::Deserialize;

use super::{
    failure::Failure,
    flash::Flash,
    service::{Found, find},
    visit::{Admin, Posted, Rank, Visit, done, page, refused},
};
use crate::{
    i18n::Translator,
    pages::{LinkChoice, LinkPreview, LinkTarget, Owner, ServiceChange, ServiceLink},
    state::AppState,
};

/// What is chosen, as it stands in the address or the form.
#[derive(Deserialize)]
pub struct Choice {
    #[serde(default)]
    segment: u16,
    #[serde(default)]
    event_type: String,
    /// Instead: what was typed.
    #[serde(default)]
    typed: String,
    version: Option<i64>,
    #[serde(default)]
    seen: String,
}

impl Choice {
    fn number(&self) -> &str {
        let typed = self.typed.trim();
        if typed.is_empty() { self.event_type.trim() } else { typed }
    }
}

pub async fn show(
    State(state): State<AppState>,
    Path((id, staff)): Path<(String, String)>,
    Query(choice): Query<Choice>,
    visit: Visit<Admin>,
) -> Result<Response, Failure> {
    let (case, wish) = asked(&state, &visit, (&id, &staff), &choice).await?;
    if choice.number().is_empty() {
        return page(&fill(&state, visit, case, &wish, &choice).await?);
    }
    let preview = match &wish.event_type {
        0 => Err(unknown(&choice)),
        _ => state.engine.preview_link(visit.company(), &wish).await,
    };
    match preview {
        Ok(prospect) => {
            let preview = preview_of(&visit.t, &case, &wish, &prospect);
            let shown = ServiceLink { choices: Ok(Vec::new()), ..blank(visit, &case, &wish, &choice)? };
            page(&ServiceLink { preview: Some(preview), ..shown })
        }
        Err(error) => again(&state, visit, case, &wish, &choice, error).await,
    }
}

pub async fn submit(
    State(state): State<AppState>,
    Path((id, staff)): Path<(String, String)>,
    Posted { visit, form }: Posted<Choice, Admin>,
) -> Result<Response, Failure> {
    let (case, wish) = asked(&state, &visit, (&id, &staff), &form).await?;
    let (company, actor) = (visit.company(), visit.actor());
    let linked = state.engine.link_event_type(company, &wish, Some(&form.seen), actor, form.version).await;
    match linked {
        Ok(_) => Ok(done(&state, &format!("/services/{}", case.service.id), Flash::Linked)),
        Err(error) => again(&state, visit, case, &wish, &form, error).await,
    }
}

/// Everybody with an account, for each stretch of work.
pub fn targets(case: &ServiceCase) -> Vec<LinkTarget> {
    let mut targets = Vec::new();
    for person in case.people.iter().filter(|person| person.connection.is_some()) {
        for segment in 0..case.service.segments.len().max(1) {
            let mut href = format!("/services/{}/link/{}", case.service.id, person.staff_id);
            if segment > 0 {
                // Writing to a text does not fail.
                let _ = write!(href, "?segment={segment}");
            }
            targets.push(LinkTarget { owner: owner(case, &person.name, segment), href });
        }
    }
    targets
}

fn owner(case: &ServiceCase, person: &str, segment: usize) -> Owner {
    let work = case.service.segments.get(segment).map(|work| work.name.clone());
    Owner { staff: Some(person.to_owned()), work }
}

async fn asked<R: Rank>(
    state: &AppState,
    visit: &Visit<R>,
    (id, staff): (&str, &str),
    choice: &Choice,
) -> Result<(ServiceCase, LinkWish), Failure> {
    let Found { case, deleted } = find(state, visit.company(), id).await?;
    if deleted {
        return Err(Failure::Conflict);
    }
    let staff: StaffId = staff.parse().map_err(|_| Failure::NotFound)?;
    let wish = LinkWish {
        service: case.service.id,
        segment: choice.segment,
        staff: Some(staff),
        connection: None,
        // Cal.com counts from 1.
        event_type: choice.number().parse().ok().filter(|id| *id > 0).unwrap_or_default(),
        host: None,
        // Whatever is replaced is shown, and named by the form.
        replace: true,
    };
    Ok((case, wish))
}

/// The form once more, with what is wrong.
async fn again<R: Rank>(
    state: &AppState,
    visit: Visit<R>,
    case: ServiceCase,
    wish: &LinkWish,
    choice: &Choice,
    error: LinkError,
) -> Result<Response, Failure> {
    let why = sentence(&visit.t, &error);
    if let (None, LinkError::Service(error)) = (&why, error) {
        return Err(error.into());
    }
    let form = fill(state, visit, case, wish, choice).await?;
    refused(&ServiceLink { refused: why, ..form })
}

/// The form with what there is to choose from.
async fn fill<R: Rank>(
    state: &AppState,
    visit: Visit<R>,
    case: ServiceCase,
    wish: &LinkWish,
    choice: &Choice,
) -> Result<ServiceLink, Failure> {
    let company = visit.company();
    let person = case.people.iter().find(|person| Some(person.staff_id) == wish.staff);
    let connection = person.and_then(|person| person.connection).ok_or(Failure::NotFound)?;
    let account = state.engine.store.connection(company, connection).await?.name;
    let choices = match state.engine.linkable_event_types(company, connection).await {
        Ok(all) => Ok(all
            .into_iter()
            .map(|it| LinkChoice { id: it.id, title: it.title, minutes: it.minutes, hidden: it.hidden })
            .collect()),
        Err(LinkError::Silent) => Err("link-silent"),
        Err(LinkError::CalCom(error)) => {
            tracing::warn!(target: "einklang::sync", %connection, %error, "event types cannot be listed");
            Err("link-failed")
        }
        Err(LinkError::Service(error)) => return Err(error.into()),
        Err(error) => return Err(Failure::Internal(error.into())),
    };
    Ok(ServiceLink { account, choices, ..blank(visit, &case, wish, choice)? })
}

fn blank<R: Rank>(
    visit: Visit<R>,
    case: &ServiceCase,
    wish: &LinkWish,
    choice: &Choice,
) -> Result<ServiceLink, Failure> {
    let segment = usize::from(wish.segment);
    let person = case.people.iter().find(|person| Some(person.staff_id) == wish.staff);
    let parts = case.service.slots(visit.t.now);
    let part = parts.get(segment).ok_or(Failure::NotFound)?;
    Ok(ServiceLink {
        id: case.service.id.to_string(),
        name: case.service.name.clone(),
        version: case.service.version,
        owner: owner(case, &person.ok_or(Failure::NotFound)?.name, segment),
        staff: wish.staff.map(|staff| staff.to_string()).unwrap_or_default(),
        segment: wish.segment,
        minutes: part.minutes(),
        account: String::new(),
        choices: Ok(Vec::new()),
        chosen: choice.number().to_owned(),
        refused: None,
        preview: None,
        t: visit.t,
        frame: visit.frame,
    })
}

fn preview_of(t: &Translator, case: &ServiceCase, wish: &LinkWish, prospect: &LinkProspect) -> LinkPreview {
    let person = case.people.iter().find(|person| Some(person.staff_id) == wish.staff);
    let differs = prospect.differs.iter();
    LinkPreview {
        title: prospect.event_type.title.clone(),
        id: prospect.event_type.id,
        differs: differs
            .map(|(setting, ours, theirs)| ServiceChange::of(t, setting.as_str(), ours, theirs))
            .collect(),
        overwrites: prospect.overwrites,
        replaces: prospect.replaces,
        joins: person.filter(|_| prospect.joins).map(|person| person.name.clone()),
        adds_reference: prospect.adds_reference,
        seen: link_token(prospect),
    }
}

fn unknown(choice: &Choice) -> LinkError {
    let id = choice.number().parse().unwrap_or_default();
    LinkError::NoSuchEventType { account: String::new(), id, has: Vec::new() }
}

/// Why it cannot be; `None` if that is nothing to be told in a form.
fn sentence(t: &Translator, error: &LinkError) -> Option<String> {
    let text = match error {
        LinkError::NoAccount => t.get("link-no-account"),
        LinkError::OtherAccount => t.get("link-other-account"),
        LinkError::NoSuchEventType { id, .. } if *id > 0 => t.get("link-unknown").arg("id", id.to_string()),
        LinkError::NoSuchEventType { .. } => t.get("link-no-number"),
        LinkError::Minutes { there, here } => {
            t.get("link-minutes").arg("there", t.minutes(there)).arg("here", t.minutes(here))
        }
        LinkError::NoHost { .. } => t.get("link-no-host"),
        LinkError::Taken(name) => t.get("link-taken").arg("name", name.clone()),
        LinkError::Already(_) => t.get("link-already"),
        LinkError::SeenOther | LinkError::Service(ServiceError::Stale(_)) => t.get("service-stale"),
        LinkError::Silent => t.get("link-silent"),
        LinkError::CalCom(_) => t.get("link-failed"),
        LinkError::NoSuchPart { .. } | LinkError::Service(_) => return None,
    };
    Some(text.to_string())
}
