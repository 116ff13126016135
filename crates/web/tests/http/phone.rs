//! The phone agent: what callers get, and what nobody gets without a signature.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use calcom_sim::{CallKind, CallMatch, Fault, Guest};
use domain::appointment::{Actor, Origin};
use domain::{BranchId, hours::WeeklyHours};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::world::{Reply, SIGNING_KEY, World, place, send};

/// Calls a function as Retell does.
pub async fn ring(world: &World, mut call: Value, name: &str, args: Value) -> Reply {
    static CALLED: AtomicUsize = AtomicUsize::new(0);
    // The transcript grows from one function to the next.
    call["transcript"] = CALLED.fetch_add(1, Ordering::Relaxed).to_string().into();
    let body = json!({ "name": name, "args": args, "call": call }).to_string();
    let now = world.engine.ambient.now();
    signed(world, &world.salon.agent_token, name, &body, &retell::sign(SIGNING_KEY, body.as_bytes(), now))
        .await
}

pub async fn signed(world: &World, token: &str, name: &str, body: &str, signature: &str) -> Reply {
    let request = Request::post(format!("/voice/retell/{token}/functions/{name}"))
        .header("x-retell-signature", signature)
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    send(&world.app, request).await
}

pub fn call(world: &World, id: &str, from: &str) -> Value {
    json!({ "call_id": id, "call_type": "phone_call", "direction": "inbound", "from_number": from,
        "to_number": world.salon.number })
}

pub fn cut(name: &str, time: &str) -> Value {
    json!({ "service": "Damenhaarschnitt", "date": "2026-11-24", "time": time, "customer_name": name,
        "confirmed": true })
}

