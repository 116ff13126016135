//! The appointment that a form is about to change, with what the forms need of it.

use askama::Template as _;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _},
};
use domain::{AppointmentStatus, appointment::Segment, service::Service, timeline::What};
use store::AppointmentView;

use super::{
    appointment::{can_change, find},
    failure::Failure,
    row::href,
    visit::{Rank, Visit},
};
use crate::{
    pages::{Cancellation, Ended, Subject, Unchangeable},
    state::AppState,
};

/// An appointment that can be changed.
pub struct Changing {
    pub subject: Subject,
    pub id: domain::AppointmentId,
    pub service: Service,
    /// Who serves in them.
    pub segments: Vec<Segment>,
}

/// The appointment of an address; the visit then tells times as its branch does.
///
/// # Errors
/// [`Failure::Told`] for one that is cancelled or over: there is nothing to ask any more, and the page says why.
pub async fn changing<R: Rank>(
    state: &AppState,
    visit: &mut Visit<R>,
    id: &str,
) -> Result<Changing, Failure> {
    let view = find(state, visit.company(), id).await?;
    visit.at(&view.branch);
    if !can_change(&view.appointment, &visit.t) {
        return Err(unchangeable(state, visit, view).await?);
    }
    let (segments, id) = (view.appointment.segments.clone(), view.appointment.id);
    Ok(Changing { id, segments, service: view.service.clone(), subject: subject(view) })
}

/// The page that says why nothing can be changed.
async fn unchangeable<R: Rank>(
    state: &AppState,
    visit: &Visit<R>,
    view: AppointmentView,
) -> Result<Failure, Failure> {
    let company = visit.company();
    let ended = match view.appointment.status {
        AppointmentStatus::Cancelled => {
            let entries = state.engine.store.history(company, view.appointment.id).await?.entries;
            let last = entries.into_iter().rev().find_map(|entry| match entry.what {
                What::Cancelled { reason } => Some((entry.at, entry.actor, reason)),
                _ => None,
            });
            let users = state.engine.store.users(company).await?;
            Ended::Cancelled(last.map(|(at, actor, reason)| {
                let user = users.into_iter().find(|user| Some(user.id) == actor.user_id);
                Cancellation {
                    at,
                    origin: actor.origin,
                    by: user.map(|user| user.name).or(actor.via),
                    reason,
                }
            }))
        }
        AppointmentStatus::NoShow => Ended::NoShow,
        AppointmentStatus::Requested | AppointmentStatus::Confirmed => Ended::Over,
    };
    let told = Unchangeable { subject: subject(view), ended, t: visit.t.clone(), frame: visit.frame.clone() };
    let page = (StatusCode::CONFLICT, Html(told.render()?)).into_response();
    Ok(Failure::Told(Box::new(page)))
}

/// What a form says of its appointment.
pub fn subject(view: AppointmentView) -> Subject {
    let AppointmentView { appointment, customer, service, staff, bookings, .. } = view;
    Subject {
        number: appointment.label(),
        href: href(&appointment),
        customer: customer.name,
        service: service.name,
        staff: staff.name,
        slot: appointment.slot,
        version: appointment.version,
        connected: !bookings.is_empty(),
        requested: appointment.status == AppointmentStatus::Requested,
    }
}
