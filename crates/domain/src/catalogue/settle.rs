//! What a person does about a service that differs from its event types.

use jiff::Timestamp;

use super::case::{ServiceCase, ServiceWhat};
use super::record::{EventTypeRole, EventTypeSeen};
use super::setting::{Confirmation, Setting, Settings, Window};
use crate::LinkId;
use crate::appointment::Actor;
use crate::planted::{self, Bug};

/// Why a service has no place for what Cal.com says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoPlace {
    /// The name of a stretch of work is made up from that of its service, and cannot be taken apart again.
    MadeUp,
    /// Cal.com knows more of it than the platform.
    NoSuchSetting,
}

impl ServiceCase {
    /// What is said here counts from now on: it is sent. Says whether there was anything to settle.
    pub fn send_ours(&mut self, id: LinkId, setting: Setting) -> bool {
        let Some(there) =
            self.record(id).and_then(|record| record.sighting()).map(|seen| seen.settings.clone())
        else {
            return false;
        };
        let Some(wanted) = self.record(id).map(|record| self.wanted(record)) else { return false };
        let Some(record) = self.record_mut(id) else { return false };
        let differs = !setting.same(&wanted, &there);
        if differs {
            // Only our side differs from what is taken to be shared: that is a change here.
            setting.copy(&there, record.agreed.get_or_insert(wanted));
            record.refused = None;
        }
        differs
    }

    /// The same, because a person has said so about this field.
    pub fn keep(&mut self, id: LinkId, setting: Setting, actor: &Actor, now: Timestamp) -> bool {
        let Some(record) = self.record(id) else { return false };
        let ours = setting.value(&self.wanted(record));
        let theirs = record.sighting().map(|seen| setting.value(&seen.settings)).unwrap_or_default();
        let differs = self.send_ours(id, setting);
        if differs {
            self.tell_of(id, now, actor, ServiceWhat::Kept { setting, ours, theirs });
        }
        differs
    }

    /// What is said there is taken over. Says whether it could be; see [`Self::can_take`].
    pub fn take(&mut self, id: LinkId, setting: Setting, actor: &Actor, now: Timestamp) -> bool {
        let Some(record) = self.record(id) else { return false };
        let Some(there) = record.sighting().map(|seen| seen.settings.clone()) else { return false };
        let before = self.wanted(record);
        let segment = usize::from(record.segment);
        if setting.same(&before, &there) || !self.can_take(setting, &there) {
            return false;
        }
        self.write(setting, segment, &there);
        self.leave_undecided(id, setting);
        if let Some(record) = self.record_mut(id) {
            setting.copy(&there, record.agreed.get_or_insert_with(|| before.clone()));
            record.refused = None;
        }
        let (before, after) = (setting.value(&before), setting.value(&there));
        self.tell_of(id, now, actor, ServiceWhat::Taken { setting, before, after });
        true
    }

    /// What was changed in other event types waits for its own decision: that the service says something else now is no
    /// reason to overwrite it.
    fn leave_undecided(&mut self, decided: LinkId, setting: Setting) {
        for index in 0..self.event_types.len() {
            let wanted = self.wanted(&self.event_types[index]);
            let record = &mut self.event_types[index];
            if record.id != decided
                && record.open_divergences().any(|open| open.setting == setting)
                && let Some(agreed) = &mut record.agreed
            {
                setting.copy(&wanted, agreed);
            }
        }
    }

    /// Whether a service has a place for what is said there.
    pub fn can_take(&self, setting: Setting, there: &Settings) -> bool {
        self.cannot_take(setting, there).is_none()
    }

    /// Why a service has no place for what is said there; `None` if it has one.
    pub fn cannot_take(&self, setting: Setting, there: &Settings) -> Option<NoPlace> {
        match setting {
            Setting::Title | Setting::Slug if !self.service.segments.is_empty() => Some(NoPlace::MadeUp),
            Setting::Confirmation if matches!(there.confirmation, Confirmation::Other(_)) => {
                Some(NoPlace::NoSuchSetting)
            }
            Setting::Window if matches!(there.window, Window::Other(_)) => Some(NoPlace::NoSuchSetting),
            Setting::ReferenceField => Some(NoPlace::NoSuchSetting),
            _ => None,
        }
    }

