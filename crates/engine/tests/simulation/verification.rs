//! Verification: what no webhook told of is found, looked at and healed; what cannot be is told.

use std::collections::BTreeMap;

use calcom_sim::{CallKind, CallMatch, Fault};
use domain::appointment::{Actor, AppointmentStatus, Origin};
use domain::case::Priority;
use domain::review::ReviewCode;
use domain::verify::Window;
use domain::{AppointmentId, SyncStatus, VerificationId};
use engine::appointments::Edit;
use engine::verify::Wish;
use jiff::SignedDuration;
use store::Verification;

use crate::world::{Hours, World};

async fn verify(world: &World, wish: Wish) -> VerificationId {
    let (company, connection) = (world.company, world.connection);
    let actor = Actor::of(Origin::Admin);
    world.engine.verify(company, connection, wish, actor, Priority::Change).await.unwrap()
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

#[tokio::test]
async fn what_no_webhook_told_of_is_found_and_heals_and_what_cannot_is_told() {
    let Behind { world, ids, cancelled, moved, erased, guest } = behind(401).await;
    assert_eq!(world.case(ids[1]).await.appointment.status, AppointmentStatus::Confirmed);
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
    assert_eq!(run(&world, again).await.counts.same, 8);
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

    world.cancel(here, None).await.unwrap();
    world.quiet().await;
    let third = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, third).await, BTreeMap::new());
}

#[tokio::test]
async fn what_waits_on_nobodys_list_is_found_and_goes_on() {
    let world = World::new(406).await;
    let id = world.book(Hours(30)).await.unwrap();
    world.quiet().await;
    world.reschedule(id, Hours(40)).await.unwrap();
    // The list is lost: a database that was restored in part, or a mistake of ours.
    let (store, now) = (&world.engine.store, world.now());
    let lease = store.claim_lanes("a mistake", now, std::time::Duration::from_secs(9), 9).await.unwrap();
    let (lease, pace) = lease.into_iter().next().unwrap();
    let due = store.due_work(&lease, now, 9).await.unwrap();
    for work in due {
        assert!(store.clear_work(&lease, work.subject, work.version).await.unwrap());
    }
    store.release_lane(lease, pace, now).await.unwrap();
    world.quiet().await;
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Pending);
    let uid = world.only_booking(id).uid;

    let run = verify(&world, all()).await;
    world.quiet().await;
    assert_eq!(found(&world, run).await, BTreeMap::from([(uid, ("stuck".to_owned(), true))]));
    assert_eq!(world.case(id).await.appointment.sync, SyncStatus::Synced);
    assert_eq!(world.only_booking(id).start, world.at(Hours(40)));
}
