//! An item of the queue of what people have to look at, in a list or as the head of its page.

use domain::review::{Aside, Choice, ReviewCode, Severity};
use jiff::{SignedDuration, Timestamp};

use super::{AppointmentRow, AsChip, Chip, Tone};
use crate::i18n::{Text, Translator};

#[derive(Clone, Debug)]
pub struct ReviewRow {
    /// `rev_…`
    pub id: String,
    pub code: ReviewCode,
    /// What Cal.com said, or the last error, in English and without customer data; may be empty.
    pub message: String,
    pub subject: ReviewSubject,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// Who sees to it, by name.
    pub assignee: Option<String>,
    /// Until when it rests, if it does.
    pub snoozed_until: Option<Timestamp>,
    pub aside: Option<Aside>,
}

/// What an item is about.
#[derive(Clone, Debug)]
pub enum ReviewSubject {
    Appointment(Box<AppointmentRow>),
    Service {
        name: String,
        /// Whose event type it is.
        owner: String,
        /// The message that names the field.
        field: Option<&'static str>,
        href: String,
    },
    Booking {
        /// The name of the account.
        account: String,
        uid: String,
        starts_at: Option<Timestamp>,
    },
}

impl ReviewRow {
    pub fn severity(&self) -> Chip {
        severity(self.code.severity())
    }

    pub fn reason<'l>(&self, t: &'l Translator) -> Text<'l> {
        t.get(reason_key(self.code))
    }

    pub fn remedy<'l>(&self, t: &'l Translator) -> Text<'l> {
        t.get(remedy_key(self.code))
    }

    /// The message that introduces [`Self::message`].
    pub fn told_by(&self) -> &'static str {
        if in_its_words(self.code) { "calcom-says" } else { "last-error" }
    }

    /// Why it is not in the list of what waits, if it is not.
    pub fn state(&self) -> Option<Chip> {
        let chip = |icon, label| Some(Chip { tone: Tone::Neutral, icon, label });
        match (self.closed_at, self.aside, self.snoozed_until) {
            (Some(_), ..) => Some(Chip { tone: Tone::Good, icon: "check-circle", label: "review-closed" }),
            (_, Some(Aside::Accepted), _) => chip("check", "review-accepted"),
            (_, Some(Aside::Dismissed), _) => chip("ban", "review-dismissed"),
            (_, _, Some(_)) => chip("clock", "review-snoozed"),
            _ => None,
        }
    }

    pub fn samples(t: &Translator) -> Vec<Self> {
        let ago = |minutes| t.now - SignedDuration::from_mins(minutes);
        let row = |id: &str, code, message: &str, minutes, subject| Self {
            id: format!("rev_{id}"),
            code,
            message: message.into(),
            subject,
            opened_at: ago(minutes),
            closed_at: None,
            assignee: None,
            snoozed_until: None,
            aside: None,
        };
        let taken = "User either already has booking at this time or is not available";
        let codes = [
            (ReviewCode::Conflict, "", 3),
            (ReviewCode::SlotTaken, taken, 41),
            (ReviewCode::Vanished, "", 190),
            (ReviewCode::RetriesUsedUp, "504 Gateway Timeout", 1_500),
        ];
        let appointments = AppointmentRow::samples(t.now).into_iter().filter(|row| row.starts_at > t.now);
        let mut rows: Vec<_> = (1..)
            .zip(codes.into_iter().zip(appointments))
            .map(|(id, ((code, message, ago), appointment))| {
                let subject = ReviewSubject::Appointment(Box::new(appointment));
                row(&id.to_string(), code, message, ago, subject)
            })
            .collect();
        rows[1].assignee = Some("Katharina Morgenrot".into());
        let booking = ReviewSubject::Booking {
            account: "Prenzlauer Berg".into(),
            uid: "gK3dZr8uQe5jW6aHtBnM0y".into(),
            starts_at: Some(t.now + SignedDuration::from_hours(30)),
        };
        rows.insert(3, row("8", ReviewCode::UnknownBooking, "", 90, booking));
        let service = |field| ReviewSubject::Service {
            name: "Damenschnitt".into(),
            owner: "Mira Hoffmann".into(),
            field,
            href: "/services/svc_1".into(),
        };
        rows.push(row("9", ReviewCode::Divergence, "", 200, service(Some("setting-buffer-before"))));
        rows.push(row("10", ReviewCode::EventType, "Slug already exists", 200, service(None)));
        rows
    }
}

