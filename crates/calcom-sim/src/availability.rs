//! When a host is free: working hours, minus bookings and buffers, within notice and booking window.
//! Reservations do not count: the real server shows and books a reserved slot.

use std::collections::BTreeSet;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::model::Model;
use crate::model::bookings::{Booking, BookingStatus};
use crate::model::event_types::{BookingWindow, EventType};
use crate::model::users::{Schedule, UserId};

type Interval = (Timestamp, Timestamp);

/// Slots begin on a multiple of the largest of these that divides their interval.
const GRID_MINUTES: [i64; 6] = [60, 30, 20, 15, 10, 5];

impl Model {
    /// Whether `host` works and has nothing else from `start` to `end`. A booking being moved
    /// (`ignoring`, by uid) does not stand in its own way.
    pub(crate) fn is_free(
        &self,
        host: UserId,
        event_type: &EventType,
        (start, end): Interval,
        ignoring: Option<&str>,
    ) -> bool {
        let Some(schedule) = self.schedule_for(host, event_type.schedule_id) else { return false };
        open_hours(schedule, start, end).iter().any(|(from, to)| *from <= start && end <= *to)
            && self
                .busy(host, event_type, ignoring)
                .iter()
                .all(|(busy_from, busy_to)| end <= *busy_from || *busy_to <= start)
    }

    /// Starts of the free slots, and of those where a seat is left, from `from` (included) to `to` (excluded), over all hosts.
    pub(crate) fn slots(
        &self,
        event_type: &EventType,
        (from, to): Interval,
        length_minutes: i64,
        ignoring: Option<&str>,
        now: Timestamp,
    ) -> BTreeSet<Timestamp> {
        let length = SignedDuration::from_mins(length_minutes);
        let step = SignedDuration::from_mins(event_type.slot_interval.unwrap_or(length_minutes).max(1));
        let earliest = (now + SignedDuration::from_mins(event_type.minimum_notice_minutes)).max(from);
        let mut starts = BTreeSet::new();
        for host in event_type.hosts() {
            let Some(schedule) = self.schedule_for(host, event_type.schedule_id) else { continue };
            let mut free = open_hours(schedule, from, to);
            for busy in self.busy(host, event_type, ignoring) {
                free = subtract(&free, busy);
            }
            for (free_from, free_to) in free {
                let mut start = on_the_grid(free_from.max(earliest), step);
                while start + length <= free_to && start < to {
                    if !outside_window(event_type, start, now) {
                        starts.insert(start);
                    }
                    start += step;
                }
            }
        }
        let joinable = |b: &&Booking| {
            let seats = event_type.seats().unwrap_or_default();
            b.event_type_id == Some(event_type.id)
                && b.status == BookingStatus::Accepted
                && b.attendees.len() < seats
                && b.start >= earliest
                && b.start < to
        };
        starts.extend(self.bookings.iter().filter(joinable).map(|booking| booking.start));
        starts
    }

    /// The host of a new booking: the free one whose last booking lies furthest back.
    pub(crate) fn choose_host(
        &self,
        event_type: &EventType,
        interval: Interval,
        ignoring: Option<&str>,
    ) -> Option<UserId> {
        let last_booked =
            |host: UserId| self.bookings.iter().filter(|b| b.host == host).map(|b| b.id).max().unwrap_or(0);
        event_type
            .hosts()
            .into_iter()
            .filter(|host| self.is_free(*host, event_type, interval, ignoring))
            .min_by_key(|host| last_booked(*host))
    }

    fn busy(&self, host: UserId, event_type: &EventType, ignoring: Option<&str>) -> Vec<Interval> {
        let taken = |booking: &&Booking| {
            booking.host == host && Some(booking.uid.as_str()) != ignoring && self.blocks(booking)
        };
        let widened = |booking: &Booking| {
            let own = booking.event_type_id.and_then(|id| self.event_type(id));
            let before = own.map_or(0, |e| e.before_buffer_minutes) + event_type.after_buffer_minutes;
            let after = own.map_or(0, |e| e.after_buffer_minutes) + event_type.before_buffer_minutes;
            (
                booking.start - SignedDuration::from_mins(before),
                booking.end + SignedDuration::from_mins(after),
            )
        };
        self.bookings.iter().filter(taken).map(widened).collect()
    }

