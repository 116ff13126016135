//! `GET /audit`: what was done about services, about items of the queue, to accounts and channels, and with webhooks, newest
//! first. Filter and place stand in the address.

use std::collections::HashMap;

use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::notify::{Channel, ChannelKind};
use domain::{ChannelId, ConnectionId, Origin, ServiceId, UserId, people::Role, service::Service};
use jiff::civil::Date;
use serde::Deserialize;
use store::{AuditFilter, AuditKind, Audited, SetupEntry, Who};

use super::{
    connections::setup_row,
    deliveries::deed,
    failure::Failure,
    moment::midnight,
    review::deed_row,
    service::{Names, event, user_names},
    visit::{Visit, page},
};
use crate::{
    components::{AsChip as _, Choice, Pager},
    i18n::Translator,
    pages::{Audit, AuditRow, TrailFilter, kind_label},
    state::AppState,
};

/// Entries on one page.
const PER_PAGE: u64 = 50;
/// Where changes come from, beside those of people who sign in.
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
    let role = visit.session.user.role;
    let row = |audited| match audited {
        Audited::Service(id, entry) => AuditRow::Service {
            id: id.to_string(),
            name: called.get(&id).cloned().unwrap_or_default(),
            event: Box::new(event(entry, &users, &names)),
        },
        Audited::Review(id, code, deed) => {
            AuditRow::Review { id: id.to_string(), code, deed: deed_row(&visit.t, deed, &users) }
        }
        Audited::Setup(entry) => {
            let (name, href) = subject(&visit.t, &entry, role);
            AuditRow::Setup { name, href, row: setup_row(&visit.t, entry, &users) }
        }
        Audited::Webhook(id, entry) => AuditRow::Webhook {
            href: (role >= Role::Manager).then(|| format!("/deliveries/{id}")),
            deed: deed(entry, &users),
        },
    };
    let rows = found.items.into_iter().map(row).collect();
    let kinds = AuditKind::ALL.map(|kind| {
        choice(kind.as_str().to_owned(), visit.t.get(kind_label(kind)).to_string(), &filter.kind)
    });
    page(&Audit {
        kinds: kinds.into(),
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

/// What an account or a channel is called, and where it is for whoever may go there.
fn subject(t: &Translator, entry: &SetupEntry, role: Role) -> (String, Option<String>) {
    if entry.deed.about() == AuditKind::Hours {
        return (entry.name.clone(), None);
    }
    if entry.deed.about() != AuditKind::Channel {
        let id = ConnectionId(entry.subject);
        return (entry.name.clone(), (role >= Role::Manager).then(|| format!("/connections#{id}")));
    }
    let id = ChannelId(entry.subject);
    let usual = |kind| Channel::usual(kind).id == id;
    let name = match &*entry.name {
        "" if usual(ChannelKind::App) => t.get("channel-app").to_string(),
        "" if usual(ChannelKind::Email) => t.get("channel-email").to_string(),
        name => name.to_owned(),
    };
    (name, (role >= Role::Admin).then(|| format!("/notifications/settings#{id}")))
}

/// What the store is asked for, and what cannot be read: that lets everything through, as the page says.
fn wanted(t: &Translator, filter: &TrailFilter) -> (AuditFilter, Vec<&'static str>) {
    let mut unread = Vec::new();
    let mut note = |name, text: &str, read: bool| {
        if !text.is_empty() && !read {
            unread.push(name);
        }
    };
    let kind = AuditKind::from_name(&filter.kind);
    note("audit-kind", &filter.kind, kind.is_some());
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
        kind,
        service,
        who,
        from: from.map(|day| midnight(day, &t.zone)),
        until: to.map(|day| midnight(day, &t.zone)),
        traffic: filter.shows_traffic(),
    };
    (wanted, unread)
}
