//! Rows of appointments and bookings, there and back.

use domain::appointment::Segment;
use domain::booking::Role;
use domain::planted::{self, Bug};
use domain::{
    Appointment, AppointmentId, BookingRecord, BookingUid, BranchId, CompanyId, ConnectionId, CustomerId,
    EventTypeRef, ServiceId, Slot, StaffId,
};

use crate::columns::{
    from_json, from_json_opt, instant, instant_opt, millis, named, origin, small, status, sync, text,
    to_json, to_json_opt,
};
use crate::entities::{appointments, bookings, chairs};
use crate::{Error, Result};

impl TryFrom<appointments::Model> for Appointment {
    type Error = Error;

    fn try_from(row: appointments::Model) -> Result<Self> {
        let slot = Slot { start: instant(row.starts_at)?, end: instant(row.ends_at)? };
        let staff_id = StaffId(row.staff_id);
        let mut segments: Vec<Segment> = from_json("appointments.segments", row.segments)?;
        if segments.is_empty() {
            segments.push(Segment { staff_id, slot });
        }
        Ok(Self {
            id: AppointmentId(row.id),
            number: row.number,
            branch_id: BranchId(row.branch_id),
            service_id: ServiceId(row.service_id),
            staff_id,
            customer_id: CustomerId(row.customer_id),
            slot,
            segments,
            time_zone: row.time_zone,
            status: status(&row.status)?,
            reason: row.reason,
            notes: row.notes,
            origin: origin(&row.origin)?,
            overlapping: row.overlapping,
            version: row.version,
            sync: sync(&row.sync)?,
            created_at: instant(row.created_at)?,
            updated_at: instant(row.updated_at)?,
            deleted_at: instant_opt(row.deleted_at)?,
        })
    }
}

pub(crate) fn appointment(company: CompanyId, appointment: &Appointment) -> Result<appointments::Model> {
    Ok(appointments::Model {
        company_id: company.0,
        id: appointment.id.0,
        number: appointment.number,
        branch_id: appointment.branch_id.0,
        service_id: appointment.service_id.0,
        staff_id: appointment.staff_id.0,
        customer_id: appointment.customer_id.0,
        starts_at: millis(appointment.slot.start),
        ends_at: millis(appointment.slot.end),
        time_zone: appointment.time_zone.clone(),
        status: appointment.status.as_str().to_owned(),
        reason: appointment.reason.as_deref().map(text),
        notes: appointment.notes.as_deref().map(text),
        origin: appointment.origin.as_str().to_owned(),
        overlapping: appointment.overlapping,
        version: appointment.version,
        sync: appointment.sync.as_str().to_owned(),
        created_at: millis(appointment.created_at),
        updated_at: millis(appointment.updated_at),
        segments: to_json(&appointment.segments)?,
        deleted_at: appointment.deleted_at.map(millis),
    })
}

/// The chairs that an appointment takes up: none if it is not active.
pub(crate) fn chairs(company: CompanyId, appointment: &Appointment) -> Vec<chairs::Model> {
    let segments = appointment.segments.iter().filter(|_| appointment.status.is_active());
    segments
        .zip(0..)
        .map(|(segment, number)| chairs::Model {
            company_id: company.0,
            taken_by: appointment.id.0,
            segment: number,
            staff_id: segment.staff_id.0,
            starts_at: millis(segment.slot.start),
            ends_at: millis(segment.slot.end),
            overlapping: appointment.overlapping || planted::is(Bug::ChairTakenTwice),
            expires_at: None,
        })
        .collect()
}

impl TryFrom<bookings::Model> for BookingRecord {
    type Error = Error;

    fn try_from(row: bookings::Model) -> Result<Self> {
        Ok(Self {
            number: small("bookings.number", row.number)?,
            segment: small("bookings.segment", row.segment)?,
            role: named("bookings.role", &row.role, Role::from_name)?,
            event_type: EventTypeRef { connection: ConnectionId(row.connection_id), id: row.event_type_id },
            host: row.host,
            before: small("bookings.earlier", row.earlier)?,
            generation: small("bookings.generation", row.generation)?,
            uid: row.uid.map(BookingUid),
            seen: from_json("bookings.seen", row.seen)?,
            agreed: from_json_opt("bookings.agreed", row.agreed)?,
            look: row.look,
            doubts: from_json("bookings.doubts", row.doubts)?,
            refused: from_json_opt("bookings.refused", row.refused)?,
            failures: small("bookings.failures", row.failures)?,
            last_attempt_at: instant_opt(row.last_attempt_at)?,
            verified_at: instant_opt(row.verified_at)?,
            next_try_at: instant_opt(row.next_try_at)?,
            home: instant_opt(row.home_at)?,
            decided: from_json_opt("bookings.decided", row.decided)?,
        })
    }
}

pub(crate) fn booking(
    company: CompanyId,
    appointment: AppointmentId,
    record: &BookingRecord,
) -> Result<bookings::Model> {
    Ok(bookings::Model {
        company_id: company.0,
        appointment_id: appointment.0,
        number: i64::from(record.number),
        segment: i64::from(record.segment),
        role: record.role.as_str().to_owned(),
        connection_id: record.event_type.connection.0,
        event_type_id: record.event_type.id,
        host: record.host,
        earlier: i64::from(record.before),
        generation: i64::from(record.generation),
        uid: record.uid.as_ref().map(|uid| uid.0.clone()),
        seen: to_json(&record.seen)?,
        agreed: to_json_opt(record.agreed.as_ref())?,
        look: record.look,
        doubts: to_json(&record.doubts)?,
        refused: to_json_opt(record.refused.as_ref())?,
        failures: i64::from(record.failures),
        last_attempt_at: record.last_attempt_at.map(millis),
        verified_at: record.verified_at.map(millis),
        next_try_at: record.next_try_at.map(millis),
        home_at: record.home.map(millis),
        held_from: record.may_hold().map(|slot| millis(slot.start)),
        held_to: record.may_hold().map(|slot| millis(slot.end)),
        decided: to_json_opt(record.decided.as_ref())?,
    })
}
