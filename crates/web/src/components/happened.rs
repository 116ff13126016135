//! What happened, as people are told of it: in a sentence, with its tone and where it leads. The same words behind the
//! bell, by e-mail and in a room.

use domain::notify::{Event, Line, Subject, What};

use super::{Chip, Tone, reason_key};
use crate::i18n::{Text, Translator};

/// What a message says of one kind of thing that happened.
pub trait Happened {
    /// In a sentence. It holds no word that a person or Cal.com has written.
    fn sentence<'l>(&self, t: &'l Translator) -> Text<'l>;
    /// Where it is dealt with.
    fn href(&self) -> String;
    /// What it means for the reader.
    fn chip(&self) -> Chip;
}

impl Happened for Line {
    fn sentence<'l>(&self, t: &'l Translator) -> Text<'l> {
        let key = match self.what {
            What::Question(code) => return t.get(reason_key(code)),
            What::Differences => "told-differences",
            What::Unauthorized => "told-unauthorized",
            What::Braked => "told-braked",
            What::Unreachable => "told-unreachable",
            What::Reachable => "told-reachable",
            What::WebhookSilent => "told-webhook-silent",
            What::FailureRate => "told-failure-rate",
            What::Undelivered => "told-undelivered",
            What::Test => return t.get("told-test"),
        };
        t.get(key).arg("count", self.count)
    }

    fn href(&self) -> String {
        match (self.only(), self.what.event()) {
            (Some(Subject::Review(id)), _) => format!("/reviews/{id}"),
            (Some(Subject::Verification(id)), _) => format!("/verifications/{id}"),
            (Some(Subject::Connection(id)), _) => format!("/connections#{id}"),
            (_, Event::UrgentQuestion | Event::Question | Event::ServiceDiffers) => "/reviews".into(),
            (_, Event::Differences) => "/verifications".into(),
            (_, Event::FailureRate) => "/".into(),
            (_, Event::Undelivered | Event::Test) => "/notifications".into(),
            (_, Event::ConnectionStopped | Event::Unreachable | Event::Reachable | Event::WebhookSilent) => {
                "/connections".into()
            }
        }
    }

    fn chip(&self) -> Chip {
        let chip = |tone, icon, label| Chip { tone, icon, label };
        match self.what.event() {
            Event::UrgentQuestion => chip(Tone::Bad, "alert", "event-urgent-question"),
            Event::Question => chip(Tone::Wait, "info", "event-question"),
            Event::Differences => chip(Tone::Bad, "split", "event-differences"),
            Event::ConnectionStopped => chip(Tone::Bad, "ban", "event-connection-stopped"),
            Event::Unreachable => chip(Tone::Wait, "cloud-off", "event-unreachable"),
            Event::Reachable => chip(Tone::Good, "cloud", "event-reachable"),
            Event::WebhookSilent => chip(Tone::Wait, "webhook", "event-webhook-silent"),
            Event::ServiceDiffers => chip(Tone::Split, "split", "event-service-differs"),
            Event::FailureRate => chip(Tone::Bad, "alert", "event-failure-rate"),
            Event::Undelivered => chip(Tone::Bad, "mail", "event-undelivered"),
            Event::Test => chip(Tone::Info, "bell", "event-test"),
        }
    }
}
