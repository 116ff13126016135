//! What an operator does: tries again what was given up, has webhooks processed again, reads measures, keeps copies.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use jiff::Timestamp;
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};

use crate::installation::{self, Installation, request, until};

/// An appointment whose time somebody has at Cal.com, which nobody heard of, is tried again once it is free there.
pub async fn what_was_given_up(
    salon: &Installation,
    key: &str,
    service: &Value,
    (calcom_url, event_type): (&str, &Value),
    starts_at: Timestamp,
) {
    let command = "sync appointments --company morgenrot";
    assert_eq!(salon.done(command)["appointments"], json!([]));
    assert!(salon.text(command).stdout.contains("No appointment"));
    let wrong = salon.run("sync appointments --status synced");
    assert!(wrong.code == 2 && wrong.stdout.contains("orphaned_local"), "{wrong:?}");

    let lose = json!({ "fault": "loseWebhooks", "times": 2 });
    request("POST", &format!("{calcom_url}/sim/faults"), "", &lose).await;
    let garble = json!({ "fault": "halfAnswer", "call": "getBooking", "times": 99 });
    request("POST", &format!("{calcom_url}/sim/faults"), "", &garble).await;
    let attendee = json!({ "name": "Frieda Gast", "email": "frieda@post.example" });
    let guest = json!({ "eventTypeId": event_type, "start": starts_at, "attendee": attendee });
    let (status, booking) = request("POST", &format!("{calcom_url}/sim/bookings"), "", &guest).await;
    assert_eq!(status, 201, "{booking}");
    let customer = json!({ "name": "Clara Neumann", "email": "clara@post.example" });
    let wish = json!({ "service_id": service, "starts_at": starts_at, "customer": customer });
    let (status, appointment) = salon.http("POST", "/api/v1/appointments", key, &wish).await;
    assert_eq!(status, 201, "{appointment}");
    let path = format!("/api/v1/appointments/{}/sync-status", appointment["id"].as_str().unwrap());
    let is = async |wanted: &str| salon.http("GET", &path, key, &Value::Null).await.1["status"] == wanted;
    until("it was given up", async || is("failed").await.then_some(())).await;

    let before = salon.rows().await;
    let dry = salon.run(&format!("{command} --dry-run"));
    assert_eq!(dry.code, 2, "{dry:?}");
    let told = dry.json();
    let [one] = &told["appointments"].as_array().unwrap()[..] else { panic!("{dry:?}") };
    assert_eq!(
        (&one["id"], &one["before"], &one["after"]),
        (&appointment["id"], &json!("failed"), &Value::Null)
    );
    assert_eq!(salon.rows().await, before, "nothing was changed");
    // Still taken: it is looked at and tried, and a person is needed still.
    let left = salon.run(command);
    assert_eq!((left.code, &left.json()["appointments"][0]["after"]), (2, &json!("failed")), "{left:?}");
    assert!(salon.run(&format!("{command} --status conflict")).code == 0);

    let uid = booking["uid"].as_str().unwrap();
    let cancel = format!("{calcom_url}/sim/bookings/{uid}/cancel");
    request("POST", &cancel, "", &json!({ "reason": "Krank" })).await;
    let settled = salon.run(command);
    assert_eq!(
        (settled.code, &settled.json()["appointments"][0]["after"]),
        (0, &json!("synced")),
        "{settled:?}"
    );
    assert!(is("synced").await);
}

/// A booking that was made at Cal.com, of which nobody heard and which could not be read, is told of and becomes an
/// appointment.
pub async fn what_only_cal_com_knows(
    salon: &Installation,
    (calcom_url, event_type): (&str, &Value),
    starts_at: Timestamp,
) {
    let lose = json!({ "fault": "loseWebhooks", "times": 1 });
    request("POST", &format!("{calcom_url}/sim/faults"), "", &lose).await;
    let attendee = json!({ "name": "Frieda Gast", "email": "frieda@post.example" });
    let guest = json!({ "eventTypeId": event_type, "start": starts_at, "attendee": attendee });
    let (status, booking) = request("POST", &format!("{calcom_url}/sim/bookings"), "", &guest).await;
    assert_eq!(status, 201, "{booking}");
    // Whoever only checks asks nobody.
    assert_eq!(salon.run("verify --company morgenrot --check-only").code, 2);
    let (command, orphans) = ("sync appointments --company morgenrot --dry-run", "--status orphaned_calcom");
    assert_eq!(salon.done(&format!("{command} {orphans}"))["bookings"], json!([]));
    let verified = salon.run("verify --company morgenrot");
    let run = &verified.json()["verifications"][0];
    assert_eq!((verified.code, &run["open"], &run["questions"]), (2, &json!(1), &json!(1)), "{verified:?}");
    request("DELETE", &format!("{calcom_url}/sim/faults"), "", &Value::Null).await;
    let command = "sync appointments --company morgenrot";
    let is = |told: &Value, after: Value| {
        assert_eq!(told["appointments"], json!([]));
        let [one] = &told["bookings"].as_array().unwrap()[..] else { panic!("{told}") };
        assert_eq!((&one["uid"], &one["before"]), (&booking["uid"], &json!("orphaned_calcom")));
        assert_eq!(one["after"], after);
    };
    assert_eq!(salon.run(&format!("{command} --dry-run --status failed")).code, 0);
    let dry = salon.run(&format!("{command} --dry-run --status orphaned_calcom"));
    assert_eq!(dry.code, 2, "{dry:?}");
    is(&dry.json(), Value::Null);
    let done = salon.run(command);
    assert_eq!(done.code, 0, "{done:?}");
    is(&done.json(), json!("synced"));
    assert_eq!(salon.done(command)["bookings"], json!([]));
}

