//! What is old goes in steps, and what is open stays.

use std::collections::BTreeMap;

use domain::appointment::Actor;
use domain::people::{Role, User};
use domain::review::{Handled, ReviewCode};
use domain::verify::{Class, Counts, Verdict, Window};
use domain::*;
use serde_json::json;
use store::*;

use crate::world::*;

/// Long after everything in these stories.
fn long_after() -> jiff::Timestamp {
    later(100 * 24 * 3600)
}

async fn trim(salon: &Salon, cuts: Cuts, limit: u64) -> BTreeMap<&'static str, u64> {
    salon.store.trim(salon.id(), &cuts, limit).await.unwrap().into_iter().collect()
}

/// An appointment that was sent to Cal.com and is the same there.
async fn synced(salon: &Salon, wish: NewAppointment, uid: &str) -> AppointmentId {
    let booked = salon.book(wish).await.unwrap().id();
    let (attempt, connection, uid) = (AttemptId(id()), salon.connection, uid.to_owned());
    let lease = salon.lease("w", now()).await.unwrap();
    let there = move |case: &mut Case, attempts: &mut Vec<AttemptWrite>| {
        case.started(0, attempt, Push::Create, now());
        attempts.push(AttemptWrite::Start(NewAttempt {
            id: attempt,
            connection_id: connection,
            kind: Push::Create.as_str().into(),
            path: "POST /v2/bookings".into(),
            request: json!({}),
            started_at: now(),
        }));
        let answer = Sighting { via: Via::Answer, ..sighting(case, &uid, later(1)) };
        case.answered(0, attempt, &answer, later(1));
        attempts.push(AttemptWrite::Finish(attempt, outcome()));
        case.conclude(case::Priority::Change, later(1));
        Ok(())
    };
    let applied = salon.store.apply_with(salon.id(), booked, Change::in_lane(&lease, now()), there).await;
    assert_eq!(applied.unwrap().appointment.sync, SyncStatus::Synced);
    salon.store.release_lane(lease, json!(null), now()).await.unwrap();
    booked
}

fn outcome() -> AttemptOutcome {
    AttemptOutcome {
        outcome: Outcome::Ok,
        http_status: Some(201),
        response: None,
        message: None,
        finished_at: later(1),
        next_try_at: None,
    }
}

pub async fn histories_of_what_is_over_go_and_of_what_is_open_stay(place: Place) {
    let store = place.store().await;
    let (salon, other) = (Salon::open(&store, "a").await, Salon::open(&store, "b").await);
    let over = synced(&salon, salon.wish(slot(0, 30)), "u1").await;
    let theirs = synced(&other, other.wish(slot(0, 30)), "u2").await;
    // Nobody has brought this one to Cal.com, and this one is far ahead.
    let open = salon.booked(slot(60, 30)).await;
    let ahead = synced(&salon, salon.wish(slot(200 * 24 * 60, 30)), "u3").await;
    let kept = async |salon: &Salon, id| {
        let history = store.history(salon.id(), id).await.unwrap();
        (history.entries.len(), history.attempts.len())
    };
    let [before, of_open, of_ahead] =
        [kept(&salon, over).await, kept(&salon, open).await, kept(&salon, ahead).await];
    assert!(before.0 > 1 && before.1 == 1 && of_open.0 > 0 && of_ahead.1 == 1);

    // It is not over yet.
    let cuts = |at| Cuts { logs: Some(at), timelines: Some(at), ..Cuts::default() };
    assert_eq!(trim(&salon, cuts(at(10)), 9).await, BTreeMap::new());
    // One by one, and the calls are another class than the history.
    let only = Cuts { logs: Some(long_after()), ..Cuts::default() };
    assert_eq!(trim(&salon, only, 9).await, [("attempts", 1)].into());
    assert_eq!(kept(&salon, over).await, (before.0, 0));
    for left in (0..before.0).rev() {
        assert_eq!(trim(&salon, cuts(long_after()), 1).await, [("timelines", 1)].into());
        assert_eq!(kept(&salon, over).await, (left, 0));
    }
    assert_eq!(trim(&salon, cuts(long_after()), 1).await, BTreeMap::new());
    assert_eq!((kept(&salon, open).await, kept(&salon, ahead).await), (of_open, of_ahead));
    assert_eq!(kept(&other, theirs).await, before, "another company's stay");
    // It goes on as if nothing had been.
    let cancel = |case: &mut Case| {
        case.appointment.cancel(None, now())?;
        conclude(case);
        Ok(())
    };
    let cancelled = store.apply(salon.id(), over, Change::at(now()), cancel).await.unwrap();
    assert_eq!(cancelled.appointment.sync, SyncStatus::Pending);
}

