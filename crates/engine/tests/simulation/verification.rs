//! Verification: what no webhook told of is found, looked at and healed; what cannot be is told.

use std::collections::BTreeMap;

use calcom_sim::{CallKind, CallMatch, Fault, Guest};
use domain::appointment::{Actor, AppointmentStatus, Origin};
use domain::review::{About, Choice, Item, ReviewCode};
use domain::service::Link;
use domain::verify::Window;
use domain::{AppointmentId, BookingUid, LinkId, ReviewId, Sighting, SyncStatus, VerificationId};
use engine::appointments::Edit;
use engine::connect;
use engine::reviews::{Decision, ReviewError};
use engine::rounds::Rounds;
use engine::verify::Wish;
use engine::worker::{self, Errand};
use jiff::SignedDuration;
use store::Verification;

use crate::world::{Hours, World};

async fn verify(world: &World, wish: Wish) -> VerificationId {
    let (company, connection) = (world.company, world.connection);
    let actor = Actor::of(Origin::Admin);
    world.engine.verify(company, connection, wish, actor).await.unwrap()
}

fn all() -> Wish {
    Wish { window: None, check_only: false }
}

async fn run(world: &World, id: VerificationId) -> Verification {
    world.engine.store.verification(world.company, id).await.unwrap()
}

/// What was found, by name at Cal.com: the class and whether it has healed.
async fn found(world: &World, id: VerificationId) -> BTreeMap<String, (String, bool)> {
    let all = world.engine.store.findings(world.company, id).await.unwrap();
    all.into_iter().map(|it| (it.uid.0, (it.class, it.healed_at.is_some()))).collect()
}

async fn decide(world: &World, id: ReviewId, choice: Choice) -> Result<Item, ReviewError> {
    let actor = Actor::of(Origin::Admin);
    let decision = Decision { choice, reason: None, booking: None, actor, version: None };
    world.engine.decide_review(world.company, id, decision).await
}

/// The open items about bookings that nobody here knows, with how they were seen.
async fn unknown(world: &World) -> Vec<(Item, Option<Sighting>)> {
    let store = &world.engine.store;
    let mut unknown = Vec::new();
    for item in store.reviews(world.company, false).await.unwrap() {
        if matches!(item.about, About::Booking { .. }) {
            let seen = store.unknown_booking(world.company, item.id).await.unwrap();
            unknown.push((item, seen));
        }
    }
    unknown
}

/// Eight appointments here, and what people did at Cal.com behind our back to five of them, and one more.
struct Behind {
    world: World,
    ids: Vec<AppointmentId>,
    cancelled: String,
    moved: String,
    erased: String,
    guest: String,
}

async fn behind(seed: u64) -> Behind {
    let world = World::new(seed).await;
    let mut ids = Vec::new();
    for hour in 0..8 {
        ids.push(world.book(Hours(24 + 2 * hour)).await.unwrap());
    }
    world.quiet().await;
    world.sim.order(Fault::LoseWebhooks, None, 20);
    let uid = |n: usize| world.only_booking(ids[n]).uid;
    let (cancelled, moved, erased) = (uid(1), uid(3), uid(5));
    world.sim.cancel_booking(&cancelled, "Krank").await.unwrap();
    world.sim.move_booking(&moved, world.at(Hours(60)), None).await.unwrap();
    world.sim.erase_booking(&erased);
    let guest = world.guest_books(Hours(70)).await;
    world.guest_books_elsewhere(Hours(72)).await;
    world.quiet().await;
    Behind { world, ids, cancelled, moved, erased, guest }
}

/// A cancellation got lost, and the next try came too late: nothing is in doubt about that for ever.
#[tokio::test]
async fn what_was_over_and_is_moved_ahead_again_is_found_and_cancelled() {
    let world = World::new(416).await;
    let id = world.book(Hours(48)).await.unwrap();
    world.quiet().await;
    world.sim.order(Fault::LoseWebhooks, None, 2);
    let uid = world.only_booking(id).uid;
    world.sim.move_booking(&uid, world.at(Hours(2)), None).await.unwrap();
    world.pass(SignedDuration::from_hours(4));
    world.sim.order(Fault::DropRequest, Some(CallMatch::Kind(CallKind::CancelBooking)), 2);
    world.cancel(id, None).await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    let over = world.only_booking(id);
    world.sim.move_booking(&over.uid, world.at(Hours(72)), None).await.unwrap();
    world.pass(SignedDuration::from_hours(1));
    let run = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, run).await[&over.uid], ("moved".to_owned(), true));
    assert!(world.live_bookings(id).is_empty());
}

