//! Changing an appointment: other time, staff, service, customer data or notes, and its status.

use domain::appointment::{Actor, Appointment, Refusal, Segment};
use domain::case::{Case, Target};
use domain::people::CustomerDetails;
use domain::service::Service;
use domain::timeline::What;
use domain::{AppointmentId, CompanyId, Field, ServiceId, StaffId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Abort;

use super::{Change, ChangeError, Edit, priority};
use crate::Engine;

/// Who serves what when after an edit, and where that is booked.
#[derive(Clone)]
struct Arrangement {
    service_id: ServiceId,
    segments: Vec<Segment>,
    targets: Vec<Option<Target>>,
}

impl Engine {
    /// Changes whatever `edit` names, all of it or nothing. What Cal.com's API cannot change on a booking (who
    /// serves on another account, what is booked) becomes another booking there, and the old one is cancelled.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn edit(
        &self,
        company: CompanyId,
        id: AppointmentId,
        edit: Edit,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        loop {
            let appointment = self.store.appointment(company, id).await?.appointment;
            let mut attempt = change.clone();
            let mut arrangement = None;
            if edit.is_of_time() {
                // What is arranged must be what is changed: if somebody is faster, it is arranged anew.
                attempt.version = attempt.version.or(Some(appointment.version));
                arrangement = Some(self.arrangement(company, &appointment, &edit).await?);
            }
            match self.apply_edit(company, id, edit.clone(), arrangement, attempt).await {
                Err(ChangeError::Stale(_)) if change.version.is_none() => {}
                result => return result,
            }
        }
    }

    async fn apply_edit(
        &self,
        company: CompanyId,
        id: AppointmentId,
        edit: Edit,
        arrangement: Option<Arrangement>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.change(company, id, change, move |case, now| {
            let mut told = Vec::new();
            if let Some(arrangement) = &arrangement {
                told.extend(rearrange(case, arrangement, &edit, now)?);
            }
            told.extend(describe(case, &edit, now));
            Ok(told)
        })
        .await
    }

    /// Who serves what when after `edit`.
    async fn arrangement(
        &self,
        company: CompanyId,
        appointment: &Appointment,
        edit: &Edit,
    ) -> Result<Arrangement, ChangeError> {
        let service_id = edit.service_id.unwrap_or(appointment.service_id);
        let service = match self.store.service(company, service_id).await {
            Ok(service) if service.active || service_id == appointment.service_id => service,
            Ok(_) | Err(store::Error::NotFound) => return Err(ChangeError::Service),
            Err(error) => return Err(error.into()),
        };
        let segments = segments(appointment, &service, edit);
        let mut targets = Vec::new();
        for (segment, number) in segments.iter().zip(0..) {
            let link = self.store.link_for(company, service_id, number, segment.staff_id).await?;
            targets.push(link.map(|link| link.target()));
        }
        let able = self.store.staff_for_service(company, service_id).await?;
        for segment in segments.iter().filter(|segment| !appointment.segments.contains(segment)) {
            let Some(staff) = able.iter().find(|staff| staff.id == segment.staff_id) else {
                return Err(ChangeError::Staff);
            };
            let branch = self.store.branch(company, staff.branch_id).await?;
            let zone = TimeZone::get(&branch.time_zone).unwrap_or(TimeZone::UTC);
            if !staff.hours.cover(&segment.slot, &zone) {
                return Err(ChangeError::NotWorking);
            }
        }
        Ok(Arrangement { service_id, segments, targets })
    }

    /// Cancels an appointment. Cancelling what is cancelled changes nothing. What waits for a confirmation is
    /// declined at Cal.com.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn cancel(
        &self,
        company: CompanyId,
        id: AppointmentId,
        reason: Option<String>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.change(company, id, change, move |case, now| {
            let cancelled = case.appointment.cancel(reason.clone(), now)?;
            Ok(cancelled.then(|| What::Cancelled { reason: reason.clone() }).into_iter().collect())
        })
        .await
    }

    /// Confirms an appointment that was asked for.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn confirm(
        &self,
        company: CompanyId,
        id: AppointmentId,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.change(company, id, change, |case, now| {
            Ok(case.appointment.confirm(now)?.then_some(What::Confirmed).into_iter().collect())
        })
        .await
    }

    /// Writes down that the customer did not come, or (`absent` false) did after all.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn mark_no_show(
        &self,
        company: CompanyId,
        id: AppointmentId,
        absent: bool,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.change(company, id, change, move |case, now| {
            let marked = case.appointment.mark_no_show(absent, now)?;
            Ok(marked.then_some(What::NoShow { absent }).into_iter().collect())
        })
        .await
    }

    /// Takes an appointment off the lists. One that still takes place is cancelled first, at Cal.com too; the
    /// history stays.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn delete(
        &self,
        company: CompanyId,
        id: AppointmentId,
        reason: Option<String>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.change(company, id, change, move |case, now| {
            let appointment = &mut case.appointment;
            if appointment.deleted_at.is_some() {
                return Ok(Vec::new());
            }
            let mut told = Vec::new();
            if appointment.slot.end > now && appointment.cancel(reason.clone(), now)? {
                told.push(What::Cancelled { reason: reason.clone() });
            }
            appointment.deleted_at = Some(now);
            appointment.touch(now);
            told.push(What::Deleted);
            Ok(told)
        })
        .await
    }

    async fn change(
        &self,
        company: CompanyId,
        id: AppointmentId,
        change: Change,
        decide: impl Fn(&mut Case, Timestamp) -> Result<Vec<What>, Refusal> + Send + Sync + 'static,
    ) -> Result<Appointment, ChangeError> {
        let now = self.ambient.now();
        let priority = priority(&change.actor);
        let how = store::Change::at(now).expecting(change.version).once(change.dedupe);
        let (actor, story) = (change.actor, change.story);
        let applied = self
            .store
            .apply(company, id, how, move |case| {
                let told = decide(case, now).map_err(Abort::Refused)?;
                if !told.is_empty() {
                    tell(case, now, &actor, story.iter().chain(&told));
                }
                case.conclude(priority, now);
                Ok(())
            })
            .await?;
        self.signals.wake();
        self.signals.changed(company, Some(id));
        Ok(applied.appointment)
    }
}

fn tell<'a>(case: &mut Case, now: Timestamp, actor: &Actor, told: impl Iterator<Item = &'a What>) {
    for what in told {
        case.tell(now, actor, what.clone());
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
fn rearrange(
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
    if begins.is_some_and(|start| start <= now) {
        return Err(Refusal::InThePast);
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
fn describe(case: &mut Case, edit: &Edit, now: Timestamp) -> Option<What> {
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
