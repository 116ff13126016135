//! What has happened to a service, through the REST API.

use domain::people::Role;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::World;

const SERVICES: &str = "/api/v1/services";

#[tokio::test]
async fn the_history_of_a_service_tells_who_did_what_page_by_page() {
    let world = World::new().await;
    let here = format!("/services/{}", world.salon.cut);
    let cut = format!("/api/v1{here}");
    let address = format!("{cut}/history");
    let look = async || {
        world.api("POST", &format!("{SERVICES}:sync"), Value::Null).await;
        world.work().await;
    };
    let all = async || {
        let read = world.api("GET", &format!("{address}?limit=200"), Value::Null).await;
        assert_eq!((read.status.as_u16(), &read.body["next_cursor"]), (200, &Value::Null), "{}", read.text);
        read.body["data"].as_array().unwrap().clone()
    };
    let newest = |entries: &[Value], kind: &str| {
        let found = entries.iter().find(|it| it["kind"] == kind);
        found.unwrap_or_else(|| panic!("no {kind}: {entries:#?}")).clone()
    };

    // What differs at Cal.com names the event type: whose it is, and in which account.
    look().await;
    let connection = world.engine.store.connections(world.salon.id).await.unwrap().remove(0);
    let entries = all().await;
    let diverged: Vec<_> = entries.iter().filter(|it| it["kind"] == "diverged").collect();
    let name = diverged.iter().find(|it| it["fields"][0]["field"] == "name").unwrap();
    let sides = json!({ "field": "name", "before": null, "after": null, "ours": "Damenhaarschnitt", "theirs": "Cut" });
    assert_eq!((&name["fields"], &name["since_tied"]), (&json!([sides]), &json!(true)));
    let about = &name["event_type"];
    assert_eq!((&about["staff_id"], &about["staff_name"]), (&json!(world.salon.anna), &json!("Anna Weber")));
    assert_eq!(
        (&about["connection_id"], &about["connection_name"]),
        (&json!(connection.id), &json!(connection.name))
    );
    let open = world.api("GET", &format!("{cut}/divergences"), Value::Null).await.body;
    assert_eq!(about["link_id"], open["data"][0]["link_id"]);

    // A program, somebody who signs in, and Cal.com when it refuses.
    let changed = world.change("PATCH", &cut, "", json!({ "description": "Mit Waschen" })).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let browser = Browser::of(&world, &world.salon, Role::Admin).await;
    world.sim.order(calcom_sim::Fault::ServerErrorBefore, None, 1);
    world.work().await;
    let entries = all().await;
    let changed = newest(&entries, "changed");
    assert_eq!(changed["by"], json!({ "origin": "api", "name": "Kasse" }));
    assert_eq!(
        (&changed["fields"][0]["field"], &changed["fields"][0]["before"], &changed["fields"][0]["after"]),
        (&json!("description"), &json!(""), &json!("Mit Waschen"))
    );
    assert_eq!((&changed["event_type"], &changed["call"]), (&Value::Null, &Value::Null));
    assert!(changed["at"].as_str().unwrap().ends_with("+01:00"), "{changed}");
    let failed = entries.iter().find(|it| it["call"]["http_status"] == 500).unwrap();
    assert_eq!(
        (&failed["kind"], &failed["event_type"]["staff_name"]),
        (&json!("called"), &json!("Anna Weber"))
    );
    let form = Page::of(&browser.get(&format!("{here}/reset")).await);
    let value = |name: &str| form.attribute(&format!("main [name={name}]"), "value");
    let answer = [("version", &*value("version")), ("seen", &*value("seen"))];
    assert_eq!(browser.post(&format!("{here}/reset"), &answer).await.status, 303);
    let reset = newest(&all().await, "reset");
    assert_eq!(reset["by"]["origin"], "admin");
    let page = Page::of(&browser.get(&here).await).text(".timeline");
    assert!(page.contains(reset["by"]["name"].as_str().unwrap()), "{page}");

    // Page by page it is the same, also while more happens.
    let entries = all().await;
    let first = world.api("GET", &format!("{address}?limit=2"), Value::Null).await;
    let next = first.body["next_cursor"].as_str().unwrap().to_owned();
    let link = format!("<http://127.0.0.1:8080{address}?limit=2&cursor={next}>; rel=\"next\"");
    assert_eq!(first.header("link"), link);
    let later = world.change("PATCH", &cut, "", json!({ "price_cents": 5_900 })).await;
    assert_eq!(later.status, 200, "{}", later.text);
    let mut read = first.body["data"].as_array().unwrap().clone();
    let mut cursor = Some(next);
    while let Some(next) = cursor {
        let page = world.api("GET", &format!("{address}?limit=2&cursor={next}"), Value::Null).await;
        read.extend(page.body["data"].as_array().unwrap().clone());
        cursor = page.body["next_cursor"].as_str().map(str::to_owned);
    }
    assert_eq!(read, entries);
    assert!(read.len() > 5, "{read:#?}");
    for wrong in ["limit=0", "limit=201", "cursor=x", "colour=red"] {
        let refused = world.api("GET", &format!("{address}?{wrong}"), Value::Null).await;
        assert_eq!(refused.status, 400, "{wrong}: {}", refused.text);
        let name = wrong.split('=').next().unwrap();
        assert_eq!(refused.body["errors"][0]["parameter"], name, "{}", refused.text);
    }

    // The history of what is deleted stays, for its own company alone.
    let gone = world.request("DELETE", &cut, &world.salon.key, Value::Null, &[("if-match", "*")]).await;
    assert_eq!(gone.status, 204, "{}", gone.text);
    assert_eq!(world.api("GET", &cut, Value::Null).await.status, 404);
    assert_eq!(newest(&all().await, "removed")["by"]["name"], "Kasse");
    let theirs = world.request("GET", &address, &world.other.key, Value::Null, &[]).await;
    assert_eq!((theirs.status.as_u16(), &theirs.body["code"]), (404, &json!("not_found")));
    let none = world.api("GET", &format!("{SERVICES}/svc_1/history"), Value::Null).await;
    assert_eq!(none.status, 404);
}
