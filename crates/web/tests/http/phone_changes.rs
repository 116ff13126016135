//! The phone agent: who may move and cancel what, and what they are told.

use std::time::Duration;

use calcom_sim::{BookingStatus, CallKind, CallMatch, Fault, Guest};
use domain::company::Branch;
use domain::{BranchId, hours::WeeklyHours};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::phone::{call, cut, ring};
use crate::world::{World, place};

const CLARA: &str = "+4915112345678";
const DORA: &str = "+4915187654321";

async fn booked(world: &World, name: &str, time: &str, from: &str) {
    let line = call(world, &format!("{name} {time}"), from);
    let reply = ring(world, line, "book_appointment", cut(name, time)).await;
    assert_eq!(reply.body["status"], "requested", "{}", reply.text);
}

/// What is answered to a caller who has said yes, unless `args` say otherwise.
async fn told(world: &World, id: &str, from: &str, function: &str, mut args: Value) -> Value {
    if args["confirmed"].is_null() && function.ends_with("_appointment") {
        args["confirmed"] = true.into();
    }
    let reply = ring(world, call(world, id, from), function, args).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.text.chars().count() < 1_500, "{}", reply.text);
    reply.body
}

/// Start on the clock and status of every appointment, in order.
async fn all(world: &World) -> Vec<(String, String)> {
    let list = world.api("GET", "/api/v1/appointments", Value::Null).await;
    let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
    let one = |one: &Value| (text(one, "starts_at")[11..16].to_owned(), text(one, "status"));
    list.body["data"].as_array().unwrap().iter().map(one).collect()
}

fn state(time: &str, status: &str) -> (String, String) {
    (time.to_owned(), status.to_owned())
}

#[tokio::test]
async fn a_yes_counts_for_the_appointment_that_it_was_said_to() {
    let world = World::new().await;
    booked(&world, "Clara Client", "10:00", CLARA).await;
    booked(&world, "Clara Client", "12:00", CLARA).await;
    let cancel = async |args: Value| told(&world, "c", CLARA, "cancel_appointment", args).await;
    let listed = told(&world, "c", CLARA, "find_appointments", json!({})).await;
    let first = &listed["data"]["appointments"][0]["appointment_id"];
    assert_eq!(cancel(json!({ "appointment_id": first })).await["status"], "ok");
    // The model says it once more and leaves out which: the other one is read back first.
    let asked = cancel(json!({})).await;
    assert_eq!((&asked["status"], &asked["data"]["missing"]), (&json!("needs_input"), &json!("confirmed")));
    assert_eq!(all(&world).await, [state("10:00", "cancelled"), state("12:00", "confirmed")]);
    let yes = json!({ "appointment_id": asked["data"]["appointment_id"] });
    assert_eq!(cancel(yes).await["status"], "ok");
    assert_eq!(all(&world).await, [state("10:00", "cancelled"), state("12:00", "cancelled")]);
}

#[tokio::test]
async fn a_caller_cancels_their_own_appointment_once() {
    let world = World::new().await;
    booked(&world, "Clara Client", "10:00", CLARA).await;
    booked(&world, "Dora Client", "12:00", DORA).await;
    let asked = told(&world, "c", CLARA, "cancel_appointment", json!({ "confirmed": false })).await;
    assert_eq!(
        asked["say"],
        "Soll ich diesen Termin absagen: Damenhaarschnitt, Dienstag, der 24. November um 10 Uhr?"
    );
    let cancel = json!({ "confirmed": true, "reason": "krank" });
    let first = told(&world, "c", CLARA, "cancel_appointment", cancel.clone()).await;
    // It had not come to Cal.com yet: there is nobody to wait for.
    assert_eq!(first["status"], "ok", "{first}");
    assert_eq!(all(&world).await, [state("10:00", "cancelled"), state("12:00", "confirmed")]);
    // The same words once more are told so, and not that nothing was found.
    let same = json!({ "name": "Clara Client", "appointment_date": "24. November" });
    let done = told(&world, "c", CLARA, "cancel_appointment", same).await;
    assert!(done["say"].as_str().unwrap().contains("schon abgesagt"), "{done}");
    // Somebody else's name of an appointment leads nowhere, nor does one that nobody was told.
    let wrong = json!({ "appointment_id": "A1" });
    assert_eq!(told(&world, "d", CLARA, "cancel_appointment", wrong).await["status"], "not_found");
    // Named in this call, it is told that it was done.
    let again = json!({ "appointment_id": "a1" });
    told(&world, "e", DORA, "find_appointments", json!({})).await;
    let done = told(&world, "e", DORA, "cancel_appointment", again.clone()).await;
    assert_eq!(done["status"], "ok");
    let done = told(&world, "e", DORA, "cancel_appointment", again).await;
    assert_eq!(
        (&done["status"], done["say"].as_str().unwrap().contains("schon abgesagt")),
        (&json!("ok"), true)
    );
}

