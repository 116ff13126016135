//! What people change about an appointment, here and at Cal.com, and what becomes of its bookings.

use calcom_sim::{Booking, BookingStatus, CallKind, CallMatch, Fault};
use domain::appointment::{Actor, AppointmentStatus, Origin};
use domain::people::CustomerDetails;
use domain::plan::{Attendee, Policy};
use domain::review::ReviewCode;
use domain::{AppointmentId, SyncStatus};
use engine::appointments::{Change, ChangeError, Edit};
use jiff::SignedDuration;

use crate::salon::Stylist;
use crate::world::{Hours, World};

async fn sync(world: &World, id: AppointmentId) -> SyncStatus {
    world.case(id).await.appointment.sync
}

fn to(stylist: Stylist) -> Edit {
    Edit { staff: vec![(0, stylist.staff)], ..Edit::default() }
}

fn host(booking: &Booking) -> i64 {
    booking.host
}

#[tokio::test]
async fn another_stylist_with_an_account_of_her_own_is_booked_before_the_first_is_cancelled() {
    let world = World::new(101).await;
    let bea = world.stylist("Bea").await;
    world.also_cuts(bea).await;
    let id = world.book_service(world.service, Some(world.staff), Hours(24), Origin::Admin).await.unwrap();
    world.quiet().await;
    assert_eq!(host(&world.only_booking(id)), world.anna().user);
    world.edit(id, to(bea)).await.unwrap();
    world.quiet().await;
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
    assert_eq!(host(&world.only_booking(id)), bea.user);
    let order: Vec<_> = world.bookings_of(id).iter().map(|booking| booking.status).collect();
    assert_eq!(order, [BookingStatus::Cancelled, BookingStatus::Accepted]);
    // Bea is taken there, and nobody here knows: nothing is lost.
    let other = world.book_service(world.service, Some(world.staff), Hours(30), Origin::Admin).await.unwrap();
    world.quiet().await;
    world.sim.order(Fault::LoseWebhooks, None, 1);
    let cut = world.only_booking(id).event_type_id.unwrap();
    let guest = calcom_sim::Guest::new("There", "there@client.example");
    world.sim.book_as_guest(cut, world.at(Hours(30)), guest).await.unwrap();
    world.edit(other, to(bea)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.open_reviews(other).await, [ReviewCode::SlotTaken]);
    assert_eq!(host(&world.only_booking(other)), world.anna().user, "the old booking stands");
    world.edit(other, to(world.anna())).await.unwrap();
    world.quiet().await;
    assert_eq!(sync(&world, other).await, SyncStatus::Synced);
    assert_eq!(world.bookings_of(other).len(), 1, "it is the one that it was");
}

#[tokio::test]
async fn nobody_gets_a_service_that_she_does_not_do_even_if_it_is_as_long_as_the_first() {
    let world = World::new(103).await;
    let bea = world.stylist("Bea").await;
    let id = world.book(Hours(24)).await.unwrap();
    let minutes = world.case(id).await.appointment.slot.minutes();
    let wash = world.service("Wash", &[(minutes, 0)], &[bea]).await;
    let another = || Edit { service_id: Some(wash), ..Edit::default() };
    let refused = world.edit(id, another()).await;
    assert!(matches!(refused, Err(ChangeError::Staff)), "{refused:?}");
    world.edit(id, Edit { staff: to(bea).staff, ..another() }).await.unwrap();
    world.quiet().await;
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
}

#[tokio::test]
async fn another_service_at_the_same_time_takes_the_place_of_the_first() {
    let world = World::new(102).await;
    let colour = world.service("Colour", &[(90, 0)], &[world.anna()]).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    world.edit(id, Edit { service_id: Some(colour), ..Edit::default() }).await.unwrap();
    world.quiet().await;
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
    let booking = world.only_booking(id);
    assert_eq!(booking.end.duration_since(booking.start), SignedDuration::from_mins(90));
    assert_eq!(world.case(id).await.appointment.slot.minutes(), 90);
    assert_eq!(world.calls(CallKind::CreateBooking), 2, "no call was refused");
}