/// One part was moved, and its look fails at first; the other stands on a later page, or would.
#[tokio::test]
async fn what_is_done_about_one_part_of_an_appointment_hides_nothing_of_the_others() {
    let world = World::new(415).await;
    let dye = world.service("Dye", &[(30, 240), (45, 0)], &[world.anna()]).await;
    let id = world.book_service(dye, None, Hours(24), Origin::Admin).await.unwrap();
    for hour in 25..28 {
        world.book(Hours(hour)).await.unwrap();
    }
    world.quiet().await;
    let mut parts = world.live_bookings(id);
    parts.sort_by_key(|part| part.start);
    let mut uids = parts.into_iter().map(|part| part.uid);
    let (first, second) = (uids.next().unwrap(), uids.next().unwrap());
    world.sim.order(Fault::LoseWebhooks, None, 2);
    world.sim.move_booking(&first, world.at(Hours(23)), None).await.unwrap();
    world.sim.erase_booking(&second);
    world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::GetBooking)), 1);
    let run = verify(&world, all()).await;
    world.quiet().await;
    let found = found(&world, run).await;
    assert_eq!(found[&second], ("only_here".to_owned(), false), "{found:?}");
    assert_eq!(world.open_reviews(id).await, [ReviewCode::Vanished]);
}

#[tokio::test]
async fn what_no_webhook_told_of_is_found_and_heals_and_what_cannot_is_told() {
    let Behind { world, ids, cancelled, moved, erased, guest } = behind(401).await;
    assert_eq!(world.case(ids[1]).await.appointment.status, AppointmentStatus::Confirmed);
    world.pass(SignedDuration::from_mins(1));
    let (before, begun) = (world.requests().len(), world.now());
    let id = verify(&world, all()).await;
    // While one is under way, there is no other.
    assert_eq!(verify(&world, all()).await, id);
    world.quiet().await;
    let expected = [
        (cancelled, "differs", true),
        (moved, "moved", true),
        (erased, "only_here", false),
        (guest.clone(), "only_there", true),
    ];
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(uid, class, healed)| (uid, (class.to_owned(), healed))).collect();
    assert_eq!(found(&world, id).await, expected);
    let done = run(&world, id).await;
    assert!(done.read_at.is_some() && done.finished_at >= done.read_at && done.cursor.is_none());
    let counts = done.counts;
    // What was moved had been followed when its new name was read.
    assert_eq!((counts.same, counts.in_hand), (6, 0), "{counts:?}");
    // Eleven bookings and the one that was moved away, three on a page of which the last comes again.
    assert!((4..=6).contains(&counts.pages), "{counts:?}");
    // All of it is accounted for, what was looked at by itself too.
    assert_eq!(usize::try_from(done.requests()).unwrap(), world.requests().len() - before);
    assert!(done.rereads >= 4, "{done:?}");
    // What had changed is known since then, and only since then.
    let known = async || world.engine.store.known_within(world.company, begun).await.unwrap();
    let late = known().await;
    assert!(late.count >= 3 && late.longest >= 60_000, "cancelled, moved and booked: {late:?}");

    assert_eq!(world.case(ids[1]).await.appointment.status, AppointmentStatus::Cancelled);
    assert_eq!(world.case(ids[3]).await.appointment.slot.start, world.at(Hours(60)));
    assert_eq!(world.case(ids[5]).await.appointment.sync, SyncStatus::OrphanedLocal);
    assert_eq!(world.open_reviews(ids[5]).await, [ReviewCode::Vanished]);
    let imported = world.appointment_of(&guest).await.unwrap();
    assert_eq!(world.case(imported).await.appointment.sync, SyncStatus::Synced);
    assert_eq!(world.appointments().await.len(), 9);

    // A second run finds nothing but what waits for a person: that was looked for, and is not there.
    let again = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, again).await, BTreeMap::new());
    let counts = run(&world, again).await.counts;
    assert_eq!(known().await, late, "each once");
    // That is no proof of unison all the same.
    assert_eq!((counts.same, counts.questions), (8, 1));
}

#[tokio::test]
async fn what_is_only_checked_changes_nothing() {
    let Behind { world, ids, .. } = behind(402).await;
    let before: Vec<_> = futures::future::join_all(ids.iter().map(|id| world.case(*id))).await;
    let (bookings, requests) = (world.sim.bookings(), world.requests().len());
    let id = verify(&world, Wish { check_only: true, ..all() }).await;
    world.quiet().await;
    let after: Vec<_> = futures::future::join_all(ids.iter().map(|id| world.case(*id))).await;
    assert_eq!((before, bookings), (after, world.sim.bookings()));
    assert_eq!(world.appointments().await.len(), 8);
    let found = found(&world, id).await;
    assert_eq!(found.len(), 4);
    assert!(found.values().all(|(_, healed)| !healed));
    assert_eq!(world.engine.store.reviews(world.company, false).await.unwrap(), []);
    let run = run(&world, id).await;
    assert_eq!(
        (run.finished_at, world.requests().len() - requests),
        (run.read_at, usize::try_from(run.counts.pages).unwrap())
    );
}