    fn blocks(&self, booking: &Booking) -> bool {
        match booking.status {
            BookingStatus::Accepted => true,
            BookingStatus::Pending => booking
                .event_type_id
                .and_then(|id| self.event_type(id))
                .is_some_and(|e| e.confirmation.blocks_slot()),
            BookingStatus::Cancelled | BookingStatus::Rejected => false,
        }
    }
}

/// Too soon for the minimum notice, or beyond the booking window.
pub(crate) fn out_of_bounds(event_type: &EventType, start: Timestamp, now: Timestamp) -> bool {
    start < now + SignedDuration::from_mins(event_type.minimum_notice_minutes)
        || outside_window(event_type, start, now)
}

fn outside_window(event_type: &EventType, start: Timestamp, now: Timestamp) -> bool {
    let date = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    match &event_type.booking_window {
        BookingWindow::Unlimited => false,
        BookingWindow::Days { days, business_days: false, .. } => {
            date(start) > date(now).saturating_add((*days).days())
        }
        BookingWindow::Days { days, business_days: true, .. } => {
            let mut last = date(now);
            let mut left = *days;
            while left > 0 {
                last = last.saturating_add(1.day());
                if !matches!(last.weekday(), Weekday::Saturday | Weekday::Sunday) {
                    left -= 1;
                }
            }
            date(start) > last
        }
        BookingWindow::Dates { from, to, .. } => date(start) < *from || date(start) > *to,
    }
}

/// The schedule's opening hours around an interval, as instants, joined where they touch.
fn open_hours(schedule: &Schedule, from: Timestamp, to: Timestamp) -> Vec<Interval> {
    let zone = schedule.zone();
    let first = from.to_zoned(zone.clone()).date().saturating_sub(1.day());
    let last = to.to_zoned(zone.clone()).date().saturating_add(1.day());
    let mut open: Vec<Interval> = Vec::new();
    let mut date = first;
    while date <= last {
        for (opens, closes) in schedule.hours_on(date) {
            let instant = |time| zone.to_timestamp(date.to_datetime(time)).ok();
            if let (Some(opens), Some(closes)) = (instant(opens), instant(closes))
                && opens < closes
            {
                open.push((opens, closes));
            }
        }
        date = date.saturating_add(1.day());
    }
    open.sort_unstable();
    let mut joined: Vec<Interval> = Vec::new();
    for (opens, closes) in open {
        match joined.last_mut() {
            Some(previous) if opens <= previous.1 => previous.1 = previous.1.max(closes),
            _ => joined.push((opens, closes)),
        }
    }
    joined
}

fn subtract(free: &[Interval], busy: Interval) -> Vec<Interval> {
    free.iter()
        .flat_map(|(from, to)| [(*from, (*to).min(busy.0)), ((*from).max(busy.1), *to)])
        .filter(|(from, to)| from < to)
        .collect()
}

/// The first start at or after `from`: unchanged when its minute lies on the grid, else the next one that
/// does. Counted in minutes of the hour, as Cal.com counts.
fn on_the_grid(from: Timestamp, step: SignedDuration) -> Timestamp {
    let step_minutes = step.as_mins();
    let grid = GRID_MINUTES.into_iter().find(|grid| step_minutes % grid == 0).unwrap_or(1);
    let grid = SignedDuration::from_mins(grid).as_secs();
    let seconds = from.as_second() + i64::from(from.subsec_nanosecond() > 0);
    Timestamp::from_second(
        seconds.div_euclid(grid) * grid + if seconds.rem_euclid(grid) > 0 { grid } else { 0 },
    )
    .unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::on_the_grid;

    #[test]
    fn a_start_between_grid_lines_moves_to_the_next_one() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let half_hour = SignedDuration::from_mins(30);
        assert_eq!(on_the_grid(at("2026-11-23T10:40:00Z"), half_hour), at("2026-11-23T11:00:00Z"));
        assert_eq!(on_the_grid(at("2026-11-23T10:30:00Z"), half_hour), at("2026-11-23T10:30:00Z"));
        let forty_five = SignedDuration::from_mins(45);
        assert_eq!(on_the_grid(at("2026-11-23T10:31:00Z"), forty_five), at("2026-11-23T10:45:00Z"));
    }
}
