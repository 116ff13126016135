//! `GET /appointments`: filters and the place in the list stand in the address. Without a filter the list
//! opens at today and can be walked both ways.

use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::{company::Branch, people::Role, service::Service};
use jiff::civil::Date;
use serde::Deserialize;
use store::{AppointmentView, Page, cursor_at, cursor_before};

use super::{
    failure::Failure,
    moment::midnight,
    row::{row, sought},
    visit::{Visit, page},
};
use crate::{
    components::{Choice, Pager, needs_person},
    pages::{AppointmentFilter, Appointments, BulkAction},
    state::AppState,
};

/// Appointments on one page.
const PER_PAGE: u64 = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Place {
    after: Option<String>,
    before: Option<String>,
}

pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Query(filter): Query<AppointmentFilter>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let branches = store.branches(company).await?;
    let services = store.services(company).await?;
    let staff = store.staff(company).await?;
    let found = list(&state, &visit, &filter, place.after.or(place.before)).await?;
    let choice = |id: String, name: String, chosen: &str| {
        let selected = id == chosen;
        Choice::new(id, name).selected(selected)
    };
    page(&Appointments {
        staff: staff.into_iter().map(|s| choice(s.id.to_string(), s.name, &filter.staff)).collect(),
        branches: branches
            .into_iter()
            .map(|Branch { id, name, .. }| choice(id.to_string(), name, &filter.branch))
            .collect(),
        services: services
            .into_iter()
            .map(|Service { id, name, .. }| choice(id.to_string(), name, &filter.service))
            .collect(),
        pager: Pager {
            previous: found.prev.map(|cursor| filter.page("before", &cursor)),
            next: found.next.map(|cursor| filter.page("after", &cursor)),
        },
        rows: found.items.into_iter().map(row).collect(),
        total: store.count_appointments(company, &all_of(&visit, &filter)).await?,
        actions: BulkAction::ALL
            .into_iter()
            .filter(|action| !action.needs_manager() || visit.session.user.role >= Role::Manager)
            .collect(),
        unread: unread(&state, &visit, &filter).await?,
        filter,
        t: visit.t,
        frame: visit.frame,
    })
}

async fn list(
    state: &AppState,
    visit: &Visit,
    filter: &AppointmentFilter,
    place: Option<String>,
) -> Result<Page<AppointmentView>, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let wanted = wanted(visit, filter);
    let get =
        async |place: Option<String>| store.appointments(company, &wanted, place.as_deref(), PER_PAGE).await;
    let today = midnight(visit.t.day_of(&visit.t.now), &visit.t.zone);
    let opens_today = opens_today(filter);
    let found = match place {
        None if opens_today => get(Some(cursor_at(today))).await?,
        None => get(None).await?,
        Some(place) => match get(Some(place)).await {
            // An old or mangled address: the list from its beginning.
            Err(store::Error::InvalidCursor) => get(None).await?,
            found => return Ok(found?),
        },
    };
    if found.items.is_empty() && opens_today {
        // The last ones are better than an empty page.
        return Ok(Page { next: None, ..get(Some(cursor_before(today))).await? });
    }
    Ok(found)
}

/// What somebody looks for may be over; so may what somebody has to settle. Otherwise the list begins today.
fn opens_today(filter: &AppointmentFilter) -> bool {
    filter.from.is_empty()
        && filter.to.is_empty()
        && filter.q.is_empty()
        && !filter.sync().is_some_and(needs_person)
}

/// All that are meant when somebody means all of the list: from today on, where it begins today.
pub fn all_of(visit: &Visit, filter: &AppointmentFilter) -> store::AppointmentFilter {
    let mut wanted = wanted(visit, filter);
    if opens_today(filter) {
        wanted.from = Some(midnight(visit.t.day_of(&visit.t.now), &visit.t.zone));
    }
    wanted
}

/// The filters that cannot be read, by the messages that name them.
pub async fn unread(
    state: &AppState,
    visit: &Visit,
    filter: &AppointmentFilter,
) -> Result<Vec<&'static str>, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let is_day = |text: &str| text.parse::<Date>().is_ok();
    let mut all = vec![
        ("filter-from", &filter.from, is_day(&filter.from)),
        ("filter-to", &filter.to, is_day(&filter.to)),
        ("status", &filter.status, filter.status().is_some()),
        ("sync", &filter.sync, filter.sync().is_some()),
        ("origin", &filter.origin, filter.origin().is_some()),
    ];
    let staff = store.staff(company).await?;
    all.push(("staff", &filter.staff, staff.iter().any(|one| one.id.to_string() == filter.staff)));
    let branches = store.branches(company).await?;
    all.push(("branch", &filter.branch, branches.iter().any(|one| one.id.to_string() == filter.branch)));
    let services = store.services(company).await?;
    all.push(("service", &filter.service, services.iter().any(|one| one.id.to_string() == filter.service)));
    Ok(all.into_iter().filter(|(_, text, read)| !text.is_empty() && !read).map(|(name, _, _)| name).collect())
}

/// What the store is asked for; what cannot be read lets everything through, as the page says.
fn wanted(visit: &Visit, filter: &AppointmentFilter) -> store::AppointmentFilter {
    let day = |text: &str| text.parse::<Date>().ok();
    let zone = &visit.t.zone;
    store::AppointmentFilter {
        q: Some(sought(&filter.q)).filter(|q| !q.is_empty()),
        from: day(&filter.from).map(|day| midnight(day, zone)),
        to: day(&filter.to).and_then(|day| day.tomorrow().ok()).map(|day| midnight(day, zone)),
        statuses: filter.status().into_iter().collect(),
        syncs: filter.sync().into_iter().collect(),
        origins: filter.origin().into_iter().collect(),
        staff: filter.staff.parse().ok(),
        branch: filter.branch.parse().ok(),
        service: filter.service.parse().ok(),
        ..store::AppointmentFilter::default()
    }
}
