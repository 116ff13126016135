//! Services and their event types at Cal.com.

use std::sync::{Arc, Mutex};

use calcom_sim::{CallKind, CallMatch, Fault};
use domain::appointment::{Actor, Origin};
use domain::case::Priority;
use domain::catalogue::{About, EventTypeProblem, ServiceCase, ServiceEntry, ServiceWhat, Setting};
use domain::service::{Service, ServiceSync, Terms};
use domain::{ServiceId, SyncStatus};
use engine::appointments::Edit;
use engine::rounds::Rounds;
use engine::services::{ServiceAct, ServiceEdit, ServiceError, Settlement, Side};
use jiff::SignedDuration;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::world::{Hours, World};

fn admin() -> Actor {
    Actor::of(Origin::Admin)
}

/// A world in which Anna's account is her own, and nothing is tied to it.
async fn world(seed: u64) -> World {
    let world = World::unlinked(seed, Rounds::default()).await;
    let (company, staff) = (world.company, world.staff);
    world.engine.store.set_staff_connection(company, staff, Some(world.connection)).await.unwrap();
    world
}

fn beard(world: &World) -> Service {
    Service {
        id: ServiceId(world.engine.ambient.id()),
        name: "Bart".into(),
        slug: "bart".into(),
        description: "Mit heißem Tuch".into(),
        duration_minutes: 30,
        price_cents: Some(2500),
        active: true,
        terms: Terms { buffer_after_minutes: 10, requires_confirmation: false, ..Terms::default() },
        sync: ServiceSync::Never,
        version: 1,
        segments: Vec::new(),
    }
}

async fn offer(world: &World) -> ServiceCase {
    let case = world.engine.create_service(world.company, beard(world), &[world.staff], admin()).await;
    case.unwrap()
}

async fn case(world: &World, id: ServiceId) -> ServiceCase {
    world.engine.store.service_case(world.company, id).await.unwrap()
}

async fn act(world: &World, id: ServiceId, act: ServiceAct) -> ServiceCase {
    world.engine.act_on_service(world.company, id, act, admin(), None).await.unwrap()
}

/// Somebody looks at all event types, as the schedule does or as a person wants.
async fn look(world: &World, priority: Priority) {
    world.engine.look_at_event_types(world.company, priority).await.unwrap();
    world.quiet().await;
}

/// The event types of the account with this slug, as Cal.com tells them.
async fn there(world: &World, slug: &str) -> Vec<Value> {
    let url = "http://cal.example".parse().unwrap();
    let transport = std::sync::Arc::new(world.sim.transport());
    let client = calcom::Client::new(transport, url, crate::world::KEY.into());
    // Faults that were ordered for others strike whoever comes first.
    loop {
        let Ok(all) = client.event_types().await.result else { continue };
        let mut found = Vec::new();
        for event_type in all.items.into_iter().filter(|event_type| event_type.slug == slug) {
            found.push(client.event_type(event_type.id).await.result.map(|event_type| json!(event_type)));
        }
        if let Ok(found) = found.into_iter().collect() {
            return found;
        }
    }
}

/// What is logged, as JSON.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Everything that this thread logs until the guard is dropped.
    fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let lines = log.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || lines.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn lines(&self, level: &str) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let all = text.lines().map(|line| serde_json::from_str(line).unwrap());
        all.filter(|line: &Value| line["level"] == level).collect()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn changes_there(world: &World, slug: &str, setting: &str, value: Value) {
    let id = there(world, slug).await[0]["id"].as_i64().unwrap();
    world.sim.change_event_type(id, setting, value);
}

