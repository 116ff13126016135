//! Calls that nobody makes: every scenario ends well, and a person sees what would have been said.

use domain::people::Role;
use engine::worker;
use retell::rehearsal::Rehearsal;
use std::time::Duration;
use store::{AgentItem, REHEARSAL};
use tokio_util::sync::CancellationToken;
use web::phone::rehearse::{SCENARIOS, rehearse};
use web::state::{AppState, WebSettings};

use crate::browser::{Browser, Page};
use crate::world::World;

#[tokio::test]
async fn every_scenario_ends_well_and_leaves_nothing_booked() {
    let world = World::with_patience(Duration::from_secs(10)).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(worker::run(world.engine.clone(), "worker".into(), stop.clone()));
    let settings = WebSettings { phone_patience: Duration::from_secs(10), ..WebSettings::default() };
    let state = AppState {
        engine: world.engine.clone(),
        metrics: None,
        settings: settings.into(),
        mailer: None,
        playground: None,
    };
    let (company, now) = (world.salon.id, world.engine.ambient.now());
    let agent = world.engine.store.agents(company).await.unwrap().remove(0);
    for scenario in SCENARIOS {
        let call_id = format!("{REHEARSAL}{}", scenario.name);
        let script = scenario.script.parse().unwrap();
        let rehearsal = Rehearsal::new(script, &call_id, Some(&world.salon.number), now);
        let turns = rehearse(&state, company, &agent, rehearsal).await;
        for turn in &turns {
            assert_eq!(turn.breaches, [], "{}: {turn:#?}", scenario.name);
        }
        let booked = turns.iter().filter(|turn| turn.answer["data"]["booking"] == "confirmed").count();
        let expected = match scenario.name {
            "unknown" => 0,
            "two-people" => 2,
            "repeated" => 3,
            _ => 1,
        };
        assert_eq!(booked, expected, "{}", scenario.name);
    }
    let list = world.api("GET", "/api/v1/appointments", serde_json::Value::Null).await;
    let all = list.body["data"].as_array().unwrap();
    assert_eq!(all.len(), 6, "one each, two for two, none without a number");
    assert!(all.iter().all(|one| one["status"] == "cancelled"), "{}", list.text);
    let ever =
        domain::Slot { start: jiff::Timestamp::UNIX_EPOCH, end: now + jiff::SignedDuration::from_hours(1) };
    assert_eq!(world.engine.store.count_calls(company, ever).await.unwrap(), (0, 0));
    stop.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn a_manager_tries_an_agent() {
    let world = World::new().await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let list = Page::of(&manager.get("/calls").await);
    let path = list.attribute(".notices a", "href");
    let agent = Page::of(&manager.get(&format!("{path}?scenario=unknown")).await);
    assert!(agent.text("#script").contains("from withheld"), "{}", agent.text("#script"));
    assert!(agent.text(".notices").contains("Noch nicht geprüft"));

    let form = format!("{path}/try");
    let wrong = manager.post(&form, &[("script", "find_appointments\nagain and \"again")]).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(Page::of(&wrong).text("[role=alert]").trim(), "Zeile 2 ist nicht zu verstehen.");

    let script = "check_availability service=$service date=Dienstag\nexpect ok\nbook_appointment slot_id=$slot_id \
        customer_name=Testanruf phone=+4915112345678 confirmed=true\nexpect not_found";
    let played = manager.post(&form, &[("script", script)]).await;
    assert_eq!(played.status, 200, "{}", played.text);
    let page = Page::of(&played);
    let turns = page.all(".turns > li").len();
    assert_eq!(turns, 4, "it rings, two functions, it is over");
    assert!(page.text(".turns").contains("wäre um"), "{}", page.text(".turns"));
    assert!(page.text(".turns .error").contains("Erwartet war not_found, geantwortet wurde „requested“."));
    // What it led to, here and on the page of the call, which is no call in the figures.
    let made = page.attribute("a[href^='/appointments/apt_']", "href");
    assert_eq!(manager.get(&made).await.status, 200);
    let call = Page::of(&manager.get(&page.attribute("a[href^='/calls/test-']", "href")).await);
    assert!(call.text("h1").contains("Probe"));
    let listed = Page::of(&manager.get("/calls").await);
    assert!(listed.text(".cell-time .chip").contains("Probe"));

    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    assert!(Page::of(&staff.get("/calls").await).all(".notices a").is_empty());
    assert_eq!(staff.get(&path).await.status, 403);
    assert_eq!(staff.post(&form, &[("script", script)]).await.status, 403);
    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(stranger.post(&form, &[("script", script)]).await.status, 404);
}

#[tokio::test]
async fn a_manager_answers_for_an_agent() {
    let world = World::new().await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let before = Page::of(&manager.get("/calls").await);
    assert!(before.text(".notices").contains("noch nicht bestätigt"), "{}", before.text(".notices"));
    let form = format!("{}/checks", before.attribute(".notices a", "href"));
    let notice = |done: &'static str| [("item", "notice"), ("done", done)];
    let after = manager.follow(&manager.post(&form, &notice("yes")).await).await;
    assert_eq!(after.text(".toast p"), "Es ist als geprüft vermerkt.");
    assert_eq!(Page::of(&manager.get("/calls").await).all(".notices [data-tone=good]").len(), 1);
    let checks = world.engine.store.agent_checks(world.salon.id).await.unwrap();
    assert_eq!(checks.iter().map(|check| check.item).collect::<Vec<_>>(), [AgentItem::Notice]);
    let taken_back = manager.follow(&manager.post(&form, &notice("no")).await).await;
    assert_eq!(taken_back.text(".toast p"), "Es gilt wieder als offen.");
    assert!(world.engine.store.agent_checks(world.salon.id).await.unwrap().is_empty());
    let unknown = manager.post(&form, &[("item", "moon"), ("done", "yes")]).await;
    assert_eq!(unknown.status, 400);
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    assert_eq!(staff.post(&form, &notice("yes")).await.status, 403);
    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    assert_eq!(stranger.post(&form, &notice("yes")).await.status, 404);
}
