//! How a service is: three states that say nothing of each other, and the reasons that follow from them.

use domain::Origin;
use domain::catalogue::{EventTypeProblem, ServiceCase};
use domain::service::{NotBookable, ServiceSync};
use jiff::Timestamp;

use super::{AsChip, Chip, Tone};
use crate::i18n::{Text, Translator};

/// Characters of what Cal.com said that fit into a few lines; all of it stands in the history.
const READABLE: usize = 160;

/// What the status column and its popover tell of a service.
#[derive(Clone, Debug)]
pub struct ServiceState {
    pub sync: ServiceSync,
    pub active: bool,
    /// Whether programs may book it.
    pub online: bool,
    /// Why callers cannot book it; empty if they can.
    pub not_bookable: Vec<NotBookable>,
    /// Why programs cannot.
    pub not_bookable_online: Vec<NotBookable>,
    /// Of several event types, the one that was compared longest ago.
    pub last_synced_at: Option<Timestamp>,
    /// Cal.com's ids.
    pub event_types: Vec<i64>,
    /// Why it is not as it should be, and what Cal.com said, in English; may be empty.
    pub problem: Option<(EventTypeProblem, String)>,
    /// Differences that wait for a person.
    pub divergences: usize,
}

/// A way to book.
#[derive(Clone, Debug)]
pub struct Entrance {
    pub label: &'static str,
    pub chip: Chip,
    /// The messages that say why it is closed.
    pub reasons: Vec<&'static str>,
}

impl ServiceState {
    pub fn of(case: &ServiceCase) -> Self {
        Self {
            sync: case.service.sync,
            active: case.service.active,
            online: case.service.terms.online,
            not_bookable: case.not_bookable_by(Origin::Phone),
            not_bookable_online: case.not_bookable_by(Origin::Api),
            last_synced_at: case.current().filter_map(|record| record.last_synced_at).min(),
            event_types: case.current().filter_map(|record| record.event_type_id).collect(),
            problem: case.problem(),
            divergences: case.current().map(|record| record.open_divergences().count()).sum(),
        }
    }

    pub fn active_chip(&self) -> Chip {
        if self.active {
            Chip { tone: Tone::Good, icon: "check-circle", label: "service-active" }
        } else {
            Chip { tone: Tone::Neutral, icon: "ban", label: "service-inactive" }
        }
    }

    pub fn online_chip(&self) -> Chip {
        if self.online {
            Chip { tone: Tone::Good, icon: "globe", label: "service-online" }
        } else {
            Chip { tone: Tone::Neutral, icon: "ban", label: "service-not-online" }
        }
    }

    /// Whether it can be booked, in a word.
    pub fn bookable_chip(&self) -> Chip {
        if self.not_bookable.is_empty() && !self.not_bookable_online.is_empty() {
            Chip { tone: Tone::Good, icon: "phone", label: "service-by-phone" }
        } else {
            bookable(&self.not_bookable)
        }
    }

    /// By phone and online, each with what stands in the way.
    pub fn entrances(&self) -> [Entrance; 2] {
        [("entrance-phone", &self.not_bookable), ("entrance-online", &self.not_bookable_online)].map(
            |(label, reasons)| Entrance {
                label,
                chip: bookable(reasons),
                reasons: reasons.iter().map(|reason| reason_key(*reason)).collect(),
            },
        )
    }

    /// What becomes of an appointment at Cal.com if that is not plain.
    pub fn place(&self) -> Option<&'static str> {
        match self.sync {
            _ if !self.not_bookable.is_empty() => None,
            ServiceSync::Never => Some("bookable-here-only"),
            ServiceSync::Pending => Some("bookable-follows"),
            ServiceSync::Synced | ServiceSync::Error => None,
        }
    }

    /// The messages that say why it cannot be booked at all.
    pub fn reasons(&self) -> Vec<&'static str> {
        self.not_bookable.iter().map(|reason| reason_key(*reason)).collect()
    }

    pub fn problem_text<'l>(&self, t: &'l Translator) -> Option<Text<'l>> {
        self.problem.as_ref().map(|(problem, _)| t.get(problem_key(*problem)))
    }

    /// What Cal.com said, cut to a readable length.
    pub fn message(&self) -> Option<String> {
        let (_, message) = self.problem.as_ref()?;
        let message = message.trim();
        (!message.is_empty()).then(|| match message.char_indices().nth(READABLE) {
            Some((end, _)) => format!("{}…", message[..end].trim_end()),
            None => message.to_owned(),
        })
    }
}

fn bookable(reasons: &[NotBookable]) -> Chip {
    if reasons.is_empty() {
        Chip { tone: Tone::Good, icon: "calendar", label: "service-bookable" }
    } else {
        Chip { tone: Tone::Bad, icon: "x-circle", label: "service-not-bookable" }
    }
}

fn reason_key(reason: NotBookable) -> &'static str {
    match reason {
        NotBookable::Inactive => "not-bookable-inactive",
        NotBookable::NotSynced => "not-bookable-not-synced",
        NotBookable::Nobody => "not-bookable-nobody",
        NotBookable::NotOnline => "not-bookable-not-online",
    }
}

/// The message that says what is wrong with an event type.
pub fn problem_key(problem: EventTypeProblem) -> &'static str {
    match problem {
        EventTypeProblem::SlugTaken => "problem-slug-taken",
        EventTypeProblem::NotAllowed => "problem-not-allowed",
        EventTypeProblem::Refused => "problem-refused",
        EventTypeProblem::RetriesUsedUp => "problem-retries-used-up",
        EventTypeProblem::NoEffect => "problem-no-effect",
        EventTypeProblem::Deleted => "problem-deleted",
    }
}

impl AsChip for ServiceSync {
    fn chip(&self) -> Chip {
        match self {
            Self::Synced => Chip { tone: Tone::Good, icon: "check", label: "service-synced" },
            Self::Pending => Chip { tone: Tone::Wait, icon: "clock", label: "service-pending" },
            Self::Error => Chip { tone: Tone::Bad, icon: "alert", label: "service-error" },
            Self::Never => Chip { tone: Tone::Neutral, icon: "unlink", label: "service-never" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cal_com_says_is_cut_between_characters() {
        let state = |message: &str| ServiceState {
            sync: ServiceSync::Error,
            active: true,
            online: true,
            not_bookable: Vec::new(),
            not_bookable_online: Vec::new(),
            last_synced_at: None,
            event_types: Vec::new(),
            problem: Some((EventTypeProblem::Refused, message.to_owned())),
            divergences: 0,
        };
        assert_eq!(state(" ").message(), None);
        assert_eq!(state(&"ü".repeat(READABLE)).message().unwrap().chars().count(), READABLE);
        let cut = state(&"ü".repeat(READABLE + 1)).message().unwrap();
        assert_eq!(cut, format!("{}…", "ü".repeat(READABLE)));
    }
}
