//! One entry of a service's history, in words: who did what, and what it was before and after.

use domain::appointment::Actor;
use domain::catalogue::{ServiceEntry, ServiceWhat, Setting};
use jiff::Timestamp;

use crate::{
    components::{AsChip, Chip, Tone, problem_key, said, setting_label},
    i18n::Translator,
    pages::{Outcome, Owner},
};

#[derive(Clone, Debug)]
pub struct ServiceEvent {
    pub at: Timestamp,
    pub actor: Actor,
    /// The name of the user or the API key, where one is known.
    pub by: Option<String>,
    /// Which event type it is about.
    pub about: Option<EventTypeOf>,
    pub what: ServiceWhat,
}

/// Whose event type something is about, and on which account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTypeOf {
    pub owner: Owner,
    /// The name of the account.
    pub connection: String,
}

/// A field before and after; texts are in the reader's language, `None` is "nothing".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChange {
    pub label: &'static str,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl ServiceChange {
    pub fn of(t: &Translator, name: &str, before: &str, after: &str) -> Self {
        Self { label: setting_label(name), before: said(t, name, before), after: said(t, name, after) }
    }
}

impl ServiceEvent {
    /// `by` is the name of the user, where the entry names one; `about` whose event type it is about, where it is about
    /// one.
    pub fn of(entry: ServiceEntry, by: Option<String>, about: Option<EventTypeOf>) -> Self {
        let ServiceEntry { at, actor, about: _, what } = entry;
        Self { at, by: by.or_else(|| actor.via.clone()), actor, about, what }
    }

    /// Whose event type it is about, in words.
    pub fn about(&self, t: &Translator) -> Option<String> {
        let EventTypeOf { owner, connection } = self.about.as_ref()?;
        let words =
            t.get("entry-event-type-of").arg("owner", owner.words(t)).arg("account", connection.clone());
        Some(words.to_string())
    }

    /// Whether it is about the traffic with Cal.com, and not about what somebody did.
    pub fn is_traffic(&self) -> bool {
        matches!(self.what, ServiceWhat::Called { .. } | ServiceWhat::Sent { .. })
    }

