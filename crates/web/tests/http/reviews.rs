//! The queue of what people have to look at, on its pages.

use domain::people::Role;
use engine::Clock as _;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::{Reply, World};

/// An appointment of ten o'clock that was moved to eleven here and to two at Cal.com; its path in the API.
pub async fn conflict(world: &World, day: &str) -> String {
    let booked = world.book(&format!("{day}T10:00:00+01:00")).await.id();
    world.work().await;
    let path = format!("/api/v1/appointments/{booked}");
    let uid =
        world.api("GET", &path, Value::Null).await.body["calcom_booking_uid"].as_str().unwrap().to_owned();
    let there = World::at(&format!("{day}T13:00:00Z"));
    world.sim.order(calcom_sim::Fault::LoseWebhooks, None, 5);
    world.sim.move_booking(&uid, there, Some("Ruft an")).await.unwrap();
    let to = json!({ "starts_at": format!("{day}T11:00:00+01:00") });
    let moved = world.change("POST", &path, "/reschedule", to).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    for _ in 0..5 {
        world.work().await;
        world.clock.set(world.clock.now() + SignedDuration::from_secs(61));
    }
    world.sim.clear_faults();
    let read = world.api("GET", &path, Value::Null).await;
    assert_eq!(read.body["sync_status"], "conflict", "{}", read.text);
    path
}

/// The ids of the list, in its order.
fn listed(page: &Page) -> Vec<String> {
    page.all(".queue > li").iter().map(|item| item.value().attr("id").unwrap().to_owned()).collect()
}

async fn list(browser: &Browser<'_>, query: &str) -> Page {
    Page::of(&browser.get(&format!("/reviews{query}")).await)
}

async fn starts_at(world: &World, path: &str) -> String {
    world.api("GET", path, Value::Null).await.body["starts_at"].as_str().unwrap().to_owned()
}

