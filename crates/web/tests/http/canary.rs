//! No customer is told of: people with unmistakable names, numbers and addresses book by every way, everything goes
//! wrong that can, and afterwards none of these words is in any message, log line, measure or address of ours.

use std::io::Write;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use calcom::{Transport, TransportError};
use calcom_sim::{CallKind, CallMatch, Fault, Guest};
use domain::ChannelId;
use domain::Slot;
use domain::appointment::{Actor, Origin};
use domain::notify::{Channel, ChannelKind, Event, Quiet};
use domain::people::Role;
use engine::notifications::room::TARGET;
use engine::verify::Wish;
use engine::{Clock, notifications, worker};
use jiff::{SignedDuration, Timestamp};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use store::{NotificationChannel, Sealed};

use crate::browser::{Browser, Page};
use crate::phone::{call, ring};
use crate::phone_codes::read as code_in;
use crate::post::{Outside, mailbox};
use crate::world::World;

/// What no one else is called, and how it may look on its way.
const CANARIES: [&str; 12] = [
    "zebedaeus",
    "kanarienvogel",
    "philippina",
    "quetzalcoatl",
    "xanthippe",
    "kolibri",
    "geheime-kundschaft",
    "4915199887766",
    "015199887766",
    "15199887766",
    "99887755",
    "haselnussallergie",
];

/// The subject of the letter with a code.
const CODE_SENT: &str = "salon: Ihr Code";
/// The calls that are made, and the number that two people have.
const CALLS: [&str; 3] = ["call_1", "call_2", "call_3"];
const MOBILE: &str = "+4915199887766";

/// Everything that is logged, of every crate at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A Cal.com that repeats in its refusals what it was sent, as the real one does.
struct Gossip {
    inner: Arc<dyn Transport>,
    /// So many calls that change something are refused.
    left: Arc<Mutex<u32>>,
}

#[async_trait]
impl Transport for Gossip {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let refuses = {
            let mut left = self.left.lock().unwrap();
            let refuses = *left > 0 && request.method() != http::Method::GET;
            *left -= u32::from(refuses);
            refuses
        };
        if !refuses {
            return self.inner.send(request).await;
        }
        let said = String::from_utf8_lossy(request.body()).into_owned();
        let message =
            format!("zebedaeus.kanarienvogel@geheime-kundschaft.example (+4915199887766) cannot: {said}");
        let body =
            json!({ "status": "error", "error": { "code": "BadRequestException", "message": message } });
        Ok(http::Response::builder().status(400).body(Bytes::from(body.to_string())).unwrap())
    }
}

struct Canary {
    world: World,
    outside: Outside,
    refusals: Arc<Mutex<u32>>,
    booked: u32,
}

impl Canary {
    fn wish(&mut self) -> Value {
        // Every quarter of an hour of the days to come, so that some are taken.
        let n = self.booked;
        self.booked += 1;
        let (day, hour) = (24 + n / 8, 9 + n % 8);
        let (name, email) = [
            ("Zebedaeus Kanarienvogel", "zebedaeus.kanarienvogel@geheime-kundschaft.example"),
            ("Philippina Quetzalcoatl", "philippina@geheime-kundschaft.example"),
        ][n as usize % 2];
        json!({
            "service_id": self.world.salon.cut, "starts_at": format!("2026-11-{day}T{hour:02}:00:00+01:00"),
            "customer": { "name": name, "email": email, "phone": "+4915199887766" },
            "notes": "Haselnussallergie, Xanthippe anrufen",
        })
    }

    /// Somebody books by the API; the id, if it was taken.
    async fn book(&mut self) -> Option<String> {
        let wish = self.wish();
        let reply = self.world.api("POST", "/api/v1/appointments", wish).await;
        reply.body["id"].as_str().map(str::to_owned)
    }

