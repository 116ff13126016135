//! `GET /reviews/{id}`: one item: both sides beside what they last shared, what can be decided and what each decision
//! brings on either side, whose it is, and what was done about it.

use askama::Template;
use domain::review::{Choice as Decision, Handled};
use jiff::{SignedDuration, Timestamp};

use super::appointment::Comparison;
use crate::{
    components::{AppointmentRow, AsChip, Chip, Choice, Field, ReviewRow, ReviewSubject, Tone},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

/// How long an item can be put off: value, message.
pub const RESTS: [(&str, &str); 3] =
    [("1h", "snooze-hour"), ("tomorrow", "snooze-tomorrow"), ("week", "snooze-week")];

#[derive(Template)]
#[template(path = "pages/review.html")]
pub struct ReviewPage {
    pub t: Translator,
    pub frame: Frame,
    pub item: ReviewRow,
    /// The version that the person sees.
    pub version: i64,
    pub way: Way,
    /// Appointments that it overlaps with.
    pub others: Vec<AppointmentRow>,
    /// Of an appointment: one per booking.
    pub comparisons: Vec<Comparison>,
    /// Of a field of an event type.
    pub setting: Option<SettingSides>,
    pub options: Vec<DecisionRow>,
    /// Why the last decision cannot be taken back any more; a message.
    pub cannot_undo: Option<&'static str>,
    /// Where else something can be done about it: address, icon, message.
    pub elsewhere: Vec<(String, &'static str, &'static str)>,
    /// It is not settled, so it can be given to somebody and put off.
    pub is_open: bool,
    pub people: Vec<Choice>,
    pub comment: Field,
    /// Newest first.
    pub deeds: Vec<DeedRow>,
}

/// The queue that the reader goes through.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// Back to the list.
    pub list: String,
    pub previous: Option<String>,
    pub next: Option<String>,
    /// Which one it is, from 1, if it is in the queue still.
    pub number: Option<u64>,
    pub total: u64,
    /// The query of the queue, for the forms.
    pub query: Vec<(&'static str, String)>,
}

/// Both sides of a field, in the reader's words; `None` is "nothing".
#[derive(Clone, Debug)]
pub struct SettingSides {
    pub label: &'static str,
    pub ours: Option<String>,
    /// `None` if they never said the same.
    pub shared: Option<Option<String>>,
    pub theirs: Option<String>,
    /// Why the service has no place for what Cal.com says; a message.
    pub cannot_take: Option<&'static str>,
}

/// A decision, and what it brings on either side.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    pub choice: Decision,
    pub here: Vec<String>,
    pub there: Vec<String>,
    /// This reader may make it.
    pub may: bool,
}

/// What was done about it.
#[derive(Clone, Debug)]
pub struct DeedRow {
    pub at: Timestamp,
    /// Who, by name or by where it came from.
    pub by: String,
    pub what: Handled,
    /// To whom it was given.
    pub to: Option<String>,
}

impl DeedRow {
    pub fn title(&self, t: &Translator) -> String {
        deed_title(t, &self.what, self.to.as_deref())
    }

    pub fn icon(&self) -> &'static str {
        deed_icon(&self.what)
    }

    /// What somebody wrote.
    pub fn words(&self) -> Option<&str> {
        deed_words(&self.what)
    }
}

/// What was done, in a line.
pub fn deed_title(t: &Translator, what: &Handled, to: Option<&str>) -> String {
    match what {
        Handled::Assigned { to: None } => t.get("deed-unassigned").to_string(),
        Handled::Assigned { .. } => t.get("deed-assigned").arg("name", to.unwrap_or_default()).to_string(),
        Handled::Snoozed { until: Some(at) } => {
            t.get("deed-snoozed").arg("time", t.date_time(at)).to_string()
        }
        Handled::Snoozed { until: None } => t.get("deed-woken").to_string(),
        Handled::Commented { .. } => t.get("deed-commented").to_string(),
        Handled::Chosen { choice, .. } => {
            t.get("deed-chosen").arg("choice", t.get(choice.chip().label).to_string()).to_string()
        }
        Handled::Returned => t.get("deed-returned").to_string(),
    }
}

pub fn deed_icon(what: &Handled) -> &'static str {
    match what {
        Handled::Assigned { .. } => "user",
        Handled::Snoozed { .. } => "clock",
        Handled::Commented { .. } => "note",
        Handled::Chosen { choice, .. } => choice.chip().icon,
        Handled::Returned => "review",
    }
}

pub fn deed_words(what: &Handled) -> Option<&str> {
    match what {
        Handled::Commented { text } => Some(text),
        Handled::Chosen { reason, .. } => reason.as_deref(),
        Handled::Assigned { .. } | Handled::Snoozed { .. } | Handled::Returned => None,
    }
}

impl ReviewPage {
    pub fn href(&self) -> String {
        format!("/reviews/{}", self.item.id)
    }

    /// How long it can be put off: value, message.
    pub fn rests(&self) -> [(&'static str, &'static str); 3] {
        RESTS
    }

    /// Some decisions are not this reader's.
    pub fn may_not_all(&self) -> bool {
        self.options.iter().any(|option| !option.may)
    }