#[tokio::test]
async fn what_lies_outside_the_window_is_not_checked() {
    let Behind { world, moved, .. } = behind(403).await;
    let window = Window { from: world.at(Hours(28)), to: Some(world.at(Hours(34))) };
    let id = verify(&world, Wish { window: Some(window), ..all() }).await;
    world.quiet().await;
    assert_eq!(found(&world, id).await.into_keys().collect::<Vec<_>>(), [moved]);
    assert_eq!(run(&world, id).await.counts.same, 2);
}

#[tokio::test]
async fn a_run_goes_on_where_its_worker_died_and_after_an_outage() {
    let Behind { world, .. } = behind(404).await;
    let id = verify(&world, all()).await;
    world.sim.order(Fault::ServerErrorBefore, None, 2);
    for _ in 0..40 {
        let dead = tokio::time::timeout(std::time::Duration::ZERO, world.turn()).await;
        drop(dead);
        world.worker_dies().await;
    }
    world.quiet().await;
    let found = found(&world, id).await;
    assert_eq!((found.len(), found.values().filter(|(_, healed)| *healed).count()), (4, 3), "{found:?}");
    assert!(run(&world, id).await.finished_at.is_some());
}

#[tokio::test]
async fn two_customers_in_one_chair_are_told_by_each_run_until_one_gives_way() {
    let world = World::new(405).await;
    let here = world.book(Hours(30)).await.unwrap();
    world.quiet().await;
    // Two people choose the same time at the same moment, and Cal.com takes both.
    world.sim.order(Fault::LoseWebhooks, None, 1);
    let guest = world.guest_books(Hours(24)).await;
    world.sim.order(Fault::AllowOverlap, Some(CallMatch::Kind(CallKind::RescheduleBooking)), 1);
    let quarter_past = world.at(Hours(24)) + SignedDuration::from_mins(15);
    world.edit(here, Edit::to(quarter_past, None)).await.unwrap();
    world.quiet().await;
    let ours = world.only_booking(here);
    assert_eq!(ours.start, quarter_past);

    let first = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, first).await.into_keys().collect::<Vec<_>>(), std::slice::from_ref(&guest));
    let there = world.appointment_of(&guest).await.unwrap();
    assert_eq!(world.open_reviews(there).await, [ReviewCode::Overlap]);
    let requests = world.requests().len();
    let second = verify(&world, all()).await;
    world.quiet().await;
    let expected = BTreeMap::from([(ours.uid.clone(), ("overlaps".to_owned(), false))]);
    assert_eq!(found(&world, second).await, expected);
    // Looking at it again would tell nothing new.
    let pages = usize::try_from(run(&world, second).await.counts.pages).unwrap();
    assert_eq!(world.requests().len() - requests, pages);
    let findings = world.engine.store.findings(world.company, second).await.unwrap();
    assert_eq!(findings[0].other, Some(there));

    // What may stay as a person has said is found no more.
    let item = world.engine.store.reviews(world.company, false).await.unwrap().remove(0);
    decide(&world, item.id, Choice::Accept).await.unwrap();
    let accepted = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, accepted).await, BTreeMap::new());
    assert_eq!(run(&world, accepted).await.counts.questions, 0);
    decide(&world, item.id, Choice::Reopen).await.unwrap();
    let again = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, again).await, expected);
    assert_eq!(run(&world, again).await.counts.questions, 1);

    world.cancel(here, None).await.unwrap();
    world.quiet().await;
    let third = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, third).await, BTreeMap::new());
}

#[tokio::test]
async fn a_customer_in_the_chair_of_a_booking_that_is_nobodys_here_is_told() {
    let world = World::new(418).await;
    let id = world.book(Hours(30)).await.unwrap();
    world.guest_books_elsewhere(Hours(24)).await;
    world.quiet().await;
    world.sim.order(Fault::AllowOverlap, Some(CallMatch::Kind(CallKind::RescheduleBooking)), 1);
    let quarter_past = world.at(Hours(24)) + SignedDuration::from_mins(15);
    world.edit(id, Edit::to(quarter_past, None)).await.unwrap();
    world.quiet().await;
    let uid = world.only_booking(id).uid;
    let run = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, run).await, BTreeMap::from([(uid, ("overlaps".to_owned(), false))]));
    let findings = world.engine.store.findings(world.company, run).await.unwrap();
    assert_eq!((findings[0].appointment, findings[0].other), (Some(id), None));
    assert_eq!(world.appointments().await, [id], "what is nobody's here stays so");
    world.cancel(id, None).await.unwrap();
    world.quiet().await;
    let run = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, run).await, BTreeMap::new());
}