pub async fn appointments(world: &World) -> Vec<Value> {
    let list = world.api("GET", "/api/v1/appointments", Value::Null).await;
    list.body["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn one_wish_in_one_call_is_one_appointment() {
    let world = World::new().await;
    let line = call(&world, "call_1", "+4915112345678");
    let book = async |name: &str| ring(&world, line.clone(), "book_appointment", cut(name, "14:30")).await;
    let first = book("Clara Client").await;
    assert_eq!(first.status, 200, "{}", first.text);
    insta::assert_json_snapshot!("phone_requested", first.body);
    // The caller interrupts, the agent asks again, spelled otherwise.
    let again = futures::future::join_all((0..5).map(|_| book(" clara  CLIENT"))).await;
    assert!(again.iter().all(|reply| reply.body == first.body), "{again:?}");
    let mine = appointments(&world).await;
    assert_eq!(mine.len(), 1);
    assert_eq!(
        (&mine[0]["origin"], &mine[0]["starts_at"]),
        (&json!("phone"), &json!("2026-11-24T14:30:00+01:00"))
    );
    assert_eq!(mine[0]["customer"]["phone"], "+4915112345678");

    // A mother and her daughter on one line.
    let daughter = ring(&world, line.clone(), "book_appointment", cut("Dora Client", "15:15")).await;
    assert_eq!(daughter.body["status"], "requested");
    assert_eq!(appointments(&world).await.len(), 2);

    // Cancelled since: whoever wants it again gets a new one.
    let cancel = format!("/api/v1/appointments/{}/cancel", mine[0]["id"].as_str().unwrap());
    let any = [("if-match", "*")];
    assert_eq!(world.request("POST", &cancel, &world.salon.key, json!({}), &any).await.status, 200);
    assert_eq!(book("Clara Client").await.body["status"], "requested");
    let status = |one: &Value| one["status"].as_str().unwrap().to_owned();
    let mut all: Vec<_> = appointments(&world).await.iter().map(status).collect();
    all.sort();
    assert_eq!(all, ["cancelled", "confirmed", "confirmed"]);

    let functions = world.engine.store.call_functions(world.salon.id, "call_1").await.unwrap();
    assert_eq!(functions.len(), 8);
    assert!(!format!("{functions:?}").contains("Clara"), "nobody is named in what is kept of a call");
}

#[tokio::test]
async fn confirmed_is_said_when_cal_com_has_accepted() {
    let world = World::with_patience(Duration::from_secs(10)).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(engine::worker::run(world.engine.clone(), "worker".into(), stop.clone()));
    let mut args = cut("Clara Client", "14:30");
    args["language"] = "en-GB".into();
    let reply = ring(&world, call(&world, "call_1", "+4915112345678"), "book_appointment", args).await;
    insta::assert_json_snapshot!("phone_confirmed_en", reply.body);
    assert_eq!(world.sim.bookings().len(), 1);

    // Somebody takes the next slot at Cal.com and we are not told.
    world.sim.order(Fault::LoseWebhooks, None, 1);
    let start = World::at("2026-11-24T14:30:00Z");
    let guest = Guest::new("Greta Guest", "greta@client.example");
    world.sim.book_as_guest(world.salon.event_type, start, guest).await.unwrap();
    // Nor are we told what is free there, so we try.
    world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::Slots)), 100);
    let line = call(&world, "call_2", "+4915187654321");
    let taken = ring(&world, line, "book_appointment", cut("Dora Client", "15:30")).await;
    assert_eq!(taken.body["status"], "conflict", "{}", taken.text);
    let say = taken.body["say"].as_str().unwrap();
    assert!(
        say.starts_with(
            "Dienstag, der 24. November um 15 Uhr 30 ist leider nicht mehr frei. Am selben Tag wäre um"
        ),
        "{say}"
    );
    assert_eq!(taken.body["data"]["alternatives"].as_array().unwrap().len(), 2);
    let dora = appointments(&world).await.into_iter().find(|one| one["customer"]["name"] == "Dora Client");
    assert_eq!(dora.unwrap()["status"], "cancelled", "she was told that there is none");
    stop.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn what_is_taken_or_closed_comes_with_other_times() {
    let world = World::new().await;
    let book = async |id: &str, args: Value| {
        ring(&world, call(&world, id, "+4915112345678"), "book_appointment", args).await.body
    };
    assert_eq!(book("call_1", cut("Clara Client", "14:30")).await["status"], "requested");
    let taken = book("call_2", cut("Dora Client", "14:45")).await;
    insta::assert_json_snapshot!("phone_taken", taken);
    let closed = book("call_3", cut("Dora Client", "17:30")).await;
    assert_eq!(closed["status"], "conflict");
    // The last time before closing is nearest.
    assert_eq!(closed["data"]["alternatives"][1]["spoken"], "Dienstag, der 24. November um 17 Uhr 15");
    // What was offered can be booked as it was offered, and is held until then.
    let offered = &taken["data"]["alternatives"][0];
    let args = json!({ "slot_id": offered["slot_id"], "customer_name": "Dora Client", "confirmed": true });
    let others = book("call_4", args.clone()).await;
    assert_eq!(others["data"]["missing"], "slot_id", "a name that another call was told");
    assert_eq!(book("call_2", args).await["status"], "requested");
}

