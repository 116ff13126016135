//! The appointment that a form is about to change, with what the forms need of it.

use domain::{appointment::Segment, company::Branch, people::Staff};
use store::AppointmentView;

use super::{
    appointment::{can_change, find},
    failure::Failure,
    row::href,
    visit::{Rank, Visit},
};
use crate::{pages::Subject, state::AppState};

/// An appointment that can be changed.
pub struct Changing {
    pub subject: Subject,
    pub id: domain::AppointmentId,
    pub segments: Vec<Segment>,
    /// Who serves in them.
    pub staff: Vec<Staff>,
    pub branches: Vec<Branch>,
}

/// The appointment of an address; the visit then tells times as its branch does.
///
/// # Errors
/// [`Failure::Conflict`] for one that is cancelled or over: there is nothing to ask any more.
pub async fn changing<R: Rank>(
    state: &AppState,
    visit: &mut Visit<R>,
    id: &str,
) -> Result<Changing, Failure> {
    let view = find(state, visit.company(), id).await?;
    if !can_change(&view.appointment, &visit.t) {
        return Err(Failure::Conflict);
    }
    visit.at(&view.branch);
    let (store, company) = (&state.engine.store, visit.company());
    let (segments, id) = (view.appointment.segments.clone(), view.appointment.id);
    let mut staff = store.staff(company).await?;
    staff.retain(|person| segments.iter().any(|segment| segment.staff_id == person.id));
    Ok(Changing { subject: subject(view), id, segments, staff, branches: store.branches(company).await? })
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
        requested: appointment.status == domain::AppointmentStatus::Requested,
    }
}