/// What is to be done is lost: a database that was restored in part, or a mistake of ours.
async fn forget_the_list(world: &World) {
    let (store, now) = (&world.engine.store, world.now());
    let lease = store.claim_lanes("a mistake", now, std::time::Duration::from_secs(9), 9).await.unwrap();
    let (lease, pace) = lease.into_iter().next().unwrap();
    let due = store.due_work(&lease, now, 9).await.unwrap();
    for work in due {
        assert!(store.clear_work(&lease, work.subject, work.version).await.unwrap());
    }
    store.release_lane(lease, pace, now).await.unwrap();
}

#[tokio::test]
async fn what_waits_on_nobodys_list_is_found_and_goes_on() {
    let world = World::new(406).await;
    let id = world.book(Hours(30)).await.unwrap();
    world.quiet().await;
    world.reschedule(id, Hours(40)).await.unwrap();
    forget_the_list(&world).await;
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Pending);
    let uid = world.only_booking(id).uid;

    let run = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, run).await, BTreeMap::from([(uid, ("stuck".to_owned(), true))]));
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    assert_eq!(world.only_booking(id).start, world.at(Hours(40)));
}

#[tokio::test]
async fn what_was_never_booked_and_waits_on_nobodys_list_is_found_and_goes_on() {
    let world = World::new(407).await;
    let id = world.book(Hours(30)).await.unwrap();
    forget_the_list(&world).await;
    world.quiet().await;
    assert!(world.bookings_of(id).is_empty());
    let run = verify(&world, all()).await;
    world.quiet().await;
    // It has no name at Cal.com yet, and goes by its own.
    assert_eq!(found(&world, run).await, BTreeMap::from([(id.to_string(), ("stuck".to_owned(), true))]));
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    assert_eq!(world.only_booking(id).start, world.at(Hours(30)));
}

#[tokio::test]
async fn a_booking_that_cannot_be_read_is_asked_about_with_what_the_list_said_of_it() {
    let world = World::new(408).await;
    world.sim.order(Fault::LoseWebhooks, None, 1);
    let guest = world.guest_books(Hours(30)).await;
    world.sim.order(Fault::HalfAnswer, Some(CallMatch::Kind(CallKind::GetBooking)), 1000);
    let id = verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(2)).await;
    assert_eq!(found(&world, id).await, BTreeMap::from([(guest.clone(), ("only_there".to_owned(), false))]));
    let (item, seen) = unknown(&world).await.remove(0);
    assert_eq!(seen.unwrap().facts.slot.start, world.at(Hours(30)));
    assert_eq!(run(&world, id).await.counts.questions, 1);

    world.sim.clear_faults();
    decide(&world, item.id, Choice::Import).await.unwrap();
    world.quiet().await;
    assert_eq!(unknown(&world).await, []);
    assert_eq!(world.engine.store.unknown_booking(world.company, item.id).await.unwrap(), None);
    let imported = world.appointment_of(&guest).await.unwrap();
    assert_eq!(world.case(imported).await.appointment.sync, SyncStatus::Synced);
}

/// The names of the bookings that are asked about because nobody here knows them, with why.
async fn asked(world: &World) -> Vec<(String, ReviewCode)> {
    let asked = unknown(world).await.into_iter().map(|(item, _)| match item.about {
        About::Booking { uid, .. } => (uid.0, item.code),
        about => unreachable!("{about:?}"),
    });
    asked.collect()
}

fn fetches(world: &World, uid: &str) -> usize {
    world.requests().iter().filter(|it| it.method == http::Method::GET && it.path.ends_with(uid)).count()
}