    pub fn icon(&self) -> &'static str {
        match self.what {
            ServiceWhat::Created => "plus",
            ServiceWhat::Changed { .. } => "pencil",
            ServiceWhat::Removed | ServiceWhat::Deleted { .. } => "trash",
            ServiceWhat::Tied { .. } => "chain",
            ServiceWhat::Sent { .. }
            | ServiceWhat::Kept { .. }
            | ServiceWhat::Pushed
            | ServiceWhat::Called { .. } => "send",
            ServiceWhat::Diverged { .. } | ServiceWhat::Reopened { .. } => "split",
            ServiceWhat::Converged { .. } | ServiceWhat::Dismissed { .. } => "check",
            ServiceWhat::Imported | ServiceWhat::Taken { .. } | ServiceWhat::Pulled => "cloud",
            ServiceWhat::Reset => "refresh",
            ServiceWhat::Deactivated => "ban",
            ServiceWhat::Failed { .. } => "alert",
        }
    }

    pub fn tone(&self) -> Tone {
        match &self.what {
            ServiceWhat::Called { outcome, .. } => Outcome::from_name(Some(outcome)).chip().tone,
            ServiceWhat::Sent { .. } => Tone::Good,
            ServiceWhat::Diverged { .. } => Tone::Split,
            ServiceWhat::Failed { .. } | ServiceWhat::Deleted { .. } | ServiceWhat::Deactivated => Tone::Bad,
            _ => Tone::Neutral,
        }
    }

    pub fn chip(&self) -> Option<Chip> {
        match &self.what {
            ServiceWhat::Called { outcome, .. } => Some(Outcome::from_name(Some(outcome)).chip()),
            _ => None,
        }
    }

    /// What happened, in a line.
    pub fn title(&self, t: &Translator) -> String {
        let field = |setting: Setting| t.get(setting_label(setting.as_str())).to_string();
        let fields = |settings: &[Setting]| {
            settings.iter().map(|setting| field(*setting)).collect::<Vec<_>>().join(", ")
        };
        let text = match &self.what {
            ServiceWhat::Created => t.get("service-created"),
            ServiceWhat::Imported => t.get("service-imported"),
            ServiceWhat::Changed { fields } => {
                let names = fields.iter().map(|(name, ..)| t.get(setting_label(name)).to_string());
                t.get("entry-edited").arg("fields", names.collect::<Vec<_>>().join(", "))
            }
            ServiceWhat::Removed => t.get("service-removed"),
            ServiceWhat::Tied { event_type_id } => t.get("service-tied").arg("id", event_type_id.to_string()),
            ServiceWhat::Sent { settings } => t.get("service-sent").arg("fields", fields(settings)),
            ServiceWhat::Diverged { setting, since_tied, .. } => {
                let key = if *since_tied { "service-differs" } else { "service-diverged" };
                t.get(key).arg("field", field(*setting))
            }
            ServiceWhat::Converged { setting } => t.get("service-converged").arg("field", field(*setting)),
            ServiceWhat::Kept { setting, .. } => t.get("service-kept").arg("field", field(*setting)),
            ServiceWhat::Taken { setting, .. } => t.get("entry-adopted").arg("fields", field(*setting)),
            ServiceWhat::Dismissed { setting, theirs } => {
                let said = said(t, setting.as_str(), theirs).unwrap_or_else(|| "–".to_owned());
                t.get("service-dismissed").arg("field", field(*setting)).arg("value", said)
            }
            ServiceWhat::Reopened { setting, .. } => t.get("service-reopened").arg("field", field(*setting)),
            ServiceWhat::Deleted { event_type_id } => {
                t.get("service-deleted-there").arg("id", event_type_id.to_string())
            }
            ServiceWhat::Deactivated => t.get("service-deactivated"),
            ServiceWhat::Pushed => t.get("service-pushed"),
            ServiceWhat::Pulled => t.get("service-pulled"),
            ServiceWhat::Reset => t.get("service-reset"),
            ServiceWhat::Called { operation, .. } => t.get(match operation.as_str() {
                "create" => "called-create",
                "update" => "called-update",
                "delete" => "called-delete",
                _ => "called-look",
            }),
            ServiceWhat::Failed { problem, .. } => t.get(problem_key(*problem)),
        };
        text.to_string()
    }

    /// Who did it.
    pub fn who(&self, t: &Translator) -> String {
        let origin = t.get(self.actor.origin.chip().label).to_string();
        self.by.as_ref().map_or_else(|| origin.clone(), |name| format!("{origin}: {name}"))
    }

    /// What else there is to say of a call, in small print.
    pub fn notes(&self, t: &Translator) -> Vec<String> {
        let ServiceWhat::Called { settings, http_status, milliseconds, .. } = &self.what else {
            return Vec::new();
        };
        let names = settings.iter().map(|setting| t.get(setting_label(setting.as_str())).to_string());
        let names = names.collect::<Vec<_>>().join(", ");
        let status =
            http_status.map(|status| t.get("attempt-status").arg("status", status.to_string()).to_string());
        let names = Some(names).filter(|names| !names.is_empty());
        [names, status, Some(t.millis(milliseconds))].into_iter().flatten().collect()
    }

    /// Fields before and after. Of a divergence that is what stands here and what stands at Cal.com.
    pub fn changes(&self, t: &Translator) -> Vec<ServiceChange> {
        match &self.what {
            ServiceWhat::Changed { fields } => {
                fields.iter().map(|(name, before, after)| ServiceChange::of(t, name, before, after)).collect()
            }
            ServiceWhat::Diverged { setting, ours, theirs, .. } => {
                vec![ServiceChange::of(t, setting.as_str(), ours, theirs)]
            }
            ServiceWhat::Kept { setting, ours, theirs } => {
                vec![ServiceChange::of(t, setting.as_str(), theirs, ours)]
            }
            ServiceWhat::Taken { setting, before, after } => {
                vec![ServiceChange::of(t, setting.as_str(), before, after)]
            }
            _ => Vec::new(),
        }
    }

    /// What Cal.com answered, in its own words.
    pub fn answer(&self) -> Option<&str> {
        match &self.what {
            ServiceWhat::Called { message, .. } => message.as_deref(),
            ServiceWhat::Failed { message, .. } => Some(message.as_str()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }
}
