//! Questions to people.

use domain::appointment::Actor;
use domain::case::{Due, Priority};
use domain::catalogue::{Divergence, ServiceCase, Setting};
use domain::people::{Role, User};
use domain::review::{About, Aside, Choice, Handled, Item, ReviewCode, State};
use domain::timeline::What;
use domain::verify::{Class, Counts, Verdict, Window};
use domain::*;
use jiff::SignedDuration;
use store::*;

use crate::world::*;

fn ask(
    questions: &'static [(ReviewCode, &'static str)],
) -> impl Fn(&mut Case) -> Result<(), Abort> + Send + Sync {
    move |case| {
        case.questions = questions.iter().map(|(code, text)| (*code, (*text).to_owned())).collect();
        Ok(())
    }
}

pub async fn a_question_is_open_once_and_closes_with_its_cause(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let apply = async |at, questions| {
        store.apply(salon.id(), id, Change::at(at), ask(questions)).await.unwrap();
        store.reviews_open(salon.id(), 10).await.unwrap()
    };
    let both: &'static [_] = &[(ReviewCode::Refused, "eins"), (ReviewCode::Conflict, "zwei")];
    assert_eq!(apply(later(1), both).await.len(), 2);
    let open = apply(later(2), &[(ReviewCode::Refused, "drei")]).await;
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].message.as_str(), open[0].opened_at, open[0].updated_at),
        ("drei", later(1), later(2))
    );

    assert!(apply(later(3), &[]).await.is_empty());
    // When the cause comes back it is asked anew, in the same second and with another id.
    let again = apply(later(3), &[(ReviewCode::Refused, "vier")]).await;
    assert_eq!(again.len(), 1);
    assert_ne!(again[0].id, open[0].id);
    assert!(apply(later(5), &[]).await.is_empty());

    let settled = store.settled_within(salon.id(), now()).await.unwrap();
    assert_eq!((settled.spans, settled.alone), (Spans { count: 3, millis: 5000, longest: 2000 }, 3));
    assert_eq!(store.settled_within(salon.id(), later(4)).await.unwrap().spans.count, 1);
    assert_eq!(store.overall(later(5)).await.unwrap().settled, (3, 3));
    let history = store.history(salon.id(), id).await.unwrap();
    assert_eq!(history.reviews.len(), 3);
    assert!(history.reviews.iter().all(|review| review.closed_at.is_some()));
    let told: Vec<_> = history.entries.iter().map(|entry| (&entry.actor.origin, &entry.what)).collect();
    let (opened, closed) = (|code| What::ReviewOpened { code }, |code| What::ReviewClosed { code });
    assert_eq!(
        told[1..],
        [
            (&Origin::System, &opened(ReviewCode::Refused)),
            (&Origin::System, &opened(ReviewCode::Conflict)),
            (&Origin::System, &closed(ReviewCode::Conflict)),
            (&Origin::System, &closed(ReviewCode::Refused)),
            (&Origin::System, &opened(ReviewCode::Refused)),
            (&Origin::System, &closed(ReviewCode::Refused)),
        ]
    );
}

pub async fn a_booking_is_claimed_once_and_free_when_it_is_forgotten(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (company, connection) = (salon.id(), salon.connection);
    let (one, two) = (salon.booked(slot(0, 30)).await, salon.booked(slot(60, 30)).await);
    let uid = BookingUid("made-by-hand".into());
    let claim = async |id| {
        let (change, uid) = (Change::at(now()).claiming(connection, uid.clone()), uid.clone());
        let named = move |case: &mut Case| {
            case.bookings[0].uid = Some(uid.clone());
            Ok(())
        };
        store.apply(company, id, change, named).await
    };
    let owner = async || store.appointment_by_uid(company, &uid).await.unwrap().map(|(owner, _)| owner);
    // At the same time: one of them has it, and the other is as it was.
    let (first, second) = futures::future::join(claim(one), claim(two)).await;
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let (has, has_not) = if first.is_ok() { (one, two) } else { (two, one) };
    assert_eq!(owner().await, Some(has));
    assert_eq!(store.case(company, has_not).await.unwrap().bookings[0].uid, None);
    assert!(matches!(claim(has_not).await, Err(Error::Duplicate { .. })));
    let forgotten = uid.clone();
    let forget = move |case: &mut Case| {
        case.bookings[0].uid = None;
        case.forgotten.push((connection, forgotten.clone()));
        Ok(())
    };
    store.apply(company, has, Change::at(now()), forget).await.unwrap();
    assert_eq!(owner().await, None);
    claim(has_not).await.unwrap();
    assert_eq!(owner().await, Some(has_not));
}