/// The hidden fields of a form, with more.
fn filled(page: &Page, form: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let hidden = page.all(&format!("{form} input[type=hidden]:not([name=csrf])"));
    let value = |field: &scraper::ElementRef, name| field.value().attr(name).unwrap().to_owned();
    let hidden = hidden.iter().map(|field| (value(field, "name"), value(field, "value")));
    hidden.chain(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
}

async fn send(browser: &Browser<'_>, path: &str, fields: &[(String, String)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields).await
}

/// Presses the button of a decision on the page of an item.
async fn decide(browser: &Browser<'_>, item: &str, choice: &str) -> Reply {
    let page = Page::of(&browser.get(item).await);
    let (path, _) = item.split_once('?').unwrap_or((item, ""));
    let fields = filled(&page, "form[action$='/decide']", &[("choice", choice)]);
    send(browser, &format!("{path}/decide"), &fields).await
}

#[tokio::test]
async fn a_conflict_is_seen_from_three_sides_decided_and_the_next_one_comes() {
    let world = World::new().await;
    let later = conflict(&world, "2026-11-26").await;
    let sooner = conflict(&world, "2026-11-24").await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let page = list(&manager, "").await;
    let ids = listed(&page);
    assert_eq!(ids.len(), 2);
    assert!(
        page.text(".queue > li").contains("24."),
        "what is next comes first: {}",
        page.text(".queue > li")
    );
    assert!(page.text(".facets").contains("Beide geändert 2"), "{}", page.text(".facets"));
    assert!(page.text(".nav .badge").contains('2'));
    assert_eq!(listed(&list(&manager, "?cause=slot_taken").await).len(), 0);
    assert_eq!(listed(&list(&manager, "?cause=conflict&assigned=nobody").await), ids);

    let first = page.attribute(".queue h2 a", "href");
    let item = Page::of(&manager.get(&first).await);
    let row = item.text(".comparison tr[data-verdict=both]");
    assert!(row.contains("11:00") && row.contains("10:00") && row.contains("14:00"), "three columns: {row}");
    let decision = |choice: &str| {
        let rows = item.all(".decisions tbody tr");
        let found = rows.iter().find(|row| row.html().contains(&format!("value=\"{choice}\""))).unwrap();
        let cells: Vec<String> =
            found.text().collect::<String>().split('\n').map(|line| line.trim().to_owned()).collect();
        cells.join(" ")
    };
    assert!(
        decision("ours").contains("14:00 → ") && decision("theirs").contains("11:00 → "),
        "{}",
        decision("ours")
    );
    assert_eq!(item.attribute("[rel=next]", "data-key"), "j");
    assert_eq!(item.attribute("[rel=next]", "href"), format!("/reviews/{}", ids[1]));
    assert!(item.all("[rel=prev]").is_empty());

    // The decision leads on to the next one; Cal.com follows.
    let decided = decide(&manager, &first, "ours").await;
    assert_eq!(decided.header("location"), format!("/reviews/{}", ids[1]));
    let next = manager.follow(&decided).await;
    assert!(next.text(".toast").contains("Entschieden"));
    world.work().await;
    let read = world.api("GET", &sooner, Value::Null).await;
    assert_eq!(
        (&read.body["sync_status"], starts_at(&world, &sooner).await.as_str()),
        (&json!("synced"), "2026-11-24T11:00:00+01:00")
    );
    let decided = decide(&manager, &format!("/reviews/{}", ids[1]), "theirs").await;
    assert_eq!(decided.header("location"), "/reviews", "there is no other");
    world.work().await;
    assert_eq!(starts_at(&world, &later).await, "2026-11-26T14:00:00+01:00");
    let none = list(&manager, "").await;
    assert!(none.all(".queue").is_empty() && none.all(".nav .badge").is_empty());

    // What was decided, and by whom, stands where it is looked for.
    let closed = list(&manager, "?state=closed").await;
    assert_eq!(listed(&closed).len(), 2);
    let item = Page::of(&manager.get(&first).await);
    assert!(
        item.text(".timeline").contains("Entschieden: Hier gilt")
            && item.text(".timeline").contains("Katharina Morgenrot")
    );
    assert!(item.all(".decisions").is_empty() && item.all("form[action$='/assign']").is_empty());
    let appointment = Page::of(&manager.get(&sooner.replace("/api/v1", "")).await);
    assert!(appointment.text(".timeline").contains("Entschieden: Hier gilt"));
    // Pressed once more, by somebody who had the page open: nothing is done, and it is said.
    let late = manager.post(&format!("/reviews/{}/decide", ids[0]), &[("choice", "theirs")]).await;
    assert!(manager.follow(&late).await.text(".toast").contains("nicht mehr"));
    assert_eq!(starts_at(&world, &sooner).await, "2026-11-24T11:00:00+01:00");
}

#[tokio::test]
async fn an_item_is_given_to_somebody_put_off_written_about_and_set_aside() {
    let world = World::new().await;
    let path = conflict(&world, "2026-11-24").await;
    let (manager, staff) = (
        Browser::of(&world, &world.salon, Role::Manager).await,
        Browser::of(&world, &world.salon, Role::Staff).await,
    );
    let only = listed(&list(&manager, "").await);
    let id = only[0].clone();
    let item = format!("/reviews/{id}");
    let form = async |browser: &Browser<'_>, name: &str, field: &str, value: &str| {
        let page = Page::of(&browser.get(&item).await);
        let action = format!("{item}/{name}");
        let fields = filled(&page, &format!("form[action='{action}']"), &[(field, value)]);
        send(browser, &action, &fields).await
    };
    let page = Page::of(&staff.get(&item).await);
    let to = page.all("#to option").last().unwrap().value().attr("value").unwrap().to_owned();
    let assigned = staff.follow(&form(&staff, "assign", "to", &to).await).await;
    assert!(
        assigned.text(".toast").contains("Zugewiesen")
            && assigned.text(".timeline").contains("Zuständig: Katharina")
    );
    assert_eq!(listed(&list(&staff, &format!("?assigned={to}")).await), only);
    assert!(listed(&list(&staff, "?assigned=nobody").await).is_empty());

    let empty = form(&staff, "comment", "text", " \r\n ").await;
    assert_eq!((empty.status.as_u16(), Page::of(&empty).all("#text-error").len()), (422, 1));
    let written = staff.follow(&form(&staff, "comment", "text", "Ruft <b>morgen</b> an.").await).await;
    assert!(written.text(".timeline .comment").contains("Ruft <b>morgen</b> an."));

    staff.follow(&form(&staff, "snooze", "for", "1h").await).await;
    let rested = list(&staff, "").await;
    assert!(listed(&rested).is_empty() && rested.all(".nav .badge").is_empty());
    assert_eq!(listed(&list(&staff, "?state=snoozed").await), only);
    world.clock.set(world.clock.now() + SignedDuration::from_mins(61));
    assert_eq!(listed(&list(&staff, "").await), only, "it comes back by itself");
    form(&staff, "snooze", "for", "tomorrow").await;
    form(&staff, "snooze", "for", "").await;
    assert_eq!(listed(&list(&staff, "").await), only);

    // Who only serves may try again, and decides nothing.
    let page = Page::of(&staff.get(&item).await);
    let may = |choice: &str| page.all(&format!("[name=choice][value={choice}]:not([disabled])")).len();
    assert_eq!(["retry", "ours", "theirs", "accept", "dismiss"].map(may), [1, 0, 0, 0, 0]);
    assert_eq!(decide(&staff, &item, "accept").await.status, 403);
    let stale = manager.post(&format!("{item}/decide"), &[("choice", "accept"), ("version", "1")]).await;
    assert!(manager.follow(&stale).await.text(".toast").contains("geändert"));
    assert_eq!(listed(&list(&staff, "").await), only);

    decide(&manager, &item, "accept").await;
    assert!(listed(&list(&manager, "").await).is_empty());
    assert_eq!(listed(&list(&manager, "?state=aside").await), only);
    let status = world.api("GET", &format!("{path}/sync-status"), Value::Null).await;
    assert_eq!((&status.body["status"], &status.body["needs_review"]), (&json!("conflict"), &json!(false)));
    // Looked at again, both say the same as then: it stays aside. It can be asked again by hand.
    world.api("POST", &format!("{path}/check"), Value::Null).await;
    world.work().await;
    assert!(listed(&list(&manager, "").await).is_empty());
    decide(&manager, &item, "reopen").await;
    assert_eq!(listed(&list(&manager, "").await), only);
    decide(&manager, &item, "dismiss").await;
    // A side changes: it comes back by itself.
    let to = json!({ "starts_at": "2026-11-24T16:00:00+01:00" });
    assert_eq!(world.change("POST", &path, "/reschedule", to).await.status, 200);
    assert_eq!(listed(&list(&manager, "").await), only);
    let page = Page::of(&manager.get(&item).await);
    assert!(page.text(".timeline").contains("Eine Seite hat sich geändert"));

    // Another company has none of it.
    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    assert_eq!(stranger.get(&item).await.status, 404);
    for (form, field) in
        [("decide", ("choice", "dismiss")), ("assign", ("to", "")), ("snooze", ("for", "1h"))]
    {
        assert_eq!(stranger.post(&format!("{item}/{form}"), &[field]).await.status, 404, "{form}");
    }
    assert!(listed(&list(&stranger, "").await).is_empty());
}