/// A webhook that came some seconds later.
async fn delivered(salon: &Salon, number: u8, verdict: store::Verdict) -> DeliveryId {
    let new = NewDelivery {
        id: DeliveryId(id()),
        connection: salon.connection,
        received_at: later(i64::from(number)),
        trigger: None,
        verdict,
        body: "{}".into(),
        body_hash: [number; 32],
        uid: None,
        created_at_remote: None,
    };
    let id = new.id;
    salon.store.receive(salon.id(), new).await.unwrap();
    id
}

pub async fn webhooks_lose_their_bodies_and_go(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let mut ids = Vec::new();
    for number in 0..6_u8 {
        let verdict = if number == 5 { store::Verdict::BadSignature } else { store::Verdict::Accepted };
        ids.push(delivered(&salon, number, verdict).await);
    }
    let lease = salon.lease("w", now()).await.unwrap();
    // One waits still.
    for id in &ids[..4] {
        store.settle_delivery(&lease, *id, "no_change", None, false, now()).await.unwrap();
    }
    store.reveal_delivery(salon.id(), ids[0], Actor::of(Origin::Admin), now()).await.unwrap();
    let left = async || {
        let page = store.deliveries(salon.id(), &DeliveryFilter::default(), None, 9).await.unwrap();
        let place = |one: &Delivery| ids.iter().position(|id| *id == one.id).unwrap();
        page.items.iter().rev().map(|one| (place(one), !one.body.is_empty())).collect::<Vec<_>>()
    };
    let bodies = |at| Cuts { bodies: Some(at), ..Cuts::default() };
    assert_eq!(trim(&salon, bodies(later(2)), 1).await, [("bodies", 1)].into());
    assert_eq!(trim(&salon, bodies(later(2)), 9).await, [("bodies", 1)].into());
    assert_eq!(left().await, [(0, false), (1, false), (2, true), (3, true), (4, true), (5, true)]);
    assert_eq!(trim(&salon, bodies(long_after()), 9).await, [("bodies", 3)].into());
    assert_eq!(left().await[4], (4, true), "what waits is to be processed");

    let rows = |at| Cuts { logs: Some(at), ..Cuts::default() };
    assert_eq!(trim(&salon, rows(later(3)), 9).await, [("webhooks", 2)].into());
    assert_eq!(trim(&salon, rows(long_after()), 1).await, [("webhooks", 1)].into());
    assert_eq!(trim(&salon, rows(long_after()), 9).await, [("webhooks", 1)].into());
    assert_eq!(left().await, [(0, false), (4, true)], "and who has read one is known for ever");
}

pub async fn replays_go_with_their_webhooks(place: Place) {
    let store = place.store().await;
    let (salon, other) = (Salon::open(&store, "a").await, Salon::open(&store, "b").await);
    let by = || Actor::of(Origin::Admin);
    let (replayed, read, lately, theirs) = (
        delivered(&salon, 0, store::Verdict::Accepted).await,
        delivered(&salon, 1, store::Verdict::Accepted).await,
        delivered(&salon, 2, store::Verdict::Accepted).await,
        delivered(&other, 3, store::Verdict::Accepted).await,
    );
    let leases = salon.leases("w", later(5)).await;
    let of =
        |salon: &Salon| leases.iter().find(|lease| lease.connection == salon.connection).unwrap().clone();
    let (lease, their_lease) = (of(&salon), of(&other));
    for (lease, delivery) in [(&lease, replayed), (&lease, read), (&lease, lately), (&their_lease, theirs)] {
        store.settle_delivery(lease, delivery, "no_change", None, false, later(5)).await.unwrap();
    }
    let replay = async |salon: &Salon, lease: &Lease, delivery: DeliveryId, second| {
        let only = DeliveryFilter { ids: vec![delivery], ..DeliveryFilter::default() };
        let taken = store.replay_deliveries(salon.id(), &only, None, 9, by(), later(second)).await.unwrap();
        assert_eq!(taken, [delivery]);
        store.settle_delivery(lease, delivery, "no_change", None, false, later(second)).await.unwrap();
    };
    for delivery in [replayed, read] {
        replay(&salon, &lease, delivery, 10).await;
        replay(&salon, &lease, delivery, 20).await;
    }
    replay(&salon, &lease, lately, 50).await;
    replay(&other, &their_lease, theirs, 10).await;
    store.reveal_delivery(salon.id(), read, by(), later(30)).await.unwrap();
    let left = async |salon: &Salon| {
        let page = store.deliveries(salon.id(), &DeliveryFilter::default(), None, 9).await.unwrap();
        let mut left = Vec::new();
        for one in page.items.iter().rev() {
            left.push((one.id, store.delivery(salon.id(), one.id).await.unwrap().1.len()));
        }
        left
    };
    let cuts = |second| Cuts { logs: Some(later(second)), ..Cuts::default() };
    assert_eq!(trim(&salon, cuts(10), 9).await, BTreeMap::new());
    assert_eq!(trim(&salon, cuts(40), 1).await, [("webhooks", 1)].into(), "step by step");
    assert_eq!(left(&salon).await, [(replayed, 1), (read, 3), (lately, 1)]);
    assert_eq!(trim(&salon, cuts(40), 9).await, [("webhooks", 1)].into());
    assert_eq!(
        left(&salon).await,
        [(read, 3), (lately, 1)],
        "who has read one is known for ever, with the rest"
    );
    assert_eq!(trim(&salon, cuts(40), 9).await, BTreeMap::new());
    assert_eq!(left(&other).await, [(theirs, 1)], "another company's stay");
}

