//! One service with its event types, and what follows from them.
//!
//! A case is loaded, changed by one of the pure functions of `outcomes` and `settle`, concluded, and written back,
//! all in one short transaction.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::plan::{EventTypePlan, EventTypePush, EventTypeRemote, Verdict, plan, verdicts};
use super::record::{
    Divergence, EventTypeProblem, EventTypeRecord, EventTypeRefused, EventTypeRole, EventTypeSeen,
};
use super::setting::{Confirmation, Place, Setting, Settings, Window};
use crate::appointment::{Actor, Origin};
use crate::case::{Due, Priority};
use crate::facts::EventTypeRef;
use crate::service::{NotBookable, Service, ServiceSync};
use crate::{ConnectionId, LinkId, StaffId};

/// One service with its event types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCase {
    /// The service.
    pub service: Service,
    /// Its event types: one for each stretch of work of each person, and those that are still to be hidden.
    pub event_types: Vec<EventTypeRecord>,
    /// Who performs it.
    pub performers: Vec<Performer>,
    /// Who could: everybody who takes appointments, by name.
    pub people: Vec<Performer>,
    /// Whether what is changed at Cal.com is taken over.
    pub overwrites: bool,
    /// What is to be added to the history.
    pub entries: Vec<ServiceEntry>,
    /// When each account's lane has to work on it next; none where there is nothing to do.
    pub due: Vec<ServiceDue>,
}

/// When an account's lane has to work on it.
pub type ServiceDue = (ConnectionId, Due);

/// Who performs a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Performer {
    /// Who.
    pub staff_id: StaffId,
    /// The name that people see.
    pub name: String,
    /// The account of this person, if there is one.
    pub connection: Option<ConnectionId>,
    /// Where this person serves: the address of the branch.
    pub place: Option<Place>,
}

/// One entry of a service's history, which is the audit trail too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEntry {
    /// When, by our clock.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// Which event type it is about; none if it is about the service itself.
    pub about: Option<About>,
    /// What.
    pub what: ServiceWhat,
}

/// The event type that an entry is about, as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its record.
    pub link: LinkId,
    /// The account that has it.
    pub connection: ConnectionId,
    /// Whose it is; `None` for one of a team.
    pub staff_id: Option<StaffId>,
    /// The name of the stretch of work, of a composite service.
    pub work: Option<String>,
}

/// What happened to a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServiceWhat {
    /// It was made here.
    Created,
    /// It was found at Cal.com and made here from it.
    Imported,
    /// Fields were changed, with their names, what they were and what they are.
    Changed {
        /// Name, before, after.
        fields: Vec<(String, String, String)>,
    },
    /// It was deleted here.
    Removed,
    /// An event type was made or found to be ours.
    Tied {
        /// Cal.com's id.
        event_type_id: i64,
    },
    /// Settings were sent to Cal.com and seen there.
    Sent {
        /// Which.
        settings: Vec<Setting>,
    },
    /// Cal.com says something else than is said here: it is not taken over, and a person is asked.
    Diverged {
        /// Which field, what is said here and what there.
        setting: Setting,
        /// What is said here.
        ours: String,
        /// What is said there.
        theirs: String,
        /// Both never said the same since they were tied: nobody has changed anything there.
        #[serde(default)]
        since_tied: bool,
    },
    /// A divergence ended without a person: both say the same again.
    Converged {
        /// Which field.
        setting: Setting,
    },
    /// Something that was changed at Cal.com was taken over.
    Taken {
        /// Which field, what it was and what it is.
        setting: Setting,
        /// What was said here.
        before: String,
        /// What is said now.
        after: String,
    },
    /// A person has said that what is said here counts: it is sent.
    Kept {
        /// Which field, what is said here and what there.
        setting: Setting,
        /// What is said here.
        ours: String,
        /// What was said there.
        theirs: String,
    },
    /// A person has said that a divergence may stay.
    Dismissed {
        /// Which field.
        setting: Setting,
        /// What is said there.
        theirs: String,
    },
    /// A person has said that a divergence that may stay is to be asked about again.
    Reopened {
        /// Which field.
        setting: Setting,
        /// What is said there.
        theirs: String,
    },
    /// An event type was deleted at Cal.com.
    Deleted {
        /// Cal.com's id.
        event_type_id: i64,
    },
    /// Nothing of it is left at Cal.com: it cannot be booked any more.
    Deactivated,
    /// A person sent everything to Cal.com.
    Pushed,
    /// A person took everything over from Cal.com.
    Pulled,
    /// A person asked to look anew and forget what failed.
    Reset,
    /// Cal.com was called or looked at.
    Called {
        /// `create`, `update`, `delete` or `look`.
        operation: String,
        /// What was sent, if it was an update.
        settings: Vec<Setting>,
        /// The class of the answer.
        outcome: String,
        /// The status, if there was an answer.
        http_status: Option<u16>,
        /// How long it took.
        milliseconds: u64,
        /// What Cal.com said, if it was an error.
        message: Option<String>,
    },
    /// Cal.com refused, or every try failed.
    Failed {
        /// Why.
        problem: EventTypeProblem,
        /// What Cal.com said.
        message: String,
    },
}

