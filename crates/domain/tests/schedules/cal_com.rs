//! Cal.com, as far as it matters to one appointment: bookings with a name that changes at every move, chairs
//! that hold one customer at a time, event types with rules of their own.

use domain::review::ReviewCode;
use domain::{
    BookingState, BookingUid, ConnectionId, EventTypeRef, Facts, Push, Reference, Sighting, Slot, Via,
};
use jiff::Timestamp;

/// The event type of a team: Cal.com chooses who serves.
pub const TEAM: i64 = 7;
/// The event type that takes longer than the platform believes.
pub const LONG: i64 = 9;
/// Who serves on the event type of the team.
pub const HOSTS: [i64; 2] = [11, 22];

/// A booking, or a link of its chain.
#[derive(Debug, Clone)]
pub struct Booking {
    pub uid: BookingUid,
    pub reference: Reference,
    pub facts: Facts,
    /// Its `updatedAt`.
    pub at: Timestamp,
    pub moved_from: Option<usize>,
    pub moved_to: Option<usize>,
    /// A guest made it out of one that was cancelled.
    pub anew: bool,
    /// Nobody finds it any more.
    pub gone: bool,
}

/// How this Cal.com is set up.
#[derive(Debug, Clone, Copy)]
pub struct House {
    /// Bookings wait for a confirmation.
    pub confirms: bool,
    /// Names are written in its own way.
    pub rewrites: bool,
    /// Reassigning a host does what it says.
    pub reassigns: bool,
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Request {
    pub push: Push,
    pub uid: Option<BookingUid>,
    pub reference: Reference,
    pub wanted: Facts,
}

pub struct CalCom {
    pub house: House,
    pub bookings: Vec<Booking>,
    /// Other people's bookings.
    pub busy: Vec<(ConnectionId, Slot)>,
}

impl CalCom {
    pub fn live(&self) -> impl Iterator<Item = (usize, &Booking)> {
        self.bookings.iter().enumerate().filter(|(_, booking)| !booking.gone && booking.facts.state.is_live())
    }

    /// The live bookings of a segment that we have made and that are not over.
    pub fn made_for(&self, segment: u16, now: Timestamp) -> usize {
        let made = |booking: &Booking| !booking.anew && booking.facts.slot.end > now;
        self.live().filter(|(_, booking)| booking.reference.segment == segment && made(booking)).count()
    }

    /// The live bookings of a segment.
    pub fn live_of(&self, segment: u16) -> usize {
        self.live().filter(|(_, booking)| booking.reference.segment == segment).count()
    }

    pub fn index(&self, uid: &BookingUid) -> Option<usize> {
        self.bookings.iter().position(|booking| booking.uid == *uid && !booking.gone)
    }

    /// The end of the chain of moves; `None` if it cannot be found any more.
    pub fn end(&self, uid: &BookingUid) -> Option<usize> {
        let mut index = self.index(uid)?;
        while let Some(next) = self.bookings[index].moved_to {
            index = next;
        }
        (!self.bookings[index].gone).then_some(index)
    }

    pub fn sighting(&self, index: usize, via: Via, seen_at: Timestamp) -> Sighting {
        let booking = &self.bookings[index];
        Sighting {
            uid: booking.uid.clone(),
            ics_uid: None,
            moved_to: booking.moved_to.map(|next| self.bookings[next].uid.clone()),
            facts: booking.facts.clone(),
            at: booking.at,
            seen_at,
            via,
        }
    }

    /// Whether a chair has nobody else on it.
    pub fn is_free(
        &self,
        account: ConnectionId,
        host: Option<i64>,
        slot: Slot,
        except: Option<usize>,
    ) -> bool {
        let is_there = |facts: &Facts| {
            facts.event_type.is_some_and(|event_type| event_type.connection == account)
                && facts.host == host
                && facts.slot.overlaps(&slot)
        };
        !self.live().any(|(index, booking)| except != Some(index) && is_there(&booking.facts))
            && !self.busy.iter().any(|(whose, busy)| *whose == account && busy.overlaps(&slot))
    }