#[tokio::test]
async fn what_cannot_be_read_is_no_proof_and_is_asked_about_until_it_can() {
    let world = World::new(411).await;
    let mut ids = Vec::new();
    for hour in 0..5 {
        ids.push(world.book(Hours(24 + 2 * hour)).await.unwrap());
    }
    world.quiet().await;
    world.sim.order(Fault::LoseWebhooks, None, 2);
    let guest = world.guest_books(Hours(40)).await;
    let nameless = world.guest_books(Hours(42)).await;
    let known = world.only_booking(ids[2]).uid;
    world.sim.garble_booking(&known, &["status"]);
    world.sim.garble_booking(&guest, &["status"]);
    world.sim.garble_booking(&nameless, &["uid"]);
    let unreadable = [&known, &guest].map(|uid| (uid.clone(), ("unreadable".to_owned(), false)));
    for check_only in [true, false] {
        let id = verify(&world, Wish { check_only, ..all() }).await;
        world.work_until(world.now() + SignedDuration::from_mins(30)).await;
        assert_eq!(found(&world, id).await, unreadable.clone().into());
        let run = run(&world, id).await;
        assert_eq!((run.counts.same, run.counts.unreadable), (4, 1));
        assert!(run.finished_at.is_some() && !run.is_proof(0) && !run.is_proof(2));
    }
    assert_eq!(asked(&world).await, [(guest.clone(), ReviewCode::UnreadableBooking)]);
    let before = fetches(&world, &guest);
    world.work_until(world.now() + SignedDuration::from_hours(24)).await;
    // Now and then only; and of the appointment it is asked as of any that cannot be looked at.
    assert!((3..=5).contains(&(fetches(&world, &guest) - before)));
    assert_eq!(world.open_reviews(ids[2]).await, [ReviewCode::RetriesUsedUp]);

    for uid in [&known, &guest, &nameless] {
        world.sim.garble_booking(uid, &[]);
    }
    // What nobody looks at any more is compared all the same.
    let id = verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(30)).await;
    assert_eq!(run(&world, id).await.counts.in_hand, 0);
    let open = world.engine.store.reviews(world.company, false).await.unwrap();
    let item = open.into_iter().find(|item| item.about == About::Appointment(ids[2])).unwrap();
    decide(&world, item.id, Choice::Retry).await.unwrap();
    let id = verify(&world, all()).await;
    world.quiet().await;
    assert!(found(&world, id).await.values().all(|(_, healed)| *healed));
    assert_eq!(asked(&world).await, []);
    assert_eq!(world.open_reviews(ids[2]).await, []);
    assert_eq!(world.appointments().await.len(), 7);
    let id = verify(&world, all()).await;
    world.quiet().await;
    assert!(run(&world, id).await.is_proof(0) && found(&world, id).await.is_empty());
}

#[tokio::test]
async fn a_booking_of_a_team_that_cannot_be_read_is_asked_about_whoever_is_its_host() {
    let world = World::new(419).await;
    let bea = world.stylist("Bea").await;
    let wash = world.team_service("Wash", 20, &[world.anna(), bea]).await;
    let links = world.engine.store.links_of_service(world.company, wash).await.unwrap();
    let event_type = links[0].event_type_id;
    world.sim.order(Fault::LoseWebhooks, None, 2);
    let mut guests = Vec::new();
    for guest in ["one", "two"] {
        let guest = Guest::new(guest, &format!("{guest}@client.example"));
        guests.push(world.sim.book_as_guest(event_type, world.at(Hours(24)), guest).await.unwrap());
    }
    guests.retain(|uid| world.sim.booking(uid).unwrap().host == bea.user);
    let [guest] = guests.as_slice() else { panic!("{guests:?} are of both hosts") };
    world.sim.garble_booking(guest, &["status"]);
    let actor = Actor::of(Origin::Admin);
    let id = world.engine.verify(world.company, bea.connection, all(), actor).await.unwrap();
    world.work_until(world.now() + SignedDuration::from_mins(30)).await;
    assert_eq!(found(&world, id).await, BTreeMap::from([(guest.clone(), ("unreadable".to_owned(), false))]));
    let (item, _) = unknown(&world).await.remove(0);
    assert_eq!(item.code, ReviewCode::UnreadableBooking);
    assert_eq!(item.about, About::Booking { connection: world.connection, uid: BookingUid(guest.clone()) });
    // It is on nobody's list but its host's: what the others do not find is no answer.
    verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(30)).await;
    assert_eq!(asked(&world).await, [(guest.clone(), ReviewCode::UnreadableBooking)]);
    assert_eq!(unknown(&world).await[0].0.id, item.id);
}

