//! `GET /notifications/settings`: by which channels people are told, what, from which role on, and when not.

use std::collections::BTreeMap;

use askama::Template;
use domain::{
    ChannelId,
    notify::{Channel, ChannelKind, Event, Line, Quiet, What},
    people::Role,
};
use engine::notifications::Written;
use jiff::civil::Time;

use crate::{
    components::{Choice, Field, FieldError, Happened as _},
    frame::{Frame, Page, Section, role_label},
    i18n::{LANGUAGES, Language, Text, Translator, own_name},
};

#[derive(Template)]
#[template(path = "pages/notification_settings.html")]
pub struct NotificationSettings {
    pub t: Translator,
    pub frame: Frame,
    /// The bell, e-mail, then rooms.
    pub channels: Vec<ChannelForm>,
    /// A room that is to be added.
    pub new: NewRoom,
    /// Who e-mail comes from; `None` where the installation sends none.
    pub mail_from: Option<String>,
    /// A message as it would be written, in each language.
    pub previews: Vec<Preview>,
}

/// A message in a language.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The code of the language.
    pub language: &'static str,
    /// Its own name.
    pub name: &'static str,
    pub subject: String,
    pub text: String,
}

impl Preview {
    pub fn of(language: Language, written: Written) -> Self {
        let Written { subject, text, .. } = written;
        Self { language: language.tag(), name: own_name(&language), subject, text }
    }
}

/// The form of a channel.
#[derive(Clone, Debug)]
pub struct ChannelForm {
    /// `chn_…`: anchor and address.
    pub id: ChannelId,
    pub kind: ChannelKind,
    pub active: bool,
    pub name: Field,
    /// The address of a room; never shown again.
    pub target: Field,
    pub rules: BTreeMap<Event, Role>,
    /// `20:00`, or empty.
    pub quiet_from: Field,
    pub quiet_to: Field,
    pub gather: Field,
}

/// The form of a room that is to be added.
#[derive(Clone, Debug, Default)]
pub struct NewRoom {
    /// What it takes.
    pub chosen: Field,
    pub name: Field,
    pub target: Field,
}

impl NewRoom {
    pub fn kinds(&self, t: &Translator) -> Vec<Choice> {
        let kinds = [ChannelKind::Slack, ChannelKind::Discord];
        let choice = |kind: ChannelKind| {
            Choice::new(kind.as_str(), t.get(kind_label(kind)).to_string())
                .selected(kind.as_str() == self.chosen.value)
        };
        kinds.map(choice).into()
    }

    pub fn is_wrong(&self) -> bool {
        self.name.error.is_some() || self.target.error.is_some()
    }
}

/// The message that names a kind of channel.
pub fn kind_label(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::App => "channel-app",
        ChannelKind::Email => "channel-email",
        ChannelKind::Slack => "channel-slack",
        ChannelKind::Discord => "channel-discord",
    }
}

/// The icon of a kind of channel.
pub fn kind_icon(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::App => "bell",
        ChannelKind::Email => "mail",
        ChannelKind::Slack | ChannelKind::Discord => "send",
    }
}

impl ChannelForm {
    pub fn of(channel: &Channel) -> Self {
        let clock = |time: Option<Time>| Field::of(time.map_or(String::new(), clock));
        Self {
            id: channel.id,
            kind: channel.kind,
            active: channel.active,
            name: Field::of(&channel.name),
            target: Field::default(),
            rules: channel.rules.clone(),
            quiet_from: clock(channel.quiet.map(|quiet| quiet.from)),
            quiet_to: clock(channel.quiet.map(|quiet| quiet.to)),
            gather: Field::of(channel.gather_minutes.to_string()),
        }
    }

    pub fn title(&self, t: &Translator) -> String {
        if self.kind.is_personal() {
            t.get(kind_label(self.kind)).to_string()
        } else {
            self.name.value.clone()
        }
    }