/// Presses the button of the toast that a page shows.
async fn take_back(browser: &Browser<'_>, page: &Page) -> Reply {
    let (path, choice) =
        (page.attribute(".toast form", "action"), page.attribute(".toast form [name=choice]", "value"));
    browser.post(&path, &[("choice", &choice)]).await
}

#[tokio::test]
async fn a_decision_is_taken_back_as_long_as_nothing_has_come_of_it() {
    let world = World::new().await;
    let path = conflict(&world, "2026-11-24").await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let item = format!("/reviews/{}", listed(&list(&manager, "").await)[0]);

    // What Cal.com says is taken over and carried out; taken back, it is asked again, and nothing goes to Cal.com.
    let decided = manager.follow(&decide(&manager, &item, "theirs").await).await;
    assert_eq!(starts_at(&world, &path).await, "2026-11-24T14:00:00+01:00");
    world.work().await;
    assert!(listed(&list(&manager, "").await).is_empty());
    let undone = take_back(&manager, &decided).await;
    let again = undone.header("location").to_owned();
    assert_ne!(again, item, "it was settled, so it is asked anew");
    assert!(manager.follow(&undone).await.text(".toast").contains("wartet wieder"));
    world.work().await;
    assert_eq!(starts_at(&world, &path).await, "2026-11-24T11:00:00+01:00");
    let status = world.api("GET", &format!("{path}/sync-status"), Value::Null).await;
    assert_eq!(status.body["status"], "conflict", "{}", status.text);
    let page = Page::of(&manager.get(&path.replace("/api/v1", "")).await);
    assert!(page.text(".timeline").contains("letzte Entscheidung wurde zurückgenommen"));
    let page = Page::of(&manager.get(&item).await);
    assert!(page.text(".timeline").contains("Entscheidung zurücknehmen"), "{}", page.text(".timeline"));

    // Who decided what, and about which item, stands in the audit trail.
    let audit = Page::of(&manager.get("/audit").await);
    let rows: Vec<String> = audit.all(".audit tbody tr").iter().map(|row| row.text().collect()).collect();
    assert!(
        rows[0].contains("Entscheidung zurücknehmen") && rows[0].contains("Katharina Morgenrot"),
        "{rows:?}"
    );
    assert_eq!(audit.attribute(".audit a[href^='/reviews/']", "href"), item);

    // Set aside, and asked again.
    let aside = manager.follow(&decide(&manager, &again, "dismiss").await).await;
    assert!(listed(&list(&manager, "").await).is_empty());
    take_back(&manager, &aside).await;
    assert_eq!(listed(&list(&manager, "").await).len(), 1);

    // What is said here was sent: too late, and the page says why and what to do instead.
    let decided = manager.follow(&decide(&manager, &again, "ours").await).await;
    let page = Page::of(&manager.get(&again).await);
    assert_eq!(page.all(".decisions [value=undo]").len(), 1, "not yet");
    world.work().await;
    let late = take_back(&manager, &decided).await;
    assert_eq!(late.header("location"), again);
    let page = manager.follow(&late).await;
    assert!(page.text(".toast").contains("nicht mehr") && page.all(".decisions").is_empty());
    assert!(page.text(".notice").contains("schon an Cal.com gegangen"), "{}", page.text(".notice"));
    assert_eq!(starts_at(&world, &path).await, "2026-11-24T11:00:00+01:00");
    // A retry has nothing to take back.
    conflict(&world, "2026-11-25").await;
    let item = format!("/reviews/{}", listed(&list(&manager, "").await)[0]);
    let retried = manager.follow(&decide(&manager, &item, "retry").await).await;
    assert!(retried.all(".toast form").is_empty());
}

