//! What we saw of a booking, and whether it is news.
//!
//! The order of sightings is Cal.com's own time, never ours: `updatedAt` of an answer or a fetch. A
//! sighting older than the one we hold is dropped, so late, repeated and reordered ones can do no harm; unless it was
//! made so much later that no answer was on its way for so long: then Cal.com itself went back, as it does when it is
//! restored from a backup.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::planted::{self, Bug};
use crate::{BookingUid, Facts};

/// No answer of Cal.com is older than this when we get it.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// One look at one booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Cal.com's name of it.
    pub uid: BookingUid,
    /// The calendar id that stays the same through all reschedules of a chain.
    pub ics_uid: Option<String>,
    /// The booking that took its place, when it was moved.
    pub moved_to: Option<BookingUid>,
    /// What it said.
    pub facts: Facts,
    /// Cal.com's time of the state that was seen (`updatedAt`).
    pub at: Timestamp,
    /// Our time of the look.
    pub seen_at: Timestamp,
    /// How it was seen.
    pub via: Via,
}

/// How a booking was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// In the answer to our own call.
    Answer,
    /// It was fetched.
    Fetch,
    /// A verification run came across it.
    Verification,
}

impl Sighting {
    /// The same; without who comes and why, where it is of no event type: nobody can tell whether that was ours.
    #[must_use]
    pub fn veiled(mut self) -> Self {
        if self.facts.event_type.is_none() {
            self.facts = Facts {
                name: String::new(),
                email: None,
                phone: None,
                notes: None,
                reason: None,
                ..self.facts
            };
        }
        self
    }
}

/// What a sighting is worth beside the one that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It is the newer state.
    Newer,
    /// It is what we know already.
    Same,
    /// It is older than what we know.
    Stale,
    /// The booking was moved: only the end of the chain says anything.
    Follow,
}

/// Compares a new sighting with the one that is held.
pub fn news(held: Option<&Sighting>, new: &Sighting) -> News {
    if new.moved_to.is_some() {
        return News::Follow;
    }
    let Some(held) = held else { return News::Newer };
    // Another uid without a successor is the end of the chain that the held one belongs to; the old
    // booking's `updatedAt` moves with the reschedule, so the two times still compare.
    match new.at.cmp(&held.at) {
        std::cmp::Ordering::Greater => News::Newer,
        std::cmp::Ordering::Equal if held.uid == new.uid && held.facts == new.facts => News::Same,
        // A no-show of an attendee does not move Cal.com's time (recordings 184 to 187), and two changes can
        // fall into one tick of it. Our own looks at one booking never overtake each other, so what comes later
        // is later; our clock may have been set back in between.
        std::cmp::Ordering::Equal if !planted::is(Bug::OneTickOneState) => News::Newer,
        std::cmp::Ordering::Less if new.seen_at.duration_since(held.seen_at) >= LONGEST => News::Newer,
        std::cmp::Ordering::Equal | std::cmp::Ordering::Less => News::Stale,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{BookingState, Slot};

    fn sighting(second: i64, hour: i64) -> Sighting {
        let at = Timestamp::from_second(1_800_000_000 + second).unwrap();
        Sighting {
            uid: BookingUid("u1".into()),
            ics_uid: None,
            moved_to: None,
            facts: Facts {
                event_type: None,
                host: None,
                absent: false,
                slot: Slot::of(Timestamp::from_second(1_800_000_000 + hour * 3600).unwrap(), 30),
                state: BookingState::Active,
                name: "Clara".into(),
                email: None,
                phone: None,
                notes: None,
                reason: None,
            },
            at,
            seen_at: at,
            via: Via::Fetch,
        }
    }

    fn fold(sightings: &[Sighting]) -> Option<Sighting> {
        sightings.iter().fold(None, |held: Option<Sighting>, new| match news(held.as_ref(), new) {
            News::Newer => Some(new.clone()),
            _ => held,
        })
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_does_not_matter(
            states in proptest::collection::vec(0..5i64, 1..8),
            order in any::<prop::sample::Index>(), repeats in 0..3usize,
        ) {
            let history: Vec<_> =
                states.iter().zip(0..).map(|(hour, second)| sighting(second, *hour)).collect();
            let mut shuffled: Vec<_> = history.iter().cycle().take(history.len() * (repeats + 1)).cloned().collect();
            let pivot = order.index(shuffled.len());
            shuffled.rotate_left(pivot);
            shuffled.reverse();
            prop_assert_eq!(fold(&shuffled), history.last().cloned());
        }
    }

    #[test]
    fn a_moved_booking_is_no_verdict_and_of_two_states_at_one_time_the_one_that_comes_later_counts() {
        let held = sighting(10, 1);
        assert_eq!(news(Some(&held), &sighting(10, 1)), News::Same);
        assert_eq!(news(Some(&held), &sighting(10, 2)), News::Newer);
        let later = Sighting { seen_at: held.seen_at + SignedDuration::from_hours(24), ..held.clone() };
        assert_eq!(news(Some(&later), &sighting(10, 2)), News::Newer, "our clock was set back");
        let older = sighting(9, 2);
        assert_eq!(news(Some(&held), &older), News::Stale);
        for (minutes, what) in [(1, News::Stale), (14, News::Stale), (16, News::Newer)] {
            let seen_at = held.seen_at + SignedDuration::from_mins(minutes);
            assert_eq!(news(Some(&held), &Sighting { seen_at, ..older.clone() }), what, "{minutes}");
        }
        let moved = Sighting { moved_to: Some(BookingUid("u2".into())), ..sighting(11, 1) };
        assert_eq!(news(Some(&held), &moved), News::Follow);
    }
}
