//! `POST /appointments/bulk`: one action on many appointments. First a preview says what would become of each,
//! then the work is done in rounds, each of which answers with a report and what is needed for the next.
//!
//! Everything that a round needs stands in its form, so that nothing is kept here between two of them; the key
//! in it makes a round that is sent twice change nothing twice.

use axum::{extract::State, response::Response};
use domain::{
    AppointmentId, StaffId,
    people::{Role, Staff},
};
use engine::appointments::{Act, Outcome, Wanted, Which};
use sha2::{Digest as _, Sha256};
use store::Dedupe;

use super::{
    appointments::{self, unread},
    cancel::LONGEST_REASON,
    failure::Failure,
    rounds::Rounds,
    row::row,
    visit::{Posted, Visit, page, refused},
};
use crate::{
    components::{Choice, Field, FieldError, Tally},
    pages::{AppointmentFilter, Bulk, BulkAction, BulkOutcome, BulkRow},
    state::AppState,
};

/// Appointments of one round.
const ROUND: u64 = 100;
/// Minutes of the longest move: a year.
const FARTHEST: i32 = 366 * 24 * 60;

/// The form as it was sent.
#[derive(Clone, Default)]
struct Form {
    rounds: Rounds,
    action: String,
    filter: AppointmentFilter,
    reason: String,
    minutes: String,
    staff: String,
    side: String,
    key: String,
    /// The particulars that the person has seen the preview of.
    previewed: String,
}

impl Form {
    fn of(pairs: &[(String, String)]) -> Result<Self, Failure> {
        let query = serde_urlencoded::to_string(pairs).map_err(|_| Failure::Unreadable)?;
        let filter = serde_urlencoded::from_str(&query).map_err(|_| Failure::Unreadable)?;
        let mut form = Self { filter, ..Self::default() };
        for (name, value) in pairs {
            match name.as_str() {
                "action" => form.action.clone_from(value),
                "reason" => form.reason.clone_from(value),
                "minutes" => form.minutes.clone_from(value),
                "give_to" => form.staff.clone_from(value),
                "side" => form.side.clone_from(value),
                "key" => form.key = value.chars().take(100).collect(),
                "previewed" => form.previewed.clone_from(value),
                _ => {
                    form.rounds.take(name, value);
                }
            }
        }
        Ok(form)
    }

    /// The same wish before its first round, and as a preview.
    fn anew(self) -> Self {
        Self { rounds: self.rounds.anew(), ..self }
    }

    fn because(&self) -> Option<String> {
        Some(self.reason.trim()).filter(|reason| !reason.is_empty()).map(str::to_owned)
    }

    /// What decides about the outcome, beside the action.
    fn particulars(&self) -> String {
        let told = [&self.minutes, &self.staff, &self.side].map(|text| text.trim());
        told.join("|").trim_matches('|').to_owned()
    }

    /// The same action with the same particulars on the same appointments has the same fingerprint, whatever
    /// round it is.
    fn dedupe(&self, visit: &Visit) -> Dedupe {
        let all = if self.rounds.all { "all" } else { "these" }.to_owned();
        let facts = [&self.action, &self.reason, &self.minutes, &self.staff, &self.side, &all];
        let filter = self.filter.set();
        let filter = filter.iter().flat_map(|(name, value)| [*name, *value]);
        let facts = facts.into_iter().map(String::as_str).chain(self.rounds.ids.iter().map(String::as_str));
        let fingerprint =
            facts.chain(filter).fold(Sha256::new(), |hash, fact| hash.chain_update(fact).chain_update("\0"));
        Dedupe {
            scope: format!("bulk:{}", visit.session.user.id),
            key: self.key.clone(),
            fingerprint: hex::encode(fingerprint.finalize()),
        }
    }
}