/// What to do next about one of its event types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventTypeNext {
    /// Nothing.
    Rest,
    /// Look at Cal.com.
    Look,
    /// One call.
    Act(EventTypePush),
    /// A person decides.
    GivenUp(EventTypeProblem),
}

impl ServiceCase {
    /// The record of a name.
    pub fn record(&self, id: LinkId) -> Option<&EventTypeRecord> {
        self.event_types.iter().find(|record| record.id == id)
    }

    pub(super) fn record_mut(&mut self, id: LinkId) -> Option<&mut EventTypeRecord> {
        self.event_types.iter_mut().find(|record| record.id == id)
    }

    /// The event types that are to say what the service says.
    pub fn current(&self) -> impl Iterator<Item = &EventTypeRecord> {
        self.event_types.iter().filter(|record| record.role == EventTypeRole::Current)
    }

    /// Adds an entry about the service itself to the history.
    pub fn tell(&mut self, at: Timestamp, actor: &Actor, what: ServiceWhat) {
        self.entries.push(ServiceEntry { at, actor: actor.clone(), about: None, what });
    }

    /// Adds an entry about one of its event types.
    pub fn tell_of(&mut self, id: LinkId, at: Timestamp, actor: &Actor, what: ServiceWhat) {
        let about = self.record(id).map(|record| About {
            link: id,
            connection: record.connection,
            staff_id: record.staff_id,
            work: self.service.segments.get(usize::from(record.segment)).map(|work| work.name.clone()),
        });
        self.entries.push(ServiceEntry { at, actor: actor.clone(), about, what });
    }

    pub(super) fn tell_ourselves(&mut self, id: LinkId, at: Timestamp, what: ServiceWhat) {
        self.tell_of(id, at, &Actor::of(Origin::System), what);
    }

    /// What the platform wants an event type to say.
    pub fn wanted(&self, record: &EventTypeRecord) -> Settings {
        let service = &self.service;
        let work = service.segments.get(usize::from(record.segment));
        let mut settings = Settings {
            title: work.map_or(service.name.clone(), |work| format!("{} – {}", service.name, work.name)),
            slug: work.map_or(service.slug.clone(), |_| format!("{}-{}", service.slug, record.segment + 1)),
            description: service.description.clone(),
            minutes: work.map_or(service.duration_minutes, |work| work.minutes),
            active: service.active && record.role == EventTypeRole::Current,
            buffer_before: service.terms.buffer_before_minutes,
            buffer_after: service.terms.buffer_after_minutes,
            notice: service.terms.minimum_notice_minutes,
            confirmation: if service.terms.requires_confirmation {
                Confirmation::Always
            } else {
                Confirmation::Never
            },
            disable_guests: service.terms.disable_guests,
            places: self.places(record),
            window: service.terms.booking_window_days.map_or(Window::Unlimited, Window::Days),
            reference_field: true,
        };
        // All that is wanted of one that is not booked any more is that nobody sees it.
        if record.role != EventTypeRole::Current
            && let Some(seen) = record.sighting()
        {
            settings = Settings { active: false, ..seen.settings.clone() };
        }
        settings
    }

