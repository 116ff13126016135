//! How a service is: three states that say nothing of each other, and the reasons that follow from them.

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
    /// Empty if it can be booked.
    pub not_bookable: Vec<NotBookable>,
    /// Of several event types, the one that was compared longest ago.
    pub last_synced_at: Option<Timestamp>,
    /// Cal.com's ids.
    pub event_types: Vec<i64>,
    /// Why it is not as it should be, and what Cal.com said, in English; may be empty.
    pub problem: Option<(EventTypeProblem, String)>,
    /// Differences that wait for a person.
    pub divergences: usize,
}

impl ServiceState {
    pub fn of(case: &ServiceCase) -> Self {
        Self {
            sync: case.service.sync,
            active: case.service.active,
            not_bookable: case.not_bookable(),
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

    pub fn bookable_chip(&self) -> Chip {
        if self.not_bookable.is_empty() {
            Chip { tone: Tone::Good, icon: "calendar", label: "service-bookable" }
        } else {
            Chip { tone: Tone::Bad, icon: "x-circle", label: "service-not-bookable" }
        }
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

    /// The messages that say why it cannot be booked.
    pub fn reasons(&self) -> Vec<&'static str> {
        let key = |reason: &NotBookable| match reason {
            NotBookable::Inactive => "not-bookable-inactive",
            NotBookable::NotSynced => "not-bookable-not-synced",
            NotBookable::Nobody => "not-bookable-nobody",
        };
        self.not_bookable.iter().map(key).collect()
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
            not_bookable: Vec::new(),
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