/// What is wrong with the particulars, by the name of the field.
type Wrong = Vec<(&'static str, FieldError)>;

pub async fn submit(
    State(state): State<AppState>,
    Posted { visit, form }: Posted<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    report(&state, visit, Form::of(&form)?, false).await
}

/// The answer to a form. `reused`: it was sent with a key that belongs to something else, and is a preview now.
async fn report(state: &AppState, visit: Visit, form: Form, reused: bool) -> Result<Response, Failure> {
    let action = BulkAction::from_name(&form.action).ok_or(Failure::Unreadable)?;
    if action.needs_manager() && visit.session.user.role < Role::Manager {
        return Err(Failure::Forbidden);
    }
    let staff = state.engine.store.staff(visit.company()).await?;
    let (acts, wrong) = acts(&form, action, &staff);
    let changed = form.rounds.run && form.previewed != form.particulars();
    let run = form.rounds.run && wrong.is_empty() && !changed && !form.key.is_empty();
    let filter = store_filter(state, &visit, &form).await?;
    let which = if form.rounds.all {
        Which::All(filter.clone())
    } else {
        let ids = form.rounds.ids.iter().map(|id| id.parse::<AppointmentId>());
        Which::These(ids.collect::<Result<_, _>>().map_err(|_| Failure::NotFound)?)
    };
    let total = match (&which, form.rounds.total.filter(|_| form.rounds.begun())) {
        // What was changed in the rounds before may have left the filter.
        (Which::All(_), Some(total)) => Some(total),
        (Which::All(filter), None) => {
            Some(state.engine.store.count_appointments(visit.company(), filter).await?)
        }
        (Which::These(_), _) => None,
    };
    // What is not said yet cannot be previewed.
    let open = !run && wrong.iter().any(|(field, _)| *field != "reason");
    let wanted = Wanted {
        which,
        acts: if open { Vec::new() } else { acts },
        actor: visit.actor(),
        once: run.then(|| form.dedupe(&visit)),
        seen_at: form.rounds.seen_at.filter(|_| run),
    };
    let round = state.engine.many(visit.company(), &wanted, form.rounds.place(), ROUND).await;
    let round = match round {
        Err(engine::Error::Store(store::Error::InvalidCursor)) => return Err(Failure::Unreadable),
        Err(engine::Error::Store(store::Error::DedupeMismatch)) => {
            return Box::pin(report(state, visit, form.anew(), true)).await;
        }
        round => round?,
    };
    let mut counts = form.rounds.counts;
    let mut rows = Vec::new();
    for one in round.items {
        let outcome = match one.outcome {
            _ if open => BulkOutcome::Open,
            Outcome::Would(preview) => BulkOutcome::would(&visit.t, &preview, &staff),
            Outcome::Done => BulkOutcome::Done,
            Outcome::Unchanged => BulkOutcome::Unchanged,
            Outcome::Refused(error) => BulkOutcome::refused(&error),
        };
        counts.add(outcome.fate());
        rows.push(BulkRow { row: row(one.view), outcome });
    }
    let total = total.unwrap_or(rows.len() as u64);
    let filled =
        fill(state, visit, &form, (action, &staff), (rows, counts, total), &wrong, (run, round.next));
    let filled = Bulk { changed: changed && wrong.is_empty(), reused, ..filled };
    if reused || (form.rounds.run && !run) { refused(&filled) } else { page(&filled) }
}

/// What the list's filter lets through, as the list itself reads it.
async fn store_filter(
    state: &AppState,
    visit: &Visit,
    form: &Form,
) -> Result<store::AppointmentFilter, Failure> {
    // A filter that is not applied would let more through than the person has seen.
    if form.rounds.all && !unread(state, visit, &form.filter).await?.is_empty() {
        return Err(Failure::Unreadable);
    }
    Ok(appointments::all_of(visit, &form.filter))
}

fn acts(form: &Form, action: BulkAction, staff: &[Staff]) -> (Vec<Act>, Wrong) {
    let mut wrong = Wrong::new();
    let reason = form.because();
    if action.takes_reason() && form.reason.chars().count() > LONGEST_REASON as usize {
        wrong.push(("reason", FieldError::TooLong { max: LONGEST_REASON }));
    }
    let act = match action {
        BulkAction::Cancel => {
            if reason.is_none() {
                wrong.push(("reason", FieldError::Required));
            }
            Act::Cancel { reason }
        }
        BulkAction::Move => {
            let minutes = match form.minutes.trim() {
                "" => Some(0),
                text => text.parse::<i32>().ok(),
            };
            let fits = |minutes: &i32| minutes % 15 == 0 && (-FARTHEST..=FARTHEST).contains(minutes);
            let minutes = minutes.filter(fits);
            let to: Option<StaffId> =
                staff.iter().map(|person| person.id).find(|id| id.to_string() == form.staff);
            if minutes.is_none() {
                wrong.push(("minutes", FieldError::Step));
            } else if minutes == Some(0) && to.is_none() {
                wrong.push(("minutes", FieldError::Required));
            }
            if to.is_none() && !form.staff.is_empty() {
                wrong.push(("give_to", FieldError::Unknown));
            }
            Act::Shift { minutes: minutes.unwrap_or(0), staff: to, reason }
        }
        BulkAction::Confirm => Act::Confirm,
        BulkAction::NoShow => Act::NoShow { absent: true },
        BulkAction::Check => Act::CheckAgain,
        BulkAction::Settle => {
            if !matches!(form.side.as_str(), "ours" | "theirs") {
                wrong.push(("side", FieldError::Required));
            }
            Act::Settle { ours: form.side != "theirs" }
        }
        BulkAction::Delete => Act::Delete { reason },
    };
    (vec![act], wrong)
}

fn fill(
    state: &AppState,
    visit: Visit,
    form: &Form,
    (action, staff): (BulkAction, &[Staff]),
    (rows, counts, total): (Vec<BulkRow>, Tally, u64),
    wrong: &Wrong,
    (ran, next): (bool, Option<String>),
) -> Bulk {
    let Visit { t, frame, .. } = visit;
    // Before anything was sent off, what is still empty is no mistake.
    let told = form.rounds.run;
    let field = |name: &str, value: &str| {
        let error = wrong.iter().find(|(field, _)| *field == name).map(|(_, error)| error.clone());
        Field { value: value.to_owned(), error: error.filter(|error| told || *error != FieldError::Required) }
    };
    let choice =
        |value: &str, label: String, chosen: &str| Choice::new(value, label).selected(value == chosen);
    Bulk {
        action,
        filter: form.filter.clone(),
        ids: form.rounds.ids.clone(),
        all: form.rounds.all,
        total,
        rows,
        counts,
        ran,
        next,
        previewed: form.particulars(),
        changed: false,
        reused: false,
        reason: field("reason", &form.reason),
        minutes: field("minutes", &form.minutes),
        staff: staff
            .iter()
            .filter(|person| person.active)
            .map(|person| choice(&person.id.to_string(), person.name.clone(), &form.staff))
            .collect(),
        give_to: field("give_to", &form.staff),
        sides: [("ours", "settle-ours"), ("theirs", "settle-theirs")]
            .map(|(value, key)| choice(value, t.get(key).to_string(), &form.side))
            .into(),
        side: field("side", &form.side),
        key: if ran { form.key.clone() } else { state.engine.ambient.id().to_string() },
        seen_at: form.rounds.seen(ran, t.now),
        t,
        frame,
    }
}
