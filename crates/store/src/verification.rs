//! Runs of verification: how far one has come, what is known of the bookings of its next page, what it found.

mod detected;
mod found;
pub(crate) mod outcome;
mod reports;

pub use found::FindingsOfClass;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::appointment::Actor;
use domain::booking::Role;
use domain::verify::{Class, Counts, Cursor, Known, Progress, Verdict, Window};
use domain::{
    AppointmentId, BookingRecord, BookingUid, CompanyId, ConnectionId, Field, SyncStatus, VerificationId,
};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::columns::{from_json, from_json_opt, instant, instant_opt, millis, padded, text, to_json};
use crate::company::connections::accounts_of;
use crate::entities::{appointments, booking_uids, bookings, findings, verifications};
use crate::precedence::LONGEST_BOOKING;
use crate::work::check_fence;
use crate::{Error, Lease, Result, Store};

/// A run.
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    /// Its id.
    pub id: VerificationId,
    /// The account.
    pub connection: ConnectionId,
    /// Who wanted it; the system, if it was due.
    pub actor: Actor,
    /// Nothing follows from what it finds.
    pub check_only: bool,
    /// What it is about.
    pub window: Window,
    /// Where it goes on; `None` once both sides were read to the end.
    pub cursor: Option<Cursor>,
    /// What it has said so far.
    pub counts: Counts,
    /// Requests with which what it found was looked at, beside its pages.
    pub rereads: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// Whether the schedule wanted it.
    pub scheduled: bool,
    /// When both sides were read to the end.
    pub read_at: Option<Timestamp>,
    /// When what was found had settled, too.
    pub finished_at: Option<Timestamp>,
}

/// A booking that was not as it was known.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Cal.com's name of it.
    pub uid: BookingUid,
    /// The appointment, where there is one.
    pub appointment: Option<AppointmentId>,
    /// The name of a [`Class`] that is a finding.
    pub class: String,
    /// In which it differs.
    pub fields: Vec<Field>,
    /// With which appointment it overlaps.
    pub other: Option<AppointmentId>,
    /// When.
    pub found_at: Timestamp,
    /// When both sides were seen to say the same again.
    pub healed_at: Option<Timestamp>,
}

impl Verification {
    /// Whether it proves that both sides are the same, if `open` of its findings have not healed: it has come to its end,
    /// nothing was left out, and nobody is asked anything about what was compared.
    pub fn is_proof(&self, open: u64) -> bool {
        let Counts { in_hand, unlisted, unreadable, questions, .. } = self.counts;
        self.finished_at.is_some() && [open, in_hand, unlisted, unreadable, questions] == [0; 5]
    }

    /// All requests that it cost.
    pub fn requests(&self) -> u64 {
        self.counts.pages + self.counts.besides + self.rereads
    }
}

impl TryFrom<verifications::Model> for Verification {
    type Error = Error;

    fn try_from(row: verifications::Model) -> Result<Self> {
        Ok(Self {
            id: VerificationId(row.id),
            connection: ConnectionId(row.connection_id),
            actor: from_json("verifications.actor", row.actor)?,
            check_only: row.check_only,
            window: from_json("verifications.starts", row.starts)?,
            cursor: from_json_opt("verifications.position", row.position)?,
            counts: from_json("verifications.counts", row.counts)?,
            rereads: row.rereads.unsigned_abs(),
            started_at: instant(row.started_at)?,
            scheduled: row.scheduled,
            read_at: instant_opt(row.read_at)?,
            finished_at: instant_opt(row.finished_at)?,
        })
    }
}

impl TryFrom<findings::Model> for Finding {
    type Error = Error;

    fn try_from(row: findings::Model) -> Result<Self> {
        Ok(Self {
            uid: BookingUid(row.uid),
            appointment: row.appointment_id.map(AppointmentId),
            class: row.class,
            fields: from_json("findings.fields", row.fields)?,
            other: row.other_id.map(AppointmentId),
            found_at: instant(row.found_at)?,
            healed_at: instant_opt(row.healed_at)?,
        })
    }
}

