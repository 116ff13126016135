//! What people do at Cal.com, as the client sees it and as webhooks tell it.

use calcom::{Absence, BookingStatus, BookingUid, Error, InvalidReason, Rescheduling, UserId};
use calcom_sim::{Guest, NewUser, Reassignment};
use serde_json::{Value, json};

use crate::world::{World, at, dora, kind};

const NINE: &str = "2026-11-23T09:00:00Z";
const TEN: &str = "2026-11-23T10:00:00Z";
const ELEVEN: &str = "2026-11-23T11:00:00Z";

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> InvalidReason {
    match result {
        Err(Error::Invalid { reason, .. }) => reason,
        other => panic!("{other:?} is no refusal"),
    }
}

#[tokio::test]
async fn what_people_do_at_cal_com_is_seen_by_the_client_and_told_by_webhook() {
    let world = World::new();
    let uid = world.sim.book_as_guest(world.event_type, at(NINE), dora()).await.unwrap();
    let moved = world.sim.move_booking(&uid, at(TEN), Some("Stylist is late")).await.unwrap();
    world.sim.cancel_booking(&moved, "Ill").await.unwrap();
    assert_eq!(world.heard.triggers(), ["BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED"],);
    let seen = world.client.booking(&BookingUid(moved.clone())).await.result.unwrap();
    assert_eq!(seen.rescheduled_from_uid, Some(BookingUid(uid.clone())));
    assert_eq!(seen.cancelled_by_email.as_deref(), Some("owner@salon.example"));
    let to = Rescheduling::to(at(ELEVEN));
    assert!(world.client.reschedule(&BookingUid(uid), &to).await.result.is_err());
    assert_eq!(world.sim.bookings().len(), 2);
}

#[tokio::test]
async fn a_host_asks_for_another_time_and_the_guest_chooses_one() {
    let world = World::new();
    let uid = world.guest_books(world.event_type, NINE).await;
    world.sim.request_reschedule(uid.as_str(), "Stylist is ill").await.unwrap();
    let told = &world.heard.last()["payload"];
    assert_eq!((&told["status"], &told["requestReschedule"]), (&json!("CANCELLED"), &json!(true)));
    assert_eq!(told["cancellationReason"], "Please reschedule. Stylist is ill");
    let seen = world.get(&uid).await;
    assert_eq!(seen.status, BookingStatus::Cancelled);
    assert_eq!(seen.cancellation_reason.as_deref(), Some("Stylist is ill"));
    assert_eq!(seen.rescheduled_to_uid, None);
    let to = Rescheduling::to(at(TEN));
    let waits = refused(world.client.reschedule(&uid, &to).await.result);
    assert_eq!(waits, InvalidReason::AlreadyRescheduled { successor: None });

    let next: BookingUid = world.sim.move_as_guest(uid.as_str(), at(TEN)).await.unwrap().into();
    let told = &world.heard.last();
    assert_eq!(
        (&told["triggerEvent"], &told["payload"]["rescheduleUid"]),
        (&json!("BOOKING_RESCHEDULED"), &json!(uid))
    );
    let (old, new) = (world.get(&uid).await, world.get(&next).await);
    assert_eq!((old.rescheduled_to_uid, new.rescheduled_from_uid), (Some(next.clone()), Some(uid.clone())));
    assert_eq!((new.status, new.cancellation_reason), (BookingStatus::Accepted, None));
    let moved_on = refused(world.client.reschedule(&uid, &to).await.result);
    assert_eq!(moved_on, InvalidReason::AlreadyRescheduled { successor: Some(next) });
    assert!(world.sim.move_as_guest(uid.as_str(), at(ELEVEN)).await.is_err(), "the link leads on only once");
}

#[tokio::test]
async fn a_team_booking_changes_its_host_in_place_and_without_a_word() {
    let world = World::new();
    let uid = world.guest_books(world.team, NINE).await;
    let first = world.get(&uid).await.hosts[0].id.unwrap();
    let other = UserId(if first.0 == world.anna { world.ben } else { world.anna });
    let heard = world.heard.all().len();

    let answer = world.client.reassign(&uid).await.result.unwrap();
    assert_eq!((answer.booking_uid, answer.reassigned_to.id), (uid.clone(), other));
    let seen = world.get(&uid).await;
    assert_eq!((seen.hosts[0].id, seen.status), (Some(other), BookingStatus::Accepted));
    assert!(seen.title.contains(&seen.hosts[0].name), "{}", seen.title);

    // The one who is asked for takes it even if there is no time; the one who is found has to be free.
    world.client.reassign_to(&uid, first, Some("wish")).await.result.unwrap();
    let emil = Guest::new("Emil", "emil@client.example");
    let second: BookingUid = world.sim.book_as_guest(world.team, at(NINE), emil).await.unwrap().into();
    assert_eq!(world.get(&second).await.hosts[0].id, Some(other));
    assert_eq!(refused(world.client.reassign(&uid).await.result), InvalidReason::NoHostFree);
    world.client.reassign_to(&uid, other, None).await.result.expect("two at once");
    assert_eq!(
        refused(world.client.reassign_to(&uid, UserId(world.owner), None).await.result),
        InvalidReason::NotAHost
    );
    assert!(matches!(
        world.client.reassign_to(&uid, UserId(99), None).await.result,
        Err(Error::NotFound { .. })
    ));
    world.sim.reassign_booking(uid.as_str(), Some(first.0)).await.unwrap();
    assert_eq!(world.get(&uid).await.hosts[0].id, Some(first));
    assert_eq!(world.heard.all().len(), heard + 1, "only the second booking was told");

    // An edition without the feature says the same and does nothing; people at Cal.com can all the same.
    world.sim.set_reassignment(Reassignment::Ignored);
    world.client.reassign_to(&uid, other, None).await.result.unwrap();
    assert_eq!(world.get(&uid).await.hosts[0].id, Some(first));
    world.sim.reassign_booking(uid.as_str(), Some(other.0)).await.unwrap();
    assert_eq!(world.get(&uid).await.hosts[0].id, Some(other));
}