#[tokio::test]
async fn a_new_service_is_made_at_cal_com_and_what_was_booked_before_is_booked_there() {
    let world = world(301).await;
    let service = offer(&world).await.service.id;
    let early = world.book_service(service, None, Hours(24), Origin::Admin).await.unwrap();
    assert_eq!(world.case(early).await.appointment.sync, SyncStatus::NotConnected);
    world.quiet().await;
    let made = there(&world, "bart").await;
    assert_eq!(made.len(), 1);
    assert_eq!((&made[0]["title"], &made[0]["lengthInMinutes"]), (&json!("Bart"), &json!(30)));
    assert_eq!((&made[0]["afterEventBuffer"], &made[0]["hidden"]), (&json!(10), &json!(false)));
    let fields = made[0]["bookingFields"].as_array().unwrap();
    assert!(fields.iter().any(|field| field["slug"] == domain::reference::FIELD_SLUG));
    let case = case(&world, service).await;
    assert_eq!((case.service.sync, case.not_bookable_by(Origin::Phone)), (ServiceSync::Synced, vec![]));
    assert_eq!(world.case(early).await.appointment.sync, SyncStatus::Synced);
    assert_eq!(world.only_booking(early).event_type_id, made[0]["id"].as_i64());

    let edit = ServiceEdit { name: Some("Bartpflege".into()), active: Some(false), ..ServiceEdit::default() };
    let edited = act(&world, service, ServiceAct::Edit(Box::new(edit))).await;
    assert_eq!((edited.service.version, edited.service.sync), (2, ServiceSync::Pending));
    world.quiet().await;
    let made = there(&world, "bart").await;
    assert_eq!((&made[0]["title"], &made[0]["hidden"]), (&json!("Bartpflege"), &json!(true)));
    let history = world.engine.store.service_history(world.company, service, 50).await.unwrap();
    let told = |what: fn(&ServiceWhat) -> bool| history.iter().any(|entry| what(&entry.what));
    assert!(told(|what| matches!(what, ServiceWhat::Changed { fields } if fields.len() == 2)));
    assert!(told(|what| matches!(what, ServiceWhat::Called { operation, .. } if operation == "update")));
}

#[tokio::test]
async fn whatever_becomes_of_the_answers_there_is_one_event_type() {
    for (seed, fault) in (310..).zip([
        Fault::DropAnswerAfterEffect,
        Fault::DropRequest,
        Fault::ServerErrorAfterEffect,
        Fault::ServerErrorBefore,
        Fault::HalfAnswer,
        Fault::AppliedLate { by: SignedDuration::from_secs(40) },
        Fault::RateLimited { block: SignedDuration::from_secs(60) },
    ]) {
        let world = world(seed).await;
        world.sim.order(fault, Some(CallMatch::Kind(CallKind::CreateEventType)), 2);
        world.sim.order(fault, Some(CallMatch::Kind(CallKind::UpdateEventType)), 2);
        let service = offer(&world).await.service.id;
        world.quiet().await;
        assert_eq!(there(&world, "bart").await.len(), 1, "{fault:?}");
        let edit = ServiceEdit { duration_minutes: Some(45), ..ServiceEdit::default() };
        act(&world, service, ServiceAct::Edit(Box::new(edit))).await;
        world.quiet().await;
        let made = there(&world, "bart").await;
        assert_eq!((made.len(), &made[0]["lengthInMinutes"]), (1, &json!(45)), "{fault:?}");
        assert_eq!(case(&world, service).await.service.sync, ServiceSync::Synced, "{fault:?}");
    }
}

#[tokio::test]
async fn what_was_made_under_a_slug_that_is_another_by_now_is_ours_still() {
    let world = world(325).await;
    world.sim.order(Fault::DropAnswerAfterEffect, Some(CallMatch::Kind(CallKind::CreateEventType)), 1);
    let service = offer(&world).await.service.id;
    // One turn: the call is sent, and its answer lost.
    engine::worker::turn(&world.engine, "worker").await.unwrap();
    assert_eq!(there(&world, "bart").await.len(), 1);
    let edit = ServiceEdit { slug: Some("vollbart".into()), ..ServiceEdit::default() };
    act(&world, service, ServiceAct::Edit(Box::new(edit))).await;
    look(&world, Priority::Change).await;
    assert_eq!((there(&world, "bart").await.len(), there(&world, "vollbart").await.len()), (0, 1));
    let services = world.engine.store.services(world.company).await.unwrap();
    let bearded = services.iter().filter(|service| service.name == "Bart").count();
    assert_eq!(bearded, 1, "what is ours is no stranger's: {services:?}");
}

