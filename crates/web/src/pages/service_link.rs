//! `GET /services/{id}/link/{staff}`: an event type that is at Cal.com already is chosen for a service of a person, and what
//! follows from it is told before it is done.

use askama::Template;

use super::{Owner, ServiceChange};
use crate::{
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/service_link.html")]
pub struct ServiceLink {
    pub t: Translator,
    pub frame: Frame,
    /// `svc_…`
    pub id: String,
    pub name: String,
    pub version: i64,
    /// Whose event type it becomes, and of which stretch of work.
    pub owner: Owner,
    /// `stf_…`
    pub staff: String,
    pub segment: u16,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// The name of the account.
    pub account: String,
    /// What there is to choose from; `None`: Cal.com has not said so, and this message tells why.
    pub choices: Result<Vec<LinkChoice>, &'static str>,
    /// The number that was typed or chosen.
    pub chosen: String,
    /// Why it cannot be; in the reader's language.
    pub refused: Option<String>,
    /// What follows from what was chosen.
    pub preview: Option<LinkPreview>,
}

/// An event type that stands for no service.
#[derive(Clone, Debug)]
pub struct LinkChoice {
    pub id: i64,
    pub title: String,
    pub minutes: u32,
    /// Nobody sees it at Cal.com.
    pub hidden: bool,
}

/// What tying does.
#[derive(Clone, Debug)]
pub struct LinkPreview {
    pub title: String,
    pub id: i64,
    /// Fields that differ: what stands here, and what stands at Cal.com.
    pub differs: Vec<ServiceChange>,
    /// The company takes over what Cal.com says.
    pub overwrites: bool,
    /// The event type that stood for it, and is hidden.
    pub replaces: Option<i64>,
    /// Who performs the service from then on, and did not before.
    pub joins: Option<String>,
    pub adds_reference: bool,
    /// Names in the form what is shown.
    pub seen: String,
}

/// One that an event type can be tied for, as the page of the service lists it.
#[derive(Clone, Debug)]
pub struct LinkTarget {
    pub owner: Owner,
    pub href: String,
}

impl ServiceLink {
    pub fn href(&self) -> String {
        format!("/services/{}", self.id)
    }

    /// Where it is chosen, and done.
    pub fn here(&self) -> String {
        format!("/services/{}/link/{}", self.id, self.staff)
    }
}

impl Page for ServiceLink {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let choice =
            |id, title: &str, minutes, hidden| LinkChoice { id, title: title.into(), minutes, hidden };
        Self {
            id: "svc_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            name: "Damenschnitt".into(),
            version: 3,
            owner: Owner { staff: Some("Mira Hoffmann".into()), work: None },
            staff: "stf_1".into(),
            segment: 0,
            minutes: 45,
            account: "Prenzlauer Berg".into(),
            choices: Ok(vec![
                choice(4711, "Haarschnitt für Damen", 45, false),
                choice(4712, "Beratung", 15, false),
                choice(4713, "Schnitt (alt)", 45, true),
            ]),
            chosen: String::new(),
            refused: None,
            preview: None,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let sample = || Self::sample(t.clone(), frame.clone());
        let preview = LinkPreview {
            title: "Haarschnitt für Damen".into(),
            id: 4711,
            differs: vec![
                ServiceChange::of(&t, "name", "Damenschnitt", "Haarschnitt für Damen"),
                ServiceChange::of(&t, "description", "Waschen, schneiden, föhnen", ""),
            ],
            overwrites: false,
            replaces: Some(4699),
            joins: Some("Mira Hoffmann".into()),
            adds_reference: true,
            seen: "0a1b".into(),
        };
        let taken = LinkPreview { overwrites: true, replaces: None, joins: None, ..preview.clone() };
        let same = LinkPreview { differs: Vec::new(), adds_reference: false, ..taken.clone() };
        let shown = |preview| Self { chosen: "4711".into(), preview: Some(preview), ..sample() };
        let silent = Self { choices: Err("link-silent"), ..sample() };
        let refused = Self {
            choices: Ok(Vec::new()),
            chosen: "47".into(),
            refused: Some(t.get("link-unknown").arg("id", "47").to_string()),
            ..sample()
        };
        vec![shown(preview), shown(taken), shown(same), silent, refused]
    }
}
