//! What can be done about an appointment, on its page and by the API: other service, staff and customer data,
//! a no-show, a deletion.

use calcom_sim::BookingStatus;
use domain::AppointmentStatus;
use domain::people::Role;
use engine::Clock as _;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::World;

const TUESDAY: &str = "2026-11-24T14:30:00+01:00";

async fn path_of(world: &World) -> (String, String) {
    let id = world.book(TUESDAY).await.id();
    (format!("/appointments/{id}"), format!("/api/v1/appointments/{id}"))
}

fn value(page: &Page, name: &str) -> String {
    let found = page.all(&format!("[name={name}]:not([type=radio])"));
    let Some(field) = found.first() else { panic!("no {name}") };
    match field.value().name() {
        "textarea" => field.text().collect(),
        "select" => page.attribute(&format!("select[name={name}] [selected]"), "value"),
        _ => field.value().attr("value").unwrap_or_default().to_owned(),
    }
}

#[tokio::test]
async fn an_appointment_is_edited_on_its_page_and_cal_com_follows() {
    let world = World::new().await;
    let (page, api) = path_of(&world).await;
    world.work().await;
    let before = world.api("GET", &api, Value::Null).await;
    let uid = before.body["calcom_booking_uid"].as_str().unwrap().to_owned();
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let edit = format!("{page}/edit");
    let form = Page::of(&browser.get(&edit).await);
    assert_eq!(value(&form, "name"), "Clara Client");
    assert_eq!(form.attribute("[name=time][checked]", "value"), "14:30");
    let version = value(&form, "version");
    let (cut, colour) = (world.salon.cut.to_string(), world.salon.colour.to_string());
    let (anna, ben) = (world.salon.anna.to_string(), world.salon.ben.to_string());
    let mut typed = vec![
        ("version", version.as_str()),
        ("intent", "save"),
        ("service", &cut),
        ("staff", &ben),
        ("date", "2026-11-24"),
        ("time", "14:30"),
        ("name", "Clara Klient"),
        ("phone", "030 123456"),
        ("email", "clara@"),
        ("notes", "Seiteneingang"),
    ];
    let wrong = browser.post(&edit, &typed).await;
    assert_eq!(wrong.status, 422);
    let wrong = Page::of(&wrong);
    assert!(wrong.text("#staff-error").contains("bietet die Leistung nicht an"));
    assert!(wrong.text("#email-error").contains("E-Mail-Adresse"));
    assert_eq!(
        (value(&wrong, "name"), value(&wrong, "notes")),
        ("Clara Klient".into(), "Seiteneingang".into())
    );

    // Other service, other person: the colour is linked to no event type, so the booking of the cut goes.
    typed[2].1 = &colour;
    typed[8].1 = "clara@client.example";
    let saved = browser.follow(&browser.post(&edit, &typed).await).await;
    assert!(saved.text(".toast p").contains("Hier gespeichert"), "{}", saved.text(".toast p"));
    world.work().await;
    let after = world.api("GET", &api, Value::Null).await.body;
    assert_eq!((&after["service"]["name"], &after["staff"]["name"]), (&json!("Färben"), &json!("Ben Kaya")));
    assert_eq!(
        (&after["customer"]["name"], &after["notes"]),
        (&json!("Clara Klient"), &json!("Seiteneingang"))
    );
    assert_eq!(after["ends_at"], "2026-11-24T16:00:00+01:00");
    assert_eq!(world.sim.booking(&uid).unwrap().status, BookingStatus::Cancelled);
    let story = Page::of(&browser.get(&page).await).text(".timeline");
    assert!(
        story.contains("Anna Weber → Ben Kaya") && story.contains("Damenhaarschnitt → Färben"),
        "{story}"
    );

    // Who comes second is told, and what was typed stays.
    typed[6].1 = "Klara Klient";
    let stale = browser.post(&edit, &typed).await;
    assert_eq!(stale.status, 422);
    let stale = Page::of(&stale);
    assert!(stale.text("[role=alert]").contains("inzwischen geändert"));
    assert_eq!(value(&stale, "name"), "Klara Klient");
    let version = value(&stale, "version");
    typed[0].1 = &version;
    assert_eq!(browser.post(&edit, &typed).await.status, 303);

    // A time that is taken is told beside it.
    world.api("POST", "/api/v1/appointments", json!({
        "service_id": world.salon.colour, "staff_id": anna, "starts_at": TUESDAY, "customer": { "name": "Otto" },
    })).await;
    let form = Page::of(&browser.get(&edit).await);
    let version = value(&form, "version");
    typed[0].1 = &version;
    typed[3].1 = &anna;
    let taken = Page::of(&browser.post(&edit, &typed).await);
    assert!(taken.text("#time-error").contains("schon vergeben"));
}

