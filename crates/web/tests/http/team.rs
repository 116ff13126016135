//! Team and hours: entered on pages and by the API, refused with a reason, and what is booked in an absence is shown and left
//! alone.

use domain::people::Role;
use serde_json::{Value, json};
use store::SetupDeed;

use crate::browser::{Browser, Page};
use crate::world::{World, without_ids};

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Is the cut to be had on this day?
async fn times(world: &World, day: &str) -> usize {
    let path = format!("/api/v1/slots?service={}&from={day}&to={day}", world.salon.cut);
    world.api("GET", &path, Value::Null).await.body["data"].as_array().unwrap().len()
}

async fn deeds(world: &World, subject: uuid::Uuid) -> Vec<SetupDeed> {
    let history = world.engine.store.setup_history(world.salon.id, subject).await.unwrap();
    history.into_iter().map(|entry| entry.deed).collect()
}

#[tokio::test]
async fn hours_of_a_branch_are_seen_changed_and_refused_where_they_are_wrong() {
    let world = World::new().await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let path = format!("/branches/{}", world.salon.branch);
    let list = Page::of(&manager.get("/team").await);
    assert!(list.text("main").contains("Dienstag–Samstag 09:00–18:00"), "{}", list.text("main"));
    let page = Page::of(&manager.get(&path).await);
    let value = |page: &Page, day: &str| {
        page.all(&format!("#{day}"))[0].value().attr("value").unwrap_or_default().to_owned()
    };
    assert_eq!(
        DAYS.map(|day| value(&page, day)),
        ["", "09:00–18:00", "09:00–18:00", "09:00–18:00", "09:00–18:00", "09:00–18:00", ""]
    );
    assert!(times(&world, "2026-11-24").await > 20);

    // What is wrong stands beside its day, and nothing is saved.
    let wrong =
        [("tuesday", "9 bis abends"), ("wednesday", "18-9"), ("thursday", "9-13, 12-18"), ("land", "XX")];
    let refused = manager.post(&path, &wrong).await;
    assert_eq!(refused.status, 422);
    let refused = Page::of(&refused);
    for (field, error) in [
        ("tuesday", "Diese Zeiten lesen wir nicht."),
        ("wednesday", "Das Ende liegt vor dem Anfang."),
        ("thursday", "überschneiden sich"),
        ("land", ""),
    ] {
        assert!(refused.text(&format!("#{field}-error")).contains(error), "{field}");
    }
    assert_eq!(value(&refused, "tuesday"), "9 bis abends");
    assert!(times(&world, "2026-11-24").await > 20);

    // Only in the morning, and closed at Christmas.
    let hours =
        DAYS.map(|day| (day, if day == "tuesday" || day == "friday" { "9-12, 13:30-15" } else { "" }));
    let fields: Vec<_> = hours.into_iter().chain([("land", "BE")]).collect();
    let saved = manager.follow(&manager.post(&path, &fields).await).await;
    assert!(saved.text("main").contains("Feiertage: Berlin"), "{}", saved.text("main"));
    assert_eq!(times(&world, "2026-11-24").await, 10 + 4);
    assert_eq!((times(&world, "2026-11-25").await, times(&world, "2026-12-25").await), (0, 0));
    let page = Page::of(&manager.get(&path).await);
    assert_eq!(
        (value(&page, "tuesday"), value(&page, "monday")),
        ("09:00–12:00, 13:30–15:00".into(), String::new())
    );
    assert!(page.text("main").contains("Fr., 25. Dez. 2026"), "{}", page.text("main"));
    assert_eq!(deeds(&world, world.salon.branch.0).await, [SetupDeed::HoursChanged]);
    // The same again is no change.
    manager.post(&path, &fields).await;
    assert_eq!(deeds(&world, world.salon.branch.0).await.len(), 1);

    // Only managers, only here.
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    assert_eq!(staff.get("/team").await.status, 403);
    assert_eq!(staff.post(&path, &fields).await.status, 403);
    for foreign in [format!("/branches/{}", world.other.branch), format!("/staff/{}", world.other.anna)] {
        assert_eq!(manager.get(&foreign).await.status, 404);
        assert_eq!(manager.post(&foreign, &fields).await.status, 404);
    }
    let absences = format!("/staff/{}/absences", world.other.anna);
    let away = [("from_day", "2026-12-01"), ("to_day", "2026-12-02")];
    assert_eq!(manager.post(&absences, &away).await.status, 404);
}

