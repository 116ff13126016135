//! Writing a case back: the appointment, its booking and names, its history, its questions, and the work
//! that it makes, all in the transaction that changed it.

use domain::appointment::{Actor, Origin};
use domain::people::Customer;
use domain::review::ReviewCode;
use domain::timeline::What;
use domain::{Appointment, AppointmentId, BookingRecord, BookingUid, Case, CompanyId, ConnectionId};
use jiff::Timestamp;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use super::numbers::review_id;
use super::rows;
use crate::columns::{millis, text, to_json};
use crate::entities::{appointments, booking_uids, bookings, chairs, entries, reviews};
use crate::unit_of_work::Tx;
use crate::work::{self, Subject};
use crate::{Result, company};

/// What a case was before it was changed.
#[derive(Clone)]
pub(crate) struct Before {
    appointment: Appointment,
    customer: Customer,
    bookings: Vec<BookingRecord>,
    open: Vec<reviews::Model>,
}

impl Before {
    pub(crate) fn of(case: &Case, open: Vec<reviews::Model>) -> Self {
        let (appointment, customer) = (case.appointment.clone(), case.customer.clone());
        Self { appointment, customer, bookings: case.bookings.clone(), open }
    }
}

/// How a case is written back.
#[derive(Clone, Copy)]
pub(crate) struct How {
    pub now: Timestamp,
    /// It is a fact from Cal.com that the overlap guard has refused: write it, mark it, ask a person.
    pub overlaps: bool,
    /// The lane that it was worked on in, if it was.
    pub lane: Option<ConnectionId>,
}

/// Writes `case`; `before` is what it was, `None` for a new one.
pub(crate) async fn write_back(
    tx: &Tx,
    company: CompanyId,
    before: Option<&Before>,
    case: &mut Case,
    how: How,
) -> Result<()> {
    settle_overlap(before, case, how.overlaps);
    write_appointment(tx, company, before, case).await?;
    if before.is_some_and(|before| before.customer != case.customer) {
        company::customers::update(tx, company, &case.customer).await?;
        let (customer, but) = (case.customer.id, Some(case.appointment.id));
        work::mark_all_of(tx, company, customer, but, how.now).await?;
    }
    let (bookings, open) = before.map_or((&[][..], &[][..]), |before| (&before.bookings, &before.open));
    write_bookings(tx, company, bookings, case, how.now).await?;
    write_questions(tx, company, open, case, how.now).await?;
    write_entries(tx, company, case, before.is_some()).await?;
    write_work(tx, company, bookings, case, how.lane).await
}

/// Puts the appointment on the lists of the lanes that have to work on it, and takes it off those of the others
/// that it may be on: where it is or was booked, and where it was worked on.
async fn write_work(
    tx: &Tx,
    company: CompanyId,
    before: &[BookingRecord],
    case: &Case,
    lane: Option<ConnectionId>,
) -> Result<()> {
    let subject = Subject::Appointment(case.appointment.id);
    let booked = before.iter().chain(&case.bookings).map(|record| record.event_type.connection);
    let mut idle: Vec<_> = booked.chain(lane).collect();
    idle.sort_unstable();
    idle.dedup();
    idle.retain(|lane| case.due.iter().all(|(busy, _)| busy != lane));
    work::forget(tx, company, &idle, &subject).await?;
    for (connection, due) in &case.due {
        work::schedule(tx, company, *connection, &subject, *due).await?;
    }
    Ok(())
}

/// An exemption from the guard stands for the slot it was given for; a change of slot, person or status
/// ends it.
fn settle_overlap(before: Option<&Before>, case: &mut Case, overlaps: bool) {
    let appointment = &mut case.appointment;
    if let Some(Before { appointment: old, .. }) = before {
        let occupies = |a: &Appointment| (a.segments.clone(), a.status.is_active());
        if old.overlapping && occupies(old) != occupies(appointment) {
            appointment.overlapping = false;
        }
    }
    if overlaps && appointment.status.is_active() {
        appointment.overlapping = true;
    }
    let asked = case.questions.iter().any(|(code, _)| *code == ReviewCode::Overlap);
    if appointment.overlapping && appointment.status.is_active() {
        if !asked {
            case.questions.push((ReviewCode::Overlap, String::new()));
        }
    } else {
        case.questions.retain(|(code, _)| *code != ReviewCode::Overlap);
    }
}

async fn write_appointment(tx: &Tx, company: CompanyId, before: Option<&Before>, case: &Case) -> Result<()> {
    let row = rows::appointment(company, &case.appointment)?;
    match before {
        None => {
            appointments::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
        }
        Some(before) if before.appointment != case.appointment => {
            let active = row.into_active_model().reset_all();
            appointments::Entity::update(active).exec_without_returning(&**tx).await?;
        }
        Some(_) => {}
    }
    write_chairs(tx, company, before.map(|before| &before.appointment), &case.appointment).await
}