/// What stands in the fields of the form, as a browser would send it.
fn filled(form: &Page) -> Vec<(String, String)> {
    let fields = form.all("form[action$='/edit'] :is(input, select, textarea)[name]:not([name=csrf])");
    let names = fields.iter().filter_map(|field| {
        let element = field.value();
        let name = element.attr("name")?.to_owned();
        let text = match element.name() {
            "textarea" => field.text().collect(),
            "select" => value(form, &name),
            _ if element.attr("type") == Some("radio") => {
                element.attr("checked").and(element.attr("value"))?.to_owned()
            }
            _ => element.attr("value").unwrap_or_default().to_owned(),
        };
        Some((name, text))
    });
    names.collect()
}

#[tokio::test]
async fn what_others_change_while_a_form_is_open_stands_beside_what_was_typed() {
    let world = World::new().await;
    let (page, api) = path_of(&world).await;
    world.change("PATCH", &api, "", json!({ "notes": "Seiteneingang" })).await;
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let edit = format!("{page}/edit");
    let mut typed = filled(&Page::of(&browser.get(&edit).await));
    let set = |typed: &mut Vec<(String, String)>, changes: &[(&str, &str)]| {
        for (name, text) in changes {
            let field = typed.iter_mut().find(|(field, _)| field == name);
            field.unwrap_or_else(|| panic!("no {name}")).1 = (*text).to_owned();
        }
    };
    let send = async |typed: &[(String, String)], intent: &str| {
        let fields = typed.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        browser.post(&edit, &fields.chain([("intent", intent)]).collect::<Vec<_>>()).await
    };
    let mine = "Bitte ohne Föhnen.\r\nHund kommt mit.";
    set(&mut typed, &[("notes", mine), ("email", "clara@neu.example")]);
    // Others write other notes, another name, another time; and the customer changes with another appointment.
    let theirs = json!({
        "notes": "Hintereingang", "customer": { "name": "Clara Klient" }, "starts_at": "2026-11-25T11:00:00+01:00",
    });
    world.change("PATCH", &api, "", theirs).await;
    // Asking for the times of a day is no consent to what one has not seen.
    let asked = Page::of(&send(&typed, "times").await);
    assert_eq!(value(&asked, "version"), "2");
    let stale = send(&filled(&asked), "save").await;
    assert_eq!(stale.status, 422);
    let stale = Page::of(&stale);
    let told: Vec<Vec<String>> = stale
        .all("[aria-labelledby=meanwhile] tbody tr")
        .iter()
        .map(|row| row.text().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect())
        .collect();
    let lf = mine.replace("\r\n", "\n");
    assert_eq!(
        told,
        [
            vec!["Zeit", "Di., 24. Nov. 2026, 14:30", "Mi., 25. Nov. 2026, 11:00", "übernommen"],
            vec!["Name", "Clara Client", "Clara Klient", "übernommen"],
            vec!["Notiz", "Seiteneingang", "Hintereingang", &lf],
        ]
    );
    assert!(stale.text("#notes-error").contains("„Hintereingang“"), "{}", stale.text("#notes-error"));
    assert_eq!(stale.all(".error").len(), 1, "only where both have written");
    assert_eq!(value(&stale, "notes"), lf);
    assert_eq!(value(&stale, "email"), "clara@neu.example");
    assert_eq!((value(&stale, "name"), value(&stale, "date")), ("Clara Klient".into(), "2026-11-25".into()));
    assert_eq!(stale.attribute("[name=time][checked]", "value"), "11:00");
    // Now it has been seen.
    assert_eq!(send(&filled(&stale), "save").await.status, 303);
    let read = world.api("GET", &api, Value::Null).await.body;
    assert_eq!(
        (&read["notes"], &read["starts_at"], &read["customer"]["name"], &read["customer"]["email"]),
        (
            &json!(lf),
            &json!("2026-11-25T11:00:00+01:00"),
            &json!("Clara Klient"),
            &json!("clara@neu.example")
        )
    );
    // Unchanged, it changes nothing; cancelled meanwhile, that is told.
    let untouched = filled(&Page::of(&browser.get(&edit).await));
    assert_eq!(send(&untouched, "save").await.status, 303);
    assert_eq!(world.api("GET", &api, Value::Null).await.body["version"], read["version"]);
    world.change("POST", &api, "/cancel", json!({})).await;
    let cancelled = Page::of(&send(&untouched, "save").await);
    let told = cancelled.text("[aria-labelledby=meanwhile] tbody");
    assert!(told.contains("Bestätigt") && told.contains("Abgesagt"), "{told}");
}

