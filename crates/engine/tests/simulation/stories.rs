//! One thing at a time, as a person would tell it.

use std::sync::Arc;

use calcom_sim::{BookingStatus, CallKind, CallMatch, Fault};
use domain::appointment::{Actor, AppointmentStatus};
use domain::review::ReviewCode;
use domain::{Origin, SyncStatus};
use engine::rounds::Rounds;

use crate::world::{Hours, World};

#[tokio::test]
async fn booked_here_it_is_booked_there_and_read_back() {
    let world = World::new(1).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    let case = world.case(id).await;
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
    let there = world.only_booking(id);
    assert_eq!((there.start, there.status), (case.appointment.slot.start, BookingStatus::Accepted));
    assert_eq!(case.bookings[0].clone().uid.unwrap().0, there.uid);
    // One call, no look: the answer was the proof.
    assert_eq!(world.calls(CallKind::CreateBooking), 1);
    assert_eq!(world.calls(CallKind::GetBooking), 0);
}

#[tokio::test]
async fn moved_and_cancelled_here_it_follows_there_with_the_reason() {
    let world = World::new(2).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    world.reschedule(id, Hours(26)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.only_booking(id).start, world.at(Hours(26)));
    world.cancel(id, Some("Krank")).await.unwrap();
    world.quiet().await;
    assert!(world.live_bookings(id).is_empty());
    let cancelled = world.bookings_of(id).into_iter().next_back().unwrap();
    assert_eq!(cancelled.cancellation_reason.as_deref(), Some("Krank"));
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    assert_eq!(world.calls(CallKind::CancelBooking), 1);
}

#[tokio::test]
async fn cancelled_before_it_was_ever_sent_nothing_is_sent() {
    let world = World::new(3).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.cancel(id, None).await.unwrap();
    world.quiet().await;
    assert!(world.requests().iter().all(|request| request.method != http::Method::POST));
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
}

#[tokio::test]
async fn booked_moved_and_cancelled_at_cal_com_it_follows_here_and_is_never_sent_back() {
    let world = World::new(4).await;
    let uid = world.guest_books(Hours(48)).await;
    world.quiet().await;
    let id = world.appointment_of(&uid).await.expect("imported");
    let case = world.case(id).await;
    assert_eq!((case.appointment.origin, case.appointment.sync), (Origin::Calcom, SyncStatus::Synced));
    let moved = world.sim.move_booking(&uid, world.at(Hours(50)), Some("Stau")).await.unwrap();
    world.quiet().await;
    let case = world.case(id).await;
    assert_eq!(case.appointment.slot.start, world.at(Hours(50)));
    assert_eq!(world.appointment_of(&moved).await, Some(id));
    world.sim.cancel_booking(&moved, "Krank").await.unwrap();
    world.quiet().await;
    let case = world.case(id).await;
    assert_eq!(case.appointment.status, AppointmentStatus::Cancelled);
    assert_eq!(case.appointment.reason.as_deref(), Some("Krank"));
    // Nothing was sent back: apart from looking, Cal.com was not called.
    assert!(world.requests().iter().all(|request| request.method == http::Method::GET));
}

#[tokio::test]
async fn an_answer_that_is_lost_after_its_effect_makes_one_booking() {
    for fault in [Fault::DropAnswerAfterEffect, Fault::ServerErrorAfterEffect, Fault::DropRequest] {
        for lose_webhook in [false, true] {
            let world = World::new(5).await;
            world.sim.order(fault, Some(CallMatch::Kind(CallKind::CreateBooking)), 1);
            if lose_webhook {
                world.sim.order(Fault::LoseWebhooks, None, 1);
            }
            let id = world.book(Hours(24)).await.unwrap();
            world.quiet().await;
            assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced, "{fault:?}");
            world.only_booking(id);
        }
    }
}

#[tokio::test]
async fn a_reschedule_or_cancel_whose_answer_is_lost_is_done_once() {
    for fault in [Fault::DropAnswerAfterEffect, Fault::ServerErrorAfterEffect, Fault::DropRequest] {
        let world = World::new(6).await;
        let id = world.book(Hours(24)).await.unwrap();
        world.quiet().await;
        world.sim.order(fault, Some(CallMatch::Kind(CallKind::RescheduleBooking)), 1);
        world.reschedule(id, Hours(27)).await.unwrap();
        world.quiet().await;
        assert_eq!(world.only_booking(id).start, world.at(Hours(27)), "{fault:?}");
        assert_eq!(world.bookings_of(id).len(), 2, "one move is one link of the chain ({fault:?})");
        world.sim.order(fault, Some(CallMatch::Kind(CallKind::CancelBooking)), 1);
        world.cancel(id, None).await.unwrap();
        world.quiet().await;
        assert!(world.live_bookings(id).is_empty(), "{fault:?}");
        assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced, "{fault:?}");
    }
}

