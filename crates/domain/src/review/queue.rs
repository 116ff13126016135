//! The queue of what people have to look at: what an item is about, which items a reader asks for, and in which order
//! they come.

use std::cmp::Reverse;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Choice, ReviewCode, Severity};
use crate::appointment::Actor;
use crate::catalogue::Setting;
use crate::{AppointmentId, BookingUid, ConnectionId, LinkId, ReviewId, ServiceId, UserId};

/// An item of the queue, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub id: ReviewId,
    /// About what.
    pub about: About,
    /// Why.
    pub code: ReviewCode,
    /// What Cal.com or the engine said, without customer data.
    pub message: String,
    /// When what it is about begins and ends, as far as that is known.
    pub time: Option<(Timestamp, Timestamp)>,
    /// When it was asked first.
    pub opened_at: Timestamp,
    /// When it was asked, or something was done about it, last.
    pub updated_at: Timestamp,
    /// When it was settled, or its cause went away.
    pub closed_at: Option<Timestamp>,
    /// Who sees to it.
    pub assignee: Option<UserId>,
    /// Until when nobody wants to see it.
    pub snoozed_until: Option<Timestamp>,
    /// A person has said that it may stay as it is.
    pub aside: Option<Aside>,
    /// Counts what was done about it.
    pub version: i64,
}

/// What an item is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// An appointment.
    Appointment(AppointmentId),
    /// An event type that stands for a service, or one field of it.
    EventType {
        /// The service.
        service: ServiceId,
        /// The event type.
        link: LinkId,
        /// The field; `None` for the whole.
        setting: Option<Setting>,
    },
    /// A booking at Cal.com that nobody here knows.
    Booking {
        /// The account that it is in.
        connection: ConnectionId,
        /// Cal.com's name of it.
        uid: BookingUid,
    },
}

/// What kind of thing an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An appointment.
    Appointment,
    /// A service.
    Service,
    /// A booking that only Cal.com knows.
    Booking,
}

/// Why an item is not asked about any more although its cause is still there. It comes back when what it was said of
/// changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aside {
    /// Both sides may say different things.
    Accepted,
    /// It was none.
    Dismissed,
}

/// What somebody did about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub what: Handled,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Handled {
    /// Somebody sees to it from now on, or nobody does.
    Assigned {
        /// Who.
        to: Option<UserId>,
    },
    /// It is not to be seen for a while, or is again.
    Snoozed {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// Somebody wrote something down about it.
    Commented {
        /// What.
        text: String,
    },
    /// It was decided.
    Chosen {
        /// How.
        choice: Choice,
        /// Why, in somebody's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// What was set aside has changed since, and is asked again.
    Returned,
}

/// In which state an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for somebody.
    #[default]
    Open,
    /// It waits until its time comes.
    Snoozed,
    /// It may stay as it is.
    Aside,
    /// It is settled.
    Closed,
}

/// Whose items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Assigned {
    /// Everybody's.
    #[default]
    Anybody,
    /// Those that nobody sees to.
    Nobody,
    /// Those of this user.
    To(UserId),
}

/// Which items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// In this state.
    pub state: State,
    /// About things of this kind.
    pub kind: Option<Kind>,
    /// For this cause.
    pub code: Option<ReviewCode>,
    /// As urgent as this.
    pub severity: Option<Severity>,
    /// Of these people.
    pub assigned: Assigned,
}

/// The place of an item in the queue: what is more urgent is smaller. Closed items come the last closed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    closed: Reverse<Option<Timestamp>>,
    severity: Severity,
    phase: Phase,
    at: Timestamp,
    opened: Reverse<Timestamp>,
    id: ReviewId,
}

/// Whether there is still time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// It is to come, or has not ended: the next one first.
    Ahead,
    /// It has no time: the one that has waited longest first.
    Timeless,
    /// It is over.
    Over,
}

impl Item {
    /// In which state it is at `now`.
    pub fn state(&self, now: Timestamp) -> State {
        match self {
            Self { closed_at: Some(_), .. } => State::Closed,
            Self { aside: Some(_), .. } => State::Aside,
            Self { snoozed_until: Some(until), .. } if *until > now => State::Snoozed,
            _ => State::Open,
        }
    }

    /// Where it stands in the queue at `now`.
    pub fn place(&self, now: Timestamp) -> Place {
        let (phase, at) = match self.time {
            Some((start, end)) if end > now => (Phase::Ahead, start),
            Some((start, _)) => (Phase::Over, start),
            None => (Phase::Timeless, self.opened_at),
        };
        Place {
            closed: Reverse(self.closed_at),
            severity: self.code.severity(),
            phase,
            at,
            opened: Reverse(self.opened_at),
            id: self.id,
        }
    }
}

impl About {
    /// What kind of thing that is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Appointment(_) => Kind::Appointment,
            Self::EventType { .. } => Kind::Service,
            Self::Booking { .. } => Kind::Booking,
        }
    }
}