#[tokio::test]
async fn an_appointment_is_told_and_moved_by_the_clock_of_its_branch_whichever_was_called() {
    let world = World::new().await;
    booked(&world, "Clara Client", "10:00", CLARA).await;
    let second =
        place(BranchId(world.engine.ambient.id()), "London", Some("+442071838750"), &WeeklyHours::default());
    let second = Branch { time_zone: "Europe/London".into(), ..second };
    world.engine.store.add_branch(world.salon.id, second).await.unwrap();
    let ask = async |function: &str, args: Value| {
        let line = json!({ "call_id": "call_2", "from_number": CLARA, "to_number": "+442071838750" });
        ring(&world, line, function, args).await.body
    };
    let says = |answer: &Value, time: &str| {
        let say = answer["say"].as_str().unwrap();
        assert!(say.contains(time), "{say}");
    };
    says(&ask("find_appointments", json!({})).await, "um 10 Uhr,");
    let free =
        ask("check_availability", json!({ "appointment_id": "A1", "date": "24.11.", "time": "11:00" })).await;
    assert_eq!(
        (&free["status"], &free["data"]["slots"][0]["spoken"]),
        (&json!("ok"), &json!("Dienstag, der 24. November um 11 Uhr"))
    );
    let onto = json!({ "appointment_id": "A1", "date": "24.11.", "time": "12:00" });
    says(&ask("reschedule_appointment", onto.clone()).await, "neu Dienstag, der 24. November um 12 Uhr");
    let mut yes = onto;
    yes["confirmed"] = true.into();
    says(&ask("reschedule_appointment", yes).await, "um 12 Uhr");
    assert_eq!(all(&world).await, [state("12:00", "confirmed")]);
    says(&ask("cancel_appointment", json!({ "appointment_id": "A1" })).await, "um 12 Uhr?");
}

