//! Writing a case back: the appointment, its booking and names, its history, its questions, and the work
//! that it makes, all in the transaction that changed it.

use std::collections::HashMap;

use domain::appointment::{Actor, Origin};
use domain::people::Customer;
use domain::planted::{self, Bug};
use domain::review::{About, ReviewCode};
use domain::timeline::What;
use domain::{Appointment, BookingRecord, BookingUid, Case, CompanyId, ConnectionId};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    PrimaryKeyToColumn, QueryFilter, Statement, Value,
};

use super::attempts::{self, AttemptWrite};
use super::rows;
use crate::columns::{millis, padded, parts, places, text, to_json};
use crate::entities::{appointments, booking_uids, bookings, chairs, reviews};
use crate::reviews::ask::{Standing, ask, basis, keep_or_close};
use crate::unit_of_work::Tx;
use crate::work::{self, Subject};
use crate::{Result, company, holds};

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
    /// Whose held times it may take.
    pub holder: Option<Uuid>,
}

/// A case that is to be written.
pub(crate) struct Written {
    pub case: Case,
    /// What it was; `None` for a new one.
    pub before: Option<Before>,
    pub how: How,
    /// What is told of calls.
    pub attempts: Vec<AttemptWrite>,
}

impl Written {
    /// Whether other appointments are marked too.
    pub(crate) fn concerns_others(&self) -> bool {
        self.before.as_ref().is_some_and(|before| before.customer != self.case.customer)
    }

    fn bookings_before(&self) -> &[BookingRecord] {
        self.before.as_ref().map_or(&[], |before| &before.bookings)
    }
}

/// Writes cases of different appointments: one statement per table, however many they are, and a few more for
/// what is rare.
pub(crate) async fn write_back(tx: &Tx, company: CompanyId, all: &mut [Written]) -> Result<()> {
    for written in &mut *all {
        if written.how.overlaps {
            written.how.overlaps = holds::give_way(tx, company, &written.case.appointment).await?;
        }
        settle_overlap(written.before.as_ref(), &mut written.case, written.how.overlaps);
    }
    write_appointments(tx, company, all).await?;
    write_chairs(tx, company, all).await?;
    for written in all.iter().filter(|written| written.concerns_others()) {
        let customer = &written.case.customer;
        company::customers::update(tx, company, customer).await?;
        let but = Some(written.case.appointment.id);
        work::mark_all_of(tx, company, customer.id, but, written.how.now).await?;
    }
    write_bookings(tx, company, all).await?;
    for Written { case, before, how, .. } in &mut *all {
        let open = before.as_ref().map_or(&[][..], |before| &before.open);
        write_questions(tx, company, open, case, how.now).await?;
    }
    write_entries(tx, company, all).await?;
    write_work(tx, company, all).await?;
    let attempts = all.iter_mut().flat_map(|written| {
        let id = written.case.appointment.id;
        std::mem::take(&mut written.attempts).into_iter().map(move |attempt| (id, attempt))
    });
    let attempts: Vec<_> = attempts.collect();
    attempts::write(tx, company, attempts.into_iter()).await
}

