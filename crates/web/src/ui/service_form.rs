//! `GET /services/new`, `POST /services`, `GET` and `POST /services/{id}/edit`, for admins. Whatever is refused comes back as
//! it was typed, with the reason beside it.

mod facts;
mod reading;

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    CompanyId, ServiceId, StaffId,
    people::Staff,
    service::{InvalidService, Service, ServiceSync, Terms},
};
use engine::services::{ServiceAct, ServiceEdit, ServiceError};

use self::{
    facts::Facts,
    reading::{Wished, Wrong, read},
};
use super::{
    failure::Failure,
    flash::Flash,
    service::{Found, find},
    services::staff_names,
    visit::{Admin, Posted, Rank, Visit, done, page, refused},
};
use crate::{
    components::{Choice, Field, FieldError},
    pages::{EditedService, Meanwhile, PlaceRow, ServiceForm, WorkRow},
    state::AppState,
};

/// Empty rows for more stretches of work.
const SPARE: usize = 3;
/// Empty rows for more places.
const SPARE_PLACES: usize = 1;

/// The form as it was sent.
struct Form {
    /// The version that the person has seen.
    version: Option<i64>,
    /// What the form was filled with.
    was: Option<Facts>,
    typed: Facts,
    /// More rows are asked for, nothing else.
    rows: bool,
}

impl Form {
    fn of(pairs: &[(String, String)]) -> Self {
        let field = |wanted| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        Self {
            version: field("version").and_then(|version| version.parse().ok()),
            was: field("was").and_then(|was| serde_json::from_str(was).ok()),
            typed: Facts::typed(pairs),
            rows: field("intent") == Some("rows"),
        }
    }
}

pub async fn new(State(state): State<AppState>, visit: Visit<Admin>) -> Result<Response, Failure> {
    let typed = Facts::typed(&["active", "online"].map(|ticked| (ticked.to_owned(), "true".to_owned())));
    page(&fill(&state, visit, None, &typed, Told::default()).await?)
}

pub async fn create(
    State(state): State<AppState>,
    Posted { mut visit, form }: Posted<Vec<(String, String)>, Admin>,
) -> Result<Response, Failure> {
    visit.frame.path = "/services/new".into();
    let form = Form::of(&form);
    if form.rows {
        return page(&fill(&state, visit, None, &form.typed, Told::default()).await?);
    }
    let people = state.engine.store.staff(visit.company()).await?;
    let wrong = match read(&form.typed, &people, &Terms::default(), visit.t.language) {
        Err(wrong) => wrong,
        Ok(wished) => {
            let id = ServiceId(state.engine.ambient.id());
            let staff = wished.staff.clone();
            let service = made(id, wished);
            match state.engine.create_service(visit.company(), service, &staff, visit.actor()).await {
                Ok(_) => return Ok(done(&state, &format!("/services/{id}"), Flash::ServiceCreated)),
                Err(error) => why(error)?,
            }
        }
    };
    refused(&fill(&state, visit, None, &form.typed, Told { wrong, ..Told::default() }).await?)
}

fn made(id: ServiceId, wished: Wished) -> Service {
    let Wished { name, slug, description, duration_minutes, price_cents, active, terms, segments, .. } =
        wished;
    Service {
        id,
        name,
        slug,
        description,
        duration_minutes,
        price_cents,
        active,
        terms,
        sync: ServiceSync::Never,
        version: 1,
        segments,
    }
}

pub async fn edit(
    State(state): State<AppState>,
    Path(id): Path<String>,
    visit: Visit<Admin>,
) -> Result<Response, Failure> {
    let now = Now::of(&state, &visit, &id).await?;
    let typed = now.facts.clone();
    page(&fill(&state, visit, Some((&now, now.service.version, &now.facts)), &typed, Told::default()).await?)
}

pub async fn save(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Vec<(String, String)>, Admin>,
) -> Result<Response, Failure> {
    let mut form = Form::of(&form);
    let mut now = Now::of(&state, &visit, &id).await?;
    let was = form.was.clone().unwrap_or_default();
    if form.rows {
        let seen = form.version.unwrap_or_default();
        return page(&fill(&state, visit, Some((&now, seen, &was)), &form.typed, Told::default()).await?);
    }
    // Who performs it changes without another version.
    let mut stale = form.version != Some(now.service.version) || form.was.as_ref() != Some(&now.facts);
    let mut told = Told::default();
    if !stale {
        let people = state.engine.store.staff(visit.company()).await?;
        match read(&form.typed, &people, &now.service.terms, visit.t.language) {
            Err(wrong) => told.wrong = wrong,
            Ok(wished) => {
                let edit = ServiceAct::Edit(Box::new(changed(wished, &now.staff)));
                let id = now.service.id;
                let acted =
                    state.engine.act_on_service(visit.company(), id, edit, visit.actor(), form.version);
                match acted.await {
                    Ok(_) => return Ok(done(&state, &format!("/services/{id}"), Flash::Saved)),
                    Err(ServiceError::Stale(_)) => stale = true,
                    Err(error) => told.wrong = why(error)?,
                }
            }
        }
    }
    if stale {
        now = Now::of(&state, &visit, &id).await?;
        let names = staff_names(&state, visit.company()).await?;
        told.meanwhile = form.typed.catch_up(form.was.as_ref(), &now.facts, &visit.t, &names);
        told.stale = true;
    }
    refused(&fill(&state, visit, Some((&now, now.service.version, &now.facts)), &form.typed, told).await?)
}

