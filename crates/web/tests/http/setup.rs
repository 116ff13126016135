//! What is left to be set up: told as long as it is true, to whom it concerns, until an admin does not want it any more.

use domain::ChannelId;
use domain::appointment::{Actor, Origin};
use domain::notify::{Channel, ChannelKind};
use domain::people::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::NotificationChannel;

use engine::Clock;

use crate::browser::{Browser, Page};
use crate::world::World;

const LEFT: &str = ".step:not([data-done])";

/// The steps that are not done, by where they lead or by the command that does them.
async fn left(browser: &Browser<'_>) -> Vec<String> {
    let page = Page::of(&browser.get("/").await);
    let leads = |step: &scraper::ElementRef<'_>| {
        let mut parts = step.descendent_elements();
        let way = parts.find_map(|it| match it.value().name() {
            "a" => it.value().attr("href").map(str::to_owned),
            "code" => Some(it.text().collect()),
            _ => None,
        });
        way.unwrap_or_default()
    };
    page.all(LEFT).iter().map(leads).collect()
}

#[tokio::test]
async fn what_is_done_is_told_by_the_facts() {
    let world = World::new().await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    // A service has no event type, nothing was verified, and e-mail is switched on where none is sent.
    assert_eq!(left(&admin).await, ["/services", "/verifications", "/notifications/settings"]);
    for path in left(&admin).await {
        assert_eq!(admin.get(&path).await.status, 200, "{path}");
    }
    assert_eq!(left(&manager).await, ["/services", "/verifications", ""], "channels are for admins");
    let seen = Page::of(&manager.get("/").await);
    assert_eq!(
        (seen.text("#setup").as_str(), seen.all("form[action='/setup/hide']").len()),
        ("Einrichtung", 0)
    );
    assert!(Page::of(&staff.get("/").await).all("#setup").is_empty());

    let begun = world.api("POST", "/api/v1/verifications", Value::Null).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    for _ in 0..60 {
        world.work().await;
        world.clock.set(world.clock.now() + SignedDuration::from_secs(10));
    }
    assert_eq!(left(&admin).await, ["/services", "/notifications/settings"]);

    let room = Channel {
        id: ChannelId(world.engine.ambient.id()),
        kind: ChannelKind::Slack,
        name: "Team".into(),
        active: false,
        ..Channel::usual(ChannelKind::Email)
    };
    let save = async |channel: Channel| {
        let room = NotificationChannel { channel, target: None };
        let (by, now) = (Actor::of(Origin::Admin), world.clock.now());
        world.engine.store.save_notification_channel(world.salon.id, room, by, now).await.unwrap();
    };
    save(room.clone()).await;
    assert_eq!(left(&admin).await, ["/services", "/notifications/settings"], "nobody is told there");
    save(Channel { active: true, ..room }).await;
    assert_eq!(left(&admin).await, ["/services"]);

    let path = format!("/api/v1/services/{}", world.salon.colour);
    let off = world.change("PATCH", &path, "", json!({ "active": false })).await;
    assert_eq!(off.status, 200, "{}", off.text);
    assert!(Page::of(&admin.get("/").await).all("#setup").is_empty(), "all is done");
}

#[tokio::test]
async fn an_admin_takes_the_list_away() {
    let world = World::new().await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    assert_eq!(manager.post("/setup/hide", &[]).await.status, 403);
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    assert_eq!(Page::of(&admin.get("/").await).all("#setup").len(), 1);
    for _ in 0..2 {
        let page = admin.follow(&admin.post("/setup/hide", &[]).await).await;
        assert!(page.all("#setup").is_empty());
        assert!(page.text(".toast p").contains("nicht mehr angezeigt"), "{}", page.text(".toast p"));
    }
    assert!(Page::of(&manager.get("/").await).all("#setup").is_empty(), "for everybody of the company");
    let other = Browser::of(&world, &world.other, Role::Admin).await;
    assert_eq!(Page::of(&other.get("/").await).all("#setup").len(), 1, "and for no other");

    // And back again.
    let again = "form[action='/setup/show']";
    assert!(Page::of(&manager.get("/").await).all(again).is_empty(), "as only an admin takes it away");
    assert_eq!(manager.post("/setup/show", &[]).await.status, 403);
    assert_eq!(Page::of(&admin.get("/").await).all(again).len(), 1);
    let page = admin.follow(&admin.post("/setup/show", &[]).await).await;
    assert!(page.text(".toast p").contains("wieder angezeigt"), "{}", page.text(".toast p"));
    assert_eq!((page.all("#setup").len(), page.all(again).len()), (1, 0));
    assert_eq!(Page::of(&manager.get("/").await).all("#setup").len(), 1);
}