    /// Where it takes place: where the service says; else at the address of the branch. Where neither says so, or
    /// where Cal.com asks nobody for a place, it stays as it is there.
    fn places(&self, record: &EventTypeRecord) -> Vec<Place> {
        let said = &self.service.terms.places;
        if !said.is_empty() {
            return said.clone();
        }
        let performer = self.performers.iter().find(|it| Some(it.staff_id) == record.staff_id);
        let address: Vec<_> = performer.and_then(|it| it.place.clone()).into_iter().collect();
        match record.sighting().map(|seen| &seen.settings.places) {
            Some(there) if address.is_empty() || there.is_empty() => there.clone(),
            _ => address,
        }
    }

    /// What to do next about one of its event types.
    pub fn next_of(&self, record: &EventTypeRecord) -> EventTypeNext {
        let wanted = self.wanted(record);
        let remote = record.remote();
        let standing = record.refused.as_ref().filter(|refused| refused.wanted == wanted);
        let was_there = record.event_type_id.is_some();
        let plan = match record.role {
            EventTypeRole::Gone => return EventTypeNext::Rest,
            EventTypeRole::Hidden | EventTypeRole::Deleted if !was_there => match remote {
                // One that may have been made unseen is looked for.
                EventTypeRemote::Unknown if !record.doubts.is_empty() => EventTypePlan::Look,
                _ => EventTypePlan::Rest,
            },
            EventTypeRole::Deleted => match remote {
                EventTypeRemote::Unknown => EventTypePlan::Look,
                EventTypeRemote::Absent => EventTypePlan::Rest,
                EventTypeRemote::Present(_) => EventTypePlan::Act(EventTypePush::Delete),
            },
            EventTypeRole::Hidden => {
                let agreed = record.sighting().map(|seen| Settings { active: true, ..seen.settings.clone() });
                match plan(&wanted, agreed.as_ref(), &remote, was_there, |_, _| false) {
                    EventTypePlan::Deleted => EventTypePlan::Rest,
                    plan => plan,
                }
            }
            EventTypeRole::Current => plan(&wanted, record.agreed.as_ref(), &remote, was_there, self.takes()),
        };
        let plan = match plan {
            // What is as wanted may not stay so.
            EventTypePlan::Rest if record.in_doubt_until().is_some() => EventTypePlan::Look,
            plan => plan,
        };
        match (plan, standing) {
            (EventTypePlan::Look | EventTypePlan::Act(_) | EventTypePlan::Take(_), Some(refused))
                if refused.problem == EventTypeProblem::RetriesUsedUp =>
            {
                EventTypeNext::GivenUp(refused.problem)
            }
            (EventTypePlan::Act(push), Some(refused)) if refused.push == push => {
                if refused.looked {
                    EventTypeNext::GivenUp(refused.problem)
                } else {
                    EventTypeNext::Look
                }
            }
            // What is there to be taken over is taken over at a sighting.
            (EventTypePlan::Look | EventTypePlan::Take(_), _) => EventTypeNext::Look,
            (EventTypePlan::Act(push), _) => EventTypeNext::Act(push),
            (EventTypePlan::Deleted, _) => EventTypeNext::GivenUp(EventTypeProblem::Deleted),
            (EventTypePlan::Rest, _) => EventTypeNext::Rest,
        }
    }

