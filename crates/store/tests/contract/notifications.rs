//! What happens is told once, in messages that go once, and are read by whom they are for.

use domain::appointment::Actor;
use domain::notify::{Channel, ChannelKind, Event, Occurrence, Problem, Quiet, Subject as About, What};
use domain::people::{Role, User};
use domain::review::ReviewCode;
use domain::*;
use jiff::{SignedDuration, civil::time};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use store::*;

use crate::world::*;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

async fn user(salon: &Salon, role: Role) -> UserId {
    let id = UserId(id());
    let email = format!("{}@salon.example", id.0.simple()).parse().unwrap();
    let user = User { id, email, name: "Kim".into(), role, locale: None };
    salon.store.add_user(salon.id(), user, "hash".into(), now()).await.unwrap();
    id
}

fn slot_taken(n: u128, second: i64) -> Occurrence {
    let about = About::Review(ReviewId(uuid::Uuid::from_u128(n)));
    Occurrence::once(What::Question(ReviewCode::SlotTaken), about, later(second))
}

/// What somebody sees behind the bell: what, how often, unread.
async fn bell(salon: &Salon, user: UserId) -> Vec<(&'static str, u64, bool)> {
    let messages = salon.store.notifications(salon.id(), user, 9).await.unwrap();
    let row = |message: &Message| {
        (message.lines[0].what.as_str(), message.lines[0].count, message.closed_at.is_none())
    };
    messages.iter().map(row).collect()
}

pub async fn what_happens_is_told_once_and_read_by_each(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let strangers = Salon::open(&store, "b").await;
    let (company, admin, staff) =
        (salon.id(), user(&salon, Role::Admin).await, user(&salon, Role::Staff).await);
    let stranger = user(&strangers, Role::Admin).await;
    assert!(store.companies_to_tell().await.unwrap().is_empty());
    assert!(!store.take_in(company, now()).await.unwrap());

    store.occurred(company, slot_taken(1, 0)).await.unwrap();
    store.occurred(company, slot_taken(1, 0)).await.unwrap();
    store.occurred(company, slot_taken(2, 5)).await.unwrap();
    let unreachable = Occurrence::once(What::Unreachable, About::Connection(salon.connection), later(1));
    store.occurred(company, unreachable).await.unwrap();
    assert_eq!(store.companies_to_tell().await.unwrap(), [company]);
    assert!(store.take_in(company, later(6)).await.unwrap());
    assert!(!store.take_in(company, later(6)).await.unwrap(), "nothing is told twice");
    // The same fact, told of once more after a crash.
    store.occurred(company, slot_taken(2, 5)).await.unwrap();
    assert!(store.companies_to_tell().await.unwrap().is_empty());

    assert_eq!(bell(&salon, admin).await, [("unreachable", 1, true), ("slot_taken", 2, true)]);
    assert_eq!(bell(&salon, staff).await, [("slot_taken", 2, true)], "each role its own");
    assert_eq!(store.count_notifications_unread(company, admin).await.unwrap(), 2);
    assert_eq!(store.count_notifications_unread(strangers.id(), stranger).await.unwrap(), 0);

    // One is read; what happens then begins another. Those of others are not touched.
    let number = store.notifications(company, admin, 9).await.unwrap()[1].number;
    let read = store.read_notifications(company, admin, Some(number), later(7)).await.unwrap();
    assert_eq!(read[0].subjects.len(), 2);
    for (whose, who) in [(company, staff), (strangers.id(), stranger), (strangers.id(), admin)] {
        let read = store.read_notifications(whose, who, Some(number), later(7)).await;
        assert!(matches!(read, Err(Error::NotFound)), "{read:?}");
    }
    store.occurred(company, slot_taken(3, 8)).await.unwrap();
    store.take_in(company, later(9)).await.unwrap();
    let expected = [("slot_taken", 1, true), ("unreachable", 1, true), ("slot_taken", 2, false)];
    assert_eq!(bell(&salon, admin).await, expected);
    assert_eq!(bell(&salon, staff).await, [("slot_taken", 3, true)]);
    store.read_notifications(company, admin, None, later(10)).await.unwrap();
    assert_eq!(store.count_notifications_unread(company, admin).await.unwrap(), 0);
    assert_eq!(store.count_notifications_unread(company, staff).await.unwrap(), 1);
}