/// Puts appointments on the lists of the lanes that have to work on them, and takes them off those of the others
/// that they may be on: where they are or were booked, and where they were worked on.
async fn write_work(tx: &Tx, company: CompanyId, all: &[Written]) -> Result<()> {
    let (mut forgotten, mut scheduled) = (Vec::new(), Vec::new());
    for written in all {
        let (case, id) = (&written.case, written.case.appointment.id);
        let booked = written.bookings_before().iter().chain(&case.bookings);
        let booked = booked.map(|record| record.event_type.connection);
        let mut idle: Vec<_> = booked.chain(written.how.lane).collect();
        idle.sort_unstable();
        idle.dedup();
        idle.retain(|lane| case.due.iter().all(|(busy, _)| busy != lane));
        forgotten.extend(idle.into_iter().map(|lane| (lane, Subject::Appointment(id))));
        scheduled.extend(case.due.iter().map(|(lane, due)| (*lane, Subject::Appointment(id), *due)));
    }
    if planted::is(Bug::OtherLanesForgotten) {
        let lane = all.iter().find_map(|written| written.how.lane);
        scheduled.retain(|(connection, _, _)| lane.is_none_or(|lane| lane == *connection));
    }
    work::forget(tx, company, forgotten).await?;
    work::schedule(tx, company, scheduled).await
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

async fn write_appointments(tx: &Tx, company: CompanyId, all: &[Written]) -> Result<()> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for Written { case, before, .. } in all {
        let row = || rows::appointment(company, &case.appointment).map(IntoActiveModel::into_active_model);
        match before {
            None => new.push(row()?),
            Some(before) if before.appointment != case.appointment => changed.push(row()?),
            Some(_) => {}
        }
    }
    for part in parts(new) {
        appointments::Entity::insert_many(part).exec_without_returning(&**tx).await?;
    }
    replace::<appointments::Entity>(tx, changed).await
}