#[tokio::test]
async fn what_is_cancelled_already_says_so_and_by_whom() {
    let world = World::new().await;
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    for (here, who) in [(true, "Team: Katharina Morgenrot"), (false, "Cal.com")] {
        let (page, api) = path_of(&world).await;
        world.work().await;
        let cancel = format!("{page}/cancel");
        if here {
            let version = value(&Page::of(&browser.get(&cancel).await), "version");
            let fields = [("version", version.as_str()), ("reason", "Urlaub")];
            assert_eq!(browser.post(&cancel, &fields).await.status, 303);
        } else {
            let read = world.api("GET", &api, Value::Null).await.body;
            let uid = read["calcom_booking_uid"].as_str().unwrap();
            world.sim.cancel_booking(uid, "Urlaub").await.unwrap();
        }
        world.work().await;
        world.clock.set(world.clock.now() + SignedDuration::from_mins(20));
        for path in [cancel.clone(), format!("{page}/reschedule")] {
            let told = browser.get(&path).await;
            assert_eq!(told.status, 409);
            let told = Page::of(&told);
            assert_eq!(told.text("h1"), "Dieser Termin ist schon abgesagt");
            let facts = told.text("main");
            assert!(facts.contains(who) && facts.contains("Urlaub"), "{facts}");
            assert!(facts.contains("Fr., 20. Nov. 2026, 09:"), "{facts}");
            assert_eq!(told.attribute(".actions a", "href"), page);
        }
        let late = browser.post(&cancel, &[("version", "1"), ("reason", "Zu spät")]).await;
        assert_eq!(
            (late.status.as_u16(), Page::of(&late).text("h1")),
            (409, "Dieser Termin ist schon abgesagt".into())
        );
    }
}

#[tokio::test]
async fn a_no_show_is_noted_once_it_has_begun_and_can_be_taken_back() {
    let world = World::new().await;
    let (page, api) = path_of(&world).await;
    world.work().await;
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let early = world.change("POST", &api, "/no-show", json!({})).await;
    assert_eq!((early.status.as_u16(), &early.body["code"]), (409, &json!("wrong_status")));
    assert!(Page::of(&browser.get(&page).await).all("[name=absent]").is_empty());

    world.clock.set(World::at(TUESDAY) + SignedDuration::from_mins(20));
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let press = async |absent: &str| {
        let shown = Page::of(&browser.get(&page).await);
        assert_eq!(shown.attribute("[name=absent]", "value"), absent);
        let version = shown.attribute("form[action$='/no-show'] [name=version]", "value");
        browser
            .follow(
                &browser.post(&format!("{page}/no-show"), &[("version", &version), ("absent", absent)]).await,
            )
            .await
    };
    press("true").await;
    world.work().await;
    let read = world.api("GET", &api, Value::Null).await.body;
    assert_eq!((&read["status"], &read["sync_status"]), (&json!("no_show"), &json!("synced")));
    let uid = read["calcom_booking_uid"].as_str().unwrap();
    assert!(world.sim.booking(uid).unwrap().attendees[0].absent);
    let cancelled = world.change("POST", &api, "/cancel", json!({ "reason": "Zu spät" })).await;
    assert_eq!((cancelled.status.as_u16(), &cancelled.body["code"]), (409, &json!("wrong_status")));
    assert_eq!(browser.post(&format!("{page}/cancel"), &[("reason", "Zu spät")]).await.status, 409);
    press("false").await;
    world.work().await;
    assert!(!world.sim.booking(uid).unwrap().attendees[0].absent);
    let stale = browser.post(&format!("{page}/no-show"), &[("version", "1"), ("absent", "true")]).await;
    assert!(browser.follow(&stale).await.text(".toast p").contains("inzwischen geändert"));
}

