//! Verification: all bookings of an account, compared with what is known of them here.
//!
//! Both sides are read in the order of their starts, one page after the other, so that memory does not grow with
//! their number. A page says something about the time from where the page before ended to where its own last booking
//! starts; that booking, and whatever starts with it, comes again with the next page. What lies outside the window is
//! not checked, and nothing is said of it.
//!
//! A difference is a hint, as a webhook is: the booking is looked at by itself before anything follows from it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::facts::{BookingState, Field};
use crate::observe::{News, Sighting, news};
use crate::{AppointmentId, BookingUid, ConnectionId, EventTypeRef};

/// The bookings that a run is about, by their starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first start that is checked.
    pub from: Timestamp,
    /// The first that is not any more; `None` for everything ahead.
    pub to: Option<Timestamp>,
}

/// How far a run has come. Kept, so that an interrupted run goes on where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Starts from here on are still to be checked.
    pub from: Timestamp,
    /// So many entries from that instant on were looked at: as many as fill a page, and more.
    pub skip: u32,
    /// Of some of them it is not known when they start: they cannot be read.
    #[serde(default)]
    pub unsure: bool,
}

/// What a page covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    /// The first start that it says something about.
    pub from: Timestamp,
    /// The first that it does not.
    pub to: Timestamp,
    /// What starts from here on and is not on it is not there. Of an instant at which more bookings start than a page
    /// holds nothing is said to be missing.
    pub whole_from: Timestamp,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Cursor>,
}

impl Cursor {
    /// The beginning of a window.
    pub fn of(window: Window) -> Self {
        Self { from: window.from, skip: 0, unsure: false }
    }

    /// What a page that was asked for here covers. `starts` are those of its `entries` of which they are known, in their
    /// order, `full` says whether there may be more.
    pub fn page(self, window: Window, starts: &[Timestamp], entries: usize, full: bool) -> Covered {
        let end = window.to.unwrap_or(Timestamp::MAX);
        let just_after = |at: Timestamp| at.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(end);
        let last = if full { starts.last().copied().unwrap_or(self.from).min(end) } else { end };
        let stands = full && last <= self.from && last < end;
        // Where no start is known nothing is said, and the list is passed over entry by entry.
        let to = match stands {
            true if starts.is_empty() => self.from,
            true => just_after(self.from),
            false => last,
        };
        let whole_from = match (stands, self.unsure, self.skip) {
            (true, ..) => to,
            // What was passed over starts no later than what comes after it.
            (false, true, _) => starts.first().map_or(to, |first| just_after(*first)).min(to),
            (false, false, 0) => self.from,
            (false, false, _) => just_after(self.from),
        };
        let next = if stands {
            let skip = self.skip.saturating_add(u32::try_from(entries).unwrap_or(u32::MAX));
            Some(Self { from: self.from, skip, unsure: self.unsure || starts.len() < entries })
        } else {
            (last < end).then_some(Self { from: last, skip: 0, unsure: false })
        };
        Covered { from: self.from, to, whole_from, next }
    }
}

/// An entry of a page that cannot be read, by what can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Cal.com's name of it.
    pub uid: BookingUid,
    /// When it starts.
    pub starts_at: Option<Timestamp>,
    /// What it was booked on.
    pub event_type: Option<EventTypeRef>,
}

/// A booking as it is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The appointment.
    pub appointment: AppointmentId,
    /// The name that its booking goes by, the end of its chain as far as it is known.
    pub uid: BookingUid,
    /// How it was last seen.
    pub seen: Option<Sighting>,
    /// What is being done about it.
    pub progress: Progress,
    /// The account that its event type is linked at.
    pub home: ConnectionId,
    /// It stands on the list of nobody who is connected.
    pub unlisted: bool,
}

/// What is being done about a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing.
    AtRest,
    /// Something is to be done about its appointment, which may be about another booking of it. What is there is as it
    /// was last seen, unless somebody there has changed it.
    Waiting,
    /// It is to be looked at anyway, or a call may have changed it: that goes its own way.
    InDoubt,
}

