//! The bell, the list behind it, channels and rules, and what became of messages.

use domain::ReviewId;
use domain::notify::{ChannelKind, Event, Occurrence, Subject, What};
use domain::people::Role;
use domain::review::ReviewCode;
use engine::notifications::room::TARGET;
use engine::{Clock, notifications};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;

use crate::browser::{Browser, Page};
use crate::post::Outside;
use crate::world::World;

async fn happens(world: &World, what: What, subject: Subject) {
    let engine = &world.engine;
    let occurrence = Occurrence::once(what, subject, engine.ambient.now());
    engine.store.occurred(world.salon.id, occurrence).await.unwrap();
    engine.store.take_in(world.salon.id, engine.ambient.now()).await.unwrap();
    world.clock.set(world.clock.now() + SignedDuration::from_secs(1));
}

fn taken(n: u128) -> (What, Subject) {
    (What::Question(ReviewCode::SlotTaken), Subject::Review(ReviewId(uuid::Uuid::from_u128(n))))
}

#[tokio::test]
async fn the_bell_counts_what_is_unread_and_a_click_leads_on() {
    let world = World::new().await;
    let (admin, staff) = (
        Browser::of(&world, &world.salon, Role::Admin).await,
        Browser::of(&world, &world.salon, Role::Staff).await,
    );
    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    let bell = async |browser: &Browser<'_>| Page::of(&browser.get("/").await).text("#bell");
    assert_eq!(bell(&admin).await, "Benachrichtigungen");
    assert!(
        Page::of(&admin.get("/notifications").await).text("main").contains("Noch keine Benachrichtigung")
    );

    let (what, question) = taken(7_000);
    happens(&world, what, question).await;
    let connection = world.engine.store.connections(world.salon.id).await.unwrap().remove(0);
    happens(&world, What::Unauthorized, Subject::Connection(connection.id)).await;
    assert_eq!(bell(&admin).await, "Benachrichtigungen, 2 ungelesen2");
    assert_eq!(
        bell(&staff).await,
        "Benachrichtigungen, eine ungelesen1",
        "accounts are no business of staff"
    );
    assert_eq!(bell(&stranger).await, "Benachrichtigungen");

    let list = Page::of(&admin.get("/notifications").await);
    let rows: Vec<_> = (0..2).map(|n| list.text(&format!(".told li:nth-child({})", n + 1))).collect();
    assert!(rows[0].contains("Konto angehalten") && rows[0].contains(&connection.name), "{rows:?}");
    assert!(rows[1].contains("Dringende Frage") && rows[1].contains("schon vergeben"), "{rows:?}");
    assert!(!list.attribute("body", "data-live").is_empty());

    // Reading is a form: an address alone changes nothing, and nobody reads what is another's.
    let action = list.attribute(".told li:nth-child(2) form", "action");
    assert_eq!(admin.get(&action).await.status, 405);
    for browser in [&staff, &stranger] {
        assert_eq!(browser.post(&action, &[]).await.status, 404);
    }
    let opened = admin.post(&action, &[]).await;
    assert_eq!((opened.status.as_u16(), opened.header("location")), (303, &*format!("/reviews/{question}")));
    assert_eq!(bell(&admin).await, "Benachrichtigungen, eine ungelesen1");
    assert_eq!(bell(&staff).await, "Benachrichtigungen, eine ungelesen1");
    admin.post("/notifications", &[]).await;
    assert_eq!(bell(&admin).await, "Benachrichtigungen");
    assert_eq!(Page::of(&admin.get("/notifications").await).all(".told .unread").len(), 0);

    // Many of a kind are one entry, and lead to all of them.
    for n in 0..400 {
        let (what, subject) = taken(n);
        let now = world.engine.ambient.now();
        world.engine.store.occurred(world.salon.id, Occurrence::once(what, subject, now)).await.unwrap();
    }
    world.engine.store.take_in(world.salon.id, world.engine.ambient.now()).await.unwrap();
    let many = Page::of(&admin.get("/notifications").await);
    assert!(many.text(".told li.unread").contains("400-mal"), "{}", many.text(".told"));
    let opened = admin.post(&many.attribute(".told li.unread form", "action"), &[]).await;
    assert_eq!(opened.header("location"), "/reviews");
}

#[tokio::test]
async fn pages_that_are_open_hear_of_it() {
    let world = World::new().await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let mut events = admin.stream("/events").await.into_body();
    let (what, subject) = taken(1);
    let now = world.engine.ambient.now();
    world.engine.store.occurred(world.salon.id, Occurrence::once(what, subject, now)).await.unwrap();
    let outside = Outside::new().await;
    notifications::turn(&world.engine, &outside.post(&world.engine)).await.unwrap();
    let heard = tokio::time::timeout(std::time::Duration::from_secs(2), events.frame()).await.unwrap();
    assert!(String::from_utf8_lossy(heard.unwrap().unwrap().data_ref().unwrap()).contains("changed"));
}

