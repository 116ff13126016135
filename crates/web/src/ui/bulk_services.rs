//! `POST /services/bulk`, for admins: one action on many services. First a preview lists what would be done to each,
//! field by field; the form then names what was shown, and nothing else is done.
//!
//! Nothing is kept here between the two, and no key is needed against a form that is sent twice: what was done is not
//! left to do any more.

use axum::{extract::State, response::Response};
use domain::{
    ServiceId,
    catalogue::{ServiceCase, WholeAct},
    service::ServiceSync,
};
use engine::services::{ServiceError, WholeOutcome, token};

use super::{
    failure::Failure,
    service::Names,
    visit::{Admin, Posted, Visit, page},
};
use crate::{
    components::{Fate, ServiceState, Tally, said, setting_label},
    i18n::Translator,
    pages::{BulkServiceAction, BulkServiceRow, BulkServices, LeftRow, ServiceChange, ServiceFilter},
    state::AppState,
};

/// The form as it was sent.
struct Form {
    run: bool,
    action: BulkServiceAction,
    filter: ServiceFilter,
    all: bool,
    ids: Vec<ServiceId>,
    /// Services with the names of what was shown of each.
    seen: Vec<(ServiceId, String)>,
}

impl Form {
    fn of(pairs: &[(String, String)]) -> Result<Self, Failure> {
        let values = |wanted: &'static str| {
            pairs.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        let one = |wanted| values(wanted).next().unwrap_or_default();
        let id = |text: &str| text.parse::<ServiceId>().map_err(|_| Failure::NotFound);
        let seen = |text: &str| {
            let (service, seen) = text.split_once(' ').ok_or(Failure::Unreadable)?;
            Ok((id(service)?, seen.to_owned()))
        };
        Ok(Self {
            run: one("intent") == "run",
            action: BulkServiceAction::from_name(one("action")).ok_or(Failure::Unreadable)?,
            // A filter that is not applied would let more through than the person has seen.
            filter: ServiceFilter::from_name(one("show")).ok_or(Failure::Unreadable)?,
            all: one("all") == "1",
            ids: values("ids").map(id).collect::<Result<_, _>>()?,
            seen: values("seen").map(seen).collect::<Result<_, Failure>>()?,
        })
    }
}

pub async fn submit(
    State(state): State<AppState>,
    Posted { visit, form }: Posted<Vec<(String, String)>, Admin>,
) -> Result<Response, Failure> {
    let form = Form::of(&form)?;
    let names = Names::of(&state, visit.company()).await?;
    let cases = state.engine.store.service_cases(visit.company()).await?;
    let act = form.action.act();
    let rows = if form.run {
        run(&state, &visit, &form, &cases, &names).await?
    } else {
        let chosen = |case: &&ServiceCase| {
            form.ids.contains(&case.service.id)
                || (form.all && form.filter.lets_through(&ServiceState::of(case)))
        };
        cases.iter().filter(chosen).map(|case| row(&visit.t, case, act, &names)).collect()
    };
    let mut counts = Tally::default();
    for row in &rows {
        counts.add(row.fate);
    }
    let Visit { t, frame, .. } = visit;
    page(&BulkServices { action: form.action, filter: form.filter, rows, counts, ran: form.run, t, frame })
}

/// Does it, service by service: what one refuses is told, and the others go on.
async fn run(
    state: &AppState,
    visit: &Visit<Admin>,
    form: &Form,
    cases: &[ServiceCase],
    names: &Names,
) -> Result<Vec<BulkServiceRow>, Failure> {
    let (company, act) = (visit.company(), form.action.act());
    let mut rows = Vec::new();
    for (id, seen) in &form.seen {
        let Some(case) = cases.iter().find(|case| case.service.id == *id) else {
            // It was deleted since, or never was this company's.
            if let Ok(case) = state.engine.store.service_case(company, *id).await {
                let nothing = row(&visit.t, &ServiceCase { event_types: Vec::new(), ..case }, act, names);
                rows.push(BulkServiceRow { fate: Fate::Refused, why: Some("services-bulk-gone"), ..nothing });
            }
            continue;
        };
        let shown = row(&visit.t, case, act, names);
        let acted = state.engine.act_on_whole_service(company, *id, act, seen, visit.actor()).await;
        let outcome = match acted {
            Ok((_, outcome)) => outcome,
            Err(ServiceError::NotFound) => WholeOutcome::Stale,
            Err(error) => return Err(error.into()),
        };
        rows.push(match outcome {
            WholeOutcome::Done => BulkServiceRow { fate: Fate::Done, ..shown },
            WholeOutcome::Unchanged => BulkServiceRow { fate: Fate::Unchanged, ..shown },
            WholeOutcome::Stale => BulkServiceRow {
                fate: Fate::Refused,
                why: Some("services-bulk-stale"),
                changes: Vec::new(),
                remade: Vec::new(),
                retried: Vec::new(),
                left: Vec::new(),
                ..shown
            },
        });
    }
    Ok(rows)
}

/// What an action would do to a service.
fn row(t: &Translator, case: &ServiceCase, act: WholeAct, names: &Names) -> BulkServiceRow {
    let prospect = case.prospect(act);
    let owner = |link| case.record(link).map(|it| names.owner(&case.service, it)).unwrap_or_default();
    let change = |it: &domain::catalogue::SettingProspect| {
        let name = it.setting.as_str();
        let (before, after) = (said(t, name, &it.theirs), said(t, name, &it.ours));
        (owner(it.link), ServiceChange { label: setting_label(name), before, after }, it.dismissed)
    };
    let left = |&(link, setting, why): &(_, Option<domain::catalogue::Setting>, _)| LeftRow {
        owner: owner(link),
        label: setting.map(|setting| setting_label(setting.as_str())),
        why: LeftRow::why(why),
    };
    let nobody = case.service.sync == ServiceSync::Never && case.current().next().is_none();
    BulkServiceRow {
        id: case.service.id.to_string(),
        name: case.service.name.clone(),
        fate: if prospect.is_nothing() { Fate::Unchanged } else { Fate::Would },
        why: nobody.then_some("left-nobody"),
        changes: prospect.settings.iter().map(change).collect(),
        remade: prospect.remade.iter().map(|(link, id)| (owner(*link), *id)).collect(),
        retried: prospect.retried.iter().map(|(link, _)| owner(*link)).collect(),
        left: prospect.left.iter().map(left).collect(),
        seen: token(&prospect),
    }
}
