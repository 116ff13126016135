//! Services, and the event types at Cal.com that stand for them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::case::Target;
use crate::catalogue::Place;
use crate::{ConnectionId, EventTypeRef, LinkId, Origin, ServiceId, Slot, StaffId};

/// Something that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Which.
    pub id: ServiceId,
    /// The name that customers see and say.
    pub name: String,
    /// Short name in URLs.
    pub slug: String,
    /// For customers; may be empty.
    pub description: String,
    /// How long it takes.
    pub duration_minutes: u32,
    /// What it costs, in cents of the company's currency. Cal.com's API cannot carry a price.
    pub price_cents: Option<i64>,
    /// Whether it can be booked at all.
    pub active: bool,
    /// How it can be booked.
    pub terms: Terms,
    /// What the comparison with Cal.com says; derived from the plan, never set by hand.
    pub sync: ServiceSync,
    /// Counts changes, from 1; the entity tag of the REST API.
    pub version: i64,
    /// The stretches of work of a composite service; empty for one that is done in one go.
    pub segments: Vec<Work>,
}

/// How a service can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Whether programs may book it over the internet, by the REST API. Ours alone: Cal.com never hears of it, and what
    /// is booked there is so.
    pub online: bool,
    /// Minutes that are kept free before.
    pub buffer_before_minutes: u32,
    /// Minutes that are kept free afterwards.
    pub buffer_after_minutes: u32,
    /// How many minutes ahead it has to be booked at least.
    pub minimum_notice_minutes: u32,
    /// How many calendar days ahead it can be booked; `None` as far as the calendar goes.
    pub booking_window_days: Option<u32>,
    /// How many hours before its start a caller can still cancel or move an appointment; 0 as long as it has not begun.
    /// Ours alone: Cal.com never hears of it.
    pub change_notice_hours: u32,
    /// Whether somebody has to confirm each booking.
    pub requires_confirmation: bool,
    /// Whether customers may not bring guests.
    pub disable_guests: bool,
    /// Where it takes place; empty for the address of the branch.
    pub places: Vec<Place>,
}

impl Terms {
    /// Minutes of the longest buffer: a day.
    pub const LONGEST_BUFFER: u32 = 24 * 60;
    /// Minutes of the longest notice: a year.
    pub const LONGEST_NOTICE: u32 = 366 * 24 * 60;
    /// Hours of the longest notice for a change: a year.
    pub const LONGEST_CHANGE_NOTICE: u32 = 366 * 24;

    /// Whether callers may still cancel or move what begins at `start`.
    pub fn let_go(&self, start: Timestamp, now: Timestamp) -> bool {
        let notice = SignedDuration::from_hours(i64::from(self.change_notice_hours));
        self.change_notice_hours == 0 || start.duration_since(now) >= notice
    }
}

impl Default for Terms {
    /// What nobody has said anything about is offered everywhere; so are services that were stored before it was asked.
    fn default() -> Self {
        Self {
            online: true,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            minimum_notice_minutes: 0,
            booking_window_days: None,
            change_notice_hours: 0,
            requires_confirmation: false,
            disable_guests: false,
            places: Vec::new(),
        }
    }
}

/// What a person is told about a service and Cal.com. Of several event types the worst counts: later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceSync {
    /// It is not tied to any event type.
    #[default]
    Never,
    /// What was last sent was seen there; divergences may wait for a person.
    Synced,
    /// Work is queued.
    Pending,
    /// Cal.com refused, every try failed, or the event type is gone.
    Error,
}

impl ServiceSync {
    /// All.
    pub const ALL: [Self; 4] = [Self::Never, Self::Synced, Self::Pending, Self::Error];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Synced => "synced",
            Self::Pending => "pending",
            Self::Error => "error",
        }
    }

    /// The status of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// What is wrong with what somebody wants a service to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidService {
    /// The name is empty.
    #[error("the name must not be empty")]
    Name,
    /// The short name is none.
    #[error("the short name consists of lower-case letters, digits and single hyphens")]
    Slug,
    /// It takes no time, or more than a day.
    #[error("it takes 1 to 1440 minutes")]
    Duration,
    /// The customer would wait for nothing.
    #[error("the last stretch of work has no waiting time after it: no work follows")]
    Waiting,
    /// A buffer is longer than a day, or a notice or the window than a year.
    #[error("buffers are at most a day, notice and booking window at most a year")]
    Terms,
}