#[tokio::test]
async fn what_is_changed_at_cal_com_is_found_protected_and_settled() {
    let world = world(320).await;
    let service = offer(&world).await.service.id;
    world.quiet().await;
    changes_there(&world, "bart", "lengthInMinutes", json!(60)).await;
    changes_there(&world, "bart", "title", json!("Beard")).await;
    let (log, listening) = Log::listen();
    look(&world, Priority::Check).await;
    look(&world, Priority::Check).await;
    drop(listening);
    let warned = log.lines("WARN");
    assert_eq!(warned.len(), 1, "once for what is new: {warned:?}");
    let told = &warned[0]["fields"];
    assert_eq!((&told["name_ours"], &told["name_theirs"]), (&json!("Bart"), &json!("Beard")));
    assert_eq!((&told["minutes_ours"], &told["minutes_theirs"]), (&json!(30), &json!(60)));
    assert_eq!(told["price_cents_ours"], 2500);
    assert!(told["action"].is_string() && told["reason"].is_string(), "{told}");
    let found = case(&world, service).await;
    let link = found.event_types[0].id;
    let open: Vec<_> = found.event_types[0].open_divergences().map(|open| open.setting).collect();
    assert_eq!(open, [Setting::Title, Setting::Duration]);
    assert_eq!((found.service.name.as_str(), found.service.duration_minutes), ("Bart", 30));
    assert_eq!((found.service.version, found.service.sync), (1, ServiceSync::Synced));

    let settle = async |setting, side, theirs: &str| {
        let settlement = Settlement { link, setting, side, theirs: theirs.to_owned() };
        world.engine.settle_divergence(world.company, service, settlement, admin(), None).await
    };
    let other = settle(Setting::Title, Side::Ours, "Bart").await;
    assert!(matches!(other, Err(ServiceError::SeenOther)), "{other:?}");
    settle(Setting::Duration, Side::Theirs, "60").await.unwrap();
    settle(Setting::Title, Side::Ours, "Beard").await.unwrap();
    world.quiet().await;
    let made = there(&world, "bart").await;
    assert_eq!((&made[0]["title"], &made[0]["lengthInMinutes"]), (&json!("Bart"), &json!(60)));
    let settled = case(&world, service).await;
    assert_eq!((settled.service.duration_minutes, settled.event_types[0].divergences.len()), (60, 0));
    let nothing = settle(Setting::Title, Side::Ours, "Beard").await;
    assert!(matches!(nothing, Err(ServiceError::NothingToSettle)), "{nothing:?}");
}

#[tokio::test]
async fn what_is_deleted_at_cal_com_is_told_and_made_again_when_a_person_says_so() {
    let world = world(330).await;
    let service = offer(&world).await.service.id;
    world.quiet().await;
    let id = there(&world, "bart").await[0]["id"].as_i64().unwrap();
    world.sim.delete_event_type(id);
    look(&world, Priority::Check).await;
    let gone = case(&world, service).await;
    assert_eq!((gone.service.active, gone.service.sync), (false, ServiceSync::Error));
    assert_eq!(gone.problem().unwrap().0, EventTypeProblem::Deleted);
    let edit = |edit| ServiceAct::Edit(Box::new(edit));
    act(&world, service, edit(ServiceEdit { price_cents: Some(Some(1_900)), ..ServiceEdit::default() }))
        .await;
    world.quiet().await;
    assert_eq!(there(&world, "bart").await.len(), 0, "not without being told to");
    // What is sent is as it is here: not offered.
    act(&world, service, ServiceAct::Push).await;
    world.quiet().await;
    assert_eq!(there(&world, "bart").await[0]["hidden"], json!(true));
    world.sim.delete_event_type(there(&world, "bart").await[0]["id"].as_i64().unwrap());
    look(&world, Priority::Check).await;
    act(&world, service, edit(ServiceEdit { active: Some(true), ..ServiceEdit::default() })).await;
    world.quiet().await;
    assert_eq!(
        there(&world, "bart").await[0]["hidden"],
        json!(false),
        "whoever switches it on wants it there"
    );
    assert_eq!(case(&world, service).await.service.sync, ServiceSync::Synced);
}

