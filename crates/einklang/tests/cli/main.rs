//! The built binary from the outside: setting a company up from nothing, beside a running server, on both
//! databases, against the simulator; what it answers, how it ends.

mod installation;
mod mail;
mod operation;
mod traces;

use installation::{Installation, request, until};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_salon_is_set_up_and_booked_on_sqlite() {
    let mut salon = Installation::new(None);
    let watched = format!("127.0.0.1:{}", installation::free_port());
    salon.set("EINKLANG_METRICS_LISTEN", &watched);
    let collector = traces::Collector::start().await;
    salon.set("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    salon.set("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
    let other = salon.run("serve").refusal();
    assert!(other.contains("http/protobuf"), "{other}");
    salon.set("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    let none = salon.run("company list").refusal();
    assert!(none.contains("there is no database at") && none.contains("einklang migrate"), "{none}");
    assert_eq!(
        codes(&salon.run("doctor").json()),
        ["public_url_is_local", "public_url_is_not_https", "no_database"]
    );
    story(&mut salon).await;
    collector.judge();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_salon_is_set_up_and_booked_on_postgres() {
    let Some(server) = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty()) else {
        return println!("skipped: TEST_POSTGRES_URL names no server");
    };
    let name = format!("einklang_cli_{}", std::process::id());
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (front, _) = server.rsplit_once('/').unwrap();
    let mut salon = Installation::new(Some(format!("{front}/{name}")));

    let lacking = salon.run("migrate --status");
    assert_eq!((lacking.code, lacking.json()["current"].as_bool()), (2, Some(false)));
    assert!(salon.run("serve").refusal().contains("einklang serve --migrate"));
    story(&mut salon).await;
    assert!(!salon.folder.path().join("secret.key").exists());
    salon.set("EINKLANG_SECRET_KEY", "");
    let keyless = salon.run("serve").refusal();
    assert!(keyless.contains("EINKLANG_SECRET_KEY is not set"), "{keyless}");

    for name in [format!("{name}_restored"), name] {
        admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    }
}

/// From an empty database to an appointment that is the same at Cal.com.
async fn story(salon: &mut Installation) {
    assert_eq!(salon.done("migrate")["current"], true);
    assert_eq!(salon.done("migrate --status")["current"], true);
    assert_eq!(salon.run("doctor --offline").json()["findings"][2]["code"], "no_company");

    salon.done("company create --name 'Salon Morgenrot' --slug morgenrot --timezone Europe/Berlin");
    let twice = salon.run("company create --name Zwei --slug morgenrot --timezone Europe/Berlin").refusal();
    assert!(twice.contains("there is a company \"morgenrot\" already"), "{twice}");

    let rules = salon.done("company policy --company morgenrot --attendee replace");
    assert_eq!((&rules["attendee"], &rules["times"]), (&"replace".into(), &"ask".into()));
    let rules = salon.done("company policy --company morgenrot --attendee platform_wins --times calcom_wins");
    assert_eq!(rules["times"], "calcom_wins");
    let unknown = salon.run("company policy --company morgenrot --times somebody");
    assert!(unknown.code == 2 && unknown.stdout.contains("platform_wins"), "{unknown:?}");

    let create = "user create --company morgenrot --email Chefin@Salon.example --role admin";
    let short = salon.run_with(create, "kurz\n").refusal();
    assert!(short.contains("shorter than 12 characters"), "{short}");
    let user = salon.done_with(create, "ein langes Passwort\n");
    assert_eq!(user["email"], "chefin@salon.example");

    // From here on everything is done beside a running server.
    let silent = salon.run("health").refusal();
    assert!(silent.contains("nobody answers at http://127.0.0.1:"), "{silent}");
    let (server, told) = salon.start("serve");
    assert_eq!(told["url"], salon.url);
    assert_eq!(salon.done("health")["status"], "ready");
    let (simulator, calcom) = salon.start("simulator --listen 127.0.0.1:0");
    let calcom_url = calcom["url"].as_str().unwrap();
    let anna = &calcom["users"][0];

    salon.done("branch create --company morgenrot --name Mitte --phone '030 23125 110' --hours 'mon-sun 08:00-20:00'");
    let staff = salon.done("staff create --company morgenrot --name Anna --hours 'mon-sat 09:00-18:00'");
    assert!(staff["hours"].as_str().unwrap().starts_with("mon 09:00-18:00, tue"), "{staff}");
    let service = salon
        .done("service create --company morgenrot --name 'Schnitt für Herren' --duration 30 --price 34,50");
    assert_eq!((&service["slug"], &service["price_cents"]), (&json!("schnitt-fuer-herren"), &json!(3450)));
    assert_eq!((&service["not_bookable"], &service["online"]), (&json!(["nobody"]), &json!(true)));

    let add = format!("connection add --company morgenrot --base-url {calcom_url} --api-key-stdin");
    let wrong = salon.run_with(&add, "cal_live_nobody\n").refusal();
    assert!(wrong.starts_with("Cal.com does not accept the key"), "{wrong}");
    assert_eq!(wrong.matches("does not accept").count(), 1, "said once: {wrong}");
    assert_eq!(salon.done("connection list --company morgenrot")["data"], json!([]));
    let key = anna["api_key"].as_str().unwrap();
    let connection = salon.done_with(&add, &format!("{key}\n"));
    assert_eq!(
        (&connection["account"]["username"], &connection["webhook_registered"]),
        (&json!("anna"), &json!(true))
    );
    assert!(!salon.text("connection list --company morgenrot").stdout.contains(key));

    let link =
        "service link --company morgenrot --service schnitt-fuer-herren --connection anna --staff anna";
    let missing = salon.run(&format!("{link} --event-type 4711")).refusal();
    assert!(
        missing.contains("has no event type 4711; it has:") && missing.contains("Haarschnitt"),
        "{missing}"
    );
    let longer = salon.run(&format!("{link} --event-type {}", anna["event_types"][1]["id"])).refusal();
    assert!(longer.contains("takes 90 minutes"), "{longer}");
    let event_type = &anna["event_types"][0]["id"];
    let linked = salon.done(&format!("{link} --event-type {event_type} --add-reference-field"));
    assert_eq!(linked["reference_field"], true);
    assert!(salon.run(&format!("{link} --event-type {event_type}")).refusal().contains("linked already"));
    // Who is named with the event type offers the service.
    assert_eq!(
        salon.done("staff list --company morgenrot")["data"][0]["services"],
        json!(["schnitt-fuer-herren"])
    );

    let made = salon.done("api-key create --company morgenrot --name Website --scopes appointments:read,appointments:write,catalogue:read");
    let key = made["key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("ek_live_") && key.len() > 40);
    let listed = salon.text("api-key list --company morgenrot");
    assert!(listed.stdout.contains("Website") && !listed.stdout.contains(&key), "{listed:?}");

    let agent = salon.done_with("agent create --company morgenrot --name Luise", "key_of_retell\n");
    let functions = agent["functions_url"].as_str().unwrap();
    let (status, _) = request("POST", &format!("{functions}/find_appointments"), "", &json!({})).await;
    assert_eq!(status, 401, "the address is there, and asks for a signature");
    let told = salon.done("retell tools --company morgenrot");
    for tool in told["general_tools"].as_array().unwrap() {
        let (status, _) = request("POST", tool["url"].as_str().unwrap(), "", &json!({})).await;
        assert_eq!(status, 401, "{tool}");
    }
    for address in ["webhook_url", "inbound_webhook_url"] {
        let (status, _) = request("POST", told[address].as_str().unwrap(), "", &json!({})).await;
        assert_eq!(status, 401, "{address}");
    }

    booked_here_and_there(salon, &key, &service["id"], calcom_url, event_type).await;
    let there = (calcom_url, event_type);
    operation::what_was_given_up(salon, &key, &service["id"], there, noon(10)).await;
    operation::what_only_cal_com_knows(salon, there, noon(12)).await;
    operation::a_pause(salon, &key, &service["id"], noon(14)).await;
    operation::webhooks(salon);
    operation::a_copy(salon, &key, calcom_url).await;
    operation::measures(salon).await;

    // All that is wrong is what only a public address could mend.
    let doctor = salon.run("doctor");
    assert_eq!(doctor.code, 2);
    assert_eq!(codes(&doctor.json()), ["public_url_is_local", "public_url_is_not_https", "no_mail"]);
    assert!(salon.text("doctor").stdout.contains("3 things are wrong"));
    let tried = salon.run("notify test --company morgenrot");
    let sent = &tried.json()["sent"];
    assert_eq!(
        (tried.code, &sent[0]["to"], &sent[0]["problem"]),
        (2, &json!("chefin@salon.example"), &json!("no_mail"))
    );
    let nobody = salon.run("notify test --company morgenrot --to nobody@salon.example").refusal();
    assert!(nobody.contains("nobody of morgenrot"), "{nobody}");

    services_and_event_types(salon, event_type, calcom_url).await;
    composite(salon, &staff["id"]);

    salon.done("api-key revoke --company morgenrot --key Website");
    assert_eq!(salon.http("GET", "/api/v1/services", &key, &Value::Null).await.0, 401);

    assert_eq!(simulator.terminate().await, Some(0));
    let silent = salon.run("doctor");
    assert!(codes(&silent.json()).contains(&"calcom_does_not_answer".to_owned()), "{silent:?}");
    assert_eq!(server.terminate().await, Some(0));

    salon.set("EINKLANG_SECRET_KEY", "another key than the one that sealed the secrets");
    let sealed = codes(&salon.run("doctor --offline").json());
    assert_eq!(sealed.iter().filter(|code| *code == "secret_does_not_open").count(), 2, "{sealed:?}");
}

/// A service of two stretches, one of which Anna alone may do.
fn composite(salon: &Installation, anna: &Value) {
    let create = "service create --company morgenrot --name Balayage --online false --work";
    let unknown = salon.run(&format!("{create} 'Auftragen:30+45:Zoe'")).refusal();
    assert!(unknown.contains("Zoe") && unknown.contains("Anna"), "{unknown}");
    let made = salon.done(&format!("{create} 'Auftragen:30+45:Anna' --work Schneiden:30"));
    assert_eq!((&made["duration_minutes"], &made["segments"][0]["staff_ids"]), (&json!(105), &json!([anna])));
    assert_eq!(
        (&made["not_bookable"], &made["not_bookable_online"]),
        (&json!([]), &json!(["not_online"])),
        "who is named performs it"
    );
    let listed = salon.text("service list --company morgenrot").stdout;
    let row = listed.lines().find(|line| line.starts_with("balayage ")).unwrap();
    assert!(row.contains("by phone"), "{listed}");
    assert!(
        salon.run(&format!("{create} Auftragen:30")).refusal().contains("has a service \"balayage\" already")
    );
}

/// What differs is shown and changes nothing, is sent when a person says so, and what is new is imported once.
async fn services_and_event_types(salon: &Installation, event_type: &Value, calcom_url: &str) {
    let check = "sync services --company morgenrot --check-only";
    let of = |outcome: &Value, kind: &str| -> Vec<Value> {
        let all = outcome["differences"].as_array().unwrap().iter().map(|it| it["difference"].clone());
        all.filter(|difference| difference["kind"] == kind).collect()
    };
    let both_sides = async || {
        let (_, state) = request("GET", &format!("{calcom_url}/sim/state"), "", &Value::Null).await;
        let mut there = state["model"].as_object().unwrap().clone();
        assert!(there["event_types"].is_array(), "{there:?}");
        // Every request takes an id and counts against the limit, also one that only reads.
        there.retain(|key, _| key != "ids" && key != "throttler");
        (salon.rows().await, there)
    };
    // Nothing is on its way any more.
    let before = until("all is quiet", async || {
        let before = both_sides().await;
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        (both_sides().await == before).then_some(before)
    })
    .await;
    let found = salon.run(check);
    assert_eq!(found.code, 2, "{found:?}");
    let differs = of(&found.json(), "differs");
    let name = differs.iter().find(|it| it["field"] == "name").unwrap();
    assert_eq!((&name["ours"], &name["then"]), (&json!("Schnitt für Herren"), &json!("ask")));
    assert!(differs.iter().all(|it| it["event_type_id"] == *event_type), "{differs:?}");
    assert_eq!(of(&found.json(), "unknown").len(), 1);
    let text = salon.text(check).stdout;
    for said in ["ACCOUNT", "AT CAL.COM", "Haarschnitt", "a person decides"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(
        differs.iter().all(|it| it["account"].is_string() && it["connection"].is_string()),
        "{differs:?}"
    );
    let after = both_sides().await;
    let rows = after.0.iter().filter(|row| !before.0.contains(row));
    let there = after.1.keys().filter(|key| after.1[*key] != before.1[*key]);
    let changed: Vec<_> = rows.chain(there).collect();
    assert!(changed.is_empty() && after == before, "looking has changed something: {changed:?}");

    reviews(salon);
    let pushed = salon.done("service push --company morgenrot --service schnitt-fuer-herren");
    assert_eq!(pushed["sync"], "synced", "{pushed}");
    assert!(of(&salon.run(check).json(), "differs").is_empty());
    let brought = salon.done("sync services --company morgenrot");
    assert_eq!(brought["differences"], json!([]), "{brought}");
    let services = salon.done("service list --company morgenrot");
    assert_eq!(services["data"].as_array().unwrap().len(), 2, "imported once: {services}");
    assert!(services["data"].as_array().unwrap().iter().all(|it| it["open_divergences"] == json!(0)));
    assert_eq!(salon.run(check).code, 0);
    salon.done("sync services --company morgenrot --force");
    assert_eq!(salon.done("service list --company morgenrot")["data"].as_array().unwrap().len(), 2);
    let pulled = salon.done("service pull --company morgenrot --service schnitt-fuer-herren");
    assert_eq!((&pulled["name"], &pulled["sync"]), (&json!("Schnitt für Herren"), &json!("synced")));
    assert_eq!(
        salon.done("service reset --company morgenrot --service schnitt-fuer-herren")["sync"],
        "synced"
    );
}

/// What waits for a person is listed, given away, set aside, asked again and decided.
fn reviews(salon: &Installation) {
    let review = |what: &str| format!("review {what} --company morgenrot");
    let list =
        |more: &str| salon.done(&format!("{} {more}", review("list")))["reviews"].as_array().unwrap().clone();
    let open = list("--about service");
    let name = open.iter().find(|item| item["field"] == "name").unwrap();
    assert_eq!((&name["code"], &name["state"]), (&json!("divergence"), &json!("open")), "{name}");
    let item = format!("--item {}", name["id"].as_str().unwrap());
    let shown = salon.done(&format!("{} {item}", review("show")));
    assert_eq!(shown["choices"], json!(["ours", "theirs", "retry", "accept"]));
    assert!(salon.text(&review("list")).stdout.contains("Schnitt für Herren: name"));
    salon.done(&format!("{} {item} --text 'Fragt die Chefin'", review("comment")));
    salon.done(&format!("{} {item} --until 2100-01-01T00:00:00Z", review("snooze")));
    assert_eq!((list("--about service").len(), list("--state snoozed").len()), (open.len() - 1, 1));
    salon.done(&format!("{} {item}", review("snooze")));
    salon.done(&format!("{} {item} --reason 'so gewollt'", review("accept")));
    assert_eq!(list("--state aside")[0]["set_aside"], "accepted");
    salon.done(&format!("{} {item}", review("reopen")));
    let dry = salon.done(&format!("{} {item} --side ours --dry-run", review("settle")));
    assert_eq!((&dry["dry_run"], &dry["reviews"][0]["done"]), (&json!(true), &json!(true)));
    assert_eq!(list("--about service").len(), open.len(), "nothing was done");
    salon.done(&format!("{} {item} --side ours", review("settle")));
    let closed = salon.done(&format!("{} {item}", review("show")));
    assert_eq!(
        (&closed["state"], closed["deeds"].as_array().unwrap().len()),
        (&json!("closed"), 6),
        "{closed}"
    );
    let late = salon.run(&format!("{} {item}", review("accept")));
    assert_eq!((late.code, &late.json()["reviews"][0]["done"]), (2, &json!(false)));
    // It was carried out, so it is not taken back.
    let gone = salon.run(&format!("{} {item}", review("undo")));
    assert_eq!((gone.code, &gone.json()["reviews"][0]["done"]), (2, &json!(false)), "{gone:?}");
    let others = open.len() - 1;
    let noted = salon.done(&format!("{} --all --about service --text 'Später'", review("comment")));
    assert_eq!(noted["reviews"].as_array().unwrap().len(), others, "{noted}");
    let stranger = salon.run(&format!("{} --item rev_00000000000000000000000000000001", review("retry")));
    assert!(stranger.refusal().contains("there is no such item"));
    assert_eq!(salon.run(&format!("{} --state done", review("list"))).code, 2);
}

/// Noon in Berlin so many days from now, not on a Sunday.
fn noon(days: i64) -> jiff::Timestamp {
    let now = engine::Ambient::system().now().to_zoned(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    let mut day = now.date().saturating_add(jiff::Span::new().days(days));
    if day.weekday() == jiff::civil::Weekday::Sunday {
        day = day.tomorrow().unwrap();
    }
    day.at(12, 0, 0, 0).in_tz("Europe/Berlin").unwrap().timestamp()
}

/// An appointment of the REST API reaches Cal.com, and a booking made there comes here.
async fn booked_here_and_there(
    salon: &Installation,
    key: &str,
    service: &Value,
    calcom_url: &str,
    event_type: &Value,
) {
    let customer = json!({ "name": "Clara Neumann", "email": "clara@post.example" });
    let wish = json!({ "service_id": service, "starts_at": noon(3), "customer": customer });
    let (status, appointment) = salon.http("POST", "/api/v1/appointments", key, &wish).await;
    assert_eq!(status, 201, "{appointment}");
    let path = format!("/api/v1/appointments/{}/sync-status", appointment["id"].as_str().unwrap());
    until("the appointment is at Cal.com", async || {
        let (_, told) = salon.http("GET", &path, key, &Value::Null).await;
        (told["status"] == "synced").then_some(())
    })
    .await;

    let attendee = json!({ "name": "Emil Hartmann", "email": "emil@post.example" });
    let guest = json!({ "eventTypeId": event_type, "start": noon(6), "attendee": attendee });
    let (status, booking) = request("POST", &format!("{calcom_url}/sim/bookings"), "", &guest).await;
    assert_eq!(status, 201, "{booking}");
    until("the booking is here", async || {
        let (_, all) = salon.http("GET", "/api/v1/appointments", key, &Value::Null).await;
        let all = all["data"].as_array()?.clone();
        all.into_iter().find(|one| one["origin"] == "calcom" && one["calcom_booking_uid"] == booking["uid"])
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_for_one_process_that_works() {
    let salon = Installation::new(None);
    salon.done("migrate");
    let worker = salon.run("worker").refusal();
    assert!(worker.contains("needs PostgreSQL"), "{worker}");
    let idle = salon.run("serve --no-worker").refusal();
    assert!(idle.contains("leave everything undone"), "{idle}");

    let (server, _) = salon.start("serve");
    let second = salon.run("serve").refusal();
    assert!(second.contains("another Einklang (process ") && second.contains("works with"), "{second}");
    salon.done("company create --name 'Salon Morgenrot' --slug morgenrot --timezone Europe/Berlin");
    assert_eq!(salon.done("migrate --status")["current"], true);
    assert_eq!(server.terminate().await, Some(0));
    let (again, _) = salon.start("serve");
    drop(again);
    let (after_a_kill, _) = salon.start("serve");
    assert_eq!(after_a_kill.terminate().await, Some(0));
}

#[test]
fn a_wrong_command_line_is_told_from_a_failure() {
    let salon = Installation::new(None);
    for line in [
        "",
        "frobnicate",
        "company create --name x",
        "company create --name x --slug 'Kein Slug' --timezone Europe/Berlin",
        "company create --name x --slug x --timezone Berlin",
        "api-key create --company x --name x --scopes everything",
        "staff create --company x --name x --hours 'someday 9-5'",
    ] {
        let wrong = salon.run(line);
        assert_eq!(wrong.code, 2, "{line}: {wrong:?}");
        assert_eq!(wrong.json()["error"]["code"], "usage", "{line}: {wrong:?}");
    }
    assert!(std::fs::read_dir(salon.folder.path()).unwrap().next().is_none(), "nothing was made");
    assert!(salon.text("frobnicate").stderr.contains("unrecognized subcommand"));
    let help = salon.text("service link --help");
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("--add-reference-field"), "{help:?}");
}

#[test]
fn the_configuration_tells_where_it_comes_from() {
    let mut salon = Installation::new(None);
    std::fs::write(salon.folder.path().join("einklang.toml"), "public_url = \"https://salon.example\"\n")
        .unwrap();
    salon.set("EINKLANG_SECRET_KEY", "forty characters that nobody should see!");
    let told = salon.run("config");
    assert_eq!(told.json()["public_url"]["value"], "https://salon.example");
    assert!(told.json()["public_url"]["origin"].as_str().unwrap().ends_with("einklang.toml"));
    assert_eq!(told.json()["listen"]["origin"], "EINKLANG_LISTEN");
    assert!(!told.stdout.contains("forty") && !salon.text("config").stdout.contains("forty"));

    assert_eq!(told.json()["brake"]["value"], "30");
    salon.set("EINKLANG_BRAKE", "viele");
    let wrong = salon.run("config").refusal();
    assert!(
        wrong.contains("EINKLANG_BRAKE: \"viele\" is neither a number such as 30 nor \"off\""),
        "{wrong}"
    );
    salon.set("EINKLANG_BRAKE", "off");
    assert_eq!(salon.run("config").json()["brake"]["origin"], "EINKLANG_BRAKE");

    std::fs::write(salon.folder.path().join("einklang.toml"), "publicurl = \"x\"\n").unwrap();
    let unknown = salon.run("config").refusal();
    assert!(unknown.contains("\"publicurl\", which is not known"), "{unknown}");
}

fn codes(examination: &Value) -> Vec<String> {
    let findings = examination["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}