/// Why a service cannot be booked through an entrance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotBookable {
    /// It is switched off.
    Inactive,
    /// It cannot be brought to Cal.com before somebody has looked at it.
    NotSynced,
    /// Nobody performs it, or a stretch of it.
    Nobody,
    /// It is not offered online.
    NotOnline,
}

impl NotBookable {
    /// The documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::NotSynced => "not_synced",
            Self::Nobody => "nobody",
            Self::NotOnline => "not_online",
        }
    }
}

/// A stretch of work of a composite service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// What is done.
    pub name: String,
    /// How long it takes.
    pub minutes: u32,
    /// How long the customer waits afterwards, while the staff is free for others.
    pub pause_minutes: u32,
    /// Who of those who perform the service may do it; empty for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub staff: Vec<StaffId>,
}

impl Work {
    /// Whether stretches of work can follow each other so: after a waiting time comes work. None at all can.
    ///
    /// # Errors
    /// [`InvalidService::Duration`], [`InvalidService::Waiting`].
    pub fn check_all(works: &[Self]) -> Result<(), InvalidService> {
        match works.last() {
            _ if works.iter().any(|work| !(1..=1440).contains(&work.minutes)) => {
                Err(InvalidService::Duration)
            }
            Some(last) if last.pause_minutes > 0 => Err(InvalidService::Waiting),
            _ => Ok(()),
        }
    }
}