/// What is said of one booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Cal.com's name of it.
    pub uid: BookingUid,
    /// The appointment, where there is one.
    pub appointment: Option<AppointmentId>,
    /// What it was booked on, where it was seen.
    pub event_type: Option<EventTypeRef>,
    /// When it starts.
    pub starts_at: Option<Timestamp>,
    /// What is said.
    pub class: Class,
    /// How it was seen, if nobody here knows it.
    pub there: Option<Sighting>,
}

impl Verdict {
    /// Whether Cal.com has it and nobody here knows it.
    pub fn is_unknown(&self) -> bool {
        self.appointment.is_none() && matches!(self.class, Class::OnlyThere | Class::Unreadable)
    }
}

impl Class {
    /// The stored and documented name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::InHand => "in_hand",
            Self::Unlisted => "unlisted",
            Self::Differs(_) => "differs",
            Self::Moved => "moved",
            Self::OnlyHere => "only_here",
            Self::OnlyThere => "only_there",
            Self::Stuck => "stuck",
            Self::Overlaps(_) => "overlaps",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether there is something to find.
    pub fn is_finding(&self) -> bool {
        !matches!(self, Self::Same | Self::InHand | Self::Unlisted)
    }

    /// Whether Cal.com tells of such a change by itself. Given to another host a booking is changed in place, and no webhook
    /// comes. Of what cannot be read nobody knows what has changed.
    pub fn is_announced(&self) -> bool {
        match self {
            Self::Differs(fields) => *fields != [Field::Host],
            Self::Unreadable => false,
            _ => self.is_finding(),
        }
    }

    /// With which appointment it overlaps, if that of the other one is known.
    pub fn other(&self) -> Option<AppointmentId> {
        match self {
            Self::Overlaps(other) => *other,
            _ => None,
        }
    }

    /// Whether the two sides may be brought together by a look. Of two customers in one chair one has to be told, and
    /// that is for a person.
    pub fn calls_for_a_look(&self) -> bool {
        self.is_finding() && !matches!(self, Self::Overlaps(_))
    }
}

/// How many bookings a run had nothing to say of, and what that took. What it found is counted where it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// There as they were last seen.
    pub same: u64,
    /// Left to what is being done about them.
    pub in_hand: u64,
    /// On the list of no account that is connected here, so that nothing could be said of them.
    pub unlisted: u64,
    /// Pages that were read.
    pub pages: u64,
    /// Requests beside those for its pages: with which the webhook was looked up before it, and those that failed.
    pub besides: u64,
    /// Entries of the pages that could not be read, not even by which name they could be looked at by themselves.
    pub unreadable: u64,
    /// Questions about bookings of its window that were open when it ended, however old they are.
    pub questions: u64,
}

impl Counts {
    /// Counts a page with what is said of its bookings.
    pub fn add(&mut self, verdicts: &[Verdict]) {
        self.pages += 1;
        for verdict in verdicts {
            match verdict.class {
                Class::Same => self.same += 1,
                Class::InHand => self.in_hand += 1,
                Class::Unlisted => self.unlisted += 1,
                Class::Differs(_)
                | Class::Moved
                | Class::OnlyHere
                | Class::OnlyThere
                | Class::Stuck
                | Class::Overlaps(_)
                | Class::Unreadable => {}
            }
        }
    }
}

/// The classes of verdicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It is there as it was last seen.
    Same,
    /// Something is being done about it.
    InHand,
    /// It is known here, and stands on the list of nobody who is connected here: that of another host.
    Unlisted,
    /// It is there, and says something else than it did: in these fields.
    Differs(Vec<Field>),
    /// The chain of its moves ends elsewhere than is known here.
    Moved,
    /// It was seen, and is not there any more.
    OnlyHere,
    /// It takes place there, and nobody here knows of it.
    OnlyThere,
    /// Something is to be done about it, and nobody is going to.
    Stuck,
    /// It is as it was last seen, and begins before another one of the same host has ended: that of this appointment, or
    /// one that is nobody's here.
    Overlaps(Option<AppointmentId>),
    /// It is there, and what the list says of it cannot be read.
    Unreadable,
}