/// What is known of the bookings of a page: those that are known now, and the names of it that known ones went by
/// once.
#[derive(Debug, Default)]
pub struct KnownBookings {
    /// Known now.
    pub here: Vec<Known>,
    /// Went by that name once.
    pub earlier: BTreeSet<BookingUid>,
    /// Began before that time, and last into it.
    pub running: Vec<Known>,
}

impl Store {
    /// Writes a run down that is to begin.
    pub async fn begin_verification(&self, company: CompanyId, run: Verification) -> Result<()> {
        let row = verifications::Model {
            company_id: company.0,
            id: run.id.0,
            connection_id: run.connection.0,
            actor: to_json(&run.actor)?,
            check_only: run.check_only,
            starts: to_json(&run.window)?,
            position: run.cursor.as_ref().map(to_json).transpose()?,
            counts: to_json(&run.counts)?,
            started_at: millis(run.started_at),
            scheduled: run.scheduled,
            read_at: run.read_at.map(millis),
            finished_at: run.finished_at.map(millis),
            rereads: 0,
        };
        self.write(move |tx| {
            Box::pin(async move {
                verifications::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
                Ok(())
            })
        })
        .await
    }

    /// The run of an account that is to go on: the one that began first.
    pub async fn verification_under_way(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<Option<Verification>> {
        let rows = verifications::Entity::find()
            .filter(verifications::Column::CompanyId.eq(company.0))
            .filter(verifications::Column::ConnectionId.eq(connection.0))
            .filter(verifications::Column::FinishedAt.is_null())
            .order_by_asc(verifications::Column::StartedAt)
            .order_by_asc(verifications::Column::Id)
            .all(&self.readers)
            .await?;
        rows.into_iter().next().map(Verification::try_from).transpose()
    }

    /// When the last run of an account began that the schedule wanted.
    pub async fn last_scheduled_verification(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<Option<Timestamp>> {
        let last: Option<Option<i64>> = verifications::Entity::find()
            .select_only()
            .column_as(verifications::Column::StartedAt.max(), "last")
            .filter(verifications::Column::CompanyId.eq(company.0))
            .filter(verifications::Column::ConnectionId.eq(connection.0))
            .filter(verifications::Column::Scheduled.eq(true))
            .into_tuple()
            .one(&self.readers)
            .await?;
        instant_opt(last.flatten())
    }

    /// One run.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn verification(&self, company: CompanyId, id: VerificationId) -> Result<Verification> {
        let row = verifications::Entity::find_by_id((company.0, id.0)).one(&self.readers).await?;
        row.ok_or(Error::NotFound)?.try_into()
    }

    /// What a run found, in the order of the names at Cal.com.
    pub async fn findings(&self, company: CompanyId, id: VerificationId) -> Result<Vec<Finding>> {
        let rows = findings::Entity::find()
            .filter(findings::Column::CompanyId.eq(company.0))
            .filter(findings::Column::VerificationId.eq(id.0))
            .order_by_asc(findings::Column::Uid)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(Finding::try_from).collect()
    }

    /// What is known of the bookings of a company that were last seen to start from `whole_from` on and before `to`, or to last
    /// into that time, or that go, or went once, by one of `uids`; with what is being done about them at `now`.
    pub async fn known_bookings(
        &self,
        company: CompanyId,
        (whole_from, to): (Timestamp, Timestamp),
        uids: &[BookingUid],
        now: Timestamp,
    ) -> Result<KnownBookings> {
        let uids = padded(uids.iter().map(|uid| text(&uid.0)).collect());
        let accounts = accounts_of(company);
        let named = booking_uids::Entity::find()
            .filter(booking_uids::Column::CompanyId.eq(company.0))
            .filter(booking_uids::Column::ConnectionId.in_subquery(accounts.clone()))
            .filter(booking_uids::Column::Uid.is_in(uids))
            .all(&self.readers)
            .await?;
        let named_ids: BTreeSet<_> = named.iter().map(|row| row.appointment_id).collect();
        let (from, to) = (millis(whole_from), millis(to));
        // By their ends, which is what the index knows: no booking is longer than a day.
        let starts_there = Condition::all()
            .add(bookings::Column::HeldTo.gt(from))
            .add(bookings::Column::HeldTo.lt(to.saturating_add(LONGEST_BOOKING)))
            .add(bookings::Column::HeldFrom.lt(to));
        let of_company = bookings::Entity::find().filter(bookings::Column::CompanyId.eq(company.0));
        let of_accounts = of_company.clone().filter(bookings::Column::ConnectionId.in_subquery(accounts));
        let mut rows = of_accounts.filter(starts_there).all(&self.readers).await?;
        if !named_ids.is_empty() {
            rows.extend(
                of_company
                    .filter(
                        bookings::Column::AppointmentId.is_in(padded(named_ids.iter().copied().collect())),
                    )
                    .all(&self.readers)
                    .await?,
            );
        }
        let mut records: BTreeMap<(Uuid, i64), BookingRecord> = BTreeMap::new();
        for row in rows {
            records.insert((row.appointment_id, row.number), row.try_into()?);
        }
        let pending = self.pending_among(company, records.keys().map(|(id, _)| *id)).await?;
        let mut known = KnownBookings::default();
        for ((appointment, _), record) in records {
            let Some(uid) = record.uid.clone().filter(|_| record.role != Role::Gone) else { continue };
            let began = record.may_hold().is_some_and(|slot| slot.start < whole_from);
            let is_running = began && !named_ids.contains(&appointment);
            let known = if is_running { &mut known.running } else { &mut known.here };
            known.push(Known {
                appointment: AppointmentId(appointment),
                uid,
                progress: match pending.get(&appointment) {
                    _ if record.is_in_doubt(now) => Progress::InDoubt,
                    Some(true) => Progress::Waiting,
                    _ => Progress::AtRest,
                },
                seen: record.sighting().cloned(),
                home: record.event_type.connection,
                unlisted: false,
            });
        }
        let now: BTreeSet<_> = known.here.iter().map(|known| known.uid.clone()).collect();
        known.earlier =
            named.into_iter().map(|row| BookingUid(row.uid)).filter(|uid| !now.contains(uid)).collect();
        Ok(known)
    }

    async fn pending_among(
        &self,
        company: CompanyId,
        ids: impl Iterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, bool>> {
        let ids: BTreeSet<_> = ids.collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(Uuid, String)> = appointments::Entity::find()
            .select_only()
            .column(appointments::Column::Id)
            .column(appointments::Column::Sync)
            .filter(appointments::Column::CompanyId.eq(company.0))
            .filter(appointments::Column::Id.is_in(padded(ids.into_iter().collect())))
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(|(id, sync)| (id, sync == SyncStatus::Pending.as_str())).collect())
    }

    /// Writes down what a page brought. What was found before stays found.
    ///
    /// # Errors
    /// [`Error::Fenced`] if another worker has taken the lane over.
    pub async fn found(
        &self,
        lease: &Lease,
        id: VerificationId,
        verdicts: &[Verdict],
        now: Timestamp,
    ) -> Result<()> {
        let lease = lease.clone();
        let mut rows = Vec::new();
        for verdict in verdicts.iter().filter(|verdict| verdict.class.is_finding()) {
            let fields = if let Class::Differs(fields) = &verdict.class { fields.as_slice() } else { &[] };
            rows.push(findings::Model {
                company_id: lease.company.0,
                verification_id: id.0,
                uid: text(&verdict.uid.0),
                appointment_id: verdict.appointment.map(|id| id.0),
                class: verdict.class.as_str().to_owned(),
                fields: to_json(&fields)?,
                found_at: millis(now),
                healed_at: None,
                connection_id: verdict.event_type.map(|event_type| event_type.connection.0),
                starts_at: verdict.starts_at.map(millis),
                there: verdict.there.as_ref().map(to_json).transpose()?,
                other_id: verdict.class.other().map(|id| id.0),
            });
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.write(move |tx| {
            Box::pin(async move {
                check_fence(tx, lease.company, &lease, now).await?;
                for row in rows {
                    findings::Entity::insert(row.into_active_model())
                        .on_conflict_do_nothing_on([
                            findings::Column::CompanyId,
                            findings::Column::VerificationId,
                            findings::Column::Uid,
                        ])
                        .exec_without_returning(&**tx)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }
}