#[tokio::test]
async fn bookings_outlive_their_event_type_but_cannot_be_moved_any_more() {
    let world = World::new();
    let uid = world.guest_books(world.event_type, NINE).await;
    let heard = world.heard.all().len();
    world.sim.delete_event_type(world.event_type);
    assert_eq!(world.heard.all().len(), heard, "nothing is told");
    let seen = world.get(&uid).await;
    assert_eq!((seen.event_type_id, seen.status), (None, BookingStatus::Accepted));
    let error = world.client.reschedule(&uid, &Rescheduling::to(at(TEN))).await.result.unwrap_err();
    assert!(error.can_no_longer_change(), "{error}");
    assert_eq!(refused(Err::<(), _>(error)), InvalidReason::MissingEventType);
    world.client.cancel(&uid, "gone").await.result.unwrap();
    assert_eq!(world.heard.last()["payload"]["eventTypeId"], Value::Null);
}

#[tokio::test]
async fn a_person_is_busy_with_every_booking_of_theirs() {
    let world = World::new();
    let short = world.sim.add_event_type(world.owner, kind("Advice", &[]));
    world.book(NINE).await.unwrap();
    let taken = world.sim.book_as_guest(short, at(NINE), dora()).await;
    assert!(taken.is_err(), "an event type of the same person");
    let free = world.sim.add_user(NewUser::new("eva", "Eva", "eva@salon.example"));
    let hers = world.sim.add_event_type(free, kind("Colour", &[]));
    world.sim.book_as_guest(hers, at(NINE), dora()).await.expect("somebody else's time");
}

#[tokio::test]
async fn confirming_rejecting_and_absences_are_told_each_in_its_way() {
    let world = World::new();
    let confirmed = kind(
        "Colour",
        &[("confirmationPolicy", json!({"type": "always", "blockUnconfirmedBookingsInBooker": true}))],
    );
    let colour = world.sim.add_event_type(world.owner, confirmed);
    let (yes, no) = (world.guest_books(colour, NINE).await, world.guest_books(colour, TEN).await);
    world.pass(60);
    world.client.confirm(&yes).await.result.unwrap();
    assert_eq!(world.heard.last()["payload"]["metadata"], json!({}));
    assert_eq!(refused(world.client.decline(&yes, None).await.result), InvalidReason::AlreadyConfirmed);
    world.client.decline(&no, Some("closed")).await.result.unwrap();
    assert_eq!(world.heard.last()["payload"]["rejectionReason"], "closed");
    let error = world.client.reschedule(&no, &Rescheduling::to(at(ELEVEN))).await.result;
    assert_eq!(refused(error), InvalidReason::AlreadyRejected);

    let of_dora = Absence::of_attendee("dora@client.example", true);
    assert_eq!(refused(world.client.mark_absent(&yes, &of_dora).await.result), InvalidReason::NotStarted);
    world.set_clock("2026-11-23T09:05:00Z");
    let before = world.get(&yes).await;
    let marked = world.client.mark_absent(&yes, &of_dora).await.result.unwrap();
    assert!(
        marked.attendees[0].absent && marked.updated_at == before.updated_at,
        "nothing shows that it moved"
    );
    assert_eq!(
        world.heard.last()["payload"]["attendees"],
        json!([{"email": "dora@client.example", "noShow": true}])
    );
    let heard = world.heard.all().len();
    let marked = world.client.mark_absent(&yes, &Absence::of_host(true)).await.result.unwrap();
    assert!(marked.absent_host && marked.updated_at > before.updated_at);
    assert_eq!(world.heard.all().len(), heard, "the host's absence is not told");
    let back = world.client.mark_absent(&yes, &Absence::of_attendee("dora@client.example", false)).await;
    assert!(!back.result.unwrap().attendees[0].absent);
}
