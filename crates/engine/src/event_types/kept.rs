//! The warning in the log when a service was changed at Cal.com and nothing was taken over: what both sides say, what
//! was done about it, and why.

use domain::catalogue::{Divergence, ServiceCase};
use domain::{ConnectionId, LinkId, ServiceId};

/// A service that was changed at Cal.com and kept as it is here.
pub(super) struct Kept {
    event_type: Option<i64>,
    fields: Vec<&'static str>,
    name: [String; 2],
    minutes: [u32; 2],
    price_cents: Option<i64>,
}

impl Kept {
    /// What is told if an event type says something that nobody knew of; `known` are the divergences before.
    pub(super) fn of(case: &ServiceCase, id: LinkId, known: &[Divergence]) -> Option<Self> {
        let record = case.record(id)?;
        let is_new = |now: &&Divergence| {
            !known.iter().any(|known| known.setting == now.setting && known.theirs == now.theirs)
        };
        let fields: Vec<_> =
            record.divergences.iter().filter(is_new).map(|new| new.setting.as_str()).collect();
        let (ours, theirs) = (case.wanted(record), &record.sighting()?.settings);
        (!fields.is_empty()).then(|| Self {
            event_type: record.event_type_id,
            fields,
            name: [ours.title, theirs.title.clone()],
            minutes: [ours.minutes, theirs.minutes],
            price_cents: case.service.price_cents,
        })
    }

    pub(super) fn warn(&self, service: ServiceId, connection: ConnectionId) {
        let Self { event_type, fields, name, minutes, price_cents } = self;
        tracing::warn!(
            target: "einklang::sync", %service, %connection, event_type, ?fields,
            name_ours = name[0], name_theirs = name[1],
            minutes_ours = minutes[0], minutes_theirs = minutes[1],
            price_cents_ours = price_cents, price_theirs = "not in Cal.com's API",
            action = "kept ours, told as a divergence", reason = "the platform is the source of truth for services",
            "event type changed at Cal.com"
        );
    }
}
