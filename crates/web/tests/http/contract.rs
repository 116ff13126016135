//! The published description and the code that serves it say the same.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use web::problem::Code;

use crate::reviews::conflict;
use crate::world::{World, key, send};

#[tokio::test]
async fn every_operation_asks_for_the_scope_that_it_documents() {
    let world = World::new().await;
    let id = world.book("2026-11-24T14:30:00+01:00").await.id();
    let begun = world.api("POST", "/api/v1/verifications", Value::Null).await;
    let run = begun.body["data"][0]["id"].as_str().unwrap().to_owned();
    conflict(&world, "2026-11-25").await;
    let call = crate::phone::call(&world, "call_1", "+4915112345678");
    crate::phone::ring(&world, call, "find_appointments", json!({})).await;
    let reviews = world.api("GET", "/api/v1/reviews", Value::Null).await;
    let asked = reviews.body["data"][0]["id"].as_str().unwrap().to_owned();
    let accounts = world.engine.store.connections(world.salon.id).await.unwrap();
    let account = accounts[0].id.to_string();
    let published =
        send(&world.app, Request::get("/api/openapi.json").body(Body::empty()).unwrap()).await.body;
    assert!(published["openapi"].as_str().unwrap().starts_with("3.1"));
    let away = json!({
        "staff_id": world.salon.ben, "from": "2026-12-01T00:00:00+01:00", "until": "2026-12-02T00:00:00+01:00",
    });
    let away = world.api("POST", "/api/v1/absences", away).await.id();
    let mut operations = 0;
    for (path, item) in published["paths"].as_object().unwrap() {
        let about = match path {
            path if path.contains("/services/") => world.salon.cut.to_string(),
            path if path.contains("/verifications/") => run.clone(),
            path if path.contains("/reviews/") => asked.clone(),
            path if path.contains("/branches/") => world.salon.branch.to_string(),
            path if path.contains("/staff/") => world.salon.ben.to_string(),
            path if path.contains("/absences/") => away.clone(),
            path if path.contains("/calls/") => "call_1".to_owned(),
            path if path.contains("/connections/") => account.clone(),
            _ => id.clone(),
        };
        let mut address = path.replace("{id}", &about);
        if path == "/api/v1/slots" {
            address = format!("{address}?service={}&from=2026-11-24&to=2026-11-24", world.salon.cut);
        }
        for (method, operation) in item.as_object().unwrap() {
            operations += 1;
            let name = format!("{method} {path}");
            let method = method.to_uppercase();
            let body = if method == "GET" { Value::Null } else { json!({}) };
            let address = if path.contains("/notification-channels/{id}") {
                // One of its own for each, because one of them takes it away.
                path.replace("{id}", &room(&world).await)
            } else {
                address.clone()
            };
            let ask = async |key: &str| {
                world.request(&method, &address, key, body.clone(), &[]).await.status.as_u16()
            };
            assert_eq!(ask("").await, 401, "{name}");
            assert_eq!(ask(&world.salon.powerless_key).await, 403, "{name}");
            let scope = operation["security"][0]["api_key"][0].as_str().expect(&name);
            let all = web::api::caller::Scope::ALL;
            let documented = all.into_iter().find(|known| known.as_str() == scope).expect(&name);
            let others: Vec<_> = all.into_iter().filter(|other| *other != documented).collect();
            assert_eq!(ask(&key(&world.engine, world.salon.id, &others).await).await, 403, "{name}");
            let status = ask(&key(&world.engine, world.salon.id, &[documented]).await).await;
            assert!([200, 202, 204, 422, 428].contains(&status), "{name}: {status}");
            assert!(operation["responses"]["default"]["content"]["application/problem+json"].is_object());
            assert!(operation["operationId"].is_string() && operation["summary"].is_string(), "{name}");
        }
    }
    assert_eq!(operations, 59);
}

async fn room(world: &World) -> String {
    let room = json!({ "kind": "slack", "name": "#empfang", "target": "https://hooks.example.com/geheim" });
    let added = world.api("POST", "/api/v1/notification-channels", room).await;
    assert_eq!(added.status, 201, "{}", added.text);
    added.id()
}

#[test]
fn codes_pages_and_description_agree() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors");
    let pages =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages: BTreeSet<_> = pages.map(|name| name.trim_end_matches(".md").to_owned()).collect();
    let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(pages, codes);
    for code in Code::ALL {
        let heading = format!("# {} ({})\n", code.as_str(), code.status().as_u16());
        assert!(code.page().starts_with(&heading), "{heading}");
        assert!(
            code.page().contains("\n**What to do:** ") || code.page().contains("\n**What to do:**\n"),
            "{heading}"
        );
    }
    let description = serde_json::to_value(web::api::description()).unwrap();
    let described = description["components"]["schemas"]["Code"]["enum"].as_array().unwrap();
    let described: BTreeSet<_> = described.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    assert_eq!(described, codes);
}

#[tokio::test]
async fn a_problem_leads_to_its_page() {
    let world = World::new().await;
    let problem = world.api("GET", "/api/v1/appointments/apt_1", Value::Null).await;
    let page = problem.body["type"].as_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap();
    let page = send(&world.app, Request::get(page).body(Body::empty()).unwrap()).await;
    assert_eq!(page.header("content-type"), "text/markdown; charset=utf-8");
    assert!(page.text.starts_with("# not_found (404)"));
}

/// Whatever the description references is in it, and answers have the fields that it names.
#[tokio::test]
async fn answers_are_as_described() {
    let world = World::new().await;
    let description = serde_json::to_value(web::api::description()).unwrap();
    let schemas = &description["components"]["schemas"];
    let mut references = Vec::new();
    collect_references(&description, &mut references);
    for reference in references {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(schemas[name].is_object(), "{reference}");
    }
    let made = world.book("2026-11-24T14:30:00+01:00").await;
    let path = format!("/api/v1/appointments/{}/sync-status", made.id());
    let status = world.api("GET", &path, Value::Null).await;
    let problem = world.api("POST", "/api/v1/appointments", json!({ "x": 1 })).await;
    for (schema, answer) in
        [("Appointment", made.body), ("SyncStatus", status.body), ("Problem", problem.body)]
    {
        let described: BTreeSet<_> = schemas[schema]["properties"].as_object().unwrap().keys().collect();
        let given: BTreeSet<_> = answer.as_object().unwrap().keys().collect();
        assert!(given.is_subset(&described), "{schema}: {given:?}");
        let required = schemas[schema]["required"].as_array().unwrap();
        assert!(required.iter().all(|name| !answer[name.as_str().unwrap()].is_null()), "{schema}: {answer}");
    }
}

fn collect_references(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| collect_references(field, into));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, into)),
        _ => {}
    }
}