impl Filter {
    /// Whether it lets an item through at `now`.
    pub fn lets(&self, item: &Item, now: Timestamp) -> bool {
        let assigned = match self.assigned {
            Assigned::Anybody => true,
            Assigned::Nobody => item.assignee.is_none(),
            Assigned::To(user) => item.assignee == Some(user),
        };
        assigned
            && item.state(now) == self.state
            && self.kind.is_none_or(|kind| item.about.kind() == kind)
            && self.code.is_none_or(|code| item.code == code)
            && self.severity.is_none_or(|severity| item.code.severity() == severity)
    }

    /// The items that it lets through, the most urgent first.
    pub fn queue(&self, items: impl IntoIterator<Item = Item>, now: Timestamp) -> Vec<Item> {
        let mut queue: Vec<_> = items.into_iter().filter(|item| self.lets(item, now)).collect();
        queue.sort_by_key(|item| item.place(now));
        queue
    }
}

macro_rules! names {
    ($($type:ident { $($variant:ident = $name:literal),+ $(,)? })+) => {$(
        impl $type {
            /// All.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The stored and documented name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The one of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.as_str() == name)
            }
        }
    )+};
}
pub(super) use names;

names! {
    Kind { Appointment = "appointment", Service = "service", Booking = "booking" }
    Aside { Accepted = "accepted", Dismissed = "dismissed" }
    State { Open = "open", Snoozed = "snoozed", Aside = "aside", Closed = "closed" }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 60 * minute).unwrap()
    }

    fn item(code: ReviewCode, start: Option<i64>, opened: i64, id: u128) -> Item {
        Item {
            id: ReviewId(Uuid::from_u128(id)),
            about: About::Appointment(AppointmentId(Uuid::from_u128(id))),
            code,
            message: String::new(),
            time: start.map(|start| (at(start), at(start + 30))),
            opened_at: at(opened),
            updated_at: at(opened),
            closed_at: None,
            assignee: None,
            snoozed_until: None,
            aside: None,
            version: 1,
        }
    }

    fn items() -> impl Strategy<Value = Vec<Item>> {
        let one = (0..ReviewCode::ALL.len(), proptest::option::of(-500_i64..500), -500_i64..0, 0_u8..6);
        proptest::collection::vec(one, 0..20).prop_map(|all| {
            let item = |(id, (code, start, opened, state)): (usize, (usize, Option<i64>, i64, u8))| {
                let mut item = item(ReviewCode::ALL[code], start, opened, id as u128);
                match state {
                    0 => item.closed_at = Some(at(opened + 1)),
                    1 => item.aside = Some(Aside::Accepted),
                    2 => item.snoozed_until = Some(at(opened + 300)),
                    3 => item.assignee = Some(UserId(Uuid::nil())),
                    _ => {}
                }
                item
            };
            all.into_iter().enumerate().map(item).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn every_item_is_in_one_state_and_the_next_to_come_goes_first(items in items()) {
            let now = at(0);
            let queues = State::ALL.map(|state| Filter { state, ..Filter::default() }.queue(items.clone(), now));
            prop_assert_eq!(queues.iter().map(Vec::len).sum::<usize>(), items.len());
            for pair in queues[0].windows(2) {
                let [before, after] = pair else { unreachable!() };
                prop_assert!(before.code.severity() <= after.code.severity());
                prop_assert!(before.place(now) < after.place(now), "no two share a place");
                if before.code.severity() == after.code.severity()
                    && let (Some((first, first_end)), Some((second, second_end))) = (before.time, after.time)
                {
                    prop_assert!(first_end > now || second_end <= now, "what is over waits");
                    prop_assert!(first <= second || (first_end > now) != (second_end > now));
                }
            }
            prop_assert!(queues[3].windows(2).all(|pair| pair[0].closed_at >= pair[1].closed_at));
        }

        #[test]
        fn a_filter_lets_through_what_it_names(items in items()) {
            let now = at(0);
            let all = Filter::default().queue(items.clone(), now);
            for code in ReviewCode::ALL {
                let filter = Filter { code: Some(code), ..Filter::default() };
                let expected: Vec<_> = all.iter().filter(|item| item.code == code).cloned().collect();
                prop_assert_eq!(filter.queue(items.clone(), now), expected);
            }
            let of = |assigned| Filter { assigned, ..Filter::default() }.queue(items.clone(), now).len();
            prop_assert_eq!(of(Assigned::Nobody) + of(Assigned::To(UserId(Uuid::nil()))), all.len());
        }
    }

    #[test]
    fn a_conflict_of_today_goes_before_one_of_tomorrow_and_both_before_a_refusal() {
        let day = 24 * 60;
        let today = item(ReviewCode::Conflict, Some(60), -1, 1);
        let tomorrow = item(ReviewCode::Conflict, Some(day), -900, 2);
        let over = item(ReviewCode::Conflict, Some(-day), -900, 3);
        let refused = item(ReviewCode::Refused, Some(5), -900, 4);
        let service = item(ReviewCode::Divergence, None, -900, 5);
        let all = [&service, &refused, &over, &tomorrow, &today].map(Clone::clone);
        let queue = Filter::default().queue(all, at(0));
        assert_eq!(queue, [today.clone(), tomorrow, over, refused, service]);
        let snoozed = Item { snoozed_until: Some(at(30)), ..today };
        assert_eq!(snoozed.state(at(0)), State::Snoozed);
        assert_eq!(snoozed.state(at(0) + SignedDuration::from_mins(30)), State::Open);
    }
}
