//! What recurs: changes that no webhook told of are found in time, a webhook that is broken is noticed and put right,
//! and everything is verified by the schedule.

use calcom::SubscriptionPatch;
use calcom_sim::{CallKind, Fault};
use domain::appointment::{Actor, AppointmentStatus};
use domain::timeline::What;
use domain::{Origin, SyncStatus};
use engine::rounds::Rounds;
use jiff::SignedDuration;

use crate::world::{Hours, World};

/// It is asked for changes every five minutes, a tenth more or less; what is younger than a minute waits for the next
/// time.
const IN_TIME: SignedDuration = SignedDuration::from_mins(13);

fn polling() -> Rounds {
    Rounds { changes: Some(SignedDuration::from_mins(5)), ..Rounds::default() }
}

fn polls(world: &World) -> usize {
    let is_poll = |request: &&calcom_sim::RequestRecord| request.path.contains("afterUpdatedAt");
    world.requests().iter().filter(is_poll).count()
}

async fn connection(world: &World) -> store::Connection {
    world.engine.store.connection(world.company, world.connection).await.unwrap()
}

#[tokio::test]
async fn what_a_lost_webhook_did_not_tell_is_found_in_time() {
    let world = World::with_rounds(501, polling()).await;
    let mut ids = Vec::new();
    for hour in 0..6 {
        ids.push(world.book(Hours(24 + 2 * hour)).await.unwrap());
    }
    world.work_until(world.at(Hours(1))).await;
    // When nothing happens, it costs one request each time, and nothing but that is asked.
    let (before, asked) = (world.requests().len(), polls(&world));
    world.work_until(world.at(Hours(4))).await;
    let polled = polls(&world) - asked;
    assert!((30..=40).contains(&polled), "{polled}");
    assert_eq!(world.requests().len() - before, polled);

    world.sim.order(Fault::LoseWebhooks, None, 20);
    let changed = world.now();
    let uid = |n: usize| world.only_booking(ids[n]).uid;
    world.sim.cancel_booking(&uid(1), "Krank").await.unwrap();
    world.sim.move_booking(&uid(3), world.at(Hours(60)), None).await.unwrap();
    let guest = world.guest_books(Hours(70)).await;
    world.guest_books_elsewhere(Hours(72)).await;
    world.work_until(world.now() + IN_TIME).await;
    assert_eq!(world.case(ids[1]).await.appointment.status, AppointmentStatus::Cancelled);
    assert_eq!(world.case(ids[3]).await.appointment.slot.start, world.at(Hours(60)));
    let imported = world.appointment_of(&guest).await.unwrap();
    assert_eq!(world.case(imported).await.appointment.sync, SyncStatus::Synced);
    assert_eq!(world.appointments().await.len(), 7);
    // No webhook that came is said to have told of it.
    let changes = world.engine.store.taken_over(world.company, &[ids[1]]).await.unwrap();
    let told_by = changes.iter().find(|(.., entry)| matches!(entry.what, What::Cancelled { .. }));
    assert!(matches!(told_by, Some((_, None, _))), "{changes:?}");
    // How late that was is known, too.
    let known = world.engine.store.known_within(world.company, changed).await.unwrap();
    let longest = u64::try_from(IN_TIME.as_millis()).unwrap();
    assert!(known.count == 3 && (60_000..=longest).contains(&known.longest), "{known:?}");
    // That it is silent is known, and that its webhook is registered as it should be.
    assert!(connection(&world).await.is_silent());
    assert_eq!(world.calls(CallKind::Webhooks), 1);
    // One that arrives shows that it is not.
    world.sim.clear_faults();
    world.pass(SignedDuration::from_mins(1));
    world.guest_books(Hours(80)).await;
    assert!(!connection(&world).await.is_silent());
}

