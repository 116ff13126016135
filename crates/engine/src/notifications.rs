//! Telling people: what has happened is taken into messages, and messages that are due go.
//!
//! Whoever runs this may run it beside others: what one takes, no other takes. Whatever fails here is tried again at the
//! next look; nothing that has happened is forgotten in between, because it stands in the database.

pub mod channels;
pub mod mail;
pub mod room;

use std::sync::Arc;
use std::time::Duration;

use calcom::Transport;
use domain::notify::{ChannelKind, Problem, closes_at};
use jiff::{SignedDuration, Timestamp};
use store::{Delivered, Outgoing};
use tokio_util::sync::CancellationToken;

use crate::{Engine, Error};
use mail::Mailer;

/// How often it is looked what has happened and what is due.
const LOOK: Duration = Duration::from_secs(2);
/// How often calls that fail are counted.
const COUNT: SignedDuration = SignedDuration::from_mins(2);
/// How long one try may take, and a moment to write down what came of it.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// Messages that go side by side.
const AT_ONCE: u64 = 16;

/// How messages leave the house. Cheap to clone.
#[derive(Clone)]
pub struct Post {
    /// Gives messages their words.
    pub words: Arc<dyn Words>,
    /// The way to mailboxes; `None` where the installation sends no e-mail.
    pub mailer: Option<Mailer>,
    /// The way to rooms. It has to refuse addresses inside the house by itself, unless they are welcome.
    pub rooms: Arc<dyn Transport>,
}

/// Gives messages their words, in the language of whoever reads them.
pub trait Words: Send + Sync + 'static {
    /// A message as it stands in a mailbox, or, its text, in a room.
    fn write(&self, message: &Outgoing, now: Timestamp) -> Written;
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// One line.
    pub subject: String,
    /// The whole as plain text.
    pub text: String,
    /// The whole as HTML.
    pub html: String,
}

/// Why a message did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undelivered {
    /// Why.
    pub problem: Problem,
    /// Whether it may arrive later, and if the other side says so, after how long.
    pub again: Option<Duration>,
}

impl Undelivered {
    fn for_now(problem: Problem) -> Self {
        Self { problem, again: Some(Duration::ZERO) }
    }

    fn for_good(problem: Problem) -> Self {
        Self { problem, again: None }
    }
}

/// Tells people until `stop` is cancelled. What is on its way then is finished.
pub async fn run(engine: &Engine, post: &Post, stop: &CancellationToken) {
    let mut count_at = Timestamp::MIN;
    while !stop.is_cancelled() {
        if count_at <= engine.ambient.now() {
            count_at = engine.ambient.now() + COUNT;
            if let Err(error) = engine.store.tell_of_failures(engine.ambient.now()).await {
                tracing::error!(target: "einklang::notifications", %error, "calls that fail cannot be counted");
            }
        }
        let more = turn(engine, post).await.unwrap_or_else(|error| {
            tracing::error!(target: "einklang::notifications", %error, "people cannot be told");
            false
        });
        let wait = tokio::time::sleep(if more { Duration::ZERO } else { LOOK });
        if stop.run_until_cancelled(wait).await.is_none() {
            return;
        }
    }
}

/// Looks once: takes in what has happened, and sends what is due. Says whether there may be more to send.
///
/// # Errors
/// If the database fails.
pub async fn turn(engine: &Engine, post: &Post) -> Result<bool, Error> {
    let now = engine.ambient.now();
    for company in engine.store.companies_to_tell().await? {
        match engine.store.take_in(company, now).await {
            Ok(true) => engine.signals.changed(company, None),
            Ok(false) => {}
            // One company's trouble keeps nobody else's messages.
            Err(error) => tracing::error!(%company, %error, "what happened could not be made a message"),
        }
    }
    let due = engine.store.claim_messages(now, LEASE, AT_ONCE).await?;
    let sent = due.iter().map(|message| send(engine, post, message));
    // All of them to their end: what has gone is written down, whatever became of another.
    let sent = futures::future::join_all(sent).await;
    for message in &due {
        engine.signals.changed(message.company.id, None);
    }
    sent.into_iter().collect::<Result<(), _>>()?;
    Ok(due.len() as u64 == AT_ONCE)
}

/// Tries a message, and writes down what came of it.
async fn send(engine: &Engine, post: &Post, message: &Outgoing) -> Result<(), Error> {
    let delivered = deliver(engine, post, message).await;
    let now = engine.ambient.now();
    let (company, number, channel) = (message.company.id, message.number, message.channel.kind.as_str());
    let outcome = match delivered {
        Ok(()) => Delivered::Sent,
        Err(Undelivered { problem, again: Some(wait) }) => match next_try(engine, message, wait, now) {
            Some(at) => Delivered::Again { at, problem },
            None => Delivered::Never(problem),
        },
        Err(Undelivered { problem, again: None }) => Delivered::Never(problem),
    };
    let name = match outcome {
        Delivered::Sent => {
            tracing::info!(target: "einklang::notifications", %company, number, channel, "sent");
            "sent"
        }
        Delivered::Again { problem, .. } => {
            tracing::info!(target: "einklang::notifications", %company, number, channel, %problem, "goes again");
            "again"
        }
        Delivered::Never(problem) => {
            tracing::warn!(target: "einklang::notifications", %company, number, channel, %problem, "given up");
            "given_up"
        }
    };
    metrics::counter!("einklang_notifications_total", "channel" => channel, "outcome" => name).increment(1);
    Ok(engine.store.settle_message(message, outcome, now).await?)
}

/// When a message goes again: as calls to Cal.com do at first, then as rarely as their last try, for a day.
fn next_try(engine: &Engine, message: &Outgoing, wait: Duration, now: Timestamp) -> Option<Timestamp> {
    let retries = &engine.settings.retries;
    let jitter = engine.ambient.jitter();
    let usual = retries.wait_after(message.tries, jitter).or_else(|| retries.0.last().copied());
    let at = now + usual.unwrap_or(Duration::from_mins(15)).max(wait);
    (at < closes_at(message.went_at)).then_some(at)
}

/// Tries a message once.
///
/// # Errors
/// [`Undelivered`].
pub async fn deliver(engine: &Engine, post: &Post, message: &Outgoing) -> Result<(), Undelivered> {
    let written = post.words.write(message, engine.ambient.now());
    match message.channel.kind {
        // What is behind the bell is there already.
        ChannelKind::App => Ok(()),
        ChannelKind::Email => {
            let mailer = post.mailer.as_ref().ok_or(Undelivered::for_good(Problem::NoMail))?;
            mailer.send(message, written, engine.ambient.now()).await
        }
        ChannelKind::Slack | ChannelKind::Discord => room::send(engine, post, message, written).await,
    }
}