pub fn severity(severity: Severity) -> Chip {
    match severity {
        Severity::Critical => Chip { tone: Tone::Bad, icon: "alert", label: "severity-critical" },
        Severity::Warning => Chip { tone: Tone::Wait, icon: "info", label: "severity-warning" },
    }
}

/// A choice as its button.
impl AsChip for Choice {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match self {
            Self::Retry => (Tone::Neutral, "refresh", "choice-retry"),
            Self::Ours => (Tone::Neutral, "send", "settle-ours"),
            Self::Theirs => (Tone::Neutral, "cloud", "settle-theirs"),
            Self::Link => (Tone::Neutral, "chain", "choice-link"),
            Self::Import => (Tone::Neutral, "plus", "choice-import"),
            Self::Cancel => (Tone::Bad, "ban", "choice-cancel"),
            Self::Accept => (Tone::Neutral, "check", "choice-accept"),
            Self::Dismiss => (Tone::Neutral, "x", "choice-dismiss"),
            Self::Reopen => (Tone::Neutral, "review", "choice-reopen"),
            Self::Undo => (Tone::Neutral, "undo", "choice-undo"),
        };
        Chip { tone, icon, label }
    }
}

/// Whether what is kept of a refusal is what Cal.com said. When all tries are used up, the last error may be one
/// of the network.
pub fn in_its_words(code: ReviewCode) -> bool {
    code != ReviewCode::RetriesUsedUp
}

/// The message that says why a person is asked.
pub fn reason_key(code: ReviewCode) -> &'static str {
    match code {
        ReviewCode::SlotTaken => "review-slot-taken",
        ReviewCode::Refused => "review-refused",
        ReviewCode::NotFound => "review-not-found",
        ReviewCode::RetriesUsedUp => "review-retries-used-up",
        ReviewCode::Conflict => "happened-conflict",
        ReviewCode::Vanished => "happened-vanished",
        ReviewCode::Overlap => "review-overlap",
        ReviewCode::TooLate => "review-too-late",
        ReviewCode::NoEffect => "review-no-effect",
        ReviewCode::UnknownHost => "review-unknown-host",
        ReviewCode::Divergence => "review-divergence",
        ReviewCode::EventType => "review-event-type",
        ReviewCode::UnknownBooking => "happened-orphaned-calcom",
        ReviewCode::UnreadableBooking => "review-unreadable-booking",
    }
}

/// The message that says what the person can do about it.
pub fn remedy_key(code: ReviewCode) -> &'static str {
    match code {
        ReviewCode::SlotTaken => "remedy-slot-taken",
        ReviewCode::Refused => "remedy-refused",
        ReviewCode::NotFound => "remedy-not-found",
        ReviewCode::RetriesUsedUp => "remedy-retries-used-up",
        ReviewCode::Conflict => "person-conflict",
        ReviewCode::Vanished => "person-vanished",
        ReviewCode::Overlap => "remedy-overlap",
        ReviewCode::TooLate => "remedy-too-late",
        ReviewCode::NoEffect => "remedy-no-effect",
        ReviewCode::UnknownHost => "remedy-unknown-host",
        ReviewCode::Divergence => "remedy-divergence",
        ReviewCode::EventType => "remedy-event-type",
        ReviewCode::UnknownBooking => "remedy-unknown-booking",
        ReviewCode::UnreadableBooking => "remedy-unreadable-booking",
    }
}

/// The short name of a cause.
pub fn cause_key(code: ReviewCode) -> &'static str {
    match code {
        ReviewCode::SlotTaken => "cause-slot-taken",
        ReviewCode::Refused => "cause-refused",
        ReviewCode::NotFound => "cause-not-found",
        ReviewCode::RetriesUsedUp => "cause-retries-used-up",
        ReviewCode::Conflict => "cause-conflict",
        ReviewCode::Vanished => "cause-vanished",
        ReviewCode::Overlap => "cause-overlap",
        ReviewCode::TooLate => "cause-too-late",
        ReviewCode::NoEffect => "cause-no-effect",
        ReviewCode::UnknownHost => "cause-unknown-host",
        ReviewCode::Divergence => "cause-divergence",
        ReviewCode::EventType => "cause-event-type",
        ReviewCode::UnknownBooking => "cause-unknown-booking",
        ReviewCode::UnreadableBooking => "cause-unreadable-booking",
    }
}