#[tokio::test]
async fn a_caller_moves_their_own_appointment_to_what_is_offered_or_said() {
    let world = World::new().await;
    booked(&world, "Clara Client", "10:00", CLARA).await;
    booked(&world, "Dora Client", "12:00", DORA).await;
    // Its own time is free for it.
    let check = json!({ "appointment_id": "A1", "date": "24.11.", "time": "10:15" });
    told(&world, "c", CLARA, "find_appointments", json!({})).await;
    let free = told(&world, "c", CLARA, "check_availability", check).await;
    assert_eq!(free["data"]["slots"][0]["spoken"], "Dienstag, der 24. November um 10 Uhr 15", "{free}");
    let move_it = json!({ "appointment_id": "A1", "slot_id": "S1" });
    let moved = told(&world, "c", CLARA, "reschedule_appointment", move_it.clone()).await;
    insta::assert_json_snapshot!("phone_move_requested", moved);
    assert_eq!(told(&world, "c", CLARA, "reschedule_appointment", move_it).await, moved);
    assert_eq!(all(&world).await, [state("10:15", "confirmed"), state("12:00", "confirmed")]);
    // Back, and there again: the last word counts, though it was said before.
    for time in ["10:00", "10:15"] {
        let onto = json!({ "date": "24.11.", "time": time });
        let answer = told(&world, "c", CLARA, "reschedule_appointment", onto).await;
        assert_eq!(answer["status"], "requested", "{answer}");
        assert_eq!(all(&world).await, [state(time, "confirmed"), state("12:00", "confirmed")]);
    }
    // The name of a time is none of an appointment, and none the other way round.
    for (function, args) in [
        ("cancel_appointment", json!({ "appointment_id": "S1", "name": "Nobody" })),
        ("reschedule_appointment", json!({ "appointment_id": "A1", "slot_id": "A1" })),
        ("book_appointment", json!({ "slot_id": "A1", "customer_name": "Clara Client" })),
    ] {
        assert_eq!(told(&world, "c", CLARA, function, args).await["status"], "needs_input", "{function}");
    }
    // Taken, closed, over: other times, or a question.
    for (words, status) in [
        (json!({ "date": "24.11.", "time": "12 Uhr 15" }), "conflict"),
        (json!({ "date": "24.11.", "time": "20:00" }), "conflict"),
        (json!({ "date": "heute", "time": "08:00" }), "needs_input"),
        (json!({ "date": "24.11." }), "needs_input"),
        (json!({ "slot_id": "S9" }), "needs_input"),
        (json!({ "date": "Mittwoch", "time": "halb drei", "confirmed": "false" }), "needs_input"),
    ] {
        let answer = told(&world, "c", CLARA, "reschedule_appointment", words).await;
        assert_eq!(answer["status"], status, "{answer}");
    }
    assert_eq!(all(&world).await, [state("10:15", "confirmed"), state("12:00", "confirmed")]);
    let words = json!({ "date": "Mittwoch", "time": "halb drei", "language": "en" });
    let moved = told(&world, "c", CLARA, "reschedule_appointment", words).await;
    assert!(
        moved["say"].as_str().unwrap().starts_with("I have noted the new time: Wednesday, 25 November"),
        "{moved}"
    );
    assert_eq!(all(&world).await, [state("12:00", "confirmed"), state("14:30", "confirmed")]);
}

#[tokio::test]
async fn who_withholds_the_number_has_to_know_name_and_day() {
    let world = World::new().await;
    booked(&world, "Clara Client", "10:00", CLARA).await;
    booked(&world, "Dora Client", "12:00", DORA).await;
    for anonymous in ["anonymous", "", "{{user_number}}", "+266696687"] {
        let id = format!("call {anonymous}");
        let cancel = async |args: Value| told(&world, &id, anonymous, "cancel_appointment", args).await;
        assert_eq!(cancel(json!({})).await["status"], "needs_input");
        let named = cancel(json!({ "name": "Dora Client" })).await;
        assert_eq!(named["say"], "An welchem Tag ist Ihr Termin?", "{named}");
        // Her number is no secret.
        assert_eq!(cancel(json!({ "name": "Dora Client", "phone": DORA })).await, named);
    }
    assert_eq!(all(&world).await, [state("10:00", "confirmed"), state("12:00", "confirmed")]);
    let right = json!({ "name": "dora client", "appointment_date": "nächsten Dienstag" });
    let done = told(&world, "call_a", "anonymous", "cancel_appointment", right).await;
    assert_eq!(done["status"], "ok", "{done}");
    assert_eq!(all(&world).await, [state("10:00", "confirmed"), state("12:00", "cancelled")]);

    // Guessing ends soon, in a call and beyond it; the right answer comes too late then.
    let guess = json!({ "name": "Clara Client", "appointment_date": "25.11." });
    let right = json!({ "name": "Clara Client", "appointment_date": "24.11." });
    let cancel = async |id: &str, from: &str, args: &Value| {
        told(&world, id, from, "cancel_appointment", args.clone()).await
    };
    for _ in 0..3 {
        assert_eq!(cancel("call_b", DORA, &guess).await["status"], "not_found");
    }
    assert_eq!(cancel("call_b", DORA, &right).await["data"]["transfer"], true);
    for _ in 0..2 {
        assert_eq!(cancel("call_c", DORA, &guess).await["status"], "not_found");
    }
    assert_eq!(cancel("call_d", DORA, &right).await["status"], "conflict");
    world.clock.set(World::at("2026-11-20T09:30:00Z"));
    assert_eq!(cancel("call_d", DORA, &right).await["status"], "ok");
}