#[tokio::test]
async fn whoever_serves_stays_in_the_form_without_the_service() {
    let world = World::new().await;
    let (page, api) = path_of(&world).await;
    let (salon, edit) = (&world.salon, format!("{page}/edit"));
    world.engine.store.set_service_staff(salon.id, salon.cut, &[salon.ben]).await.unwrap();
    let browser = Browser::of(&world, salon, Role::Staff).await;
    let form = Page::of(&browser.get(&edit).await);
    assert!(
        form.text("select[name=staff] [selected]").contains("Anna Weber (bietet die Leistung nicht mehr")
    );
    let times: Vec<_> = form.all("[name=time]").iter().map(|one| one.value().attr("value")).collect();
    assert_eq!(times, [Some("14:30")], "no other time is offered");
    let (version, cut, anna) = (value(&form, "version"), salon.cut.to_string(), salon.anna.to_string());
    let mut typed = vec![
        ("version", version.as_str()),
        ("intent", "save"),
        ("service", &cut),
        ("staff", &anna),
        ("date", "2026-11-24"),
        ("time", "14:30"),
        ("name", "Clara Klient"),
        ("phone", "030 123456"),
    ];
    assert_eq!(browser.post(&edit, &typed).await.status, 303);
    let read = world.api("GET", &api, Value::Null).await.body;
    assert_eq!(
        (&read["customer"]["name"], &read["staff"]["name"]),
        (&json!("Clara Klient"), &json!("Anna Weber"))
    );
    let version = read["version"].to_string();
    (typed[0].1, typed[5].1) = (&version, "15:00");
    let moved = Page::of(&browser.post(&edit, &typed).await);
    assert!(moved.text("#staff-error").contains("bietet die Leistung nicht an"));
}

#[tokio::test]
async fn a_deletion_says_what_it_does_and_does_it() {
    let world = World::new().await;
    let (page, api) = path_of(&world).await;
    world.work().await;
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    assert_eq!(staff.get(&format!("{page}/delete")).await.status, 403);
    let browser = Browser::of(&world, &world.salon, Role::Manager).await;
    let delete = format!("{page}/delete");
    let warning = Page::of(&browser.get(&delete).await);
    let said = warning.text(".notice");
    assert!(said.contains("wird abgesagt") && said.contains("Die Buchung wird abgesagt"), "{said}");
    let version = value(&warning, "version");
    let gone =
        browser.follow(&browser.post(&delete, &[("version", &version), ("reason", "Doppelt")]).await).await;
    assert!(gone.text("main").contains("in keiner Liste mehr"));
    world.work().await;
    let read = world.api("GET", &api, Value::Null).await.body;
    assert_eq!(read["status"], "cancelled");
    assert!(read["deleted_at"].is_string());
    let booking = world.sim.booking(read["calcom_booking_uid"].as_str().unwrap()).unwrap();
    assert_eq!(
        (booking.status, booking.cancellation_reason.as_deref()),
        (BookingStatus::Cancelled, Some("Doppelt"))
    );
    assert_eq!(world.api("GET", "/api/v1/appointments", Value::Null).await.body["data"], json!([]));
    let again = world.change("DELETE", &api, "?reason=x", Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.body["version"]), (200, &read["version"]));
}