    /// The salon works and people are told, for so long.
    async fn live(&self, minutes: i64) {
        for _ in 0..minutes * 2 {
            for _ in 0..40 {
                if !worker::turn(&self.world.engine, "worker").await.unwrap() {
                    break;
                }
            }
            while notifications::turn(&self.world.engine, &self.outside.post(&self.world.engine))
                .await
                .unwrap()
            {}
            self.world.clock.set(self.world.clock.now() + SignedDuration::from_secs(30));
        }
        self.world.engine.store.tell_of_failures(self.world.clock.now()).await.unwrap();
    }

    async fn room(&self, kind: ChannelKind) {
        let (engine, company) = (&self.world.engine, self.world.salon.id);
        let id = ChannelId(engine.ambient.id());
        let channel = Channel { id, kind, name: "Team".into(), ..Channel::usual(ChannelKind::Email) };
        let url = format!("https://{}.example/hook", kind.as_str());
        let target = Some(Sealed(engine.vault.seal(&engine.ambient, company, TARGET, &url.into())));
        let new = NotificationChannel { channel, target };
        engine
            .store
            .save_notification_channel(company, new, Actor::of(Origin::System), engine.ambient.now())
            .await
            .unwrap();
    }

    /// What goes wrong between us and Cal.com, one thing after the other.
    async fn everything_goes_wrong(&mut self) {
        let by = |seconds| SignedDuration::from_secs(seconds);
        let faults = [
            Fault::DropRequest,
            Fault::DropAnswerAfterEffect,
            Fault::ServerErrorBefore,
            Fault::ServerErrorAfterEffect,
            Fault::RateLimited { block: by(60) },
            Fault::AppliedLate { by: by(20) },
            Fault::HalfAnswer,
            Fault::Gateway { status: 502, after_effect: true },
            Fault::UnknownFields,
            Fault::Down,
            Fault::LoseWebhooks,
            Fault::DuplicateWebhooks,
            Fault::ForgeWebhooks,
            Fault::BareWebhooks,
            Fault::StrangeWebhooks,
        ];
        for fault in faults {
            self.world.sim.order(fault, None, 4);
            let id = self.book().await;
            self.live(2).await;
            if let Some(id) = id {
                let path = format!("/api/v1/appointments/{id}");
                let move_it = json!({ "notes": "Xanthippe Kolibri kommt mit", "customer": { "name": "Xanthippe Kolibri" } });
                self.world.change("PATCH", &path, "", move_it).await;
                self.live(2).await;
                self.world.change("POST", &path, "/cancel", json!({ "reason": "Haselnussallergie" })).await;
            }
            self.live(8).await;
            self.world.sim.clear_faults();
        }
    }

    /// Says something on the phone; what was answered.
    async fn says(&self, id: &str, from: &str, function: &str, args: Value) -> Value {
        let reply = ring(&self.world, call(&self.world, id, from), function, args).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body
    }