#[tokio::test]
async fn a_shared_number_tells_nobody_of_anybody_else() {
    let world = World::new().await;
    booked(&world, "Clara Client", "10:00", CLARA).await;
    booked(&world, "Emil Client", "12:00", CLARA).await;
    let asked = told(&world, "c", CLARA, "cancel_appointment", json!({})).await;
    assert_eq!(asked["status"], "needs_input");
    assert_eq!(told(&world, "c", CLARA, "identify_customer", json!({})).await["status"], "needs_input");
    let emil = json!({ "name": "Emil Client" });
    let known = told(&world, "c", CLARA, "identify_customer", emil.clone()).await;
    assert_eq!(known["data"], json!({ "known": true, "first_name": "Emil" }));
    assert_eq!(
        told(&world, "d", DORA, "identify_customer", emil.clone()).await["data"],
        json!({ "known": false })
    );
    assert_eq!(
        told(&world, "d", "anonymous", "identify_customer", emil.clone()).await["data"]["known"],
        false
    );
    assert_eq!(told(&world, "c", CLARA, "cancel_appointment", emil).await["status"], "ok");
    assert_eq!(all(&world).await, [state("10:00", "confirmed"), state("12:00", "cancelled")]);
    // It may be Emil who asks, though nothing of his is to come.
    for function in ["find_appointments", "cancel_appointment", "reschedule_appointment"] {
        let asked = told(&world, "f", CLARA, function, json!({})).await;
        assert_eq!(asked["status"], "needs_input", "{asked}");
        assert!(!asked.to_string().contains("10 Uhr"), "{asked}");
    }
    // Several of one person: which is asked, by names of this call.
    booked(&world, "Clara Client", "14:00", CLARA).await;
    let clara = json!({ "name": "Clara Client" });
    let which = told(&world, "e", CLARA, "cancel_appointment", clara).await;
    insta::assert_json_snapshot!("phone_which", which);
    let second = json!({ "appointment_id": "A2" });
    assert_eq!(told(&world, "e", CLARA, "cancel_appointment", second).await["status"], "ok");
    assert_eq!(all(&world).await[2], state("14:00", "cancelled"));
}

#[tokio::test]
async fn whose_number_is_shared_is_not_to_be_guessed() {
    let world = World::new().await;
    booked(&world, "Clara Client", "10:00", CLARA).await;
    booked(&world, "Emil Client", "12:00", CLARA).await;
    booked(&world, "Dora Client", "14:00", DORA).await;
    let named = |name: &str| json!({ "name": name });
    for function in ["find_appointments", "identify_customer"] {
        for name in ["Anna Client", "Ben Client", "Dora Client"] {
            let answer = told(&world, function, CLARA, function, named(name)).await;
            assert!(answer["data"]["transfer"].is_null(), "{answer}");
        }
        // The right one comes too late now.
        let late = told(&world, function, CLARA, function, named("Emil Client")).await;
        assert_eq!(
            (&late["status"], &late["data"]["transfer"]),
            (&json!("conflict"), &json!(true)),
            "{function}"
        );
        world.clock.set(world.engine.ambient.now() + SignedDuration::from_hours(2));
    }
    // Whoever has nothing to come, or comes from elsewhere and knows the day, has guessed nothing.
    let dora = json!({ "name": "Dora Client", "appointment_date": "24.11." });
    for _ in 0..4 {
        let found = told(&world, "a", CLARA, "find_appointments", dora.clone()).await;
        assert_eq!(found["data"]["appointments"].as_array().unwrap().len(), 1, "{found}");
    }
    let cancel = json!({ "name": "Emil Client", "confirmed": true });
    assert_eq!(told(&world, "b", CLARA, "cancel_appointment", cancel).await["status"], "ok");
    for _ in 0..4 {
        let asked = told(&world, "b", CLARA, "find_appointments", named("Emil Client")).await;
        assert_eq!(asked["say"], "An welchem Tag ist Ihr Termin?", "{asked}");
    }
    // A number that cannot be read is not the one that shows.
    for (phone, status) in [("12", "needs_input"), ("anonymous", "ok"), ("{{user_number}}", "ok")] {
        let args = json!({ "name": "Clara Client", "phone": phone });
        let answer = told(&world, "b", CLARA, "find_appointments", args).await;
        assert_eq!(answer["status"], status, "{answer}");
        assert_eq!(answer["data"]["missing"] == "phone", status == "needs_input", "{answer}");
    }
}

