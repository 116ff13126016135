//! The appointment that a form is about to change, with what both forms need of it.

use domain::{company::Branch, people::Staff};
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
    pub staff: Staff,
    pub branch: Branch,
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
    let AppointmentView { appointment, customer, service, staff, branch, bookings, .. } = view;
    let subject = Subject {
        number: appointment.label(),
        href: href(&appointment),
        customer: customer.name,
        service: service.name,
        staff: staff.name.clone(),
        slot: appointment.slot,
        version: appointment.version,
        connected: !bookings.is_empty(),
    };
    Ok(Changing { subject, id: appointment.id, staff, branch })
}