#[tokio::test]
async fn many_are_given_to_somebody_put_off_and_written_about_at_once() {
    let world = World::new().await;
    for day in ["2026-11-24", "2026-11-25", "2026-11-26"] {
        conflict(&world, day).await;
    }
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    let ids = listed(&list(&staff, "").await);
    let bulk = "/reviews/bulk";
    let preview =
        Page::of(&staff.post(bulk, &[("choice", "assign"), ("ids", &ids[0]), ("ids", &ids[1])]).await);
    assert!(preview.text("#progress").contains("2 möglich"), "{}", preview.text("#progress"));
    let to = preview.all("#to option").last().unwrap().value().attr("value").unwrap().to_owned();
    let run = send(&staff, bulk, &filled(&preview, "form.card", &[("intent", "run"), ("to", &to)])).await;
    assert!(Page::of(&run).text("#progress").contains("2 erledigt"), "{}", run.text);
    assert_eq!(listed(&list(&staff, &format!("?assigned={to}")).await), ids[..2]);

    // A note without words is not one.
    let preview = Page::of(&staff.post(bulk, &[("choice", "comment"), ("all", "1")]).await);
    assert!(preview.all("#text-error").is_empty());
    let empty = send(&staff, bulk, &filled(&preview, "form.card", &[("intent", "run"), ("text", " ")])).await;
    assert_eq!((empty.status.as_u16(), Page::of(&empty).all("#text-error").len()), (422, 1));
    let text = ("text", "Cal.com war bis zehn\nnicht da.");
    let run = send(&staff, bulk, &filled(&preview, "form.card", &[("intent", "run"), text])).await;
    assert!(Page::of(&run).text("#progress").contains("3 erledigt"), "{}", run.text);
    for id in &ids {
        let page = Page::of(&staff.get(&format!("/reviews/{id}")).await);
        assert!(page.text(".timeline .comment").contains("Cal.com war bis zehn"), "{id}");
    }

    // All that match rest; what a person has not seen is left alone.
    let preview = Page::of(&staff.post(bulk, &[("choice", "snooze"), ("all", "1"), ("assigned", &to)]).await);
    let run = send(&staff, bulk, &filled(&preview, "form.card", &[("intent", "run"), ("for", "1h")])).await;
    assert!(Page::of(&run).text("#progress").contains("2 erledigt"), "{}", run.text);
    assert_eq!(listed(&list(&staff, "").await), ids[2..]);
    let woken = [("choice", "snooze"), ("all", "1"), ("state", "snoozed"), ("for", ""), ("intent", "run")];
    staff.post(bulk, &woken).await;
    assert_eq!(listed(&list(&staff, "").await), ids);
    let nonsense = [("choice", "snooze"), ("all", "1"), ("for", "ages"), ("intent", "run")];
    assert_eq!(staff.post(bulk, &nonsense).await.status, 400);
}