/// Compares the bookings of a page with what is known of what starts in the same time. `here` are the known ones of
/// which the booking was last seen to start in that time or which go by a name of the page; `earlier` are names of the
/// page that known bookings went by once; `ours` says which of those that nobody here knows ought to be. What of the page
/// cannot be read is there all the same.
pub fn compare(
    covered: &Covered,
    there: &[Sighting],
    unreadable: &[Unreadable],
    here: &[Known],
    earlier: &BTreeSet<BookingUid>,
    ours: impl Fn(&Sighting) -> bool,
) -> Vec<Verdict> {
    let is_meant = |start: Timestamp| covered.from <= start && start < covered.to;
    let there: Vec<_> = there.iter().filter(|seen| is_meant(seen.facts.slot.start)).collect();
    let mut verdicts = Vec::new();
    for seen in &there {
        let known = here.iter().find(|known| known.uid == seen.uid);
        let class = match known {
            Some(known) if known.progress == Progress::InDoubt => Class::InHand,
            Some(known) => match changed(known.seen.as_ref(), seen) {
                Class::Same if known.progress == Progress::Waiting => Class::InHand,
                class => class,
            },
            // An earlier link of a chain says nothing any more, unless it lives.
            None if !seen.facts.state.is_live() => continue,
            // What should have gone and is over cannot be cancelled any more: it was tried.
            None if earlier.contains(&seen.uid) && seen.facts.slot.end <= seen.seen_at => continue,
            None if earlier.contains(&seen.uid) || ours(seen) => Class::OnlyThere,
            None => continue,
        };
        let (uid, event_type) = (seen.uid.clone(), seen.facts.event_type);
        let (appointment, starts_at) = (known.map(|known| known.appointment), Some(seen.facts.slot.start));
        let there = (class == Class::OnlyThere).then(|| Sighting::clone(seen));
        verdicts.push(Verdict { uid, appointment, event_type, starts_at, class, there });
    }
    // Of one that does not say when it starts it is said wherever it stands.
    for entry in unreadable.iter().filter(|entry| entry.starts_at.is_none_or(is_meant)) {
        let known = here.iter().find(|known| known.uid == entry.uid);
        let held = known.and_then(|known| known.seen.as_ref()).map(|seen| seen.facts.slot.start);
        let in_doubt = known.is_some_and(|known| known.progress == Progress::InDoubt);
        verdicts.push(Verdict {
            uid: entry.uid.clone(),
            appointment: known.map(|known| known.appointment),
            event_type: entry.event_type,
            starts_at: entry.starts_at.or(held),
            class: if in_doubt { Class::InHand } else { Class::Unreadable },
            there: None,
        });
    }
    let readable = there.iter().map(|seen| &seen.uid);
    let listed: BTreeSet<_> = readable.chain(unreadable.iter().map(|entry| &entry.uid)).collect();
    let is_missed = |start: Timestamp| covered.whole_from <= start && start < covered.to;
    for known in here.iter().filter(|known| !listed.contains(&known.uid)) {
        let Some(seen) = known.seen.as_ref().filter(|seen| is_missed(seen.facts.slot.start)) else {
            continue;
        };
        // What takes place nowhere is missed by nobody.
        if !seen.facts.state.is_live() {
            continue;
        }
        let class = match known {
            Known { progress: Progress::InDoubt, .. } => Class::InHand,
            Known { unlisted: true, .. } => Class::Unlisted,
            _ => Class::OnlyHere,
        };
        let (uid, appointment) = (known.uid.clone(), Some(known.appointment));
        let starts_at = Some(seen.facts.slot.start);
        verdicts.push(Verdict { uid, appointment, event_type: None, starts_at, class, there: None });
    }
    verdicts
}

fn changed(held: Option<&Sighting>, seen: &Sighting) -> Class {
    let Some(held) = held else { return Class::Differs(Field::ALL.to_vec()) };
    match news(Some(held), seen) {
        // An older state that was seen later may be on its way, or be Cal.com's own: the next run tells.
        News::Stale if seen.seen_at > held.seen_at && seen.facts != held.facts => Class::InHand,
        // A list is no newer than what was read since.
        News::Same | News::Stale => Class::Same,
        News::Follow => Class::Moved,
        News::Newer => {
            let fields = Field::ALL.into_iter().filter(|field| !field.same(&held.facts, &seen.facts));
            let fields: Vec<_> = fields.collect();
            if fields.is_empty() { Class::Same } else { Class::Differs(fields) }
        }
    }
}

