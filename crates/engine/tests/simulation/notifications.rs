//! Telling people: what goes wrong is told, whatever the mail server and the rooms do, and an outage is one message.

use std::sync::Arc;

use calcom::TransportError;
use calcom_sim::Fault;
use domain::appointment::Actor;
use domain::company::Locale;
use domain::notify::{Channel, ChannelKind, Problem};
use domain::people::{Role, User};
use domain::{ChannelId, Origin, UserId};
use engine::notifications::mail::Mailer;
use engine::notifications::room::TARGET;
use engine::notifications::{self, Post, Words, Written};
use jiff::{SignedDuration, Timestamp};
use store::{ConnectionState, Message, NotificationChannel, Outgoing, Sealed};

use crate::mailbox::{self, MailServer, Rooms, header};
use crate::world::{Hours, World};

/// The names of what happened, and how often.
struct Names;

impl Words for Names {
    fn write(&self, message: &Outgoing, _: Timestamp) -> Written {
        let names: Vec<_> =
            message.lines.iter().map(|line| format!("{} {}", line.what.as_str(), line.count)).collect();
        let text = names.join("\n");
        // Whatever a company calls itself must stay where it is.
        Written {
            subject: format!("{}\r\nBcc: evil@evil.example", message.company.name),
            html: text.clone(),
            text,
        }
    }
}

struct House {
    world: World,
    mail: MailServer,
    rooms: Rooms,
    post: Post,
}

impl House {
    async fn new(seed: u64) -> Self {
        let (mail, rooms) = (MailServer::start().await, Rooms::default());
        let mailer = Mailer::new(&mail.url.as_str().into(), "Einklang <einklang@salon.example>").unwrap();
        let post = Post { words: Arc::new(Names), mailer: Some(mailer), rooms: Arc::new(rooms.clone()) };
        let world = World::new(seed).await;
        let house = Self { world, mail, rooms, post };
        house.user("katharina@salon.example", Role::Admin).await;
        house
    }

    async fn user(&self, email: &str, role: Role) {
        let (engine, company) = (&self.world.engine, self.world.company);
        let id = UserId(engine.ambient.id());
        let user =
            User { id, email: email.parse().unwrap(), name: "Kim".into(), role, locale: Some(Locale::En) };
        engine.store.add_user(company, user, "hash".into(), engine.ambient.now()).await.unwrap();
    }

    async fn room(&self, kind: ChannelKind, url: &str) {
        let (engine, company) = (&self.world.engine, self.world.company);
        let id = ChannelId(engine.ambient.id());
        let channel = Channel { id, kind, name: "Team".into(), ..Channel::usual(ChannelKind::Email) };
        let target = Some(Sealed(engine.vault.seal(&engine.ambient, company, TARGET, &url.into())));
        let new = NotificationChannel { channel, target };
        engine
            .store
            .save_notification_channel(company, new, Actor::of(Origin::System), engine.ambient.now())
            .await
            .unwrap();
    }

    /// The salon works and people are told, for so long.
    async fn live(&self, minutes: i64) {
        for _ in 0..minutes * 4 {
            self.world.work_until(self.world.now() + SignedDuration::from_secs(15)).await;
            while notifications::turn(&self.world.engine, &self.post).await.unwrap() {}
        }
    }

    async fn log(&self) -> Vec<Message> {
        self.world.engine.store.messages_sent(self.world.company, None, 50).await.unwrap()
    }

    fn bodies(&self) -> Vec<String> {
        let text = |message: &String| mailbox::decoded(message);
        self.mail.taken().iter().map(text).collect()
    }

    /// Cal.com takes the key back, and somebody books.
    async fn lose_the_key(&self) {
        self.world.sim.revoke_api_key(crate::world::KEY);
        self.world.book(Hours(30)).await.unwrap();
    }
}

#[tokio::test]
async fn a_refused_key_is_told_at_once_in_a_proper_letter() {
    let house = House::new(501).await;
    house.user("staff@salon.example", Role::Staff).await;
    house.lose_the_key().await;
    house.live(1).await;
    assert_eq!(house.world.connection_state().await, ConnectionState::Unauthorized);
    let taken = house.mail.taken();
    let [letter] = &taken[..] else { panic!("{taken:?}") };
    assert_eq!(header(letter, "To"), "katharina@salon.example");
    assert!(header(letter, "From").ends_with("<einklang@salon.example>"), "{letter}");
    assert_eq!(header(letter, "Auto-Submitted"), "auto-generated");
    assert!(header(letter, "Message-ID").ends_with("@salon.example>"), "{letter}");
    assert!(header(letter, "Content-Type").starts_with("multipart/alternative"), "{letter}");
    assert_eq!(header(letter, "Bcc"), "", "no value adds a header");
    assert_eq!(house.bodies()[0].matches("unauthorized 1").count(), 2, "as text and as HTML");
    let [message] = &house.log().await[..] else { panic!() };
    assert!(message.sent_at.is_some() && message.tries == 1 && message.problem.is_none(), "{message:?}");
}

#[tokio::test]
async fn an_outage_is_one_message_and_its_end_another() {
    let house = House::new(502).await;
    house.live(1).await;
    let start = house.world.now();
    house.world.sim.order(Fault::DownUntil(start + SignedDuration::from_hours(5)), None, 10_000);
    for hour in 0..20 {
        house.world.book(Hours(100 + hour)).await.unwrap();
    }
    house.live(90).await;
    let during = house.bodies();
    assert_eq!(during.len(), 1, "{during:?}");
    assert!(during[0].contains("unreachable 1"), "{during:?}");
    house.live(4 * 60).await;
    let bodies = house.bodies();
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    assert!(bodies[1].contains("reachable 1") && !bodies[1].contains("unreachable"), "{bodies:?}");
}