    pub fn takes_booking(&self) -> bool {
        self.options.iter().any(|option| option.choice == Decision::Link)
    }

    pub fn takes_reason(&self) -> bool {
        self.options.iter().any(|option| option.choice == Decision::Cancel || option.choice.sets_aside())
    }

    pub fn differences(&self) -> Option<usize> {
        let mut compared = self.comparisons.iter().filter(|one| !one.rows.is_empty()).peekable();
        compared.peek()?;
        Some(compared.map(Comparison::differences).sum())
    }

    pub fn tone(&self) -> Tone {
        self.item.state().map_or(self.item.severity().tone, |chip: Chip| chip.tone)
    }
}

impl Page for ReviewPage {
    const SECTION: Option<Section> = Some(Section::Reviews);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let mut items = ReviewRow::samples(&t);
        let day = SignedDuration::from_hours(24);
        let slot = domain::Slot::of("2026-11-26T13:30:00Z".parse().unwrap_or(t.now), 45);
        let moved = domain::Slot::of(slot.start + SignedDuration::from_mins(90), 45);
        let start = |slot: &domain::Slot| t.date_time(&slot.start);
        let change = |from: &domain::Slot, to: &domain::Slot| {
            vec![format!("{}: {} → {}", t.get("fact-start"), start(from), start(to))]
        };
        let nothing = vec![t.get("review-nothing").to_string()];
        let row = |choice, here: &[String], there: &[String]| DecisionRow {
            choice,
            here: here.to_vec(),
            there: there.to_vec(),
            may: choice != Decision::Dismiss,
        };
        let deed = |minutes, what, to: Option<&str>| DeedRow {
            at: t.now - SignedDuration::from_mins(minutes),
            by: "Katharina Morgenrot".into(),
            what,
            to: to.map(Into::into),
        };
        let user = domain::UserId(uuid::Uuid::nil());
        Self {
            item: items.swap_remove(0),
            version: 3,
            way: Way {
                list: "/reviews".into(),
                previous: Some("/reviews/rev_0".into()),
                next: Some("/reviews/rev_2".into()),
                number: Some(2),
                total: 9,
                query: Vec::new(),
            },
            others: Vec::new(),
            comparisons: vec![Comparison::sample(&t, slot, moved)],
            setting: None,
            options: vec![
                row(Decision::Ours, &nothing, &change(&moved, &slot)),
                row(Decision::Theirs, &change(&slot, &moved), &nothing),
                row(Decision::Retry, &nothing, &[t.get("attempt-look").to_string()]),
                row(Decision::Accept, &nothing, &nothing),
                row(Decision::Dismiss, &nothing, &nothing),
            ],
            cannot_undo: None,
            elsewhere: vec![
                ("/appointments/apt_1/reschedule".into(), "arrow-right", "reschedule"),
                ("/appointments/apt_1/cancel".into(), "ban", "cancel"),
            ],
            is_open: true,
            people: ["Katharina Morgenrot", "Mira Hoffmann"].map(|name| Choice::new(name, name)).into(),
            comment: Field::default(),
            deeds: vec![
                deed(1, Handled::Commented { text: "Die Kundin ruft morgen zurück.".into() }, None),
                deed(2, Handled::Snoozed { until: Some(t.now + day) }, None),
                deed(2, Handled::Snoozed { until: None }, None),
                deed(3, Handled::Assigned { to: Some(user) }, Some("Mira Hoffmann")),
                deed(4, Handled::Assigned { to: None }, None),
                deed(5, Handled::Chosen { choice: Decision::Retry, reason: None }, None),
                deed(6, Handled::Returned, None),
            ],
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let rows = ReviewRow::samples(&t);
        let sample = |item: &ReviewRow| Self {
            item: item.clone(),
            comparisons: Vec::new(),
            elsewhere: Vec::new(),
            deeds: Vec::new(),
            ..Self::sample(t.clone(), frame.clone())
        };
        let mut vanished = sample(&rows[2]);
        let (here, there) =
            (vec![t.get("effect-linked").to_string()], vec![t.get("effect-compared").to_string()]);
        vanished.options.insert(2, DecisionRow { choice: Decision::Link, here, there, may: true });
        let divergence = Self {
            setting: Some(SettingSides {
                label: "setting-buffer-before",
                ours: Some(t.minutes(&45)),
                shared: Some(Some(t.minutes(&45))),
                theirs: Some(t.minutes(&60)),
                cannot_take: None,
            }),
            ..sample(&rows[5])
        };
        let untakable = Self {
            setting: Some(SettingSides {
                label: "setting-name",
                ours: None,
                shared: None,
                theirs: Some("Schnitt".into()),
                cannot_take: Some("cannot-take-name"),
            }),
            ..sample(&rows[5])
        };
        let booking = sample(&rows[3]);
        let closed = ReviewRow { closed_at: Some(t.now), ..rows[1].clone() };
        let closed = Self {
            is_open: false,
            options: Vec::new(),
            cannot_undo: Some("cannot-undo-theirs"),
            way: Way { list: "/reviews?state=closed".into(), ..Way::default() },
            ..sample(&closed)
        };
        vec![divergence, untakable, booking, closed, vanished]
    }
}
