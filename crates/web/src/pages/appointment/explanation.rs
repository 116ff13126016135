//! The sync status of an appointment in three sentences: what happened, what happens next by itself,
//! what a person can do.

use domain::{SyncStatus, decide::Next, plan::Push};
use jiff::{SignedDuration, Timestamp};

use crate::{
    components::{AsChip as _, Tone, in_its_words, reason_key, remedy_key},
    i18n::Translator,
};

/// What the sentences are derived from.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub sync: SyncStatus,
    /// What the engine does next (`Case::next`).
    pub next: Next,
    /// Calls that failed in a row.
    pub failures: u32,
    pub next_try_at: Option<Timestamp>,
    /// When both sides were last read to be the same.
    pub verified_at: Option<Timestamp>,
    /// Why a person is asked, in English, without customer data: in Cal.com's own words if [`in_its_words`].
    pub message: Option<String>,
    /// Another booking takes the place of one that Cal.com cannot change.
    pub replacing: bool,
    /// Facts on which both sides differ, and that stay so.
    pub accepted: usize,
    /// It was asked for, and waits for an answer.
    pub requested: bool,
    /// A booking made at Cal.com overlaps another appointment of the same staff member.
    pub overlapping: bool,
    /// Nothing is sent over its connection at present: the key is not accepted, or somebody has to look.
    pub stopped: bool,
    /// Where that can be seen to, for those who may.
    pub stopped_href: Option<String>,
}

impl Explanation {
    pub fn tone(&self) -> Tone {
        self.sync.chip().tone
    }

    pub fn happened(&self, t: &Translator) -> String {
        match (&self.next, self.failures) {
            (Next::NotConnected, _) => t.get("happened-not-connected").to_string(),
            (Next::Rest, _) => match self.verified_at {
                Some(at) if self.accepted > 0 => {
                    let told = t.get("happened-verified-but").arg("count", self.accepted);
                    told.arg("ago", t.relative(&at)).to_string()
                }
                Some(at) => t.get("happened-verified").arg("ago", t.relative(&at)).to_string(),
                None => t.get("happened-rest").to_string(),
            },
            (Next::Look, 0) => t.get("happened-look").to_string(),
            (Next::Act(_), 0) if self.replacing => t.get("happened-replace").to_string(),
            (Next::Act(push), 0) => match push {
                Push::Create => t.get("happened-create").to_string(),
                Push::Reschedule => t.get("happened-reschedule").to_string(),
                Push::Cancel => t.get("happened-cancel").to_string(),
                Push::Confirm => t.get("happened-confirm").to_string(),
                Push::Decline => t.get("happened-decline").to_string(),
                Push::Reassign => t.get("happened-reassign").to_string(),
                Push::MarkAbsent => t.get("happened-mark-absent").to_string(),
            },
            (Next::Wait, 0) => t.get("happened-wait").to_string(),
            (Next::Look | Next::Act(_) | Next::Wait, failures) => {
                t.get("happened-failed").arg("count", failures).to_string()
            }
            (Next::Ask(_), _) => t.get("happened-conflict").to_string(),
            (Next::Vanished, _) => t.get("happened-vanished").to_string(),
            (Next::GivenUp(code), _) => t.get(reason_key(*code)).to_string(),
        }
    }

    pub fn next(&self, t: &Translator) -> String {
        match (&self.next, self.next_try_at) {
            (Next::Look | Next::Act(_) | Next::Wait, _) if self.stopped => t.get("next-stopped").to_string(),
            (Next::Look | Next::Act(_) | Next::Wait, Some(at)) if at > t.now => {
                t.get("next-try").arg("soon", t.relative(&at)).to_string()
            }
            (Next::Look | Next::Act(_) | Next::Wait, _) => t.get("next-now").to_string(),
            (Next::Rest, _) => t.get("next-check").to_string(),
            (Next::NotConnected | Next::Ask(_) | Next::Vanished | Next::GivenUp(_), _) => {
                t.get("next-nothing").to_string()
            }
        }
    }

    pub fn person(&self, t: &Translator) -> String {
        match &self.next {
            Next::NotConnected => t.get("person-not-connected"),
            Next::Rest if self.requested => t.get("person-requested"),
            Next::Rest if self.accepted > 0 => t.get("person-rest-but"),
            Next::Rest => t.get("person-rest"),
            Next::Look | Next::Act(_) | Next::Wait if self.stopped => match self.stopped_href {
                Some(_) => t.get("person-stopped"),
                None => t.get("person-stopped-ask"),
            },
            Next::Look | Next::Act(_) | Next::Wait => t.get("person-wait"),
            Next::Ask(_) => t.get("person-conflict"),
            Next::Vanished => t.get("person-vanished"),
            Next::GivenUp(code) => t.get(remedy_key(*code)),
        }
        .to_string()
    }

    /// The page on which a stopped connection is set going again, while that is what it waits for.
    pub fn way_on(&self) -> Option<&str> {
        let waits = matches!(self.next, Next::Look | Next::Act(_) | Next::Wait);
        self.stopped_href.as_deref().filter(|_| waits && self.stopped)
    }

    /// The message that introduces [`Self::message`].
    pub fn told_by(&self) -> &'static str {
        match self.next {
            Next::GivenUp(code) if !in_its_words(code) => "last-error",
            _ => "calcom-says",
        }
    }

    pub(super) fn sample(t: &Translator) -> Self {
        Self {
            sync: SyncStatus::Conflict,
            next: Next::Ask(vec![domain::Field::Start]),
            failures: 0,
            next_try_at: None,
            verified_at: Some(t.now - SignedDuration::from_hours(5)),
            message: None,
            replacing: false,
            accepted: 0,
            requested: false,
            overlapping: false,
            stopped: false,
            stopped_href: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use domain::review::ReviewCode;

    use super::*;
    use crate::i18n::Language;

    #[test]
    fn every_state_has_its_sentences() {
        let t = Translator::new(Language::De, TimeZone::UTC, "2026-11-24T09:30:00Z".parse().unwrap());
        let given_up = ReviewCode::ALL.map(Next::GivenUp);
        let pushes = Push::ALL.map(Next::Act);
        let others =
            [Next::NotConnected, Next::Rest, Next::Look, Next::Wait, Next::Ask(vec![]), Next::Vanished];
        for next in given_up.into_iter().chain(pushes).chain(others) {
            for sync in SyncStatus::ALL {
                for (failures, stopped) in [(0, false), (3, false), (3, true)] {
                    let soon = Some("2026-11-24T09:35:00Z".parse().unwrap());
                    let explanation = Explanation {
                        sync,
                        next: next.clone(),
                        failures,
                        stopped,
                        next_try_at: soon,
                        ..Explanation::sample(&t)
                    };
                    for sentence in [explanation.happened(&t), explanation.next(&t), explanation.person(&t)] {
                        assert!(sentence.ends_with('.') && !sentence.contains('⟦'), "{next:?}: {sentence}");
                    }
                }
            }
        }
    }
}
