//! What follows for a service from a call that was started, answered, refused or lost, and from a look at Cal.com.

use jiff::Timestamp;

use super::case::{ServiceCase, ServiceWhat};
use super::plan::{EventTypePlan, EventTypePush, plan};
use super::record::{
    EventTypeCall, EventTypeProblem, EventTypeRefused, EventTypeRole, EventTypeSeen, EventTypeSighting,
};
use super::setting::Setting;
use crate::appointment::{Actor, Origin};
use crate::decide::{Again, Failure};
use crate::{AttemptId, LinkId};

impl ServiceCase {
    /// A call is about to be sent. Must be stored before it is.
    pub fn started(&mut self, id: LinkId, attempt: AttemptId, push: EventTypePush, now: Timestamp) {
        let Some(wanted) = self.record(id).map(|record| self.wanted(record)) else { return };
        let Some(record) = self.record_mut(id) else { return };
        record.doubts.retain(|call| !call.is_past(now) || !call.looked);
        record.doubts.push(EventTypeCall { attempt, push, wanted, at: now, over: false, looked: false });
        record.last_attempt_at = Some(now);
    }

    /// Cal.com answered a call with the event type as it is now.
    pub fn answered(&mut self, id: LinkId, attempt: AttemptId, seen: &EventTypeSighting, now: Timestamp) {
        let Some(record) = self.record_mut(id) else { return };
        record.failures = 0;
        let mut answered = None;
        for call in record.doubts.iter_mut().filter(|call| call.attempt == attempt) {
            call.over = true;
            answered = Some(call.clone());
        }
        self.sighted(id, seen, now);
        // Cal.com takes what it does not understand without a word: what it says now counts.
        if let Some(EventTypeCall { push, wanted, .. }) = answered
            && let Some(record) = self.record(id)
            && record.role == EventTypeRole::Current
            && let EventTypePush::Update(settings) = &push
        {
            let ignored = settings.iter().find(|setting| !setting.same(&wanted, &seen.settings)).copied();
            if let (Some(setting), Some(record)) = (ignored, self.record_mut(id)) {
                let message = setting.as_str().to_owned();
                let problem = EventTypeProblem::NoEffect;
                record.refused = Some(EventTypeRefused { push, wanted, problem, message, looked: true });
            }
        }
    }

    /// Cal.com has deleted it, as it was told.
    pub fn deleted(&mut self, id: LinkId, attempt: AttemptId, now: Timestamp) {
        if let Some(record) = self.record_mut(id) {
            record.failures = 0;
            record.doubts.retain(|call| call.attempt != attempt);
            record.looked();
            record.seen = EventTypeSeen::Absent { at: now };
        }
    }

    /// An event type was seen.
    pub fn sighted(&mut self, id: LinkId, seen: &EventTypeSighting, now: Timestamp) {
        let Some(wanted) = self.record(id).map(|record| self.wanted(record)) else { return };
        let Some(record) = self.record_mut(id) else { return };
        record.looked();
        // What was seen while our clock was fast is not newer than what is seen now.
        if record.sighting().is_some_and(|known| seen.at < known.at && known.at <= now) {
            return;
        }
        let there = &seen.settings;
        let mut sent = Vec::new();
        for call in &record.doubts {
            if call.push == EventTypePush::Create {
                record.agreed.get_or_insert_with(|| call.wanted.clone());
            }
            let settings = call.settings();
            if let Some(agreed) = &mut record.agreed {
                for setting in settings.into_iter().filter(|setting| setting.same(&call.wanted, there)) {
                    setting.copy(&call.wanted, agreed);
                    record.shared.insert(setting, setting.value(&call.wanted));
                    sent.push(setting);
                }
            }
        }
        record.doubts.retain(|call| !call.is_past(now) && !call.shows(there));
        let tied = record.event_type_id != Some(seen.id);
        record.event_type_id = Some(seen.id);
        record.seen = EventTypeSeen::Present(Box::new(seen.clone()));
        if Setting::ALL.into_iter().all(|setting| setting.same(&wanted, there)) || !sent.is_empty() {
            record.last_synced_at = Some(now);
        }
        if tied {
            self.tell_ourselves(id, now, ServiceWhat::Tied { event_type_id: seen.id });
        }
        if !sent.is_empty() {
            self.tell_ourselves(id, now, ServiceWhat::Sent { settings: sent });
        }
        self.take_over(id, now);
    }