#[tokio::test]
async fn a_taken_slot_is_told_to_a_person_and_another_time_heals_it() {
    let world = World::new(7).await;
    // Cal.com has a booking that the platform does not know of: the stylist's dentist.
    world.guest_books_elsewhere(Hours(24)).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Failed);
    assert_eq!(world.open_reviews(id).await, [ReviewCode::SlotTaken]);
    world.reschedule(id, Hours(26)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    assert!(world.open_reviews(id).await.is_empty());
}

#[tokio::test]
async fn an_outage_heals_by_itself_and_ten_edits_are_one_call() {
    let world = World::new(8).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    let before = world.requests().len();
    world.sim.order(Fault::DownUntil(world.now() + jiff::SignedDuration::from_hours(24)), None, 1);
    for hour in 0..10 {
        world.reschedule(id, Hours(200 + hour)).await.unwrap();
        world.turn().await;
    }
    world.pass(jiff::SignedDuration::from_hours(25));
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    assert_eq!(world.only_booking(id).start, world.at(Hours(209)));
    let requests = world.requests().split_off(before);
    let answered = requests.iter().filter(|r| r.status.is_some() && r.path != "/v2/me").count();
    assert!(answered <= 2, "{answered} calls after the outage");
    assert!(world.open_reviews(id).await.is_empty());
}

#[tokio::test]
async fn a_limit_is_waited_out_and_a_refused_key_pauses_the_connection() {
    let world = World::new(9).await;
    world.sim.order(Fault::RateLimited { block: jiff::SignedDuration::from_secs(60) }, None, 1);
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    assert_eq!(world.case(id).await.bookings[0].failures, 0);
    world.sim.revoke_api_key(crate::world::KEY);
    let other = world.book(Hours(26)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(other).await.appointment.sync, SyncStatus::Pending);
    assert_eq!(world.connection_state().await, store::ConnectionState::Unauthorized);
    let asked = world.requests().iter().filter(|r| r.status.is_some_and(|s| s == 401)).count();
    assert_eq!(asked, 1, "a key that is not accepted is not tried again");
    let connection = world.connection;
    assert!(
        engine::connect::resume(&world.engine, world.company, connection, Actor::of(Origin::System))
            .await
            .is_err()
    );
    world.sim.add_api_key(1, crate::world::KEY);
    engine::connect::resume(&world.engine, world.company, connection, Actor::of(Origin::System))
        .await
        .unwrap();
    world.quiet().await;
    assert_eq!(world.case(other).await.appointment.sync, SyncStatus::Synced);
}

/// With another secret key than it was stored with.
#[tokio::test]
async fn a_webhook_whose_secret_does_not_open_any_more_gets_another() {
    use engine::connect::Webhook;
    let world = World::new(31).await;
    let (company, connection) = (world.company, world.connection);
    let check = async || engine::connect::check_webhook(&world.engine, company, connection).await.unwrap();
    assert_eq!(check().await, Webhook::Right);
    let sealed = store::Sealed(vec![1; 60]);
    world.engine.store.set_webhook_secret(company, connection, sealed).await.unwrap();
    assert_eq!(check().await, Webhook::Corrected);
    assert_eq!(check().await, Webhook::Right, "Cal.com signs with what is stored here");
}

/// 120 requests in 60 s per key (recordings 175 to 183), of which five are kept for callers. What others spend of them
/// stands in the headers.
#[tokio::test]
async fn an_account_with_much_to_do_is_used_to_its_limit_and_never_beyond_it() {
    let minute = |world: &World| world.now() + jiff::SignedDuration::from_secs(59);
    for others in [0, 30] {
        let world = World::new(30).await;
        // The service stands as it is wanted: nothing gives way to it.
        world.quiet().await;
        for hour in 0..400 {
            world.book(Hours(24 + hour)).await.unwrap();
        }
        let url = "http://cal.example".parse().unwrap();
        let other = calcom::Client::new(Arc::new(world.sim.transport()), url, crate::world::KEY.into());
        for _ in 0..3 {
            // What was spent before is forgotten.
            world.pass(jiff::SignedDuration::from_secs(61));
            let end = minute(&world);
            for _ in 0..others {
                other.me().await.result.unwrap();
            }
            let before = world.requests().len();
            world.work_until(end).await;
            let sent = world.requests().split_off(before);
            assert!(sent.iter().all(|request| request.status.is_some_and(|it| it.is_success())));
            assert_eq!(sent.len(), 120 - others - 5, "beside {others} of others'");
        }
        world.quiet().await;
        assert_eq!(world.calls(CallKind::CreateBooking), 400);
    }
}