pub async fn facts_of_the_store_are_told_with_their_transaction(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (company, admin) = (salon.id(), user(&salon, Role::Admin).await);
    let appointment = salon.booked(slot(0, 30)).await;
    let ask = |case: &mut Case| {
        case.questions.push((ReviewCode::RetriesUsedUp, "504 for Clara Client".into()));
        Ok(())
    };
    store.apply(company, appointment, Change::at(later(1)), ask).await.unwrap();
    let stop = async |state, second| {
        store.stop_connection(company, salon.connection, state, "401".into(), later(second)).await.unwrap();
    };
    stop(ConnectionState::Unauthorized, 2).await;
    // It is stopped already.
    stop(ConnectionState::Unauthorized, 3).await;
    store.changes_read(company, salon.connection, later(10), Some(later(9))).await.unwrap();
    store.changes_read(company, salon.connection, later(20), Some(later(19))).await.unwrap();
    store.take_in(company, later(21)).await.unwrap();
    let expected = [("webhook_silent", 1, true), ("unauthorized", 1, true), ("retries_used_up", 1, true)];
    assert_eq!(bell(&salon, admin).await, expected);
    let messages = store.notifications(company, admin, 9).await.unwrap();
    let asked = store.reviews_open(company, 9).await.unwrap().remove(0);
    assert_eq!(asked.appointment_id, appointment);
    assert_eq!(messages[2].lines[0].only(), Some(About::Review(asked.id)));
    // The words of others are not taken along.
    assert!(!format!("{messages:?}").contains("Clara"));
}

pub async fn a_message_goes_once_and_is_gathered_until_then(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (company, admin) = (salon.id(), user(&salon, Role::Admin).await);
    let manager = user(&salon, Role::Manager).await;
    store.occurred(company, slot_taken(1, 0)).await.unwrap();
    store.take_in(company, later(0)).await.unwrap();
    assert!(store.claim_messages(later(14), MINUTE, 9).await.unwrap().is_empty(), "it is gathered");
    store.occurred(company, slot_taken(2, 10)).await.unwrap();
    store.take_in(company, later(14)).await.unwrap();

    let claimed = store.claim_messages(later(15), MINUTE, 9).await.unwrap();
    let [message] = &claimed[..] else { panic!("{claimed:?}") };
    assert_eq!((message.user.as_ref().unwrap().id, message.lines[0].count, message.tries), (admin, 2, 1));
    assert_ne!(message.user.as_ref().unwrap().id, manager);
    assert!(store.claim_messages(later(16), MINUTE, 9).await.unwrap().is_empty(), "one sender has it");
    // What happens while it is under way is told by another one.
    store.occurred(company, slot_taken(3, 20)).await.unwrap();
    store.take_in(company, later(20)).await.unwrap();

    // The sender dies: the same message goes again, and what the dead one says counts no more.
    let claimed = store.claim_messages(later(75), MINUTE, 9).await.unwrap();
    let [new, again] = &claimed[..] else { panic!("{claimed:?}") };
    assert_eq!((again.number, again.tries, &again.lines), (message.number, 2, &message.lines));
    assert_eq!((new.tries, new.lines[0].count), (1, 1));
    store.settle_message(message, Delivered::Sent, later(76)).await.unwrap();
    assert_eq!(store.messages_sent(company, None, 9).await.unwrap()[1].sent_at, None);
    let later_try = Delivered::Again { at: later(90), problem: Problem::Refused(450) };
    store.settle_message(again, later_try, later(77)).await.unwrap();
    store.settle_message(new, Delivered::Sent, later(78)).await.unwrap();
    assert!(store.claim_messages(later(89), MINUTE, 9).await.unwrap().is_empty());
    let third = store.claim_messages(later(90), MINUTE, 9).await.unwrap().remove(0);
    assert_eq!((third.number, third.tries, third.went_at), (message.number, 3, later(15)));
    store.settle_message(&third, Delivered::Never(Problem::Refused(550)), later(91)).await.unwrap();
    store.settle_message(&third, Delivered::Sent, later(92)).await.unwrap();
    let log = store.messages_sent(company, None, 9).await.unwrap();
    let short: Vec<_> = log.iter().map(|it| (it.sent_at, it.failed_at, it.problem, it.tries)).collect();
    assert_eq!(
        short,
        [(Some(later(78)), None, None, 1), (None, Some(later(91)), Some(Problem::Refused(550)), 3)]
    );
    // Admins hear of it, but not that way.
    store.take_in(company, later(93)).await.unwrap();
    assert_eq!(bell(&salon, admin).await[0], ("undelivered", 1, true));
    assert!(store.claim_messages(later(9_000), MINUTE, 9).await.unwrap().is_empty());
}

