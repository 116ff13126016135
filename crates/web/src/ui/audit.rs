//! `GET /audit`: what was done about services, and about items of the queue, newest first. Filter and place stand in the
//! address.

use std::collections::HashMap;

use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::{Origin, ServiceId, UserId, service::Service};
use jiff::civil::Date;
use serde::Deserialize;
use store::{AuditFilter, Audited, Who};

use super::{
    failure::Failure,
    moment::midnight,
    review::deed_row,
    service::{Names, event, user_names},
    visit::{Visit, page},
};
use crate::{
    components::{AsChip as _, Choice, Pager},
    i18n::Translator,
    pages::{Audit, AuditRow, TrailFilter},
    state::AppState,
};

/// Entries on one page.
const PER_PAGE: u64 = 50;
/// Where changes of services come from, beside those of people who sign in.
const OTHERS: [Origin; 3] = [Origin::Api, Origin::Calcom, Origin::System];

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Place {
    after: Option<String>,
    before: Option<String>,
}

pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Query(filter): Query<TrailFilter>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let users = user_names(&state, company).await?;
    let names = Names::of(&state, company).await?;
    let services = store.services(company).await?;
    let deleted = store.deleted_services(company).await?;
    let (wanted, unread) = wanted(&visit.t, &filter);
    let place = place.after.or(place.before);
    let found = match store.audit_trail(company, &wanted, place.as_deref(), PER_PAGE).await {
        // An old or mangled address: the trail from its beginning.
        Err(store::Error::InvalidCursor) => store.audit_trail(company, &wanted, None, PER_PAGE).await?,
        found => found?,
    };
    let choice = |id: String, name: String, chosen: &str| {
        let selected = id == chosen;
        Choice::new(id, name).selected(selected)
    };
    let mut people: Vec<_> =
        users.iter().map(|(id, name)| choice(id.to_string(), name.clone(), &filter.who)).collect();
    people.sort_by(|a, b| a.label.cmp(&b.label));
    let others = OTHERS.map(|origin| {
        choice(origin.as_str().to_owned(), visit.t.get(origin.chip().label).to_string(), &filter.who)
    });
    people.extend(others);
    let offered = services.iter().map(|it| (it, it.name.clone()));
    let marked = |it: &Service| visit.t.get("service-name-deleted").arg("name", it.name.clone()).to_string();
    let gone = deleted.iter().map(|it| (it, marked(it)));
    let choices =
        offered.chain(gone).map(|(it, name)| choice(it.id.to_string(), name, &filter.service)).collect();
    let called = services.iter().chain(&deleted).map(|it| (it.id, it.name.clone()));
    let called: HashMap<ServiceId, String> = called.collect();
    let mut rows = Vec::with_capacity(found.items.len());
    for audited in found.items {
        rows.push(match audited {
            Audited::Service(id, entry) => AuditRow::Service {
                id: id.to_string(),
                name: called.get(&id).cloned().unwrap_or_default(),
                event: Box::new(event(entry, &users, &names)),
            },
            Audited::Review(id, code, deed) => {
                AuditRow::Review { id: id.to_string(), code, deed: deed_row(&visit.t, deed, &users) }
            }
        });
    }
    page(&Audit {
        services: choices,
        people,
        unread,
        rows,
        pager: Pager {
            previous: found.prev.map(|cursor| filter.page("before", &cursor)),
            next: found.next.map(|cursor| filter.page("after", &cursor)),
        },
        filter,
        t: visit.t,
        frame: visit.frame,
    })
}

/// What the store is asked for, and what cannot be read: that lets everything through, as the page says.
fn wanted(t: &Translator, filter: &TrailFilter) -> (AuditFilter, Vec<&'static str>) {
    let mut unread = Vec::new();
    let mut note = |name, text: &str, read: bool| {
        if !text.is_empty() && !read {
            unread.push(name);
        }
    };
    let service = filter.service.parse::<ServiceId>().ok();
    note("service", &filter.service, service.is_some());
    let user = filter.who.parse::<UserId>().ok().map(Who::User);
    let who = user.or_else(|| Origin::from_name(&filter.who).map(Who::Origin));
    note("who", &filter.who, who.is_some());
    let day = |text: &str| text.parse::<Date>().ok();
    let (from, to) = (day(&filter.from), day(&filter.to).and_then(|day| day.tomorrow().ok()));
    note("filter-from", &filter.from, from.is_some());
    note("filter-to", &filter.to, to.is_some());
    let wanted = AuditFilter {
        service,
        who,
        from: from.map(|day| midnight(day, &t.zone)),
        until: to.map(|day| midnight(day, &t.zone)),
        traffic: filter.shows_traffic(),
    };
    (wanted, unread)
}
