//! `GET /verifications` and `GET /verifications/{id}`: for managers and admins. `POST /verifications`: they have accounts
//! verified now.

use std::collections::{BTreeSet, HashMap};

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::verify::Window;
use domain::{CompanyId, ConnectionId, VerificationId, appointment::Actor};
use engine::verify::{DAYS_BACK, Wish};
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use store::{Finding, Verification};

use super::{
    failure::Failure,
    flash::Flash,
    lanes,
    moment::{self, midnight},
    row,
    service::user_names,
    visit::{Manager, Posted, Visit, done, page, refused},
};
use crate::{
    components::{AsChip as _, Choice, Field, FieldError, Pager, Run, Stage},
    i18n::Translator,
    pages::{CLASSES, FindingRow, FoundAppointment, VerificationPage, Verifications, WantedRun},
    state::AppState,
};

/// Runs on one page.
const PER_PAGE: u64 = 25;
/// Findings on one page of a report.
const LISTED: u64 = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Place {
    after: Option<String>,
    before: Option<String>,
}

/// The class of findings that are wanted; empty for all.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OfClass {
    class: String,
}

pub async fn list(
    State(state): State<AppState>,
    visit: Visit<Manager>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    page(&fill(&state, visit, place, &Wanted::default(), None).await?)
}

/// The page; `wrong` is what is wrong with the first and the last day of what is wanted.
async fn fill(
    state: &AppState,
    visit: Visit<Manager>,
    place: Place,
    wanted: &Wanted,
    wrong: Option<WrongDays>,
) -> Result<Verifications, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let connections = store.connections(company).await?;
    let place = place.after.or(place.before);
    let found = match store.verifications_page(company, place.as_deref(), PER_PAGE).await {
        // An old or mangled address: the list from its beginning.
        Err(store::Error::InvalidCursor) => store.verifications_page(company, None, PER_PAGE).await?,
        found => found?,
    };
    let runs = tell(state, company, &found.items).await?;
    let choice = |it: store::Connection| {
        let id = it.id.to_string();
        Choice { selected: id == wanted.connection, ..Choice::new(id, it.name) }
    };
    let (from, to) = wrong.unwrap_or_default();
    let address = |parameter, cursor: String| format!("/verifications?{parameter}={cursor}");
    let Visit { t, mut frame, .. } = visit;
    frame.path = "/verifications".into();
    Ok(Verifications {
        connections: connections.into_iter().map(choice).collect(),
        wanted: WantedRun {
            from: Field { value: wanted.from.clone(), error: from },
            to: Field { value: wanted.to.clone(), error: to },
            check_only: !wanted.check_only.is_empty(),
            days_back: DAYS_BACK,
        },
        runs,
        pager: Pager {
            previous: found.prev.map(|cursor| address("before", cursor)),
            next: found.next.map(|cursor| address("after", cursor)),
        },
        t,
        frame,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// An account; empty for all.
    connection: String,
    /// The first and the last day; empty for the usual time.
    from: String,
    to: String,
    check_only: String,
}

type WrongDays = (Option<FieldError>, Option<FieldError>);

impl Wanted {
    /// The time that is to be verified, by the clock of the company; `None` for the usual one.
    fn window(&self, zone: &TimeZone) -> Result<Option<Window>, WrongDays> {
        let day = |text: &str| if text.is_empty() { Ok(None) } else { moment::day(text).map(Some) };
        let (from, to) = match (day(&self.from), day(&self.to)) {
            (Ok(from), Ok(to)) => (from, to),
            (from, to) => return Err((from.err(), to.err())),
        };
        match (from, to) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err((Some(FieldError::Required), None)),
            (Some(from), Some(to)) if to < from => Err((None, Some(FieldError::Backwards))),
            (Some(from), to) => {
                let end = |day: Date| day.tomorrow().map_or(Timestamp::MAX, |day| midnight(day, zone));
                Ok(Some(Window { from: midnight(from, zone), to: to.map(end) }))
            }
        }
    }
}

pub async fn start(
    State(state): State<AppState>,
    Posted { visit, form }: Posted<Wanted, Manager>,
) -> Result<Response, Failure> {
    let (engine, company) = (&state.engine, visit.company());
    let mut connections: Vec<_> = engine.store.connections(company).await?.iter().map(|it| it.id).collect();
    if !form.connection.is_empty() {
        let wanted: ConnectionId = form.connection.parse().map_err(|_| Failure::NotFound)?;
        connections.retain(|id| *id == wanted);
        if connections.is_empty() {
            return Err(Failure::NotFound);
        }
    }
    let window = match form.window(&visit.t.zone) {
        Ok(window) => window,
        Err(wrong) => return refused(&fill(&state, visit, Place::default(), &form, Some(wrong)).await?),
    };
    let wish = Wish { window, check_only: !form.check_only.is_empty() };
    let (mut runs, mut doubled) = (Vec::new(), false);
    for connection in connections {
        doubled |= engine.store.verification_under_way(company, connection).await?.is_some();
        runs.push(engine.verify(company, connection, wish, visit.actor()).await?);
    }
    let to = match &*runs {
        [run] => format!("/verifications/{run}"),
        _ => "/verifications".to_owned(),
    };
    Ok(done(&state, &to, if doubled { Flash::VerifiedAlready } else { Flash::Verifying }))
}