    pub fn icon(&self) -> &'static str {
        kind_icon(self.kind)
    }

    pub fn text(&self) -> &'static str {
        match self.kind {
            ChannelKind::App => "channel-app-text",
            ChannelKind::Email => "channel-email-text",
            ChannelKind::Slack => "channel-slack-text",
            ChannelKind::Discord => "channel-discord-text",
        }
    }

    pub fn is_mail(&self) -> bool {
        self.kind == ChannelKind::Email
    }

    /// Whether messages go by it, so that it can be tried.
    pub fn sends(&self) -> bool {
        self.kind != ChannelKind::App
    }

    pub fn is_room(&self) -> bool {
        !self.kind.is_personal()
    }

    pub fn is_wrong(&self) -> bool {
        [&self.name, &self.target, &self.quiet_from, &self.quiet_to, &self.gather]
            .iter()
            .any(|field| field.error.is_some())
    }

    /// What it may tell.
    pub fn events(&self) -> impl Iterator<Item = Event> + use<> {
        let in_app = self.kind == ChannelKind::App;
        Event::ALL.into_iter().filter(move |event| in_app || *event != Event::Undelivered)
    }

    pub fn label<'l>(&self, t: &'l Translator, event: &Event) -> Text<'l> {
        let what = What::all().find(|what| what.event() == *event).unwrap_or(What::Test);
        let line = Line { what, count: 1, subjects: Vec::new(), first_at: t.now, last_at: t.now };
        t.get(line.chip().label)
    }

    pub fn tells(&self, event: &Event) -> bool {
        self.rules.contains_key(event)
    }

    /// From which role on it is told.
    pub fn roles(&self, t: &Translator, event: &Event) -> Vec<Choice> {
        let chosen = self.rules.get(event);
        let nobody = Choice::new("", t.get("told-nobody").to_string()).selected(chosen.is_none());
        let role = |role: Role| {
            let label = match role {
                Role::Admin => t.get(role_label(&role)).to_string(),
                Role::Staff => t.get("told-everybody").to_string(),
                weaker @ Role::Manager => {
                    t.get("role-and-above").arg("role", t.get(role_label(&weaker))).to_string()
                }
            };
            Choice::new(role.as_str(), label).selected(chosen == Some(&role))
        };
        [nobody].into_iter().chain(Role::ALL.into_iter().rev().map(role)).collect()
    }
}

/// `20:00`
fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

impl Page for NotificationSettings {
    const SECTION: Option<Section> = None;
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let quiet = Some(Quiet { from: Time::constant(20, 0, 0, 0), to: Time::constant(7, 30, 0, 0) });
        let email = Channel { quiet, ..Channel::usual(ChannelKind::Email) };
        let room = Channel {
            id: ChannelId(uuid::Uuid::from_u128(7)),
            kind: ChannelKind::Slack,
            name: "#empfang".into(),
            ..Channel::usual(ChannelKind::Email)
        };
        let channels = [Channel::usual(ChannelKind::App), email, room];
        Self {
            channels: channels.iter().map(ChannelForm::of).collect(),
            new: NewRoom::default(),
            mail_from: Some("Einklang <einklang@salon-morgenrot.example>".into()),
            previews: LANGUAGES
                .map(|language| {
                    let text = "Salon Morgenrot · Einklang\n\nTest".into();
                    let subject = "Salon Morgenrot: Test".into();
                    Preview::of(language, Written { subject, text, html: String::new() })
                })
                .into(),
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let mut wrong = Self { mail_from: None, ..Self::sample(t, frame) };
        let form = &mut wrong.channels[2];
        form.name = Field::wrong("", FieldError::Required);
        form.target = Field::wrong("", FieldError::RoomInside);
        form.quiet_to = Field::wrong("25:00", FieldError::Clock);
        form.gather = Field::wrong("9", FieldError::Number { min: 0, max: 4 });
        wrong.new.target = Field::wrong("", FieldError::RoomUrl);
        vec![wrong]
    }
}