impl Service {
    /// A short name made from a name: how it is read in lower-case ASCII, whatever script it is written in, with German
    /// umlauts as Germans write them. Of a name that nobody can read its characters are numbered, so that two of them
    /// have not the same short name.
    pub fn short_name(name: &str) -> String {
        let mut short = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            let read = match c {
                'ä' => "ae",
                'ö' => "oe",
                'ü' => "ue",
                c => deunicode::deunicode_char(c).unwrap_or_default(),
            };
            // Signs that soften a letter, and such, are no gap in a word.
            if c.is_alphanumeric() && !read.contains(|c: char| c.is_ascii_alphanumeric()) {
                continue;
            }
            for c in read.chars() {
                if c.is_ascii_alphanumeric() {
                    short.push(c.to_ascii_lowercase());
                } else if !short.is_empty() && !short.ends_with('-') {
                    short.push('-');
                }
            }
        }
        let short = short.trim_end_matches('-');
        if !short.is_empty() {
            return short.to_owned();
        }
        let numbers = name.trim().chars().take(8).map(|c| format!("-{:x}", u32::from(c)));
        format!("service{}", numbers.collect::<String>())
    }

    /// Whether a text can be a short name: lower-case letters, digits and single hyphens.
    pub fn is_short_name(text: &str) -> bool {
        let part = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        text.split('-').all(part)
    }

    /// Whether it can be what it says.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), InvalidService> {
        let terms = &self.terms;
        let buffers = [terms.buffer_before_minutes, terms.buffer_after_minutes];
        match () {
            () if self.name.trim().is_empty() => Err(InvalidService::Name),
            () if !Self::is_short_name(&self.slug) => Err(InvalidService::Slug),
            () if !(1..=1440).contains(&self.duration_minutes) => Err(InvalidService::Duration),
            () if buffers.iter().any(|minutes| *minutes > Terms::LONGEST_BUFFER)
                || terms.minimum_notice_minutes > Terms::LONGEST_NOTICE
                || terms.change_notice_hours > Terms::LONGEST_CHANGE_NOTICE
                || terms.booking_window_days.is_some_and(|days| !(1..=366).contains(&days)) =>
            {
                Err(InvalidService::Terms)
            }
            () => Work::check_all(&self.segments),
        }
    }

    /// What differs from how it was before: the name of each field, what it was and what it is.
    pub fn changes(&self, before: &Self) -> Vec<(String, String, String)> {
        self.changes_told(before, &|staff| staff.to_string())
    }

    /// The same, with people by the names that `name` knows.
    pub fn changes_told(
        &self,
        before: &Self,
        name: &dyn Fn(StaffId) -> String,
    ) -> Vec<(String, String, String)> {
        let fields = |service: &Self| {
            let Terms {
                online,
                buffer_before_minutes,
                buffer_after_minutes,
                minimum_notice_minutes,
                booking_window_days,
                change_notice_hours,
                requires_confirmation,
                disable_guests,
                places,
            } = &service.terms;
            let works = service.segments.iter();
            let works = works.map(|work| {
                let all = format!("{}: {}+{}", work.name, work.minutes, work.pause_minutes);
                let names: Vec<_> = work.staff.iter().map(|staff| name(*staff)).collect();
                if names.is_empty() { all } else { format!("{all} ({})", names.join(", ")) }
            });
            let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
            [
                ("name", service.name.clone()),
                ("slug", service.slug.clone()),
                ("description", service.description.clone()),
                ("duration_minutes", service.duration_minutes.to_string()),
                ("price_cents", number(service.price_cents)),
                ("active", service.active.to_string()),
                ("online", online.to_string()),
                ("segments", works.collect::<Vec<_>>().join(", ")),
                ("buffer_before_minutes", buffer_before_minutes.to_string()),
                ("buffer_after_minutes", buffer_after_minutes.to_string()),
                ("minimum_notice_minutes", minimum_notice_minutes.to_string()),
                ("booking_window_days", number(booking_window_days.map(i64::from))),
                ("change_notice_hours", change_notice_hours.to_string()),
                ("requires_confirmation", requires_confirmation.to_string()),
                ("disable_guests", disable_guests.to_string()),
                ("locations", places.iter().map(Place::text).collect::<Vec<_>>().join("; ")),
            ]
        };
        let pairs = fields(before).into_iter().zip(fields(self));
        let changed = pairs.filter(|((_, before), (_, after))| before != after);
        changed.map(|((name, before), (_, after))| (name.to_owned(), before, after)).collect()
    }

    /// Why it cannot be booked through an entrance; empty if it can. An appointment of what is on its way to Cal.com
    /// follows it there, and what nobody does who has an account has no place there that could be taken twice. The
    /// people of the salon may book whatever is active: what they write down is so, whatever Cal.com says. What was
    /// booked at Cal.com has happened already.
    pub fn not_bookable_by(&self, origin: Origin) -> Vec<NotBookable> {
        let inactive = (!self.active).then_some(NotBookable::Inactive);
        let not_synced = (self.sync == ServiceSync::Error).then_some(NotBookable::NotSynced);
        let not_online = (!self.terms.online).then_some(NotBookable::NotOnline);
        let reasons = match origin {
            Origin::Api => [inactive, not_synced, not_online],
            Origin::Phone => [inactive, not_synced, None],
            Origin::Admin | Origin::System => [inactive, None, None],
            Origin::Calcom => [None; 3],
        };
        reasons.into_iter().flatten().collect()
    }

    /// Whether it can be booked through an entrance.
    pub fn can_be_booked_by(&self, origin: Origin) -> bool {
        self.not_bookable_by(origin).is_empty()
    }

    /// Whether somebody who performs the service may do a stretch of it.
    pub fn may_do(&self, segment: usize, staff: StaffId) -> bool {
        self.segments.get(segment).is_none_or(|work| work.staff.is_empty() || work.staff.contains(&staff))
    }

    /// When the stretches of work lie if the first begins at `start`; at least one.
    pub fn slots(&self, start: Timestamp) -> Vec<Slot> {
        if self.segments.is_empty() {
            return vec![Slot::of(start, self.duration_minutes)];
        }
        let mut begin = start;
        let mut slots = Vec::new();
        for work in &self.segments {
            let slot = Slot::of(begin, work.minutes);
            begin = Slot::of(slot.end, work.pause_minutes).end;
            slots.push(slot);
        }
        slots
    }
}