#[tokio::test]
async fn many_are_decided_at_once_after_a_preview() {
    let world = World::new().await;
    let mut paths = Vec::new();
    for day in ["2026-11-24", "2026-11-25", "2026-11-26"] {
        paths.push(conflict(&world, day).await);
    }
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let ids = listed(&list(&manager, "").await);
    let bulk = "/reviews/bulk";
    let preview = manager.post(bulk, &[("choice", "theirs"), ("ids", &ids[0]), ("ids", &ids[2])]).await;
    let page = Page::of(&preview);
    assert!(page.text("#progress").contains("2 möglich"), "{}", page.text("#progress"));
    assert!(page.text("tbody tr").contains("11:00 → "), "{}", page.text("tbody tr"));
    assert_eq!(starts_at(&world, &paths[0]).await, "2026-11-24T11:00:00+01:00", "nothing was done");
    let run = send(&manager, bulk, &filled(&page, "form.card", &[("intent", "run")])).await;
    assert!(Page::of(&run).text("#progress").contains("2 erledigt"), "{}", run.text);
    world.work().await;
    assert_eq!(starts_at(&world, &paths[0]).await, "2026-11-24T14:00:00+01:00");
    assert_eq!(starts_at(&world, &paths[1]).await, "2026-11-25T11:00:00+01:00");
    assert_eq!(listed(&list(&manager, "").await), [ids[1].clone()]);

    // All that match; what came after the preview is left alone.
    let page =
        Page::of(&manager.post(bulk, &[("choice", "dismiss"), ("all", "1"), ("cause", "conflict")]).await);
    assert!(page.text("#progress").contains("1 möglich"));
    let fields = filled(&page, "form.card", &[("intent", "run"), ("reason", "Ist besprochen")]);
    world.clock.set(world.clock.now() + SignedDuration::from_secs(2));
    conflict(&world, "2026-11-27").await;
    let run = Page::of(&send(&manager, bulk, &fields).await);
    let told = run.text("#progress");
    assert!(told.contains("1 erledigt") && told.contains("Eine Frage kam nach der Vorschau dazu"), "{told}");
    assert_eq!(listed(&list(&manager, "").await).len(), 1);
    let aside = Page::of(&manager.get(&format!("/reviews/{}", ids[1])).await);
    assert!(aside.text(".timeline").contains("Ist besprochen"));
    // Sent twice, it does nothing twice.
    let again =
        Page::of(&manager.post(bulk, &[("choice", "dismiss"), ("ids", &ids[1]), ("intent", "run")]).await);
    assert!(again.text("#progress").contains("1 ohne Änderung"), "{}", again.text("#progress"));
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    assert_eq!(staff.post(bulk, &[("choice", "dismiss"), ("all", "1")]).await.status, 403);
    let retried = staff.post(bulk, &[("choice", "retry"), ("all", "1"), ("intent", "run")]).await;
    assert!(Page::of(&retried).text("#progress").contains("1 erledigt"));
}