pub async fn show(
    State(state): State<AppState>,
    visit: Visit<Manager>,
    Path(id): Path<String>,
    Query(of): Query<OfClass>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let id: VerificationId = id.parse().map_err(|_| Failure::NotFound)?;
    let run = store.verification(company, id).await?;
    let before = store.last_verification(company, run.connection, Some(&run)).await?;
    let class = CLASSES.into_iter().find(|class| *class == of.class);
    let place = place.after.or(place.before);
    let found = match store.findings_page(company, id, class, place.as_deref(), LISTED).await {
        // An old or mangled address: the findings from their beginning.
        Err(store::Error::InvalidCursor) => store.findings_page(company, id, class, None, LISTED).await?,
        found => found?,
    };
    let counted = store.findings_by_class(company, id).await?;
    let classes = CLASSES
        .into_iter()
        .filter_map(|class| Some((class, counted.iter().find(|of_class| of_class.class == class)?.found)));
    let address = |parameter: &str, cursor: String| {
        let class = class.map(|class| ("class", class));
        let query: Vec<_> = class.into_iter().chain([(parameter, cursor.as_str())]).collect();
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        format!("/verifications/{id}?{query}#findings")
    };
    let pager = Pager {
        previous: found.prev.map(|cursor| address("before", cursor)),
        next: found.next.map(|cursor| address("after", cursor)),
    };
    let connection = match run.finished_at {
        Some(_) => None,
        None => lanes::all(&state, company).await?.into_iter().find(|it| it.connection.id == run.connection),
    };
    let users = user_names(&state, company).await?;
    let name = run.actor.user_id.and_then(|id| users.get(&id).cloned());
    let by = who(&visit.t, &run.actor, name);
    let told: Vec<_> = [run].into_iter().chain(before).collect();
    let mut told = tell(&state, company, &told).await?.into_iter();
    page(&VerificationPage {
        run: told.next().ok_or(Failure::NotFound)?,
        before: told.next(),
        by,
        connection: connection.map(|lane| lane.state),
        class: class.unwrap_or_default(),
        classes: classes.collect(),
        findings: rows(&state, company, found.items).await?,
        pager,
        t: visit.t,
        frame: visit.frame,
    })
}

fn who(t: &Translator, actor: &Actor, name: Option<String>) -> String {
    let origin = t.get(actor.origin.chip().label).to_string();
    match name.or_else(|| actor.via.clone()) {
        Some(name) => format!("{origin}: {name}"),
        None => origin,
    }
}

/// Findings with the appointments of their bookings as those are now.
async fn rows(
    state: &AppState,
    company: CompanyId,
    findings: Vec<Finding>,
) -> Result<Vec<FindingRow>, Failure> {
    let store = &state.engine.store;
    let mut found = Vec::new();
    for finding in findings {
        let appointment = match finding.appointment {
            Some(id) => Some(id),
            // It may have become one since.
            None => store.appointment_by_uid(company, &finding.uid).await?.map(|(id, _)| id),
        };
        found.push((finding, appointment));
    }
    let ids: BTreeSet<_> = found.iter().filter_map(|(_, id)| *id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let views = store.views(company, &ids).await?.into_iter();
    let views: HashMap<_, _> = views.map(|view| (view.appointment.id, row::row(view))).collect();
    let row = |(finding, appointment): (Finding, Option<_>)| FindingRow {
        uid: finding.uid.0,
        appointment: appointment.and_then(|id| views.get(&id)).map(|row| FoundAppointment {
            href: row.href.clone(),
            number: row.number.clone(),
            starts_at: row.starts_at,
            service: row.service.clone(),
            sync: row.sync,
        }),
        class: finding.class,
        fields: finding.fields,
        healed_at: finding.healed_at,
    };
    Ok(found.into_iter().map(row).collect())
}

/// Runs with the names of their accounts and with what they found.
pub async fn tell(state: &AppState, company: CompanyId, runs: &[Verification]) -> Result<Vec<Run>, Failure> {
    let store = &state.engine.store;
    let names: HashMap<_, _> =
        store.connections(company).await?.into_iter().map(|it| (it.id, it.name)).collect();
    let ids: Vec<_> = runs.iter().map(|run| run.id).collect();
    let counted = store.findings_counted(company, &ids).await?;
    let one = |run: &Verification| {
        let (found, healed) = counted.get(&run.id).copied().unwrap_or_default();
        Run {
            id: run.id.to_string(),
            connection: names.get(&run.connection).cloned().unwrap_or_default(),
            check_only: run.check_only,
            from: run.window.from,
            to: run.window.to,
            stage: match (run.finished_at, run.cursor) {
                (Some(at), _) => Stage::Finished { at },
                (None, Some(cursor)) => Stage::Reading { until: cursor.from },
                (None, None) => Stage::Settling,
            },
            started_at: run.started_at,
            read_at: run.read_at,
            same: run.counts.same,
            in_hand: run.counts.in_hand,
            unlisted: run.counts.unlisted,
            found,
            healed,
            pages: run.counts.pages,
            requests: run.requests(),
            unreadable: run.counts.unreadable,
            questions: run.counts.questions,
        }
    };
    Ok(runs.iter().map(one).collect())
}

/// The last run of an account that has come to its end.
pub async fn last(
    state: &AppState,
    company: CompanyId,
    connection: ConnectionId,
) -> Result<Option<Run>, Failure> {
    let last = state.engine.store.last_verification(company, connection, None).await?;
    Ok(tell(state, company, last.as_slice()).await?.pop())
}
