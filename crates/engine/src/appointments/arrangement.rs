//! Who serves what when after an edit, and where that is booked.

use domain::appointment::{Appointment, Refusal, Segment, check_start};
use domain::case::{Case, Target};
use domain::people::CustomerDetails;
use domain::service::{NotBookable, Service};
use domain::timeline::What;
use domain::{CompanyId, Field, Origin, ServiceId, Slot, StaffId};
use jiff::Timestamp;
use store::Holder;

use super::{Change, ChangeError, Edit, Look, Who};
use crate::Engine;

/// Who serves what when after an edit, and where that is booked.
#[derive(Clone)]
pub(super) struct Arrangement {
    service_id: ServiceId,
    segments: Vec<Segment>,
    targets: Vec<Option<Target>>,
}

/// By which rule somebody may serve.
#[derive(Clone, Copy)]
pub(super) struct Rule<'a> {
    /// Through which entrance it was asked for.
    pub origin: Origin,
    /// [`Change::as_offered`].
    pub as_offered: bool,
    /// For whom times are held that it may take.
    pub holder: Option<&'a Holder>,
}

impl Change {
    pub(super) fn rule(&self) -> Rule<'_> {
        Rule { origin: self.actor.origin, as_offered: self.as_offered, holder: self.holder.as_ref() }
    }
}

impl Engine {
    /// Who serves what when after `edit`. As it is offered, who serves anew must be free by the same rule as for a new
    /// appointment; else they must do it and be at work.
    pub(super) async fn arrangement(
        &self,
        company: CompanyId,
        appointment: &Appointment,
        edit: &Edit,
        rule: Rule<'_>,
    ) -> Result<Arrangement, ChangeError> {
        let service_id = edit.service_id.unwrap_or(appointment.service_id);
        let service = match self.store.service(company, service_id).await {
            Ok(service) if service_id == appointment.service_id => service,
            Ok(service) => match service.not_bookable_by(rule.origin).as_slice() {
                [] => service,
                [NotBookable::NotOnline] => return Err(ChangeError::NotOnline),
                _ => return Err(ChangeError::Service),
            },
            Err(store::Error::NotFound) => return Err(ChangeError::Service),
            Err(error) => return Err(error.into()),
        };
        let segments = segments(appointment, &service, edit);
        let mut targets = Vec::new();
        for (segment, number) in segments.iter().zip(0..) {
            let link = self.store.link_for(company, service_id, number, segment.staff_id).await?;
            targets.push(link.map(|link| link.target()));
        }
        let look = Look {
            who: Who { service: service_id, staff: None, branch: None },
            range: Slot {
                start: segments.iter().map(|segment| segment.slot.start).min().unwrap_or_default(),
                end: segments.iter().map(|segment| segment.slot.end).max().unwrap_or_default(),
            },
            leaving: Some(appointment.id),
            holder: rule.holder.cloned(),
        };
        let branches = self.store.branches(company).await?;
        let able = self.candidates(company, &service, &look, &branches).await?;
        // Who does the one need not do the other, even at the same time.
        let another = service_id != appointment.service_id;
        let is_new = |segment: &&Segment| another || !appointment.segments.contains(segment);
        for (number, segment) in segments.iter().enumerate().filter(|(_, segment)| is_new(segment)) {
            let who = able.iter().find(|it| it.staff.id == segment.staff_id);
            let Some(person) = who.filter(|it| service.may_do(number, it.staff.id)) else {
                return Err(ChangeError::Staff);
            };
            if rule.as_offered {
                person.check(&service, number, &segment.slot)?;
            } else if !person.is_at_work(&segment.slot) {
                return Err(ChangeError::NotWorking);
            }
        }
        Ok(Arrangement { service_id, segments, targets })
    }
}

/// The segments after an edit: those of another service anew, else the same ones, moved and given to others.
fn segments(appointment: &Appointment, service: &Service, edit: &Edit) -> Vec<Segment> {
    let start = edit.start.unwrap_or(appointment.slot.start);
    let staff_before = |number: usize| {
        appointment.segments.get(number).map_or(appointment.staff_id, |segment| segment.staff_id)
    };
    let staff = |number: usize| -> StaffId {
        let named = edit.staff.iter().find(|(segment, _)| usize::from(*segment) == number);
        named.map_or_else(|| staff_before(number), |(_, staff)| *staff)
    };
    let slots = if service.id == appointment.service_id {
        let by = start.duration_since(appointment.slot.start);
        appointment.segments.iter().map(|segment| segment.slot.shifted(by)).collect()
    } else {
        service.slots(start)
    };
    slots.into_iter().enumerate().map(|(n, slot)| Segment { staff_id: staff(n), slot }).collect()
}

/// Puts an arrangement into a case; returns what the history tells of it.
pub(super) fn rearrange(
    case: &mut Case,
    arrangement: &Arrangement,
    edit: &Edit,
    now: Timestamp,
) -> Result<Vec<What>, Refusal> {
    let appointment = &mut case.appointment;
    let (slot, staff, service) = (appointment.slot, appointment.staff_id, appointment.service_id);
    let same = appointment.segments == arrangement.segments && service == arrangement.service_id;
    if same && appointment.status.is_active() {
        return Ok(Vec::new());
    }
    if !appointment.status.is_active() {
        return Err(Refusal::Cancelled);
    }
    if slot.end <= now {
        return Err(Refusal::Over);
    }
    let begins = arrangement.segments.iter().map(|segment| segment.slot.start).min();
    match begins {
        // What lies farther ahead at Cal.com keeps its time, whoever serves.
        Some(start) if start != slot.start || start <= now => check_start(start, now)?,
        _ => {}
    }
    appointment.arrange(arrangement.segments.clone());
    appointment.service_id = arrangement.service_id;
    appointment.reason.clone_from(&edit.reason);
    appointment.touch(now);
    let mut told = Vec::new();
    if slot != appointment.slot {
        told.push(What::Rescheduled { from: slot, to: appointment.slot, reason: edit.reason.clone() });
    }
    let (to, to_service) = (appointment.staff_id, appointment.service_id);
    if staff != to || service != to_service || told.is_empty() {
        told.push(What::Reassigned { from: staff, to, from_service: service, to_service });
    }
    case.rebook(&arrangement.targets, now);
    Ok(told)
}

/// Takes customer data and notes over; returns what the history tells of it.
pub(super) fn describe(case: &mut Case, edit: &Edit, now: Timestamp) -> Option<What> {
    let mut fields = Vec::new();
    if let Some(CustomerDetails { name, email, phone, locale }) = &edit.customer {
        let customer = &mut case.customer;
        let changed = [
            (Field::Name, customer.name != *name),
            (Field::Email, customer.email != *email),
            (Field::Phone, customer.phone != *phone),
        ];
        fields.extend(changed.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field));
        customer.name.clone_from(name);
        customer.email.clone_from(email);
        customer.phone.clone_from(phone);
        customer.locale = *locale;
    }
    if let Some(notes) = &edit.notes
        && case.appointment.notes != *notes
    {
        case.appointment.notes.clone_from(notes);
        fields.push(Field::Notes);
    }
    if fields.is_empty() {
        return None;
    }
    case.appointment.touch(now);
    Some(What::Edited { fields })
}