pub async fn messages_closed_questions_and_ended_sessions_go(place: Place) {
    let store = place.store().await;
    let (salon, other) = (Salon::open(&store, "a").await, Salon::open(&store, "b").await);
    let mut users = Vec::new();
    for salon in [&salon, &other] {
        let email = format!("{}@salon.example", id().simple()).parse().unwrap();
        let user = User { id: UserId(id()), email, name: "Kim".into(), role: Role::Admin, locale: None };
        users.push(user.id);
        store.add_user(salon.id(), user, "hash".into(), now()).await.unwrap();
        // A question that was closed, with a note, and one that is open.
        let appointment = salon.booked(slot(0, 30)).await;
        for (second, asked) in [(0, Some(ReviewCode::Refused)), (10, None), (20, Some(ReviewCode::Conflict))]
        {
            let ask = move |case: &mut Case| {
                case.questions = asked.map(|code| (code, String::new())).into_iter().collect();
                Ok(())
            };
            store.apply(salon.id(), appointment, Change::at(later(second)), ask).await.unwrap();
            let noted = Handled::Commented { text: "Ruft zurück".into() };
            for item in store.reviews(salon.id(), false).await.unwrap() {
                let how = Handling { actor: Actor::of(Origin::Admin), at: later(second), version: None };
                store.handle_review(salon.id(), item.id, how, noted.clone()).await.unwrap();
            }
        }
        // Behind the bell now; by e-mail it is still to be sent.
        store.take_in(salon.id(), later(30)).await.unwrap();
        for (n, ends) in [(1, 40), (2, 50), (3, 4000)] {
            let mut token_hash = [n; 32];
            token_hash[0] = u8::from(salon.id() == other.id());
            let session = NewSession { token_hash, user_id: *users.last().unwrap(), expires_at: later(ends) };
            store.open_session(salon.id(), session, later(30)).await.unwrap();
        }
    }
    let kept = async |salon: &Salon, user| {
        let closed = store.reviews(salon.id(), true).await.unwrap();
        let open = store.reviews(salon.id(), false).await.unwrap();
        let deeds = store.review_deeds(salon.id(), open[0].id).await.unwrap().len();
        let told = store.notifications(salon.id(), user, 9).await.unwrap().len();
        (closed.len(), open.len(), deeds, told)
    };
    let before = kept(&salon, users[0]).await;
    assert_eq!((before.0, before.1, before.2), (1, 1, 1));
    assert!(before.3 > 0);

    let until = |second| {
        let at = Some(later(second));
        Cuts { messages: at, reviews: at, sessions: at, ..Cuts::default() }
    };
    assert_eq!(trim(&salon, until(10), 9).await, BTreeMap::new());
    // The note first, then its question; the sessions one by one.
    let first = trim(&salon, until(100), 1).await;
    assert_eq!((first["reviews"], first["sessions"], first["messages"]), (1, 1, 1));
    let mut gone = first;
    loop {
        let step = trim(&salon, until(100), 1).await;
        if step.is_empty() {
            break;
        }
        for (class, rows) in step {
            assert_eq!(rows, 1, "{class}");
            *gone.get_mut(class).unwrap() += rows;
        }
    }
    assert_eq!(gone["sessions"], 2);
    assert_eq!(kept(&salon, users[0]).await, (0, 1, 1, 0), "what is open stays");
    let mail = store.claim_messages(later(3600), jiff::SignedDuration::from_mins(1), 9).await.unwrap();
    assert_eq!(mail.len(), 2, "what is to be sent stays");
    let alive = async |first: u8, n: u8| {
        let mut hash = [n; 32];
        hash[0] = first;
        store.session_by_token_hash(&hash, later(35)).await.unwrap().is_some()
    };
    assert!(!alive(0, 1).await && !alive(0, 2).await && alive(0, 3).await);
    assert!(alive(1, 1).await && alive(1, 3).await);
    assert_eq!(kept(&other, users[1]).await, before, "another company's stay");
}