/// Somebody who signs in.
async fn somebody(salon: &Salon) -> UserId {
    let user = User {
        id: UserId(id()),
        email: "anna@salon.example".parse().unwrap(),
        name: "Anna".into(),
        role: Role::Admin,
        locale: None,
    };
    salon.store.add_user(salon.id(), user.clone(), "hash".into(), now()).await.unwrap();
    user.id
}

fn by(user: UserId, second: i64) -> Handling {
    let actor = Actor { origin: Origin::Admin, user_id: Some(user), via: None };
    Handling { actor, at: later(second), version: None }
}

fn chosen(choice: Choice) -> Handled {
    Handled::Chosen { choice, reason: None }
}

async fn the_item(salon: &Salon) -> Item {
    let mut items = salon.store.reviews(salon.id(), false).await.unwrap();
    assert_eq!(items.len(), 1, "{items:?}");
    items.remove(0)
}

pub async fn what_is_set_aside_stays_so_until_a_side_changes(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let appointment = salon.booked(slot(0, 30)).await;
    let user = somebody(&salon).await;
    let asked: &'static [_] = &[(ReviewCode::Conflict, "")];
    let apply = async |second| {
        store.apply(company, appointment, Change::at(later(second)), ask(asked)).await.unwrap();
    };
    apply(1).await;
    let item = the_item(&salon).await;
    assert_eq!(
        (item.about.clone(), item.time),
        (About::Appointment(appointment), Some((slot(0, 30).start, slot(0, 30).end)))
    );
    assert_eq!(store.count_reviews_open(company, later(1)).await.unwrap(), 1);
    let item = store.handle_review(company, item.id, by(user, 2), chosen(Choice::Accept)).await.unwrap();
    assert_eq!((item.state(later(2)), item.aside, item.version), (State::Aside, Some(Aside::Accepted), 2));
    assert_eq!(store.count_reviews_open(company, later(2)).await.unwrap(), 0);
    assert_eq!(store.reviews_waiting(company, later(2)).await.unwrap(), []);

    // The same question again: it was answered. It stays open for whoever proves that both sides are the same.
    let is_told = async |second| store.take_in(company, later(second)).await.unwrap();
    assert!(is_told(2).await);
    apply(3).await;
    assert!(!is_told(3).await);
    assert_eq!(the_item(&salon).await.aside, Some(Aside::Accepted));
    assert_eq!(store.reviews_open(company, 9).await.unwrap()[0].aside, Some(Aside::Accepted));
    // A side changes: it is asked again, and told so.
    let say = async |notes: &'static str, second| {
        let moved = move |case: &mut Case| {
            case.appointment.notes = Some(notes.into());
            case.questions = vec![(ReviewCode::Conflict, String::new())];
            Ok(())
        };
        store.apply(company, appointment, Change::at(later(second)), moved).await.unwrap();
    };
    say("anders", 4).await;
    assert!(is_told(4).await, "people hear of it like of a new one");
    let again = the_item(&salon).await;
    assert_eq!((again.id, again.state(later(4)), again.aside), (item.id, State::Open, None));
    let stale = Handling { version: Some(item.version), ..by(user, 5) };
    let stale = store.handle_review(company, item.id, stale, chosen(Choice::Dismiss)).await;
    assert!(
        matches!(stale, Err(Error::Stale { current_version }) if current_version == again.version),
        "{stale:?}"
    );

    store.handle_review(company, item.id, by(user, 6), chosen(Choice::Dismiss)).await.unwrap();
    let item = store.handle_review(company, item.id, by(user, 7), chosen(Choice::Reopen)).await.unwrap();
    assert_eq!(item.state(later(7)), State::Open);
    store.handle_review(company, item.id, by(user, 8), chosen(Choice::Dismiss)).await.unwrap();
    assert!(!is_told(8).await);
    // The cause goes away, and comes back as a question of its own.
    store.apply(company, appointment, Change::at(later(9)), ask(&[])).await.unwrap();
    assert_eq!(store.reviews(company, false).await.unwrap(), []);
    let closed = store.reviews(company, true).await.unwrap();
    assert_eq!((closed.len(), closed[0].closed_at), (1, Some(later(9))));
    apply(10).await;
    assert_eq!((the_item(&salon).await.aside, the_item(&salon).await.id == item.id), (None, false));

    let deeds = store.review_deeds_of(company, appointment).await.unwrap();
    let told: Vec<_> =
        deeds.iter().map(|(code, deed)| (*code, deed.at, deed.actor.user_id, deed.what.clone())).collect();
    let (person, code) = (Some(user), ReviewCode::Conflict);
    assert_eq!(
        told,
        [
            (code, later(2), person, chosen(Choice::Accept)),
            (code, later(4), None, Handled::Returned),
            (code, later(6), person, chosen(Choice::Dismiss)),
            (code, later(7), person, chosen(Choice::Reopen)),
            (code, later(8), person, chosen(Choice::Dismiss)),
        ]
    );
}

