//! `POST /reviews/bulk`: one deed about many items of the queue: a decision, a note, who sees to them, until when they
//! rest. First a preview says what it would bring to each, then the work is done in rounds, each of which answers with a
//! report and what is needed for the next. Everything that a round needs stands in its form.

use axum::{extract::State, response::Response};
use domain::ReviewId;
use domain::review::{Handled, Item, State as Stage};
use engine::reviews::{Outcome, ReviewError, Wanted, Which};

use super::{
    cancel::LONGEST_REASON,
    failure::Failure,
    review::{Sides, assignee, effect, note, until},
    reviews::{people, read, rows},
    rounds::Rounds,
    service::user_names,
    visit::{Posted, Visit, page, refused},
};
use crate::{
    components::Field,
    i18n::Translator,
    pages::{BulkDeed, BulkReviewRow, BulkReviews, DecisionOutcome, ReviewFilter, least},
    state::AppState,
};

/// Items of one round.
const ROUND: usize = 50;

/// The form as it was sent.
#[derive(Default)]
struct Form {
    rounds: Rounds,
    deed: String,
    filter: ReviewFilter,
    reason: String,
    /// To whom.
    to: String,
    /// For how long.
    rest: String,
    /// What is noted.
    text: String,
}

impl Form {
    fn of(pairs: &[(String, String)]) -> Result<Self, Failure> {
        let query = serde_urlencoded::to_string(pairs).map_err(|_| Failure::Unreadable)?;
        let filter = serde_urlencoded::from_str(&query).map_err(|_| Failure::Unreadable)?;
        let mut form = Self { filter, ..Self::default() };
        for (name, value) in pairs {
            match name.as_str() {
                "choice" => form.deed.clone_from(value),
                "reason" => form.reason = value.trim().chars().take(LONGEST_REASON as usize).collect(),
                "to" => form.to.clone_from(value),
                "for" => form.rest.clone_from(value),
                "text" => form.text.clone_from(value),
                _ => {
                    form.rounds.take(name, value);
                }
            }
        }
        Ok(form)
    }

    /// What is to be done, and what is wrong with it.
    fn what(&self, deed: BulkDeed, t: &Translator) -> Result<(Handled, Field), Failure> {
        let mut text = Field::of(&self.text);
        let what = match deed {
            BulkDeed::Decide(choice) => {
                let reason = Some(self.reason.clone()).filter(|reason| !reason.is_empty());
                Handled::Chosen { choice, reason }
            }
            BulkDeed::Assign => Handled::Assigned { to: assignee(&self.to)? },
            BulkDeed::Snooze => Handled::Snoozed { until: until(t, &self.rest)? },
            BulkDeed::Comment => match note(&self.text) {
                Ok(text) => Handled::Commented { text },
                Err(error) => {
                    // Before anything was sent off, what is still empty is no mistake.
                    text.error = Some(error).filter(|_| self.rounds.run);
                    Handled::Commented { text: String::new() }
                }
            },
        };
        Ok((what, text))
    }
}

pub async fn submit(
    State(state): State<AppState>,
    Posted { visit, form }: Posted<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let form = Form::of(&form)?;
    let deed = BulkDeed::from_name(&form.deed).ok_or(Failure::Unreadable)?;
    let role = visit.session.user.role;
    if role < deed.least() {
        return Err(Failure::Forbidden);
    }
    let company = visit.company();
    let Rounds { all, total, counts, .. } = form.rounds.clone();
    let which = if all {
        Which::All(read(&form.filter))
    } else {
        let ids = form.rounds.ids.iter().map(|id| id.parse::<ReviewId>());
        Which::These(ids.collect::<Result<_, _>>().map_err(|_| Failure::NotFound)?)
    };
    let total = match (&which, total.filter(|_| form.rounds.begun())) {
        // What was decided in the rounds before may have left the queue.
        (Which::All(_), Some(total)) => Some(total),
        (Which::All(filter), None) => Some(state.engine.review_queue(company, filter).await?.len() as u64),
        (Which::These(_), _) => None,
    };
    let may = |item: &Item| match deed {
        BulkDeed::Decide(choice) => role >= least(item.about.kind(), choice),
        _ => true,
    };
    let (what, comment) = form.what(deed, &visit.t)?;
    let run = form.rounds.run && comment.error.is_none();
    let seen_at = form.rounds.seen_at.filter(|_| run);
    let wanted = Wanted { which, what, actor: visit.actor(), dry: !run, seen_at };
    let round = match state.engine.decide_reviews(company, &wanted, may, form.rounds.place(), ROUND).await {
        Err(engine::Error::Store(store::Error::InvalidCursor)) => return Err(Failure::Unreadable),
        round => round?,
    };
    let users = user_names(&state, company).await?;
    let Visit { t, frame, .. } = visit;
    let mut counts = counts;
    let mut told = Vec::new();
    for (item, outcome) in round.items {
        let Some(row) = rows(&state, company, std::slice::from_ref(&item), &users, &t.now).await?.pop()
        else {
            continue;
        };
        let outcome = match outcome {
            Outcome::Would(Some(prospect)) => {
                let sides = Sides::of(&state, company, &t, &item).await?;
                let (here, there) = effect::tell(&t, &item, &prospect, &sides);
                DecisionOutcome::Would { here, there }
            }
            Outcome::Would(None) => DecisionOutcome::Would { here: Vec::new(), there: Vec::new() },
            Outcome::Done => DecisionOutcome::Done,
            Outcome::Underway => DecisionOutcome::Underway,
            Outcome::Refused(ReviewError::NotOffered) if item.state(t.now) != Stage::Open && run => {
                DecisionOutcome::Unchanged
            }
            Outcome::Refused(error) => DecisionOutcome::Refused(refusal(&error)),
        };
        counts.add(outcome.fate());
        told.push(BulkReviewRow { row, outcome });
    }
    let filled = BulkReviews {
        deed,
        all,
        total: total.unwrap_or(told.len() as u64),
        rows: told,
        counts,
        ran: run,
        next: round.next,
        reason: form.reason,
        people: people(&users, |id| form.to == id.to_string()),
        rest: form.rest,
        comment,
        seen_at: form.rounds.seen(run, t.now),
        ids: form.rounds.ids,
        filter: form.filter,
        t,
        frame,
    };
    if filled.comment.error.is_some() { refused(&filled) } else { page(&filled) }
}

/// The message that says why nothing was decided.
fn refusal(error: &ReviewError) -> &'static str {
    match error {
        ReviewError::NotFound
        | ReviewError::NotOffered
        | ReviewError::NoSuchUser
        | ReviewError::NoSuchBooking => "refused-not-offered",
        ReviewError::NotAllowed => "refused-may-not",
        ReviewError::Stale(_) => "refused-changed",
        ReviewError::NobodyPerforms => "refused-nobody-performs",
        ReviewError::Silent | ReviewError::Change(_) | ReviewError::Service(_) | ReviewError::Engine(_) => {
            "refused-otherwise"
        }
    }
}