    /// Whether an event type is about to become `minutes` long: what is booked on it before is as long as it was.
    pub fn is_to_take(&self, minutes: u32, event_type: EventTypeRef) -> bool {
        let is_meant = |record: &&EventTypeRecord| {
            record.connection == event_type.connection && record.event_type_id == Some(event_type.id)
        };
        self.current().filter(is_meant).any(|record| {
            self.wanted(record).minutes == minutes
                && record.sighting().is_none_or(|seen| seen.settings.minutes != minutes)
                && matches!(self.next_of(record), EventTypeNext::Look | EventTypeNext::Act(_))
        })
    }

    /// The first of its event types on an account that something can be done about at `now`, and what.
    pub fn next_in(&self, connection: ConnectionId, now: Timestamp) -> Option<(LinkId, EventTypeNext)> {
        self.event_types
            .iter()
            .filter(|record| record.connection == connection)
            .filter(|record| record.next_try_at.is_none_or(|at| at <= now))
            .map(|record| (record.id, self.next_of(record)))
            .find(|(_, next)| matches!(next, EventTypeNext::Look | EventTypeNext::Act(_)))
    }

    /// Why callers or programs cannot book it; empty if they can.
    pub fn not_bookable_by(&self, origin: Origin) -> Vec<NotBookable> {
        let mut stretches = 0..self.service.segments.len().max(1);
        let nobody = stretches
            .any(|number| !self.performers.iter().any(|it| self.service.may_do(number, it.staff_id)));
        let reasons = self.service.not_bookable_by(origin).into_iter();
        reasons.chain(nobody.then_some(NotBookable::Nobody)).collect()
    }

    /// What would change if the service became `after`, with people by their names.
    pub fn changes_to(&self, after: &Service) -> Vec<(String, String, String)> {
        let name = |staff: StaffId| {
            let known = self.people.iter().find(|person| person.staff_id == staff);
            known.map_or_else(|| staff.to_string(), |person| person.name.clone())
        };
        after.changes_told(&self.service, &name)
    }

