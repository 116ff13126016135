//! `GET /appointments/{id}`: everything about one appointment; and the forms that ask the engine to look
//! again or to settle a conflict.

mod story;

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    AppointmentId, BookingRecord, Case, CompanyId, EventTypeRef, Next, booking::Seen, people::Role,
};
use serde::Deserialize;
use store::AppointmentView;

use super::{
    failure::Failure,
    flash::Flash,
    row::href,
    visit::{Manager, Posted, Visit, done, page},
};
use crate::{
    i18n::Translator,
    pages::{AppointmentPage, ChainLink, Comparison, CustomerFacts, Explanation, Names},
    state::AppState,
};

pub async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    mut visit: Visit,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let view = find(&state, company, &id).await?;
    let id = view.appointment.id;
    let case = store.case(company, id).await?;
    visit.at(&view.branch);
    let chain = store.booking_chain(company, id).await?;
    let timeline = story::tell(&state, company, id).await?;
    let comparison = compare(&state, company, &visit.t, &case).await?;
    let AppointmentView { appointment, customer, service, staff, branch, .. } = view;
    page(&AppointmentPage {
        id: id.to_string(),
        number: appointment.label(),
        href: href(&appointment),
        status: appointment.status,
        sync: appointment.sync,
        origin: appointment.origin,
        slot: appointment.slot,
        service: service.name,
        price_cents: service.price_cents.and_then(|cents| u64::try_from(cents).ok()),
        staff: staff.name,
        branch: branch.name,
        customer: CustomerFacts {
            name: customer.name,
            phone: customer.phone.map(String::from),
            email: customer.email.map(String::from),
        },
        can_change: can_change(&appointment, &visit.t),
        can_settle: matches!(case.next(), Next::Ask(_)) && visit.session.user.role >= Role::Manager,
        explanation: explain(&case),
        comparison,
        chain: chain.into_iter().map(|(uid, since)| ChainLink { uid: uid.0, since }).collect(),
        timeline,
        notes: appointment.notes,
        reason: appointment.reason,
        created_at: appointment.created_at,
        t: visit.t,
        frame: visit.frame,
    })
}

/// Looks at Cal.com again, and tries again what was given up.
pub async fn check(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, .. }: Posted<Nothing>,
) -> Result<Response, Failure> {
    let appointment = find(&state, visit.company(), &id).await?.appointment;
    state.engine.check_again(visit.company(), appointment.id, visit.change().actor).await?;
    Ok(done(&state, &href(&appointment), Flash::Checking))
}

#[derive(Deserialize)]
pub struct Nothing {}

#[derive(Deserialize)]
pub struct Settlement {
    side: Side,
}

/// Whose word counts.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Side {
    Ours,
    Theirs,
}

/// Settles what was changed on both sides.
pub async fn settle(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Settlement, Manager>,
) -> Result<Response, Failure> {
    let appointment = find(&state, visit.company(), &id).await?.appointment;
    let ours = matches!(form.side, Side::Ours);
    state.engine.settle_conflict(visit.company(), appointment.id, ours, visit.change().actor).await?;
    Ok(done(&state, &href(&appointment), Flash::Settled))
}

/// The appointment of an address. What is no id, is not there or belongs to another company is not found, all
/// in the same way.
pub async fn find(state: &AppState, company: CompanyId, id: &str) -> Result<AppointmentView, Failure> {
    let id: AppointmentId = id.parse().map_err(|_| Failure::NotFound)?;
    Ok(state.engine.store.appointment(company, id).await?)
}

/// Whether it takes place and is not over.
pub fn can_change(appointment: &domain::Appointment, t: &Translator) -> bool {
    appointment.status.is_active() && appointment.slot.end > t.now
}

fn explain(case: &Case) -> Explanation {
    let booking = case.current().next();
    let next = case.next();
    let refused = booking.and_then(|booking| booking.refused.as_ref());
    Explanation {
        sync: case.appointment.sync,
        failures: booking.map_or(0, |booking| booking.failures),
        next_try_at: booking.and_then(|booking| booking.next_try_at),
        verified_at: booking.and_then(|booking| booking.verified_at),
        message: refused
            .filter(|_| matches!(next, Next::GivenUp(_)))
            .map(|refused| refused.message.clone())
            .filter(|message| !message.is_empty()),
        overlapping: case.appointment.overlapping,
        next,
    }
}

async fn compare(
    state: &AppState,
    company: CompanyId,
    t: &Translator,
    case: &Case,
) -> Result<Option<Comparison>, Failure> {
    let Some(booking) = case.current().next() else { return Ok(None) };
    let snapshots = case.snapshots(booking);
    let store = &state.engine.store;
    let links = store.links(company).await?;
    let (services, staff) = (store.services(company).await?, store.staff(company).await?);
    let event_type = |event_type: EventTypeRef| {
        let mut linked = links.iter().filter(|link| link.event_type() == event_type);
        let link = linked.clone().find(|link| link.service_id == case.appointment.service_id);
        let Some(link) = link.or(linked.next()) else { return format!("Cal.com {}", event_type.id) };
        let service = services.iter().find(|service| service.id == link.service_id);
        let person = link.staff_id.and_then(|id| staff.iter().find(|person| person.id == id));
        let service = service.map_or("", |service| service.name.as_str());
        person.map_or(service.to_owned(), |person| format!("{service} ({})", person.name))
    };
    let host = |user: i64| {
        let known = case.hosts.iter().find(|host| host.user == user);
        let person = known.and_then(|host| staff.iter().find(|person| person.id == host.staff_id));
        person.map_or_else(|| format!("Cal.com {user}"), |person| person.name.clone())
    };
    let names = Names { placeholder: &case.placeholder, event_type: &event_type, host: &host };
    Ok(Some(Comparison::of(t, &snapshots, case.policy, seen_at(booking), &names)))
}

fn seen_at(booking: &BookingRecord) -> Option<jiff::Timestamp> {
    match &booking.seen {
        Seen::Never => None,
        Seen::Absent { at } => Some(*at),
        Seen::Booking(sighting) => Some(sighting.seen_at),
    }
}