#[tokio::test]
async fn what_is_not_certain_is_asked() {
    let world = World::new().await;
    let line = call(&world, "call_1", "anonymous");
    let whole = json!({ "service": "färben", "date": "2026-11-24", "time": "10:00", "staff": "Ben",
        "customer_name": "Clara Client", "phone": "0151 12345678", "confirmed": true });
    for (field, value, says) in [
        ("service", json!("null"), "Welche Leistung"),
        ("service", json!("Dauerwelle"), "Diese Leistung finde ich nicht. Meinen Sie"),
        ("staff", json!("Dieter"), "Diesen Namen finde ich dafür im Team nicht"),
        ("date", json!("{{date}}"), "Welcher Tag"),
        ("date", json!("blau"), "Welches Datum"),
        ("date", json!("31.02."), "Dieses Datum gibt es nicht"),
        (
            "date",
            json!("Montag, der 24. November"),
            "Wochentag und Datum passen nicht zusammen. Meinen Sie Montag, den 23. November oder Dienstag, den 24.",
        ),
        ("date", json!("heute"), "Freitag, der 20. November um 8 Uhr ist schon vorbei"),
        ("time", Value::Null, "Um wie viel Uhr"),
        ("time", json!("blau"), "Welche Uhrzeit"),
        ("time", json!("nachmittags"), "Um wie viel Uhr"),
        ("customer_name", json!(""), "Auf welchen Namen"),
        ("phone", json!("undefined"), "Unter welcher Telefonnummer"),
        ("phone", json!("anonymous"), "Unter welcher Telefonnummer"),
        ("phone", json!("12"), "Die Telefonnummer habe ich nicht verstanden"),
        (
            "confirmed",
            json!("false"),
            "Ich habe verstanden: Färben, Dienstag, der 24. November um 10 Uhr bei Ben Kaya.",
        ),
        ("confirmed", Value::Null, "Ich habe verstanden"),
    ] {
        let mut args = whole.clone();
        args[field] = value;
        if args["date"] == "heute" {
            args["time"] = "08:00".into();
        }
        let reply = ring(&world, line.clone(), "book_appointment", args).await;
        assert_eq!((reply.status.as_u16(), &reply.body["status"]), (200, &json!("needs_input")), "{field}");
        let say = reply.body["say"].as_str().unwrap();
        assert!(say.starts_with(says), "{field}: {say}");
    }
    assert!(appointments(&world).await.is_empty());
    let reply = ring(&world, line, "book_appointment", whole).await;
    // Nobody at Cal.com has to be asked about it.
    assert_eq!(reply.body["status"], "ok", "{}", reply.text);
    let made = appointments(&world).await.remove(0);
    assert_eq!(
        (&made["staff"]["name"], &made["customer"]["phone"]),
        (&json!("Ben Kaya"), &json!("+4915112345678"))
    );
}

#[tokio::test]
async fn the_branch_is_the_one_that_was_called() {
    let world = World::new().await;
    let (store, ambient) = (&world.engine.store, &world.engine.ambient);
    let second = place(BranchId(ambient.id()), "Pankow", Some("+4930333333"), &WeeklyHours::default());
    store.add_branch(world.salon.id, second).await.unwrap();
    let book = async |to: Value, branch: Value| {
        let mut args = cut("Clara Client", "14:30");
        args["branch"] = branch;
        let line = json!({ "call_id": "call_1", "from_number": "+4915112345678", "to_number": to });
        ring(&world, line, "book_appointment", args).await.body
    };
    let asked = book(Value::Null, Value::Null).await;
    assert_eq!(asked["say"], "Welcher Standort passt Ihnen: Mitte oder Pankow?");
    // Called in Pankow, where nobody does it; the agent's own idea of the branch does not count.
    assert_eq!(book("+4930333333".into(), "Mitte".into()).await["status"], "conflict");
    assert_eq!(book(Value::Null, "mitte".into()).await["status"], "requested");
    // A part of a name is no name, and nobody is asked again by another call.
    assert_eq!(book(Value::Null, "Mit".into()).await["data"]["missing"], "branch");
    let other = async |function: &str, args: Value| {
        let line = json!({ "call_id": "call_2", "from_number": "anonymous", "to_number": "+4930999999" });
        ring(&world, line, function, args).await.body
    };
    // What the model thinks of by itself chooses nothing, until the caller was asked.
    let clara = json!({ "name": "Clara Client", "appointment_date": "24.11.", "branch": "Mitte" });
    let asked = other("find_appointments", clara.clone()).await;
    assert_eq!((&asked["status"], &asked["data"]["missing"]), (&json!("needs_input"), &json!("branch")));
    assert_eq!(other("find_appointments", clara.clone()).await["status"], "ok");
    // Of another branch it is another day that has to be known; wrong answers count across all of them.
    for branch in ["Pankow", "Mitte", "Pankow"] {
        let wrong = json!({ "name": "Clara Client", "appointment_date": "25.11.", "branch": branch });
        assert_eq!(other("find_appointments", wrong).await["status"], "not_found");
    }
    assert_eq!(other("find_appointments", clara).await["data"]["transfer"], true);
    assert_eq!(book("+49 30 111111".into(), Value::Null).await["status"], "requested");
    assert_eq!(appointments(&world).await.len(), 1);
}

