//! Appointments through the pages, as somebody without scripts makes them.

use calcom_sim::BookingStatus;
use domain::BookingUid;
use domain::case::{Due, Priority};
use domain::people::Role;
use futures::StreamExt as _;
use std::collections::{BTreeMap, BTreeSet};
use store::{AppointmentFilter, AppointmentView, Subject};

use crate::browser::{Browser, Page};
use crate::world::World;

/// A form for a cut on Tuesday, 24 November 2026, at 14:30.
fn wish(world: &World) -> BTreeMap<&'static str, String> {
    [
        ("idempotency_key", "form-1"),
        ("branch", &world.salon.branch.to_string()),
        ("service", &world.salon.cut.to_string()),
        ("staff", ""),
        ("date", "2026-11-24"),
        ("time", "14:30"),
        ("customer", ""),
        ("name", "Clara Client"),
        ("phone", "030 123456"),
        ("email", "Clara@Client.example"),
        ("notes", "Seiteneingang"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

fn pairs<'a>(form: &'a BTreeMap<&'static str, String>) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn booked_in(world: &World) -> Vec<AppointmentView> {
    let filter = AppointmentFilter::default();
    world.engine.store.appointments(world.salon.id, &filter, None, 99).await.unwrap().items
}

/// What stands in the fields of a form, by name.
fn typed(page: &Page, name: &str) -> String {
    let value = page.all(&format!("input[name={name}]:not([type=radio])"));
    if let Some(input) = value.first() {
        return input.value().attr("value").unwrap_or_default().to_owned();
    }
    if let Some(area) = page.all(&format!("textarea[name={name}]")).first() {
        return area.text().collect();
    }
    let chosen = page.all(&format!("select[name={name}] [selected], [name={name}][checked]"));
    chosen.first().and_then(|choice| choice.value().attr("value")).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_appointment_is_booked_followed_moved_and_cancelled() {
    let world = World::new().await;
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let form = wish(&world);
    let with_times = Page::of(&browser.post("/appointments/new", &pairs(&form)).await);
    let free: Vec<_> = with_times.all("input[name=time]:not([disabled])");
    let free: Vec<_> = free.iter().filter_map(|time| time.value().attr("value")).collect();
    assert_eq!((free.first(), free.last(), free.len()), (Some(&"09:00"), Some(&"17:15"), 34));
    assert_eq!(typed(&with_times, "time"), "14:30", "the choice stays");
    let mut monday = form.clone();
    monday.extend([("date", "2026-11-23".to_owned()), ("branch", String::new())]);
    let closed = Page::of(&browser.post("/appointments/new", &pairs(&monday)).await);
    assert!(closed.text("#time-error").contains("An diesem Tag arbeitet niemand"));

    let booked = browser.post("/appointments", &pairs(&form)).await;
    let path = booked.header("location").to_owned();
    let page = browser.follow(&booked).await;
    assert_eq!(page.text(".toast p"), "Der Termin ist angelegt.");
    assert_eq!(page.text("h1"), "Clara Client A-1");
    assert!(page.text(".chips").contains("Unterwegs"), "{}", page.text(".chips"));
    assert!(page.text(".explanation h2").contains("wird bei Cal.com gebucht"));
    let show = async || Page::of(&browser.get(&path).await);
    assert!(show().await.all(".toast").is_empty(), "told once");

    world.work().await;
    let page = show().await;
    assert!(page.text(".chips").contains("Abgeglichen"), "{}", page.text(".chips"));
    assert!(page.text("dl.facts").contains("Di., 24. Nov. 202614:30–15:15"), "{}", page.text("dl.facts"));
    let uid = page.text(".chain [data-current] code");
    let booking = world.sim.booking(&uid).unwrap();
    assert_eq!(booking.start, World::at("2026-11-24T13:30:00Z"));
    let story: Vec<_> = page.all(".event-title").iter().map(|e| e.text().collect::<String>()).collect();
    assert!(story.last().unwrap().contains("Gebucht für"), "{story:?}");
    assert!(story.iter().any(|title| title.contains("An Cal.com: Buchung anlegen")), "{story:?}");
    assert!(story.iter().any(|title| title.contains("Webhook von Cal.com")), "{story:?}");
    assert_eq!(page.all("tr[data-verdict=same]").len(), page.all("tr[data-verdict]").len());
    assert!(page.text(".timeline").contains("Katharina Morgenrot"));
    assert!(!page.text(".timeline").contains("clara@client.example"), "no people in raw material");

    let change = format!("{path}/reschedule");
    let form = Page::of(&browser.get(&change).await);
    assert_eq!((typed(&form, "date"), typed(&form, "time")), ("2026-11-24".into(), "14:30".into()));
    let version = typed(&form, "version");
    let save = [("version", version.as_str()), ("intent", "save"), ("date", "2026-11-25"), ("time", "10:00")];
    let page = browser.follow(&browser.post(&change, &save).await).await;
    assert_eq!(page.text(".toast p"), "Der Termin ist verschoben.");
    let stale = browser.post(&change, &save).await;
    assert_eq!(stale.status, 422);
    assert!(Page::of(&stale).text("[role=alert]").contains("inzwischen geändert"));
    world.work().await;
    let page = show().await;
    let moved = page.text(".chain [data-current] code");
    assert_ne!(moved, uid);
    assert_eq!(world.sim.booking(&moved).unwrap().start, World::at("2026-11-25T09:00:00Z"));

    let cancel = format!("{path}/cancel");
    let version = typed(&Page::of(&browser.get(&cancel).await), "version");
    let empty = browser.post(&cancel, &[("version", &version), ("reason", "  ")]).await;
    assert_eq!((empty.status.as_u16(), Page::of(&empty).all("#reason-error").len()), (422, 1));
    let fields = [("version", version.as_str()), ("reason", "Urlaub")];
    browser.follow(&browser.post(&cancel, &fields).await).await;
    world.work().await;
    let page = show().await;
    assert!(page.text(".chips").contains("Abgesagt") && page.text(".chips").contains("Abgeglichen"));
    let booking = world.sim.booking(&moved).unwrap();
    assert_eq!(
        (booking.status, booking.cancellation_reason.as_deref()),
        (BookingStatus::Cancelled, Some("Urlaub"))
    );
    assert_eq!(browser.get(&cancel).await.status, 409, "there is nothing left to cancel");

    let checked = browser.post(&format!("{path}/check"), &[]).await;
    assert!(browser.follow(&checked).await.text(".toast p").contains("Cal.com wird gefragt"));
    world.work().await;
    assert!(Page::of(&browser.get("/").await).text(".verdict").contains("Im Einklang"));
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_it_and_nothing_typed_is_lost() {
    let world = World::new().await;
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let wrong = async |changes: &[(&'static str, &str)], field: &str, error: &str| {
        let mut form = wish(&world);
        form.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let reply = browser.post("/appointments", &pairs(&form)).await;
        assert_eq!(reply.status, 422, "{changes:?}");
        let page = Page::of(&reply);
        let told = page.text(&format!("#{field}-error"));
        assert!(told.contains(error), "{changes:?}: {told}");
        for name in ["date", "name", "phone", "email", "notes", "idempotency_key", "branch"] {
            assert_eq!(typed(&page, name), form[name], "{changes:?}: {name}");
        }
    };
    wrong(&[("service", "")], "service", "Bitte füllen Sie").await;
    wrong(&[("service", "svc_nonsense")], "service", "Diese Auswahl gibt es nicht mehr").await;
    wrong(&[("service", &world.other.cut.to_string())], "service", "Diese Auswahl").await;
    wrong(&[("staff", &world.other.anna.to_string())], "staff", "Diese Auswahl").await;
    wrong(&[("date", "")], "date", "Bitte füllen Sie").await;
    wrong(&[("time", "")], "time", "Bitte füllen Sie").await;
    wrong(&[("time", "14:20")], "time", "Viertelstundentakt").await;
    wrong(&[("date", "2026-11-20"), ("time", "08:45")], "time", "schon vorbei").await;
    wrong(&[("date", "2062-11-24")], "time", "mehr als zwei Jahre voraus").await;
    wrong(&[("date", "9999-12-31")], "time", "mehr als zwei Jahre voraus").await;
    wrong(&[("date", "2026-11-23")], "time", "nicht gearbeitet").await;
    wrong(&[("date", "2026-11-24"), ("time", "18:00")], "time", "nicht gearbeitet").await;
    wrong(&[("date", "2027-03-28"), ("time", "02:30")], "time", "Uhr umgestellt").await;
    wrong(&[("date", "2027-10-31"), ("time", "02:30")], "time", "zweimal").await;
    wrong(&[("name", " ")], "name", "Bitte füllen Sie").await;
    wrong(&[("phone", "anonymous"), ("email", "")], "phone", "Telefonnummer").await;
    wrong(&[("email", "clara@client")], "email", "E-Mail-Adresse").await;
    wrong(&[("phone", ""), ("email", "")], "phone", "Telefonnummer oder eine E-Mail").await;
    wrong(&[("name", "<script>alert(1)</script>"), ("email", "x")], "email", "E-Mail-Adresse").await;
    assert!(booked_in(&world).await.is_empty());

    let booked = browser.post("/appointments", &pairs(&wish(&world))).await;
    assert_eq!(booked.status, 303);
    let again = browser.post("/appointments", &pairs(&wish(&world))).await;
    assert_eq!(again.header("location"), booked.header("location"), "two presses are one appointment");
    wrong(&[("idempotency_key", "form-2")], "time", "schon vergeben").await;

    let mut other = wish(&world);
    other.insert("time", "16:00".into());
    let reused = Page::of(&browser.post("/appointments", &pairs(&other)).await);
    assert!(reused.text("[role=alert]").contains("schon einmal abgeschickt"));
    other.insert("idempotency_key", typed(&reused, "idempotency_key"));
    assert_eq!(browser.post("/appointments", &pairs(&other)).await.status, 303);
}

#[tokio::test]
async fn somebody_known_is_found_and_booked_again() {
    let world = World::new().await;
    world.book("2026-11-24T09:00:00+01:00").await;
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let mut form = wish(&world);
    form.insert("search", "030 123".into());
    let found = Page::of(&browser.post("/appointments/new", &pairs(&form)).await);
    let id = found.attribute(".option [name=customer]", "value");
    form.extend([("customer", id.clone()), ("name", String::new()), ("phone", String::new())]);
    let page = browser.follow(&browser.post("/appointments", &pairs(&form)).await).await;
    assert_eq!(page.text("h1"), "Clara Client A-2");
    let views = booked_in(&world).await;
    let customers: BTreeSet<_> = views.iter().map(|view| view.customer.id).collect();
    assert_eq!(customers.len(), 1);

    let other = Browser::of(&world, &world.other, Role::Admin).await;
    let mut form = wish(&world);
    form.extend([
        ("customer", id),
        ("branch", world.other.branch.to_string()),
        ("service", world.other.cut.to_string()),
    ]);
    let refused = other.post("/appointments", &pairs(&form)).await;
    assert_eq!((refused.status.as_u16(), Page::of(&refused).all("#customer-error").len()), (422, 1));
    form.insert("search", "Clara".into());
    let nobody = Page::of(&other.post("/appointments/new", &pairs(&form)).await);
    assert!(nobody.text(".options").contains("Niemand gefunden"));
}

#[tokio::test]
async fn what_belongs_to_another_company_is_not_there() {
    let world = World::new().await;
    let mine = world.book("2026-11-24T14:30:00+01:00").await.id();
    let browser = Browser::of(&world, &world.other, Role::Admin).await;
    let unknown = "apt_0199f3a2c5d07c1e9b7a3c5d7e9f1a2b";
    let answer = async |id: &str, action: &str, post: bool| {
        let path = format!("/appointments/{id}{action}");
        let fields = [("reason", "x"), ("side", "ours"), ("date", "2026-11-25"), ("time", "09:00")];
        let reply = if post { browser.post(&path, &fields).await } else { browser.get(&path).await };
        (reply.status.as_u16(), reply.text.replace(reply.header("x-request-id"), "…"))
    };
    for (action, post) in [
        ("", false),
        ("/reschedule", false),
        ("/cancel", false),
        ("/reschedule", true),
        ("/cancel", true),
        ("/check", true),
        ("/settle", true),
    ] {
        let theirs = answer(&mine, action, post).await;
        assert_eq!(theirs.0, 404, "{action}");
        assert_eq!(theirs, answer(unknown, action, post).await, "{action}");
        assert_eq!(theirs, answer("no-id", action, post).await, "{action}");
    }
    let list = Page::of(&browser.get("/appointments").await);
    assert!(list.all("tbody tr").is_empty());
    let view = world.engine.store.appointment(world.salon.id, mine.parse().unwrap()).await.unwrap();
    assert_eq!(view.appointment.version, 1);
}

#[tokio::test]
async fn the_list_is_narrowed_by_its_address_and_walked_both_ways() {
    let world = World::new().await;
    for day in 24..29 {
        for hour in [9, 11, 13] {
            assert_eq!(world.book(&format!("2026-11-{day}T{hour:02}:00:00+01:00")).await.status, 201);
        }
    }
    world.clock.set(World::at("2026-11-26T12:00:00Z"));
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let list = async |path: &str| Page::of(&browser.get(path).await);
    let numbers = |page: &Page| -> Vec<String> {
        let cells = page.all("tbody tr a[href^='/appointments/apt_'] , tbody tr .number");
        let text = cells.iter().map(|cell| cell.text().collect::<String>().trim().to_owned());
        text.filter(|text| text.starts_with("A-")).collect()
    };
    let today = list("/appointments").await;
    assert_eq!(numbers(&today).len(), 9, "from today on");
    let before = today.attribute(".pager [rel=prev]", "href");
    assert_eq!(numbers(&list(&before).await).len(), 6);
    assert_eq!(numbers(&list("/appointments?from=2026-11-25&to=2026-11-25").await).len(), 3);
    assert_eq!(numbers(&list("/appointments?q=030+123+456").await).len(), 15);
    assert_eq!(numbers(&list("/appointments?q=A-7").await), ["A-7"]);
    assert_eq!(numbers(&list("/appointments?q=nobody").await).len(), 0);
    assert_eq!(numbers(&list("/appointments?after=nonsense&from=2026-11-01").await).len(), 15);
    assert_eq!(numbers(&list("/appointments?sync=synced").await).len(), 0);
    world.clock.set(World::at("2026-12-24T12:00:00Z"));
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let late = Page::of(&browser.get("/appointments").await);
    assert_eq!(numbers(&late).len(), 15, "nothing to come: the last ones");
}

/// Every link of every page is followed; nothing is written, not even a byte.
#[tokio::test]
async fn reading_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("einklang.sqlite");
    let world = World::on(&format!("sqlite://{}", file.display())).await;
    world.book("2026-11-24T14:30:00+01:00").await;
    world.work().await;
    world.book("2026-11-25T14:30:00+01:00").await;
    let browser = Browser::of(&world, &world.salon, Role::Admin).await;
    let bytes = || {
        let wal = std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default();
        (std::fs::read(&file).unwrap(), wal)
    };
    let before = bytes();
    let mut seen = BTreeSet::new();
    let mut ahead = vec!["/".to_owned()];
    while let Some(path) = ahead.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let reply = browser.get(&path).await;
        assert_eq!(reply.status, 200, "{path}");
        ahead.extend(Page::of(&reply).links());
    }
    assert!(seen.len() > 10, "{seen:?}");
    assert!(bytes() == before, "a page wrote to the database");
}

#[tokio::test]
async fn the_reader_chooses_language_and_theme() {
    let world = World::new().await;
    let mut browser = Browser::of(&world, &world.salon, Role::Staff).await;
    browser.language = "en-GB,en;q=0.9";
    let page = Page::of(&browser.get("/").await);
    assert_eq!((page.attribute("html", "lang"), page.text("h1")), ("en".into(), "Overview".into()));
    let back = browser.post("/preferences", &[("language", "de"), ("back", "/reviews")]).await;
    assert_eq!(back.header("location"), "/reviews");
    browser.post("/preferences", &[("theme", "dark"), ("back", "//evil.example")]).await;
    let page = Page::of(&browser.get("/").await);
    assert_eq!(
        (page.attribute("html", "lang"), page.attribute("html", "data-theme")),
        ("de".into(), "dark".into())
    );
    browser.cookies.borrow_mut().remove("language");
    let page = Page::of(&browser.get("/").await);
    assert_eq!(page.attribute("html", "lang"), "de", "the choice is the user's, not the browser's");
    let stranger = Browser { language: "en", ..Browser::new(&world) };
    assert_eq!(Page::of(&stranger.get("/sign-in").await).attribute("html", "lang"), "en");
    stranger.send_form("/preferences", &[("language", "de"), ("back", "/sign-in")], &[]).await;
    assert_eq!(Page::of(&stranger.get("/sign-in").await).attribute("html", "lang"), "de");
}

#[tokio::test]
async fn errors_are_pages_with_the_name_of_the_request() {
    let world = World::new().await;
    let browser = Browser { language: "en", ..Browser::of(&world, &world.salon, Role::Staff).await };
    let reply = browser.get("/nowhere").await;
    let page = Page::of(&reply);
    assert_eq!((reply.status.as_u16(), page.all(".nav").len()), (404, 1));
    assert!(page.text("main").contains(reply.header("x-request-id")), "{}", page.text("main"));
    let stranger = Page::of(&Browser::new(&world).get("/nowhere").await);
    assert!(stranger.all(".nav").is_empty());
    let large = "x".repeat(70_000);
    let reply = browser.post("/appointments", &[("notes", &large)]).await;
    assert_eq!(reply.status, 413);
    assert_eq!(Page::of(&reply).attribute("html", "lang"), "en");
    let program = browser.get("/api/v1/nowhere").await;
    assert_eq!(program.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn a_page_hears_of_changes_of_its_company_only() {
    let world = World::new().await;
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let reply = browser.stream("/events").await;
    let mut events = reply.into_body().into_data_stream();
    world.engine.signals.changed(world.other.id, None);
    world.book("2026-11-24T14:30:00+01:00").await;
    let first = events.next().await.unwrap().unwrap();
    assert_eq!(first, "data: changed\n\n");
    // Another process gives no signal; its change is found by the pulse.
    let connection = world.engine.store.connections(world.salon.id).await.unwrap().remove(0).id;
    let due = Due { at: world.engine.ambient.now(), priority: Priority::Check };
    let subject = Subject::Booking(BookingUid("found elsewhere".into()));
    world.engine.store.mark(world.salon.id, connection, subject, due).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap(), "data: changed\n\n");
    world.stop.cancel();
    assert!(events.next().await.is_none(), "the stream ends with the server");
}