/// Chairs are written anew whenever they change: the guard sees all of an appointment's at once.
async fn write_chairs(
    tx: &Tx,
    company: CompanyId,
    before: Option<&Appointment>,
    appointment: &Appointment,
) -> Result<()> {
    let (old, new) = (before.map(|before| rows::chairs(company, before)), rows::chairs(company, appointment));
    if old.as_ref() == Some(&new) {
        return Ok(());
    }
    if old.is_some_and(|old| !old.is_empty()) {
        chairs::Entity::delete_many()
            .filter(chairs::Column::CompanyId.eq(company.0))
            .filter(chairs::Column::AppointmentId.eq(appointment.id.0))
            .exec(&**tx)
            .await?;
    }
    if !new.is_empty() {
        let new = new.into_iter().map(IntoActiveModel::into_active_model);
        chairs::Entity::insert_many(new).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

async fn write_bookings(
    tx: &Tx,
    company: CompanyId,
    before: &[BookingRecord],
    case: &Case,
    now: Timestamp,
) -> Result<()> {
    let id = case.appointment.id;
    for old in before.iter().filter(|old| case.record(old.number).is_none()) {
        bookings::Entity::delete_by_id((company.0, id.0, i64::from(old.number))).exec(&**tx).await?;
    }
    for booking in &case.bookings {
        let old = before.iter().find(|old| old.number == booking.number);
        if old == Some(booking) {
            continue;
        }
        let row = rows::booking(company, id, booking)?;
        match old {
            Some(_) => {
                let active = row.into_active_model().reset_all();
                bookings::Entity::update(active).exec_without_returning(&**tx).await?;
            }
            None => {
                bookings::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
            }
        }
        let known = old.map(names).unwrap_or_default();
        for (connection, uid) in names(booking).into_iter().filter(|name| !known.contains(name)) {
            remember_uid(tx, company, id, (connection, booking.number), uid, now).await?;
        }
    }
    for (number, uid) in &case.names {
        if let Some(connection) = case.record(*number).map(|record| record.event_type.connection) {
            remember_uid(tx, company, id, (connection, *number), uid, now).await?;
        }
    }
    Ok(())
}

/// By which names a booking goes, and where.
fn names(booking: &BookingRecord) -> Vec<(ConnectionId, &BookingUid)> {
    let uids = booking.uid.iter().chain(booking.sighting().map(|seen| &seen.uid));
    let mut names: Vec<_> = uids.map(|uid| (booking.event_type.connection, uid)).collect();
    names.dedup();
    names
}

/// Adds a name to the chain. A name that leads to another appointment already keeps leading there.
async fn remember_uid(
    tx: &Tx,
    company: CompanyId,
    appointment: AppointmentId,
    (connection, number): (ConnectionId, u16),
    uid: &BookingUid,
    now: Timestamp,
) -> Result<()> {
    let row = booking_uids::Model {
        company_id: company.0,
        connection_id: connection.0,
        uid: uid.0.clone(),
        appointment_id: appointment.0,
        number: i64::from(number),
        first_seen_at: millis(now),
    };
    booking_uids::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([
            booking_uids::Column::CompanyId,
            booking_uids::Column::ConnectionId,
            booking_uids::Column::Uid,
        ])
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

/// Opens the questions that are new, renews those that stay, closes those whose cause is gone, and tells
/// the history of it.
async fn write_questions(
    tx: &Tx,
    company: CompanyId,
    open: &[reviews::Model],
    case: &mut Case,
    now: Timestamp,
) -> Result<()> {
    let id = case.appointment.id;
    let system = Actor::of(Origin::System);
    for row in open {
        let question = case.questions.iter().find(|(code, _)| code.as_str() == row.code);
        let mut active = row.clone().into_active_model();
        if let Some((_, message)) = question {
            active.message = sea_orm::Set(text(message));
        } else {
            active.closed_at = sea_orm::Set(Some(millis(now)));
            active.closed_by = sea_orm::Set(Some(Origin::System.as_str().to_owned()));
            if let Some(code) = ReviewCode::from_name(&row.code) {
                case.tell(now, &system, What::ReviewClosed { code });
            }
        }
        active.updated_at = sea_orm::Set(millis(now));
        reviews::Entity::update(active).exec_without_returning(&**tx).await?;
    }
    for (code, message) in case.questions.clone() {
        if open.iter().any(|row| row.code == code.as_str()) {
            continue;
        }
        let row = reviews::Model {
            company_id: company.0,
            id: review_id(tx, company, id, now).await?.0,
            appointment_id: id.0,
            code: code.as_str().to_owned(),
            message: text(&message),
            opened_at: millis(now),
            updated_at: millis(now),
            closed_at: None,
            closed_by: None,
        };
        reviews::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
        case.tell(now, &system, What::ReviewOpened { code });
    }
    Ok(())
}

/// Adds to the history what is new; `goes_on` says that there may be one already.
pub(crate) async fn write_entries(tx: &Tx, company: CompanyId, case: &Case, goes_on: bool) -> Result<()> {
    if case.entries.is_empty() {
        return Ok(());
    }
    let mut last: Option<Option<i64>> = None;
    if goes_on {
        last = entries::Entity::find()
            .select_only()
            .column_as(entries::Column::Seq.max(), "last")
            .filter(entries::Column::CompanyId.eq(company.0))
            .filter(entries::Column::AppointmentId.eq(case.appointment.id.0))
            .into_tuple()
            .all(&**tx)
            .await?
            .pop();
    }
    let mut new = Vec::new();
    for (entry, seq) in case.entries.iter().zip(last.flatten().unwrap_or(0) + 1..) {
        let row = entries::Model {
            company_id: company.0,
            appointment_id: case.appointment.id.0,
            seq,
            at: millis(entry.at),
            origin: entry.actor.origin.as_str().to_owned(),
            actor: to_json(&entry.actor)?,
            what: to_json(&entry.what)?,
        };
        new.push(row.into_active_model());
    }
    entries::Entity::insert_many(new).exec_without_returning(&**tx).await?;
    Ok(())
}