#[tokio::test]
async fn two_of_one_name_on_one_day_are_told_apart_by_the_time() {
    let world = World::new().await;
    booked(&world, "Clara Client", "10:00", CLARA).await;
    booked(&world, "Clara Client", "12:00", DORA).await;
    let args = |more: Value| {
        let mut args = json!({ "name": "Clara Client", "appointment_date": "24.11.", "confirmed": true });
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        args
    };
    // It is no mistake of theirs.
    for _ in 0..5 {
        let asked = told(&world, "c", "anonymous", "cancel_appointment", args(json!({}))).await;
        assert_eq!(
            (&asked["say"], &asked["data"]["missing"]),
            (&json!("Um wie viel Uhr ist Ihr Termin?"), &json!("appointment_time"))
        );
    }
    let vague = args(json!({ "appointment_time": "nachmittags" }));
    let asked = told(&world, "c", "anonymous", "cancel_appointment", vague).await;
    assert_eq!(asked["data"]["missing"], "appointment_time", "{asked}");
    let done = told(
        &world,
        "c",
        "anonymous",
        "cancel_appointment",
        args(json!({ "appointment_time": "zwölf Uhr" })),
    )
    .await;
    assert_eq!(done["status"], "ok", "{done}");
    assert_eq!(all(&world).await, [state("10:00", "confirmed"), state("12:00", "cancelled")]);
    // A wrong time is one.
    booked(&world, "Clara Client", "12:00", DORA).await;
    let wrong = args(json!({ "appointment_time": "11 Uhr" }));
    for _ in 0..3 {
        let none = told(&world, "d", "anonymous", "cancel_appointment", wrong.clone()).await;
        assert_eq!(none["status"], "not_found", "{none}");
    }
    let late = args(json!({ "appointment_time": "10 Uhr" }));
    let late = told(&world, "d", "anonymous", "cancel_appointment", late).await;
    assert_eq!(late["data"]["transfer"], true, "{late}");
}

#[tokio::test]
async fn titles_are_nobodys_first_name() {
    let world = World::new().await;
    for (n, (name, say)) in [
        ("Frau Dr. Clara Client", "Guten Tag, Clara, schön, dass Sie anrufen. Was kann ich für Sie tun?"),
        ("Dr. Client", "Guten Tag, schön, dass Sie anrufen. Was kann ich für Sie tun?"),
        ("Frau", "Guten Tag, schön, dass Sie anrufen. Was kann ich für Sie tun?"),
    ]
    .into_iter()
    .enumerate()
    {
        let number = format!("+491511234560{n}");
        booked(&world, name, &format!("{}:00", 10 + n), &number).await;
        let known = told(&world, "c", &number, "identify_customer", json!({})).await;
        assert_eq!((&known["data"]["known"], &known["say"]), (&json!(true), &json!(say)));
    }
}

#[tokio::test]
async fn a_cancellation_is_done_when_cal_com_has_heard_of_it() {
    let world = World::new().await;
    booked(&world, "Clara Client", "10:00", CLARA).await;
    world.work().await;
    told(&world, "c", CLARA, "find_appointments", json!({})).await;
    let cancel = json!({ "appointment_id": "A1", "confirmed": true });
    for time in ["first", "second"] {
        let noted = told(&world, "c", CLARA, "cancel_appointment", cancel.clone()).await;
        assert_eq!(noted["status"], "requested", "the {time} time: {noted}");
    }
    world.work().await;
    let done = told(&world, "c", CLARA, "cancel_appointment", cancel).await;
    assert_eq!(done["status"], "ok", "{done}");
}

