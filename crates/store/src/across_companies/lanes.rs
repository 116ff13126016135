//! Which lanes of all companies can be worked in, taking them, and when to look again.

use std::time::Duration;

use domain::case::Due;
use domain::planted::{self, Bug};
use domain::{CompanyId, ConnectionId};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, JsonValue, QueryFilter, Set,
    Statement,
};

use crate::columns::{first, instant, millis};
use crate::entities::lanes;
use crate::inbox::WAITING;
use crate::{Lease, Result, Store, Subject};

#[derive(FromQueryResult)]
struct Claimable {
    company_id: Uuid,
    connection_id: Uuid,
}

#[derive(FromQueryResult)]
struct Earliest {
    due_at: Option<i64>,
}

impl Store {
    /// Takes up to `max` lanes in which something is due, that are free or whose lease is over, of
    /// connections that are active; the ones served least lately first. With each comes the state of its
    /// request budget, as its last holder left it (null at first).
    pub async fn claim_lanes(
        &self,
        owner: &str,
        now: Timestamp,
        lease: Duration,
        max: u64,
    ) -> Result<Vec<(Lease, JsonValue)>> {
        let owner = owner.to_owned();
        let until = now + lease;
        self.write(move |tx| {
            Box::pin(async move {
                let sql = claimable(max, &tx.dialect.claim("l"));
                let statement =
                    Statement::from_sql_and_values(tx.get_database_backend(), sql, [millis(now).into()]);
                let mut leases = Vec::new();
                for found in Claimable::find_by_statement(statement).all(&**tx).await? {
                    let key = (found.company_id, found.connection_id);
                    let Some(lane) = first(lanes::Entity::find_by_id(key), &**tx).await? else { continue };
                    let (token, budget) = (lane.token + 1, lane.budget.clone());
                    let mut active = lane.into_active_model();
                    active.owner = Set(Some(owner.clone()));
                    active.token = Set(token);
                    active.lease_until_at = Set(millis(until));
                    lanes::Entity::update(active).exec_without_returning(&**tx).await?;
                    let (company, connection) =
                        (CompanyId(found.company_id), ConnectionId(found.connection_id));
                    leases.push((Lease { company, connection, owner: owner.clone(), token, until }, budget));
                }
                Ok(leases)
            })
        })
        .await
    }

    /// Puts something on the list of every account that does not have it there.
    pub async fn mark_everywhere(&self, subject: Subject, due: Due) -> Result<()> {
        let sql = "INSERT INTO dirty (company_id, connection_id, subject_kind, subject, due_at, priority, version) \
                   SELECT company_id, id, $1, $2, $3, $4, 1 FROM connections WHERE 1 = 1 \
                   ON CONFLICT (company_id, connection_id, subject_kind, subject) DO NOTHING";
        self.write(move |tx| {
            Box::pin(async move {
                let (kind, name) = (subject.kind(), subject.name());
                let values =
                    [kind.into(), name.into(), millis(due.at).into(), i64::from(due.priority as u8).into()];
                tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values))
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Gives up every lane that `owner` still holds: because it ends, or because it is known to be dead. The
    /// next holder's token is another one, so whatever `owner` may still try to write is refused. Returns how
    /// many lanes it were.
    pub async fn release_lanes_of(&self, owner: &str, now: Timestamp) -> Result<u64> {
        let owner = owner.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                let released = lanes::Entity::update_many()
                    .col_expr(lanes::Column::Owner, Option::<String>::None.into())
                    .col_expr(lanes::Column::LeaseUntilAt, millis(now).into())
                    .filter(lanes::Column::Owner.eq(owner))
                    .exec(&**tx)
                    .await?;
                Ok(released.rows_affected)
            })
        })
        .await
    }

    /// When [`Store::claim_lanes`] can find something next: the earliest due item or waiting delivery of an
    /// active connection, or the end of the lease that its lane is held under. `None`: nothing is planned.
    pub async fn next_due(&self) -> Result<Option<Timestamp>> {
        let sql = format!(
            "SELECT MIN(CASE WHEN l.lease_until_at > x.due_at \
             THEN l.lease_until_at ELSE x.due_at END) AS due_at FROM lanes l \
             JOIN connections c ON c.company_id = l.company_id AND c.id = l.connection_id \
             JOIN (SELECT company_id, connection_id, MIN(due_at) AS due_at FROM dirty \
             GROUP BY company_id, connection_id UNION ALL \
             SELECT company_id, connection_id, MIN(received_at) AS due_at FROM deliveries \
             WHERE {WAITING} GROUP BY company_id, connection_id) x \
             ON x.company_id = l.company_id AND x.connection_id = l.connection_id WHERE c.state = 'active'"
        );
        let statement = Statement::from_string(self.readers.get_database_backend(), sql);
        let earliest = Earliest::find_by_statement(statement).one(&self.readers).await?;
        earliest.and_then(|row| row.due_at).map(instant).transpose()
    }
}

/// The lanes in which something is due, `claimed` as the database does it.
fn claimable(max: u64, claimed: &str) -> String {
    format!(
        "SELECT l.company_id, l.connection_id FROM lanes l \
         JOIN connections c ON c.company_id = l.company_id AND c.id = l.connection_id \
         WHERE c.state = 'active' AND (l.lease_until_at <= $1{}) AND (\
         EXISTS (SELECT 1 FROM dirty d WHERE d.company_id = l.company_id \
         AND d.connection_id = l.connection_id AND d.due_at <= $1) OR \
         EXISTS (SELECT 1 FROM deliveries w WHERE w.company_id = l.company_id \
         AND w.connection_id = l.connection_id AND {WAITING})) \
         ORDER BY l.lease_until_at, l.connection_id LIMIT {max}{claimed}",
        if planted::is(Bug::LeaseIgnored) { " OR TRUE" } else { "" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_all_that_was_ever_done_only_what_is_due_is_read() {
        let plan = crate::in_memory::plan(&claimable(4, ""), [0_i64.into()]).await;
        for index in [
            "SEARCH d USING COVERING INDEX dirty_due (company_id=? AND connection_id=? AND due_at<?",
            "SEARCH w USING INDEX deliveries_waiting (company_id=? AND connection_id=?",
        ] {
            assert!(plan.iter().any(|step| step.starts_with(index)), "{plan:?}");
        }
    }
}