pub async fn what_was_put_off_comes_back_when_it_is_another_question(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let appointment = salon.booked(slot(0, 30)).await;
    let user = somebody(&salon).await;
    let say = async |notes: &'static str, second| {
        let ask = move |case: &mut Case| {
            case.appointment.notes = Some(notes.into());
            case.questions = vec![(ReviewCode::Conflict, String::new())];
            Ok(())
        };
        store.apply(company, appointment, Change::at(later(second)), ask).await.unwrap();
    };
    let is_told = async |second| store.take_in(company, later(second)).await.unwrap();
    say("so", 1).await;
    assert!(is_told(1).await);
    let snoozed = Handled::Snoozed { until: Some(later(600)) };
    store.handle_review(company, the_item(&salon).await.id, by(user, 2), snoozed).await.unwrap();
    say("so", 3).await;
    assert_eq!(the_item(&salon).await.state(later(3)), State::Snoozed);
    assert!(!is_told(3).await);
    say("anders", 4).await;
    assert_eq!(the_item(&salon).await.state(later(4)), State::Open);
    assert!(is_told(4).await);
}

pub async fn an_item_is_given_to_somebody_put_off_and_written_about(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let appointment = salon.booked(slot(0, 30)).await;
    let user = somebody(&salon).await;
    store
        .apply(company, appointment, Change::at(now()), ask(&[(ReviewCode::Refused, "nein")]))
        .await
        .unwrap();
    let id = the_item(&salon).await.id;
    let handle = async |second, what| store.handle_review(company, id, by(user, second), what).await;
    let item = handle(1, Handled::Assigned { to: Some(user) }).await.unwrap();
    assert_eq!(item.assignee, Some(user));
    let stranger = handle(1, Handled::Assigned { to: Some(UserId(crate::world::id())) }).await;
    assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
    let item = handle(2, Handled::Snoozed { until: Some(later(60)) }).await.unwrap();
    assert_eq!((item.state(later(59)), item.state(later(60))), (State::Snoozed, State::Open));
    let count = async |second| store.count_reviews_open(company, later(second)).await.unwrap();
    assert_eq!((count(59).await, count(60).await), (0, 1));
    let waiting = async |at| store.reviews_waiting(company, at).await.unwrap();
    let start = slot(0, 30).start;
    let put_off = Waiting { code: item.code, count: 0, oldest: None, next_at: None, put_off: 1 };
    assert_eq!(waiting(later(59)).await, std::slice::from_ref(&put_off));
    let oldest = Some(item.opened_at);
    let awake = Waiting { count: 1, oldest, next_at: Some(start), put_off: 0, ..put_off };
    assert_eq!(waiting(start).await, std::slice::from_ref(&awake), "it begins now");
    let after = Waiting { next_at: None, ..awake };
    assert_eq!(waiting(start + SignedDuration::from_millis(1)).await, [after]);
    let before = store.pulse(company).await.unwrap();
    let words = Handled::Commented { text: "Ruft morgen an\u{0}.".into() };
    handle(3, words).await.unwrap();
    assert_ne!(store.pulse(company).await.unwrap(), before, "pages of other processes hear of it");
    let item = handle(4, Handled::Snoozed { until: None }).await.unwrap();
    assert_eq!((item.snoozed_until, item.version), (None, 5));

    // What is closed is only written about.
    store.apply(company, appointment, Change::at(later(5)), ask(&[])).await.unwrap();
    let settled = store.settled_within(company, now()).await.unwrap();
    assert_eq!((settled.spans.count, settled.alone), (1, 1), "giving it to somebody settles nothing");
    let item = handle(6, Handled::Assigned { to: None }).await.unwrap();
    assert_eq!((item.assignee, item.state(later(6))), (Some(user), State::Closed));
    let deeds = store.review_deeds(company, id).await.unwrap();
    assert_eq!(deeds.len(), 5);
    assert!(matches!(&deeds[2].what, Handled::Commented { text } if text.starts_with("Ruft morgen an")));
    assert!(deeds.iter().all(|deed| deed.actor.user_id == Some(user)));
}

