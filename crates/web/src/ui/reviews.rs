//! `GET /reviews`: the queue of what people have to look at. Filters and the place in it stand in the address.

use std::collections::{BTreeMap, HashMap};

use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::{
    CompanyId, UserId,
    people::Role,
    review::{About, Assigned, Choice as Decision, Filter, Item, Kind, ReviewCode, Severity, State as Stage},
};
use serde::Deserialize;

use super::{
    failure::Failure,
    row::row,
    service::{Names, user_names},
    visit::{Visit, page},
};
use crate::{
    components::{Choice, Pager, ReviewRow, ReviewSubject, setting_label},
    pages::{BulkDeed, ReviewFilter, Reviews},
    state::AppState,
};

/// Items on one page.
const PER_PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Place {
    after: Option<String>,
    before: Option<String>,
}

pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Query(filter): Query<ReviewFilter>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let company = visit.company();
    let wanted = read(&filter);
    let all = state.engine.review_queue(company, &Filter { code: None, ..wanted.clone() }).await?;
    let causes = causes(&all);
    let queue: Vec<_> =
        all.into_iter().filter(|item| wanted.code.is_none_or(|code| item.code == code)).collect();
    let place = place.after.or(place.before);
    let part = match state.engine.review_part(company, &queue, place.as_deref(), PER_PAGE).await {
        // An old or mangled address: the queue from its beginning.
        Err(engine::Error::Store(store::Error::InvalidCursor)) => {
            state.engine.review_part(company, &queue, None, PER_PAGE).await?
        }
        part => part?,
    };
    let users = user_names(&state, company).await?;
    page(&Reviews {
        people: people(&users, |id| filter.assigned == id.to_string()),
        causes,
        items: rows(&state, company, &part.items, &users, &visit.t.now).await?,
        total: queue.len() as u64,
        deeds: deeds(wanted.state, visit.session.user.role),
        pager: Pager {
            previous: part.prev.map(|place| filter.page("before", &place)),
            next: part.next.map(|place| filter.page("after", &place)),
        },
        filter,
        t: visit.t,
        frame: visit.frame,
    })
}

/// What the address asks for; what cannot be read lets everything through.
pub fn read(filter: &ReviewFilter) -> Filter {
    Filter {
        state: Stage::from_name(&filter.state).unwrap_or_default(),
        kind: Kind::from_name(&filter.about),
        code: ReviewCode::from_name(&filter.cause),
        severity: Severity::from_name(&filter.severity),
        assigned: match filter.assigned.as_str() {
            "nobody" => Assigned::Nobody,
            user => user.parse().map_or(Assigned::Anybody, Assigned::To),
        },
    }
}

/// How many there are for each cause, the most frequent first.
fn causes(items: &[Item]) -> Vec<(ReviewCode, u64)> {
    let mut counts: BTreeMap<&str, (ReviewCode, u64)> = BTreeMap::new();
    for item in items {
        counts.entry(item.code.as_str()).or_insert((item.code, 0)).1 += 1;
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// What somebody may do about many items in a state.
fn deeds(state: Stage, role: Role) -> Vec<BulkDeed> {
    let all = match state {
        Stage::Open | Stage::Snoozed => {
            vec![
                Decision::Retry,
                Decision::Ours,
                Decision::Theirs,
                Decision::Import,
                Decision::Cancel,
                Decision::Accept,
                Decision::Dismiss,
                Decision::Undo,
            ]
        }
        Stage::Aside => vec![Decision::Reopen],
        Stage::Closed => vec![Decision::Undo],
    };
    let others = BulkDeed::OTHERS.into_iter();
    // What is settled needs nobody, and no rest.
    let others = others.filter(|deed| state != Stage::Closed || *deed == BulkDeed::Comment);
    let all = all.into_iter().map(BulkDeed::Decide).chain(others);
    all.filter(|deed| role >= deed.least()).collect()
}

/// Those who may see to items, by name.
pub fn people(users: &HashMap<UserId, String>, chosen: impl Fn(UserId) -> bool) -> Vec<Choice> {
    let mut people: Vec<_> = users
        .iter()
        .map(|(id, name)| Choice::new(id.to_string(), name.clone()).selected(chosen(*id)))
        .collect();
    people.sort_by(|one, other| (&one.label, &one.value).cmp(&(&other.label, &other.value)));
    people
}

/// Items with what they are about, in their order. One whose subject cannot be found any more is left out.
pub async fn rows(
    state: &AppState,
    company: CompanyId,
    items: &[Item],
    users: &HashMap<UserId, String>,
    now: &jiff::Timestamp,
) -> Result<Vec<ReviewRow>, Failure> {
    let store = &state.engine.store;
    let appointments = items.iter().filter_map(|item| match item.about {
        About::Appointment(id) => Some(id),
        _ => None,
    });
    let mut ids: Vec<_> = appointments.collect();
    ids.sort_unstable();
    ids.dedup();
    let views = store.views(company, &ids).await?.into_iter();
    let views: HashMap<_, _> = views.map(|view| (view.appointment.id, row(view))).collect();
    let mut cases = HashMap::new();
    for item in items {
        if let About::EventType { service, .. } = item.about
            && !cases.contains_key(&service)
        {
            cases.insert(service, store.service_case(company, service).await?);
        }
    }
    let names = Names::of(state, company).await?;
    let subject = |item: &Item| match &item.about {
        About::Appointment(id) => Some(ReviewSubject::Appointment(Box::new(views.get(id)?.clone()))),
        About::EventType { service, link, setting } => {
            let case = cases.get(service)?;
            let record = case.record(*link);
            Some(ReviewSubject::Service {
                name: case.service.name.clone(),
                owner: record.and_then(|record| names.owner(&case.service, record).staff).unwrap_or_default(),
                field: setting.map(|setting| setting_label(setting.as_str())),
                href: format!("/services/{service}"),
            })
        }
        About::Booking { connection, uid } => Some(ReviewSubject::Booking {
            account: names.connection(*connection),
            uid: uid.to_string(),
            starts_at: item.time.map(|(start, _)| start),
        }),
    };
    let row = |item: &Item| {
        Some(ReviewRow {
            id: item.id.to_string(),
            code: item.code,
            // What is told of a divergence is a value, which stands in the comparison in the reader's words.
            message: if item.code == ReviewCode::Divergence { String::new() } else { item.message.clone() },
            subject: subject(item)?,
            opened_at: item.opened_at,
            closed_at: item.closed_at,
            assignee: item.assignee.and_then(|id| users.get(&id).cloned()),
            snoozed_until: item.snoozed_until.filter(|until| until > now),
            aside: item.aside,
        })
    };
    Ok(items.iter().filter_map(row).collect())
}
