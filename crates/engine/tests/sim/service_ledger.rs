//! What people have said about services, on either side, and what they were told.

use std::collections::{BTreeMap, BTreeSet};

use calcom_sim::EventTypeId;
use domain::catalogue::Setting;
use domain::service::Service;
use domain::{CompanyId, LinkId, ServiceId};
use engine::services::{ServiceAct, ServiceEdit, Settlement, Side};
use jiff::Timestamp;
use serde_json::Value;

/// Everything that was said.
#[derive(Debug, Clone, Default)]
pub struct ServiceLedger {
    pub here: Vec<ServiceWord>,
    /// What each event type has said in people's words, oldest first.
    pub there: BTreeMap<EventTypeId, Vec<(Setting, String)>>,
    /// Services of which, at some moment, no event type was left.
    pub bereft: BTreeSet<ServiceId>,
    /// Since when somebody here wants to see everything, by our clocks; the earliest time there is, if it was during
    /// the run.
    pub looked_for: Option<Timestamp>,
}

/// One thing that a person here said about a service.
#[derive(Debug, Clone)]
pub struct ServiceWord {
    pub company: CompanyId,
    pub service: ServiceId,
    pub act: Spoken,
    /// The version that the person had in view.
    pub seen: Option<i64>,
    pub heard: Heard,
}

#[derive(Debug, Clone)]
pub enum Spoken {
    /// There is to be one more.
    Made(Box<Service>),
    /// Something is to be done about it.
    Act(ServiceAct),
    /// A divergence is to be settled, as it was seen.
    Settled(Settlement),
}

/// What somebody says of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// It is to be this.
    Value(String),
    /// What Cal.com says counts.
    Theirs,
}

/// What became of it, as the person was told.
#[derive(Debug, Clone)]
pub enum Heard {
    /// Nobody ever told: it was done or not.
    Nothing,
    Refused,
    /// As the service was then.
    Granted(Box<Service>),
}

impl ServiceLedger {
    /// A person begins to say something; answers its number.
    pub fn begin(&mut self, company: CompanyId, service: ServiceId, act: Spoken, seen: Option<i64>) -> usize {
        self.here.push(ServiceWord { company, service, act, seen, heard: Heard::Nothing });
        self.here.len() - 1
    }

    pub fn grant(&mut self, word: usize, service: Service) {
        self.here[word].heard = Heard::Granted(Box::new(service));
    }

    pub fn refuse(&mut self, word: usize) {
        self.here[word].heard = Heard::Refused;
    }

    /// Takes down what a person at Cal.com has said: all that an event type says now and has not said last.
    pub fn tell(&mut self, event_type: &Value) {
        let Some(id) = event_type["id"].as_i64() else { return };
        let said = self.there.entry(id).or_default();
        for setting in Setting::ALL {
            let value = there(setting, event_type);
            let last = said.iter().rev().find(|(of, _)| *of == setting);
            if last.is_none_or(|(_, last)| *last != value) {
                said.push((setting, value));
            }
        }
    }

    /// The last word of people at Cal.com about a setting.
    pub fn last_there(&self, id: EventTypeId, setting: Setting) -> Option<&str> {
        let said = self.there.get(&id)?.iter().rev();
        said.into_iter().find(|(of, _)| *of == setting).map(|(_, value)| value.as_str())
    }

    /// What was said about a service, and may have been done.
    pub fn of(&self, service: ServiceId) -> impl Iterator<Item = &ServiceWord> {
        let may_be = |word: &&ServiceWord| !matches!(word.heard, Heard::Refused);
        self.here.iter().filter(move |word| word.service == service).filter(may_be)
    }
}

impl ServiceWord {
    /// Whether it lets a divergence be that says this there.
    pub fn lets_be(&self, link: LinkId, setting: Setting, theirs: &str) -> bool {
        match &self.act {
            Spoken::Act(ServiceAct::Dismiss(of, what)) => (*of, *what) == (link, setting),
            Spoken::Settled(it) => {
                it.side == Side::Both && (it.link, it.setting) == (link, setting) && it.theirs == theirs
            }
            Spoken::Made(_) | Spoken::Act(_) => false,
        }
    }

    /// Whether somebody was told that this is how the service became this version.
    pub fn made(&self, version: i64) -> bool {
        matches!(&self.heard, Heard::Granted(service) if service.version == version)
    }

    /// What it says of a field of a service that was as `before`; `None` where it does not name the field.
    pub fn names(&self, field: &str, before: &Service) -> Option<Says> {
        let theirs = |setting: Setting| (setting.as_str() == field).then_some(Says::Theirs);
        match &self.act {
            Spoken::Act(ServiceAct::Edit(edit)) => {
                let changes = edited(edit, before).changes(before);
                changes.into_iter().find(|(name, ..)| name == field).map(|(_, _, value)| Says::Value(value))
            }
            Spoken::Act(ServiceAct::TakeTheirs(_, setting)) => theirs(*setting),
            Spoken::Act(ServiceAct::Pull) => Setting::ALL.into_iter().find_map(theirs),
            // Nothing else than what the person has seen there.
            Spoken::Settled(it) if it.side == Side::Theirs && it.setting.as_str() == field => {
                Some(Says::Value(as_field(&it.theirs).to_owned()))
            }
            Spoken::Made(_) | Spoken::Act(_) | Spoken::Settled(_) => None,
        }
    }