#[tokio::test]
async fn a_patch_changes_all_of_it_or_nothing() {
    let world = World::new().await;
    let (_, api) = path_of(&world).await;
    let salon = &world.salon;
    let refused = world.change("PATCH", &api, "", json!({ "notes": "x", "staff_id": salon.ben })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("staff_not_offering")));
    assert_eq!(world.api("GET", &api, Value::Null).await.body["notes"], Value::Null);
    let all = json!({
        "starts_at": "2026-11-25T10:00:00+01:00", "service_id": salon.colour, "staff_id": salon.ben,
        "customer": { "name": "Clara Klient", "email": null }, "notes": "Allergie", "reason": "Sie kann erst später",
    });
    let changed = world.change("PATCH", &api, "", all.clone()).await.body;
    assert_eq!(
        (&changed["starts_at"], &changed["staff"]["name"]),
        (&json!("2026-11-25T10:00:00+01:00"), &json!("Ben Kaya"))
    );
    assert_eq!(
        (&changed["customer"]["email"], &changed["customer"]["phone"]),
        (&Value::Null, &json!("+4930123456"))
    );
    let same = world.change("PATCH", &api, "", all).await.body;
    assert_eq!(same["version"], changed["version"], "what is as wished changes nothing");
    for (body, pointer) in [
        (json!({ "starts_at": null }), "/starts_at"),
        (json!({ "starts_at": "2062-11-24T10:00:00+01:00" }), "/starts_at"),
        (json!({ "status": "requested" }), "/status"),
        (json!({ "customer": null }), "/customer"),
        (json!({ "customer": "" }), "/customer"),
        (json!({ "customer": { "name": null } }), "/customer/name"),
        (json!({ "customer": { "name": "" } }), "/customer/name"),
        (json!({ "customer": { "name": " \t" } }), "/customer/name"),
        (json!({ "customer": { "name": 7 } }), "/customer/name"),
        (json!({ "name": "Clara" }), "/name"),
        (json!({ "sync_status": "synced" }), "/sync_status"),
        (json!({ "staff_ids": ["x"] }), "/staff_ids/0"),
    ] {
        let wrong = world.change("PATCH", &api, "", body).await;
        assert_eq!((wrong.status.as_u16(), &wrong.body["errors"][0]["pointer"]), (422, &json!(pointer)));
    }
    assert_eq!(world.api("GET", &api, Value::Null).await.body["customer"], changed["customer"]);
    let cancelled = world.change("PATCH", &api, "", json!({ "status": "cancelled", "notes": "" })).await;
    assert_eq!((cancelled.status.as_u16(), &cancelled.body["status"]), (200, &json!("cancelled")));
    let moved = world.change("PATCH", &api, "", json!({ "starts_at": TUESDAY })).await;
    assert_eq!(moved.body["code"], "appointment_cancelled");
    let confirmed = world.change("POST", &api, "/confirm", json!({})).await;
    assert_eq!(confirmed.body["code"], "wrong_status");
}

/// As `docs/api.md` says.
#[tokio::test]
async fn problems_are_told_in_one_order() {
    let world = World::new().await;
    let (_, api) = path_of(&world).await;
    let nowhere = "/api/v1/appointments/apt_00000000000000000000000000000000";
    let wrong = json!({ "starts_at": null });
    let (key, good) = (world.salon.key.as_str(), json!({ "notes": "Allergie" }));
    let ask = async |path: &str, key: &str, body: &Value, headers: &[(&str, &str)]| {
        let reply = world.request("PATCH", path, key, body.clone(), headers).await;
        (reply.status.as_u16(), reply.body["code"].as_str().unwrap_or_default().to_owned())
    };
    let told = |status: u16, code: &str| (status, code.to_owned());
    let mut headers = vec![("idempotency-key", "k")];
    assert_eq!(ask(nowhere, "", &json!([]), &headers).await, told(401, "unauthorized"));
    assert_eq!(ask(nowhere, &world.salon.powerless_key, &json!([]), &headers).await, told(403, "forbidden"));
    assert_eq!(ask(nowhere, key, &json!([]), &headers).await, told(400, "malformed"));
    assert_eq!(ask(nowhere, key, &wrong, &headers).await, told(404, "not_found"));
    assert_eq!(
        ask(&api, key, &wrong, &[("idempotency-key", "")]).await,
        told(400, "idempotency_key_invalid")
    );
    assert_eq!(ask(&api, key, &wrong, &headers).await, told(428, "version_required"));
    headers.push(("if-match", "\"7\""));
    assert_eq!(ask(&api, key, &wrong, &headers).await, told(412, "version_mismatch"));
    headers[1].1 = "\"1\"";
    assert_eq!(ask(&api, key, &wrong, &headers).await, told(422, "validation_failed"));
    assert_eq!(ask(&api, key, &good, &headers).await, told(200, ""));
    // A repetition comes with the version that was read before; another wish with this key is told so at once.
    assert_eq!(ask(&api, key, &good, &headers).await, told(200, ""));
    assert_eq!(ask(&api, key, &wrong, &headers).await, told(422, "idempotency_key_reused"));
}