    /// Every function of the phone agent, with a name in every argument; the code that was sent.
    async fn calls(&self) -> String {
        let zebedaeus = "Zebedaeus Kanarienvogel";
        let service = format!("Damenhaarschnitt für {zebedaeus}, 0151 99887766");
        let [booking, own, hidden] = CALLS;
        for (date, time) in
            [("2026-11-28", "14:30"), ("2026-11-28", "14:30"), ("28.11. für Xanthippe", "9 Uhr")]
        {
            let args = json!({ "service": service, "date": date, "time": time, "staff": "Anna für Zebedaeus",
                "customer_name": zebedaeus, "notes": "Haselnussallergie", "confirmed": true, zebedaeus: 1,
                "email": "zebedaeus.kanarienvogel@geheime-kundschaft.example" });
            self.says(booking, MOBILE, "book_appointment", args).await;
        }
        let nonsense = json!({ "service": "Kanarienvogel", "date": "gestern", "customer_name": 7 });
        self.says(booking, MOBILE, "book_appointment", nonsense).await;

        // Whoever calls from a number of their own.
        let own_number = "+4915199887755";
        let slot = json!({ "service": "Damenhaarschnitt", "date": "10.12.2026", "time": "10:00",
            "customer_name": "Xanthippe Kolibri", "email": "xanthippe@geheime-kundschaft.example", "confirmed": true });
        self.says(own, own_number, "book_appointment", slot).await;
        let known =
            self.says(own, own_number, "identify_customer", json!({ "name": "Xanthippe Kolibri" })).await;
        assert_eq!(known["data"]["first_name"], "Xanthippe", "{known}");
        let mine = json!({ "name": "Xanthippe Kolibri", "appointment_id": "Xanthippe", "branch": zebedaeus });
        let found = self.says(own, own_number, "find_appointments", mine).await;
        assert_eq!(found["status"], "ok", "{found}");
        let free = json!({ "service": service, "appointment_id": "A1", "date": "11.12.2026", "language": zebedaeus });
        self.says(own, own_number, "check_availability", free).await;
        let onto = json!({ "appointment_id": "A1", "date": "11.12.2026", "time": "12 Uhr", "confirmed": true,
            "slot_id": "Kolibri" });
        let moved = self.says(own, own_number, "reschedule_appointment", onto).await;
        assert_eq!(moved["status"], "requested", "{moved}");

        // Whoever withholds it, and is sent a code.
        let send = json!({ "name": "Xanthippe Kolibri", "phone": own_number, "send_code": true });
        self.says(hidden, "anonymous", "find_appointments", send).await;
        let code = loop {
            let letters = self.outside.mail.taken();
            if let Some(letter) = letters.iter().find(|it| mailbox::header(it, "Subject") == CODE_SENT) {
                assert_eq!(mailbox::header(letter, "To"), "xanthippe@geheime-kundschaft.example");
                break code_in(letter);
            }
            tokio::task::yield_now().await;
        };
        let wrong = json!({ "name": "Kolibri", "code": code, "appointment_date": "Xanthippe" });
        self.says(hidden, "anonymous", "find_appointments", wrong).await;
        let cancel = json!({ "code": code, "date": code, "time": code, "reason": "Haselnussallergie", "confirmed": true });
        let done = self.says(hidden, "anonymous", "cancel_appointment", cancel).await;
        assert!(done["data"]["reference"].is_string(), "{done}");
        code
    }

    /// What people at Cal.com do behind our back.
    async fn everything_changes_elsewhere(&mut self) {
        let guest = |name: &str| Guest {
            phone: Some("+4915199887755".into()),
            notes: Some("Haselnussallergie".into()),
            ..Guest::new(name, &format!("{}@geheime-kundschaft.example", name.to_lowercase()))
        };
        let event_type = self.world.salon.event_type;
        for (hour, name) in [(9, "Kolibri"), (10, "Xanthippe"), (11, "Quetzalcoatl")] {
            self.world.sim.order(Fault::LoseWebhooks, None, 2);
            let at = World::at(&format!("2026-12-01T{hour:02}:00:00Z"));
            let _ = self.world.sim.book_as_guest(event_type, at, guest(name)).await;
        }
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.extend(self.book().await);
        }
        self.live(3).await;
        let bookings = self.world.sim.bookings();
        let live: Vec<_> = bookings
            .iter()
            .filter(|it| it.status == calcom_sim::BookingStatus::Accepted)
            .map(|it| it.uid.clone())
            .collect();
        self.world.sim.order(Fault::LoseWebhooks, None, 50);
        for (n, uid) in live.iter().enumerate() {
            match n % 3 {
                0 => self.world.sim.erase_booking(uid),
                1 => {
                    let _ = self.world.sim.cancel_booking(uid, "Xanthippe Kolibri ist krank").await;
                }
                _ => {
                    // Both sides at once.
                    let at = World::at("2026-12-02T09:00:00Z")
                        + SignedDuration::from_hours(i64::try_from(n).unwrap());
                    let _ = self.world.sim.move_booking(uid, at, None).await;
                }
            }
        }
        for id in &ids {
            let path = format!("/api/v1/appointments/{id}");
            let moved = json!({ "starts_at": "2026-12-03T09:00:00+01:00", "customer": { "name": "Xanthippe Kolibri" } });
            self.world.change("PATCH", &path, "", moved).await;
        }
        let (engine, company) = (&self.world.engine, self.world.salon.id);
        let connection = engine.store.connections(company).await.unwrap().remove(0).id;
        let wish = Wish { window: None, check_only: false };
        engine.verify(company, connection, wish, Actor::of(Origin::Admin)).await.unwrap();
        self.live(25).await;
        self.world.sim.clear_faults();
    }
}