#[tokio::test]
async fn what_is_booked_in_an_absence_is_shown_and_left_alone() {
    let world = World::new().await;
    let booked = world.book("2026-11-24T10:00:00+01:00").await;
    assert_eq!(booked.status, 201, "{}", booked.text);
    assert_eq!(world.book("2026-11-26T10:00:00+01:00").await.status, 201);
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let path = format!("/staff/{}", world.salon.anna);
    let absences = format!("{path}/absences");
    for (fields, wrong) in [
        (vec![("to_day", "2026-11-24")], "from_day"),
        (vec![("from_day", "2026-11-25"), ("to_day", "2026-11-24")], "to_day"),
        (
            vec![
                ("from_day", "2026-11-24"),
                ("to_day", "2026-11-24"),
                ("from_time", "12:00"),
                ("to_time", "11:00"),
            ],
            "to_time",
        ),
        (vec![("from_day", "2026-11-24"), ("to_day", "2026-11-24"), ("from_time", "noon")], "from_time"),
        (vec![("from_day", "2026-11-18"), ("to_day", "2026-11-19")], "to_day"),
    ] {
        let refused = manager.post(&absences, &fields).await;
        assert_eq!(refused.status, 422, "{fields:?}");
        assert!(!Page::of(&refused).all(&format!("#{wrong}-error")).is_empty(), "{wrong}: {fields:?}");
    }
    let long = "x".repeat(101);
    let fields = [("from_day", "2026-11-24"), ("to_day", "2026-11-24"), ("reason", long.as_str())];
    assert_eq!(manager.post(&absences, &fields).await.status, 422);

    let fields = [("from_day", "2026-11-24"), ("to_day", "2026-11-25"), ("reason", "Fortbildung")];
    let page = manager.follow(&manager.post(&absences, &fields).await).await;
    let told = page.text("#absences");
    assert!(
        told.contains("Di., 24. Nov. 2026 – Mi., 25. Nov. 2026") && told.contains("Fortbildung"),
        "{told}"
    );
    assert!(told.contains("Ein Termin liegt darin"), "{told}");
    assert_eq!(page.all(&format!("#absences a[href='/appointments/{}']", booked.id())).len(), 1);
    let still = world.api("GET", &format!("/api/v1/appointments/{}", booked.id()), Value::Null).await;
    assert_eq!(
        (&still.body["status"], &still.body["starts_at"]),
        (&json!("confirmed"), &json!("2026-11-24T10:00:00+01:00"))
    );
    assert_eq!((times(&world, "2026-11-24").await, times(&world, "2026-11-25").await), (0, 0));
    let list = Page::of(&manager.get("/team").await);
    assert!(list.text("main").contains("Ein Termin liegt darin"));

    // For some hours of a day, as the clock of the branch goes.
    let fields =
        [("from_day", "2026-11-27"), ("to_day", "2026-11-27"), ("from_time", "12:00"), ("to_time", "17:15")];
    let page = manager.follow(&manager.post(&absences, &fields).await).await;
    assert!(page.text("#absences").contains("12:00–17:15"), "{}", page.text("#absences"));
    assert_eq!(times(&world, "2026-11-27").await, 10 + 1);
    // Taken back, it is free again.
    let id = page.all("#absences > ul > li")[1].value().attr("id").unwrap().to_owned();
    let page = manager.follow(&manager.post(&format!("{absences}/{id}"), &[]).await).await;
    assert_eq!(page.all("#absences > ul > li").len(), 1);
    assert!(times(&world, "2026-11-27").await > 20);
    assert_eq!(manager.post(&format!("{absences}/{id}"), &[]).await.status, 404);
    let done = deeds(&world, world.salon.anna.0).await;
    assert!(
        matches!(
            done[..],
            [
                SetupDeed::AbsenceRemoved { .. },
                SetupDeed::AbsenceAdded { .. },
                SetupDeed::AbsenceAdded { .. }
            ]
        ),
        "{done:?}"
    );

    // Other hours.
    let hours = DAYS.map(|day| (day, if day == "thursday" { "10:00–11:00" } else { "" }));
    manager.follow(&manager.post(&path, &hours).await).await;
    assert_eq!((times(&world, "2026-12-03").await, times(&world, "2026-12-04").await), (2, 0));
}