pub async fn of_verifications_the_last_stays(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let lease = {
        salon.booked(slot(0, 30)).await;
        salon.lease("w", now()).await.unwrap()
    };
    let mut ids = Vec::new();
    // The last that the schedule wanted is the third; the last that looked at all is the fourth; one is under way.
    let kinds = [
        (true, false, true),
        (false, false, true),
        (true, false, true),
        (false, false, true),
        (false, true, true),
        (false, false, false),
    ];
    for (number, (scheduled, check_only, finished)) in (0_i64..).zip(kinds) {
        let run = Verification {
            id: VerificationId(id()),
            connection: salon.connection,
            actor: Actor::of(Origin::System),
            check_only,
            window: Window { from: now(), to: None },
            cursor: None,
            counts: Counts::default(),
            rereads: 0,
            started_at: later(number),
            scheduled,
            read_at: Some(later(number)),
            finished_at: finished.then(|| later(number)),
        };
        store.begin_verification(salon.id(), run.clone()).await.unwrap();
        let verdicts = ["x", "y"].map(|uid| Verdict {
            uid: BookingUid(uid.into()),
            appointment: None,
            event_type: None,
            class: Class::OnlyThere,
            there: None,
            starts_at: None,
        });
        store.found(&lease, run.id, &verdicts, now()).await.unwrap();
        ids.push(run.id);
    }
    let left = async || {
        let runs = store.verifications_page(salon.id(), None, 9).await.unwrap().items;
        let mut left: Vec<_> =
            runs.iter().map(|run| ids.iter().position(|id| *id == run.id).unwrap()).collect();
        left.sort_unstable();
        left
    };
    let cuts = Cuts { logs: Some(long_after()), ..Cuts::default() };
    assert_eq!(trim(&salon, cuts, 3).await["verifications"], 3, "findings first");
    assert_eq!(left().await.len(), 5, "one has none any more");
    while !trim(&salon, cuts, 3).await.is_empty() {}
    assert_eq!(left().await, [2, 3, 4, 5]);
    for number in [2, 3, 4, 5] {
        assert_eq!(store.findings(salon.id(), ids[number]).await.unwrap().len(), 2);
    }
}

pub async fn keys_and_calls_go(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let dedupe = Dedupe { scope: "s".into(), key: "k".into(), fingerprint: "f".into() };
    let wish = NewAppointment { dedupe: Some(dedupe.clone()), ..salon.wish(slot(0, 30)) };
    let booked = salon.book(wish).await.unwrap().id();
    let keys = |at| Cuts { keys: Some(at), ..Cuts::default() };
    assert_eq!(trim(&salon, keys(now()), 9).await, BTreeMap::new());
    assert_eq!(store.deduped(salon.id(), &dedupe).await.unwrap(), Some(booked));
    assert_eq!(trim(&salon, keys(later(1)), 9).await, [("keys", 1)].into());
    assert_eq!(store.deduped(salon.id(), &dedupe).await.unwrap(), None);

    let agent =
        Agent { id: AgentId(id()), token: "t".into(), signing_key: Sealed(vec![1]), name: "Luise".into() };
    let agent_id = agent.id;
    store.add_agent(salon.id(), agent).await.unwrap();
    for (call_id, heard) in [("old", 0), ("long", 600)] {
        let call = Call {
            call_id: call_id.into(),
            agent_id,
            branch_id: None,
            from_masked: None,
            to_number: "+4930111111".into(),
            started_at: later(0),
            updated_at: later(heard),
        };
        let function = CallFunction {
            call_id: call_id.into(),
            name: "find_appointments".into(),
            arguments: json!({ "language": "de" }),
            answer: json!({}),
            at: later(heard),
            appointment_id: None,
            request: None,
        };
        store.record_call(salon.id(), call, Some(function)).await.unwrap();
    }
    let calls = |at| Cuts { calls: Some(at), ..Cuts::default() };
    assert_eq!(trim(&salon, calls(later(60)), 9).await, [("calls", 1)].into());
    assert!(store.call_functions(salon.id(), "old").await.unwrap().is_empty());
    assert_eq!(store.call_functions(salon.id(), "long").await.unwrap().len(), 1);
    assert_eq!(trim(&salon, calls(later(601)), 9).await, [("calls", 1)].into());
}
