//! What had changed at Cal.com and was found by asking, not told by a webhook; and what looking at the findings of a run
//! costs.

use domain::{BookingUid, CompanyId};
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, Statement};

use crate::columns::{millis, text};
use crate::entities::detections;
use crate::{Result, Store, Subject};

impl Store {
    /// Writes down changes with Cal.com's times of them (`updatedAt`) that were found at `now`. One that was found before
    /// stays found then. Returns those that are new.
    pub async fn detected(
        &self,
        company: CompanyId,
        changes: Vec<(BookingUid, Timestamp)>,
        now: Timestamp,
    ) -> Result<Vec<(BookingUid, Timestamp)>> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        self.write(move |tx| {
            Box::pin(async move {
                let mut new = Vec::new();
                for (uid, changed_at) in changes {
                    let row = detections::Model {
                        company_id: company.0,
                        uid: text(&uid.0),
                        changed_at: millis(changed_at),
                        found_at: millis(now),
                    };
                    let inserted = detections::Entity::insert(row.into_active_model())
                        .on_conflict_do_nothing_on([
                            detections::Column::CompanyId,
                            detections::Column::Uid,
                            detections::Column::ChangedAt,
                        ])
                        .exec_without_returning(&**tx)
                        .await?;
                    if matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)) {
                        new.push((uid, changed_at));
                    }
                }
                Ok(new)
            })
        })
        .await
    }

    /// Counts requests that were sent for a piece of work towards the runs that are under way and found what it is about.
    pub async fn reread(&self, company: CompanyId, subject: &Subject, requests: u64) -> Result<()> {
        let (column, about) = match subject {
            Subject::Appointment(id) => ("appointment_id", id.0.into()),
            Subject::Booking(uid) => ("uid", text(&uid.0).into()),
            _ => return Ok(()),
        };
        let requests = i64::try_from(requests).unwrap_or(i64::MAX);
        let sql = format!(
            "UPDATE verifications SET rereads = rereads + $3 WHERE company_id = $1 AND finished_at IS NULL \
             AND EXISTS (SELECT 1 FROM findings f WHERE f.company_id = verifications.company_id \
             AND f.verification_id = verifications.id AND f.{column} = $2)"
        );
        let values: Vec<sea_orm::Value> = vec![company.0.into(), about, requests.into()];
        self.write(move |tx| {
            Box::pin(async move {
                let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
                tx.execute_raw(statement).await?;
                Ok(())
            })
        })
        .await
    }
}
