//! Who gets in, who may what, and that no forged form counts.

use std::fmt::Write as _;

use domain::people::Role;
use jiff::SignedDuration;

use crate::browser::{Browser, PASSWORD, Page, user};
use crate::world::World;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const SESSION: &str = "__Host-einklang";

impl World {
    fn pass(&self, time: SignedDuration) {
        use engine::Clock as _;
        self.clock.set(self.clock.now() + time);
    }
}

#[tokio::test]
async fn the_right_password_opens_and_nothing_else_does() {
    let world = World::new().await;
    let email = user(&world, &world.salon, Role::Staff).await;
    let browser = Browser::new(&world);
    let away = browser.get("/appointments?sync=failed").await;
    assert_eq!(
        (away.status.as_u16(), away.header("location")),
        (303, "/sign-in?next=%2Fappointments%3Fsync%3Dfailed")
    );
    let form = browser.get(away.header("location")).await;
    assert_eq!(Page::of(&form).attribute("[name=next]", "value"), "/appointments?sync=failed");

    let wrong = browser.sign_in(&email, "incorrect horse battery", "/").await;
    let unknown = browser.sign_in("nobody@salon.example", PASSWORD, "/").await;
    let nonsense = browser.sign_in("nobody", PASSWORD, "/").await;
    for (reply, typed) in
        [(&wrong, email.as_str()), (&unknown, "nobody@salon.example"), (&nonsense, "nobody")]
    {
        assert_eq!((reply.status.as_u16(), reply.header("set-cookie")), (422, ""));
        // Every way to fail looks the same.
        assert_eq!(reply.text.replace(typed, "?"), wrong.text.replace(&email, "?"));
        assert!(!reply.text.contains(PASSWORD));
    }

    let right = browser.sign_in(&email, PASSWORD, "/appointments?sync=failed").await;
    assert_eq!((right.status.as_u16(), right.header("location")), (303, "/appointments?sync=failed"));
    let (secret, attributes) = right.header("set-cookie").split_once("; ").unwrap();
    assert!(secret.starts_with(SESSION) && secret.len() == SESSION.len() + 1 + 43, "{secret}");
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Secure; Path=/");
    assert_eq!(browser.get("/appointments").await.status, 200);
    assert_eq!(browser.get("/sign-in").await.status, 303, "whoever is in needs no form");
    for next in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        assert_eq!(Browser::new(&world).sign_in(&email, PASSWORD, next).await.header("location"), "/");
    }
}

#[tokio::test]
async fn a_session_ends_at_sign_out_without_use_and_in_any_case() {
    let world = World::new().await;
    let email = user(&world, &world.salon, Role::Staff).await;
    let browser = Browser::new(&world);
    let is_in = async || browser.get("/").await.status == 200;
    browser.sign_in(&email, PASSWORD, "/").await;
    let first = browser.cookies.borrow()[SESSION].clone();
    browser.sign_in(&email, PASSWORD, "/").await;
    let second = browser.cookies.borrow()[SESSION].clone();
    assert_ne!(first, second, "each sign-in has a token of its own");

    assert_eq!(browser.post("/sign-out", &[]).await.header("location"), "/sign-in");
    assert!(browser.cookies.borrow().is_empty(), "{:?}", browser.cookies);
    for dead in [first, second] {
        browser.cookies.borrow_mut().insert(SESSION.into(), dead);
        assert!(!is_in().await, "a session that is over stays over");
    }

    browser.sign_in(&email, PASSWORD, "/").await;
    world.pass(HOUR * 12 - SignedDuration::from_secs(1));
    assert!(is_in().await);
    world.pass(HOUR * 12 - SignedDuration::from_secs(1));
    assert!(is_in().await, "use prolongs");
    world.pass(HOUR * 12);
    assert!(!is_in().await, "idle for twelve hours");

    browser.sign_in(&email, PASSWORD, "/").await;
    for _ in 0..14 * 4 - 1 {
        world.pass(HOUR * 6);
        assert!(is_in().await);
    }
    world.pass(HOUR * 6);
    assert!(!is_in().await, "two weeks old");
}

#[tokio::test]
async fn guessing_is_slowed_down_also_for_the_right_password() {
    let world = World::new().await;
    let email = user(&world, &world.salon, Role::Admin).await;
    let browser = Browser::new(&world);
    for _ in 0..12 {
        assert_eq!(browser.sign_in(&email, "incorrect horse battery", "/").await.status, 422);
    }
    let wait = browser.sign_in(&email, PASSWORD, "/").await;
    assert_eq!(wait.status, 429);
    assert!(Page::of(&wait).text(".notice").contains("Bitte warten Sie"), "{}", wait.text);
    world.pass(SignedDuration::from_secs(30));
    assert_eq!(browser.sign_in(&email, PASSWORD, "/").await.status, 303);
}