/// One service of one staff member (or of a whole team) tied to one event type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub id: LinkId,
    /// What is booked.
    pub service_id: ServiceId,
    /// Which stretch of work of a composite service; 0 for others.
    pub segment: u16,
    /// Who serves; `None` for a team event type, where Cal.com chooses the host.
    pub staff_id: Option<StaffId>,
    /// Who that is at Cal.com, as user id, where the event type is one of a team.
    pub host: Option<i64>,
    /// The account that owns the event type.
    pub connection_id: ConnectionId,
    /// Cal.com's id of the event type.
    pub event_type_id: i64,
    /// Whether the event type has our hidden reference field, so that every webhook carries our reference.
    pub reference_field: bool,
}

impl Link {
    /// Where it is booked.
    pub fn target(&self) -> Target {
        Target { event_type: self.event_type(), host: self.host }
    }

    /// The event type with the account that it belongs to.
    pub fn event_type(&self) -> EventTypeRef {
        EventTypeRef { connection: self.connection_id, id: self.event_type_id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_waiting_time_comes_work() {
        let work = |minutes, pause_minutes| Work {
            name: "Färben".into(),
            minutes,
            pause_minutes,
            staff: Vec::new(),
        };
        for (works, expected) in [
            (vec![], Ok(())),
            (vec![work(30, 0)], Ok(())),
            (vec![work(30, 45), work(15, 0)], Ok(())),
            (vec![work(30, 45)], Err(InvalidService::Waiting)),
            (vec![work(30, 45), work(15, 5)], Err(InvalidService::Waiting)),
            (vec![work(0, 0), work(15, 5)], Err(InvalidService::Duration)),
        ] {
            assert_eq!(Work::check_all(&works), expected, "{works:?}");
        }
    }

    #[test]
    fn a_short_name_is_made_of_whatever_is_a_name() {
        for (name, short) in [
            ("Damenhaarschnitt", "damenhaarschnitt"),
            (" Färben & Föhnen (groß) ", "faerben-foehnen-gross"),
            ("Balayage – Beratung", "balayage-beratung"),
            ("Crème", "creme"),
            ("Стрижка и окрашивание", "strizhka-i-okrashivanie"),
            ("Мелирование корней", "melirovanie-kornei"),
            ("Женская модель", "zhenskaia-model"),
            ("カット", "katuto"),
            ("剪发", "jian-fa"),
            ("💇", "haircut"),
            ("\u{e000}\u{e001}", "service-e000-e001"),
            ("!", "service-21"),
            ("", "service"),
        ] {
            assert_eq!(Service::short_name(name), short);
            assert!(Service::is_short_name(short));
        }
        for wrong in ["", "-", "a--b", "Cut", "a b", "ä"] {
            assert!(!Service::is_short_name(wrong), "{wrong}");
        }
    }

    #[test]
    fn who_may_book_follows_from_three_states_that_say_nothing_of_each_other() {
        let mut service = Service {
            id: ServiceId(uuid::Uuid::nil()),
            name: "Schnitt".into(),
            slug: "schnitt".into(),
            description: String::new(),
            duration_minutes: 30,
            price_cents: None,
            active: true,
            terms: Terms::default(),
            sync: ServiceSync::Never,
            version: 1,
            segments: Vec::new(),
        };
        for (sync, active, online) in ServiceSync::ALL.into_iter().flat_map(|sync| {
            [(true, true), (true, false), (false, true), (false, false)]
                .map(|(active, online)| (sync, active, online))
        }) {
            (service.sync, service.active, service.terms.online) = (sync, active, online);
            let by_phone = active && sync != ServiceSync::Error;
            for (origin, may) in [
                (Origin::Phone, by_phone),
                (Origin::Api, by_phone && online),
                (Origin::Admin, active),
                (Origin::System, active),
                (Origin::Calcom, true),
            ] {
                assert_eq!(service.can_be_booked_by(origin), may, "{origin:?} {sync:?} {active} {online}");
            }
            let reasons = service.not_bookable_by(Origin::Api);
            assert_eq!(reasons.contains(&NotBookable::NotOnline), !online);
        }
    }

    #[test]
    fn terms_that_were_stored_before_anybody_asked_are_offered_online() {
        let stored: Terms = serde_json::from_str(r#"{"buffer_after_minutes":10}"#).unwrap();
        assert_eq!(stored, Terms { buffer_after_minutes: 10, ..Terms::default() });
        assert!(stored.online);
    }
}