pub async fn a_service_asks_about_what_was_changed_at_cal_com(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let case = store.service_case(company, salon.linked).await.unwrap();
    let link = case.event_types[0].id;
    let diverge = |theirs: Option<&'static str>, dismissed: bool| {
        move |case: &mut ServiceCase| {
            let it = |theirs: &str| Divergence {
                setting: Setting::Duration,
                theirs: theirs.to_owned(),
                first_seen_at: now(),
                last_seen_at: now(),
                dismissed,
            };
            case.event_types[0].divergences = theirs.map(it).into_iter().collect();
            Ok(())
        }
    };
    let change = async |second, f| {
        store.change_service(company, salon.linked, Change::at(later(second)), f).await.unwrap();
    };
    change(1, diverge(Some("60"), false)).await;
    let item = the_item(&salon).await;
    let about = About::EventType { service: salon.linked, link, setting: Some(Setting::Duration) };
    assert_eq!((item.about.clone(), item.code, item.message.as_str()), (about, ReviewCode::Divergence, "60"));
    change(2, diverge(Some("60"), false)).await;
    assert_eq!(the_item(&salon).await.version, item.version, "nothing is new");
    change(3, diverge(Some("75"), false)).await;
    let again = the_item(&salon).await;
    assert_eq!((again.id, again.message.as_str(), again.version > item.version), (item.id, "75", true));
    change(4, diverge(Some("75"), true)).await;
    assert_eq!(the_item(&salon).await.state(later(4)), State::Aside);
    change(5, diverge(Some("90"), false)).await;
    let returned = the_item(&salon).await;
    assert_eq!(
        (returned.id, returned.state(later(5)), returned.message.as_str()),
        (item.id, State::Open, "90")
    );
    assert_eq!(store.review_deeds(company, item.id).await.unwrap()[0].what, Handled::Returned);
    // A service that is no more asks nothing.
    store.remove_service(company, salon.linked, Change::at(later(6)), |_| Ok(())).await.unwrap();
    assert_eq!(store.reviews(company, false).await.unwrap(), []);
    assert_eq!(store.reviews_open(company, 9).await.unwrap(), []);
}