#[tokio::test]
async fn one_of_several_that_is_deleted_at_cal_com_is_told_with_whose_it_was() {
    let world = world(332).await;
    let bea = world.stylist("Bea").await;
    let (company, staff) = (world.company, bea.staff);
    world.engine.store.set_staff_connection(company, staff, Some(bea.connection)).await.unwrap();
    let staff = [world.staff, staff];
    let service =
        world.engine.create_service(company, beard(&world), &staff, admin()).await.unwrap().service.id;
    world.quiet().await;
    let made = case(&world, service).await;
    let hers = made.current().find(|record| record.staff_id == Some(bea.staff)).unwrap();
    let id = hers.event_type_id.unwrap();
    world.sim.delete_event_type(id);
    let (log, listening) = Log::listen();
    // Whether the schedule finds it or a person who looks, it is told once.
    look(&world, Priority::Check).await;
    world.engine.look_at_service(company, service).await.unwrap();
    drop(listening);
    let warned = log.lines("WARN");
    assert_eq!(warned.len(), 1, "{warned:?}");
    let told = &warned[0]["fields"];
    assert_eq!(told["message"], "Event Type deleted in Cal.com");
    assert_eq!(
        (&told["person"], &told["event_type"], &told["others"]),
        (&json!("Bea"), &json!(id), &json!(1))
    );
    let now = case(&world, service).await;
    assert_eq!((now.service.active, now.service.sync), (true, ServiceSync::Error));
    let history = world.engine.store.service_history(company, service, 50).await.unwrap();
    let told = |about: &About| about.link == hers.id && about.staff_id == Some(bea.staff);
    let deleted = |entry: &&ServiceEntry| entry.what == ServiceWhat::Deleted { event_type_id: id };
    assert!(history.iter().find(deleted).unwrap().about.as_ref().is_some_and(told), "{history:?}");
}

#[tokio::test]
async fn when_nearly_everything_vanishes_a_person_looks_first() {
    let world = world(331).await;
    let most = usize::try_from(world.engine.settings.brake).unwrap();
    for number in 0..most + 5 {
        let (name, slug) = (format!("Bart {number}"), format!("bart-{number}"));
        let service = Service { id: ServiceId(world.engine.ambient.id()), name, slug, ..beard(&world) };
        world.engine.create_service(world.company, service, &[world.staff], admin()).await.unwrap();
    }
    world.quiet().await;
    let services = world.engine.store.service_cases(world.company).await.unwrap();
    let made: Vec<_> = services.iter().flat_map(|case| &case.event_types).collect();
    assert_eq!(made.len(), most + 5);
    for record in made {
        world.sim.delete_event_type(record.event_type_id.unwrap());
    }
    look(&world, Priority::Check).await;
    assert_eq!(world.connection_state().await, store::ConnectionState::Braked);
    let services = world.engine.store.services(world.company).await.unwrap();
    let off = services.iter().filter(|service| !service.active).count();
    // What was under way is finished.
    let in_flight = world.engine.settings.in_flight;
    assert!(
        (most + 1..most + 1 + in_flight).contains(&off),
        "{off}: the rest stays on until somebody has looked"
    );
}

#[tokio::test]
async fn what_nobody_here_knows_is_imported_once_and_can_be_booked() {
    let world = world(340).await;
    world
        .engine
        .store
        .set_staff_connection(world.company, world.staff, Some(world.connection))
        .await
        .unwrap();
    world.link().await;
    world.quiet().await;
    let names = async || {
        let services = world.engine.store.services(world.company).await.unwrap();
        services.into_iter().map(|service| service.name).collect::<Vec<_>>()
    };
    look(&world, Priority::Check).await;
    assert_eq!(names().await, ["Cut"], "whoever has connected the account has an hour to tie what is there");
    // What is hidden is offered to nobody.
    changes_there(&world, "dentist", "hidden", json!(true)).await;
    look(&world, Priority::Change).await;
    assert_eq!(names().await, ["Cut"]);
    changes_there(&world, "dentist", "hidden", json!(false)).await;
    look(&world, Priority::Change).await;
    assert_eq!(names().await, ["Cut", "Dentist"]);
    world.pass(SignedDuration::from_hours(2));
    look(&world, Priority::Check).await;
    assert_eq!(names().await, ["Cut", "Dentist"]);
    let all = world.engine.store.services(world.company).await.unwrap();
    let dentist = case(&world, all[1].id).await;
    assert_eq!((dentist.service.duration_minutes, dentist.service.sync), (45, ServiceSync::Synced));
    assert_eq!((dentist.performers[0].staff_id, dentist.service.version), (world.staff, 1));
    let uid = world.guest_books_elsewhere(Hours(30)).await;
    world.quiet().await;
    let id = world.appointment_of(&uid).await.expect("it is a service of ours now");
    assert_eq!(world.case(id).await.appointment.service_id, all[1].id);
    // Deleted here it is hidden there, and not imported again.
    world.engine.remove_service(world.company, all[1].id, true, admin(), None).await.unwrap();
    world.quiet().await;
    look(&world, Priority::Change).await;
    assert_eq!(names().await, ["Cut"]);
    let hidden = there(&world, "dentist").await;
    assert_eq!(hidden[0]["hidden"], true, "something is booked on it: it is not deleted");
}

