//! `GET /verifications/{id}`: what a run has said so far: of which time, of how many bookings, what it found, what became
//! of that, and how it was the time before.

use askama::Template;
use domain::{Field, SyncStatus};
use jiff::Timestamp;

use super::{ConnectionState, appointment::comparison};
use crate::{
    components::{AsChip as _, Chip, Pager, Run, Stage, Tone},
    frame::{Frame, Page, Section},
    i18n::{Text, Translator},
};

#[derive(Template)]
#[template(path = "pages/verification.html")]
pub struct VerificationPage {
    pub t: Translator,
    pub frame: Frame,
    pub run: Run,
    /// Who wanted it.
    pub by: String,
    /// How the account is, while the run is under way.
    pub connection: Option<ConnectionState>,
    /// The last one of the same account that had come to its end.
    pub before: Option<Run>,
    /// Of which class findings are listed; all, if it is empty.
    pub class: &'static str,
    /// The classes of which there are any, with how many.
    pub classes: Vec<(&'static str, u64)>,
    /// What is open first.
    pub findings: Vec<FindingRow>,
    pub pager: Pager,
}

/// The classes of findings, as they stand in addresses.
pub const CLASSES: [&str; 7] =
    ["only_here", "only_there", "unreadable", "differs", "moved", "stuck", "overlaps"];

/// What a class means; a message.
pub fn class_key(class: &str) -> &'static str {
    match class {
        "only_here" => "finding-only-here",
        "only_there" => "finding-only-there",
        "moved" => "finding-moved",
        "stuck" => "finding-stuck",
        "overlaps" => "finding-overlaps",
        "unreadable" => "finding-unreadable",
        _ => "finding-differs",
    }
}

/// A booking that was not as it was known.
#[derive(Clone, Debug)]
pub struct FindingRow {
    /// Cal.com's name of it.
    pub uid: String,
    pub appointment: Option<FoundAppointment>,
    /// One of [`CLASSES`].
    pub class: String,
    pub fields: Vec<Field>,
    pub healed_at: Option<Timestamp>,
}

/// The appointment of a booking, and how it is now.
#[derive(Clone, Debug)]
pub struct FoundAppointment {
    pub href: String,
    /// `A-1042`
    pub number: String,
    pub starts_at: Timestamp,
    pub service: String,
    pub sync: SyncStatus,
}

impl FindingRow {
    pub fn what<'l>(&self, t: &'l Translator) -> Text<'l> {
        t.get(class_key(&self.class))
    }

    /// In which it differs, in words.
    pub fn fields(&self, t: &Translator) -> Option<String> {
        let names = self.fields.iter().map(|field| t.get(comparison::label(*field)).to_string());
        let names = names.collect::<Vec<_>>().join(", ");
        Some(names).filter(|names| !names.is_empty())
    }

    /// What became of it.
    pub fn chip(&self, run: &Run) -> Chip {
        let (tone, icon, label) = match (self.healed_at, run.stage) {
            (Some(_), _) => (Tone::Good, "check", "finding-healed"),
            (None, _) if run.check_only => (Tone::Wait, "info", "finding-noted"),
            (None, Stage::Finished { .. }) => (Tone::Bad, "alert", "finding-open"),
            (None, Stage::Reading { .. } | Stage::Settling) => (Tone::Wait, "clock", "finding-looked-at"),
        };
        Chip { tone, icon, label }
    }
}

/// A count of this run beside that of the run before.
pub struct Compared {
    pub label: &'static str,
    pub now: u64,
    pub before: u64,
}

impl Compared {
    /// `+3`, `−3`, `±0`.
    pub fn difference(&self, t: &Translator) -> String {
        let sign = match self.now.cmp(&self.before) {
            std::cmp::Ordering::Less => "−",
            std::cmp::Ordering::Equal => "±",
            std::cmp::Ordering::Greater => "+",
        };
        format!("{sign}{}", t.count(&self.now.abs_diff(self.before)))
    }
}

