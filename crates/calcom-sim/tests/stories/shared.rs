//! Recurring and seated event types, booked by guests: what the client reads of them, and how little the
//! webhooks say.

use calcom::{
    BookingStatus, BookingUid, BookingsQuery, Error, EventTypeId, NewBooking, Rescheduling, SeatUid,
    StatusFilter,
};
use calcom_sim::{Guest, NewEventType};
use serde_json::json;

use crate::world::{World, at, clara, dora, kind};

const NINE: &str = "2026-11-23T09:00:00Z";
const TEN: &str = "2026-11-23T10:00:00Z";

fn weekly() -> NewEventType {
    kind("Course", &[("recurrence", json!({"interval": 1, "occurrences": 20, "frequency": "weekly"}))])
}

fn with_seats(seats: u32, show: bool) -> NewEventType {
    let seats = json!({"seatsPerTimeSlot": seats, "showAttendeeInfo": show, "showAvailabilityCount": true});
    kind("Group", &[("seats", seats)])
}

#[tokio::test]
async fn a_series_is_many_bookings_and_is_cancelled_with_one_webhook() {
    let world = World::new();
    let course = world.sim.add_event_type(world.owner, weekly());
    assert!(world.client.event_type(EventTypeId(course)).await.result.unwrap().is_recurring());
    // Twenty weeks reach across the end of winter time.
    let first = world.guest_books(course, NINE).await;
    let series = world.get(&first).await.recurring_uid.expect("it is an occurrence");
    let all = world.client.series(&series).await.result.unwrap().items;
    assert_eq!((all.len(), &all[0].uid), (20, &first));
    assert_eq!(all[19].start, at("2027-04-05T08:00:00Z"), "the same hour on the clock");
    assert!(all.windows(2).all(|pair| pair[0].uid != pair[1].uid && pair[0].start < pair[1].start));
    assert_eq!(world.heard.triggers().len(), 20, "each is told");
    assert!(
        world.sim.book_as_guest(course, all[1].start, dora()).await.is_err(),
        "every occurrence takes its time"
    );
    let recurring = BookingsQuery { status: vec![StatusFilter::Recurring], ..BookingsQuery::default() };
    assert_eq!(world.client.bookings(&recurring).await.result.unwrap().items, all);

    // One of them is moved: it stays in the series.
    let moved = Rescheduling::to(at("2026-12-01T12:00:00Z"));
    let moved = world.client.reschedule(&all[1].uid, &moved).await.result.unwrap();
    assert_eq!(moved.recurring_uid.as_ref(), Some(&series));
    world.client.cancel(&all[2].uid, "one only").await.result.unwrap();
    assert_eq!(world.get(&all[3].uid).await.status, BookingStatus::Accepted);

    world.set_clock("2026-12-10T08:00:00Z");
    let heard = world.heard.all().len();
    world.sim.cancel_series_as_guest(all[5].uid.as_str(), None).await.unwrap();
    let after = world.client.series(&series).await.result.unwrap().items;
    let alive: Vec<_> =
        after.iter().filter(|b| b.status == BookingStatus::Accepted).map(|b| &b.uid).collect();
    assert_eq!(alive, [&first, &moved.uid], "what has been stays");
    assert_eq!(world.heard.all().len(), heard + 1, "fifteen are gone and one is told");
    assert_eq!(world.heard.last()["payload"]["uid"], json!(all[5].uid));

    let wish = NewBooking::new(EventTypeId(course), at("2026-12-14T14:00:00Z"), clara());
    let made = world.client.create_booking(&wish).await.result.unwrap();
    assert_eq!((made.start, made.recurring_uid.is_some()), (wish.start, true));
}

#[tokio::test]
async fn a_seat_is_told_as_if_it_were_the_whole_booking() {
    let world = World::new();
    let group = world.sim.add_event_type(world.owner, with_seats(2, true));
    assert_eq!(world.client.event_type(EventTypeId(group)).await.result.unwrap().seats_per_slot(), Some(2));
    let uid = world.guest_books(group, NINE).await;
    let mut wish = NewBooking::new(EventTypeId(group), at(NINE), clara());
    wish.metadata.insert("ref".to_owned(), "A".to_owned());
    let mine = world.client.create_booking(&wish).await.result.unwrap();
    assert_eq!(mine.uid, uid, "the same booking");
    let told = world.heard.last();
    assert_eq!((&told["triggerEvent"], &told["payload"]["uid"]), (&json!("BOOKING_CREATED"), &json!(uid)));
    assert_eq!(told["payload"]["metadata"], json!({"ref": "A"}));

    let seen = world.get(&uid).await;
    let seats: Vec<(SeatUid, &str)> =
        seen.seats().map(|(seat, who)| (seat.clone(), who.email.as_str())).collect();
    assert_eq!((seats.len(), &mine.seat_uid), (2, &Some(seats[1].0.clone())));
    assert_eq!((seats[0].1, seats[1].1), ("dora@client.example", "clara@client.example"));
    assert_eq!(seen.attendees[1].metadata["ref"], "A");
    assert!(seen.metadata.is_empty(), "the booking itself is Dora's");
    let third = world.sim.book_as_guest(group, at(NINE), Guest::new("Emil", "emil@client.example")).await;
    assert!(third.is_err(), "it is full");
    assert!(
        matches!(world.client.create_booking(&wish).await.result, Err(Error::SlotTaken { .. })),
        "once each"
    );

    // One leaves: the webhook says cancelled, the booking says otherwise and looks untouched.
    world.pass(60);
    world.sim.cancel_seat(uid.as_str(), seats[0].0.as_str()).await.unwrap();
    let told = &world.heard.last()["payload"];
    assert_eq!((&told["status"], &told["uid"]), (&json!("CANCELLED"), &json!(uid)));
    assert_eq!(told["attendees"].as_array().unwrap().len(), 1);
    let left = world.get(&uid).await;
    assert_eq!((left.status, left.updated_at), (BookingStatus::Accepted, seen.updated_at));
    assert_eq!(left.seats().count(), 1);

    // The host moves it in place, and cancels it for everybody who is left.
    let moved = world.client.reschedule(&uid, &Rescheduling::to(at(TEN))).await.result.unwrap();
    assert_eq!((&moved.uid, moved.start), (&uid, at(TEN)));
    assert_eq!(world.heard.last()["payload"]["rescheduleUid"], json!(uid));
    let over = world.client.cancel(&uid, "closed").await.result.unwrap();
    assert_eq!((over.status, over.attendees.len()), (BookingStatus::Cancelled, 0));
}

#[tokio::test]
async fn the_last_seat_that_is_given_back_cancels_the_booking_and_strangers_see_nobody() {
    let world = World::new();
    let group = world.sim.add_event_type(world.owner, with_seats(3, false));
    let uid = world.guest_books(group, NINE).await;
    let stranger = calcom::Client::new(
        std::sync::Arc::new(world.sim.transport()),
        "http://cal.example".parse().unwrap(),
        "no_key".into(),
    );
    assert_eq!(stranger.booking(&uid).await.result.unwrap().attendees, []);
    let seat = world.get(&uid).await.seats().next().unwrap().0.clone();
    world.sim.cancel_seat(uid.as_str(), seat.as_str()).await.unwrap();
    assert_eq!(world.get(&uid).await.status, BookingStatus::Cancelled);
    assert!(world.sim.cancel_seat(uid.as_str(), seat.as_str()).await.is_err());
    let again: BookingUid = world.guest_books(group, NINE).await;
    assert_ne!(again, uid, "a cancelled one is not joined");
}