    /// Says who performs it from now on. Returns what the history tells of it: the names before and after; `None` if
    /// nothing changes. Whoever takes no appointments is left out.
    pub fn perform(&mut self, staff: &[StaffId]) -> Option<(String, String)> {
        let names = |performers: &[Performer]| {
            performers.iter().map(|performer| performer.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let wanted = self.people.iter().filter(|person| staff.contains(&person.staff_id));
        let mut wanted: Vec<_> = wanted.cloned().collect();
        wanted.sort_by_key(|performer| performer.staff_id);
        let told = (names(&self.performers), names(&wanted));
        let before = std::mem::replace(&mut self.performers, wanted);
        (before != self.performers).then_some(told)
    }

    /// Ties the service to the accounts of those who perform it, each stretch of work by itself; what is not
    /// performed any more is hidden. What stands for a team, or for somebody as one of its hosts, needs no event type
    /// of this person's own. `ids` names what is new.
    pub fn arrange(&mut self, mut ids: impl FnMut() -> LinkId) {
        let segments = 0..u16::try_from(self.service.segments.len().max(1)).unwrap_or(u16::MAX);
        let out: Vec<_> =
            self.current().filter(|record| !self.is_performed(record)).map(|it| it.id).collect();
        for id in out {
            self.let_go(id, EventTypeRole::Hidden);
        }
        for performer in self.performers.clone() {
            let Some(connection) = performer.connection else { continue };
            for segment in segments.clone() {
                if !self.service.may_do(usize::from(segment), performer.staff_id) {
                    continue;
                }
                let serves = |record: &EventTypeRecord| {
                    record.segment == segment
                        && record.staff_id.is_none_or(|staff| staff == performer.staff_id)
                };
                if self.current().any(serves) {
                    continue;
                }
                let was = |record: &&mut EventTypeRecord| {
                    record.segment == segment
                        && record.staff_id == Some(performer.staff_id)
                        && record.connection == connection
                };
                if let Some(record) = self.event_types.iter_mut().find(was) {
                    record.role = EventTypeRole::Current;
                    record.look = true;
                    record.refused = None;
                } else {
                    self.event_types.push(EventTypeRecord {
                        segment,
                        staff_id: Some(performer.staff_id),
                        ..EventTypeRecord::new(ids(), connection)
                    });
                }
            }
        }
    }

    /// Whether somebody performs what an event type stands for.
    fn is_performed(&self, record: &EventTypeRecord) -> bool {
        let performs = |staff| {
            let mut performers = self.performers.iter();
            performers.any(|it| {
                it.staff_id == staff
                    && (record.host.is_some() || it.connection.is_none_or(|own| own == record.connection))
            })
        };
        let segment = usize::from(record.segment);
        segment < self.service.segments.len().max(1)
            && record.staff_id.is_none_or(|staff| performs(staff) && self.service.may_do(segment, staff))
    }

    /// The service is not offered any more: its event types are hidden, or deleted.
    pub fn remove(&mut self, role: EventTypeRole) {
        let all: Vec<_> = self.current().map(|record| record.id).collect();
        for id in all {
            self.let_go(id, role);
        }
    }

    pub(super) fn let_go(&mut self, id: LinkId, role: EventTypeRole) {
        if let Some(record) = self.record_mut(id) {
            record.role = role;
            record.refused = None;
            record.failures = 0;
            record.next_try_at = None;
        }
    }

    /// Derives the sync status and the next time to work on it, and keeps the list of divergences. Every change of
    /// a case ends with this.
    pub fn conclude(&mut self, priority: Priority, now: Timestamp) {
        for index in 0..self.event_types.len() {
            self.settle(index);
            self.diverge(index, now);
            self.end(index, now);
        }
        self.deactivate_if_nothing_is_left(now);
        self.due = Vec::new();
        for index in 0..self.event_types.len() {
            let record = &self.event_types[index];
            let next = self.next_of(record);
            let later = matches!(record.remote(), EventTypeRemote::Present(_) | EventTypeRemote::Absent);
            let record = &mut self.event_types[index];
            match next {
                EventTypeNext::Look | EventTypeNext::Act(_) => {
                    if next == EventTypeNext::Look && later {
                        record.next_try_at = record.next_try_at.max(record.in_doubt_until());
                    }
                    let at = record.next_try_at.unwrap_or(now).max(now);
                    let priority = if record.failures > 0 { priority.max(Priority::Retry) } else { priority };
                    let connection = record.connection;
                    Due { at, priority }.put(&mut self.due, connection);
                }
                EventTypeNext::Rest => {
                    record.refused = None;
                    record.failures = 0;
                    record.next_try_at = None;
                }
                EventTypeNext::GivenUp(_) => {}
            }
        }
        self.service.sync = self.sync();
    }

    /// The sync status: of several event types the worst counts.
    fn sync(&self) -> ServiceSync {
        let mut sync = ServiceSync::Never;
        for record in self.current() {
            let its = match self.next_of(record) {
                EventTypeNext::GivenUp(_) => ServiceSync::Error,
                EventTypeNext::Look if record.last_synced_at.is_some() && record.failures == 0 => {
                    ServiceSync::Synced
                }
                EventTypeNext::Look | EventTypeNext::Act(_) => ServiceSync::Pending,
                EventTypeNext::Rest => ServiceSync::Synced,
            };
            sync = sync.max(its);
        }
        sync
    }

    /// Why it is not as it should be, with what Cal.com said: of the first event type that has a problem.
    pub fn problem(&self) -> Option<(EventTypeProblem, String)> {
        self.current().find_map(|record| {
            let EventTypeNext::GivenUp(problem) = self.next_of(record) else { return None };
            let refused = record.refused.as_ref().filter(|refused| refused.problem == problem);
            Some((
                problem,
                refused.map(|EventTypeRefused { message, .. }| message.clone()).unwrap_or_default(),
            ))
        })
    }

    /// What becomes of each field on which an event type differs from what is said there.
    pub fn verdicts(&self, record: &EventTypeRecord, there: &Settings) -> Vec<(Setting, Verdict)> {
        verdicts(&self.wanted(record), record.agreed.as_ref(), there, self.takes()).collect()
    }

    /// Moves the merge base to whatever both sides say alike.
    fn settle(&mut self, index: usize) {
        let record = &self.event_types[index];
        if record.role == EventTypeRole::Current
            && let EventTypeRemote::Present(there) = record.remote()
        {
            let wanted = self.wanted(record);
            // Of one that was there before it was tied, what differs was changed there.
            let mut base = record.agreed.clone().unwrap_or_else(|| wanted.clone());
            let record = &mut self.event_types[index];
            for setting in Setting::ALL.into_iter().filter(|setting| setting.same(&wanted, &there)) {
                setting.copy(&wanted, &mut base);
                record.shared.insert(setting, setting.value(&wanted));
            }
            record.agreed = Some(base);
        }
    }

    /// Keeps the list of what was changed there.
    fn diverge(&mut self, index: usize, now: Timestamp) {
        let record = &self.event_types[index];
        let seen = match (record.role, record.sighting(), record.remote()) {
            (EventTypeRole::Current, Some(seen), EventTypeRemote::Present(_)) => seen.clone(),
            // What is not known has not changed.
            (EventTypeRole::Current, Some(_), _) => return,
            _ => {
                self.event_types[index].divergences.clear();
                return;
            }
        };
        let wanted = self.wanted(record);
        let differ = self.verdicts(record, &seen.settings).into_iter();
        let differ: Vec<_> = differ.filter(|it| it.1 == Verdict::Diverges).map(|it| it.0).collect();
        let (id, shared) = (record.id, record.shared.clone());
        let (mut kept, known) = (Vec::new(), record.divergences.clone());
        for setting in &differ {
            let theirs = setting.value(&seen.settings);
            let before = known.iter().find(|known| known.setting == *setting && known.theirs == theirs);
            if let Some(before) = before {
                kept.push(Divergence { last_seen_at: seen.at.max(before.last_seen_at), ..before.clone() });
                continue;
            }
            let ours = setting.value(&wanted);
            let setting = *setting;
            kept.push(Divergence {
                setting,
                theirs: theirs.clone(),
                first_seen_at: seen.at,
                last_seen_at: seen.at,
                dismissed: false,
            });
            let since_tied = !shared.contains_key(&setting);
            self.tell_ourselves(id, now, ServiceWhat::Diverged { setting, ours, theirs, since_tied });
        }
        for ended in known.iter().filter(|known| !differ.contains(&known.setting)) {
            self.tell_ourselves(id, now, ServiceWhat::Converged { setting: ended.setting });
        }
        self.event_types[index].divergences = kept;
    }

    /// What has left is gone.
    fn end(&mut self, index: usize, now: Timestamp) {
        let record = &self.event_types[index];
        let leaving = matches!(record.role, EventTypeRole::Hidden | EventTypeRole::Deleted);
        if leaving && self.next_of(record) == EventTypeNext::Rest {
            let record = &mut self.event_types[index];
            record.role = EventTypeRole::Gone;
            if !matches!(record.seen, EventTypeSeen::Never) {
                record.last_synced_at = Some(now);
            }
        }
    }

    /// A service of which nothing is left at Cal.com cannot be booked there: nobody is to promise it.
    fn deactivate_if_nothing_is_left(&mut self, now: Timestamp) {
        let deleted = |record: &EventTypeRecord| {
            self.next_of(record) == EventTypeNext::GivenUp(EventTypeProblem::Deleted)
        };
        if self.service.active && self.current().count() > 0 && self.current().all(deleted) {
            self.service.active = false;
            self.tell(now, &Actor::of(Origin::System), ServiceWhat::Deactivated);
        }
    }
}