/// Writes rows over those of the same keys.
async fn replace<E: EntityTrait>(tx: &Tx, rows: Vec<E::ActiveModel>) -> Result<()>
where
    E::ActiveModel: Send,
{
    for mut part in parts(rows) {
        if let [_] = part.as_slice()
            && let Some(row) = part.pop()
        {
            E::update(row.reset_all()).exec_without_returning(&**tx).await?;
            continue;
        }
        let keys: Vec<_> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
        let is_key = |column: &E::Column| keys.iter().any(|key| key.as_str() == column.as_str());
        let others = E::Column::iter().filter(|column| !is_key(column));
        let over = OnConflict::columns(keys.iter().copied()).update_columns(others).to_owned();
        E::insert_many(part).on_conflict(over).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Chairs are written anew whenever they change: the guard sees all of an appointment's at once.
async fn write_chairs(tx: &Tx, company: CompanyId, all: &[Written]) -> Result<()> {
    let (mut left, mut taken) = (Vec::new(), Vec::new());
    for Written { case, before, how, .. } in all {
        if let Some(holder) = how.holder {
            holds::use_up(tx, company, holder, &case.appointment.segments).await?;
        }
        let old = before.as_ref().map(|before| rows::chairs(company, &before.appointment));
        let new = rows::chairs(company, &case.appointment);
        if old.as_ref() != Some(&new) {
            left.extend(old.is_some_and(|old| !old.is_empty()).then_some(case.appointment.id.0));
            taken.extend(new.into_iter().map(IntoActiveModel::into_active_model));
        }
    }
    if !left.is_empty() {
        chairs::Entity::delete_many()
            .filter(chairs::Column::CompanyId.eq(company.0))
            .filter(chairs::Column::TakenBy.is_in(padded(left)))
            .exec(&**tx)
            .await?;
    }
    for part in parts(taken) {
        chairs::Entity::insert_many(part).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

async fn write_bookings(tx: &Tx, company: CompanyId, all: &[Written]) -> Result<()> {
    let (mut new, mut changed, mut called) = (Vec::new(), Vec::new(), Vec::new());
    for written in all {
        let (case, id, before) = (&written.case, written.case.appointment.id, written.bookings_before());
        for old in before.iter().filter(|old| case.record(old.number).is_none()) {
            bookings::Entity::delete_by_id((company.0, id.0, i64::from(old.number))).exec(&**tx).await?;
        }
        let name = |connection: ConnectionId, number: u16, uid: &BookingUid| booking_uids::Model {
            company_id: company.0,
            connection_id: connection.0,
            uid: uid.0.clone(),
            appointment_id: id.0,
            number: i64::from(number),
            first_seen_at: millis(written.how.now),
        };
        for booking in &case.bookings {
            let old = before.iter().find(|old| old.number == booking.number);
            if old == Some(booking) {
                continue;
            }
            let row = rows::booking(company, id, booking)?.into_active_model();
            if old.is_some() {
                changed.push(row);
            } else {
                new.push(row);
            }
            let known = old.map(names).unwrap_or_default();
            let new = names(booking).into_iter().filter(|name| !known.contains(name));
            called.extend(new.map(|(connection, uid)| name(connection, booking.number, uid)));
        }
        for (number, uid) in &case.names {
            let connection = case.record(*number).map(|record| record.event_type.connection);
            called.extend(connection.map(|connection| name(connection, *number, uid)));
        }
    }
    for part in parts(new) {
        bookings::Entity::insert_many(part).exec_without_returning(&**tx).await?;
    }
    replace::<bookings::Entity>(tx, changed).await?;
    for Written { case, .. } in all {
        for (connection, uid) in &case.forgotten {
            booking_uids::Entity::delete_by_id((company.0, connection.0, uid.0.clone()))
                .filter(booking_uids::Column::AppointmentId.eq(case.appointment.id.0))
                .exec(&**tx)
                .await?;
        }
    }
    // A name that leads to another appointment already keeps leading there.
    for part in parts(called) {
        booking_uids::Entity::insert_many(part.into_iter().map(IntoActiveModel::into_active_model))
            .on_conflict_do_nothing_on([
                booking_uids::Column::CompanyId,
                booking_uids::Column::ConnectionId,
                booking_uids::Column::Uid,
            ])
            .exec_without_returning(&**tx)
            .await?;
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

/// Opens the questions that are new, renews those that stay, closes those whose cause is gone, and tells
/// the history of it. What a person has set aside stays aside while both sides say what they said then.
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
        let standing: Option<Result<_>> = question.map(|(_, message)| {
            Ok(Standing { message: text(message), basis: basis(case, message)?, may_stay: None })
        });
        let standing = standing.transpose()?;
        let closed = standing.is_none();
        keep_or_close(tx, company, row, standing, (&system, now)).await?;
        if closed && let Some(code) = ReviewCode::from_name(&row.code) {
            case.tell(now, &system, What::ReviewClosed { code });
        }
    }
    for (code, message) in case.questions.clone() {
        if open.iter().any(|row| row.code == code.as_str()) {
            continue;
        }
        let about = About::Appointment(id);
        ask(tx, company, &about, (code, &message), basis(case, &message)?, None, now).await?;
        case.tell(now, &system, What::ReviewOpened { code });
    }
    Ok(())
}

/// Adds to the histories what is new, after what stands there: the appointments are locked.
async fn write_entries(tx: &Tx, company: CompanyId, all: &[Written]) -> Result<()> {
    let mut new = Vec::new();
    for Written { case, .. } in all {
        new.extend(case.entries.iter().map(|entry| (case.appointment.id.0, entry)));
    }
    for part in parts(new) {
        let (mut rows, mut told) = (Vec::with_capacity(part.len()), HashMap::<Uuid, i64>::new());
        for (id, entry) in part {
            let after = told.entry(id).or_default();
            *after += 1;
            rows.push([
                id.into(),
                (*after).into(),
                millis(entry.at).into(),
                entry.actor.origin.as_str().into(),
                to_json(&entry.actor)?.into(),
                to_json(&entry.what)?.into(),
            ]);
        }
        let mut values: Vec<Value> = vec![company.0.into()];
        let sql = format!(
            "INSERT INTO entries (company_id, appointment_id, seq, at, origin, actor, what) \
             SELECT $1, v.column1, v.column2 + COALESCE((SELECT MAX(e.seq) FROM entries e \
             WHERE e.company_id = $1 AND e.appointment_id = v.column1), 0), \
             v.column3, v.column4, v.column5, v.column6 FROM (VALUES {}) AS v",
            places(rows, &mut values)
        );
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    }
    Ok(())
}