pub async fn channels_are_as_usual_until_they_are_changed(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let all = async || store.notification_channels(company).await.unwrap();
    let usual: Vec<_> = all().await.into_iter().map(|it| it.channel).collect();
    assert_eq!(usual, [ChannelKind::App, ChannelKind::Email].map(Channel::usual));
    let admin = user(&salon, Role::Admin).await;
    let mail = Channel {
        rules: [(Event::Question, Role::Staff)].into(),
        // By the clock of the company it is nine o'clock.
        quiet: Some(Quiet { from: time(8, 0, 0, 0), to: time(10, 0, 0, 0) }),
        gather_minutes: 0,
        ..Channel::usual(ChannelKind::Email)
    };
    let save = async |channel: &Channel, target: Option<&[u8]>| {
        let target = target.map(|target| Sealed(target.to_vec()));
        let new = NotificationChannel { channel: channel.clone(), target };
        store.save_notification_channel(company, new, Actor::of(Origin::System), now()).await.unwrap();
    };
    save(&mail, None).await;
    let room = Channel {
        id: ChannelId(id()),
        kind: ChannelKind::Slack,
        name: "Team".into(),
        rules: [(Event::UrgentQuestion, Role::Admin)].into(),
        ..Channel::usual(ChannelKind::Email)
    };
    save(&room, Some(b"sealed")).await;
    assert_eq!(
        all().await[1..].iter().map(|it| it.channel.clone()).collect::<Vec<_>>(),
        [mail, room.clone()]
    );
    assert_eq!(all().await[2].target, Some(Sealed(b"sealed".to_vec())));
    let strangers = Salon::open(&store, "b").await.id();
    assert_eq!(store.notification_channels(strangers).await.unwrap().len(), 2);
    assert!(matches!(
        store.remove_notification_channel(strangers, room.id, Actor::of(Origin::System), now()).await,
        Err(Error::NotFound)
    ));

    // What can wait waits for the morning; what is in a room is told to nobody in particular.
    let asked =
        Occurrence::once(What::Question(ReviewCode::Refused), About::Review(ReviewId(id())), later(0));
    store.occurred(company, asked).await.unwrap();
    store.occurred(company, slot_taken(1, 0)).await.unwrap();
    store.take_in(company, later(0)).await.unwrap();
    let claimed = store.claim_messages(later(15), MINUTE, 9).await.unwrap();
    assert_eq!(
        claimed.iter().map(|it| (it.channel.kind, it.user.is_some())).collect::<Vec<_>>(),
        [(ChannelKind::Slack, false)]
    );
    assert_eq!(claimed[0].target, Some(Sealed(b"sealed".to_vec())));
    let waiting = store.messages_sent(company, None, 9).await.unwrap();
    let mail = waiting.iter().find(|it| it.kind == ChannelKind::Email).unwrap();
    assert_eq!((mail.user, mail.due_at), (Some(admin), Some(later(3600))));

    // A room that is taken away gets nothing any more, and that is no failure to tell of.
    store.occurred(company, slot_taken(2, 30)).await.unwrap();
    store.take_in(company, later(30)).await.unwrap();
    store.remove_notification_channel(company, room.id, Actor::of(Origin::System), now()).await.unwrap();
    assert!(store.claim_messages(later(300), MINUTE, 9).await.unwrap().is_empty());
    let given_up = store.messages_sent(company, None, 9).await.unwrap();
    let given_up: Vec<_> = given_up.iter().filter_map(|it| it.problem).collect();
    assert_eq!(given_up, [Problem::Gone, Problem::Gone]);
    assert!(store.companies_to_tell().await.unwrap().is_empty());
}

pub async fn what_cannot_be_read_of_one_company_keeps_no_other_waiting(place: Place) {
    // A connection beside a database in memory would be another database.
    if place.url.contains(":memory:") {
        return;
    }
    let store = place.store().await;
    let (broken, whole) = (Salon::open(&store, "a").await, Salon::open(&store, "b").await);
    for salon in [&broken, &whole] {
        user(salon, Role::Admin).await;
        store.occurred(salon.id(), slot_taken(1, 0)).await.unwrap();
        store.take_in(salon.id(), later(0)).await.unwrap();
    }
    let db = Database::connect(&place.url).await.unwrap();
    let run = async |sql: &str| {
        let statement =
            Statement::from_sql_and_values(db.get_database_backend(), sql, [broken.id().0.into()]);
        db.execute_raw(statement).await.unwrap();
    };
    run("UPDATE messages SET lines = '[{\"what\":\"moon\"}]' WHERE company_id = $1 AND due_at IS NOT NULL")
        .await;
    let claimed = store.claim_messages(later(300), MINUTE, 9).await.unwrap();
    assert_eq!(claimed.iter().map(|it| it.company.id).collect::<Vec<_>>(), [whole.id()]);
    let log = store.messages_sent(broken.id(), None, 9).await.unwrap();
    assert_eq!((log[0].problem, log[0].due_at, log[0].lines.len()), (Some(Problem::Unreadable), None, 0));
    assert!(store.take_in(broken.id(), later(301)).await.unwrap(), "behind the bell it is said");

    // A company itself that cannot be read waits; its messages are not lost, and those of others go.
    for salon in [&broken, &whole] {
        store.occurred(salon.id(), slot_taken(2, 400)).await.unwrap();
        store.take_in(salon.id(), later(400)).await.unwrap();
    }
    run("UPDATE companies SET locale = 'moon' WHERE id = $1").await;
    let claimed = store.claim_messages(later(4_400), MINUTE, 9).await.unwrap();
    assert!(claimed.iter().all(|it| it.company.id == whole.id()) && !claimed.is_empty(), "{claimed:?}");
    run("UPDATE companies SET locale = 'de' WHERE id = $1").await;
    let claimed = store.claim_messages(later(4_461), MINUTE, 9).await.unwrap();
    assert!(claimed.iter().any(|it| it.company.id == broken.id()), "{claimed:?}");
    db.close().await.unwrap();
}