#[tokio::test]
async fn callers_hear_of_their_own_appointments_only() {
    let world = World::new().await;
    for (name, time, from) in [
        ("Clara Client", "10:00", "+4915112345678"),
        ("Clara Client", "11:00", "+4915112345678"),
        ("Dora Client", "12:00", "+4915187654321"),
    ] {
        let line = call(&world, name, from);
        assert_eq!(ring(&world, line, "book_appointment", cut(name, time)).await.body["status"], "requested");
    }
    let find = async |from: &str, args: Value| {
        ring(&world, call(&world, "call_9", from), "find_appointments", args).await.body
    };
    insta::assert_json_snapshot!("phone_found", find("+4915112345678", json!({})).await);
    // It may stand under another number.
    let unknown = find("+4915100000000", json!({})).await;
    assert!(unknown["say"].as_str().unwrap().starts_with("Ihre Nummer erkenne ich nicht."), "{unknown}");
    // Somebody else's number says nothing, with the name neither; the day does.
    let dora = json!({ "phone": "015187654321", "name": "Dora Client" });
    assert_eq!(find("+4915112345678", dora.clone()).await["status"], "needs_input");
    assert_eq!(find("anonymous", dora).await["say"], "An welchem Tag ist Ihr Termin?");
    let wrong = json!({ "name": "dora client", "appointment_date": "25.11." });
    assert_eq!(find("anonymous", wrong).await["status"], "not_found");
    let right = json!({ "name": "dora client", "appointment_date": "24.11." });
    assert_eq!(find("anonymous", right).await["data"]["appointments"].as_array().unwrap().len(), 1);
    assert_eq!(find("", json!({})).await["status"], "needs_input");
    // A shared number tells nobody of anybody else.
    let line = call(&world, "call_8", "+4915112345678");
    ring(&world, line, "book_appointment", cut("Emil Client", "13:00")).await;
    assert_eq!(find("+4915112345678", json!({})).await["status"], "needs_input");
    let emil = find("+4915112345678", json!({ "name": "Emil Client" })).await;
    assert_eq!(emil["data"]["appointments"].as_array().unwrap().len(), 1);
    // What is over is not told.
    world.clock.set(World::at("2026-11-25T09:00:00Z"));
    assert_eq!(find("+4915187654321", json!({})).await["status"], "not_found");
}

#[tokio::test]
async fn without_the_right_signature_nothing_happens() {
    let world = World::new().await;
    let args = cut("Clara Client", "14:30");
    let body =
        json!({ "name": "book_appointment", "args": args, "call": call(&world, "c", "+4915112345678") });
    let body = body.to_string();
    let sign = |key: &str, at: Timestamp| retell::sign(key, body.as_bytes(), at);
    let now = world.engine.ambient.now();
    let good = sign(SIGNING_KEY, now);
    let token = &world.salon.agent_token;
    let stale = sign(SIGNING_KEY, now - SignedDuration::from_secs(301));
    for wrong in ["", "v=1,d=00", &sign("another key", now), &stale] {
        let reply = signed(&world, token, "book_appointment", &body, wrong).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.body["code"]),
            (401, &json!("signature_invalid")),
            "{wrong}"
        );
    }
    let forged = body.replace("Clara", "Carla");
    assert_eq!(signed(&world, token, "book_appointment", &forged, &good).await.status, 401);
    assert_eq!(signed(&world, "unknown", "book_appointment", &body, &good).await.status, 404);
    assert_eq!(signed(&world, token, "delete_everything", &body, &good).await.status, 404);
    let args_only = r#"{"service":"Damenhaarschnitt"}"#;
    let signature = retell::sign(SIGNING_KEY, args_only.as_bytes(), now);
    assert_eq!(signed(&world, token, "book_appointment", args_only, &signature).await.status, 400);
    assert!(appointments(&world).await.is_empty());
    assert_eq!(signed(&world, token, "book_appointment", &body, &good).await.status, 200);
}

