//! What an act on a whole service would do, told before it is done: what is shown to a person is what the act is held
//! to afterwards.

use jiff::Timestamp;

use super::case::ServiceCase;
use super::plan::{Verdict, verdicts};
use super::record::{EventTypeRecord, EventTypeSeen};
use super::setting::Setting;
use crate::LinkId;
use crate::appointment::Actor;

/// What can be done about services as a whole, many at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WholeAct {
    /// Send everything that is said here; what was deleted there is made again.
    Push,
    /// All divergences may stay.
    Dismiss,
}

/// What an act would do to a service and its event types. Two that are equal do the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prospect {
    /// Settings that are sent, or divergences that may stay.
    pub settings: Vec<SettingProspect>,
    /// Event types that were deleted at Cal.com and are made again, by that id.
    pub remade: Vec<(LinkId, i64)>,
    /// Event types that Cal.com refused and that are tried again, with the time of the last try.
    pub retried: Vec<(LinkId, Option<Timestamp>)>,
    /// What is left as it is; a setting, or all of an event type.
    pub left: Vec<(LinkId, Option<Setting>, LeftOut)>,
}

/// One setting of one event type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingProspect {
    /// Which event type.
    pub link: LinkId,
    /// Which.
    pub setting: Setting,
    /// What is said here, as [`Setting::value`] writes it.
    pub ours: String,
    /// What was last seen at Cal.com.
    pub theirs: String,
    /// When that was seen first, if it is a divergence.
    pub since: Option<Timestamp>,
    /// A person has said that it may stay.
    pub dismissed: bool,
}

/// Why something is left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// It is on its way already.
    OnItsWay,
    /// A person has said that it may stay.
    Dismissed,
    /// The event type was deleted at Cal.com, which is more than a setting.
    Deleted,
    /// Cal.com refuses it, which is no divergence.
    Refused,
    /// Both sides say the same.
    Same,
}

impl Prospect {
    /// Whether nothing would be done.
    pub fn is_nothing(&self) -> bool {
        self.settings.is_empty() && self.remade.is_empty() && self.retried.is_empty()
    }
}

impl ServiceCase {
    /// What an act would do, by what was last seen of Cal.com.
    pub fn prospect(&self, act: WholeAct) -> Prospect {
        let mut prospect = Prospect::default();
        for record in self.current() {
            match act {
                WholeAct::Push => self.would_push(record, &mut prospect),
                WholeAct::Dismiss => self.would_dismiss(record, &mut prospect),
            }
        }
        prospect
    }

    /// Does it. What was not in the prospect is done by nobody.
    pub fn act_whole(&mut self, act: WholeAct, actor: &Actor, now: Timestamp) {
        match act {
            WholeAct::Push => self.push(actor, now),
            WholeAct::Dismiss => {
                for SettingProspect { link, setting, .. } in self.prospect(act).settings {
                    self.dismiss(link, setting, actor, now);
                }
            }
        }
    }

    fn would_push(&self, record: &EventTypeRecord, prospect: &mut Prospect) {
        let link = record.id;
        let Some(there) = record.sighting().map(|seen| &seen.settings) else {
            match (&record.seen, record.event_type_id) {
                (EventTypeSeen::Absent { .. }, Some(id)) if record.doubts.is_empty() => {
                    prospect.remade.push((link, id));
                }
                _ if record.refused.is_some() => prospect.retried.push((link, record.last_attempt_at)),
                _ => prospect.left.push((link, None, LeftOut::OnItsWay)),
            }
            return;
        };
        let wanted = self.wanted(record);
        let before = (prospect.settings.len(), prospect.left.len());
        for (setting, verdict) in verdicts(&wanted, record.agreed.as_ref(), there, self.takes()) {
            if verdict == Verdict::Send && record.refused.is_none() {
                prospect.left.push((link, Some(setting), LeftOut::OnItsWay));
            } else {
                prospect.settings.push(self.setting_prospect(record, setting));
            }
        }
        if record.refused.is_some() {
            prospect.retried.push((link, record.last_attempt_at));
        } else if before == (prospect.settings.len(), prospect.left.len()) {
            prospect.left.push((link, None, LeftOut::Same));
        }
    }

    fn would_dismiss(&self, record: &EventTypeRecord, prospect: &mut Prospect) {
        let link = record.id;
        for divergence in &record.divergences {
            if divergence.dismissed {
                prospect.left.push((link, Some(divergence.setting), LeftOut::Dismissed));
            } else {
                prospect.settings.push(self.setting_prospect(record, divergence.setting));
            }
        }
        let why = match (&record.seen, &record.refused) {
            (EventTypeSeen::Absent { .. }, _) if record.event_type_id.is_some() => LeftOut::Deleted,
            (_, Some(_)) => LeftOut::Refused,
            (EventTypeSeen::Present(_), None) if record.divergences.is_empty() => LeftOut::Same,
            (EventTypeSeen::Present(_), None) => return,
            _ => LeftOut::OnItsWay,
        };
        prospect.left.push((link, None, why));
    }

    fn setting_prospect(&self, record: &EventTypeRecord, setting: Setting) -> SettingProspect {
        let divergence = record.divergences.iter().find(|it| it.setting == setting);
        SettingProspect {
            link: record.id,
            setting,
            ours: setting.value(&self.wanted(record)),
            theirs: record.sighting().map(|seen| setting.value(&seen.settings)).unwrap_or_default(),
            since: divergence.map(|it| it.first_seen_at),
            dismissed: divergence.is_some_and(|it| it.dismissed),
        }
    }
}