    /// Takes over what was changed at Cal.com, where the company lets that through.
    fn take_over(&mut self, id: LinkId, now: Timestamp) {
        let Some(record) = self.record(id).filter(|record| record.role == EventTypeRole::Current) else {
            return;
        };
        let wanted = self.wanted(record);
        let plan = plan(&wanted, record.agreed.as_ref(), &record.remote(), true, self.takes());
        if let EventTypePlan::Take(settings) = plan {
            for setting in settings {
                self.take(id, setting, &Actor::of(Origin::System), now);
            }
        }
    }

    /// It was looked for, and is not there. A create that nobody answered may still make it: then it is looked for
    /// once more when that is over.
    pub fn absent(&mut self, id: LinkId, now: Timestamp) {
        let Some(record) = self.record_mut(id) else { return };
        let was_there = record.sighting().is_some();
        record.looked();
        record.seen = EventTypeSeen::Absent { at: now };
        record.doubts.retain(|call| call.push == EventTypePush::Create && !call.is_past(now));
        record.next_try_at = record.in_doubt_until();
        if let (true, EventTypeRole::Current, Some(event_type_id)) =
            (was_there, record.role, record.event_type_id)
        {
            self.tell_ourselves(id, now, ServiceWhat::Deleted { event_type_id });
        }
    }

    /// It was looked for before it was made, and the account has another event type with its slug. That one is
    /// nobody's to take: a person ties the service to it, or chooses another slug.
    pub fn slug_taken(&mut self, id: LinkId, now: Timestamp) {
        let Some(wanted) = self.record(id).map(|record| self.wanted(record)) else { return };
        let Some(record) = self.record_mut(id) else { return };
        record.looked();
        record.seen = EventTypeSeen::Absent { at: now };
        let (push, problem, message) = (EventTypePush::Create, EventTypeProblem::SlugTaken, String::new());
        record.refused = Some(EventTypeRefused { push, wanted, problem, message, looked: true });
        self.tell_ourselves(id, now, ServiceWhat::Failed { problem, message: String::new() });
    }

    /// A call failed.
    pub fn call_failed(
        &mut self,
        id: LinkId,
        attempt: AttemptId,
        failure: &Failure<EventTypeProblem>,
        message: &str,
        again: Again<'_>,
        now: Timestamp,
    ) {
        let Some(record) = self.record_mut(id) else { return };
        let Some(index) = record.doubts.iter().position(|call| call.attempt == attempt) else { return };
        match failure {
            Failure::Transient { ambiguous: true, over } => record.doubts[index].over = *over,
            Failure::Refused(problem) => {
                let EventTypeCall { push, wanted, .. } = record.doubts.remove(index);
                let (problem, message) = (*problem, message.to_owned());
                record.refused =
                    Some(EventTypeRefused { push, wanted, problem, message: message.clone(), looked: false });
                self.tell_ourselves(id, now, ServiceWhat::Failed { problem, message });
                return;
            }
            _ => {
                record.doubts.remove(index);
            }
        }
        self.try_again(id, failure, message, again, now);
    }

    /// A look failed; what is in doubt stays so.
    pub fn look_failed(
        &mut self,
        id: LinkId,
        failure: &Failure<EventTypeProblem>,
        message: &str,
        again: Again<'_>,
        now: Timestamp,
    ) {
        self.try_again(id, failure, message, again, now);
    }

    fn try_again(
        &mut self,
        id: LinkId,
        failure: &Failure<EventTypeProblem>,
        message: &str,
        again: Again<'_>,
        now: Timestamp,
    ) {
        let Some(wanted) = self.record(id).map(|record| self.wanted(record)) else { return };
        let Some(record) = self.record_mut(id) else { return };
        match failure {
            Failure::RateLimited { wait } => record.next_try_at = Some(now + *wait),
            Failure::Unauthorized => record.next_try_at = None,
            Failure::Transient { .. } | Failure::Refused(_) => {
                record.failures += 1;
                record.next_try_at =
                    again.schedule.wait_after(record.failures, again.jitter).map(|wait| now + wait);
                if record.next_try_at.is_none() {
                    let push = record.doubts.last().map_or(EventTypePush::Create, |call| call.push.clone());
                    let (problem, message) = (EventTypeProblem::RetriesUsedUp, message.to_owned());
                    record.refused = Some(EventTypeRefused {
                        push,
                        wanted,
                        problem,
                        message: message.clone(),
                        looked: true,
                    });
                    self.tell_ourselves(id, now, ServiceWhat::Failed { problem, message });
                }
            }
        }
    }
}
