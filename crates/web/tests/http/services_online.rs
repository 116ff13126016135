//! What is offered online and what is not: who may book it, and who is told why not.

use calcom_sim::Guest;
use domain::case::Priority;
use domain::people::Role;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::phone::{call, cut, ring};
use crate::world::World;

const BOOKING: &str = "/api/v1/appointments";

#[tokio::test]
async fn what_is_not_offered_online_is_refused_to_programs_alone() {
    let world = World::new().await;
    let salon = &world.salon;
    let at = |time: &str| format!("2026-11-24T{time}:00+01:00");
    let path = format!("/api/v1/services/{}", salon.cut);
    let connection = world.engine.store.connections(salon.id).await.unwrap().remove(0).id;
    world.engine.store.set_staff_connection(salon.id, salon.anna, Some(connection)).await.unwrap();
    world.engine.look_at_event_types(salon.id, Priority::Change).await.unwrap();
    world.work().await;
    let before = world.api("GET", &path, Value::Null).await.body;
    assert_eq!((&before["online"], &before["bookable_online"]), (&json!(true), &json!(true)));
    let booked = world.book(&at("09:00")).await;
    world.work().await;

    // It is switched off: nothing is sent, nothing waits, and callers are not concerned.
    let sent = world.sim.requests().len();
    let off = world.change("PATCH", &path, "", json!({ "online": false })).await;
    assert_eq!(off.status, 200, "{}", off.text);
    world.work().await;
    let off = world.api("GET", &path, Value::Null).await.body;
    assert_eq!(world.sim.requests().len(), sent);
    assert_eq!(
        (&off["sync_status"], &off["open_divergences"]),
        (&before["sync_status"], &before["open_divergences"])
    );
    assert_eq!(
        (&off["online"], &off["bookable"], &off["not_bookable"]),
        (&json!(false), &json!(true), &json!([]))
    );
    assert_eq!(
        (&off["bookable_online"], &off["not_bookable_online"]),
        (&json!(false), &json!(["not_online"]))
    );

    // A program may neither book it nor move something else to it; what it has booked it may still move.
    let refused = world.api("POST", BOOKING, world.wish(&at("10:00"))).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("service_not_online")));
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.body["errors"][0]["pointer"], "/service_id");
    let mut colour = world.wish(&at("16:00"));
    colour["service_id"] = json!(salon.colour);
    let colour = world.api("POST", BOOKING, colour).await;
    let other = format!("{BOOKING}/{}", colour.id());
    let to_cut = world.change("PATCH", &other, "", json!({ "service_id": salon.cut })).await;
    assert_eq!(
        (to_cut.status.as_u16(), &to_cut.body["code"]),
        (422, &json!("service_not_online")),
        "{}",
        to_cut.text
    );
    let mine = format!("{BOOKING}/{}", booked.id());
    let moved = world.change("POST", &mine, "/reschedule", json!({ "starts_at": at("09:15") })).await;
    assert_eq!(moved.status, 200, "{}", moved.text);

    // Callers and the people of the salon book it as ever, and what is booked at Cal.com has happened.
    let line = call(&world, "call_1", "+4915112345678");
    let caller = ring(&world, line, "book_appointment", cut("Dora Client", "12:00")).await;
    assert_eq!(caller.body["status"], "requested", "{}", caller.text);
    let browser = Browser::of(&world, salon, Role::Staff).await;
    let form = Page::of(&browser.get("/appointments/new").await);
    assert!(form.text("select[name=service]").contains("Damenhaarschnitt"));
    let guest = Guest::new("Erna Client", "erna@client.example");
    world.sim.book_as_guest(salon.event_type, World::at(&at("14:00")), guest).await.unwrap();
    world.work().await;
    let list = world.api("GET", BOOKING, Value::Null).await.body;
    let names: Vec<_> =
        list["data"].as_array().unwrap().iter().map(|it| it["customer"]["name"].as_str()).collect();
    assert!(names.contains(&Some("Erna Client")) && names.contains(&Some("Dora Client")), "{names:?}");
}

#[tokio::test]
async fn the_pages_tell_apart_what_can_be_booked_by_phone_and_online() {
    let world = World::new().await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let (here, anna) = (format!("/services/{}", world.salon.colour), world.salon.anna.to_string());
    let edit = format!("{here}/edit");
    let form = Page::of(&admin.get(&edit).await);
    assert_eq!(form.all("[name=online][checked]").len(), 1);
    assert_eq!(Page::of(&admin.get("/services/new").await).all("[name=online][checked]").len(), 1);
    let value = |name: &str| form.attribute(&format!("main [name={name}]"), "value");
    let fields =
        ["version", "was", "name", "slug", "duration_minutes", "price"].map(|name| (name, value(name)));
    let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("active", "true"), ("staff", anna.as_str())]);
    let saved = admin.follow(&admin.post(&edit, &fields).await).await;
    assert!(
        saved.text(".timeline").contains("Online angeboten: ja →wird zu nein"),
        "{}",
        saved.text(".timeline")
    );
    assert!(saved.text("header .chips").contains("Nicht online"));
    assert!(Page::of(&admin.get(&edit).await).all("[name=online][checked]").is_empty());

    let list = Page::of(&admin.get("/services").await);
    let status = list.text(&format!("#{} .states", world.salon.colour));
    assert!(status.ends_with("Aktiv Nicht online Nur telefonisch buchbar"), "{status}");
    let entrances = list.text(&format!("#state-{} dl", world.salon.colour));
    assert_eq!(
        entrances,
        "TelefonischKann gebucht werdenOnlineKann nicht gebucht werdenDie Leistung wird nicht online angeboten."
    );
}
