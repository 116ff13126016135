//! A service is tied to an event type that was there before.

use jiff::Timestamp;

use super::case::{ServiceCase, ServiceWhat};
use super::record::{EventTypeRecord, EventTypeRole, EventTypeSeen, EventTypeSighting};
use crate::appointment::Actor;
use crate::{LinkId, StaffId};

impl ServiceCase {
    /// The event type that stands for a stretch of work of a person (or of a team) now.
    pub fn stands_for(&self, segment: u16, staff: Option<StaffId>) -> Option<&EventTypeRecord> {
        self.current().find(|record| record.segment == segment && record.staff_id == staff)
    }

    /// Ties a stretch of work of a person (or of a team) to the event type that `wanted` names, as it was seen just now.
    /// Nothing of it is overwritten: what differs is taken to be changed there. Whoever it belongs to performs that
    /// stretch of the service from then on; what stood for it before is hidden. Returns the record that stands for it now.
    pub fn tie(
        &mut self,
        wanted: EventTypeRecord,
        seen: &EventTypeSighting,
        actor: &Actor,
        now: Timestamp,
    ) -> LinkId {
        if let Some(staff) = wanted.staff_id {
            if let Some(work) = self.service.segments.get_mut(usize::from(wanted.segment))
                && !work.staff.is_empty()
                && !work.staff.contains(&staff)
            {
                work.staff.push(staff);
            }
            let mut all: Vec<_> = self.performers.iter().map(|performer| performer.staff_id).collect();
            all.push(staff);
            if let Some((before, after)) = self.perform(&all) {
                let fields = vec![("staff".to_owned(), before, after)];
                self.tell(now, actor, ServiceWhat::Changed { fields });
            }
        }
        let before = self.stands_for(wanted.segment, wanted.staff_id);
        let unmade = before.filter(|it| it.event_type_id.is_none() && it.doubts.is_empty()).map(|it| it.id);
        let before = before.map(|it| it.id);
        // One that was let go and comes back is not hidden by what it was.
        let let_go = self.event_types.iter().find(|it| {
            it.role != EventTypeRole::Current
                && it.connection == wanted.connection
                && it.event_type_id == Some(seen.id)
        });
        let known = let_go.map(|it| it.id).or(unmade);
        if let Some(before) = before.filter(|before| Some(*before) != known) {
            self.let_go(before, EventTypeRole::Hidden);
        }
        let id = known.unwrap_or(wanted.id);
        let record = EventTypeRecord {
            id,
            event_type_id: Some(seen.id),
            role: EventTypeRole::Current,
            seen: EventTypeSeen::Never,
            ..wanted
        };
        match self.record_mut(id) {
            Some(known) => *known = EventTypeRecord { doubts: std::mem::take(&mut known.doubts), ..record },
            None => self.event_types.push(record),
        }
        self.tell_of(id, now, actor, ServiceWhat::Tied { event_type_id: seen.id });
        self.sighted(id, seen, now);
        id
    }
}