#[tokio::test]
async fn the_documented_functions_are_there() {
    let world = World::new().await;
    let page = include_str!("../../../../docs/phone.md");
    let blocks = page.split("```json").skip(1).map(|rest| rest.split("```").next().unwrap());
    let tools: Vec<Value> = blocks.map(|block| serde_json::from_str(block).unwrap()).collect();
    // What is entered by hand and what is printed to be pasted take the same.
    let taken = |tools: &[Value]| -> BTreeMap<String, (Vec<String>, Value)> {
        let one = |tool: &Value| {
            let parameters = &tool["parameters"];
            let mut names: Vec<_> = parameters["properties"].as_object().unwrap().keys().cloned().collect();
            names.sort();
            (tool["name"].as_str().unwrap().to_owned(), (names, parameters["required"].clone()))
        };
        tools.iter().map(one).collect()
    };
    let company = world.engine.store.company(world.salon.id).await.unwrap();
    let printed = web::phone::tools(&company, "https://einklang.example");
    assert_eq!((tools.len(), taken(&tools)), (6, taken(&printed)));
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        let line = call(&world, "call_1", "+4915112345678");
        // Whatever is asked for when it is missing has this name.
        let reply = ring(&world, line, name, json!({})).await;
        assert_eq!(reply.status, 200, "{name}");
        let parameters = &tool["parameters"];
        if let Some(missing) = reply.body["data"]["missing"].as_str() {
            assert!(parameters["properties"][missing].is_object(), "{missing}");
        }
    }
}

#[tokio::test]
async fn what_is_free_is_told_and_held_for_the_call() {
    let world = World::new().await;
    let check = async |id: &str, args: Value| {
        ring(&world, call(&world, id, "+4915112345678"), "check_availability", args).await.body
    };
    let tuesday = json!({ "service": "Damenhaarschnitt", "date": "nächsten Dienstag" });
    let free = check("call_1", tuesday.clone()).await;
    insta::assert_json_snapshot!("phone_free", free);
    // Somebody else is told other times, and nobody gets what is held: not on the phone, not by the API.
    let others = check("call_2", tuesday.clone()).await;
    let spoken = |answer: &Value| -> Vec<Value> {
        answer["data"]["slots"].as_array().unwrap().iter().map(|slot| slot["spoken"].clone()).collect()
    };
    assert!(spoken(&others).iter().all(|slot| !spoken(&free).contains(slot)), "{others}");
    let by_api = world.book("2026-11-24T09:00:00+01:00").await;
    assert_eq!(by_api.body["code"], "slot_taken", "{}", by_api.text);
    let listed = format!("/api/v1/slots?service={}&from=2026-11-24&to=2026-11-24&limit=3", world.salon.cut);
    let listed = world.api("GET", &listed, Value::Null).await;
    assert_eq!(listed.body["data"][0]["starts_at"], "2026-11-24T10:30:00+01:00", "{}", listed.text);

    // Who was offered it books it.
    let args = json!({ "slot_id": "s1", "customer_name": "Clara Client", "confirmed": true });
    let line = call(&world, "call_1", "+4915112345678");
    assert_eq!(
        ring(&world, line.clone(), "book_appointment", args.clone()).await.body["status"],
        "requested"
    );
    // The same in other words is the same.
    let words = json!({ "service": "damenhaarschnitt", "date": "Dienstag", "time": "neun Uhr",
        "customer_name": "clara client", "staff": "egal", "confirmed": true });
    assert_eq!(ring(&world, line, "book_appointment", words).await.body["status"], "requested");
    assert_eq!(appointments(&world).await.len(), 1);

    // What is held is free again after a while.
    world.clock.set(World::at("2026-11-20T08:05:00Z"));
    let free =
        check("call_3", json!({ "service": "Damenhaarschnitt", "date": "24.11.", "time": "13 Uhr" })).await;
    assert_eq!(
        free["say"],
        "Frei wäre Dienstag, der 24. November um 13 Uhr bei Anna Weber. Soll ich das eintragen?"
    );
}