#[tokio::test]
async fn one_call_changes_a_few_appointments_only() {
    let world = World::new().await;
    for (n, time) in ["9:00", "9:45", "10:30", "11:15", "12:00"].into_iter().enumerate() {
        let args = cut(&format!("Kind {n}"), time);
        let body = told(&world, "c", CLARA, "book_appointment", args).await;
        assert_eq!(body["status"], "requested", "{body}");
    }
    let one_more = told(&world, "c", CLARA, "book_appointment", cut("Kind 5", "13:00")).await;
    assert_eq!((&one_more["status"], &one_more["data"]["transfer"]), (&json!("conflict"), &json!(true)));
    // What was done is told again.
    let again = told(&world, "c", CLARA, "book_appointment", cut("Kind 0", "9:00")).await;
    assert_eq!(again["status"], "requested");
    assert_eq!(all(&world).await.len(), 5);
}

#[tokio::test]
async fn what_cal_com_refuses_is_taken_back_and_said() {
    let world = World::with_patience(Duration::from_secs(10)).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(engine::worker::run(world.engine.clone(), "worker".into(), stop.clone()));
    let line = call(&world, "c", CLARA);
    assert_eq!(
        ring(&world, line, "book_appointment", cut("Clara Client", "10:00")).await.body["status"],
        "ok"
    );
    // Somebody takes a time there, and we are not told; nor what is free there, so we try.
    world.sim.order(Fault::LoseWebhooks, None, 1);
    world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::Slots)), 100);
    let guest = Guest::new("Greta Guest", "greta@client.example");
    world.sim.book_as_guest(world.salon.event_type, World::at("2026-11-24T14:30:00Z"), guest).await.unwrap();
    let onto = json!({ "date": "24.11.", "time": "15:30" });
    let refused = told(&world, "c", CLARA, "reschedule_appointment", onto.clone()).await;
    assert_eq!(refused["status"], "conflict", "{refused}");
    assert_eq!(refused["data"]["alternatives"].as_array().unwrap().len(), 2);
    assert!(!refused["data"].to_string().contains("15 Uhr 30"), "what was refused is not offered: {refused}");
    assert_eq!(told(&world, "c", CLARA, "reschedule_appointment", onto).await["status"], "conflict");
    let mine = all(&world).await;
    assert!(mine.contains(&state("10:00", "confirmed")), "it is where it was: {mine:?}");
    let moved =
        told(&world, "c", CLARA, "reschedule_appointment", json!({ "date": "24.11.", "time": "11 Uhr" }))
            .await;
    assert_eq!(moved["status"], "ok", "{moved}");
    let gone = told(&world, "c", CLARA, "cancel_appointment", json!({})).await;
    let accepted = world.sim.bookings().into_iter().filter(|it| it.status == BookingStatus::Accepted);
    assert_eq!((&gone["status"], accepted.count()), (&json!("ok"), 1), "only the guest's is left");
    stop.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn a_name_that_was_never_told_changes_nothing_before_it_is_read_back() {
    let world = World::new().await;
    for time in ["10:00", "14:00"] {
        told(&world, time, CLARA, "book_appointment", cut("Clara Client", time)).await;
    }
    let gone = told(
        &world,
        "c",
        CLARA,
        "cancel_appointment",
        json!({ "appointment_date": "24.11.", "name": "Clara Client" }),
    );
    assert_eq!(gone.await["data"]["missing"], "appointment_id");
    let gone = told(&world, "c", CLARA, "cancel_appointment", json!({ "appointment_id": "A1" })).await;
    let reference = gone["data"]["reference"].clone();
    assert_eq!(gone["status"], "ok", "{gone}");
    let before = all(&world).await;
    for id in [reference, json!("A9"), json!("A\u{0}"), json!("dort")] {
        let asked = told(&world, "c", CLARA, "cancel_appointment", json!({ "appointment_id": id })).await;
        assert_eq!(
            (&asked["data"]["missing"], &asked["data"]["appointment_id"]),
            (&json!("confirmed"), &json!("A2"))
        );
        let onto = json!({ "appointment_id": id, "date": "25.11.", "time": "11:00" });
        let asked = told(&world, "c", CLARA, "reschedule_appointment", onto).await;
        assert_eq!(
            (&asked["data"]["missing"], &asked["data"]["appointment_id"]),
            (&json!("confirmed"), &json!("A2"))
        );
        assert_eq!(all(&world).await, before, "{id}");
    }
    // By name and day the one that is left is meant, and not the one that is gone.
    let words = json!({ "appointment_date": "24.11.", "name": "Clara Client" });
    let asked = told(&world, "c", CLARA, "cancel_appointment", words).await;
    assert_eq!(
        (&asked["data"]["missing"], &asked["data"]["appointment_id"]),
        (&json!("confirmed"), &json!("A2"))
    );
    let onto = json!({ "appointment_id": "A2", "slot_id": "S1" });
    assert_eq!(told(&world, "c", CLARA, "reschedule_appointment", onto).await["status"], "requested");
}