#[tokio::test]
async fn a_slug_that_stands_for_something_else_is_left_alone() {
    let world = world(350).await;
    world.engine.arrange_service(world.company, world.service).await.unwrap();
    world.quiet().await;
    let found = case(&world, world.service).await;
    assert_eq!(found.service.sync, ServiceSync::Error);
    assert_eq!(found.problem().unwrap().0, EventTypeProblem::SlugTaken);
    assert_eq!(world.calls(CallKind::CreateEventType) + world.calls(CallKind::UpdateEventType), 0);
    let edit = ServiceEdit { slug: Some("schnitt".into()), ..ServiceEdit::default() };
    act(&world, world.service, ServiceAct::Edit(Box::new(edit))).await;
    world.quiet().await;
    assert_eq!((there(&world, "cut").await.len(), there(&world, "schnitt").await.len()), (1, 1));
}

/// What people say about a service, here and at Cal.com, while answers are lost: nothing here changes because of what
/// is said there, and in the end both say the same but for what is listed as changed there.
#[tokio::test]
async fn whatever_happens_a_service_is_what_people_here_have_said() {
    for seed in 0..40 {
        let world = world(400 + seed).await;
        let mut dice = StdRng::seed_from_u64(seed);
        let mut expected = offer(&world).await.service;
        let service = expected.id;
        for n in 0..40u32 {
            match dice.random_range(0..12) {
                0 | 1 => {
                    let edit = ServiceEdit { name: Some(format!("Bart {n}")), ..ServiceEdit::default() };
                    expected = act(&world, service, ServiceAct::Edit(Box::new(edit))).await.service;
                }
                2 => {
                    let terms = Terms { minimum_notice_minutes: n, ..expected.terms.clone() };
                    let edit = ServiceEdit { terms: Some(terms), ..ServiceEdit::default() };
                    expected = act(&world, service, ServiceAct::Edit(Box::new(edit))).await.service;
                }
                3 | 4 => {
                    let all = there(&world, "bart").await;
                    if let Some(id) = all.first().and_then(|it| it["id"].as_i64()) {
                        let (setting, value) = match dice.random_range(0..3) {
                            0 => ("title", json!(format!("Beard {n}"))),
                            1 => ("lengthInMinutes", json!(60 + n)),
                            _ => ("minimumBookingNotice", json!(1000 + n)),
                        };
                        world.sim.change_event_type(id, setting, value);
                    }
                }
                5 => world.engine.look_at_event_types(world.company, Priority::Check).await.unwrap(),
                6 | 7 => {
                    let faults = [
                        Fault::DropAnswerAfterEffect,
                        Fault::DropRequest,
                        Fault::ServerErrorAfterEffect,
                        Fault::ServerErrorBefore,
                        Fault::AppliedLate { by: SignedDuration::from_secs(40) },
                    ];
                    let fault = faults[dice.random_range(0..faults.len())];
                    let kinds = [CallKind::CreateEventType, CallKind::UpdateEventType, CallKind::EventTypes];
                    let kind = kinds[dice.random_range(0..kinds.len())];
                    world.sim.order(fault, Some(CallMatch::Kind(kind)), 1);
                }
                8 => world.worker_dies().await,
                9 | 10 => world.pass(SignedDuration::from_secs(dice.random_range(1..100))),
                _ => world.turn().await,
            }
            let now = case(&world, service).await.service;
            assert_eq!(Service { sync: expected.sync, ..now }, expected, "seed {seed}, step {n}");
        }
        world.sim.clear_faults();
        world.quiet().await;
        world.sim.arrive_all().await;
        look(&world, Priority::Check).await;
        let made = there(&world, "bart").await;
        assert_eq!(made.len(), 1, "seed {seed}");
        let last = case(&world, service).await;
        let record = &last.event_types[0];
        assert_eq!((last.service.sync, last.event_types.len()), (ServiceSync::Synced, 1), "seed {seed}");
        let wanted = last.wanted(record);
        let says = [
            (Setting::Title, made[0]["title"] == json!(wanted.title)),
            (Setting::Duration, made[0]["lengthInMinutes"] == json!(wanted.minutes)),
            (Setting::Notice, made[0]["minimumBookingNotice"] == json!(wanted.notice)),
        ];
        let differ: Vec<_> = says.into_iter().filter(|(_, same)| !same).map(|(setting, _)| setting).collect();
        let listed: Vec<_> = record.divergences.iter().map(|divergence| divergence.setting).collect();
        assert_eq!(differ, listed, "seed {seed}: {made:?}");
    }
}