#[tokio::test]
async fn other_times_are_near_what_was_wanted() {
    let world = World::new().await;
    let line = call(&world, "call_1", "+4915112345678");
    let check = async |args: Value| ring(&world, line.clone(), "check_availability", args).await.body;
    for (date, time, says) in [
        // Closed on Mondays; Saturday is nearer than the Tuesday after the next day.
        ("23.11.", "", "Am Montag, dem 23. November ist leider nichts frei."),
        (
            "Dienstag",
            "20:30",
            "Dienstag, der 24. November um 20 Uhr 30 ist leider nicht frei. Am selben Tag wäre um 16 Uhr 45, 17 Uhr oder 17 Uhr 15 frei.",
        ),
        ("Dienstag", "nachmittags", "Am Dienstag, dem 24. November wäre um 12 Uhr"),
        ("", "", "Am Freitag, dem 20. November wäre um 9 Uhr 15"),
    ] {
        let args = json!({ "service": "Damenhaarschnitt", "date": date, "time_preference": time });
        let answer = check(args).await;
        assert_eq!(answer["status"], "ok", "{answer}");
        let say = answer["say"].as_str().unwrap();
        assert!(say.starts_with(says), "{date} {time}: {say}");
        assert!(answer.to_string().chars().count() < 1_500);
    }
    // Unification day is a Saturday.
    let store = &world.engine.store;
    let (branch, land) = (world.salon.branch, Some(domain::holidays::Land::Be));
    let hours = store.branch(world.salon.id, branch).await.unwrap().hours;
    let (by, now) = (Actor::of(Origin::System), world.engine.ambient.now());
    store.set_branch_hours(world.salon.id, branch, hours, land, by.clone(), now).await.unwrap();
    world.clock.set(World::at("2026-10-01T08:00:00Z"));
    let args = json!({ "service": "Färben", "date": "2026-10-03", "language": "en" });
    let answer = check(args).await;
    assert!(
        answer["say"].as_str().unwrap().starts_with("Saturday, 3 October is a public holiday."),
        "{answer}"
    );
    assert_eq!(answer["data"]["alternatives"].as_array().unwrap().len(), 3);
    // Ben is away, and Anna is not asked for.
    let away = store::Absence {
        id: domain::AbsenceId(world.engine.ambient.id()),
        staff_id: world.salon.ben,
        slot: domain::Slot::of(World::at("2026-09-30T22:00:00Z"), 30 * 24 * 60),
        reason: None,
    };
    store.add_absence(world.salon.id, away, by, now).await.unwrap();
    let with_ben = json!({ "service": "Färben", "staff": "Ben", "date": "2026-10-06" });
    assert_eq!(check(with_ben).await["status"], "not_found");
    let line = call(&world, "call_2", "+4915112345678");
    let book = json!({ "service": "Färben", "staff": "Ben", "date": "2026-10-06", "time": "10 Uhr",
        "customer_name": "Clara Client" });
    assert_eq!(ring(&world, line, "book_appointment", book).await.body["status"], "conflict");
}

#[tokio::test]
async fn what_cal_com_says_counts_if_it_says_so_in_time() {
    let world = World::new().await;
    let check = async |id: &str| {
        let args = json!({ "service": "Damenhaarschnitt", "date": "24.11.", "time": "14 Uhr" });
        ring(&world, call(&world, id, "+4915112345678"), "check_availability", args).await.body
    };
    assert_eq!(check("call_1").await["data"]["slots"][0]["spoken"], "Dienstag, der 24. November um 14 Uhr");
    // Somebody books there, and its webhook tells us that what we heard is old.
    let guest = Guest::new("Greta Guest", "greta@client.example");
    world.sim.book_as_guest(world.salon.event_type, World::at("2026-11-24T13:00:00Z"), guest).await.unwrap();
    let taken = check("call_2").await;
    assert_eq!(
        (&taken["data"]["calcom"], &taken["data"]["slots"]),
        (&json!("included"), &Value::Null),
        "{taken}"
    );
    // Silent, it is left alone for a while, and our own calendar decides.
    world.sim.order(Fault::Down, None, 1);
    world.clock.set(World::at("2026-11-20T08:10:00Z"));
    let alone = check("call_3").await;
    assert_eq!(alone["data"]["calcom"], "unavailable", "{alone}");
    world.clock.set(World::at("2026-11-20T08:21:00Z"));
    assert_eq!(check("call_4").await["data"]["calcom"], "included");
}