/// The synchronisation is stopped for a while, and the webhook looked up.
pub async fn a_pause(salon: &Installation, key: &str, service: &Value, starts_at: Timestamp) {
    let state = |told: &Value| told["data"][0]["state"].clone();
    assert_eq!(state(&salon.done("connection pause --company morgenrot")), "paused");
    let customer = json!({ "name": "Clara Neumann", "email": "clara@post.example" });
    let wish = json!({ "service_id": service, "starts_at": starts_at, "customer": customer });
    let (status, appointment) = salon.http("POST", "/api/v1/appointments", key, &wish).await;
    assert_eq!(status, 201, "{appointment}");
    let unknown = salon.run("connection resume --company morgenrot --connection nobody");
    assert_eq!(unknown.code, 1, "{unknown:?}");
    assert_eq!(state(&salon.done("connection list --company morgenrot")), "paused");
    assert_eq!(state(&salon.done("connection resume --company morgenrot")), "active");
    let path = format!("/api/v1/appointments/{}/sync-status", appointment["id"].as_str().unwrap());
    let is_synced =
        async || (salon.http("GET", &path, key, &Value::Null).await.1["status"] == "synced").then_some(());
    until("what was kept is sent", is_synced).await;
    let checked = salon.text("connection reregister --company morgenrot");
    assert!(checked.stdout.contains("is registered as it should be"), "{checked:?}");
}

/// What Cal.com has told is processed once more, and changes nothing.
pub fn webhooks(salon: &Installation) {
    let unnamed = salon.run("webhooks replay");
    assert_eq!(unnamed.code, 2, "{unnamed:?}");
    let count = |line: &str| salon.done(line)["replayed"][0]["count"].as_u64().unwrap();
    let all = count("webhooks replay --company morgenrot --all --dry-run");
    assert!(all > 0);
    assert_eq!(count("webhooks replay --all --dry-run"), all, "it was dry");
    let done = salon.done("webhooks replay --company morgenrot --all");
    assert_eq!(
        done["replayed"][0],
        json!({ "company": "morgenrot", "count": all, "dry_run": false, "waiting": false })
    );
    assert_eq!(count("webhooks replay --trigger PING --dry-run"), 0);
    assert_eq!(count("webhooks replay --verdict valid --received 2000-01-01..2000-01-02 --dry-run"), 0);
    let text = salon.text("webhooks replay --verdict valid --dry-run").stdout;
    assert!(text.contains("morgenrot") && text.contains("would be processed again"), "{text}");
}