pub async fn a_booking_that_nobody_knows_is_asked_about_until_it_was_looked_at(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (company, connection) = (salon.id(), salon.connection);
    // Something has to be due for anybody to hold the lane.
    let appointment = salon.booked(slot(0, 30)).await;
    let case = store.case(company, appointment).await.unwrap();
    let seen = sighting(&case, "strange", now());
    let lease = salon.lease("w", now()).await.unwrap();
    let run = async |uids: &[&str], second: i64| {
        let run = Verification {
            id: VerificationId(id()),
            connection,
            actor: Actor::of(Origin::System),
            check_only: false,
            window: Window { from: at(-60), to: Some(at(60 * 24)) },
            cursor: None,
            counts: Counts::default(),
            rereads: 0,
            started_at: later(second),
            scheduled: false,
            read_at: Some(later(second)),
            finished_at: None,
        };
        store.begin_verification(company, run.clone()).await.unwrap();
        let verdict = |uid: &&str| Verdict {
            uid: BookingUid((*uid).to_owned()),
            appointment: None,
            event_type: Some(EventTypeRef { connection, id: 42 }),
            starts_at: Some(at(90)),
            class: Class::OnlyThere,
            there: Some(seen.clone()),
        };
        let verdicts: Vec<_> = uids.iter().map(verdict).collect();
        store.found(&lease, run.id, &verdicts, later(second)).await.unwrap();
        let ended = Verification { finished_at: Some(later(second)), ..run };
        store.verified(&lease, &ended, later(second)).await.unwrap();
    };
    let open = async || {
        let mut items = store.reviews(company, false).await.unwrap();
        items.sort_by_key(|item| format!("{:?}", item.about));
        items
    };
    run(&["a", "b"], 1).await;
    let items = open().await;
    let about = |uid: &str| About::Booking { connection, uid: BookingUid(uid.into()) };
    assert_eq!(items.iter().map(|item| item.about.clone()).collect::<Vec<_>>(), [about("a"), about("b")]);
    assert!(
        items
            .iter()
            .all(|item| item.time == Some((at(90), at(90))) && item.code == ReviewCode::UnknownBooking)
    );
    // Found again, it is the same question; not found any more, it is none.
    run(&["b"], 2).await;
    assert_eq!(open().await, [items[1].clone()]);
    assert_eq!(store.unknown_booking(company, items[1].id).await.unwrap(), Some(seen.clone()));
    store.booking_looked_at(company, (connection, &BookingUid("b".into())), None, later(3)).await.unwrap();
    assert_eq!(open().await, []);
    assert_eq!(store.unknown_booking(company, items[1].id).await.unwrap(), None);
    assert_eq!(store.reviews(company, true).await.unwrap().len(), 2);
    // What still waits for its turn is not asked about; what was tried in vain is.
    for (uid, second) in [("c", 0), ("d", 600)] {
        let due = Due { at: later(second), priority: Priority::Check };
        store.mark(company, connection, Subject::Booking(BookingUid(uid.into())), due).await.unwrap();
    }
    run(&["c", "d"], 4).await;
    assert_eq!(open().await.iter().map(|item| item.about.clone()).collect::<Vec<_>>(), [about("d")]);
    // Looked at, and nobody can be written down for it: that is asked once.
    for second in [5, 6] {
        let looked = (connection, &BookingUid("c".into()));
        store.booking_looked_at(company, looked, Some(seen.clone()), later(second)).await.unwrap();
    }
    assert_eq!(
        open().await.iter().map(|item| item.about.clone()).collect::<Vec<_>>(),
        [about("c"), about("d")]
    );
    // What cannot be read is another question, until it can be; but one about each booking.
    for second in [7, 8] {
        for uid in ["c", "e"] {
            let unreadable = (connection, &BookingUid(uid.into()));
            store.booking_unreadable(company, unreadable, later(second)).await.unwrap();
        }
    }
    let codes = async || open().await.into_iter().map(|item| item.code).collect::<Vec<_>>();
    let (unknown, unreadable) = (ReviewCode::UnknownBooking, ReviewCode::UnreadableBooking);
    assert_eq!(codes().await, [unknown, unknown, unreadable]);
    let read = (connection, &BookingUid("e".into()));
    store.booking_looked_at(company, read, Some(seen.clone()), later(9)).await.unwrap();
    assert_eq!(codes().await, [unknown; 3]);

    // What a person has set aside is not looked for, and so it is not missed.
    let item = open().await.remove(2);
    let said = Handled::Chosen { choice: Choice::Dismiss, reason: None };
    let how = Handling { actor: Actor::of(Origin::Admin), at: later(10), version: None };
    store.handle_review(company, item.id, how, said).await.unwrap();
    let uids = ["c", "d", "e"].map(|uid| BookingUid(uid.into()));
    let aside = store.bookings_set_aside(company, &uids).await.unwrap();
    assert_eq!(aside.into_iter().collect::<Vec<_>>(), [uids[2].clone()]);
    run(&[], 11).await;
    assert_eq!(open().await.iter().map(|item| item.about.clone()).collect::<Vec<_>>(), [about("e")]);
    let strangers = Salon::open(&store, "b").await.id();
    assert_eq!(store.reviews(strangers, true).await.unwrap(), []);
    assert!(store.bookings_set_aside(strangers, &uids).await.unwrap().is_empty());
}