#[tokio::test]
async fn a_forged_form_changes_nothing() {
    let world = World::new().await;
    let id = world.book("2026-11-24T14:30:00+01:00").await.id();
    let browser = Browser::of(&world, &world.salon, Role::Admin).await;
    let other = Browser::of(&world, &world.salon, Role::Admin).await;
    let token = browser.token().await;
    let cancel = format!("/appointments/{id}/cancel");
    let reason = ("reason", "Urlaub");
    let with = |token| [reason, ("csrf", token)];
    let theirs = other.token().await;
    let same = [("sec-fetch-site", "same-origin")];
    assert_eq!(browser.send_form(&cancel, &[reason], &same).await.status, 403, "no token");
    assert_eq!(browser.send_form(&cancel, &with(""), &same).await.status, 403, "an empty token");
    assert_eq!(browser.send_form(&cancel, &with(&theirs), &same).await.status, 403, "another's token");
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let reply = browser.send_form(&cancel, &with(&token), &[header]).await;
        assert_eq!(reply.status, 403, "{header:?}");
        assert!(Page::of(&reply).text("h1").contains("Berechtigung"));
    }
    let stranger = Browser::new(&world).send_form(&cancel, &with(&token), &same).await;
    assert!(stranger.header("location").starts_with("/sign-in"), "{stranger:?}");
    let elsewhere = [("sec-fetch-site", "cross-site")];
    let form = [("email", "a@b.example"), ("password", PASSWORD)];
    assert_eq!(Browser::new(&world).send_form("/sign-in", &form, &elsewhere).await.status, 403);

    let view = world.engine.store.appointment(world.salon.id, id.parse().unwrap()).await.unwrap();
    assert_eq!(view.appointment.version, 1);
    assert_eq!(browser.send_form(&cancel, &with(&token), &same).await.status, 303, "ours counts");
}

/// Every address with what each role gets; strangers are led to the sign-in everywhere.
#[tokio::test]
async fn each_role_sees_what_it_may() {
    let world = World::new().await;
    let id = world.book("2026-11-24T14:30:00+01:00").await.id();
    let cut = world.salon.cut;
    let (staff, manager, admin) = (
        Browser::of(&world, &world.salon, Role::Staff).await,
        Browser::of(&world, &world.salon, Role::Manager).await,
        Browser::of(&world, &world.salon, Role::Admin).await,
    );
    let stranger = Browser::new(&world);
    for (path, allowed) in [
        ("/".to_owned(), [200, 200, 200]),
        ("/appointments".into(), [200, 200, 200]),
        ("/appointments/new".into(), [200, 200, 200]),
        (format!("/appointments/{id}"), [200, 200, 200]),
        (format!("/appointments/{id}/reschedule"), [200, 200, 200]),
        (format!("/appointments/{id}/cancel"), [200, 200, 200]),
        ("/reviews".into(), [200, 200, 200]),
        ("/services".into(), [200, 200, 200]),
        (format!("/services/{cut}"), [200, 200, 200]),
        ("/audit".into(), [200, 200, 200]),
        ("/services/new".into(), [403, 403, 200]),
        (format!("/services/{cut}/edit"), [403, 403, 200]),
        (format!("/services/{cut}/push"), [403, 403, 200]),
        (format!("/services/{cut}/pull"), [403, 403, 200]),
        (format!("/services/{cut}/reset"), [403, 403, 200]),
        (format!("/services/{cut}/delete"), [403, 403, 200]),
        ("/connections".into(), [403, 200, 200]),
        // There is no playground here.
        ("/demo".into(), [403, 403, 404]),
    ] {
        let got = [&staff, &manager, &admin].map(|browser| browser.get(&path));
        let got = futures::future::join_all(got).await;
        assert_eq!(got.iter().map(|reply| reply.status.as_u16()).collect::<Vec<_>>(), allowed, "{path}");
        let away = stranger.get(&path).await;
        assert_eq!(away.status, 303, "{path}");
        assert!(away.header("location").starts_with("/sign-in"), "{path}");
    }
    assert_eq!(stranger.get("/events").await.status, 204);
    let settle = format!("/appointments/{id}/settle");
    assert_eq!(staff.post(&settle, &[("side", "ours")]).await.status, 403);
    assert_eq!(manager.post(&settle, &[("side", "ours")]).await.status, 303);
    let nav = |page: &Page| page.all(".nav a[href='/connections']").len();
    assert_eq!(nav(&Page::of(&staff.get("/").await)), 0, "what one may not see is not offered");
    assert_eq!(nav(&Page::of(&manager.get("/").await)), 1);
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let world = World::new().await;
    let browser = Browser::of(&world, &world.salon, Role::Admin).await;
    let mut told = String::new();
    for path in ["/", "/sign-in", "/nowhere", "/livez", "/api/v1/nowhere", web::assets::url("app.css")] {
        let reply = browser.get(path).await;
        let name = if path.contains("/assets/") { "/assets/app-….css" } else { path };
        writeln!(told, "{} {name}", reply.status.as_u16()).unwrap();
        for (header, value) in &reply.headers {
            let value = match header.as_str() {
                "x-request-id" => "req_…",
                "etag" | "content-length" => "…",
                _ => value.to_str().unwrap(),
            };
            writeln!(told, "  {header}: {value}").unwrap();
        }
    }
    insta::assert_snapshot!("headers", told);
}