#[tokio::test]
async fn programs_do_the_same() {
    let world = World::new().await;
    let booked = world.book("2026-11-24T10:00:00+01:00").await.id();
    let branches = world.api("GET", "/api/v1/branches", Value::Null).await;
    insta::assert_json_snapshot!("branches", without_ids(&branches.body));
    let branch = format!("/api/v1/branches/{}", world.salon.branch);
    let week = json!({ "tuesday": ["13:30-18:00", "09:00-12:30"], "saturday": ["10:00-14:00"] });
    let changed = world.api("PATCH", &branch, json!({ "hours": week, "holidays": "be" })).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(changed.body["hours"]["tuesday"], json!(["09:00-12:30", "13:30-18:00"]));
    assert_eq!((&changed.body["hours"]["monday"], &changed.body["holidays"]), (&json!([]), &json!("BE")));
    // What is left out stays; what is wrong is told at its place.
    let kept = world.api("PATCH", &branch, json!({ "holidays": null })).await;
    assert_eq!((&kept.body["hours"], &kept.body["holidays"]), (&changed.body["hours"], &Value::Null));
    for (body, pointer) in [
        (json!({ "hours": { "monday": ["9 to 5"] } }), "/hours/monday/0"),
        (json!({ "hours": { "monday": ["09:00-12:00", "11:00-13:00"] } }), "/hours/monday"),
        (json!({ "hours": { "someday": [] } }), "/hours/someday"),
        (json!({ "hours": null }), "/hours"),
        (json!({ "holidays": "XX" }), "/holidays"),
    ] {
        let refused = world.api("PATCH", &branch, body).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{}", refused.text);
    }
    let staff = format!("/api/v1/staff/{}", world.salon.anna);
    let changed = world.api("PATCH", &staff, json!({ "hours": { "tuesday": ["09:00-12:00"] } })).await;
    assert_eq!((changed.status.as_u16(), &changed.body["hours"]["tuesday"]), (200, &json!(["09:00-12:00"])));

    let away = json!({
        "staff_id": world.salon.anna, "from": "2026-11-24T00:00:00+01:00", "until": "2026-11-25T00:00:00+01:00",
        "reason": "Urlaub",
    });
    let added = world.api("POST", "/api/v1/absences", away.clone()).await;
    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!(added.body["appointment_ids"], json!([booked]));
    let list = world.api("GET", &format!("/api/v1/absences?staff={}", world.salon.anna), Value::Null).await;
    assert_eq!(list.body["data"], json!([added.body]));
    let list = world.api("GET", &format!("/api/v1/absences?staff={}", world.salon.ben), Value::Null).await;
    assert_eq!(list.body["data"], json!([]));
    assert_eq!(times(&world, "2026-11-24").await, 0);
    for (field, value) in [
        ("until", json!("2026-11-24T00:00:00+01:00")),
        ("until", json!("2026-11-19T00:00:00+01:00")),
        ("from", json!("morgen")),
        ("staff_id", json!(world.other.anna)),
        ("reason", json!("x".repeat(101))),
    ] {
        let mut body = away.clone();
        body[field] = value;
        let refused = world.api("POST", "/api/v1/absences", body).await;
        assert_eq!(refused.status, 422, "{field}: {}", refused.text);
        assert_eq!(refused.body["errors"][0]["pointer"], format!("/{field}"), "{}", refused.text);
    }
    let gone = added.header("location").to_owned();
    assert_eq!(world.request("DELETE", &gone, &world.other.key, Value::Null, &[]).await.status, 404);
    assert_eq!(world.api("DELETE", &gone, Value::Null).await.status, 204);
    assert_eq!(world.api("DELETE", &gone, Value::Null).await.status, 404);
    assert!(times(&world, "2026-11-24").await > 0);
}