    /// What is taken over without asking.
    pub(super) fn takes(&self) -> impl Fn(Setting, &Settings) -> bool + '_ {
        let overwrites = self.overwrites || planted::is(Bug::ServiceOverwritten);
        move |setting, there| overwrites && self.can_take(setting, there)
    }

    fn write(&mut self, setting: Setting, segment: usize, there: &Settings) {
        let service = &mut self.service;
        let terms = &mut service.terms;
        match setting {
            Setting::Title => service.name.clone_from(&there.title),
            Setting::Slug => service.slug.clone_from(&there.slug),
            Setting::Description => service.description.clone_from(&there.description),
            Setting::Duration => match service.segments.get_mut(segment) {
                Some(work) => work.minutes = there.minutes,
                None => service.duration_minutes = there.minutes,
            },
            Setting::Active => service.active = there.active,
            Setting::BufferBefore => terms.buffer_before_minutes = there.buffer_before,
            Setting::BufferAfter => terms.buffer_after_minutes = there.buffer_after,
            Setting::Notice => terms.minimum_notice_minutes = there.notice,
            Setting::Confirmation => terms.requires_confirmation = there.confirmation == Confirmation::Always,
            Setting::DisableGuests => terms.disable_guests = there.disable_guests,
            Setting::Places => terms.places.clone_from(&there.places),
            Setting::Window => {
                terms.booking_window_days =
                    if let Window::Days(days) = there.window { Some(days) } else { None };
            }
            Setting::ReferenceField => {}
        }
    }

    /// A divergence may stay, until Cal.com says something else.
    pub fn dismiss(&mut self, id: LinkId, setting: Setting, actor: &Actor, now: Timestamp) -> bool {
        let Some(record) = self.record_mut(id) else { return false };
        let open = record.divergences.iter_mut().find(|open| open.setting == setting && !open.dismissed);
        let Some(divergence) = open else { return false };
        divergence.dismissed = true;
        let theirs = divergence.theirs.clone();
        self.tell_of(id, now, actor, ServiceWhat::Dismissed { setting, theirs });
        true
    }

    /// A divergence that may stay is asked about again.
    pub fn reopen(&mut self, id: LinkId, setting: Setting, actor: &Actor, now: Timestamp) -> bool {
        let Some(record) = self.record_mut(id) else { return false };
        let quiet = record.divergences.iter_mut().find(|it| it.setting == setting && it.dismissed);
        let Some(divergence) = quiet else { return false };
        divergence.dismissed = false;
        let theirs = divergence.theirs.clone();
        self.tell_of(id, now, actor, ServiceWhat::Reopened { setting, theirs });
        true
    }

    /// Whether it can be asked again what counts, after it was decided that what is said here does: nothing was sent yet.
    pub fn can_ask_again(&self, id: LinkId, setting: Setting, theirs: &str) -> bool {
        let Some(record) = self.current().find(|record| record.id == id) else { return false };
        let Some(there) = record.sighting().map(|seen| &seen.settings) else { return false };
        let decided = record.agreed.as_ref().is_some_and(|agreed| setting.same(agreed, there));
        let same = setting.value(there) == theirs && !setting.same(&self.wanted(record), there);
        decided && same && record.doubts.is_empty()
    }

    /// A person takes back that what is said here counts. Says whether that could be; see [`Self::can_ask_again`].
    pub fn ask_again(
        &mut self,
        id: LinkId,
        setting: Setting,
        theirs: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> bool {
        if !self.can_ask_again(id, setting, theirs) {
            return false;
        }
        let Some(wanted) = self.record(id).map(|record| self.wanted(record)) else { return false };
        if let Some(record) = self.record_mut(id) {
            // Only their side differs from what is taken to be shared: that is a change there.
            setting.copy(&wanted, record.agreed.get_or_insert_with(|| wanted.clone()));
            record.refused = None;
        }
        self.tell_of(id, now, actor, ServiceWhat::Reopened { setting, theirs: theirs.to_owned() });
        true
    }

    /// Everything that is said here is sent; what was deleted there is made again.
    pub fn push(&mut self, actor: &Actor, now: Timestamp) {
        let all: Vec<_> = self.current().map(|record| record.id).collect();
        for id in all {
            // What is overwritten stays in the history.
            for setting in Setting::ALL {
                self.keep(id, setting, actor, now);
            }
            if let Some(record) = self.record_mut(id) {
                record.refused = None;
                record.failures = 0;
                record.next_try_at = None;
                record.look = true;
            }
        }
        self.make_again();
        self.tell(now, actor, ServiceWhat::Pushed);
    }

    /// What was deleted there is made again: whoever sends everything, or switches the service on, wants it to be there.
    pub fn make_again(&mut self) {
        for record in self.event_types.iter_mut().filter(|record| record.role == EventTypeRole::Current) {
            if matches!(record.seen, EventTypeSeen::Absent { .. }) && record.doubts.is_empty() {
                record.event_type_id = None;
                record.agreed = None;
                record.shared.clear();
            }
        }
    }

    /// Everything that Cal.com says is taken over, from the first event type that differs.
    pub fn pull(&mut self, actor: &Actor, now: Timestamp) {
        let all: Vec<_> = self.current().map(|record| record.id).collect();
        for setting in Setting::ALL {
            for id in &all {
                if self.take(*id, setting, actor, now) {
                    break;
                }
            }
        }
        self.tell(now, actor, ServiceWhat::Pulled);
    }

    /// What failed is forgotten, and Cal.com looked at anew.
    pub fn reset(&mut self, actor: &Actor, now: Timestamp) {
        for record in self.event_types.iter_mut().filter(|record| record.role != EventTypeRole::Gone) {
            record.refused = None;
            record.failures = 0;
            record.next_try_at = None;
            record.look = true;
        }
        self.tell(now, actor, ServiceWhat::Reset);
    }

    /// Something says that one of its event types may have changed.
    pub fn hint_of(&mut self, id: LinkId) {
        if let Some(record) = self.record_mut(id).filter(|record| record.role != EventTypeRole::Gone) {
            record.look = true;
            record.next_try_at = None;
        }
    }

    /// Something says that Cal.com's side may have changed.
    pub fn hint(&mut self) {
        for record in self.event_types.iter_mut().filter(|record| record.role != EventTypeRole::Gone) {
            record.look = true;
            record.next_try_at = None;
        }
    }
}
