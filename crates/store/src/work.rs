//! Lanes and what is to be done in them: leases with fencing tokens, and the dirty set.
//!
//! A connection's lane is held by one worker at a time. Every taking-over counts the token up, and a
//! write that carries an old token is refused ([`Error::Fenced`]). Which lanes of all companies can be
//! taken is found in `across_companies/lanes.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::booking::Role;
use domain::case::{Due, Priority};
use domain::planted::{self, Bug};
use domain::{AppointmentId, BookingUid, CompanyId, ConnectionId, CustomerId, ServiceId};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JsonValue, QueryFilter, QuerySelect, Set,
    Statement, Value,
};

use crate::columns::{first, instant, millis, padded, parsed, parts, places};
use crate::company::connections::accounts_of;
use crate::entities::{appointments, bookings, dirty, lanes};
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store};

/// The right to work in a lane, until `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Whose account.
    pub company: CompanyId,
    /// The account.
    pub connection: ConnectionId,
    /// The worker.
    pub owner: String,
    /// Grows with every taking-over; fences what earlier holders still try to write.
    pub token: i64,
    /// When it ends unless it is renewed.
    pub until: Timestamp,
}

/// What a work item is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An appointment that is known here.
    Appointment(AppointmentId),
    /// A booking that is perhaps not.
    Booking(BookingUid),
    /// A service and its event types.
    Service(ServiceId),
    /// All event types of the account.
    EventTypes,
    /// All bookings of the account: a run of verification goes on.
    Bookings,
    /// What has changed of the account's bookings since it was last asked for.
    Changes,
    /// What is old of the company goes.
    Retention,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// About what.
    pub subject: Subject,
    /// Before what else.
    pub priority: Priority,
    /// Since when.
    pub due_at: Timestamp,
    /// Counts the marks; clearing with an old version clears nothing.
    pub version: i64,
    /// How many times in a row an error of our own has kept it from being done.
    pub failures: u64,
}

impl Work {
    /// Work that has failed so often in a row will not heal by itself: whoever runs the installation is told.
    pub const FAILING: u64 = 3;
}

impl Subject {
    /// What recurs: it is always on the list.
    pub(crate) const RECURRING: [Self; 4] =
        [Self::EventTypes, Self::Bookings, Self::Changes, Self::Retention];

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Appointment(_) => "appointment",
            Self::Booking(_) => "booking",
            Self::Service(_) => "service",
            Self::EventTypes => "event_types",
            Self::Bookings => "bookings",
            Self::Changes => "changes",
            Self::Retention => "retention",
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Appointment(id) => id.to_string(),
            Self::Booking(uid) => uid.0.clone(),
            Self::Service(id) => id.to_string(),
            Self::EventTypes | Self::Bookings | Self::Changes | Self::Retention => String::new(),
        }
    }

    fn read(kind: &str, name: &str) -> Result<Self> {
        match kind {
            "appointment" => Ok(Self::Appointment(parsed("dirty.subject", name)?)),
            "booking" => Ok(Self::Booking(BookingUid(name.to_owned()))),
            "service" => Ok(Self::Service(parsed("dirty.subject", name)?)),
            "event_types" => Ok(Self::EventTypes),
            "bookings" => Ok(Self::Bookings),
            "changes" => Ok(Self::Changes),
            "retention" => Ok(Self::Retention),
            _ => Err(Error::Unreadable { column: "dirty.subject_kind", value: kind.to_owned() }),
        }
    }
}

/// For logs: without the name of a booking, by which anybody can read and cancel it at Cal.com.
impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Appointment(id) => id.fmt(f),
            Self::Service(id) => id.fmt(f),
            other => f.write_str(other.kind()),
        }
    }
}

const PRIORITIES: [Priority; 4] = [Priority::Caller, Priority::Change, Priority::Retry, Priority::Check];

impl TryFrom<dirty::Model> for Work {
    type Error = Error;

