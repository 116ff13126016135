//! `POST /reviews/bulk`: one decision about many items of the queue. First a preview says what it would bring to each,
//! then the work is done in rounds, each of which answers with a report and what is needed for the next. Everything that
//! a round needs stands in its form.

use axum::{extract::State, response::Response};
use domain::ReviewId;
use domain::review::{Choice as Decision, Item, Kind, State as Stage};
use engine::reviews::{Outcome, ReviewError, Wanted, Which};
use jiff::Timestamp;

use super::{
    cancel::LONGEST_REASON,
    failure::Failure,
    review::{Sides, effect},
    reviews::{least, read, rows},
    service::user_names,
    visit::{Posted, Visit, page},
};
use crate::{
    components::Tally,
    pages::{BulkReviewRow, BulkReviews, DecisionOutcome, ReviewFilter},
    state::AppState,
};

/// Items of one round.
const ROUND: usize = 50;

/// The form as it was sent.
#[derive(Default)]
struct Form {
    run: bool,
    choice: String,
    ids: Vec<String>,
    all: bool,
    filter: ReviewFilter,
    reason: String,
    /// How many there were at the first round.
    total: Option<u64>,
    seen_at: Option<Timestamp>,
    cursor: String,
    counts: Tally,
}

impl Form {
    fn of(pairs: &[(String, String)]) -> Result<Self, Failure> {
        let query = serde_urlencoded::to_string(pairs).map_err(|_| Failure::Unreadable)?;
        let filter = serde_urlencoded::from_str(&query).map_err(|_| Failure::Unreadable)?;
        let mut form = Self { filter, ..Self::default() };
        for (name, value) in pairs {
            match name.as_str() {
                "intent" => form.run = value == "run",
                "choice" => form.choice.clone_from(value),
                "ids" => form.ids.push(value.clone()),
                "all" => form.all = true,
                "reason" => form.reason = value.trim().chars().take(LONGEST_REASON as usize).collect(),
                "total" => form.total = value.parse().ok(),
                "seen_at" => {
                    form.seen_at = value.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
                }
                "cursor" => form.cursor.clone_from(value),
                "done" => form.counts.done = value.parse().unwrap_or(0),
                "unchanged" => form.counts.unchanged = value.parse().unwrap_or(0),
                "refused" => form.counts.refused = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        Ok(form)
    }
}

pub async fn submit(
    State(state): State<AppState>,
    Posted { visit, form }: Posted<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let form = Form::of(&form)?;
    let decision = Decision::from_name(&form.choice).ok_or(Failure::Unreadable)?;
    let role = visit.session.user.role;
    if role < least(Kind::Appointment, decision) {
        return Err(Failure::Forbidden);
    }
    let company = visit.company();
    let which = if form.all {
        Which::All(read(&form.filter))
    } else {
        let ids = form.ids.iter().map(|id| id.parse::<ReviewId>());
        Which::These(ids.collect::<Result<_, _>>().map_err(|_| Failure::NotFound)?)
    };
    let begun = !form.cursor.is_empty();
    let total = match (&which, form.total.filter(|_| begun)) {
        // What was decided in the rounds before may have left the queue.
        (Which::All(_), Some(total)) => Some(total),
        (Which::All(filter), None) => Some(state.engine.review_queue(company, filter).await?.len() as u64),
        (Which::These(_), _) => None,
    };
    let may = |item: &Item| role >= least(item.about.kind(), decision);
    let wanted = Wanted {
        which,
        choice: decision,
        reason: Some(form.reason.clone()).filter(|reason| !reason.is_empty()),
        actor: visit.actor(),
        dry: !form.run,
        seen_at: form.seen_at.filter(|_| form.run),
    };
    let place = Some(form.cursor.as_str()).filter(|place| !place.is_empty());
    let round = match state.engine.decide_reviews(company, &wanted, may, place, ROUND).await {
        Err(engine::Error::Store(store::Error::InvalidCursor)) => return Err(Failure::Unreadable),
        round => round?,
    };
    let users = user_names(&state, company).await?;
    let Visit { t, frame, .. } = visit;
    let mut counts = form.counts;
    let mut told = Vec::new();
    for (item, outcome) in round.items {
        let Some(row) = rows(&state, company, std::slice::from_ref(&item), &users, &t.now).await?.pop()
        else {
            continue;
        };
        let outcome = match outcome {
            Outcome::Would(prospect) => {
                let sides = Sides::of(&state, company, &t, &item).await?;
                let (here, there) = effect::tell(&t, &item, &prospect, &sides);
                DecisionOutcome::Would { here, there }
            }
            Outcome::Done => DecisionOutcome::Done,
            Outcome::Refused(ReviewError::NotOffered) if item.state(t.now) != Stage::Open && form.run => {
                DecisionOutcome::Unchanged
            }
            Outcome::Refused(error) => DecisionOutcome::Refused(refusal(&error)),
        };
        counts.add(outcome.fate());
        told.push(BulkReviewRow { row, outcome });
    }
    page(&BulkReviews {
        decision,
        ids: form.ids,
        all: form.all,
        total: total.unwrap_or(told.len() as u64),
        rows: told,
        counts,
        ran: form.run,
        next: round.next,
        reason: form.reason,
        seen_at: form.seen_at.filter(|_| form.run || begun).unwrap_or(t.now).as_millisecond(),
        filter: form.filter,
        t,
        frame,
    })
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
        ReviewError::Silent => "refused-silent",
        ReviewError::NobodyPerforms => "refused-nobody-performs",
        ReviewError::Change(_) | ReviewError::Service(_) | ReviewError::Engine(_) => "refused-otherwise",
    }
}