/// Whether a text has this word, and not as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    text.split(|sign: char| !sign.is_alphanumeric()).any(|it| it == word)
}

fn assert_silent(what: &str, text: &str) {
    let lower = text.to_lowercase().replace(['ä', 'Ä'], "ae");
    // Numbers may be grouped.
    let dense: String = lower.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
    for canary in CANARIES {
        for text in [&lower, &dense] {
            if let Some(at) = text.find(canary) {
                let from = text.floor_char_boundary(at.saturating_sub(200));
                let to = text.ceil_char_boundary(at + 100);
                panic!("{what} tells of {canary}: …{}…", &text[from..to]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_customer_is_told_of() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        // Whether or not something was logged in them: they are what traces are made of.
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .init();
    let metrics = PrometheusBuilder::new().install_recorder().unwrap();
    let refusals = Arc::new(Mutex::new(0));
    let left = Arc::clone(&refusals);
    let outside = Outside::new().await;
    let world = World::behind(outside.mailer(), move |inner| Arc::new(Gossip { inner, left })).await;
    let mut canary = Canary { world, outside, refusals, booked: 0 };
    let admin = Browser::of(&canary.world, &canary.world.salon, Role::Admin).await.cookies.into_inner();
    canary.room(ChannelKind::Slack).await;
    canary.room(ChannelKind::Discord).await;
    let all = Channel {
        rules: Event::ALL.into_iter().map(|event| (event, Role::Staff)).collect(),
        quiet: None::<Quiet>,
        ..Channel::usual(ChannelKind::Email)
    };
    let all = NotificationChannel { channel: all, target: None };
    let (company, now) = (canary.world.salon.id, canary.world.engine.ambient.now());
    canary
        .world
        .engine
        .store
        .save_notification_channel(company, all, Actor::of(Origin::System), now)
        .await
        .unwrap();
    canary.outside.mail.order(&[
        mailbox::Post::Says(451),
        mailbox::Post::HangsUp,
        mailbox::Post::AnswerLost,
        mailbox::Post::Says(550),
    ]);
    canary.outside.rooms.order(&[Ok(500), Ok(404)]);

    canary.everything_goes_wrong().await;
    canary.everything_changes_elsewhere().await;
    // Refusals that repeat what was sent.
    *canary.refusals.lock().unwrap() = 12;
    for _ in 0..6 {
        canary.book().await;
    }
    canary.live(5).await;
    *canary.refusals.lock().unwrap() = 0;
    let code = canary.calls().await;
    // Forms and searches, and requests that make no sense.
    let browser = Browser::new(&canary.world);
    *browser.cookies.borrow_mut() = admin;
    browser.get("/appointments?q=Kanarienvogel").await;
    let listed = browser.get("/appointments").await.text;
    assert!(
        listed.contains("Kanarienvogel") || listed.contains("Quetzalcoatl"),
        "they are there to be told of"
    );
    canary.world.api("POST", "/api/v1/appointments", json!({ "customer": "Zebedaeus Kanarienvogel" })).await;
    canary.world.api("GET", "/api/v1/appointments?q=Kanarienvogel&from=Xanthippe", Value::Null).await;
    canary.world.sim.order(Fault::ServerErrorBefore, Some(CallMatch::Kind(CallKind::CreateBooking)), 500);
    // At last the key is taken back.
    canary.world.sim.revoke_api_key("cal_salon");
    canary.live(10).await;

    let (store, company) = (&canary.world.engine.store, canary.world.salon.id);
    let (codes, mails): (Vec<_>, Vec<_>) =
        canary.outside.mail.taken().into_iter().partition(|it| mailbox::header(it, "Subject") == CODE_SENT);
    assert_eq!(codes.len(), 1, "who is sent a code is the customer, and nobody else");
    let rooms = canary.outside.rooms.taken();
    let sent = store.messages_sent(company, None, 500).await.unwrap();
    let user = store.users(company).await.unwrap().remove(0).id;
    let bell = store.notifications(company, user, 500).await.unwrap();
    let told: std::collections::BTreeSet<_> =
        bell.iter().chain(&sent).flat_map(|it| it.lines.iter().map(|line| line.what.as_str())).collect();
    for what in ["unauthorized", "unreachable", "vanished", "refused", "undelivered"] {
        assert!(told.contains(what), "{what} was to be told, was {told:?}");
    }
    assert!(mails.len() >= 3 && rooms.len() >= 3, "{} letters, {} to rooms", mails.len(), rooms.len());
    for mail in &mails {
        assert!(mailbox::header(mail, "To").ends_with("@salon.example"), "{mail}");
        assert_silent("a letter", mail);
        assert_silent("a letter", &mailbox::decoded(mail));
        assert!(!has_word(&mailbox::decoded(mail), &code), "a letter tells the code");
    }
    // What is kept of calls, and of the reports about them.
    let ever = Slot { start: Timestamp::UNIX_EPOCH, end: canary.world.clock.now() };
    let calls = store.calls(company, ever, 100).await.unwrap();
    assert_eq!(calls.len(), CALLS.len());
    for call in &calls {
        let functions = store.call_functions(company, &call.call_id).await.unwrap();
        assert!(!functions.is_empty());
        let read = canary.world.api("GET", &format!("/api/v1/calls/{}", call.call_id), Value::Null).await;
        let page = browser.get(&format!("/calls/{}", call.call_id)).await;
        assert_eq!((read.status.as_u16(), page.status.as_u16()), (200, 200));
        for text in [format!("{call:?}"), format!("{functions:?}"), read.text, page.text] {
            assert_silent("the record of a call", &text);
            assert!(!has_word(&text, &code), "the record of a call tells the code");
        }
    }
    for (url, body) in &rooms {
        assert_silent("an address", url);
        assert_silent("a message to a room", body);
    }
    assert_silent("the table of messages", &format!("{sent:?}{bell:?}"));
    for path in ["/notifications", "/notifications/settings", "/notifications/log"] {
        assert_silent(path, &browser.get(path).await.text);
    }
    // Addresses of ours on all pages that a customer may be on.
    for path in ["/", "/appointments", "/reviews", "/verifications", "/connections", "/audit", "/calls"] {
        let page = Page::of(&browser.get(path).await);
        for link in page.all("[href], [action], [src]") {
            for name in ["href", "action", "src"] {
                assert_silent(path, link.value().attr(name).unwrap_or_default());
            }
        }
    }
    let measured = metrics.render();
    assert!(
        measured.contains("einklang_notifications_total")
            && measured.contains("einklang_sync_operations_total")
    );
    assert!(measured.contains("einklang_phone_codes_total"));
    assert_silent("a measure", &measured);
    assert!(!has_word(&measured, &code), "a measure tells the code");
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        logged.contains("key not accepted") && logged.contains("einklang::notifications"),
        "it was logged"
    );
    assert!(
        logged.contains("work{connection=")
            && logged.contains("call{operation=")
            && logged.contains("request{id="),
        "spans were closed"
    );
    // Whatever reads pages for this test is not part of the house.
    for line in logged.lines().filter(|line| !line.contains("html5ever::")) {
        assert_silent("a log line", line);
        assert!(!has_word(line, &code), "a log line tells the code: {line}");
    }
}
