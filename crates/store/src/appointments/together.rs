//! Changes that are asked for at the same time are made in one transaction: read together, decided one by one,
//! written together. What one change is refused for does not concern the others; what the database refuses is
//! tried again one by one; where it does not answer, all are told so.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use domain::{Appointment, AppointmentId, Case, CompanyId, ConnectionId};
use sea_orm::EntityTrait;

use super::attempts::AttemptWrite;
use super::book::claim_dedupe;
use super::case::{Loaded, Lock, load_all};
use super::write_back::{Before, How, Written, write_back};
use crate::columns::first;
use crate::entities::{appointments, booking_uids};
use crate::gather::{Asked, OfCompany};
use crate::unit_of_work::Tx;
use crate::{Abort, Change, Dialect, Error, Result, Store, work};

/// Transactions of changes that are open side by side on PostgreSQL.
const WRITERS: usize = 2;

/// Changes a case, and says what is to be written of calls.
pub(crate) type Decide = Arc<dyn Fn(&mut Case, &mut Vec<AttemptWrite>) -> Result<(), Abort> + Send + Sync>;

/// A change that somebody wants.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub company: CompanyId,
    pub id: AppointmentId,
    pub change: Change,
    pub decide: Decide,
    /// It is a fact from Cal.com that the overlap guard has refused.
    pub overlaps: bool,
}

impl OfCompany for Wanted {
    fn company(&self) -> CompanyId {
        self.company
    }
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wanted").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The appointment as it is now, and whether it was changed (not if the dedupe key was there before).
#[derive(Debug)]
pub(crate) struct Made {
    pub changed: bool,
    pub appointment: Appointment,
    /// The accounts whose lanes have work to do on it. `None` if other appointments were marked too.
    pub marked: Option<Vec<ConnectionId>>,
}

impl Made {
    fn of(written: Written) -> Self {
        let others = written.concerns_others();
        let marked = written.case.due.iter().map(|(lane, _)| *lane);
        let marked = (!others).then(|| marked.collect());
        Self { changed: true, appointment: written.case.appointment, marked }
    }
}

/// What became of a change in a transaction of several.
enum Outcome {
    Made(Result<Box<Made>>),
    /// It concerns others' appointments: it needs a transaction of its own.
    Alone,
}

impl Store {
    /// Makes a change, together with those that are asked for at the same time.
    pub(crate) async fn change(&self, wanted: Wanted) -> Result<Made> {
        let store = self.clone();
        let side_by_side = if self.dialect == Dialect::Postgres { WRITERS } else { 1 };
        let write = move |together| {
            let store = store.clone();
            async move { store.make_all(together).await }
        };
        self.changes.ask(wanted, side_by_side, write).await
    }

    async fn make_all(&self, mut left: Vec<Asked<Wanted, Made>>) {
        // One change of an appointment after the other.
        while !left.is_empty() {
            let mut seen = HashSet::new();
            let (now, later) =
                left.into_iter().partition(|(wanted, _)| seen.insert((wanted.company, wanted.id)));
            left = later;
            self.make(now).await;
        }
    }

    async fn make(&self, asked: Vec<Asked<Wanted, Made>>) {
        let (wanted, mut replies): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        if let ([_], Some(reply)) = (wanted.as_slice(), replies.pop_if(|_| wanted.len() == 1)) {
            let made = self.make_alone(wanted.into_iter().next()).await;
            // Whoever does not wait any more needs no answer.
            let _ = reply.send(made);
            return;
        }
        let together = {
            let wanted = wanted.clone();
            self.begin_to_write(move |tx| Box::pin(async move { several(tx, wanted).await })).await
        };
        let outcomes = together.unwrap_or_else(|error| {
            if error.is_outage() {
                tracing::error!(%error, changes = wanted.len(), "changes could not be made");
                return wanted.iter().map(|_| Outcome::Made(Err(Error::Interrupted))).collect();
            }
            wanted.iter().map(|_| Outcome::Alone).collect()
        });
        for ((outcome, wanted), reply) in outcomes.into_iter().zip(wanted).zip(replies) {
            let made = match outcome {
                Outcome::Made(made) => made.map(|made| *made),
                Outcome::Alone => self.make_alone(Some(wanted)).await,
            };
            let _ = reply.send(made);
        }
    }