/// A slip in the year is told wherever a time is given, and nothing is lost.
#[tokio::test]
async fn nothing_is_moved_or_booked_farther_ahead_than_anybody_plans() {
    let world = World::new().await;
    let (page, api) = path_of(&world).await;
    let far = "2029-01-09T10:00:00+01:00";
    let booked = world.book(far).await;
    let moved = world.change("POST", &api, "/reschedule", json!({ "starts_at": far })).await;
    for refused in [booked, moved] {
        assert_eq!(
            (refused.status.as_u16(), &refused.body["code"], &refused.body["errors"][0]["pointer"]),
            (422, &json!("too_far_ahead"), &json!("/starts_at"))
        );
    }
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    for (form, name) in [("edit", "notes"), ("reschedule", "reason")] {
        let path = format!("{page}/{form}");
        let shown = Page::of(&browser.get(&path).await);
        let version = value(&shown, "version");
        let (cut, anna) = (world.salon.cut.to_string(), world.salon.anna.to_string());
        let typed = [
            ("version", version.as_str()),
            ("intent", "save"),
            ("service", &cut),
            ("staff", &anna),
            ("date", "2029-01-09"),
            ("time", "10:00"),
            ("name", "Clara Client"),
            ("phone", "030 123456"),
            (name, "Jahr vertippt"),
        ];
        let wrong = browser.post(&path, &typed).await;
        assert_eq!(wrong.status, 422);
        let wrong = Page::of(&wrong);
        assert!(wrong.text("#time-error").contains("mehr als zwei Jahre voraus"));
        assert_eq!(
            (value(&wrong, name), value(&wrong, "date")),
            ("Jahr vertippt".into(), "2029-01-09".into())
        );
    }
    // In years that are allowed one by one.
    let year = 60 * 24 * 7 * 51;
    let bulk = async |key: &str| {
        let wish = json!({ "action": "move", "minutes": year, "filter": {} });
        let headers = [("idempotency-key", key)];
        world.request("POST", "/api/v1/appointments:bulk", &world.salon.key, wish, &headers).await.body
    };
    assert_eq!((bulk("1").await["done"].clone(), bulk("2").await["done"].clone()), (json!(1), json!(1)));
    let third = bulk("3").await;
    assert_eq!((&third["refused"], &third["data"][0]["code"]), (&json!(1), &json!("too_far_ahead")));
    // Where it is now, it can still be worked on.
    let notes = world.change("PATCH", &api, "", json!({ "notes": "x" })).await;
    assert_eq!((notes.status.as_u16(), &notes.body["starts_at"]), (200, &json!("2028-11-07T14:30:00+01:00")));
}

/// Somebody asks for a time at Cal.com, on an event type that asks its host.
async fn asked_for(world: &World, first: bool) -> String {
    let policy = json!({ "type": "always", "blockUnconfirmedBookingsInBooker": false });
    world.sim.change_event_type(world.salon.event_type, "confirmationPolicy", policy);
    let start = if first { "2026-11-24T13:30:00Z" } else { "2026-11-25T13:30:00Z" };
    let guest = calcom_sim::Guest::new("Gerda Guest", "gerda@guest.example");
    world.sim.book_as_guest(world.salon.event_type, World::at(start), guest).await.unwrap();
    world.work().await;
    let list = world.api("GET", "/api/v1/appointments?status=requested", Value::Null).await;
    list.body["data"][0]["id"].as_str().unwrap_or_else(|| panic!("{}", list.text)).to_owned()
}

#[tokio::test]
async fn what_was_asked_for_is_confirmed_or_rejected() {
    let world = World::new().await;
    for (answer, status) in
        [("confirm", AppointmentStatus::Confirmed), ("cancel", AppointmentStatus::Cancelled)]
    {
        let id = asked_for(&world, answer == "confirm").await;
        let (page, api) = (format!("/appointments/{id}"), format!("/api/v1/appointments/{id}"));
        let browser = Browser::of(&world, &world.salon, Role::Staff).await;
        let shown = Page::of(&browser.get(&page).await);
        assert!(shown.text(".actions").contains("Bestätigen") && shown.text(".actions").contains("Ablehnen"));
        let version = shown.attribute("form[action$='/confirm'] [name=version]", "value");
        let fields = [("version", version.as_str()), ("reason", "Kein Platz")];
        assert_eq!(browser.post(&format!("{page}/{answer}"), &fields).await.status, 303);
        world.work().await;
        let read = world.api("GET", &api, Value::Null).await.body;
        assert_eq!((&read["status"], &read["sync_status"]), (&json!(status.as_str()), &json!("synced")));
    }
}
