//! What is old goes, in small steps: each class has an age of its own, and what is open stays, however old it is.

use domain::CompanyId;
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Builder;

use crate::columns::millis;
use crate::{Result, Store};

/// Before which instant what is kept of each class goes; `None` keeps all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Bodies of webhooks that were processed or refused.
    pub bodies: Option<Timestamp>,
    /// Webhooks, calls to Cal.com of appointments that are over, the traffic of services, and verifications.
    pub logs: Option<Timestamp>,
    /// The histories of appointments that were over by then.
    pub timelines: Option<Timestamp>,
    /// What was asked for once and must not happen twice.
    pub keys: Option<Timestamp>,
    /// What was said in phone calls, word by word and in short.
    pub transcripts: Option<Timestamp>,
    /// Phone calls: that they were, and what came of them.
    pub calls: Option<Timestamp>,
    /// What people were told, and of what.
    pub messages: Option<Timestamp>,
    /// Questions to people that were closed, with what people did about them.
    pub reviews: Option<Timestamp>,
    /// Sessions that have ended.
    pub sessions: Option<Timestamp>,
}

/// An appointment that nothing is open about, and that was over before `$2`.
const OVER: &str = "EXISTS (SELECT 1 FROM appointments a WHERE a.company_id = x.company_id \
    AND a.id = x.appointment_id AND a.ends_at < $2 AND a.sync IN ('synced', 'not_connected')) \
    AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.company_id = x.company_id \
    AND r.appointment_id = x.appointment_id AND r.closed_at IS NULL)";

/// A run that has come to its end and is neither the last of its account, nor the last that the schedule wanted: the
/// next one is reckoned from that. What it found and was not healed was found again by a later one.
const OUTDATED: &str = "x.finished_at IS NOT NULL AND x.started_at < $2 \
    AND EXISTS (SELECT 1 FROM verifications v WHERE v.company_id = x.company_id \
    AND v.connection_id = x.connection_id AND v.started_at > x.started_at \
    AND v.finished_at IS NOT NULL AND NOT v.check_only) \
    AND (NOT x.scheduled OR EXISTS (SELECT 1 FROM verifications v WHERE v.company_id = x.company_id \
    AND v.connection_id = x.connection_id AND v.started_at > x.started_at AND v.scheduled))";

impl Store {
    /// One step: of each class at most `limit` rows, each class in a transaction of its own. Returns the classes of
    /// which any went, with how many rows; where it were `limit`, there may be more.
    pub async fn trim(
        &self,
        company: CompanyId,
        cuts: &Cuts,
        limit: u64,
    ) -> Result<Vec<(&'static str, u64)>> {
        let mut gone = Vec::new();
        for (class, cut, statements) in classes(cuts, limit) {
            let Some(cut) = cut else { continue };
            let rows = self
                .write(move |tx| {
                    Box::pin(async move {
                        let backend = tx.get_database_backend();
                        let mut rows = 0;
                        for statement in statements {
                            let mut values = vec![company.0.into(), millis(cut).into()];
                            if statement.contains("$3") {
                                values.push(first_id(cut).into());
                            }
                            let statement = Statement::from_sql_and_values(backend, statement, values);
                            rows = tx.execute_raw(statement).await?.rows_affected().max(rows);
                        }
                        Ok(rows)
                    })
                })
                .await?;
            if rows > 0 {
                gone.push((class, rows));
            }
        }
        Ok(gone)
    }
}

