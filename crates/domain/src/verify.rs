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

use crate::facts::Field;
use crate::observe::{News, Sighting, news};
use crate::{AppointmentId, BookingUid, EventTypeRef};

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
    /// So many bookings that start at that very instant were looked at: as many as fill a page, and more.
    pub skip: u32,
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
        Self { from: window.from, skip: 0 }
    }

    /// What a page that was asked for here covers. `starts` are the starts of its bookings in their order, `full` says
    /// whether there may be more.
    pub fn page(self, window: Window, starts: &[Timestamp], full: bool) -> Covered {
        let end = window.to.unwrap_or(Timestamp::MAX);
        let last = starts.last().copied().filter(|_| full).unwrap_or(end).min(end);
        let after = self.from.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(end);
        if full && last == self.from && last < end {
            let more = u32::try_from(starts.len()).unwrap_or(u32::MAX);
            let next = Some(Self { from: self.from, skip: self.skip.saturating_add(more) });
            return Covered { from: self.from, to: after, whole_from: after, next };
        }
        let whole_from = if self.skip == 0 { self.from } else { after };
        let next = (last < end).then_some(Self { from: last, skip: 0 });
        Covered { from: self.from, to: last, whole_from, next }
    }
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
    /// Something is being done about it, or it is to be looked at anyway: that goes its own way.
    pub in_hand: bool,
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

impl Class {
    /// The stored and documented name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::InHand => "in_hand",
            Self::Differs(_) => "differs",
            Self::Moved => "moved",
            Self::OnlyHere => "only_here",
            Self::OnlyThere => "only_there",
            Self::Stuck => "stuck",
            Self::Overlaps(_) => "overlaps",
        }
    }

    /// Whether there is something to find.
    pub fn is_finding(&self) -> bool {
        !matches!(self, Self::Same | Self::InHand)
    }

    /// With which appointment it overlaps.
    pub fn other(&self) -> Option<AppointmentId> {
        match self {
            Self::Overlaps(other) => Some(*other),
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
    /// Pages that were read.
    pub pages: u64,
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
                Class::Differs(_)
                | Class::Moved
                | Class::OnlyHere
                | Class::OnlyThere
                | Class::Stuck
                | Class::Overlaps(_) => {}
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
    /// It is as it was last seen, and begins before another one of the same host has ended: that of this appointment.
    Overlaps(AppointmentId),
}

/// Compares the bookings of a page with what is known of what starts in the same time. `here` are the known ones of
/// which the booking was last seen to start in that time or which go by a name of the page; `earlier` are names of the
/// page that known bookings went by once; `linked` says which event types stand for a service.
pub fn compare(
    covered: &Covered,
    there: &[Sighting],
    here: &[Known],
    earlier: &BTreeSet<BookingUid>,
    linked: impl Fn(EventTypeRef) -> bool,
) -> Vec<Verdict> {
    let is_meant = |start: Timestamp| covered.from <= start && start < covered.to;
    let there: Vec<_> = there.iter().filter(|seen| is_meant(seen.facts.slot.start)).collect();
    let mut verdicts = Vec::new();
    for seen in &there {
        let known = here.iter().find(|known| known.uid == seen.uid);
        let class = match known {
            Some(known) if known.in_hand => Class::InHand,
            Some(known) => changed(known.seen.as_ref(), seen),
            // An earlier link of a chain says nothing any more, unless it lives.
            None if !seen.facts.state.is_live() => continue,
            // What should have gone and is over cannot be cancelled any more: it was tried.
            None if earlier.contains(&seen.uid) && seen.facts.slot.end <= seen.seen_at => continue,
            None if earlier.contains(&seen.uid) || seen.facts.event_type.is_some_and(&linked) => {
                Class::OnlyThere
            }
            None => continue,
        };
        let (uid, event_type) = (seen.uid.clone(), seen.facts.event_type);
        let (appointment, starts_at) = (known.map(|known| known.appointment), Some(seen.facts.slot.start));
        let there = (class == Class::OnlyThere).then(|| Sighting::clone(seen));
        verdicts.push(Verdict { uid, appointment, event_type, starts_at, class, there });
    }
    let listed: BTreeSet<_> = there.iter().map(|seen| &seen.uid).collect();
    let is_missed = |start: Timestamp| covered.whole_from <= start && start < covered.to;
    for known in here.iter().filter(|known| !listed.contains(&known.uid)) {
        let Some(seen) = known.seen.as_ref().filter(|seen| is_missed(seen.facts.slot.start)) else {
            continue;
        };
        // What takes place nowhere is missed by nobody.
        if !seen.facts.state.is_live() {
            continue;
        }
        let class = if known.in_hand { Class::InHand } else { Class::OnlyHere };
        let (uid, appointment) = (known.uid.clone(), Some(known.appointment));
        let starts_at = Some(seen.facts.slot.start);
        verdicts.push(Verdict { uid, appointment, event_type: None, starts_at, class, there: None });
    }
    verdicts
}

fn changed(held: Option<&Sighting>, seen: &Sighting) -> Class {
    let Some(held) = held else { return Class::Differs(Field::ALL.to_vec()) };
    match news(Some(held), seen) {
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

/// Says of which bookings of a page that are otherwise as they were that they begin before another one of the same host
/// has ended. Cal.com takes both when two people book at the same moment. `running` are known ones that began before the
/// page does. Of what is over nothing is said.
pub fn overlaps(verdicts: &mut [Verdict], there: &[Sighting], running: &[Known], now: Timestamp) {
    let is_listed = |known: &Known| there.iter().any(|seen| seen.uid == known.uid);
    let running = running.iter().filter(|known| !known.in_hand && !is_listed(known));
    let running = running.filter_map(|known| Some((known.seen.as_ref()?, known.appointment, None)));
    let same = verdicts.iter().enumerate().filter(|(_, verdict)| verdict.class == Class::Same);
    let same: BTreeMap<_, _> =
        same.map(|(index, verdict)| (&verdict.uid, (index, verdict.appointment))).collect();
    let listed = there.iter().filter_map(|seen| {
        let (index, appointment) = *same.get(&seen.uid)?;
        Some((seen, appointment?, Some(index)))
    });
    // What is over has taken place as it has.
    let matters = |seen: &Sighting| seen.facts.state.is_live() && seen.facts.slot.end > now;
    let mut all: Vec<_> = running.chain(listed).filter(|(seen, ..)| matters(seen)).collect();
    all.sort_by_key(|(seen, ..)| seen.facts.slot.start);
    let mut until: BTreeMap<i64, (Timestamp, AppointmentId)> = BTreeMap::new();
    let mut overlapping = Vec::new();
    for (seen, appointment, index) in all {
        let (Some(host), slot) = (seen.facts.host, seen.facts.slot) else { continue };
        let last = until.get(&host).copied();
        if let Some((_, other)) = last.filter(|(end, whose)| slot.start < *end && *whose != appointment) {
            overlapping.extend(index.map(|index| (index, other)));
        }
        if last.is_none_or(|(end, _)| end < slot.end) {
            until.insert(host, (slot.end, appointment));
        }
    }
    for (index, other) in overlapping {
        verdicts[index].class = Class::Overlaps(other);
    }
}

#[cfg(test)]
mod tests;
