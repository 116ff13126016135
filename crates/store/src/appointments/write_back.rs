//! Writing a case back: the appointment, its booking and names, its history, its questions, and the work
//! that it makes, all in the transaction that changed it.

use domain::appointment::{Actor, Origin};
use domain::people::Customer;
use domain::review::ReviewCode;
use domain::timeline::What;
use domain::{Appointment, AppointmentId, BookingRecord, BookingUid, Case, CompanyId};
use jiff::Timestamp;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

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
}

impl Before {
    pub(crate) fn of(case: &Case) -> Self {
        let (appointment, customer) = (case.appointment.clone(), case.customer.clone());
        Self { appointment, customer, bookings: case.bookings.clone() }
    }
}

/// How a case is written back.
#[derive(Clone, Copy)]
pub(crate) struct How {
    pub now: Timestamp,
    /// It is a fact from Cal.com that the overlap guard has refused: write it, mark it, ask a person.
    pub overlaps: bool,
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
    }
    write_bookings(tx, company, before.map_or(&[], |before| &before.bookings[..]), case, how.now).await?;
    write_questions(tx, company, case, how.now).await?;
    write_entries(tx, company, case).await?;
    let subject = Subject::Appointment(case.appointment.id);
    let lanes: Vec<_> = case.due.iter().map(|(connection, _)| *connection).collect();
    work::forget_elsewhere(tx, company, &lanes, &subject).await?;
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
        let row = rows::booking(company, id, booking)?;
        match before.iter().find(|old| old.number == booking.number) {
            Some(old) if old == booking => continue,
            Some(_) => {
                let active = row.into_active_model().reset_all();
                bookings::Entity::update(active).exec_without_returning(&**tx).await?;
            }
            None => {
                bookings::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
            }
        }
        for uid in booking.uid.iter().chain(booking.sighting().map(|seen| &seen.uid)) {
            remember_uid(tx, company, id, booking, uid, now).await?;
        }
    }
    Ok(())
}

/// Adds a name to the chain. A name that leads to another appointment already keeps leading there.
async fn remember_uid(
    tx: &Tx,
    company: CompanyId,
    appointment: AppointmentId,
    booking: &BookingRecord,
    uid: &BookingUid,
    now: Timestamp,
) -> Result<()> {
    let row = booking_uids::Model {
        company_id: company.0,
        connection_id: booking.event_type.connection.0,
        uid: uid.0.clone(),
        appointment_id: appointment.0,
        number: i64::from(booking.number),
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
async fn write_questions(tx: &Tx, company: CompanyId, case: &mut Case, now: Timestamp) -> Result<()> {
    let id = case.appointment.id;
    let open = reviews::Entity::find()
        .filter(reviews::Column::CompanyId.eq(company.0))
        .filter(reviews::Column::AppointmentId.eq(id.0))
        .filter(reviews::Column::ClosedAt.is_null())
        .order_by_asc(reviews::Column::OpenedAt)
        .all(&**tx)
        .await?;
    let system = Actor::of(Origin::System);
    for row in &open {
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

pub(crate) async fn write_entries(tx: &Tx, company: CompanyId, case: &Case) -> Result<()> {
    if case.entries.is_empty() {
        return Ok(());
    }
    let last = entries::Entity::find()
        .filter(entries::Column::CompanyId.eq(company.0))
        .filter(entries::Column::AppointmentId.eq(case.appointment.id.0))
        .order_by_desc(entries::Column::Seq)
        .one(&**tx)
        .await?;
    let mut new = Vec::new();
    for (entry, seq) in case.entries.iter().zip(last.map_or(0, |row| row.seq) + 1..) {
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
