//! A run of verification, as every page tells it: how far it is, and what came of it.

use jiff::{SignedDuration, Timestamp};

use super::{AsChip, Chip, Tone};

#[derive(Clone, Debug)]
pub struct Run {
    /// `ver_…`
    pub id: String,
    /// Name of the account.
    pub connection: String,
    pub check_only: bool,
    /// The first start that it is about.
    pub from: Timestamp,
    /// The first that it is not; `None`: everything ahead.
    pub to: Option<Timestamp>,
    pub stage: Stage,
    pub started_at: Timestamp,
    pub read_at: Option<Timestamp>,
    pub same: u64,
    pub in_hand: u64,
    /// On the list of no account that is connected.
    pub unlisted: u64,
    pub found: u64,
    pub healed: u64,
    pub pages: u64,
    /// Pages, and those with which what was found was looked at.
    pub requests: u64,
    /// Entries that could not be read, not even by name.
    pub unreadable: u64,
    /// Questions about bookings of its window that were open when it ended.
    pub questions: u64,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Starts before this were compared.
    Reading {
        until: Timestamp,
    },
    /// Both sides were read; what was found is looked at by itself.
    Settling,
    Finished {
        at: Timestamp,
    },
}

impl Run {
    pub fn href(&self) -> String {
        format!("/verifications/{}", self.id)
    }

    pub fn compared(&self) -> u64 {
        self.same + self.in_hand + self.found
    }

    pub fn open(&self) -> u64 {
        self.found.saturating_sub(self.healed)
    }

    pub fn finished_at(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Finished { at } => Some(at),
            Stage::Reading { .. } | Stage::Settling => None,
        }
    }

    /// How long it took.
    pub fn took(&self) -> Option<SignedDuration> {
        self.finished_at().map(|at| at.duration_since(self.started_at))
    }

    /// Whether both say something about the same stretch of time, seen from when each began.
    pub fn is_alike(&self, other: &Self) -> bool {
        let lengths = |run: &Self| {
            let to = run.to.map(|to| to.duration_since(run.started_at));
            (run.from.duration_since(run.started_at), to)
        };
        self.check_only == other.check_only && lengths(self) == lengths(other)
    }
}

impl AsChip for Run {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match (self.stage, self.found, self.open()) {
            (Stage::Reading { .. }, ..) => (Tone::Info, "refresh", "run-reading"),
            (Stage::Settling, ..) => (Tone::Wait, "clock", "run-settling"),
            (Stage::Finished { .. }, _, 0) if self.questions > 0 => (Tone::Wait, "review", "run-asked"),
            (Stage::Finished { .. }, _, 0) if self.in_hand + self.unlisted + self.unreadable > 0 => {
                (Tone::Wait, "clock", "run-unproven")
            }
            (Stage::Finished { .. }, 0, _) => (Tone::Good, "check", "run-clean"),
            (Stage::Finished { .. }, _, 0) => (Tone::Good, "check", "run-healed"),
            (Stage::Finished { .. }, ..) if self.check_only => (Tone::Wait, "info", "run-found"),
            (Stage::Finished { .. }, ..) => (Tone::Bad, "alert", "run-open"),
        };
        Chip { tone, icon, label }
    }
}

impl Run {
    /// Runs of the sample salon: the one that left something, one that healed everything, one of which nothing was to
    /// follow, and one under way.
    pub fn samples(now: Timestamp) -> Vec<Self> {
        let started_at = now - SignedDuration::from_mins(47);
        let open = Self {
            id: "ver_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            connection: "Prenzlauer Berg".into(),
            check_only: false,
            from: started_at - SignedDuration::from_hours(30 * 24),
            to: None,
            stage: Stage::Finished { at: started_at + SignedDuration::from_secs(74) },
            started_at,
            read_at: Some(started_at + SignedDuration::from_secs(12)),
            same: 1_281,
            in_hand: 2,
            found: 4,
            healed: 3,
            pages: 6,
            requests: 9,
            unlisted: 0,
            unreadable: 0,
            questions: 1,
        };
        let earlier = |hours| started_at - SignedDuration::from_hours(hours);
        let began = |hours: i64| Self {
            started_at: earlier(hours),
            from: earlier(hours + 30 * 24),
            read_at: Some(earlier(hours)),
            stage: Stage::Finished { at: earlier(hours) },
            ..open.clone()
        };
        let healed = Self { found: 2, healed: 2, in_hand: 0, questions: 0, ..began(6) };
        let checked = Self {
            check_only: true,
            to: Some(earlier(12) + SignedDuration::from_hours(14 * 24)),
            found: 3,
            healed: 0,
            questions: 0,
            ..began(12)
        };
        let clean = Self { found: 0, healed: 0, in_hand: 0, questions: 0, ..began(18) };
        let reading = Self {
            connection: "Neukölln".into(),
            started_at: now - SignedDuration::from_secs(9),
            read_at: None,
            stage: Stage::Reading { until: now + SignedDuration::from_hours(50) },
            found: 1,
            healed: 0,
            questions: 0,
            ..open.clone()
        };
        vec![reading, open, healed, checked, clean]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_says_what_came_of_it() {
        let now: Timestamp = "2026-11-24T08:12:00Z".parse().unwrap();
        let runs = Run::samples(now);
        let labels: Vec<_> = runs.iter().map(|run| run.chip().label).collect();
        assert_eq!(labels, ["run-reading", "run-open", "run-healed", "run-found", "run-clean"]);
        // Both sides say what they said before, and somebody still has to decide.
        let asked = Run { questions: 1, ..runs[4].clone() };
        assert_eq!(asked.chip().label, "run-asked");
        assert_eq!(Run { stage: Stage::Settling, ..runs[0].clone() }.chip().label, "run-settling");
        // What was left out proves nothing.
        for left_out in [
            Run { in_hand: 1, ..runs[4].clone() },
            Run { unlisted: 1, ..runs[4].clone() },
            Run { unreadable: 1, ..runs[2].clone() },
        ] {
            assert_eq!(left_out.chip().label, "run-unproven");
        }
        // What is compared with another run has to be about the same time, and to have had the same chance to heal.
        assert!(runs[1].is_alike(&runs[2]) && !runs[1].is_alike(&runs[3]));
        assert!(!runs[1].is_alike(&Run { check_only: true, ..runs[2].clone() }));
    }
}
