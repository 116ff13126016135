//! What an operator does: tries again what was given up, has webhooks processed again, reads measures, keeps copies.

use std::os::unix::fs::PermissionsExt as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::installation::{Installation, request, until};

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
    let [one] = &dry.json()["appointments"].as_array().unwrap()[..] else { panic!("{dry:?}") };
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

/// A copy that was taken beside the server is as good as the database.
pub async fn a_copy(salon: &Installation) {
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

    // Put in the place of the database, with the key, it is a whole installation.
    let restored = Installation::new(None);
    std::fs::copy(&copy, restored.folder.path().join("einklang.sqlite")).unwrap();
    std::fs::copy(salon.folder.path().join("secret.key"), restored.folder.path().join("secret.key")).unwrap();
    assert_eq!(restored.rows().await, salon.rows().await);
    let codes = |it: &Installation| it.run("doctor --offline").json()["findings"].clone();
    assert_eq!(codes(&restored), codes(salon));
    std::fs::remove_file(copy).unwrap();
}

/// Health and measures, on a listener of their own.
pub async fn measures(address: &str) {
    let (status, ready) = request("GET", &format!("http://{address}/readyz"), "", &Value::Null).await;
    assert_eq!(
        (status, &ready["checks"]["work"], &ready["reasons"]),
        (200, &json!("ok"), &json!([])),
        "{ready}"
    );
}
