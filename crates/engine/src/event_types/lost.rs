//! The warning in the log when an event type was deleted at Cal.com: whose it was, what was done about it, and why.

use domain::catalogue::{EventTypeNext, EventTypeProblem, ServiceCase, ServiceEntry, ServiceWhat};

/// Warns of every event type that the history tells to be deleted there; `case` is the service afterwards.
pub(crate) fn warn(case: &ServiceCase, entries: &[ServiceEntry]) {
    let deactivated = entries.iter().any(|entry| entry.what == ServiceWhat::Deactivated);
    let deleted = EventTypeNext::GivenUp(EventTypeProblem::Deleted);
    let others = case.current().filter(|record| case.next_of(record) != deleted).count();
    let (action, reason) = match (deactivated, others) {
        (true, _) => ("service deactivated", "none of its event types is left at Cal.com"),
        (false, 0) => ("told as an error of the service", "the service was inactive already"),
        (false, _) => ("told as an error of the service", "others of its event types are there"),
    };
    for entry in entries {
        let (ServiceWhat::Deleted { event_type_id }, Some(about)) = (&entry.what, &entry.about) else {
            continue;
        };
        let person = case.people.iter().find(|person| Some(person.staff_id) == about.staff_id);
        tracing::warn!(
            target: "einklang::sync", service = %case.service.id, name = case.service.name,
            connection = %about.connection, event_type = event_type_id,
            person = person.map(|person| person.name.as_str()), work = about.work, others,
            action, reason, "Event Type deleted in Cal.com"
        );
    }
}