#[tokio::test]
async fn what_is_on_the_list_of_nobody_who_is_connected_is_not_compared_and_no_proof() {
    let world = World::new(421).await;
    let bea = world.unconnected("Bea").await;
    let wash = world.team_service("Wash", 20, &[world.anna(), bea]).await;
    world.book_service(wash, Some(world.staff), Hours(24), Origin::Admin).await.unwrap();
    let hers = world.book_service(wash, Some(bea.staff), Hours(26), Origin::Admin).await.unwrap();
    world.quiet().await;
    let booking = world.only_booking(hers);
    assert_eq!((world.case(hers).await.appointment.sync, booking.host), (SyncStatus::Synced, bea.user));
    let id = verify(&world, all()).await;
    world.quiet().await;
    let before = run(&world, id).await;
    assert_eq!((before.counts.same, before.counts.unlisted, found(&world, id).await.len()), (1, 1, 0));
    assert!(before.finished_at.is_some() && !before.is_proof(0));
    // Of what lies outside the time that is asked about nothing is said, and it stands in no way.
    let window = Window { from: world.now(), to: Some(booking.start) };
    let id = verify(&world, Wish { window: Some(window), check_only: false }).await;
    world.quiet().await;
    let narrow = run(&world, id).await;
    assert_eq!((narrow.counts.same, narrow.counts.unlisted, narrow.is_proof(0)), (1, 0, true));
    // On her own list it is compared; what it says there, too.
    let connection = world.connect("Bea", bea.user).await;
    world.sim.order(Fault::LoseWebhooks, None, 9);
    world.sim.cancel_booking(&booking.uid, "Krank").await.unwrap();
    let actor = Actor::of(Origin::Admin);
    let of_bea = world.engine.verify(world.company, connection, all(), actor).await.unwrap();
    let of_anna = verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(30)).await;
    let found = found(&world, of_bea).await;
    assert_eq!(found, BTreeMap::from([(booking.uid, ("differs".to_owned(), true))]));
    for id in [of_bea, of_anna] {
        assert!(run(&world, id).await.is_proof(0), "{:?}", run(&world, id).await);
    }
}

#[tokio::test]
async fn what_lost_its_event_type_and_is_on_nobodys_list_is_no_proof_either() {
    let world = World::new(422).await;
    let bea = world.unconnected("Bea").await;
    let wash = world.team_service("Wash", 20, &[world.anna(), bea]).await;
    let hers = world.book_service(wash, Some(bea.staff), Hours(26), Origin::Admin).await.unwrap();
    world.quiet().await;
    let booking = world.only_booking(hers);
    world.sim.delete_event_type(booking.event_type_id.unwrap());
    world.look_at_everything().await;
    world.quiet().await;
    let seen = world.case(hers).await.bookings[0].sighting().unwrap().facts.clone();
    assert_eq!((seen.event_type, seen.host), (None, Some(bea.user)));
    let id = verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(30)).await;
    let run = run(&world, id).await;
    assert!(run.counts.unlisted == 1 && !run.is_proof(0), "{run:?}");
}

#[tokio::test]
async fn what_a_backup_of_cal_com_brings_back_is_found_and_no_proof() {
    let world = World::new(420).await;
    let id = world.book(Hours(30)).await.unwrap();
    world.quiet().await;
    let uid = world.only_booking(id).uid;
    let before = world.sim.snapshot();
    world.work_until(world.now() + SignedDuration::from_mins(1)).await;
    world.sim.cancel_booking(&uid, "Krank").await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.status, AppointmentStatus::Cancelled);
    world.sim.restore(before).unwrap();
    world.work_until(world.now() + SignedDuration::from_mins(1)).await;
    let at_once = verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(1)).await;
    assert!(!run(&world, at_once).await.is_proof(0), "an older state may be on its way");
    world.work_until(world.now() + SignedDuration::from_mins(20)).await;
    let later = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, later).await.into_keys().collect::<Vec<_>>(), [uid]);
    // It lives there, and so it does here.
    let appointment = world.case(id).await.appointment;
    assert_eq!((appointment.status, appointment.sync), (AppointmentStatus::Confirmed, SyncStatus::Synced));
    assert_eq!(world.live_bookings(id).len(), 1);
    let last = verify(&world, all()).await;
    world.quiet().await;
    assert!(run(&world, last).await.is_proof(0));
}

#[tokio::test]
async fn what_was_asked_about_stays_asked_while_it_cannot_be_read() {
    let world = World::new(412).await;
    world.sim.order(Fault::LoseWebhooks, None, 1);
    let guest = world.guest_books(Hours(30)).await;
    world.sim.order(Fault::HalfAnswer, Some(CallMatch::Kind(CallKind::GetBooking)), 1000);
    verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(2)).await;
    assert_eq!(asked(&world).await, [(guest.clone(), ReviewCode::UnknownBooking)]);
    world.sim.garble_booking(&guest, &["status"]);
    verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(2)).await;
    assert_eq!(asked(&world).await, [(guest.clone(), ReviewCode::UnknownBooking)]);
}