#[tokio::test]
async fn who_performs_it_is_changed_with_the_rest_or_not_at_all() {
    let world = world(360).await;
    let service = offer(&world).await.service;
    world.quiet().await;
    let bea = world.stylist("Bea").await;
    let edit = ServiceEdit {
        name: Some("Bartpflege".into()),
        staff: Some(vec![bea.staff]),
        ..ServiceEdit::default()
    };
    let edit = || ServiceAct::Edit(Box::new(edit.clone()));
    let stale = world
        .engine
        .act_on_service(world.company, service.id, edit(), admin(), Some(service.version - 1))
        .await;
    assert!(matches!(stale, Err(ServiceError::Stale(_))), "{stale:?}");
    assert_eq!(case(&world, service.id).await.performers[0].staff_id, world.staff);
    let edited =
        world.engine.act_on_service(world.company, service.id, edit(), admin(), Some(service.version)).await;
    assert_eq!(edited.unwrap().service.version, service.version + 1);
    let history = world.engine.store.service_history(world.company, service.id, 50).await.unwrap();
    let told = |entry: &ServiceEntry| match &entry.what {
        ServiceWhat::Changed { fields } => fields.iter().any(|it| it.1 == "Anna" && it.2 == "Bea"),
        _ => false,
    };
    assert!(history.iter().any(told), "{history:?}");
    world.quiet().await;
    assert_eq!(there(&world, "bart").await[0]["hidden"], true, "Anna does it no more; her bookings stay");
}

#[tokio::test]
async fn what_is_booked_right_after_a_service_got_longer_is_as_long_at_cal_com() {
    let world = world(361).await;
    let service = offer(&world).await.service.id;
    world.quiet().await;
    let edit = ServiceEdit { duration_minutes: Some(75), ..ServiceEdit::default() };
    act(&world, service, ServiceAct::Edit(Box::new(edit))).await;
    world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::UpdateEventType)), 2);
    let id = world.book_service(service, None, Hours(24), Origin::Admin).await.unwrap();
    world.quiet().await;
    let appointment = world.case(id).await.appointment;
    assert_eq!((appointment.sync, appointment.slot.minutes()), (SyncStatus::Synced, 75));
    assert_eq!(world.only_booking(id).end, appointment.slot.end);
    assert_eq!((there(&world, "bart").await.len(), world.calls(CallKind::CreateBooking)), (1, 1));
}

#[tokio::test]
async fn what_becomes_longer_here_is_booked_anew_at_cal_com() {
    let world = world(362).await;
    let service = offer(&world).await.service.id;
    let shave = Service { name: "Rasur".into(), slug: "rasur".into(), ..beard(&world) };
    let shave = world.engine.create_service(world.company, shave, &[world.staff], admin()).await.unwrap();
    world.quiet().await;
    let id = world.book_service(service, None, Hours(24), Origin::Admin).await.unwrap();
    let other = world.book_service(service, None, Hours(30), Origin::Admin).await.unwrap();
    world.quiet().await;
    let edit = ServiceEdit { duration_minutes: Some(75), ..ServiceEdit::default() };
    act(&world, service, ServiceAct::Edit(Box::new(edit))).await;
    world.quiet().await;
    // Another service, and back to the first, which takes longer by now: its booking was never let go.
    for service_id in [shave.service.id, service] {
        world.edit(id, Edit { service_id: Some(service_id), ..Edit::default() }).await.unwrap();
    }
    world.quiet().await;
    let appointment = world.case(id).await.appointment;
    assert_eq!((appointment.sync, appointment.slot.minutes()), (SyncStatus::Synced, 75));
    assert_eq!(world.live_bookings(id).len(), 1);
    assert_eq!(world.live_bookings(id)[0].end, appointment.slot.end);
    // What nobody touched stays as long as it was.
    let untouched = world.case(other).await.appointment;
    assert_eq!((untouched.slot.minutes(), world.only_booking(other).end), (30, untouched.slot.end));
}
