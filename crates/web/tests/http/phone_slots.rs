//! The phone agent: what a time is that is offered, read back, said or moved to, and who serves then.

use std::time::Duration;

use calcom_sim::{CallKind, CallMatch, Fault, Guest, NewEventType, NewUser};
use domain::appointment::{Actor, Origin};
use domain::hours::WeeklyHours;
use domain::people::Staff;
use domain::service::{Link, Service, Terms, Work};
use domain::{LinkId, ServiceId, Slot, StaffId};
use engine::appointments::{Change, ChangeError, Edit};
use engine::services::{ServiceAct, ServiceEdit};
use jiff::civil::{Weekday, time};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::phone::{appointments, call, cut, ring};
use crate::world::World;

const CLARA: &str = "+4915112345678";
const DORA: &str = "+4915187654321";

async fn told(world: &World, id: &str, from: &str, function: &str, args: Value) -> Value {
    let reply = ring(world, call(world, id, from), function, args).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.text.chars().count() < 1_500, "{}", reply.text);
    reply.body
}

async fn colour(world: &World, name: &str, time: &str, staff: &str, from: &str) -> Value {
    let args = json!({ "service": "Färben", "date": "2026-11-24", "time": time, "staff": staff,
        "customer_name": name, "confirmed": true });
    told(world, &format!("{name} {time}"), from, "book_appointment", args).await
}

fn say(answer: &Value) -> &str {
    answer["say"].as_str().unwrap()
}

fn spoken(answer: &Value, list: &str) -> Vec<(String, String)> {
    let text = |slot: &Value, field: &str| slot[field].as_str().unwrap().to_owned();
    let slots = answer["data"][list].as_array().unwrap_or_else(|| panic!("{answer}"));
    slots.iter().map(|slot| (text(slot, "spoken"), text(slot, "staff"))).collect()
}

/// Start on the clock and who serves, of all that take place.
async fn served(world: &World) -> Vec<(String, String)> {
    let all = appointments(world).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = all.iter().filter(|one| one["status"] != "cancelled");
    all.map(|one| (text(&one["starts_at"])[11..16].to_owned(), text(&one["staff"]["name"]))).collect()
}

fn at(time: &str, staff: &str) -> (String, String) {
    (time.to_owned(), staff.to_owned())
}