impl VerificationPage {
    /// What came of it, in a sentence.
    pub fn verdict(&self) -> Text<'_> {
        let (t, run) = (&self.t, &self.run);
        match run.stage {
            Stage::Reading { .. } if run.pages == 0 => t.get("run-verdict-begins"),
            Stage::Reading { until } => t.get("run-verdict-reading").arg("until", t.date_time(&until)),
            Stage::Settling => t.get("run-verdict-settling").arg("found", run.found),
            Stage::Finished { .. } => match (run.found, run.open()) {
                (0, _) if run.unreadable > 0 => {
                    t.get("run-verdict-clean-read").arg("same", run.same).arg("unreadable", run.unreadable)
                }
                (0, _) if run.unlisted > 0 => {
                    t.get("run-verdict-clean-listed").arg("same", run.same).arg("unlisted", run.unlisted)
                }
                (0, _) if run.compared() == 0 => t.get("run-verdict-nothing"),
                (0, _) if run.in_hand > 0 => {
                    t.get("run-verdict-clean-but").arg("same", run.same).arg("hand", run.in_hand)
                }
                (0, _) => t.get("run-verdict-clean").arg("same", run.same),
                (found, _) if run.check_only => t.get("run-verdict-found").arg("found", found),
                (found, 0) => t.get("run-verdict-healed").arg("found", found),
                (found, open) => t.get("run-verdict-open").arg("found", found).arg("open", open),
            },
        }
    }

    /// What it says something about.
    pub fn window(&self) -> String {
        let (t, run) = (&self.t, &self.run);
        match run.to {
            Some(to) => {
                let text = t.get("run-window").arg("from", t.date_time(&run.from));
                text.arg("to", t.date_time(&to)).to_string()
            }
            None => t.get("run-window-ahead").arg("from", t.date_time(&run.from)).to_string(),
        }
    }

    /// The counts with their messages, and the tone of what asks for attention.
    pub fn counts(&self) -> [(&'static str, u64, Option<Tone>); 6] {
        let run = &self.run;
        let tone = |count, tone| Some(tone).filter(|_| count > 0);
        let left = if run.check_only || run.finished_at().is_none() { Tone::Wait } else { Tone::Bad };
        [
            ("run-compared", run.compared(), None),
            ("run-same", run.same, None),
            ("run-in-hand", run.in_hand, tone(run.in_hand, Tone::Wait)),
            ("run-differences", run.found, None),
            ("run-healed-count", run.healed, tone(run.healed, Tone::Good)),
            ("run-open-count", run.open(), tone(run.open(), left)),
        ]
    }

    /// Beside the run before.
    pub fn compared_with(&self, before: &Run) -> [Compared; 7] {
        let compared =
            |label, count: fn(&Run) -> u64| Compared { label, now: count(&self.run), before: count(before) };
        [
            compared("run-compared", Run::compared),
            compared("run-in-hand", |run| run.in_hand),
            compared("run-differences", |run| run.found),
            compared("run-healed-count", |run| run.healed),
            compared("run-open-count", Run::open),
            compared("run-pages", |run| run.pages),
            compared("run-requests", |run| run.requests),
        ]
    }

    /// How long it took.
    pub fn took(&self) -> Option<String> {
        let took = self.run.took()?;
        let short = took.as_secs() < 60;
        Some(if short {
            self.t.millis(&u64::try_from(took.as_millis()).unwrap_or(0))
        } else {
            self.t.minutes(&u32::try_from(took.as_mins()).unwrap_or(u32::MAX))
        })
    }

    /// The short name of a class; a message.
    pub fn class_name(&self, class: &str) -> &'static str {
        match class {
            "only_here" => "class-only-here",
            "only_there" => "class-only-there",
            "moved" => "class-moved",
            "stuck" => "class-stuck",
            "overlaps" => "class-overlaps",
            "unreadable" => "class-unreadable",
            _ => "class-differs",
        }
    }

    /// Whether the findings of this class are listed alone.
    pub fn is(&self, class: &str) -> bool {
        self.class == class
    }

    /// This page with the findings of a class, or all of them.
    pub fn with_class(&self, class: &str) -> String {
        match class {
            "" => format!("{}#findings", self.run.href()),
            class => format!("{}?class={class}#findings", self.run.href()),
        }
    }

    /// Why it does not go on, if the account stands still.
    pub fn held_up(&self) -> Option<Chip> {
        self.connection.filter(|state| *state != ConnectionState::Healthy).map(|state| state.chip())
    }
}

