//! What may have to come before a call.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::{AppointmentId, CompanyId, ConnectionId, ServiceId, Slot, SyncStatus};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value};

use crate::columns::{millis, padded, parsed, places};
use crate::entities::dirty;
use crate::gather::{Asked, OfCompany};
use crate::{Dialect, Error, Lease, Result, Store, Subject};

/// Milliseconds of the longest booking that Cal.com makes (1440 minutes), and as much again.
pub(crate) const LONGEST_BOOKING: i64 = 2 * 24 * 60 * 60 * 1000;
/// Those who ask side by side on PostgreSQL.
const READERS: usize = 2;

/// A call that is about to be made.
#[derive(Clone)]
pub(crate) struct Ahead {
    company: CompanyId,
    connection: ConnectionId,
    /// For whom.
    of: AppointmentId,
    /// The time that it takes up.
    slot: Slot,
    /// What it makes a booking of.
    service: Option<ServiceId>,
}

impl OfCompany for Ahead {
    fn company(&self) -> CompanyId {
        self.company
    }
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead").field("of", &self.of).finish_non_exhaustive()
    }
}

impl Store {
    /// What is unfinished and may have to come before a call for an appointment that takes up `slot` in a lane: other
    /// appointments whose bookings, as last seen, take up time of this account in it, for they may be about to give it
    /// up; and the service that a booking is made of, if anything is to be done about it there, now or later. What is
    /// asked for at the same time is looked for together.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if the database does not answer.
    pub async fn may_come_first(
        &self,
        lease: &Lease,
        of: AppointmentId,
        slot: Slot,
        service: Option<ServiceId>,
    ) -> Result<Vec<Subject>> {
        let call = Ahead { company: lease.company, connection: lease.connection, of, slot, service };
        let side_by_side = if self.dialect == Dialect::Postgres { READERS } else { 1 };
        let store = self.clone();
        let look = move |together| {
            let store = store.clone();
            async move { store.look_ahead(together).await }
        };
        self.calls_ahead.ask(call, side_by_side, look).await
    }

    async fn look_ahead(&self, together: Vec<Asked<Ahead, Vec<Subject>>>) {
        let mut companies: BTreeMap<CompanyId, (Vec<_>, Vec<_>)> = BTreeMap::new();
        for (call, reply) in together {
            let (calls, replies) = companies.entry(call.company).or_default();
            calls.push(call);
            replies.push(reply);
        }
        for (company, (calls, replies)) in companies {
            let found = first_of(&self.readers, company, &calls).await.unwrap_or_else(|error| {
                tracing::error!(%error, calls = calls.len(), "what comes before calls cannot be looked for");
                Vec::new()
            });
            let mut found = found.into_iter();
            for reply in replies {
                // Whoever does not wait any more needs no answer.
                let _ = reply.send(found.next().ok_or(Error::Interrupted));
            }
        }
    }
}

/// What may come first, of each call.
async fn first_of(
    db: &impl ConnectionTrait,
    company: CompanyId,
    calls: &[Ahead],
) -> Result<Vec<Vec<Subject>>> {
    let in_the_way = in_the_way(db, company, calls).await?;
    let marked = marked_services(db, company, calls).await?;
    let first = |(number, call): (i64, &Ahead)| {
        let others = in_the_way.iter().filter(|(of, _)| *of == number);
        let service = call.service.filter(|service| marked.contains(&(call.connection, *service)));
        others.map(|(_, other)| Subject::Appointment(*other)).chain(service.map(Subject::Service)).collect()
    };
    Ok((0..).zip(calls).map(first).collect())
}