/// The first id that was drawn at an instant: ids begin with their time.
pub(crate) fn first_id(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// What is to be done of each class: `$1` is the company, `$2` the cut, `$3` the first id of that instant.
fn classes(cuts: &Cuts, limit: u64) -> Vec<(&'static str, Option<Timestamp>, Vec<String>)> {
    let bodies = format!(
        "UPDATE deliveries SET body = '' WHERE company_id = $1 AND id IN (SELECT id FROM deliveries \
         WHERE company_id = $1 AND body <> '' AND received_at < $2 AND processed_at IS NOT NULL \
         ORDER BY received_at LIMIT {limit})"
    );
    // Who has read a body is to be known for ever, and with it what else was done with that webhook.
    let replays = format!(
        "DELETE FROM delivery_entries WHERE (company_id, delivery_id, seq) IN \
         (SELECT company_id, delivery_id, seq FROM delivery_entries x WHERE company_id = $1 AND at < $2 \
         AND what ->> 'kind' = 'replayed' AND NOT EXISTS (SELECT 1 FROM delivery_entries e \
         WHERE e.company_id = x.company_id AND e.delivery_id = x.delivery_id \
         AND e.what ->> 'kind' = 'revealed') LIMIT {limit})"
    );
    let deliveries = format!(
        "DELETE FROM deliveries WHERE company_id = $1 AND id IN (SELECT id FROM deliveries x \
         WHERE company_id = $1 AND id < $3 AND received_at < $2 AND processed_at IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM delivery_entries e \
         WHERE e.company_id = x.company_id AND e.delivery_id = x.id) ORDER BY id LIMIT {limit})"
    );
    let detections = format!(
        "DELETE FROM detections WHERE (company_id, uid, changed_at) IN \
         (SELECT company_id, uid, changed_at FROM detections WHERE company_id = $1 AND found_at < $2 \
         ORDER BY found_at LIMIT {limit})"
    );
    let attempts = format!(
        "DELETE FROM attempts WHERE company_id = $1 AND id IN (SELECT id FROM attempts x \
         WHERE company_id = $1 AND id < $3 AND started_at < $2 AND outcome IS NOT NULL AND {OVER} \
         ORDER BY id LIMIT {limit})"
    );
    let traffic = format!(
        "DELETE FROM service_entries WHERE (company_id, service_id, seq) IN \
         (SELECT company_id, service_id, seq FROM service_entries WHERE company_id = $1 AND at < $2 \
         AND what ->> 'kind' IN ('called', 'sent') ORDER BY at LIMIT {limit})"
    );
    let outdated = format!("SELECT id FROM verifications x WHERE company_id = $1 AND {OUTDATED}");
    let findings = format!(
        "DELETE FROM findings WHERE (company_id, verification_id, uid) IN \
         (SELECT company_id, verification_id, uid FROM findings WHERE company_id = $1 \
         AND verification_id IN ({outdated}) LIMIT {limit})"
    );
    let runs = format!(
        "DELETE FROM verifications WHERE company_id = $1 AND id IN ({outdated} \
         AND NOT EXISTS (SELECT 1 FROM findings f \
         WHERE f.company_id = x.company_id AND f.verification_id = x.id) LIMIT {limit})"
    );
    let entries = format!(
        "DELETE FROM entries WHERE (company_id, appointment_id, seq) IN \
         (SELECT company_id, appointment_id, seq FROM entries x WHERE company_id = $1 AND at < $2 AND {OVER} \
         ORDER BY at LIMIT {limit})"
    );
    let keys = format!(
        "DELETE FROM dedupes WHERE (company_id, scope, key) IN (SELECT company_id, scope, key FROM dedupes \
         WHERE company_id = $1 AND created_at < $2 ORDER BY created_at LIMIT {limit})"
    );
    let transcripts = format!(
        "UPDATE calls SET transcript = '', summary = NULL WHERE company_id = $1 AND call_id IN \
         (SELECT call_id FROM calls WHERE company_id = $1 AND (transcript <> '' OR summary IS NOT NULL) \
         AND started_at < $2 ORDER BY started_at LIMIT {limit})"
    );
    let handles = format!(
        "DELETE FROM handles WHERE (company_id, holder, name) IN (SELECT company_id, holder, name FROM handles \
         WHERE company_id = $1 AND made_at < $2 ORDER BY made_at LIMIT {limit})"
    );
    let proofs = format!(
        "DELETE FROM proofs WHERE company_id = $1 AND id IN (SELECT id FROM proofs \
         WHERE company_id = $1 AND at < $2 ORDER BY id LIMIT {limit})"
    );
    let ended = format!(
        "SELECT call_id FROM calls WHERE company_id = $1 AND started_at < $2 AND updated_at < $2 \
         ORDER BY started_at LIMIT {limit}"
    );
    let functions = format!("DELETE FROM call_functions WHERE company_id = $1 AND call_id IN ({ended})");
    let events = format!("DELETE FROM call_events WHERE company_id = $1 AND call_id IN ({ended})");
    let calls = format!("DELETE FROM calls WHERE company_id = $1 AND call_id IN ({ended})");
    // One that is to be sent still is kept, however long it was tried.
    let messages = format!(
        "DELETE FROM messages WHERE company_id = $1 AND number IN (SELECT number FROM messages \
         WHERE company_id = $1 AND changed_at < $2 AND due_at IS NULL ORDER BY number LIMIT {limit})"
    );
    // As long as this is known nobody is told of the same once more.
    let occurrences = format!(
        "DELETE FROM occurrences WHERE (company_id, what, subject, happened_at) IN \
         (SELECT company_id, what, subject, happened_at FROM occurrences \
         WHERE company_id = $1 AND told_at < $2 LIMIT {limit})"
    );
    let closed = "SELECT id FROM reviews x WHERE company_id = $1 AND closed_at < $2";
    let deeds = format!(
        "DELETE FROM review_entries WHERE (company_id, review_id, seq) IN \
         (SELECT company_id, review_id, seq FROM review_entries WHERE company_id = $1 \
         AND review_id IN ({closed}) LIMIT {limit})"
    );
    let reviews = format!(
        "DELETE FROM reviews WHERE company_id = $1 AND id IN ({closed} AND NOT EXISTS \
         (SELECT 1 FROM review_entries e WHERE e.company_id = x.company_id AND e.review_id = x.id) \
         ORDER BY closed_at LIMIT {limit})"
    );
    let sessions = format!(
        "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions \
         WHERE company_id = $1 AND expires_at < $2 LIMIT {limit})"
    );
    vec![
        ("bodies", cuts.bodies, vec![bodies]),
        ("webhooks", cuts.logs, vec![replays, deliveries]),
        ("detections", cuts.logs, vec![detections]),
        ("attempts", cuts.logs, vec![attempts]),
        ("service_traffic", cuts.logs, vec![traffic]),
        ("verifications", cuts.logs, vec![findings, runs]),
        ("timelines", cuts.timelines, vec![entries]),
        ("keys", cuts.keys, vec![keys]),
        ("transcripts", cuts.transcripts, vec![transcripts]),
        ("names", cuts.keys, vec![handles]),
        ("doubts", cuts.keys, vec![proofs]),
        ("calls", cuts.calls, vec![functions, events, calls]),
        ("messages", cuts.messages, vec![occurrences, messages]),
        ("reviews", cuts.reviews, vec![deeds, reviews]),
        ("sessions", cuts.sessions, vec![sessions]),
    ]
}