    fn try_from(row: dirty::Model) -> Result<Self> {
        let priority = PRIORITIES.into_iter().find(|priority| i64::from(*priority as u8) == row.priority);
        Ok(Self {
            subject: Subject::read(&row.subject_kind, &row.subject)?,
            priority: priority.ok_or_else(|| Error::Unreadable {
                column: "dirty.priority",
                value: row.priority.to_string(),
            })?,
            due_at: instant(row.due_at)?,
            version: row.version,
            failures: row.failures.unsigned_abs(),
        })
    }
}

impl Store {
    /// Prolongs a lease to `now + lease` and writes down the state of the request budget.
    ///
    /// # Errors
    /// [`Error::Fenced`] if another worker has taken the lane over.
    pub async fn renew_lane(
        &self,
        lease: &Lease,
        now: Timestamp,
        duration: Duration,
        budget: JsonValue,
    ) -> Result<Lease> {
        let lease = Lease { until: now + duration, ..lease.clone() };
        self.write(move |tx| {
            Box::pin(async move {
                let updated = held(&lease)
                    .col_expr(lanes::Column::LeaseUntilAt, millis(lease.until).into())
                    .col_expr(lanes::Column::Budget, budget.into())
                    .exec(&**tx)
                    .await?;
                if updated.rows_affected == 0 { Err(Error::Fenced) } else { Ok(lease) }
            })
        })
        .await
    }

    /// Gives a lane up; nobody takes it before `free_from`. Does nothing if another worker has taken it over.
    pub async fn release_lane(&self, lease: Lease, budget: JsonValue, free_from: Timestamp) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                held(&lease)
                    .col_expr(lanes::Column::Owner, Option::<String>::None.into())
                    .col_expr(lanes::Column::LeaseUntilAt, millis(free_from).into())
                    .col_expr(lanes::Column::Budget, budget.into())
                    .exec(&**tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// What is due in a lane: the most urgent first, then the longest due.
    pub async fn due_work(&self, lease: &Lease, now: Timestamp, limit: u64) -> Result<Vec<Work>> {
        // The limit is part of the text: SQLite plans a statement anew for each value that is bound to one.
        let sql = format!(
            "SELECT * FROM dirty WHERE company_id = $1 AND connection_id = $2 AND due_at <= $3 \
             ORDER BY priority, due_at, subject LIMIT {limit}"
        );
        let values = [lease.company.0.into(), lease.connection.0.into(), millis(now).into()];
        let backend = self.readers.get_database_backend();
        dirty::Entity::find()
            .from_raw_sql(Statement::from_sql_and_values(backend, sql, values))
            .all(&self.readers)
            .await?
            .into_iter()
            .map(Work::try_from)
            .collect()
    }

    /// What is to be done about `subject` in a lane, if it is due.
    pub async fn due(&self, lease: &Lease, subject: &Subject, now: Timestamp) -> Result<Option<Work>> {
        let found = dirty::Entity::find()
            .filter(item(lease.company, lease.connection, subject))
            .filter(dirty::Column::DueAt.lte(millis(now)));
        first(found, &self.readers).await?.map(Work::try_from).transpose()
    }

    /// Says that something may need work. A mark on what is marked keeps the earlier time and the higher
    /// urgency, and is not lost if the item is being worked on.
    pub async fn mark(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        subject: Subject,
        due: Due,
    ) -> Result<()> {
        self.write(move |tx| Box::pin(async move { mark(tx, company, connection, &subject, due).await }))
            .await
    }

    /// Whether anything is to be done about `subject` in any lane of a company, now or later.
    pub async fn is_marked_anywhere(&self, company: CompanyId, subject: &Subject) -> Result<bool> {
        let found = dirty::Entity::find()
            .filter(dirty::Column::CompanyId.eq(company.0))
            .filter(dirty::Column::ConnectionId.in_subquery(accounts_of(company)))
            .filter(dirty::Column::SubjectKind.eq(subject.kind()))
            .filter(dirty::Column::Subject.eq(subject.name()));
        Ok(first(found, &self.readers).await?.is_some())
    }

    /// Those of `appointments` that are on somebody's list.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn marked_anywhere(
        &self,
        company: CompanyId,
        appointments: &[AppointmentId],
    ) -> Result<BTreeSet<AppointmentId>> {
        let mut marked = BTreeSet::new();
        for part in appointments.chunks(250) {
            let names: Vec<_> = part.iter().map(|id| Subject::Appointment(*id).name()).collect();
            let rows: Vec<String> = dirty::Entity::find()
                .select_only()
                .column(dirty::Column::Subject)
                .filter(dirty::Column::CompanyId.eq(company.0))
                .filter(dirty::Column::ConnectionId.in_subquery(accounts_of(company)))
                .filter(dirty::Column::SubjectKind.eq(Subject::Appointment(part[0]).kind()))
                .filter(dirty::Column::Subject.is_in(padded(names)))
                .into_tuple()
                .all(&self.readers)
                .await?;
            for name in rows {
                marked.insert(parsed("dirty.subject", &name)?);
            }
        }
        Ok(marked)
    }