#[tokio::test]
async fn a_divergence_of_a_service_is_settled_from_the_queue() {
    let world = World::new().await;
    let look = async || {
        world.api("POST", "/api/v1/services:sync", Value::Null).await;
        world.work().await;
    };
    look().await;
    let (manager, admin) = (
        Browser::of(&world, &world.salon, Role::Manager).await,
        Browser::of(&world, &world.salon, Role::Admin).await,
    );
    let before = listed(&list(&admin, "?about=service").await);
    assert!(!before.is_empty(), "the event type was there before it was linked");
    let name = async || {
        for id in listed(&list(&admin, "?cause=divergence").await) {
            let item = format!("/reviews/{id}");
            let page = Page::of(&admin.get(&item).await);
            if page.text(".verdict").contains("Name") {
                return (item, page);
            }
        }
        panic!("no name differs");
    };
    let (item, page) = name().await;
    let sides = page.text(".setting-sides tbody");
    assert!(sides.contains("Damenhaarschnitt") && sides.contains("Cut"), "{sides}");
    assert_eq!(decide(&manager, &item, "ours").await.status, 403);
    // Cal.com says something else by now: that is seen first.
    world.sim.change_event_type(world.salon.event_type, "title", json!("Cut & Go"));
    let seen = admin.follow(&decide(&admin, &item, "theirs").await).await;
    assert!(seen.text(".toast").contains("nicht mehr"), "{}", seen.text(".toast"));
    let (item, page) = name().await;
    assert!(page.text(".setting-sides tbody").contains("Cut & Go"));
    decide(&admin, &item, "theirs").await;
    let service = world.api("GET", &format!("/api/v1/services/{}", world.salon.cut), Value::Null).await;
    assert_eq!(service.body["name"], "Cut & Go");
    assert_eq!(listed(&list(&admin, "?about=service").await).len(), before.len() - 1);
    let closed = Page::of(&admin.get(&item).await);
    assert!(closed.text(".timeline").contains("Cal.com gilt"));
    // The others may stay as they are; that can be taken back.
    let page = Page::of(
        &admin.post("/reviews/bulk", &[("choice", "accept"), ("all", "1"), ("intent", "run")]).await,
    );
    assert!(page.text("#progress").contains("erledigt"), "{}", page.text("#progress"));
    assert!(listed(&list(&admin, "?about=service").await).is_empty());
    let aside = listed(&list(&admin, "?about=service&state=aside").await);
    assert_eq!(aside.len(), before.len() - 1);
    decide(&admin, &format!("/reviews/{}", aside[0]), "reopen").await;
    assert_eq!(listed(&list(&admin, "?about=service").await), aside[..1]);
}