#[tokio::test]
async fn a_time_changed_on_both_sides_is_asked_about_and_settled() {
    for ours in [true, false] {
        let world = World::new(10).await;
        let id = world.book(Hours(24)).await.unwrap();
        world.quiet().await;
        let uid = world.only_booking(id).uid;
        world.sim.move_booking(&uid, world.at(Hours(30)), None).await.unwrap();
        world.reschedule(id, Hours(27)).await.unwrap();
        world.quiet().await;
        assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Conflict);
        assert_eq!(world.open_reviews(id).await, [ReviewCode::Conflict]);
        world.engine.settle_conflict(world.company, id, ours, Actor::of(Origin::Admin)).await.unwrap();
        world.quiet().await;
        let end = world.at(Hours(if ours { 27 } else { 30 }));
        assert_eq!(world.case(id).await.appointment.slot.start, end);
        assert_eq!(world.only_booking(id).start, end);
        assert!(world.open_reviews(id).await.is_empty());
    }
}

#[tokio::test]
async fn what_concerns_nobody_here_is_not_imported() {
    let world = World::new(11).await;
    world.guest_books_elsewhere(Hours(24)).await;
    world.quiet().await;
    assert_eq!(world.appointments().await.len(), 0);
    assert_eq!(world.calls(CallKind::GetBooking), 0, "the webhook names the event type: no look is needed");
}

#[tokio::test]
async fn a_booking_there_that_overlaps_here_is_a_fact_and_a_question() {
    let world = World::new(12).await;
    world.sim.order(Fault::Down, Some(CallMatch::Kind(CallKind::CreateBooking)), 1);
    let here = world.book(Hours(24)).await.unwrap();
    let uid = world.guest_books(Hours(24)).await;
    world.quiet().await;
    let there = world.appointment_of(&uid).await.expect("stored although it overlaps");
    assert!(world.case(there).await.appointment.overlapping);
    assert_eq!(world.open_reviews(there).await, [ReviewCode::Overlap]);
    assert_eq!(world.case(here).await.appointment.sync, SyncStatus::Failed);
}

#[tokio::test]
async fn a_worker_that_dies_with_a_call_in_flight_is_followed_by_one_that_looks_first() {
    let world = World::new(13).await;
    let slow = Fault::Slow(std::time::Duration::from_hours(1));
    world.sim.order(slow, Some(CallMatch::Kind(CallKind::CreateBooking)), 1);
    let id = world.book(Hours(24)).await.unwrap();
    let engine = world.engine.clone();
    let dying = tokio::spawn(async move { engine::worker::turn(&engine, "dying").await });
    while world.sim.bookings().is_empty() {
        tokio::task::yield_now().await;
    }
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    // Until its lease is over nobody else touches the lane.
    world.turn().await;
    assert_eq!((world.calls(CallKind::CreateBooking), world.calls(CallKind::GetBooking)), (1, 0));
    world.pass(jiff::SignedDuration::from_secs(61));
    world.quiet().await;
    world.only_booking(id);
    assert_eq!(world.calls(CallKind::CreateBooking), 1);
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    let attempts = world.engine.store.history(world.company, id).await.unwrap().attempts;
    let outcomes: Vec<_> = attempts.iter().map(|a| a.outcome.as_ref().map(|o| o.outcome)).collect();
    assert_eq!(outcomes, [Some(store::Outcome::Lost), Some(store::Outcome::Ok)]);
}

#[tokio::test]
async fn what_was_booked_before_the_service_was_linked_reaches_cal_com_too() {
    let world = World::unlinked(14, Rounds::default()).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::NotConnected);
    world.link().await;
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    world.only_booking(id);
}

#[tokio::test]
async fn a_create_that_always_fails_ends_with_a_question() {
    let world = World::new(15).await;
    world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::CreateBooking)), 1000);
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.open_reviews(id).await, [ReviewCode::RetriesUsedUp]);
    assert_eq!(world.calls(CallKind::CreateBooking), 7, "one try and six retries");
    world.sim.clear_faults();
    world.engine.check_again(world.company, id, Actor::of(Origin::Admin)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
}

#[tokio::test]
async fn cancelled_here_while_it_was_moved_there_it_is_cancelled_at_the_end_of_the_chain() {
    let world = World::new(16).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    world.sim.order(Fault::LoseWebhooks, None, 1);
    world.sim.move_booking(&world.only_booking(id).uid, world.at(Hours(30)), None).await.unwrap();
    world.cancel(id, None).await.unwrap();
    world.quiet().await;
    assert!(world.live_bookings(id).is_empty());
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
}

#[tokio::test]
async fn an_unknown_booking_that_cannot_be_fetched_is_asked_for_now_and_then_only() {
    let world = World::new(17).await;
    world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::GetBooking)), 5);
    let uid = world.guest_books(Hours(48)).await;
    world.quiet().await;
    assert!(world.appointment_of(&uid).await.is_some());
    assert_eq!(world.calls(CallKind::GetBooking), 6);
}