#[tokio::test]
async fn a_webhook_of_a_booking_that_cannot_be_read_leads_to_a_question_and_to_no_endless_tries() {
    let world = World::new(413).await;
    world.sim.order(Fault::HalfAnswer, Some(CallMatch::Kind(CallKind::GetBooking)), 1000);
    let guest = world.guest_books(Hours(48)).await;
    world.work_until(world.now() + SignedDuration::from_mins(4)).await;
    assert_eq!(asked(&world).await, [], "half an answer is no question");
    world.work_until(world.now() + SignedDuration::from_mins(4)).await;
    assert_eq!(asked(&world).await, [(guest.clone(), ReviewCode::UnreadableBooking)]);
    world.work_until(world.now() + SignedDuration::from_hours(13)).await;
    assert_eq!(world.calls(CallKind::GetBooking), 4);
    assert_eq!(asked(&world).await.len(), 1);
    verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(30)).await;
    // The list tells more of it.
    assert_eq!(asked(&world).await, [(guest.clone(), ReviewCode::UnknownBooking)]);

    world.sim.clear_faults();
    let (item, _) = unknown(&world).await.remove(0);
    decide(&world, item.id, Choice::Import).await.unwrap();
    world.quiet().await;
    assert_eq!(asked(&world).await, []);
    assert!(world.appointment_of(&guest).await.is_some());
}

#[tokio::test]
async fn pages_of_which_nothing_can_be_read_are_passed_over_and_nothing_is_called_missing() {
    let world = World::new(414).await;
    let mut ids = Vec::new();
    for hour in 0..8 {
        ids.push(world.book(Hours(24 + 2 * hour)).await.unwrap());
    }
    world.quiet().await;
    world.sim.order(Fault::LoseWebhooks, None, 1);
    let guest = world.guest_books(Hours(50)).await;
    let garbled: Vec<_> = ids[1..6].iter().map(|id| world.only_booking(*id).uid).collect();
    for uid in &garbled {
        world.sim.garble_booking(uid, &["start"]);
    }
    let id = verify(&world, Wish { check_only: true, ..all() }).await;
    world.quiet().await;
    let mut expected: BTreeMap<_, _> =
        garbled.into_iter().map(|uid| (uid, ("unreadable".to_owned(), false))).collect();
    expected.insert(guest, ("only_there".to_owned(), false));
    assert_eq!(found(&world, id).await, expected);
    assert_eq!(run(&world, id).await.counts.same, 3);
}

#[tokio::test]
async fn what_a_person_has_dismissed_is_found_no_more() {
    let world = World::new(415).await;
    world.sim.order(Fault::LoseWebhooks, None, 1);
    world.guest_books(Hours(30)).await;
    world.sim.order(Fault::HalfAnswer, Some(CallMatch::Kind(CallKind::GetBooking)), 1000);
    let first = verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(2)).await;
    assert!(!run(&world, first).await.is_proof(1));
    let (item, _) = unknown(&world).await.remove(0);
    let only_there = async || world.engine.store.overall(world.now()).await.unwrap().only_there;
    assert_eq!(only_there().await, 1);
    decide(&world, item.id, Choice::Dismiss).await.unwrap();
    assert_eq!(only_there().await, 0);
    for _ in 0..2 {
        let id = verify(&world, all()).await;
        world.work_until(world.now() + SignedDuration::from_mins(2)).await;
        assert_eq!(found(&world, id).await, BTreeMap::new());
        assert!(run(&world, id).await.is_proof(0));
    }
    // What was said of it stays said, and can be taken back.
    let (item, _) = unknown(&world).await.remove(0);
    decide(&world, item.id, Choice::Reopen).await.unwrap();
    let id = verify(&world, all()).await;
    world.work_until(world.now() + SignedDuration::from_mins(2)).await;
    assert_eq!(found(&world, id).await.len(), 1);
}

#[tokio::test]
async fn a_run_that_somebody_asked_for_is_behind_what_people_wait_for() {
    let world = World::new(416).await;
    let mut ids = Vec::new();
    for hour in 0..8 {
        ids.push(world.book(Hours(24 + 2 * hour)).await.unwrap());
    }
    world.quiet().await;
    // Another program uses the same key.
    world.pass(SignedDuration::from_mins(2));
    let connection = world.engine.store.connection(world.company, world.connection).await.unwrap();
    let client = world.engine.client(world.company, &connection).unwrap();
    for _ in 0..85 {
        client.me().await.result.unwrap();
    }
    let (id, begun) = (verify(&world, all()).await, world.now());
    world.reschedule(ids[3], Hours(60)).await.unwrap();
    world.work_until(begun + SignedDuration::from_secs(20)).await;
    assert_eq!(world.case(ids[3]).await.appointment.sync, SyncStatus::Synced);
    let under_way = run(&world, id).await;
    assert!(under_way.read_at.is_none(), "what is left belongs to people");
    world.work_until(begun + SignedDuration::from_mins(3)).await;
    assert!(run(&world, id).await.read_at.is_some());
}