#[tokio::test]
async fn what_a_webhook_has_told_is_found_missing_by_nobody() {
    let world = World::with_rounds(502, polling()).await;
    for hour in 0..8 {
        let id = world.book(Hours(24 + 4 * hour)).await.unwrap();
        world.work_until(world.now() + SignedDuration::from_mins(3)).await;
        let uid = world.only_booking(id).uid;
        world.sim.move_booking(&uid, world.at(Hours(26 + 4 * hour)), None).await.unwrap();
        world.work_until(world.now() + SignedDuration::from_mins(7)).await;
    }
    assert!(polls(&world) > 10);
    assert_eq!(connection(&world).await.webhook_missed_at, None);
}

#[tokio::test]
async fn what_cal_com_never_tells_is_missed_by_nobody() {
    let world = World::with_rounds(505, polling()).await;
    let bea = world.stylist("Bea").await;
    let wash = world.team_service("Wash", 20, &[world.anna(), bea]).await;
    let staff = Some(world.staff);
    let id = world.book_service(wash, staff, Hours(24), domain::Origin::Admin).await.unwrap();
    world.work_until(world.at(Hours(1))).await;
    world.sim.reassign_booking(&world.only_booking(id).uid, Some(bea.user)).await.unwrap();
    world.work_until(world.now() + IN_TIME).await;
    assert_eq!(world.case(id).await.appointment.staff_id, bea.staff);
    assert_eq!(connection(&world).await.webhook_missed_at, None);
}

#[tokio::test]
async fn changes_behind_a_page_that_cannot_be_read_are_found_all_the_same() {
    let world = World::with_rounds(506, polling()).await;
    let mut ids = Vec::new();
    for hour in 0..8 {
        ids.push(world.book(Hours(24 + 2 * hour)).await.unwrap());
    }
    world.work_until(world.at(Hours(1))).await;
    world.sim.order(Fault::LoseWebhooks, None, 20);
    // More than a page of them, of which not even the time of the change can be read.
    for hour in 0..5 {
        let guest = world.guest_books(Hours(60 + 2 * hour)).await;
        world.sim.garble_booking(&guest, &["createdAt", "updatedAt"]);
    }
    // One that says when it was changed is looked at, once.
    let guest = world.guest_books(Hours(80)).await;
    world.sim.garble_booking(&guest, &["status"]);
    world.pass(SignedDuration::from_secs(1));
    world.sim.cancel_booking(&world.only_booking(ids[6]).uid, "Krank").await.unwrap();
    world.work_until(world.now() + IN_TIME).await;
    assert_eq!(world.case(ids[6]).await.appointment.status, AppointmentStatus::Cancelled);
    let fetches = || world.requests().iter().filter(|request| request.path.ends_with(&guest)).count();
    assert!((1..=2).contains(&fetches()), "{}", fetches());
    world.work_until(world.now() + SignedDuration::from_hours(5)).await;
    assert_eq!(fetches(), 2, "now and then, not with each poll");
}

#[tokio::test]
async fn a_webhook_that_was_changed_or_removed_is_put_right() {
    let world = World::with_rounds(503, polling()).await;
    let id = world.book(Hours(24)).await.unwrap();
    world.work_until(world.at(Hours(1))).await;
    let client = world.engine.client(world.company, &connection(&world).await).unwrap();
    for round in 0..3 {
        let registered = client.webhooks().await.result.unwrap().items.remove(0);
        let elsewhere = Some("http://elsewhere.example/hook".to_owned());
        match round {
            0 => client.delete_webhook(&registered.id).await.result.unwrap(),
            1 => {
                let patch = SubscriptionPatch { subscriber_url: elsewhere, ..SubscriptionPatch::default() };
                client.update_webhook(&registered.id, &patch).await.result.unwrap();
            }
            _ => {
                let secret = Some("another secret than ours".into());
                let patch = SubscriptionPatch { secret, ..SubscriptionPatch::default() };
                client.update_webhook(&registered.id, &patch).await.result.unwrap();
            }
        }
        world.pass(SignedDuration::from_mins(2));
        let uid = world.only_booking(id).uid;
        let to = world.at(Hours(30 + 2 * round));
        world.sim.move_booking(&uid, to, None).await.unwrap();
        world.work_until(world.now() + IN_TIME).await;
        assert_eq!(world.case(id).await.appointment.slot.start, to, "round {round}");
        assert!(connection(&world).await.is_silent(), "round {round}");
        // The next one is told at once.
        world.pass(SignedDuration::from_mins(1));
        let uid = world.only_booking(id).uid;
        let to = world.at(Hours(31 + 2 * round));
        world.sim.move_booking(&uid, to, None).await.unwrap();
        assert!(!connection(&world).await.is_silent(), "round {round}");
        world.work_until(world.now() + SignedDuration::from_secs(10)).await;
        assert_eq!(world.case(id).await.appointment.slot.start, to, "round {round}");
    }
}