/// A time that a booking takes up of its host.
struct Taken<'a> {
    seen: &'a Sighting,
    /// `None` if it is nobody's here.
    whose: Option<AppointmentId>,
    /// What is said of it.
    verdict: Option<usize>,
}

/// Says of which bookings of a page that are otherwise as they were that they begin before another one of the same host
/// has ended. Cal.com takes both when two people book at the same moment. `running` are known ones that began before the
/// page does; `is_strange` says which of the page are nobody's here: they take up their host's time all the same, and what
/// they overlap is told. Of what is over nothing is said.
pub fn overlaps(
    verdicts: &mut Vec<Verdict>,
    there: &[Sighting],
    running: &[Known],
    is_strange: impl Fn(&Sighting) -> bool,
    now: Timestamp,
) {
    let is_listed = |known: &Known| there.iter().any(|seen| seen.uid == known.uid);
    let running = running.iter().filter(|known| known.progress == Progress::AtRest && !is_listed(known));
    let running = running.filter_map(|known| {
        Some(Taken { seen: known.seen.as_ref()?, whose: Some(known.appointment), verdict: None })
    });
    let same = verdicts.iter().enumerate().filter(|(_, verdict)| verdict.class == Class::Same);
    let same: BTreeMap<_, _> =
        same.map(|(index, verdict)| (&verdict.uid, (index, verdict.appointment))).collect();
    let listed = there.iter().filter_map(|seen| {
        if let Some((index, Some(appointment))) = same.get(&seen.uid) {
            return Some(Taken { seen, whose: Some(*appointment), verdict: Some(*index) });
        }
        // What waits for a confirmation takes nobody's time yet.
        let takes_time = seen.facts.state == BookingState::Active && is_strange(seen);
        takes_time.then_some(Taken { seen, whose: None, verdict: None })
    });
    // What is over has taken place as it has.
    let matters = |seen: &Sighting| seen.facts.state.is_live() && seen.facts.slot.end > now;
    let mut all: Vec<_> = running.chain(listed).filter(|taken| matters(taken.seen)).collect();
    all.sort_by_key(|taken| taken.seen.facts.slot.start);
    let mut until: BTreeMap<i64, (&Taken<'_>, AppointmentId)> = BTreeMap::new();
    let mut strange: BTreeMap<i64, Timestamp> = BTreeMap::new();
    let mut overlapping = Vec::new();
    for taken in &all {
        let (Some(host), slot) = (taken.seen.facts.host, taken.seen.facts.slot) else { continue };
        let last = until.get(&host).copied().filter(|(last, _)| slot.start < last.seen.facts.slot.end);
        let Some(appointment) = taken.whose else {
            // The one that is known is told.
            overlapping.extend(last.map(|(last, _)| (last, None)));
            let end = strange.get(&host).copied().unwrap_or(slot.end);
            strange.insert(host, end.max(slot.end));
            continue;
        };
        if let Some((_, other)) = last.filter(|(_, whose)| *whose != appointment) {
            overlapping.push((taken, Some(other)));
        } else if strange.get(&host).is_some_and(|end| slot.start < *end) {
            overlapping.push((taken, None));
        }
        if last.is_none_or(|(last, _)| last.seen.facts.slot.end < slot.end) {
            until.insert(host, (taken, appointment));
        }
    }
    let said: Vec<_> = overlapping
        .into_iter()
        // Of what began before the page it was said with the other one that is known.
        .filter(|(taken, other)| taken.verdict.is_some() || other.is_none())
        .map(|(taken, other)| {
            (
                taken.verdict,
                Verdict {
                    uid: taken.seen.uid.clone(),
                    appointment: taken.whose,
                    event_type: taken.seen.facts.event_type,
                    starts_at: Some(taken.seen.facts.slot.start),
                    class: Class::Overlaps(other),
                    there: None,
                },
            )
        })
        .collect();
    for (index, verdict) in said {
        match index {
            Some(index) if verdicts[index].class == Class::Same => verdicts[index].class = verdict.class,
            Some(_) => {}
            None if verdicts.iter().any(|it| it.uid == verdict.uid) => {}
            None => verdicts.push(verdict),
        }
    }
}

#[cfg(test)]
mod tests;
