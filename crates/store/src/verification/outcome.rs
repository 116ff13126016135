//! What becomes of what a run found: how each of it stands, what has healed, and what people are asked and told at the
//! end.

use std::collections::{BTreeSet, HashMap};

use domain::booking::Role;
use domain::notify::{self, Occurrence, What};
use domain::review::ReviewCode;
use domain::verify::Window;
use domain::{
    AppointmentId, AppointmentStatus, BookingUid, CompanyId, ConnectionId, SyncStatus, VerificationId,
};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set, Statement,
};

use super::{Finding, Verification};
use crate::columns::{instant_opt, millis, named, padded, text, to_json};
use crate::company::connections::accounts_of;
use crate::entities::{appointments, booking_uids, bookings, dirty, findings, reviews, verifications};
use crate::notifications::occurred;
use crate::reviews::ask;
use crate::unit_of_work::Tx;
use crate::work::{Subject, check_fence};
use crate::{Lease, Result, Store};

/// How a booking stands now that was found not to be as it was known.
#[derive(Debug)]
pub struct Unsettled {
    /// What was found.
    pub finding: Finding,
    /// The appointment that it belongs to by now, and how that stands.
    pub appointment: Option<(AppointmentStatus, SyncStatus)>,
    /// When the booking is to be looked at, if it is on somebody's list.
    pub due_at: Option<Timestamp>,
    /// People are asked about the booking.
    pub is_asked: bool,
}

impl Store {
    /// A part of at most `limit` of what a run found and has not healed, in the order of the names at Cal.com, after the
    /// name `after`.
    pub async fn unsettled(
        &self,
        company: CompanyId,
        id: VerificationId,
        after: Option<&BookingUid>,
        limit: u64,
    ) -> Result<Vec<Unsettled>> {
        // The limit is part of the text: SQLite plans a statement anew for each value that is bound to one.
        let sql = format!(
            "SELECT * FROM findings WHERE company_id = $1 AND verification_id = $2 AND healed_at IS NULL AND uid > $3 \
             ORDER BY uid LIMIT {limit}"
        );
        let after = after.map(|uid| text(&uid.0)).unwrap_or_default();
        let values = [company.0.into(), id.0.into(), after.into()];
        let statement = Statement::from_sql_and_values(self.readers.get_database_backend(), sql, values);
        let rows = findings::Entity::find().from_raw_sql(statement).all(&self.readers).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let uids = padded(rows.iter().map(|row| row.uid.clone()).collect());
        let named_by: HashMap<String, Uuid> = booking_uids::Entity::find()
            .filter(booking_uids::Column::CompanyId.eq(company.0))
            .filter(booking_uids::Column::ConnectionId.in_subquery(accounts_of(company)))
            .filter(booking_uids::Column::Uid.is_in(uids.clone()))
            .all(&self.readers)
            .await?
            .into_iter()
            .map(|row| (row.uid, row.appointment_id))
            .collect();
        let whose = |row: &findings::Model| row.appointment_id.or(named_by.get(&row.uid).copied());
        let due: HashMap<String, i64> = dirty::Entity::find()
            .select_only()
            .columns([dirty::Column::Subject, dirty::Column::DueAt])
            .filter(dirty::Column::CompanyId.eq(company.0))
            .filter(dirty::Column::ConnectionId.in_subquery(accounts_of(company)))
            .filter(dirty::Column::SubjectKind.eq(Subject::Booking(BookingUid(String::new())).kind()))
            .filter(dirty::Column::Subject.is_in(uids.clone()))
            .into_tuple()
            .all(&self.readers)
            .await?
            .into_iter()
            .collect();
        let ids: BTreeSet<_> = rows.iter().filter_map(whose).collect();
        let ids = padded(ids.into_iter().collect::<Vec<_>>());
        let states: Vec<(Uuid, String, String)> = if ids.is_empty() {
            Vec::new()
        } else {
            appointments::Entity::find()
                .select_only()
                .columns([appointments::Column::Id, appointments::Column::Status, appointments::Column::Sync])
                .filter(appointments::Column::CompanyId.eq(company.0))
                .filter(appointments::Column::Id.is_in(ids))
                .into_tuple()
                .all(&self.readers)
                .await?
        };
        let states: HashMap<_, _> =
            states.into_iter().map(|(id, status, sync)| (id, (status, sync))).collect();
        let asked: BTreeSet<String> = reviews::Entity::find()
            .select_only()
            .column(reviews::Column::Detail)
            .filter(reviews::Column::CompanyId.eq(company.0))
            .filter(reviews::Column::Code.is_in(ReviewCode::OF_BOOKINGS.map(ReviewCode::as_str)))
            .filter(reviews::Column::ClosedAt.is_null())
            .filter(reviews::Column::Detail.is_in(uids))
            .into_tuple()
            .all(&self.readers)
            .await?
            .into_iter()
            .collect();
        rows.into_iter()
            .map(|row| {
                let state = whose(&row).and_then(|id| states.get(&id));
                let due_at = instant_opt(due.get(&row.uid).copied())?;
                let is_asked = asked.contains(&row.uid);
                let appointment = state.map(|(status, sync)| {
                    let status = named("appointments.status", status, AppointmentStatus::from_name)?;
                    Ok::<_, crate::Error>((status, named("appointments.sync", sync, SyncStatus::from_name)?))
                });
                Ok(Unsettled {
                    finding: row.try_into()?,
                    appointment: appointment.transpose()?,
                    due_at,
                    is_asked,
                })
            })
            .collect()
    }