/// A copy that was taken beside the server, put back as the documents say, is as good as the database; and what has
/// happened at Cal.com since is found.
pub async fn a_copy(salon: &Installation, key: &str, calcom_url: &str) {
    let restored = if salon.is_postgres() { a_dump(salon).await } else { a_file(salon).await };
    assert_eq!(restored.done("migrate")["current"], true);
    // Every stored secret opens.
    let doctor = restored.run("doctor --offline").json();
    let codes: Vec<_> = doctor["findings"].as_array().unwrap().iter().map(|it| it["code"].clone()).collect();
    assert_eq!(codes, ["public_url_is_local", "public_url_is_not_https", "no_mail"]);

    let (_, all) = salon.http("GET", "/api/v1/appointments", key, &Value::Null).await;
    let of_guest = all["data"].as_array().unwrap().iter().find(|one| one["origin"] == "calcom").unwrap();
    let (path, uid) =
        (format!("/api/v1/appointments/{}", text(&of_guest["id"])), text(&of_guest["calcom_booking_uid"]));
    let cancel = format!("{calcom_url}/sim/bookings/{uid}/cancel");
    request("POST", &cancel, "", &json!({ "reason": "Krank" })).await;
    until("the server hears of it", async || {
        let (_, one) = salon.http("GET", &path, key, &Value::Null).await;
        (one["status"] == "cancelled").then_some(())
    })
    .await;
    let verified = restored.done("verify --company morgenrot");
    let findings = verified["verifications"][0]["findings"].as_array().unwrap();
    let [one] = &findings[..] else { panic!("{verified}") };
    assert_eq!((&one["booking_uid"], one["healed_at"].is_string()), (&json!(uid), true), "{verified}");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// `einklang backup`, and its file in the place of the database.
async fn a_file(salon: &Installation) -> Installation {
    let copy = salon.folder.path().join("copy.sqlite");
    let line = format!("backup {}", copy.display());
    let made = salon.done(&line);
    assert_eq!(
        (&made["missing_migrations"], made["bytes"].as_u64() > Some(100_000)),
        (&json!(0), true),
        "{made}"
    );
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let left = std::fs::read_dir(salon.folder.path()).unwrap().map(|it| it.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("copy")).collect();
    assert_eq!(left, ["copy.sqlite"], "nothing else is left beside it");
    assert!(salon.run(&line).refusal().contains("is there already"));

    let restored = Installation::new(None);
    std::fs::copy(&copy, restored.folder.path().join("einklang.sqlite")).unwrap();
    std::fs::copy(salon.folder.path().join("secret.key"), restored.folder.path().join("secret.key")).unwrap();
    assert_eq!(restored.rows().await, salon.rows().await);
    std::fs::remove_file(copy).unwrap();
    restored
}

/// `pg_dump`, and `pg_restore` into a new database, then over one that has gone on.
async fn a_dump(salon: &Installation) -> Installation {
    let from = salon.variable("DATABASE_URL").unwrap();
    assert!(salon.run("backup copy.sqlite").refusal().contains("pg_dump"));
    let (server, name) = from.rsplit_once('/').unwrap();
    let (database, file) = (format!("{name}_restored"), salon.folder.path().join("copy.dump"));
    let admin = Database::connect(from).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {database}")).await.unwrap();
    let to = format!("{server}/{database}");
    let file = file.to_str().unwrap();
    client("pg_dump", &["--format=custom", &format!("--file={file}"), from]);
    let restored = Installation::new(Some(to.clone()));
    let rows = salon.rows().await;
    let restore = async || {
        client("pg_restore", &["--clean", "--if-exists", "--no-owner", &format!("--dbname={to}"), file]);
        assert_eq!(restored.rows().await, rows);
        assert_eq!(restored.done("migrate --status")["current"], true);
    };
    restore().await;
    restored.done("company create --name Zwei --slug zwei --timezone Europe/Berlin");
    assert_ne!(restored.rows().await, rows);
    restore().await;
    restored
}

/// Runs a program of PostgreSQL, which has to succeed.
fn client(name: &str, arguments: &[&str]) {
    let folder = std::env::var("POSTGRES_BIN").map(PathBuf::from).unwrap_or_default();
    let ended = Command::new(folder.join(name)).args(arguments).output();
    let ended = ended.unwrap_or_else(|error| panic!("{name}, in POSTGRES_BIN or on the path: {error}"));
    assert!(ended.status.success(), "{name}: {}", String::from_utf8_lossy(&ended.stderr));
}

/// Health and measures; with a listener of their own they are shown there alone.
pub async fn measures(salon: &Installation) {
    let watched = salon.variable("EINKLANG_METRICS_LISTEN").map(|address| format!("http://{address}"));
    let at = watched.clone().unwrap_or_else(|| salon.url.clone());
    let (status, ready) = request("GET", &format!("{at}/readyz"), "", &Value::Null).await;
    assert_eq!(
        (status, &ready["checks"]["work"], &ready["reasons"]),
        (200, &json!("ok"), &json!([])),
        "{ready}"
    );
    let (status, text) = installation::text(&format!("{at}/metrics")).await;
    assert_eq!(status, 200);
    for line in [
        "einklang_build_info{version=",
        "einklang_sync_operations_total{operation=\"create\",outcome=\"ok\"}",
        "einklang_sync_call_duration_seconds_bucket{operation=\"create\",le=",
        "einklang_sync_lag_seconds_count ",
        "einklang_webhooks_total{verdict=\"accepted\"}",
        "einklang_http_request_duration_seconds_bucket{",
        "einklang_database_up 1",
        "einklang_connections{state=\"active\"} 1",
        "einklang_appointments_unsynced{sync=\"failed\"} 0",
        "einklang_queue_oldest_age_seconds ",
        "einklang_webhooks_waiting 0",
    ] {
        assert!(text.lines().any(|it| it.starts_with(line)), "no {line} in {text}");
    }
    for personal in ["Clara", "Frieda", "morgenrot", "post.example"] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    if watched.is_some() {
        assert_eq!(installation::text(&format!("{}/metrics", salon.url)).await.0, 404);
    }
}
