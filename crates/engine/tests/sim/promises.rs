//! What people said, on either side, and were granted: it came to pass, and the last word counts.

use std::collections::BTreeSet;

use calcom_sim::Booking;
use domain::appointment::AppointmentStatus;
use domain::plan::{Cancellation, Winner};
use domain::review::ReviewCode;
use domain::timeline::{Entry, What};
use domain::{Appointment, Origin, ServiceId, SyncStatus};
use jiff::Timestamp;
use store::History;

use crate::ledger::{Said, Side, Word};
use crate::oracle::Judge;
use crate::people::hour;

impl Judge<'_> {
    /// 3, 9: what people said, and were granted, came to pass.
    pub fn words(
        &self,
        index: usize,
        appointment: &Appointment,
        live: &[&Booking],
        reviews: &[ReviewCode],
        history: &History,
    ) {
        let (entries, name) = (&history.entries, self.run.short(appointment.id));
        let id = appointment.id.to_string();
        let mine = |said: &&Said| {
            said.whose == id || self.roots.get(&said.whose).is_some_and(|owner| *owner == appointment.id)
        };
        let said: Vec<&Said> = self.run.ledger.0.iter().filter(mine).collect();
        for word in said.iter().filter(|said| said.word == Word::Cancelled && !said.beside) {
            // A decision that was begun before and came to pass after is the last word too.
            let is_last = |said: &Said| said.granted.is_none_or(|granted| granted > word.begun);
            let settled_later = said.iter().any(|said| said.word == Word::Settled && is_last(said));
            let gone = appointment.status == AppointmentStatus::Cancelled && self.is_gone(live)
                || appointment.status == AppointmentStatus::NoShow
                // What is taken off the lists when it is over is not cancelled.
                || word.side == Side::Here && over_when_deleted(entries);
            let may_stand = self.run.world.companies[index].policy.cancellation == Cancellation::Ask;
            // What every try has failed to bring there stands as long as a person is told so.
            let is_told = appointment.status == AppointmentStatus::Cancelled
                && reviews.contains(&ReviewCode::RetriesUsedUp);
            let asked = is_told || !reviews.is_empty() && (may_stand || self.is_gone(live));
            let revived = self.run.world.network.was_revived(&word.whose);
            // Cal.com takes a second refusal like the first, and tells neither from the other.
            let refused_twice = self.is_refused_by_both(&word.whose, &history.attempts);
            let excused = settled_later || revived || refused_twice;
            if word.granted.is_some() && !gone && !asked && !excused {
                let what = format!("{name} was cancelled {:?} at step {} and is back", word.side, word.begun);
                self.violated(3, &what);
            }
        }
        let cancelled = said.iter().any(|said| said.word == Word::Cancelled);
        if appointment.status == AppointmentStatus::Cancelled && !cancelled {
            self.violated(9, &format!("{name} was cancelled, and nobody has said so"));
        }
        // A guest who moves one stretch of work says nothing about the others.
        let company = &self.run.world.companies[index];
        let is_composite = |id: &ServiceId| {
            company
                .services
                .iter()
                .zip(&company.as_made)
                .any(|(of, made)| of == id && made.segments.len() > 1)
        };
        let was_composite = entries.iter().any(|entry| match &entry.what {
            What::Reassigned { from_service, to_service, .. } => {
                is_composite(from_service) || is_composite(to_service)
            }
            _ => false,
        });
        let in_one = appointment.segments.len() == 1 && !was_composite;
        if in_one && !self.run.world.network.was_revived(&id) {
            self.times(index, appointment, &said, entries, &name);
        }
    }

    /// 9: the last word about the time counts, and no earlier one. Only where each time was named once.
    fn times(&self, index: usize, appointment: &Appointment, said: &[&Said], entries: &[Entry], name: &str) {
        let named = |said: &&&Said| match said.word {
            Word::Booked(to) | Word::Moved { to, .. } => Some(to),
            _ => None,
        };
        let distinct: BTreeSet<Timestamp> = said.iter().filter_map(|said| named(&said)).collect();
        if distinct.len() != said.iter().filter(|said| named(said).is_some()).count() {
            return;
        }
        // What the history tells: to when, and by whom.
        let told: Vec<(Timestamp, bool)> = entries
            .iter()
            .filter_map(|entry| {
                let by_calcom = entry.actor.origin == Origin::Calcom;
                match &entry.what {
                    What::Booked { slot, .. } => Some((slot.start, by_calcom)),
                    What::Rescheduled { from, to, .. } if from.start != to.start => {
                        Some((to.start, by_calcom))
                    }
                    _ => None,
                }
            })
            .collect();
        let there: Vec<&&Said> =
            said.iter().filter(|said| said.side == Side::There && named(said).is_some()).collect();
        for said in said.iter().filter(|said| said.side == Side::Here && said.granted.is_some()) {
            if let Some(to) = named(&said)
                && !told.contains(&(to, false))
            {
                self.violated(9, &format!("{name} at {} was granted and is nowhere", hour(to)));
            }
        }
        let mut adopted = BTreeSet::new();
        for (to, _) in told.iter().filter(|(_, by_calcom)| *by_calcom) {
            if !there.iter().any(|said| named(said) == Some(*to)) {
                self.violated(8, &format!("{name} took {} over, which nobody said at Cal.com", hour(*to)));
            }
            if !adopted.insert(*to) {
                self.violated(9, &format!("{name} took {} over twice", hour(*to)));
            }
        }
        let settled = said.iter().any(|said| said.word == Word::Settled || said.beside);
        if appointment.sync != SyncStatus::Synced || !appointment.status.is_active() || settled {
            return;
        }
        let Some((last, by_calcom)) = told.last().copied() else { return };
        if last != appointment.slot.start {
            self.violated(9, &format!("{name} is not where its history ends"));
        }
        let last_there = there.last().and_then(named);
        let last_here = told.iter().rev().find(|(_, by_calcom)| !by_calcom).map(|(to, _)| *to);
        let policy = self.run.world.companies[index].policy.times;
        if by_calcom {
            if last_there != Some(last) {
                self.violated(9, &format!("{name} ended with an old word of Cal.com: {}", hour(last)));
            }
            let moved_from = |at| {
                there
                    .iter()
                    .any(|said| matches!(said.word, Word::Moved { from: Some(from), .. } if from == at))
            };
            if let Some(here) = last_here
                && policy != Winner::CalcomWins
                && !moved_from(here)
            {
                let what = format!("{name} at {} was granted here and lost to {}", hour(here), hour(last));
                self.violated(9, &what);
            }
        } else if let Some(there) = last_there
            && there != last
            && policy != Winner::PlatformWins
            && !told.contains(&(there, true))
        {
            let lost = format!("was said at Cal.com and lost to {}", hour(last));
            self.violated(9, &format!("{name} at {} {lost}", hour(there)));
        }
    }
}

/// Whether it was taken off the lists, and never cancelled.
fn over_when_deleted(entries: &[Entry]) -> bool {
    let told = |what: fn(&What) -> bool| entries.iter().any(|entry| what(&entry.what));
    told(|what| matches!(what, What::Deleted)) && !told(|what| matches!(what, What::Cancelled { .. }))
}