#[tokio::test]
async fn everything_is_verified_by_the_schedule_and_whoever_asks_between_does_not_move_it() {
    let rounds = Rounds { bookings: Some("0 */6 * * *".parse().unwrap()), ..Rounds::default() };
    let world = World::with_rounds(504, rounds).await;
    let id = world.book(Hours(24 * 20)).await.unwrap();
    world.work_until(world.at(Hours(7))).await;
    world.sim.order(Fault::LoseWebhooks, None, 20);
    let uid = world.only_booking(id).uid;
    world.sim.cancel_booking(&uid, "Krank").await.unwrap();
    let wish = engine::verify::Wish { window: None, check_only: true };
    let actor = domain::appointment::Actor::of(domain::Origin::Admin);
    let (company, connection) = (world.company, world.connection);
    world.engine.verify(company, connection, wish, actor).await.unwrap();
    world.work_until(world.at(Hours(13))).await;
    assert_eq!(world.case(id).await.appointment.status, AppointmentStatus::Cancelled);
    let mut runs = world.engine.store.verifications_page(company, None, 10).await.unwrap().items;
    runs.reverse();
    let kinds: Vec<_> = runs.iter().map(|run| (run.scheduled, run.check_only)).collect();
    let scheduled = (true, false);
    assert_eq!(kinds, [scheduled, scheduled, (false, true), scheduled], "{runs:?}");
    // At once, and from then on every six hours, at this account's own part of the way.
    let starts: Vec<_> = runs.iter().filter(|run| run.scheduled).map(|run| run.started_at).collect();
    assert_eq!(starts[2].duration_since(starts[1]), SignedDuration::from_hours(6));
    assert_eq!(starts[0], world.at(Hours(0)));
    assert!(runs.iter().all(|run| run.finished_at.is_some()));
}

#[tokio::test]
async fn what_is_old_goes_also_where_no_account_is_at_work() {
    let world = World::new(510).await;
    let (engine, company) = (&world.engine, world.company);
    for hour in [24, 26] {
        world.guest_books(Hours(hour)).await;
    }
    world.quiet().await;
    assert_eq!(engine.store.companies_at_rest().await.unwrap(), [], "its lane sees to it");
    engine
        .store
        .pause_connection(company, world.connection, Actor::of(Origin::Admin), world.now())
        .await
        .unwrap();
    assert_eq!(engine.store.companies_at_rest().await.unwrap(), [company]);
    world.pass(SignedDuration::from_hours(91 * 24));
    let cuts = engine.settings.keep.cuts(world.now());
    let only_bodies = store::Cuts { bodies: cuts.bodies, ..store::Cuts::default() };
    let first = engine.store.trim(company, &only_bodies, 1).await.unwrap();
    assert_eq!(first, [("bodies", 1)], "there is something old");
    engine::retention::trim_at_rest(engine).await.unwrap();
    assert_eq!(engine.store.trim(company, &cuts, 9).await.unwrap(), [], "it went before");
}