fn changed(wished: Wished, staff: &[StaffId]) -> ServiceEdit {
    let Wished {
        name,
        slug,
        description,
        duration_minutes,
        price_cents,
        active,
        terms,
        segments,
        staff: wanted,
    } = wished;
    let mut sorted = wanted.clone();
    sorted.sort_unstable();
    ServiceEdit {
        name: Some(name),
        slug: Some(slug),
        description: Some(description),
        duration_minutes: Some(duration_minutes),
        price_cents: Some(price_cents),
        active: Some(active),
        terms: Some(terms),
        segments: Some(segments),
        staff: (sorted != staff).then_some(wanted),
    }
}

fn why(error: ServiceError) -> Result<Wrong, Failure> {
    Ok(vec![match error {
        ServiceError::SlugTaken => ("slug", FieldError::SlugTaken),
        ServiceError::Invalid(InvalidService::Slug) => ("slug", FieldError::Slug),
        ServiceError::Invalid(InvalidService::Name) => ("name", FieldError::Required),
        ServiceError::Invalid(InvalidService::Waiting) => ("works", FieldError::Waiting),
        error => return Err(error.into()),
    }])
}

/// A service as it is.
struct Now {
    service: Service,
    /// Who performs it, sorted.
    staff: Vec<StaffId>,
    facts: Facts,
}

impl Now {
    async fn of<R: Rank>(state: &AppState, visit: &Visit<R>, id: &str) -> Result<Self, Failure> {
        let Found { case, deleted } = find(state, visit.company(), id).await?;
        if deleted {
            return Err(Failure::Conflict);
        }
        let service = case.service;
        let people = state.engine.store.staff_for_service(visit.company(), service.id).await?;
        let mut staff: Vec<_> = people.into_iter().map(|person| person.id).collect();
        staff.sort_unstable();
        Ok(Self { facts: Facts::of(&service, &staff, &visit.t), service, staff })
    }
}

/// What is told beside a form.
#[derive(Default)]
struct Told {
    wrong: Wrong,
    meanwhile: Vec<Meanwhile>,
    /// Somebody else was faster.
    stale: bool,
}

/// `edited`: the service, with the version and the facts that the form is about.
async fn fill<R: Rank>(
    state: &AppState,
    visit: Visit<R>,
    edited: Option<(&Now, i64, &Facts)>,
    typed: &Facts,
    told: Told,
) -> Result<ServiceForm, Failure> {
    let staff = choices(state, visit.company(), typed).await?;
    let Visit { t, mut frame, .. } = visit;
    let field = |name: &str| Field {
        value: typed.get(name).to_owned(),
        error: told.wrong.iter().find(|(wrong, _)| *wrong == name).map(|(_, error)| error.clone()),
    };
    let mut works = typed.works();
    works.resize(works.len() + SPARE, WorkRow::default());
    let mut places = typed.places();
    places.resize(places.len() + SPARE_PLACES, PlaceRow::default());
    let edited = edited.map(|(now, version, was)| EditedService {
        id: now.service.id.to_string(),
        name: now.service.name.clone(),
        version,
        // Texts by name can always be written.
        was: serde_json::to_string(was).unwrap_or_default(),
    });
    if edited.is_none() {
        frame.path = "/services/new".into();
    }
    Ok(ServiceForm {
        edited,
        refused: told.stale.then(|| t.get("service-stale").to_string()),
        meanwhile: told.meanwhile,
        name: field("name"),
        slug: field("slug"),
        description: field("description"),
        duration: field("duration_minutes"),
        price: field("price"),
        active: typed.is_ticked("active"),
        online: typed.is_ticked("online"),
        buffer_before: field("buffer_before_minutes"),
        buffer_after: field("buffer_after_minutes"),
        notice: field("minimum_notice_minutes"),
        window: field("booking_window_days"),
        change_notice: field("change_notice_hours"),
        requires_confirmation: typed.is_ticked("requires_confirmation"),
        disable_guests: typed.is_ticked("disable_guests"),
        staff,
        works,
        works_error: field("works"),
        places,
        places_error: field("places"),
        t,
        frame,
    })
}

/// Everybody who works, and whoever is ticked.
async fn choices(state: &AppState, company: CompanyId, typed: &Facts) -> Result<Vec<Choice>, Failure> {
    let people = state.engine.store.staff(company).await?;
    let choice = |person: Staff| {
        let id = person.id.to_string();
        let ticked = typed.staff().any(|ticked| ticked == id);
        (person.active || ticked).then(|| Choice::new(id, person.name).selected(ticked))
    };
    Ok(people.into_iter().filter_map(choice).collect())
}