    /// Whether it gives leave to change this of what an event type says.
    pub fn sends(&self, setting: Setting) -> bool {
        match &self.act {
            // Whoever names all terms may name one anew that has not changed: that sends nothing, and harms nobody.
            Spoken::Act(ServiceAct::Edit(edit)) => match setting {
                Setting::Title => edit.name.is_some(),
                Setting::Slug => edit.slug.is_some(),
                Setting::Description => edit.description.is_some(),
                Setting::Duration => edit.duration_minutes.is_some(),
                Setting::Active => edit.active.is_some(),
                _ => edit.terms.is_some(),
            },
            Spoken::Act(ServiceAct::SendOurs(_, of) | ServiceAct::TakeTheirs(_, of)) => *of == setting,
            Spoken::Act(ServiceAct::Push | ServiceAct::Pull) => true,
            Spoken::Settled(it) => it.setting == setting && it.side != Side::Both,
            Spoken::Act(ServiceAct::Reset | ServiceAct::Dismiss(..)) | Spoken::Made(_) => false,
        }
    }
}

/// A service as somebody wants it to be.
pub fn edited(edit: &ServiceEdit, before: &Service) -> Service {
    let edit = edit.clone();
    let before = before.clone();
    // Else its stretches of work say it.
    let in_one_go = before.segments.is_empty();
    Service {
        name: edit.name.unwrap_or(before.name),
        slug: edit.slug.unwrap_or(before.slug),
        description: edit.description.unwrap_or(before.description),
        duration_minutes: edit.duration_minutes.filter(|_| in_one_go).unwrap_or(before.duration_minutes),
        active: edit.active.unwrap_or(before.active),
        terms: edit.terms.unwrap_or(before.terms),
        ..before
    }
}

/// What an event type says, read from Cal.com's own JSON, in the words that a divergence is told in.
pub fn there(setting: Setting, event_type: &Value) -> String {
    let text = |name: &str| event_type[name].as_str().unwrap_or_default().to_owned();
    match setting {
        Setting::Title => text("title"),
        Setting::Slug => text("slug"),
        Setting::Description => text("description"),
        Setting::Duration => event_type["lengthInMinutes"].to_string(),
        Setting::Active => (event_type["hidden"] != true).to_string(),
        Setting::BufferBefore => event_type["beforeEventBuffer"].to_string(),
        Setting::BufferAfter => event_type["afterEventBuffer"].to_string(),
        Setting::Notice => event_type["minimumBookingNotice"].to_string(),
        Setting::Confirmation => {
            if event_type["confirmationPolicy"]["type"] == "always" { "always" } else { "never" }.to_owned()
        }
        Setting::DisableGuests => (event_type["disableGuests"] == true).to_string(),
        Setting::Places => event_type["locations"].to_string(),
        Setting::Window => match &event_type["bookingWindow"] {
            window if window["disabled"] == true => "unlimited".to_owned(),
            window => window["value"].to_string(),
        },
        Setting::ReferenceField => carries_our_field(event_type).to_string(),
    }
}

/// The same of a service, one of whose stretches of work it stands for.
pub fn here(setting: Setting, service: &Service, segment: u16) -> String {
    let work = service.segments.get(usize::from(segment));
    match setting {
        Setting::Title => match work {
            Some(work) => format!("{} – {}", service.name, work.name),
            None => service.name.clone(),
        },
        Setting::Slug => match work {
            Some(_) => format!("{}-{}", service.slug, segment + 1),
            None => service.slug.clone(),
        },
        Setting::Description => service.description.clone(),
        Setting::Duration => work.map_or(service.duration_minutes, |work| work.minutes).to_string(),
        Setting::Active => service.active.to_string(),
        Setting::BufferBefore => service.terms.buffer_before_minutes.to_string(),
        Setting::BufferAfter => service.terms.buffer_after_minutes.to_string(),
        Setting::Notice => service.terms.minimum_notice_minutes.to_string(),
        Setting::Confirmation => {
            if service.terms.requires_confirmation { "always" } else { "never" }.to_owned()
        }
        Setting::DisableGuests => service.terms.disable_guests.to_string(),
        // No branch of this world has an address: this side has no say.
        Setting::Places => String::new(),
        Setting::Window => {
            service.terms.booking_window_days.map_or("unlimited".to_owned(), |days| days.to_string())
        }
        Setting::ReferenceField => true.to_string(),
    }
}

/// What an event type says, in the words of the field of a service.
pub fn as_field(value: &str) -> &str {
    match value {
        "always" => "true",
        "never" => "false",
        "unlimited" => "",
        value => value,
    }
}

/// Whether an event type was made or tied by us.
pub fn carries_our_field(event_type: &Value) -> bool {
    let fields = event_type["bookingFields"].as_array().into_iter().flatten();
    fields.into_iter().any(|field| field["slug"] == domain::reference::FIELD_SLUG)
}
