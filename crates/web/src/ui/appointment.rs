//! `GET /appointments/{id}`: everything about one appointment; and the forms that ask the engine to look
//! again or to settle a conflict.

mod sides;
mod story;

pub use sides::{compare, unknown};

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{AppointmentId, AppointmentStatus, CompanyId, Next, people::Role};
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
    pages::{AppointmentPage, ChainLink, CustomerFacts},
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
    let connections = store.connections(company).await?;
    let chain = store.booking_chain(company, id).await?;
    let timeline = story::tell(&state, company, id, &visit.t).await?;
    let comparisons = sides::compare(&state, company, &visit.t, &case, &view).await?;
    let AppointmentView { appointment, customer, service, staff, branch, .. } = view;
    let can_change = can_change(&appointment, &visit.t);
    let can_answer = can_change && appointment.status == AppointmentStatus::Requested;
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
        can_change,
        can_answer,
        can_mark_absent: match appointment.status {
            AppointmentStatus::Confirmed if appointment.slot.start <= visit.t.now => Some(true),
            AppointmentStatus::NoShow => Some(false),
            _ => None,
        },
        can_delete: appointment.deleted_at.is_none() && visit.session.user.role >= Role::Manager,
        deleted_at: appointment.deleted_at,
        version: appointment.version,
        can_settle: matches!(case.next(), Next::Ask(_)) && visit.session.user.role >= Role::Manager,
        explanation: sides::explain(&case, &connections, can_answer, visit.session.user.role),
        comparisons,
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
    state.engine.check_again(visit.company(), appointment.id, visit.actor()).await?;
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
    state.engine.settle_conflict(visit.company(), appointment.id, ours, visit.actor()).await?;
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