#[tokio::test]
async fn what_begins_too_soon_to_be_changed_is_for_a_person() {
    let world = World::new().await;
    for (name, date, time) in [("Clara Client", "20.11.", "12:00"), ("Clara Client", "21.11.", "12:00")] {
        let mut args = cut(name, time);
        args["date"] = date.into();
        assert_eq!(told(&world, date, CLARA, "book_appointment", args).await["status"], "requested");
    }
    let told = async |function: &str, args: Value| told(&world, "c", CLARA, function, args).await;
    told("find_appointments", json!({})).await;
    let change = json!({ "change_notice_hours": 24 });
    let path = format!("/api/v1/services/{}", world.salon.cut);
    let set = world.change("PATCH", &path, "", change).await;
    assert_eq!((set.status.as_u16(), &set.body["change_notice_hours"]), (200, &json!(24)), "{}", set.text);
    // It is nine o'clock on Friday: noon is too soon, noon of tomorrow is not.
    for (function, args) in [
        ("cancel_appointment", json!({ "appointment_id": "A1", "confirmed": true })),
        (
            "reschedule_appointment",
            json!({ "appointment_id": "A1", "date": "24.11.", "time": "10:00", "confirmed": true }),
        ),
        ("check_availability", json!({ "appointment_id": "A1", "date": "24.11." })),
    ] {
        let refused = told(function, args).await;
        assert_eq!(
            (&refused["status"], &refused["data"]["transfer"]),
            (&json!("conflict"), &json!(true)),
            "{refused}"
        );
        assert_eq!(
            refused["say"],
            "Absagen und verlegen kann ich Damenhaarschnitt nur bis 24 Stunden vorher, und der Termin ist \
             Freitag, der 20. November um 12 Uhr. Ich verbinde Sie mit jemandem aus dem Team."
        );
    }
    assert_eq!(all(&world).await.iter().filter(|(_, status)| status == "cancelled").count(), 0);
    let gone = told("cancel_appointment", json!({ "appointment_id": "A2", "confirmed": true })).await;
    assert_eq!(gone["status"], "ok", "{gone}");
    // What was booked in this call may be another time, or none.
    let mut again = cut("Clara Client", "15:00");
    again["date"] = "20.11.".into();
    let booked = told("book_appointment", again).await;
    let id = &booked["data"]["appointment_id"];
    let later = json!({ "appointment_id": id, "date": "20.11.", "time": "16:00", "confirmed": true });
    assert_eq!(told("reschedule_appointment", later).await["status"], "requested");
    let gone = told("cancel_appointment", json!({ "appointment_id": id, "confirmed": true })).await;
    assert_eq!(gone["status"], "ok", "{gone}");
    // The salon, and its programs, decide as they like.
    let list = world.api("GET", "/api/v1/appointments", Value::Null).await;
    let mut list = list.body["data"].as_array().unwrap().iter();
    let soon = list.find(|one| one["status"] == "confirmed").unwrap();
    let path = format!("/api/v1/appointments/{}", soon["id"].as_str().unwrap());
    assert_eq!(world.change("POST", &path, "/cancel", json!({})).await.status, 200);
    let wrong = json!({ "change_notice_hours": 8_785 });
    assert_eq!(
        world.change("PATCH", &format!("/api/v1/services/{}", world.salon.cut), "", wrong).await.status,
        422
    );
}
