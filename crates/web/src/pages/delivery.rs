//! `GET /deliveries/{id}`: one webhook: whether it was believed, what it led to, its body without people in it. The whole
//! body stands only on the answer to somebody who asked for it, and that is written down.

use askama::Template;
use domain::appointment::Origin;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Judgement;

use super::{DeliveryRow, Effect, Exchange, ToldAppointment};
use crate::{
    components::AsChip,
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/delivery.html")]
pub struct DeliveryPage {
    pub t: Translator,
    pub frame: Frame,
    pub id: String,
    pub row: DeliveryRow,
    /// Cal.com's time.
    pub created_at: Option<Timestamp>,
    pub processed_at: Option<Timestamp>,
    pub repeated_at: Option<Timestamp>,
    /// The booking's name at Cal.com.
    pub uid: Option<String>,
    /// The first digits of the SHA-256 by which a repetition is told.
    pub fingerprint: String,
    pub body: Body,
    /// What people did with it, in that order.
    pub deeds: Vec<Deed>,
    /// May read the whole body and have it processed again.
    pub is_admin: bool,
    /// It can be processed again.
    pub can_be_replayed: bool,
}

/// What is shown of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// It is not kept.
    Gone,
    /// It is no JSON, so nothing of it is known to be harmless.
    Hidden,
    /// Without people in it.
    Redacted(Exchange),
    /// As it came.
    Whole(String),
}

/// What somebody did with it.
#[derive(Clone, Debug)]
pub struct Deed {
    pub at: Timestamp,
    pub origin: Origin,
    /// The name of the user, or what identifies it otherwise.
    pub by: Option<String>,
    pub what: Done,
}

#[derive(Clone, Copy, Debug)]
pub enum Done {
    Revealed,
    /// With what it had led to before.
    Replayed(Effect),
}

impl Deed {
    pub fn who(&self, t: &Translator) -> String {
        let origin = t.get(self.origin.chip().label).to_string();
        self.by.as_ref().map_or_else(|| origin.clone(), |by| format!("{origin}: {by}"))
    }

    pub fn text(&self, t: &Translator) -> String {
        match self.what {
            Done::Revealed => t.get("delivery-revealed").to_string(),
            Done::Replayed(before) => {
                let before = t.get(before.chip().label).to_string();
                t.get("delivery-replayed").arg("before", before).to_string()
            }
        }
    }
}

impl DeliveryPage {
    /// The message that explains the verdict.
    pub fn meaning(&self) -> &'static str {
        match self.row.judgement {
            Judgement::Valid | Judgement::Repeat => "judged-valid-text",
            Judgement::Stale => "judged-stale-text",
            Judgement::Foreign => "judged-foreign-text",
            Judgement::Unreadable => "judged-unreadable-text",
            Judgement::BadSignature => "judged-bad-signature-text",
            Judgement::NoSecret => "judged-no-secret-text",
        }
    }

    pub fn can_be_revealed(&self) -> bool {
        matches!(self.body, Body::Hidden | Body::Redacted(_))
    }

    pub fn is_whole(&self) -> bool {
        matches!(self.body, Body::Whole(_))
    }
}

impl Page for DeliveryPage {
    const SECTION: Option<Section> = Some(Section::Connections);
    const LIVE: bool = true;

    /// The whole body is the answer to a form.
    fn is_live(&self) -> bool {
        !self.is_whole()
    }

    fn sample(t: Translator, frame: Frame) -> Self {
        let ago = |minutes| t.now - SignedDuration::from_mins(minutes);
        let appointment = ToldAppointment {
            href: "/appointments/apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            number: "A-1042".into(),
        };
        let deed = |minutes, what| Deed {
            at: ago(minutes),
            origin: Origin::Admin,
            by: Some("Katharina Morgenrot".into()),
            what,
        };
        let body = json!({
            "triggerEvent": "BOOKING_CANCELLED",
            "payload": { "uid": "gK3dZr8uQe5jW6aHtBnM0y", "attendees": [{ "name": "Aylin Demir" }] },
        });
        Self {
            id: "whd_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            row: DeliveryRow {
                href: "/deliveries/whd_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
                received_at: ago(4),
                connection: "Prenzlauer Berg".into(),
                trigger: "BOOKING_CANCELLED".into(),
                judgement: Judgement::Valid,
                repeats: 2,
                effect: Some(Effect::Look),
                appointment: Some(appointment),
                taken_over: vec![t.get("entry-cancelled").to_string()],
            },
            created_at: Some(ago(4)),
            processed_at: Some(ago(4)),
            repeated_at: Some(ago(3)),
            uid: Some("gK3dZr8uQe5jW6aHtBnM0y".into()),
            fingerprint: "3f786850e387550f".into(),
            body: Body::Redacted(Exchange::redacted("BOOKING_CANCELLED", &body)),
            deeds: vec![deed(2, Done::Revealed), deed(1, Done::Replayed(Effect::NoChange))],
            is_admin: true,
            can_be_replayed: true,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let page = |judgement, effect, body| {
            let sample = Self::sample(t.clone(), frame.clone());
            let row = DeliveryRow {
                judgement,
                effect,
                repeats: 0,
                appointment: None,
                taken_over: Vec::new(),
                ..sample.row
            };
            Self { row, body, deeds: Vec::new(), repeated_at: None, can_be_replayed: false, ..sample }
        };
        vec![
            page(Judgement::Foreign, Some(Effect::OutOfScope), Body::Gone),
            Self { is_admin: false, ..page(Judgement::BadSignature, None, Body::Hidden) },
            Self {
                uid: None,
                processed_at: None,
                ..page(Judgement::Valid, Some(Effect::Waiting), Body::Whole("{\"triggerEvent\":…}".into()))
            },
            page(Judgement::Stale, Some(Effect::Look), Body::Gone),
            page(Judgement::Unreadable, None, Body::Gone),
            page(Judgement::NoSecret, None, Body::Gone),
        ]
    }
}