    /// Puts an item off until it is `due`, unless it was marked again after `version`.
    pub async fn postpone(&self, lease: &Lease, subject: Subject, version: i64, due: Due) -> Result<()> {
        let lease = lease.clone();
        self.write(move |tx| {
            Box::pin(async move {
                dirty::Entity::update_many()
                    .col_expr(dirty::Column::DueAt, millis(due.at).into())
                    .col_expr(dirty::Column::Priority, i64::from(due.priority as u8).into())
                    .filter(item(lease.company, lease.connection, &subject))
                    .filter(dirty::Column::Version.eq(version))
                    .exec(&**tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Puts an item off that an error of our own kept from being done, as [`Store::postpone`] does, and counts that.
    pub async fn failed(&self, lease: &Lease, work: &Work, due: Due) -> Result<()> {
        let (lease, subject, version) = (lease.clone(), work.subject.clone(), work.version);
        self.write(move |tx| {
            Box::pin(async move {
                dirty::Entity::update_many()
                    .col_expr(dirty::Column::DueAt, millis(due.at).into())
                    .col_expr(dirty::Column::Priority, i64::from(due.priority as u8).into())
                    .col_expr(dirty::Column::Failures, Expr::col(dirty::Column::Failures).add(1))
                    .filter(item(lease.company, lease.connection, &subject))
                    .filter(dirty::Column::Version.eq(version))
                    .exec(&**tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// What had failed was done.
    pub async fn recovered(&self, lease: &Lease, subject: Subject) -> Result<()> {
        let lease = lease.clone();
        self.write(move |tx| {
            Box::pin(async move {
                dirty::Entity::update_many()
                    .col_expr(dirty::Column::Failures, 0_i64.into())
                    .filter(item(lease.company, lease.connection, &subject))
                    .exec(&**tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// How many times in a row an error of our own has kept an appointment from being worked on, in whichever lane.
    pub async fn failures_of(&self, company: CompanyId, id: AppointmentId) -> Result<u64> {
        let subject = Subject::Appointment(id);
        let rows: Vec<i64> = dirty::Entity::find()
            .select_only()
            .column(dirty::Column::Failures)
            .filter(dirty::Column::CompanyId.eq(company.0))
            .filter(dirty::Column::ConnectionId.in_subquery(accounts_of(company)))
            .filter(dirty::Column::SubjectKind.eq(subject.kind()))
            .filter(dirty::Column::Subject.eq(subject.name()))
            .filter(dirty::Column::Failures.gt(0))
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().max().unwrap_or(0).unsigned_abs())
    }

    /// Takes an item off the list, unless it was marked again after `version`. Says whether it did.
    pub async fn clear_work(&self, lease: &Lease, subject: Subject, version: i64) -> Result<bool> {
        let lease = lease.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let deleted = dirty::Entity::delete_many()
                    .filter(item(lease.company, lease.connection, &subject))
                    .filter(dirty::Column::Version.eq(version))
                    .exec(&**tx)
                    .await?;
                Ok(deleted.rows_affected > 0)
            })
        })
        .await
    }
}

fn held(lease: &Lease) -> sea_orm::UpdateMany<lanes::Entity> {
    lanes::Entity::update_many()
        .filter(lanes::Column::CompanyId.eq(lease.company.0))
        .filter(lanes::Column::ConnectionId.eq(lease.connection.0))
        .filter(lanes::Column::Token.eq(lease.token))
        .filter(lanes::Column::Owner.eq(lease.owner.as_str()))
}

fn item(company: CompanyId, connection: ConnectionId, subject: &Subject) -> Condition {
    Condition::all()
        .add(dirty::Column::CompanyId.eq(company.0))
        .add(dirty::Column::ConnectionId.eq(connection.0))
        .add(dirty::Column::SubjectKind.eq(subject.kind()))
        .add(dirty::Column::Subject.eq(subject.name()))
}

/// Fails unless the lease is the lane's current one and not over. Keeps the lane from being taken over
/// until the transaction ends.
pub(crate) async fn check_fence(tx: &Tx, company: CompanyId, lease: &Lease, now: Timestamp) -> Result<()> {
    if lease.company != company {
        return Err(Error::Fenced);
    }
    if planted::is(Bug::NoFencing) {
        return Ok(());
    }
    let sql = format!(
        "SELECT 1 FROM lanes WHERE company_id = $1 AND connection_id = $2 AND token = $3 AND owner = $4 \
         AND lease_until_at > $5{}",
        tx.dialect.hold()
    );
    let values = [
        company.0.into(),
        lease.connection.0.into(),
        lease.token.into(),
        lease.owner.clone().into(),
        millis(now).into(),
    ];
    let row =
        tx.query_one_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    if row.is_some() { Ok(()) } else { Err(Error::Fenced) }
}

/// Leases that are held until the transaction ends.
pub(crate) struct Held {
    company: CompanyId,
    leases: Vec<(Uuid, i64)>,
}

impl Held {
    pub(crate) fn has(&self, lease: &Lease) -> bool {
        let known = self.leases.contains(&(lease.connection.0, lease.token));
        lease.company == self.company && (known || planted::is(Bug::NoFencing))
    }
}

/// Those of these leases that are the current ones of their lanes and not over. Keeps their lanes from being
/// taken over until the transaction ends.
pub(crate) async fn check_fences(
    tx: &Tx,
    company: CompanyId,
    leases: &[(&Lease, Timestamp)],
) -> Result<Held> {
    // Of changes in the same lane the latest counts.
    let mut latest: BTreeMap<(Uuid, i64, &str), Timestamp> = BTreeMap::new();
    for (lease, now) in leases.iter().filter(|(lease, _)| lease.company == company) {
        let at = latest.entry((lease.connection.0, lease.token, &lease.owner)).or_insert(*now);
        *at = (*now).max(*at);
    }
    let mut values: Vec<Value> = vec![company.0.into()];
    let mut conditions = Vec::new();
    for ((connection, token, owner), now) in padded(latest.into_iter().collect()) {
        let first = values.len() + 1;
        conditions.push(format!(
            "(connection_id = ${first} AND token = ${} AND owner = ${} AND lease_until_at > ${})",
            first + 1,
            first + 2,
            first + 3
        ));
        values.extend([connection.into(), token.into(), owner.into(), millis(now).into()]);
    }
    let mut held = Held { company, leases: Vec::new() };
    if !conditions.is_empty() {
        let sql = format!(
            "SELECT connection_id, token FROM lanes WHERE company_id = $1 AND ({}) ORDER BY connection_id{}",
            conditions.join(" OR "),
            tx.dialect.hold()
        );
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        for row in tx.query_all_raw(statement).await? {
            held.leases.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        }
    }
    Ok(held)
}

/// Adds a mark: the earlier time and the higher urgency count.
pub(crate) async fn mark(
    tx: &Tx,
    company: CompanyId,
    connection: ConnectionId,
    subject: &Subject,
    due: Due,
) -> Result<()> {
    upsert(
        tx,
        company,
        &[(connection, subject.clone(), due)],
        "due_at = CASE WHEN excluded.due_at < dirty.due_at THEN excluded.due_at ELSE dirty.due_at END, \
         priority = CASE WHEN excluded.priority < dirty.priority THEN excluded.priority \
         ELSE dirty.priority END, version = dirty.version + 1",
    )
    .await
}

/// Sets when subjects are due, as their cases say.
pub(crate) async fn schedule(
    tx: &Tx,
    company: CompanyId,
    due: Vec<(ConnectionId, Subject, Due)>,
) -> Result<()> {
    for part in parts(due) {
        upsert(
            tx,
            company,
            &part,
            if planted::is(Bug::DueTimeLost) {
                "priority = excluded.priority"
            } else {
                "due_at = excluded.due_at, priority = excluded.priority, version = dirty.version + 1"
            },
        )
        .await?;
    }
    Ok(())
}

async fn upsert(
    tx: &Tx,
    company: CompanyId,
    due: &[(ConnectionId, Subject, Due)],
    on_conflict: &str,
) -> Result<()> {
    let mut values = Vec::new();
    let rows = due.iter().map(|(connection, subject, due)| {
        [
            company.0.into(),
            connection.0.into(),
            subject.kind().into(),
            subject.name().into(),
            i64::from(due.priority as u8).into(),
            millis(due.at).into(),
            1_i64.into(),
        ]
    });
    let places = places(rows, &mut values);
    let sql = format!(
        "INSERT INTO dirty (company_id, connection_id, subject_kind, subject, priority, due_at, version) \
         VALUES {places} \
         ON CONFLICT (company_id, connection_id, subject_kind, subject) DO UPDATE SET {on_conflict}"
    );
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Takes subjects off the lists of connections.
pub(crate) async fn forget(tx: &Tx, company: CompanyId, idle: Vec<(ConnectionId, Subject)>) -> Result<()> {
    let mut lanes: BTreeMap<(ConnectionId, &str), Vec<String>> = BTreeMap::new();
    for (lane, subject) in &idle {
        lanes.entry((*lane, subject.kind())).or_default().push(subject.name());
    }
    for ((lane, kind), subjects) in lanes {
        dirty::Entity::delete_many()
            .filter(dirty::Column::CompanyId.eq(company.0))
            .filter(dirty::Column::ConnectionId.eq(lane.0))
            .filter(dirty::Column::SubjectKind.eq(kind))
            .filter(dirty::Column::Subject.is_in(padded(subjects)))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}

/// What is known of a customer has changed: marks the other appointments that are to come and have bookings.
pub(crate) async fn mark_all_of(
    tx: &Tx,
    company: CompanyId,
    customer: CustomerId,
    but: Option<AppointmentId>,
    now: Timestamp,
) -> Result<()> {
    let coming = Query::select()
        .column(appointments::Column::Id)
        .from(appointments::Entity)
        .and_where(appointments::Column::CompanyId.eq(company.0))
        .and_where(appointments::Column::CustomerId.eq(customer.0))
        .and_where(appointments::Column::EndsAt.gt(millis(now)))
        .take();
    let booked: Vec<(Uuid, Uuid)> = bookings::Entity::find()
        .select_only()
        .columns([bookings::Column::AppointmentId, bookings::Column::ConnectionId])
        .filter(bookings::Column::CompanyId.eq(company.0))
        .filter(bookings::Column::AppointmentId.in_subquery(coming))
        .filter(bookings::Column::Role.ne(Role::Gone.as_str()))
        .distinct()
        .into_tuple()
        .all(&**tx)
        .await?;
    let due = Due { at: now, priority: Priority::Change };
    for (id, connection) in booked {
        let id = AppointmentId(id);
        if but != Some(id) {
            mark(tx, company, ConnectionId(connection), &Subject::Appointment(id), due).await?;
        }
    }
    Ok(())
}

pub(crate) fn new_lane(company: CompanyId, connection: ConnectionId) -> lanes::ActiveModel {
    lanes::ActiveModel {
        company_id: Set(company.0),
        connection_id: Set(connection.0),
        owner: Set(None),
        token: Set(0),
        lease_until_at: Set(0),
        budget: Set(JsonValue::Null),
    }
}
