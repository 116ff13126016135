//! Who is told of what happened, in which message, and when that message goes.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Channel, ChannelKind, Event, Line, Occurrence, What, add};
use crate::people::User;
use crate::{ChannelId, UserId};

/// How long a message with something urgent is gathered.
const URGENT: SignedDuration = SignedDuration::from_secs(15);
/// From so many messages to one recipient within an hour on they go so far apart: what happens is told within five
/// minutes all the same.
const MOST: usize = 4;
const APART: SignedDuration = SignedDuration::from_secs(270);

/// Who is told, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient {
    /// Where.
    pub channel: ChannelId,
    /// Who; `None` where a room is told.
    pub user: Option<UserId>,
}

/// A message that is being gathered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// To whom.
    pub to: Recipient,
    /// Behind the bell there is one for each thing that happens; elsewhere one for everything.
    pub topic: Option<What>,
    /// What it says.
    pub lines: Vec<Line>,
    /// Since when.
    pub begun_at: Timestamp,
    /// When it goes; `None` for one behind the bell, which is there at once and open until it is read.
    pub due_at: Option<Timestamp>,
}

/// Adds what happened to the messages that are being gathered, and begins those that are missing. `went` says when
/// messages went to a recipient within the last hour.
pub fn take_in(
    channels: &[Channel],
    users: &[User],
    drafts: &mut Vec<Draft>,
    occurrences: &[Occurrence],
    went: &BTreeMap<Recipient, Vec<Timestamp>>,
    zone: &TimeZone,
    now: Timestamp,
) {
    for occurrence in occurrences {
        let event = occurrence.what.event();
        for channel in channels {
            for to in told(channel, users, event) {
                tell(channel, to, drafts, occurrence, now);
            }
        }
    }
    // What was taken back before anybody heard of it.
    drafts.retain(|draft| !draft.lines.is_empty());
    for draft in drafts.iter_mut().filter(|draft| draft.due_at.is_some()) {
        if let Some(channel) = channels.iter().find(|channel| channel.id == draft.to.channel) {
            let went = went.get(&draft.to).map_or(&[][..], Vec::as_slice);
            draft.due_at = Some(goes_at(channel, &draft.lines, draft.begun_at, went, zone, now));
        }
    }
}

fn told(channel: &Channel, users: &[User], event: Event) -> Vec<Recipient> {
    if !channel.kind.is_personal() {
        let room = Recipient { channel: channel.id, user: None };
        return channel.tells(event, None).then_some(room).into_iter().collect();
    }
    let meant = users.iter().filter(|user| channel.tells(event, Some(user.role)));
    meant.map(|user| Recipient { channel: channel.id, user: Some(user.id) }).collect()
}

fn tell(channel: &Channel, to: Recipient, drafts: &mut Vec<Draft>, occurrence: &Occurrence, now: Timestamp) {
    let in_app = channel.kind == ChannelKind::App;
    let topic = in_app.then_some(occurrence.what);
    let found = drafts.iter().position(|draft| draft.to == to && draft.topic == topic);
    let found = found.unwrap_or_else(|| {
        let due_at = (!in_app).then_some(now);
        drafts.push(Draft { to, topic, lines: Vec::new(), begun_at: now, due_at });
        drafts.len() - 1
    });
    let draft = &mut drafts[found];
    let over = occurrence.what == What::Reachable && take_back(&mut draft.lines, occurrence);
    if !over {
        add(&mut draft.lines, occurrence);
    }
}

/// A pause that is over before it was told is told to nobody.
fn take_back(lines: &mut Vec<Line>, over: &Occurrence) -> bool {
    let Some(line) = lines.iter_mut().find(|line| line.what == What::Unreachable) else { return false };
    let named = line.subjects.len();
    line.subjects.retain(|subject| *subject != over.subject);
    let taken = line.subjects.len() < named;
    line.count -= u64::from(taken);
    lines.retain(|line| line.count > 0);
    taken
}

/// When a message that was begun at `begun_at` goes, as it looks at `now`: when it is gathered, and within five minutes,
/// however many `went` within the last hour. Quiet hours hold back what is not urgent. What tries a channel goes
/// at once.
pub fn goes_at(
    channel: &Channel,
    lines: &[Line],
    begun_at: Timestamp,
    went: &[Timestamp],
    zone: &TimeZone,
    now: Timestamp,
) -> Timestamp {
    if lines.iter().any(|line| line.what == What::Test) {
        return now;
    }
    let urgent = lines.iter().filter(|line| line.what.event().is_urgent());
    let mut went = went.to_vec();
    went.sort_unstable_by(|a, b| b.cmp(a));
    let last = went.first().filter(|_| went.len() >= MOST);
    let apart = last.map_or(now, |last| later(*last, APART)).max(now);
    if let Some(since) = urgent.map(|line| line.first_at).min() {
        return later(since, URGENT).max(apart);
    }
    let gathered = later(begun_at, SignedDuration::from_mins(channel.gather_minutes.into()));
    let at = gathered.max(apart);
    match &channel.quiet {
        Some(quiet) if quiet.covers(at, zone) => quiet.end(at, zone),
        _ => at,
    }
}

/// When a message that goes cannot be delivered any more: a day after it went first.
pub fn closes_at(went_at: Timestamp) -> Timestamp {
    later(went_at, SignedDuration::from_hours(24))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}
