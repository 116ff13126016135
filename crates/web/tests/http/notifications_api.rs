//! By which ways people are told, and what became of the messages, for programs.

use serde_json::{Value, json};

use crate::world::{Reply, World, key};

const CHANNELS: &str = "/api/v1/notification-channels";

fn pointer(reply: &Reply) -> (u16, &Value) {
    (reply.status.as_u16(), &reply.body["errors"][0]["pointer"])
}

#[tokio::test]
async fn rooms_are_added_changed_tried_and_taken_away() {
    let world = World::new().await;
    let kinds = async || {
        let list = world.api("GET", CHANNELS, Value::Null).await;
        let data = list.body["data"].as_array().unwrap().clone();
        data.iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds().await, ["app", "email"], "what every company has");
    let room = json!({ "kind": "slack", "name": "#empfang", "target": "https://hooks.example.com/geheim" });
    for (field, wrong) in [
        ("kind", json!("email")),
        ("name", json!(" ")),
        ("target", json!("http://hooks.example.com/x")),
        ("target", json!("https://10.0.0.1/x")),
    ] {
        let mut body = room.clone();
        body[field] = wrong;
        let refused = world.api("POST", CHANNELS, body).await;
        assert_eq!(pointer(&refused), (422, &json!(format!("/{field}"))), "{}", refused.text);
    }
    let added = world.api("POST", CHANNELS, room.clone()).await;
    assert_eq!((added.status.as_u16(), &added.body["has_target"]), (201, &json!(true)), "{}", added.text);
    assert!(!added.text.contains("geheim"), "the address is a secret");
    let path = added.header("location").to_owned();
    assert_eq!(path, format!("{CHANNELS}/{}", added.id()));

    let patch = json!({
        "rules": { "urgent_question": "admin", "unreachable": "admin" },
        "quiet": { "from": "20:00", "to": "07:30" }, "gather_minutes": 4, "name": "#leitung",
    });
    let changed = world.api("PATCH", &path, patch.clone()).await;
    for field in ["rules", "quiet", "gather_minutes", "name"] {
        assert_eq!(changed.body[field], patch[field], "{}", changed.text);
    }
    let awake = world.api("PATCH", &path, json!({ "quiet": null, "active": false })).await;
    assert_eq!((&awake.body["quiet"], &awake.body["active"]), (&Value::Null, &json!(false)));
    assert_eq!(awake.body["rules"], patch["rules"], "what is left out stays");
    for (body, field) in [
        (json!({ "gather_minutes": 5 }), "/gather_minutes"),
        (json!({ "rules": { "moon": "admin" } }), "/rules/moon"),
        (json!({ "rules": { "question": "king" } }), "/rules/question"),
        (json!({ "quiet": { "from": "20:00" } }), "/quiet/to"),
        (json!({ "name": null }), "/name"),
        (json!({ "kind": "discord" }), "/kind"),
    ] {
        let refused = world.api("PATCH", &path, body).await;
        assert_eq!(pointer(&refused), (422, &json!(field)), "{}", refused.text);
    }

    // A test goes, and stands in the log.
    world.api("PATCH", &path, json!({ "active": true })).await;
    assert_eq!(world.api("POST", &format!("{path}/test"), Value::Null).await.status, 202);
    let email =
        world.api("GET", CHANNELS, Value::Null).await.body["data"][1]["id"].as_str().unwrap().to_owned();
    let nobody = json!({ "user_id": "usr_00000000000000000000000000000001" });
    let refused = world.api("POST", &format!("{CHANNELS}/{email}/test"), nobody).await;
    assert_eq!(pointer(&refused), (422, &json!("/user_id")));
    let first = world.api("GET", "/api/v1/notifications?limit=1", Value::Null).await;
    let told = &first.body["data"][0];
    assert_eq!(
        (&told["kind"], &told["state"], &told["lines"][0]["what"]),
        (&json!("slack"), &json!("gathering"), &json!("test")),
        "{}",
        first.text
    );
    world.api("POST", &format!("{path}/test"), Value::Null).await;
    let first = world.api("GET", "/api/v1/notifications?limit=1", Value::Null).await;
    let next = first.body["next_cursor"].as_str().unwrap();
    let second = world.api("GET", &format!("/api/v1/notifications?limit=1&cursor={next}"), Value::Null).await;
    assert_eq!(
        (second.body["data"][0]["number"].as_i64(), &second.body["next_cursor"]),
        (told["number"].as_i64(), &Value::Null)
    );
    let mangled = world.api("GET", "/api/v1/notifications?cursor=x", Value::Null).await;
    assert_eq!(mangled.status, 400);

    // The bell and e-mail stay, and nothing is another company's.
    assert_eq!(world.api("DELETE", &format!("{CHANNELS}/{email}"), Value::Null).await.status, 405);
    for (method, what) in [("PATCH", ""), ("DELETE", ""), ("POST", "/test")] {
        let body = if method == "PATCH" { json!({ "active": false }) } else { Value::Null };
        let strange = world.request(method, &format!("{path}{what}"), &world.other.key, body, &[]).await;
        assert_eq!(strange.status, 404, "{method}");
    }
    assert_eq!(world.api("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(kinds().await, ["app", "email"]);
    assert_eq!(world.api("DELETE", &path, Value::Null).await.status, 404);
    for _ in 0..10 {
        assert_eq!(world.api("POST", CHANNELS, room.clone()).await.status, 201);
    }
    assert_eq!(world.api("POST", CHANNELS, room).await.status, 422, "ten are enough");

    // Whoever may change the catalogue may not have people told elsewhere.
    let scopes = [web::api::caller::Scope::CatalogueWrite, web::api::caller::Scope::NotificationsRead];
    let key = key(&world.engine, world.salon.id, &scopes).await;
    assert_eq!(world.request("DELETE", &path, &key, Value::Null, &[]).await.status, 403);
}
