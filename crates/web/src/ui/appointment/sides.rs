//! What both sides say of an appointment's bookings, for its page: the sentences and the comparisons.

use domain::{
    BookingRecord, Case, CompanyId, EventTypeRef, Next, Sighting,
    booking::Role,
    people::Role as UserRole,
    plan::{Push, Reason},
};
use store::{AppointmentView, Connection, ConnectionState};

use crate::{
    i18n::Translator,
    pages::{Comparison, Explanation, Names},
    state::AppState,
    ui::failure::Failure,
};

/// The sentences are about the most pressing of the bookings.
pub fn explain(case: &Case, connections: &[Connection], can_answer: bool, role: UserRole) -> Explanation {
    let next = case.next();
    let there = || case.bookings.iter().filter(|record| record.role != Role::Gone);
    let pressing = there().find(|record| case.next_of(record) == next);
    let refused = pressing.and_then(|record| record.refused.as_ref());
    let stays = |record: &BookingRecord| {
        let accepted = case.accepted(record);
        accepted.into_iter().filter(|accepted| accepted.why != Reason::Cancelled).count()
    };
    let stopped = pressing.and_then(|record| {
        let its = connections.iter().find(|connection| connection.id == record.event_type.connection);
        its.filter(|connection| connection.state != ConnectionState::Active)
    });
    Explanation {
        sync: case.appointment.sync,
        failures: pressing.map_or(0, |record| record.failures),
        next_try_at: pressing.and_then(|record| record.next_try_at),
        verified_at: case.current().map(|record| record.verified_at).min().flatten(),
        message: refused
            .filter(|_| matches!(next, Next::GivenUp(_)))
            .map(|refused| refused.message.clone())
            .filter(|message| !message.is_empty()),
        replacing: matches!(next, Next::Act(Push::Create | Push::Cancel | Push::Decline))
            && there().any(|record| record.role.is_leaving())
            && case.appointment.status.is_active(),
        accepted: case.current().map(stays).sum(),
        requested: can_answer,
        overlapping: case.appointment.overlapping,
        stopped: stopped.is_some(),
        stopped_href: stopped
            .filter(|_| role >= UserRole::Manager)
            .map(|connection| format!("/connections#{}", connection.id)),
        next,
    }
}

/// One comparison per booking, the current ones first.
pub async fn compare(
    state: &AppState,
    company: CompanyId,
    t: &Translator,
    case: &Case,
    view: &AppointmentView,
) -> Result<Vec<Comparison>, Failure> {
    let store = &state.engine.store;
    let links = store.links(company).await?;
    let (services, staff) = (store.services(company).await?, store.staff(company).await?);
    let event_type = |event_type: EventTypeRef| {
        let mut linked = links.iter().filter(|link| link.event_type() == event_type);
        let link = linked.clone().find(|link| link.service_id == case.appointment.service_id);
        let Some(link) = link.or(linked.next()) else { return format!("Cal.com {}", event_type.id) };
        let service = services.iter().find(|service| service.id == link.service_id);
        // On an event type of a team the host is a fact of its own.
        let person = link.staff_id.filter(|_| link.host.is_none());
        let person = person.and_then(|id| staff.iter().find(|person| person.id == id));
        let service = service.map_or("", |service| service.name.as_str());
        person.map_or(service.to_owned(), |person| format!("{service} ({})", person.name))
    };
    let host = |event_type: EventTypeRef, user: i64| {
        let mut known = case.hosts.iter();
        let known = known.find(|host| host.event_type == event_type && host.user == user);
        let person = known.and_then(|host| staff.iter().find(|person| person.id == host.staff_id));
        person.map_or_else(
            || t.get("host-unknown").arg("user", user.to_string()).to_string(),
            |person| person.name.clone(),
        )
    };
    let several = case.appointment.segments.len() > 1;
    let part = |record: &BookingRecord| {
        let segment = usize::from(record.segment);
        let work = view.service.segments.get(segment).map_or("", |work| work.name.as_str());
        several.then(|| format!("{} · {work}", segment + 1).trim_end_matches([' ', '·']).to_owned())
    };
    let mut records: Vec<_> = case.bookings.iter().collect();
    records.sort_by_key(|record| (record.role != Role::Current, record.segment, record.number));
    let names = Names { event_type: &event_type, host: &host };
    Ok(records
        .into_iter()
        .filter_map(|record| Comparison::of(t, case, record, part(record), names))
        .collect())
}

/// All that is said of a booking that nobody here knows.
pub async fn unknown(
    state: &AppState,
    company: CompanyId,
    t: &Translator,
    seen: &Sighting,
) -> Result<Comparison, Failure> {
    let store = &state.engine.store;
    let (links, services) = (store.links(company).await?, store.services(company).await?);
    let event_type = |event_type: EventTypeRef| {
        let link = links.iter().find(|link| link.event_type() == event_type);
        let service = link.and_then(|link| services.iter().find(|service| service.id == link.service_id));
        service.map_or_else(|| format!("Cal.com {}", event_type.id), |service| service.name.clone())
    };
    let accounts = store.connections(company).await?;
    let host = |_: EventTypeRef, user: i64| {
        let account = accounts.iter().find(|connection| connection.account.id == user);
        account.map_or_else(
            || t.get("host-unknown").arg("user", user.to_string()).to_string(),
            |connection| connection.name.clone(),
        )
    };
    let names = Names { event_type: &event_type, host: &host };
    Ok(Comparison::unknown(t, seen, names))
}