/// Another person who works as the others do.
async fn hire(world: &World, name: &str, active: bool) -> StaffId {
    let days = [Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let hours = WeeklyHours::on(&days, time(9, 0, 0, 0), time(18, 0, 0, 0));
    let id = StaffId(world.engine.ambient.id());
    let person = Staff { id, branch_id: world.salon.branch, name: name.into(), active, hours };
    world.engine.store.add_staff(world.salon.id, person).await.unwrap();
    id
}

async fn away(world: &World, staff_id: StaffId, from: &str) {
    let id = domain::AbsenceId(world.engine.ambient.id());
    let absence = store::Absence { id, staff_id, slot: Slot::of(World::at(from), 12 * 60), reason: None };
    let by = Actor::of(Origin::System);
    world.engine.store.add_absence(world.salon.id, absence, by, world.engine.ambient.now()).await.unwrap();
}

async fn on_terms(world: &World, service: ServiceId, terms: Terms) {
    let act = ServiceAct::Edit(Box::new(ServiceEdit { terms: Some(terms), ..ServiceEdit::default() }));
    let by = Actor::of(Origin::Admin);
    world.engine.act_on_service(world.salon.id, service, act, by, None).await.unwrap();
}

/// Half an hour by `first`, half an hour by one of `second`.
async fn composite(world: &World, first: StaffId, second: &[StaffId]) -> ServiceId {
    let work = |staff: &[StaffId]| Work {
        name: "Arbeit".into(),
        minutes: 30,
        pause_minutes: 0,
        staff: staff.to_vec(),
    };
    let id = ServiceId(world.engine.ambient.id());
    let service = Service {
        id,
        name: "Balayage".into(),
        slug: "balayage".into(),
        duration_minutes: 60,
        segments: vec![work(&[first]), work(second)],
        ..world.engine.store.service(world.salon.id, world.salon.colour).await.unwrap()
    };
    let store = &world.engine.store;
    store.add_service(world.salon.id, service).await.unwrap();
    let all: Vec<_> = second.iter().copied().chain([first]).collect();
    store.set_service_staff(world.salon.id, id, &all).await.unwrap();
    id
}

/// An event type of one's own at Cal.com for a stretch of a service.
async fn link(world: &World, service_id: ServiceId, segment: u16, staff: StaffId, minutes: i64) -> i64 {
    let name = format!("{service_id}-{segment}-{staff}");
    let user = world.sim.add_user(NewUser::new(&name, "Somebody", &format!("{name}@salon.example")));
    let event_type = world.sim.add_event_type(user, NewEventType::new("Work", "work", minutes));
    let key = format!("cal_{name}");
    world.sim.add_api_key(user, &key);
    let (by, company) = (Actor::of(Origin::System), world.salon.id);
    let connected =
        engine::connect::connect(&world.engine, company, None, "http://cal.example", key.into(), by);
    let link = Link {
        id: LinkId(world.engine.ambient.id()),
        segment,
        host: None,
        service_id,
        staff_id: Some(staff),
        connection_id: connected.await.unwrap().id,
        event_type_id: event_type,
        reference_field: false,
    };
    world.engine.store.add_link(company, link).await.unwrap();
    event_type
}

#[tokio::test]
async fn nothing_is_done_before_it_was_read_back_and_agreed_to() {
    let world = World::new().await;
    let wish = json!({ "service": "Färben", "date": "2026-11-24", "time": "10:00", "customer_name": "Clara Client" });
    for unsaid in [Value::Null, json!(false), json!("nein")] {
        let mut wish = wish.clone();
        wish["confirmed"] = unsaid;
        let asked = told(&world, "c", CLARA, "book_appointment", wish).await;
        assert_eq!(
            (&asked["status"], &asked["data"]["missing"]),
            (&json!("needs_input"), &json!("confirmed"))
        );
        let both = ["Anna Weber", "Ben Kaya"].map(|name| {
            format!("Ich habe verstanden: Färben, Dienstag, der 24. November um 10 Uhr bei {name}. Soll ich das so eintragen?")
        });
        assert!(both.iter().any(|both| both == say(&asked)), "{asked}");
        assert_eq!(asked["data"]["slot_id"], "S1", "it is held, under the same name");
    }
    assert!(appointments(&world).await.is_empty());
    let yes = json!({ "slot_id": "S1", "customer_name": "Clara Client", "confirmed": true });
    assert_eq!(told(&world, "c", CLARA, "book_appointment", yes).await["status"], "ok");
    // What cannot be had is not asked about.
    told(&world, "d", DORA, "book_appointment", cut("Dora Client", "12:00")).await;
    for (time, status) in [("12:15", "conflict"), ("20:00", "conflict"), ("16:00", "needs_input")] {
        let mut wish = cut("Emil Client", time);
        wish["confirmed"] = Value::Null;
        assert_eq!(told(&world, "e", CLARA, "book_appointment", wish).await["status"], status, "{time}");
    }
    on_terms(&world, world.salon.colour, Terms { minimum_notice_minutes: 60 * 24 * 30, ..Terms::default() })
        .await;
    let soon = told(&world, "f", CLARA, "book_appointment", wish).await;
    assert!(say(&soon).starts_with("Für diese Leistung ist das zu kurzfristig"), "{soon}");

    let before = served(&world).await;
    let dora = async |function: &str, args: Value| told(&world, "g", DORA, function, args).await;
    let asked = dora("reschedule_appointment", json!({ "date": "24.11.", "time": "14:00" })).await;
    assert_eq!(asked["data"]["missing"], "confirmed");
    assert!(say(&asked).contains("bisher Dienstag, der 24. November um 12 Uhr, neu"), "{asked}");
    assert!(say(&asked).ends_with("um 14 Uhr bei Anna Weber."), "{asked}");
    let asked = dora("cancel_appointment", json!({})).await;
    assert_eq!(asked["data"]["missing"], "confirmed", "{asked}");
    assert_eq!(served(&world).await, before);
    // A move that was read back is done by its name.
    let name = json!({ "slot_id": "S1", "confirmed": true });
    assert_eq!(dora("reschedule_appointment", name).await["status"], "requested");
    assert!(served(&world).await.contains(&at("14:00", "Anna Weber")));
}

#[tokio::test]
async fn a_yes_in_words_is_said_to_whoever_was_named() {
    let world = World::new().await;
    let mut wish =
        json!({ "service": "Färben", "date": "24.11.", "time": "10:00", "customer_name": "Clara Client" });
    let asked = told(&world, "c", CLARA, "book_appointment", wish.clone()).await;
    let named = ["Anna Weber", "Ben Kaya"].into_iter().find(|name| say(&asked).contains(name)).unwrap();
    // Whoever that is has more to do by now: anybody would be somebody else.
    for time in ["12:00", "14:00", "16:00"] {
        assert_eq!(colour(&world, "Dora Client", time, named, DORA).await["status"], "ok");
    }
    wish["confirmed"] = true.into();
    let booked = told(&world, "c", CLARA, "book_appointment", wish).await;
    assert_eq!((&booked["status"], &booked["data"]["staff"]), (&json!("ok"), &json!(named)), "{booked}");
    // Whoever says yes to somebody else gets somebody else.
    let other = if named == "Anna Weber" { "Ben Kaya" } else { "Anna Weber" };
    let mut wish =
        json!({ "service": "Färben", "date": "25.11.", "time": "11:00", "customer_name": "Emil Client" });
    let asked = told(&world, "e", CLARA, "book_appointment", wish.clone()).await;
    let (first, second) = if say(&asked).contains(named) { (named, other) } else { (other, named) };
    (wish["staff"], wish["confirmed"]) = (second.into(), true.into());
    let booked = told(&world, "e", CLARA, "book_appointment", wish).await;
    assert_eq!(booked["data"]["staff"], second, "{first} was told: {booked}");
}

#[tokio::test]
async fn a_move_keeps_to_what_is_offered() {
    let world = World::new().await;
    let (engine, salon) = (&world.engine, &world.salon);
    on_terms(&world, salon.cut, Terms { buffer_after_minutes: 15, ..Terms::default() }).await;
    for (name, time, from) in [("Clara Client", "10:00", CLARA), ("Dora Client", "12:00", DORA)] {
        let booked = told(&world, name, from, "book_appointment", cut(name, time)).await;
        assert_eq!(booked["status"], "requested", "{booked}");
    }
    // From 11:15 she would be ready at twelve, and have no quarter of an hour before Dora.
    let onto = |time: &str| json!({ "date": "24.11.", "time": time, "confirmed": true });
    let near = told(&world, "c", CLARA, "reschedule_appointment", onto("11:15")).await;
    assert_eq!(near["status"], "conflict", "{near}");
    let clara = appointments(&world).await.remove(0);
    let path = format!("/api/v1/appointments/{}", clara["id"].as_str().unwrap());
    let near = json!({ "starts_at": "2026-11-24T11:15:00+01:00" });
    let by_api = world.change("POST", &path, "/reschedule", near.clone()).await;
    assert_eq!(
        (by_api.status.as_u16(), &by_api.body["code"]),
        (409, &json!("slot_taken")),
        "{}",
        by_api.text
    );
    assert_eq!(world.change("PATCH", &path, "", near).await.status, 409);
    assert_eq!(served(&world).await, [at("10:00", "Anna Weber"), at("12:00", "Anna Weber")]);
    let fits = told(&world, "c", CLARA, "reschedule_appointment", onto("11:00")).await;
    assert_eq!(fits["status"], "requested", "{fits}");
    // People of the salon may know better.
    let id = clara["id"].as_str().unwrap().parse().unwrap();
    let edit = Edit::to(World::at("2026-11-24T10:15:00Z"), None);
    engine.edit(salon.id, id, edit, Change::by(Actor::of(Origin::Admin))).await.unwrap();
    assert_eq!(served(&world).await, [at("11:15", "Anna Weber"), at("12:00", "Anna Weber")]);
    // What Cal.com says is taken is taken; nobody tries.
    world.sim.order(Fault::LoseWebhooks, None, 1);
    let guest = Guest::new("Greta Guest", "greta@client.example");
    world.sim.book_as_guest(salon.event_type, World::at("2026-11-24T14:00:00Z"), guest).await.unwrap();
    let taken = told(&world, "d", CLARA, "reschedule_appointment", onto("15:00")).await;
    assert_eq!((&taken["status"], &taken["data"]["calcom"]), (&json!("conflict"), &json!("included")));
    assert_eq!(served(&world).await[0], at("11:15", "Anna Weber"));
}

#[tokio::test]
async fn who_is_gone_is_given_nothing_and_others_are_offered() {
    let world = World::new().await;
    let (engine, salon) = (&world.engine, &world.salon);
    assert_eq!(colour(&world, "Clara Client", "10:00", "Anna", CLARA).await["status"], "ok");
    let id = appointments(&world).await[0]["id"].as_str().unwrap().parse().unwrap();
    // Cem does not take new appointments any more; the salon may still give him one.
    let cem = hire(&world, "Cem Aydın", false).await;
    engine.store.set_service_staff(salon.id, salon.colour, &[salon.anna, salon.ben, cem]).await.unwrap();
    let edit = Edit { staff: vec![(0, cem)], ..Edit::default() };
    engine.edit(salon.id, id, edit, Change::by(Actor::of(Origin::Admin))).await.unwrap();
    let onto = json!({ "date": "24.11.", "time": "14:00", "confirmed": true });
    let gone = told(&world, "c", CLARA, "reschedule_appointment", onto.clone()).await;
    assert_eq!(gone["status"], "conflict", "{gone}");
    assert!(say(&gone).starts_with("Färben macht Cem Aydın bei uns nicht mehr."), "{gone}");
    assert!(say(&gone).contains("14 Uhr bei "), "whoever is offered instead is named: {gone}");
    let by_api = Change { as_offered: true, ..Change::by(Actor::of(Origin::Api)) };
    let edit = Edit::to(World::at("2026-11-24T13:00:00Z"), None);
    assert!(matches!(engine.edit(salon.id, id, edit, by_api).await, Err(ChangeError::Staff)));
    // Asked what is free, others are, too; and one of them takes it.
    told(&world, "c", CLARA, "find_appointments", json!({})).await;
    let check = json!({ "appointment_id": "A1", "date": "24.11.", "time": "14:00" });
    let free = told(&world, "c", CLARA, "check_availability", check).await;
    let slot = &free["data"]["slots"][0];
    assert_ne!(slot["staff"], "Cem Aydın", "{free}");
    let onto = json!({ "appointment_id": "A1", "slot_id": slot["slot_id"], "confirmed": true });
    let moved = told(&world, "c", CLARA, "reschedule_appointment", onto.clone()).await;
    assert_eq!(moved["status"], "ok", "{moved}");
    assert_eq!(served(&world).await, [at("14:00", slot["staff"].as_str().unwrap())]);
    // Nobody at all: that is what is said.
    engine.store.set_service_staff(salon.id, salon.colour, &[cem]).await.unwrap();
    let words = json!({ "date": "25.11.", "time": "14:00", "confirmed": true });
    let nobody = told(&world, "e", CLARA, "reschedule_appointment", words).await;
    assert_eq!(
        say(&nobody),
        "Färben kann hier im Moment leider niemand übernehmen. Darf es etwas anderes sein?"
    );
    let nobody = colour(&world, "Dora Client", "12:00", "", DORA).await;
    assert!(say(&nobody).starts_with("Färben kann hier im Moment leider niemand übernehmen."), "{nobody}");
}

#[tokio::test]
async fn why_not_is_said_as_it_is() {
    let world = World::new().await;
    away(&world, world.salon.ben, "2026-11-24T06:00:00Z").await;
    // Ben is away; Anna is there.
    let off = colour(&world, "Clara Client", "14:00", "Ben", CLARA).await;
    assert!(say(&off).starts_with("Ben Kaya ist zu dieser Zeit nicht da: Dienstag"), "{off}");
    let tuesday = "Dienstag, der 24. November um 14 Uhr".to_owned();
    let alternatives = spoken(&off, "alternatives");
    assert_eq!(alternatives[0], (tuesday, "Anna Weber".to_owned()), "{off}");
    assert_eq!(alternatives[1].1, "Ben Kaya", "{off}");
    assert!(say(&off).contains("um 14 Uhr bei Anna Weber oder "), "{off}");
    // Nobody is there at night.
    let closed = colour(&world, "Clara Client", "20:00", "Ben", CLARA).await;
    assert!(say(&closed).starts_with("Zu dieser Zeit ist bei uns niemand dafür da:"), "{closed}");
    // Taken with one, free with the other.
    colour(&world, "Dora Client", "10:00", "Anna", DORA).await;
    let taken = colour(&world, "Emil Client", "10:30", "Anna", CLARA).await;
    assert!(
        say(&taken).starts_with(
            "Bei Anna Weber ist Dienstag, der 24. November um 10 Uhr 30 leider nicht mehr frei."
        ),
        "{taken}"
    );
    let check = json!({ "service": "Färben", "staff": "Ben", "date": "24.11." });
    let none = told(&world, "c", CLARA, "check_availability", check).await;
    assert!(
        say(&none).starts_with("Bei Ben Kaya ist am Dienstag, dem 24. November leider nichts frei."),
        "{none}"
    );
    // What was looked through is named as it was.
    for day in 0..40 {
        let day = World::at("2026-11-20T05:00:00Z") + jiff::SignedDuration::from_hours(24 * day);
        away(&world, world.salon.anna, &day.to_string()).await;
    }
    let check = json!({ "service": "Damenhaarschnitt", "date": "1.12.", "date_end": "3.12." });
    let none = told(&world, "c", CLARA, "check_availability", check).await;
    assert!(
        say(&none).contains(
            "Von Samstag, dem 28. November bis Mittwoch, dem 16. Dezember finde ich keine freie Zeit."
        ),
        "{none}"
    );
}

#[tokio::test]
async fn callers_who_ask_at_once_are_told_different_times() {
    let world = World::new().await;
    let check = json!({ "service": "Damenhaarschnitt", "date": "24.11.", "max_results": 1 });
    let ids: Vec<_> = (0..4).map(|number| format!("call_{number}")).collect();
    let asked = ids.iter().map(|id| told(&world, id, CLARA, "check_availability", check.clone()));
    let answers = futures::future::join_all(asked).await;
    let mut times: Vec<_> = answers.iter().flat_map(|answer| spoken(answer, "slots")).collect();
    let all = times.len();
    times.sort();
    times.dedup();
    assert_eq!((times.len(), all), (4, 4), "{answers:?}");
}

#[tokio::test]
async fn a_name_and_words_that_contradict_each_other_are_asked_about() {
    let world = World::new().await;
    let check = json!({ "service": "Färben", "staff": "Ben", "date": "24.11.", "time": "10:00" });
    told(&world, "c", CLARA, "check_availability", check).await;
    let book = async |more: Value| {
        let mut args = json!({ "slot_id": "S1", "customer_name": "Clara Client", "confirmed": true });
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        told(&world, "c", CLARA, "book_appointment", args).await
    };
    for other in [
        json!({ "date": "25.11." }),
        json!({ "time": "11 Uhr" }),
        json!({ "date": "24.11.", "time": "nachmittags" }),
        json!({ "date": "31.02." }),
        json!({ "service": "Damenhaarschnitt" }),
        json!({ "staff": "Anna" }),
    ] {
        let asked = book(other.clone()).await;
        assert_eq!(
            (&asked["status"], &asked["data"]["missing"]),
            (&json!("needs_input"), &json!("slot_id")),
            "{other}"
        );
        assert_eq!(
            say(&asked),
            "Angeboten hatte ich Färben, Dienstag, der 24. November um 10 Uhr bei Ben Kaya. Meinen Sie das oder etwas anderes?"
        );
    }
    assert!(appointments(&world).await.is_empty());
    // The same in other words, or less of it, is no contradiction.
    let same =
        json!({ "date": "nächsten Dienstag", "time": "zehn", "service": "färben", "staff": "bei Ben" });
    assert_eq!(book(same).await["status"], "ok");
    let check = json!({ "service": "Damenhaarschnitt", "date": "24.11.", "time": "15:00" });
    told(&world, "c", CLARA, "check_availability", check).await;
    for args in [
        json!({ "appointment_id": "A1", "slot_id": "S2", "date": "24.11.", "time": "15:00", "confirmed": true }),
        json!({ "appointment_id": "A1", "slot_id": "S1", "date": "25.11.", "time": "15:00", "confirmed": true }),
    ] {
        let asked = told(&world, "c", CLARA, "reschedule_appointment", args).await;
        assert_eq!(asked["data"]["missing"], "slot_id", "{asked}");
    }
    assert_eq!(served(&world).await, [at("10:00", "Ben Kaya")]);
}

#[tokio::test]
async fn what_is_booked_of_a_composite_service_is_what_was_offered() {
    let world = World::new().await;
    let (store, salon) = (&world.engine.store, &world.salon);
    let cem = hire(&world, "Cem Aydın", true).await;
    composite(&world, salon.anna, &[salon.ben, cem]).await;
    store.set_service_staff(salon.id, salon.colour, &[salon.ben, cem]).await.unwrap();
    let check = json!({ "service": "Balayage", "date": "24.11.", "time": "10:00" });
    let free = told(&world, "c", CLARA, "check_availability", check).await;
    let people = spoken(&free, "slots").remove(0).1;
    let (first, second) = people.split_once(" und ").unwrap();
    assert_eq!(first, "Anna Weber", "{free}");
    // By now the other one has less to do that day.
    assert_eq!(colour(&world, "Dora Client", "14:00", second, DORA).await["status"], "ok");
    let unsaid = json!({ "slot_id": "S1", "customer_name": "Clara Client" });
    let asked = told(&world, "c", CLARA, "book_appointment", unsaid).await;
    assert!(say(&asked).contains(&format!("bei Anna Weber und {second}.")), "{asked}");
    let yes = json!({ "slot_id": "S1", "customer_name": "Clara Client", "confirmed": true });
    let booked = told(&world, "c", CLARA, "book_appointment", yes).await;
    assert_eq!((&booked["status"], &booked["data"]["staff"]), (&json!("ok"), &json!(people)), "{booked}");
    // The same of a move.
    let check = json!({ "appointment_id": "A1", "date": "25.11.", "time": "10:00" });
    let free = told(&world, "c", CLARA, "check_availability", check).await;
    let slot = &free["data"]["slots"][0];
    let onto = json!({ "appointment_id": "A1", "slot_id": slot["slot_id"], "confirmed": true });
    let moved = told(&world, "c", CLARA, "reschedule_appointment", onto).await;
    assert!(say(&moved).contains(slot["staff"].as_str().unwrap()), "{moved}");
    // Whoever was offered and is not free any more is not exchanged for somebody else behind the caller's back.
    let check = json!({ "service": "Balayage", "date": "26.11.", "time": "10:00" });
    let free = told(&world, "d", CLARA, "check_availability", check).await;
    let second = spoken(&free, "slots")[0].1.split_once(" und ").unwrap().1.to_owned();
    let gone = if second == "Ben Kaya" { salon.ben } else { cem };
    away(&world, gone, "2026-11-26T06:00:00Z").await;
    let yes = json!({ "slot_id": "S1", "customer_name": "Emil Client", "confirmed": true });
    let refused = told(&world, "d", CLARA, "book_appointment", yes).await;
    assert_eq!(refused["status"], "conflict", "{refused}");
    assert!(say(&refused).starts_with(&format!("{second} ist zu dieser Zeit nicht da:")), "{refused}");
    let other = if second == "Ben Kaya" { "Cem Aydın" } else { "Ben Kaya" };
    let then = ("Donnerstag, der 26. November um 10 Uhr".to_owned(), format!("Anna Weber und {other}"));
    assert!(spoken(&refused, "alternatives").contains(&then), "{refused}");
}

#[tokio::test]
async fn a_part_that_cal_com_refuses_takes_the_whole_back() {
    let world = World::with_patience(Duration::from_secs(10)).await;
    let stop = CancellationToken::new();
    let service = composite(&world, world.salon.anna, &[world.salon.ben]).await;
    link(&world, service, 0, world.salon.anna, 30).await;
    let second = link(&world, service, 1, world.salon.ben, 30).await;
    let worker = tokio::spawn(engine::worker::run(world.engine.clone(), "worker".into(), stop.clone()));
    let check = json!({ "service": "Balayage", "date": "24.11.", "time": "10:00" });
    told(&world, "c", CLARA, "check_availability", check).await;
    // Somebody takes the second half there, and we are not told; nor what is free there, so we try.
    world.sim.order(Fault::LoseWebhooks, None, 1);
    world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::Slots)), 100);
    let guest = Guest::new("Greta Guest", "greta@client.example");
    world.sim.book_as_guest(second, World::at("2026-11-24T09:30:00Z"), guest).await.unwrap();
    let yes = json!({ "slot_id": "S1", "customer_name": "Clara Client", "confirmed": true });
    let refused = told(&world, "c", CLARA, "book_appointment", yes).await;
    assert_eq!(refused["status"], "conflict", "{refused}");
    assert_eq!(appointments(&world).await[0]["status"], "cancelled", "{refused}");
    stop.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn who_served_serves_again_when_cal_com_refuses_a_move() {
    let world = World::with_patience(Duration::from_secs(10)).await;
    let (stop, salon) = (CancellationToken::new(), &world.salon);
    world.engine.store.set_service_staff(salon.id, salon.cut, &[salon.anna, salon.ben]).await.unwrap();
    let of_ben = link(&world, salon.cut, 0, salon.ben, 45).await;
    let worker = tokio::spawn(engine::worker::run(world.engine.clone(), "worker".into(), stop.clone()));
    let mut wish = cut("Clara Client", "10:00");
    wish["staff"] = "Anna".into();
    assert_eq!(told(&world, "c", CLARA, "book_appointment", wish).await["status"], "ok");
    let check = json!({ "appointment_id": "A1", "staff": "Ben", "date": "24.11.", "time": "15:30" });
    let free = told(&world, "c", CLARA, "check_availability", check).await;
    assert_eq!(spoken(&free, "slots")[0].1, "Ben Kaya");
    world.sim.order(Fault::LoseWebhooks, None, 1);
    world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::Slots)), 100);
    let guest = Guest::new("Greta Guest", "greta@client.example");
    world.sim.book_as_guest(of_ben, World::at("2026-11-24T14:30:00Z"), guest).await.unwrap();
    let onto = json!({ "appointment_id": "A1", "slot_id": "S1", "confirmed": true });
    let refused = told(&world, "c", CLARA, "reschedule_appointment", onto).await;
    assert_eq!(refused["status"], "conflict", "{refused}");
    assert_eq!(served(&world).await, [at("10:00", "Anna Weber")]);
    stop.cancel();
    worker.await.unwrap();
}