    async fn make_alone(&self, wanted: Option<Wanted>) -> Result<Made> {
        let wanted = wanted.ok_or(Error::Interrupted)?;
        self.begin_to_write(move |tx| Box::pin(async move { alone(tx, wanted).await })).await
    }
}

/// One change in a transaction of its own, which fails with it.
async fn alone(tx: &Tx, wanted: Wanted) -> Result<Made> {
    let (company, change) = (wanted.company, &wanted.change);
    if let Some(lease) = &change.fence {
        work::check_fence(tx, company, lease, change.now).await?;
    }
    if let Some(dedupe) = &change.dedupe
        && let Some(first) = claim_dedupe(tx, company, dedupe, wanted.id, change.now).await?
    {
        let row = appointments::Entity::find_by_id((company.0, first.0)).one(&**tx).await?;
        let appointment = row.ok_or(Error::NotFound)?.try_into()?;
        return Ok(Made { changed: false, appointment, marked: Some(Vec::new()) });
    }
    let loaded = load_all(tx, company, &[wanted.id], Lock::Yes).await?.remove(&wanted.id);
    let mut written = [decided(&wanted, loaded)?];
    write_back(tx, company, &mut written).await?;
    if let Some((connection, uid)) = &change.claim {
        // Whoever named it first has it, also if that was a moment ago.
        let name = booking_uids::Entity::find_by_id((company.0, connection.0, uid.0.clone()));
        if first(name, &**tx).await?.is_none_or(|name| name.appointment_id != wanted.id.0) {
            return Err(Error::Duplicate { what: "booking" });
        }
    }
    let [written] = written;
    Ok(Made::of(written))
}

/// Several changes of different appointments. Fails only as the database does.
async fn several(tx: &Tx, wanted: Vec<Wanted>) -> Result<Vec<Outcome>> {
    let mut outcomes: Vec<_> = wanted.iter().map(|_| Outcome::Alone).collect();
    let mut companies: BTreeMap<CompanyId, Vec<usize>> = BTreeMap::new();
    for (index, wanted) in wanted.iter().enumerate() {
        // What was claimed for nothing has to be given back.
        let claims = wanted.change.dedupe.is_some() || wanted.change.claim.is_some();
        if !claims && !wanted.overlaps {
            companies.entry(wanted.company).or_default().push(index);
        }
    }
    for (company, indices) in companies {
        let leases = indices.iter().filter_map(|index| {
            let change = &wanted[*index].change;
            Some((change.fence.as_ref()?, change.now))
        });
        let leases: Vec<_> = leases.collect();
        let held = work::check_fences(tx, company, &leases).await?;
        let ids: Vec<_> = indices.iter().map(|index| wanted[*index].id).collect();
        let mut loaded: HashMap<_, Loaded> = load_all(tx, company, &ids, Lock::Yes).await?;
        let (mut written, mut places) = (Vec::new(), Vec::new());
        for index in indices {
            let wanted = &wanted[index];
            if wanted.change.fence.as_ref().is_some_and(|lease| !held.has(lease)) {
                outcomes[index] = Outcome::Made(Err(Error::Fenced));
                continue;
            }
            match decided(wanted, loaded.remove(&wanted.id)) {
                Ok(decided) if decided.concerns_others() => {}
                Ok(decided) => {
                    written.push(decided);
                    places.push(index);
                }
                Err(error) => outcomes[index] = Outcome::Made(Err(error)),
            }
        }
        write_back(tx, company, &mut written).await?;
        for (written, index) in written.into_iter().zip(places) {
            outcomes[index] = Outcome::Made(Ok(Box::new(Made::of(written))));
        }
    }
    Ok(outcomes)
}

/// The change made in the case, not in the database.
fn decided(wanted: &Wanted, loaded: Option<Loaded>) -> Result<Written> {
    let (mut case, open) = loaded.ok_or(Error::NotFound)?;
    let change = &wanted.change;
    let current_version = case.appointment.version;
    if change.expected_version.is_some_and(|expected| expected != current_version) {
        return Err(Error::Stale { current_version });
    }
    let before = Before::of(&case, open);
    let mut attempts = Vec::new();
    (wanted.decide)(&mut case, &mut attempts)?;
    let lane = change.fence.as_ref().map(|lease| lease.connection);
    let holder = change.holder.as_ref().map(|holder| holder.id(wanted.company));
    let how = How { now: change.now, overlaps: wanted.overlaps, lane, holder };
    Ok(Written { case, before: Some(before), how, attempts })
}
