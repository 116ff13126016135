//! `GET /notifications`: what the reader was told behind the bell, what is unread first.

use askama::Template;
use domain::{
    ConnectionId, ReviewId, VerificationId,
    notify::{Line, Subject, What},
    people::Role,
    review::ReviewCode,
};
use jiff::SignedDuration;

use crate::{
    components::Happened as _,
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/notifications.html")]
pub struct Notifications {
    pub t: Translator,
    pub frame: Frame,
    pub rows: Vec<NotificationRow>,
}

/// One entry: the same thing, as often as it happened until it was read.
#[derive(Clone, Debug)]
pub struct NotificationRow {
    pub number: i64,
    pub line: Line,
    /// The name of what it is about, where it is one thing with a name.
    pub about: Option<String>,
    pub unread: bool,
}

impl Notifications {
    pub fn has_unread(&self) -> bool {
        self.rows.iter().any(|row| row.unread)
    }

    /// The reader decides who is told what.
    pub fn is_admin(&self) -> bool {
        self.frame.user.as_ref().is_some_and(|user| user.role == Role::Admin)
    }
}

impl Page for Notifications {
    const SECTION: Option<Section> = None;
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let id = uuid::Uuid::nil();
        let question = Subject::Review(ReviewId(id));
        let rows = [
            (What::Question(ReviewCode::SlotTaken), question, 1, 3, None, true),
            (What::Unauthorized, Subject::Connection(ConnectionId(id)), 1, 12, Some("Neukölln"), true),
            (What::Question(ReviewCode::RetriesUsedUp), question, 400, 25, None, true),
            (What::Differences, Subject::Verification(VerificationId(id)), 4, 190, None, false),
            (
                What::Reachable,
                Subject::Connection(ConnectionId(id)),
                1,
                1_500,
                Some("Prenzlauer Berg"),
                false,
            ),
            (What::WebhookSilent, Subject::Connection(ConnectionId(id)), 2, 2_500, None, false),
        ];
        let row =
            |(number, (what, subject, count, ago, about, unread)): (_, (_, _, _, i64, Option<&str>, _))| {
                let at = t.now - SignedDuration::from_mins(ago);
                NotificationRow {
                    number,
                    line: Line { what, count, subjects: vec![subject], first_at: at, last_at: at },
                    about: about.map(Into::into),
                    unread,
                }
            };
        Self {
            rows: (1..).zip(rows).map(row).collect(),
            t,
            frame: Frame { path: "/notifications".into(), ..frame },
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let frame = Frame { unread: 0, ..frame };
        vec![Self { rows: Vec::new(), t, frame }]
    }
}