/// The appointments that are in the way, each with the number of the call. Mostly there are none.
async fn in_the_way(
    db: &impl ConnectionTrait,
    company: CompanyId,
    calls: &[Ahead],
) -> Result<Vec<(i64, AppointmentId)>> {
    let numbered: Vec<_> = (0_i64..).zip(calls).collect();
    let mut values: Vec<Value> = vec![company.0.into()];
    let rows = padded(numbered.clone()).into_iter().map(|(number, call)| {
        let (start, end) = (millis(call.slot.start), millis(call.slot.end));
        [number.into(), call.of.0.into(), call.connection.0.into(), start.into(), end.into()]
    });
    let sql = taken(&places(rows, &mut values));
    let found =
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let taken: BTreeSet<i64> = found.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    let mut in_the_way = Vec::new();
    for (number, call) in numbered.into_iter().filter(|(number, _)| taken.contains(number)) {
        let values = [company.0, call.of.0, call.connection.0].map(Value::from);
        let slot = [call.slot.start, call.slot.end].map(|at| millis(at).into());
        let sql = format!("SELECT b.appointment_id FROM {}", standing(["$2", "$3", "$4", "$5"]));
        let statement =
            Statement::from_sql_and_values(db.get_database_backend(), sql, values.into_iter().chain(slot));
        for row in db.query_all_raw(statement).await? {
            in_the_way.push((number, AppointmentId(row.try_get_by_index(0)?)));
        }
    }
    Ok(in_the_way)
}

/// Which calls want a time in which another appointment stands. Each is looked for by itself, at its own time: what
/// could be joined both databases would rather read from end to end.
fn taken(places: &str) -> String {
    let standing = standing(["w.column2", "w.column3", "w.column4", "w.column5"]);
    format!(
        "SELECT w.column1 FROM (VALUES {places}) AS w WHERE (SELECT 1 FROM {standing} LIMIT 1) IS NOT NULL"
    )
}

/// The unfinished appointments, but for one, that stand at an account in a time. No booking is longer than a day: all
/// that is to come need not be looked through.
fn standing([of, connection, start, end]: [&str; 4]) -> String {
    format!(
        "bookings b JOIN appointments a ON a.company_id = b.company_id AND a.id = b.appointment_id \
         WHERE b.company_id = $1 AND b.appointment_id <> {of} AND b.connection_id = {connection} \
         AND b.held_to > {start} AND b.held_to < {end} + {LONGEST_BOOKING} AND b.held_from < {end} \
         AND a.sync = '{}'",
        SyncStatus::Pending.as_str()
    )
}

/// Those of the services that something is to be done about, and where.
async fn marked_services(
    db: &impl ConnectionTrait,
    company: CompanyId,
    calls: &[Ahead],
) -> Result<BTreeSet<(ConnectionId, ServiceId)>> {
    let services: BTreeSet<_> = calls.iter().filter_map(|call| call.service).collect();
    let Some(kind) = services.first().map(|service| Subject::Service(*service).kind()) else {
        return Ok(BTreeSet::new());
    };
    let lanes: BTreeSet<_> = calls.iter().map(|call| call.connection.0).collect();
    let names = services.into_iter().map(|service| Subject::Service(service).name()).collect();
    let rows: Vec<(Uuid, String)> = dirty::Entity::find()
        .select_only()
        .columns([dirty::Column::ConnectionId, dirty::Column::Subject])
        .filter(dirty::Column::CompanyId.eq(company.0))
        .filter(dirty::Column::ConnectionId.is_in(padded(lanes.into_iter().collect())))
        .filter(dirty::Column::SubjectKind.eq(kind))
        .filter(dirty::Column::Subject.is_in(padded(names)))
        .into_tuple()
        .all(db)
        .await?;
    let mark =
        |(connection, name): (Uuid, String)| Ok((ConnectionId(connection), parsed("dirty.subject", &name)?));
    rows.into_iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_in_the_way_is_found_among_what_is_booked_then() {
        for calls in [1, 2, 64] {
            let mut values = vec![Value::from(1_i64)];
            let places = places(vec![[0_i64; 5].map(Value::from); calls], &mut values);
            let plan = crate::in_memory::plan(&taken(&places), values).await;
            let looks: Vec<_> = plan.iter().filter(|step| step.starts_with("SEARCH")).collect();
            let narrow = ["held_to>? AND held_to<?", "(company_id=? AND id=?)"];
            assert_eq!(looks.len(), narrow.len(), "{plan:?}");
            assert!(looks.iter().zip(narrow).all(|(look, narrow)| look.contains(narrow)), "{plan:?}");
            assert!(
                !plan.iter().any(|step| step.starts_with("SCAN b") || step.starts_with("SCAN a")),
                "{plan:?}"
            );
        }
    }
}