#[tokio::test]
async fn every_answer_of_a_replacement_may_be_lost() {
    for kind in [CallKind::CreateBooking, CallKind::CancelBooking] {
        for fault in [Fault::DropRequest, Fault::DropAnswerAfterEffect, Fault::ServerErrorAfterEffect] {
            let world = World::new(103).await;
            let bea = world.stylist("Bea").await;
            world.also_cuts(bea).await;
            let id =
                world.book_service(world.service, Some(world.staff), Hours(24), Origin::Admin).await.unwrap();
            world.quiet().await;
            world.sim.order(fault, Some(CallMatch::Kind(kind)), 1);
            world.edit(id, to(bea)).await.unwrap();
            world.quiet().await;
            assert_eq!(sync(&world, id).await, SyncStatus::Synced, "{kind:?} {fault:?}");
            assert_eq!(host(&world.only_booking(id)), bea.user, "{kind:?} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_composite_appointment_is_booked_moved_and_cancelled_as_one() {
    let world = World::new(104).await;
    let bea = world.stylist("Bea").await;
    let dye = world.service("Dye", &[(30, 30), (45, 0)], &[world.anna(), bea]).await;
    let id = world.book_service(dye, None, Hours(24), Origin::Admin).await.unwrap();
    world.quiet().await;
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
    assert_eq!(world.live_bookings(id).len(), 2);
    // In the pause somebody else can be served.
    let segments = world.case(id).await.appointment.segments;
    assert_eq!(segments[1].slot.start.duration_since(segments[0].slot.end), SignedDuration::from_mins(30));
    world.reschedule(id, Hours(28)).await.unwrap();
    world.quiet().await;
    let mut starts: Vec<_> = world.live_bookings(id).iter().map(|booking| booking.start).collect();
    starts.sort_unstable();
    assert_eq!(starts, [world.at(Hours(28)), world.at(Hours(29))]);
    world.cancel(id, Some("Krank")).await.unwrap();
    world.quiet().await;
    assert!(world.live_bookings(id).is_empty());
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
}

#[tokio::test]
async fn a_composite_appointment_of_which_one_part_cannot_be_had_leaves_nothing_behind() {
    let world = World::new(105).await;
    let dye = world.service("Dye", &[(30, 30), (45, 0)], &[world.anna()]).await;
    // The stylist's dentist, an hour after the start.
    world.guest_books_elsewhere(Hours(25)).await;
    let id = world.book_service(dye, None, Hours(24), Origin::Admin).await.unwrap();
    world.quiet().await;
    assert_eq!(world.open_reviews(id).await, [ReviewCode::SlotTaken]);
    assert!(world.live_bookings(id).is_empty(), "all or nothing");
    world.reschedule(id, Hours(30)).await.unwrap();
    world.quiet().await;
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
    assert_eq!(world.live_bookings(id).len(), 2);
    // Where only one of the two can go, neither stays.
    world.reschedule(id, Hours(24)).await.unwrap();
    world.quiet().await;
    assert_eq!(world.open_reviews(id).await, [ReviewCode::SlotTaken]);
    let mut starts: Vec<_> = world.live_bookings(id).iter().map(|booking| booking.start).collect();
    starts.sort_unstable();
    assert_eq!(starts, [world.at(Hours(30)), world.at(Hours(31))]);
}

#[tokio::test]
async fn who_gets_the_time_of_a_cancelled_appointment_at_once_gets_it_at_cal_com_too() {
    let world = World::new(106).await;
    let first = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    world.cancel(first, None).await.unwrap();
    // A caller is served first, so the create is sent before the cancellation.
    let second = world.book_service(world.service, None, Hours(24), Origin::Phone).await.unwrap();
    world.quiet().await;
    assert_eq!(sync(&world, first).await, SyncStatus::Synced);
    assert_eq!(sync(&world, second).await, SyncStatus::Synced);
    assert_eq!(world.only_booking(second).start, world.at(Hours(24)));
}

#[tokio::test]
async fn attendee_data_stays_a_difference_or_makes_a_new_booking_as_the_company_wishes() {
    let world = World::new(107).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    let customer = world.case(id).await.customer;
    let renamed = CustomerDetails {
        name: "Neu Name".into(),
        email: customer.email,
        phone: customer.phone,
        locale: customer.locale,
    };
    let edit = Edit { customer: Some(renamed), notes: Some(Some("Allergie".into())), ..Edit::default() };
    world.edit(id, edit.clone()).await.unwrap();
    world.quiet().await;
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
    assert_eq!(world.calls(CallKind::CreateBooking), 1);
    let case = world.case(id).await;
    assert_eq!(case.accepted(&case.bookings[0]).len(), 2);
    let policy = Policy { attendee: Attendee::Replace, ..Policy::default() };
    world.engine.store.set_policy(world.company, policy).await.unwrap();
    world.engine.check_again(world.company, id, Actor::of(Origin::Admin)).await.unwrap();
    world.quiet().await;
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
    assert_eq!(world.only_booking(id).attendees[0].name, "Neu Name");
    assert_eq!(world.calls(CallKind::CreateBooking), 2);
}

#[tokio::test]
async fn a_no_show_is_told_in_both_directions() {
    let world = World::new(108).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    let change = || Change::by(Actor::of(Origin::Admin));
    assert!(world.engine.mark_no_show(world.company, id, true, change()).await.is_err(), "not begun");
    world.pass(SignedDuration::from_hours(25));
    world.engine.mark_no_show(world.company, id, true, change()).await.unwrap();
    world.quiet().await;
    let booking = world.only_booking(id);
    assert!(booking.attendees[0].absent);
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
    let email = booking.attendees[0].email.clone();
    world.sim.mark_attendee_absent(&booking.uid, &email, false).await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.status, AppointmentStatus::Confirmed);
}

#[tokio::test]
async fn what_is_over_cannot_be_changed_any_more_and_is_no_failure() {
    let world = World::new(109).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    world.sim.order(Fault::Down, None, 1000);
    world.cancel(id, None).await.unwrap();
    world.turn().await;
    world.pass(SignedDuration::from_hours(48));
    world.sim.clear_faults();
    world.quiet().await;
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
    let case = world.case(id).await;
    assert!(!case.accepted(&case.bookings[0]).is_empty(), "the status says so");
    assert!(world.open_reviews(id).await.is_empty());
}

#[tokio::test]
async fn a_team_event_type_gives_the_booking_to_whom_it_is_wanted_with() {
    let world = World::new(110).await;
    let bea = world.stylist("Bea").await;
    let wash = world.team_service("Wash", 20, &[world.anna(), bea]).await;
    for (wanted, hour) in [(world.anna(), 24), (bea, 26), (world.anna(), 28)] {
        let id = world.book_service(wash, Some(wanted.staff), Hours(hour), Origin::Admin).await.unwrap();
        world.quiet().await;
        assert_eq!(
            (sync(&world, id).await, host(&world.only_booking(id))),
            (SyncStatus::Synced, wanted.user)
        );
    }
    let id = world.appointments().await[0];
    world.edit(id, to(bea)).await.unwrap();
    world.quiet().await;
    assert_eq!((sync(&world, id).await, host(&world.only_booking(id))), (SyncStatus::Synced, bea.user));
    assert_eq!(world.bookings_of(id).len(), 1, "in place");
    // Given back at Cal.com, of which no webhook tells.
    world.sim.reassign_booking(&world.only_booking(id).uid, Some(world.anna().user)).await.unwrap();
    world.look_at_everything().await;
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.staff_id, world.staff);
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
}

#[tokio::test]
async fn a_request_is_confirmed_or_declined() {
    for accept in [true, false] {
        let world = World::new(111).await;
        let policy = serde_json::json!({"type": "always", "blockUnconfirmedBookingsInBooker": true});
        world.sim.change_event_type(world.linked, "confirmationPolicy", policy);
        let uid = world.guest_books(Hours(24)).await;
        world.quiet().await;
        let id = world.appointment_of(&uid).await.unwrap();
        assert_eq!(world.case(id).await.appointment.status, AppointmentStatus::Requested);
        let change = Change::by(Actor::of(Origin::Admin));
        if accept {
            world.engine.confirm(world.company, id, change).await.unwrap();
        } else {
            world.engine.cancel(world.company, id, Some("Voll".into()), change).await.unwrap();
        }
        world.quiet().await;
        let status = world.sim.booking(&uid).unwrap().status;
        assert_eq!(status, if accept { BookingStatus::Accepted } else { BookingStatus::Rejected });
        assert_eq!(sync(&world, id).await, SyncStatus::Synced);
    }
}

#[tokio::test]
async fn what_is_deleted_is_cancelled_at_cal_com_and_off_the_lists() {
    let world = World::new(112).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.quiet().await;
    let change = Change::by(Actor::of(Origin::Admin));
    world.engine.delete(world.company, id, None, change).await.unwrap();
    assert!(world.appointments().await.is_empty());
    world.quiet().await;
    assert!(world.live_bookings(id).is_empty());
    assert_eq!(sync(&world, id).await, SyncStatus::Synced);
}

#[tokio::test]
async fn a_mishap_at_cal_com_does_not_empty_the_calendar() {
    let world = World::new(113).await;
    for hour in 0..40 {
        world.book(Hours(24 + hour)).await.unwrap();
    }
    world.quiet().await;
    for booking in world.sim.bookings() {
        world.sim.cancel_booking(&booking.uid, "import gone wrong").await.unwrap();
    }
    world.quiet().await;
    assert_eq!(world.connection_state().await, store::ConnectionState::Braked);
    let left = world.active_slots().await.len();
    assert!((6..=9).contains(&left), "{left}: what was in hand is finished");
    // A person has looked, and it was meant.
    engine::connect::resume(&world.engine, world.company, world.connection, Actor::of(Origin::System))
        .await
        .unwrap();
    world.quiet().await;
    assert_eq!(world.active_slots().await.len(), 0);
}