impl Page for VerificationPage {
    const SECTION: Option<Section> = Some(Section::Connections);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let appointment = |number: &str, hours, service: &str, sync| {
            Some(FoundAppointment {
                href: "/appointments/apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
                number: number.into(),
                starts_at: t.now + jiff::SignedDuration::from_hours(hours),
                service: service.into(),
                sync,
            })
        };
        let found = |uid: &str, appointment, class: &str, fields: &[Field], healed| FindingRow {
            uid: uid.into(),
            appointment,
            class: class.into(),
            fields: fields.into(),
            healed_at: Some(t.now).filter(|_| healed),
        };
        let schnitt = appointment("A-1042", 26, "Damenschnitt", SyncStatus::OrphanedLocal);
        let farbe = appointment("A-1047", 75, "Farbe & Schnitt", SyncStatus::Synced);
        let bart = appointment("A-1058", 51, "Bart & Kontur", SyncStatus::Synced);
        let mut runs = Run::samples(t.now);
        let (before, run) = (runs.swap_remove(2), runs.swap_remove(1));
        Self {
            run,
            by: t.get("origin-system").to_string(),
            connection: None,
            before: Some(before),
            class: "",
            classes: vec![("only_here", 1), ("only_there", 1), ("differs", 1), ("moved", 1)],
            pager: Pager::default(),
            findings: vec![
                found("bk1xQ2vV7uYtP9cRkE3wZa", schnitt, "only_here", &[], false),
                found("bk8Lm4nB2sDfG6hJkQ0pXe", farbe, "differs", &[Field::Start, Field::Duration], true),
                found("bk5Rt7yU1iOpA3sDfG9hKl", bart, "moved", &[], true),
                found("bk0Zx9cV8bNm7AsD6fG5hJ", None, "only_there", &[], true),
            ],
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let of = |n: usize| {
            let run = Run::samples(t.now).swap_remove(n);
            Self {
                run,
                before: None,
                findings: Vec::new(),
                classes: Vec::new(),
                ..Self::sample(t.clone(), frame.clone())
            }
        };
        let reading = Self { connection: Some(ConnectionState::Braked), ..of(0) };
        let begins = Run { pages: 0, requests: 0, same: 0, in_hand: 0, found: 0, ..reading.run.clone() };
        let begins = Self { run: begins, connection: Some(ConnectionState::Healthy), ..of(0) };
        let settling = Run { stage: Stage::Settling, ..of(1).run };
        let settling = Self { run: settling, ..Self::sample(t.clone(), frame.clone()) };
        let checked = Self { before: Some(of(2).run), ..of(3) };
        let nothing = Self { run: Run { same: 0, pages: 1, requests: 1, ..of(4).run }, ..of(4) };
        let busy = Self { run: Run { in_hand: 2, ..of(4).run }, ..of(4) };
        let unlisted = Self { run: Run { unlisted: 3, ..of(4).run }, ..of(4) };
        let unread = Self { run: Run { unreadable: 1, ..of(4).run }, ..of(4) };
        let asked = Self { run: Run { questions: 2, ..of(4).run }, ..of(4) };
        let mut moved = Self { class: "moved", ..Self::sample(t.clone(), frame.clone()) };
        moved.findings.retain(|finding| finding.class == "moved");
        moved.pager.next = Some(format!("{}?class=moved&after=n.0.bk1", moved.run.href()));
        vec![moved, reading, begins, settling, of(2), checked, of(4), nothing, busy, unlisted, unread, asked]
    }
}