#[tokio::test]
async fn whatever_the_mail_server_does_no_letter_is_lost() {
    use mailbox::Post::{AnswerLost, HangsUp, Says};
    let house = House::new(503).await;
    house.mail.order(&[Says(451), HangsUp, AnswerLost, Says(535)]);
    house.lose_the_key().await;
    house.live(10).await;
    let taken = house.mail.taken();
    assert_eq!(taken.len(), 2, "once more than it had to be: the answer was lost");
    assert_eq!(header(&taken[0], "Message-ID"), header(&taken[1], "Message-ID"));
    let [message] = &house.log().await[..] else { panic!() };
    assert_eq!((message.tries, message.problem), (5, None), "{message:?}");
    assert!(message.sent_at.is_some());

    // What the server will never take is given up at once, and told behind the bell.
    house.mail.order(&[Says(550)]);
    house
        .world
        .engine
        .store
        .resume_connection(
            house.world.company,
            house.world.connection,
            Actor::of(Origin::System),
            house.world.engine.ambient.now(),
        )
        .await
        .unwrap();
    house.live(2).await;
    let log = house.log().await;
    assert_eq!((log[0].problem, log[0].tries), (Some(Problem::Refused(550)), 1), "{log:?}");
    let admin = house.world.engine.store.users(house.world.company).await.unwrap().remove(0).id;
    let bell = house.world.engine.store.notifications(house.world.company, admin, 9).await.unwrap();
    assert!(bell.iter().any(|it| it.lines[0].what.as_str() == "undelivered"), "{bell:?}");
    assert_eq!(house.mail.taken().len(), 2);
}

#[tokio::test]
async fn a_mail_server_that_is_away_for_hours_gets_everything_when_it_is_back_and_one_that_stays_away_is_told_of()
 {
    let house = House::new(504).await;
    house.mail.order(&[mailbox::Post::HangsUp; 20]);
    house.lose_the_key().await;
    house.live(5 * 60).await;
    assert_eq!(house.mail.taken().len(), 1, "{:?}", house.log().await);

    let gone = Post {
        mailer: Some(Mailer::new(&"smtp://127.0.0.1:9".into(), "e@salon.example").unwrap()),
        ..house.post.clone()
    };
    let house = House { post: gone, ..House::new(505).await };
    house.lose_the_key().await;
    house.live(26 * 60).await;
    let [message] = &house.log().await[..] else { panic!("{:?}", house.log().await) };
    assert_eq!(message.problem, Some(Problem::Unreachable));
    assert!(
        message.failed_at.unwrap().duration_since(message.closed_at.unwrap())
            <= SignedDuration::from_hours(24)
    );
}

#[tokio::test]
async fn rooms_get_their_form_and_are_tried_again() {
    let house = House::new(506).await;
    house.room(ChannelKind::Slack, "https://hooks.slack.example/services/T0/B0/secret").await;
    let lost = TransportError::Ambiguous { message: "time-out at https://hooks.slack.example".into() };
    house.rooms.order(&[Ok(500), Err(lost), Ok(429)]);
    house.lose_the_key().await;
    house.live(40).await;
    let taken = house.rooms.taken();
    assert_eq!(taken.len(), 4);
    assert!(
        taken.iter().all(|it| *it
            == (
                "https://hooks.slack.example/services/T0/B0/secret".into(),
                r#"{"text":"unauthorized 1"}"#.into()
            )),
        "{taken:?}"
    );
    let log = house.log().await;
    let room = log.iter().find(|it| it.kind == ChannelKind::Slack).unwrap();
    assert!(room.sent_at.is_some() && room.tries == 4, "{room:?}");
    // 429 asked for twenty minutes.
    assert!(room.sent_at.unwrap().duration_since(room.closed_at.unwrap()) >= SignedDuration::from_mins(20));

    let house = House::new(507).await;
    house.room(ChannelKind::Discord, "https://discord.example/api/webhooks/1/x").await;
    // As it was stored by somebody who allowed it.
    house.room(ChannelKind::Slack, "https://192.168.0.9/hook").await;
    house.rooms.order(&[Ok(404)]);
    house.lose_the_key().await;
    house.live(5).await;
    let taken = house.rooms.taken();
    assert_eq!(
        taken.len(),
        1,
        "nothing is sent into the house, and what is gone is not asked again: {taken:?}"
    );
    assert_eq!(taken[0].1, r#"{"content":"unauthorized 1"}"#);
    let problems: Vec<_> = house.log().await.into_iter().filter_map(|it| it.problem).collect();
    assert!(
        problems.contains(&Problem::Refused(404)) && problems.contains(&Problem::Address),
        "{problems:?}"
    );
}

#[tokio::test]
async fn a_sender_that_dies_leaves_its_letters_to_the_next() {
    let house = House::new(508).await;
    house.lose_the_key().await;
    house.world.turn().await;
    let (engine, minute) = (&house.world.engine, SignedDuration::from_mins(2));
    engine.store.take_in(house.world.company, engine.ambient.now()).await.unwrap();
    house.world.pass(SignedDuration::from_secs(20));
    let claimed = engine.store.claim_messages(engine.ambient.now(), minute, 9).await.unwrap();
    assert_eq!(claimed.len(), 1);
    drop(claimed);
    house.live(1).await;
    assert!(house.mail.taken().is_empty(), "another may still be at it");
    house.live(3).await;
    assert_eq!(house.mail.taken().len(), 1);
    assert_eq!(house.log().await[0].tries, 2);
}