    /// Does what it is asked for, or refuses.
    pub fn perform(&mut self, request: &Request, now: Timestamp) -> Result<usize, ReviewCode> {
        if request.push == Push::Create {
            return self.create(request, now);
        }
        let uid = request.uid.as_ref().expect("a booking without a name is not asked to change");
        let index = self.index(uid).ok_or(ReviewCode::NotFound)?;
        let booking = &self.bookings[index];
        let state = booking.facts.state;
        if booking.moved_to.is_some() || !state.is_live() {
            return Err(ReviewCode::Refused);
        }
        if booking.facts.slot.end <= now && request.push != Push::MarkAbsent {
            return Err(ReviewCode::TooLate);
        }
        match request.push {
            Push::Create => unreachable!("see above"),
            Push::Reschedule => return self.reschedule(index, request.wanted.slot.start, now),
            Push::Cancel => self.change(index, now, |facts| facts.state = BookingState::Cancelled),
            Push::Confirm | Push::Decline if state != BookingState::Requested => {
                return Err(ReviewCode::Refused);
            }
            Push::Confirm => self.change(index, now, |facts| facts.state = BookingState::Active),
            Push::Decline => self.change(index, now, |facts| facts.state = BookingState::Cancelled),
            Push::Reassign => {
                let (host, slot) = (request.wanted.host, booking.facts.slot);
                let account = booking.facts.event_type.ok_or(ReviewCode::NotFound)?.connection;
                if self.house.reassigns && self.is_free(account, host, slot, Some(index)) {
                    self.change(index, now, |facts| facts.host = host);
                }
            }
            Push::MarkAbsent if booking.facts.slot.start > now => return Err(ReviewCode::Refused),
            // It does not move the time of the booking (recordings 184 to 187).
            Push::MarkAbsent => self.bookings[index].facts.absent = request.wanted.absent,
        }
        Ok(index)
    }

    pub fn change(&mut self, index: usize, now: Timestamp, change: impl FnOnce(&mut Facts)) {
        change(&mut self.bookings[index].facts);
        self.bookings[index].at = now;
    }

    fn create(&mut self, request: &Request, now: Timestamp) -> Result<usize, ReviewCode> {
        let mut facts = request.wanted.clone();
        let EventTypeRef { connection, id } = facts.event_type.ok_or(ReviewCode::NotFound)?;
        facts.slot = Slot::of(facts.slot.start, if id == LONG { 45 } else { 30 });
        if facts.slot.start <= now {
            return Err(ReviewCode::TooLate);
        }
        let turn = self.bookings.len() % 2;
        let hosts = if id == TEAM { vec![Some(HOSTS[turn]), Some(HOSTS[1 - turn])] } else { vec![None] };
        let free = hosts.into_iter().find(|host| self.is_free(connection, *host, facts.slot, None));
        facts.host = free.ok_or(ReviewCode::SlotTaken)?;
        facts.absent = false;
        facts.state = if self.house.confirms { BookingState::Requested } else { BookingState::Active };
        if self.house.rewrites {
            facts.name = format!("{} (Cal.com)", facts.name);
        }
        Ok(self.add(facts, request.reference, None, now))
    }

    fn add(
        &mut self,
        facts: Facts,
        reference: Reference,
        moved_from: Option<usize>,
        now: Timestamp,
    ) -> usize {
        let index = self.bookings.len();
        let uid = BookingUid(format!("b{index}"));
        self.bookings.push(Booking {
            uid,
            reference,
            facts,
            at: now,
            moved_from,
            moved_to: None,
            anew: false,
            gone: false,
        });
        index
    }

    /// The booking gets another time and another name. A guest can do so with one that is cancelled, too.
    pub fn reschedule(
        &mut self,
        index: usize,
        start: Timestamp,
        now: Timestamp,
    ) -> Result<usize, ReviewCode> {
        let Booking { mut facts, reference, .. } = self.bookings[index].clone();
        let account = facts.event_type.ok_or(ReviewCode::NotFound)?.connection;
        let slot = Slot::of(start, facts.slot.minutes());
        if start <= now {
            return Err(ReviewCode::Refused);
        }
        if !self.is_free(account, facts.host, slot, Some(index)) {
            return Err(ReviewCode::SlotTaken);
        }
        self.change(index, now, |old| old.state = BookingState::Cancelled);
        facts.slot = slot;
        let anew = self.bookings[index].anew || !facts.state.is_live();
        if !facts.state.is_live() {
            facts.state = BookingState::Active;
        }
        let next = self.add(facts, reference, Some(index), now);
        self.bookings[next].anew = anew;
        self.bookings[index].moved_to = Some(next);
        Ok(next)
    }
}