pub async fn of_many_who_take_in_and_send_each_message_is_one_s(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    for _ in 0..4 {
        user(&salon, Role::Admin).await;
    }
    let happens = (0..40_u128).map(|n| {
        let store = store.clone();
        async move {
            store.occurred(company, slot_taken(n, 0)).await.unwrap();
            store.take_in(company, later(1)).await.unwrap();
        }
    });
    futures::future::join_all(happens).await;
    assert!(store.companies_to_tell().await.unwrap().is_empty());
    let claims = (0..8).map(|_| store.claim_messages(later(60), MINUTE, 3));
    let claimed = futures::future::join_all(claims).await;
    let claimed: Vec<_> = claimed.into_iter().flat_map(Result::unwrap).collect();
    let mut numbers: Vec<_> = claimed.iter().map(|it| it.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((numbers.len(), claimed.len()), (4, 4));
    assert!(claimed.iter().all(|it| it.lines[0].count == 40), "{claimed:?}");
}

pub async fn many_calls_that_fail_are_told_once_an_hour(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let about = salon.booked(slot(0, 30)).await;
    // Ids begin with their time, as the engine makes them.
    let call = async |n: u64, outcome: Outcome, second: i64| {
        let millis = u64::try_from(later(second).as_millisecond()).unwrap();
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&n.to_be_bytes());
        let id = AttemptId(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid());
        let connection_id = salon.connection;
        let write = move |_: &mut Case, attempts: &mut Vec<AttemptWrite>| {
            attempts.push(AttemptWrite::Start(NewAttempt {
                id,
                connection_id,
                kind: "look".into(),
                path: "GET /v2/bookings".into(),
                request: serde_json::Value::Null,
                started_at: later(second),
            }));
            let end = AttemptOutcome {
                outcome,
                http_status: None,
                response: None,
                message: None,
                finished_at: later(second),
                next_try_at: None,
            };
            attempts.push(AttemptWrite::Finish(id, end));
            Ok(())
        };
        store.apply_with(company, about, Change::at(later(second)), write).await.unwrap();
    };
    let is_told = async |second| {
        store.tell_of_failures(later(second)).await.unwrap();
        store.take_in(company, later(second)).await.unwrap()
    };
    // What the booking itself has to tell, if anything.
    store.take_in(company, later(0)).await.unwrap();
    for n in 0..19 {
        let failed = if n % 2 == 0 { Outcome::Transient } else { Outcome::Lost };
        call(n, if n < 5 { failed } else { Outcome::SlotTaken }, 10).await;
    }
    assert!(!is_told(20).await, "too few to say anything");
    call(19, Outcome::NotFound, 30).await;
    assert!(is_told(40).await, "five of twenty");
    assert!(!is_told(50).await, "it was said in this hour");
    assert!(!is_told(3_590).await, "also across the hour of the clock");
    assert!(!is_told(3_700).await, "they were more than an hour ago");
    for n in 20..60 {
        call(n, if n < 29 { Outcome::Invalid } else { Outcome::Ok }, 7_400).await;
    }
    assert!(!is_told(7_500).await, "nine of forty");
    call(60, Outcome::Unreadable, 7_400).await;
    call(61, Outcome::Unauthorized, 7_400).await;
    assert!(is_told(7_510).await, "eleven of forty-two");
    assert!(!is_told(10_900).await, "less than an hour ago");
    for n in 62..82 {
        call(n, Outcome::Transient, 10_950).await;
    }
    assert!(is_told(11_150).await, "and they go on failing");
    let strangers = Salon::open(&store, "b").await;
    assert!(!store.take_in(strangers.id(), later(7_520)).await.unwrap());
}