#[tokio::test]
async fn admins_decide_who_is_told_what_and_where() {
    let world = World::new().await;
    let (store, company) = (&world.engine.store, world.salon.id);
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    for path in ["/notifications/settings", "/notifications/log"] {
        assert_eq!(manager.get(path).await.status, 403, "{path}");
        assert_eq!(admin.get(path).await.status, 200, "{path}");
    }
    let page = Page::of(&admin.get("/notifications/settings").await);
    assert!(page.text("main").contains("Diese Installation verschickt keine E-Mail."));

    // A room: what is wrong is said, the address is kept as a secret, and no address inside the house is taken.
    let add = async |name: &str, url: &str| {
        let fields = [("kind", "slack"), ("name", name), ("target", url)];
        admin.post("/notifications/channels", &fields).await
    };
    for (name, url, error) in [
        ("", "https://hooks.slack.example/x", "Bitte füllen Sie"),
        ("Team", "", "Bitte füllen Sie"),
        ("Team", "unsinn", "die mit https:// beginnt"),
        ("Team", "http://hooks.slack.example/x", "die mit https:// beginnt"),
        ("Team", "https://127.0.0.1/x", "führt auf diesen Rechner"),
        ("Team", "https://169.254.169.254/latest", "führt auf diesen Rechner"),
    ] {
        let wrong = add(name, url).await;
        assert_eq!(wrong.status, 422, "{name} {url}");
        assert!(Page::of(&wrong).text("#new .error").contains(error), "{name} {url}");
        assert!(url.is_empty() || !wrong.text.contains(url), "a secret is not sent back");
    }
    assert_eq!(store.notification_channels(company).await.unwrap().len(), 2);
    let added = admin.follow(&add("Team", "https://hooks.slack.example/T/B/secret").await).await;
    assert!(added.text(".toast p").contains("Gespeichert"));
    let room = store.notification_channels(company).await.unwrap().remove(2);
    let opened = world.engine.vault.open(company, TARGET, &room.target.clone().unwrap().0).unwrap();
    assert_eq!(opened.expose_secret(), "https://hooks.slack.example/T/B/secret");
    assert!(!added.0.html().contains("hooks.slack.example"));

    // Rules, quiet hours; the address stays where none is entered.
    let id = room.channel.id;
    let form = |fields: &[(&'static str, &'static str)]| {
        let base = [
            ("active", "true"),
            ("name", "#empfang"),
            ("target", ""),
            ("gather", "4"),
            ("rule_question", "admin"),
        ];
        base.into_iter().chain(fields.iter().copied()).collect::<Vec<_>>()
    };
    let here = format!("/notifications/channels/{id}");
    for (fields, error) in [
        (form(&[("quiet_from", "25:00"), ("quiet_to", "07:00")]), "Uhrzeit"),
        (form(&[("quiet_from", "20:00"), ("quiet_to", "")]), "Bitte füllen Sie"),
        (form(&[("target", "https://10.0.0.1/")]), "führt auf diesen Rechner"),
        (vec![("name", "x"), ("gather", "5")], "0 bis 4"),
    ] {
        let wrong = admin.post(&here, &fields).await;
        assert_eq!(wrong.status, 422, "{fields:?}");
        let told = Page::of(&wrong).text(&format!("#{id} .error"));
        assert!(told.contains(error), "{told}");
    }
    let fields = form(&[("quiet_from", "20:00"), ("quiet_to", "07:30")]);
    assert_eq!(manager.post(&here, &fields).await.status, 403);
    assert_eq!(stranger.post(&here, &fields).await.status, 404);
    assert_eq!(admin.post(&here, &fields).await.status, 303);
    let changed = store.notification_channels(company).await.unwrap().remove(2);
    assert_eq!(changed.target, room.target);
    let quiet = changed.channel.quiet.map(|quiet| (quiet.from.to_string(), quiet.to.to_string()));
    assert_eq!(quiet, Some(("20:00:00".into(), "07:30:00".into())));
    assert_eq!(changed.channel.rules, [(Event::Question, Role::Admin)].into());

    // E-mail by role; the bell too.
    let mail = store.notification_channels(company).await.unwrap().remove(1).channel;
    let fields =
        [("active", "true"), ("gather", "0"), ("rule_question", "manager"), ("rule_urgent_question", "")];
    assert_eq!(admin.post(&format!("/notifications/channels/{}", mail.id), &fields).await.status, 303);
    let mail = store.notification_channels(company).await.unwrap().remove(1).channel;
    assert_eq!((mail.kind, &mail.rules), (ChannelKind::Email, &[(Event::Question, Role::Manager)].into()));
    let page = Page::of(&admin.get("/notifications/settings").await);
    let chosen = format!("#{}-question option[selected]", mail.id);
    assert_eq!(page.text(&chosen), "ab Leitung");

    // A try goes as messages do, and the log says what became of it.
    let outside = Outside::new().await;
    let tried = admin.post(&here, &[("intent", "test")]).await;
    assert_eq!(tried.header("location"), "/notifications/log");
    notifications::turn(&world.engine, &outside.post(&world.engine)).await.unwrap();
    let [(url, body)] = &outside.rooms.taken()[..] else { panic!() };
    assert_eq!(url, "https://hooks.slack.example/T/B/secret");
    assert!(body.contains("Das ist eine Probe"), "{body}");
    let log = Page::of(&admin.get("/notifications/log").await);
    let row = log.text(".told-row");
    assert!(row.contains("Zugestellt") && row.contains("#empfang") && row.contains("Probe"), "{row}");

    assert_eq!(admin.post(&here, &[("intent", "remove")]).await.status, 303);
    assert_eq!(store.notification_channels(company).await.unwrap().len(), 2);
    let log = Page::of(&admin.get("/notifications/log").await);
    assert!(log.text(".told-row").contains("Nicht mehr vorhanden"));
}