#[tokio::test]
async fn all_requests_of_a_run_are_counted_those_that_failed_too() {
    let Behind { world, .. } = behind(417).await;
    world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::ListBookings)), 2);
    let before = world.requests().len();
    let id = verify(&world, all()).await;
    world.quiet().await;
    let run = run(&world, id).await;
    assert_eq!(run.counts.besides, 2);
    assert_eq!(usize::try_from(run.requests()).unwrap(), world.requests().len() - before);
}

#[tokio::test]
async fn a_booking_of_a_service_that_nobody_performs_is_asked_about_until_somebody_does() {
    let world = World::unlinked(409, Rounds::default()).await;
    let (store, company) = (&world.engine.store, world.company);
    let link = Link {
        id: LinkId(world.engine.ambient.id()),
        service_id: world.service,
        segment: 0,
        staff_id: None,
        host: None,
        connection_id: world.connection,
        event_type_id: world.linked,
        reference_field: true,
    };
    connect::link(&world.engine, company, link).await.unwrap();
    store.set_service_staff(company, world.service, &[]).await.unwrap();
    // The webhook comes, and there is nobody to write down.
    let guest = world.guest_books(Hours(30)).await;
    world.quiet().await;
    let (item, seen) = unknown(&world).await.remove(0);
    assert_eq!(seen.unwrap().facts.slot.start, world.at(Hours(30)));
    // A run finds it, asks no second time, and does not call it healed.
    let first = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(
        found(&world, first).await,
        BTreeMap::from([(guest.clone(), ("only_there".to_owned(), false))])
    );
    assert_eq!(unknown(&world).await.len(), 1);
    for choice in [Choice::Import, Choice::Cancel] {
        let refused = decide(&world, item.id, choice).await;
        assert!(matches!(refused, Err(ReviewError::NobodyPerforms)), "{refused:?}");
    }

    store.set_service_staff(company, world.service, &[world.staff]).await.unwrap();
    decide(&world, item.id, Choice::Import).await.unwrap();
    world.quiet().await;
    assert_eq!(unknown(&world).await, []);
    assert!(world.appointment_of(&guest).await.is_some());
}

#[tokio::test]
async fn whoever_only_checks_does_nothing_else() {
    let Behind { world, ids, .. } = behind(410).await;
    let waits = world.book(Hours(50)).await.unwrap();
    world.cancel(ids[0], None).await.unwrap();
    let id = verify(&world, Wish { check_only: true, ..all() }).await;
    let requests = world.requests().len();
    let stop = tokio_util::sync::CancellationToken::new();
    for _ in 0..3 {
        worker::turn_until(&world.engine, "checks", Errand::Checks, 9, &stop).await.unwrap();
    }
    let run = run(&world, id).await;
    assert!(run.finished_at.is_some());
    // Two are in the middle of something, one of them on its way to Cal.com.
    assert_eq!((found(&world, id).await.len(), run.counts.in_hand), (4, 2));
    assert_eq!(world.requests().len() - requests, usize::try_from(run.counts.pages).unwrap());
    assert!(world.bookings_of(waits).is_empty() && !world.live_bookings(ids[0]).is_empty());
    // What is due is still due.
    world.quiet().await;
    assert!(!world.bookings_of(waits).is_empty() && world.live_bookings(ids[0]).is_empty());
}

#[tokio::test]
async fn a_booking_whose_event_type_is_gone_is_asked_about_and_names_nobody() {
    let world = World::new(414).await;
    let uid = world.guest_books_elsewhere(Hours(30)).await;
    world.quiet().await;
    assert_eq!(asked(&world).await, [], "it is of no service of ours");
    world.sim.delete_event_type(world.elsewhere);
    for check_only in [true, false] {
        let id = verify(&world, Wish { check_only, ..all() }).await;
        world.quiet().await;
        assert_eq!(found(&world, id).await.keys().collect::<Vec<_>>(), [&uid]);
    }
    let unknown = unknown(&world).await;
    let [(_, Some(seen))] = unknown.as_slice() else { panic!("{unknown:?}") };
    assert_eq!(seen.facts.slot.start, world.at(Hours(30)));
    let told = serde_json::to_string(&unknown[0].1).unwrap();
    assert!(!told.contains("There") && !told.contains("client.example"), "{told}");
}