    /// Those of `ids` that overlap another and may, as a person has said.
    pub async fn may_overlap(
        &self,
        company: CompanyId,
        ids: BTreeSet<AppointmentId>,
    ) -> Result<BTreeSet<AppointmentId>> {
        if ids.is_empty() {
            return Ok(ids);
        }
        let rows: Vec<Uuid> = reviews::Entity::find()
            .select_only()
            .column(reviews::Column::AppointmentId)
            .filter(reviews::Column::CompanyId.eq(company.0))
            .filter(reviews::Column::AppointmentId.is_in(padded(ids.iter().map(|id| id.0).collect())))
            .filter(reviews::Column::Code.eq(ReviewCode::Overlap.as_str()))
            .filter(reviews::Column::ClosedAt.is_null())
            .filter(reviews::Column::Aside.is_not_null())
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(AppointmentId).collect())
    }

    /// When something that a run found healed last.
    pub async fn last_healed(&self, company: CompanyId, id: VerificationId) -> Result<Option<Timestamp>> {
        let last: Vec<Option<i64>> = findings::Entity::find()
            .select_only()
            .column_as(findings::Column::HealedAt.max(), "last")
            .filter(findings::Column::CompanyId.eq(company.0))
            .filter(findings::Column::VerificationId.eq(id.0))
            .into_tuple()
            .all(&self.readers)
            .await?;
        instant_opt(last.into_iter().next().flatten())
    }

    /// Appointments that start in `window` and wait for something, and of which no booking is known by a name: those that are
    /// to be booked in this account, or it is not known where.
    pub async fn unbooked(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        window: Window,
    ) -> Result<Vec<(AppointmentId, Timestamp)>> {
        let id = Expr::col((appointments::Entity, appointments::Column::Id));
        let records = bookings::Entity::find()
            .select_only()
            .column(bookings::Column::Number)
            .filter(bookings::Column::CompanyId.eq(company.0))
            .filter(Expr::col((bookings::Entity, bookings::Column::AppointmentId)).eq(id))
            .filter(bookings::Column::Role.ne(Role::Gone.as_str()));
        let named = Expr::exists(records.clone().filter(bookings::Column::Uid.is_not_null()).into_query());
        let here = records.clone().filter(bookings::Column::ConnectionId.eq(connection.0)).into_query();
        let is_ours = Condition::any().add(Expr::exists(here)).add(Expr::exists(records.into_query()).not());
        let mut waiting = appointments::Entity::find()
            .select_only()
            .columns([appointments::Column::Id, appointments::Column::StartsAt])
            .filter(appointments::Column::CompanyId.eq(company.0))
            .filter(appointments::Column::Sync.eq(SyncStatus::Pending.as_str()))
            .filter(appointments::Column::StartsAt.gte(millis(window.from)))
            .filter(named.not())
            .filter(is_ours);
        if let Some(to) = window.to {
            waiting = waiting.filter(appointments::Column::StartsAt.lt(millis(to)));
        }
        let waiting: Vec<(Uuid, i64)> = waiting.into_tuple().all(&self.readers).await?;
        waiting
            .into_iter()
            .map(|(id, start)| Ok((AppointmentId(id), crate::columns::instant(start)?)))
            .collect()
    }

    /// Writes down where a run has come to. Once one has ended from which anything follows, people are asked about the
    /// bookings that it found and nobody here knows, and told what it has left to them.
    ///
    /// # Errors
    /// [`crate::Error::Fenced`] if another worker has taken the lane over.
    pub async fn verified(&self, lease: &Lease, run: &Verification, now: Timestamp) -> Result<()> {
        let (lease, mut run) = (lease.clone(), run.clone());
        self.write(move |tx| {
            Box::pin(async move {
                check_fence(tx, lease.company, &lease, now).await?;
                if run.finished_at.is_some() {
                    if !run.check_only {
                        ask::of_bookings(tx, lease.company, &run, now).await?;
                        tell_of_differences(tx, lease.company, &run, now).await?;
                    }
                    run.counts.questions = questions(tx, lease.company, &run).await?;
                }
                let change = verifications::ActiveModel {
                    position: Set(run.cursor.as_ref().map(to_json).transpose()?),
                    counts: Set(to_json(&run.counts)?),
                    read_at: Set(run.read_at.map(millis)),
                    finished_at: Set(run.finished_at.map(millis)),
                    ..Default::default()
                };
                verifications::Entity::update_many()
                    .set(change)
                    .filter(verifications::Column::CompanyId.eq(lease.company.0))
                    .filter(verifications::Column::Id.eq(run.id.0))
                    .exec(&**tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Writes down which findings of a run have healed.
    ///
    /// # Errors
    /// [`crate::Error::Fenced`] if another worker has taken the lane over.
    pub async fn healed(
        &self,
        lease: &Lease,
        id: VerificationId,
        uids: &[BookingUid],
        now: Timestamp,
    ) -> Result<()> {
        let lease = lease.clone();
        let uids: Vec<_> = uids.iter().map(|uid| text(&uid.0)).collect();
        if uids.is_empty() {
            return Ok(());
        }
        self.write(move |tx| {
            Box::pin(async move {
                check_fence(tx, lease.company, &lease, now).await?;
                for part in uids.chunks(250) {
                    findings::Entity::update_many()
                        .col_expr(findings::Column::HealedAt, millis(now).into())
                        .filter(findings::Column::CompanyId.eq(lease.company.0))
                        .filter(findings::Column::VerificationId.eq(id.0))
                        .filter(findings::Column::Uid.is_in(padded(part.to_vec())))
                        .filter(findings::Column::HealedAt.is_null())
                        .exec(&**tx)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// How many questions about bookings of a run's window wait for somebody.
async fn questions(tx: &Tx, company: CompanyId, run: &Verification) -> Result<u64> {
    let to = run.window.to.map_or(i64::MAX, millis);
    let sql = "SELECT COUNT(*) FROM reviews r \
               LEFT JOIN appointments a ON a.company_id = r.company_id AND a.id = r.appointment_id \
               WHERE r.company_id = $1 AND r.closed_at IS NULL AND r.aside IS NULL \
               AND COALESCE(a.starts_at, r.starts_at) >= $3 AND COALESCE(a.starts_at, r.starts_at) < $4 \
               AND (r.connection_id = $2 OR EXISTS (SELECT 1 FROM bookings b WHERE b.company_id = r.company_id \
               AND b.appointment_id = r.appointment_id AND b.connection_id = $2))";
    let values = [company.0.into(), run.connection.0.into(), millis(run.window.from).into(), to.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let row = tx.query_one_raw(statement).await?;
    let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
    Ok(u64::try_from(count).unwrap_or(0))
}

/// People are told of what a run has left to them, as far as they were not told by the one before.
async fn tell_of_differences(tx: &Tx, company: CompanyId, run: &Verification, now: Timestamp) -> Result<()> {
    let id = run.id;
    let before = verifications::Entity::find()
        .filter(verifications::Column::CompanyId.eq(company.0))
        .filter(verifications::Column::ConnectionId.eq(run.connection.0))
        .filter(verifications::Column::CheckOnly.eq(false))
        .filter(verifications::Column::FinishedAt.is_not_null())
        .filter(verifications::Column::StartedAt.lte(millis(run.started_at)))
        .filter(verifications::Column::Id.ne(id.0))
        .order_by_desc(verifications::Column::StartedAt)
        .one(&**tx)
        .await?;
    let open = findings::Entity::find()
        .filter(findings::Column::CompanyId.eq(company.0))
        .filter(findings::Column::HealedAt.is_null());
    let mut left = open.clone().filter(findings::Column::VerificationId.eq(id.0));
    if let Some(before) = before {
        let told = open.filter(findings::Column::VerificationId.eq(before.id));
        let told = told.select_only().column(findings::Column::Uid).into_query();
        left = left.filter(findings::Column::Uid.not_in_subquery(told));
    }
    let left = left.count(&**tx).await?;
    if left == 0 {
        return Ok(());
    }
    let count = u32::try_from(left).unwrap_or(u32::MAX);
    let differs =
        Occurrence { what: What::Differences, subject: notify::Subject::Verification(id), at: now, count };
    occurred(tx, company, differs).await
}
