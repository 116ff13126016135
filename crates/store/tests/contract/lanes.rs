//! Lanes and work.

use std::collections::HashSet;

use domain::appointment::Actor;
use domain::case::{Due, Priority};
use domain::*;
use store::*;

use crate::world::*;

fn due(at: jiff::Timestamp, priority: Priority) -> Due {
    Due { at, priority }
}

pub async fn a_lane_has_one_holder_and_a_later_one_fences_it(place: Place) {
    let store = place.store().await;
    let mut salons = Vec::new();
    for slug in ["a", "b", "c", "d", "e"] {
        let salon = Salon::open(&store, slug).await;
        salon.booked(slot(0, 30)).await;
        salons.push(salon);
    }
    let claim = async |round: &str, at: jiff::Timestamp| {
        let workers = (0..8).map(|n| {
            let (store, owner) = (store.clone(), format!("{round}{n}"));
            tokio::spawn(async move { store.claim_lanes(&owner, at, LEASE, 2).await.unwrap() })
        });
        let claimed = futures::future::join_all(workers).await;
        claimed.into_iter().flat_map(|lanes| lanes.unwrap()).map(|(lease, _)| lease).collect::<Vec<_>>()
    };
    let mut first = claim("first", now()).await;
    // Claimers skip what others are just taking; what is left over is free for the next call.
    first.extend(
        store.claim_lanes("rest", now(), LEASE, 9).await.unwrap().into_iter().map(|(lease, _)| lease),
    );
    let lanes: HashSet<_> = first.iter().map(|lease| lease.connection).collect();
    assert_eq!((first.len(), lanes.len()), (5, 5), "{first:?}");
    assert!(store.claim_lanes("late", later(59), LEASE, 9).await.unwrap().is_empty());
    assert_eq!(store.next_due().await.unwrap(), Some(later(60)));

    let mut second = claim("second", later(60)).await;
    let rest = store.claim_lanes("rest", later(60), LEASE, 9).await.unwrap();
    second.extend(rest.into_iter().map(|(lease, _)| lease));
    assert_eq!(second.len(), 5);
    for lease in &second {
        let before = first.iter().find(|before| before.connection == lease.connection).unwrap();
        assert!(lease.token > before.token);
        // The one who lost it cannot give it up for the other.
        store.release_lane(before.clone(), serde_json::json!("old"), later(60)).await.unwrap();
    }
    assert!(store.claim_lanes("late", later(61), LEASE, 9).await.unwrap().is_empty());

    // What a holder knew of the budget goes to the next one.
    let lease = second.pop().unwrap();
    // And whoever gives it up may ask for silence first.
    store.release_lane(lease.clone(), serde_json::json!({ "left": 7 }), later(62)).await.unwrap();
    assert!(store.claim_lanes("late", later(61), LEASE, 9).await.unwrap().is_empty());
    assert_eq!(store.next_due().await.unwrap(), Some(later(62)));
    let next = store.claim_lanes("next", later(62), LEASE, 9).await.unwrap();
    assert_eq!(next.len(), 1);
    assert_eq!((next[0].0.connection, &next[0].1), (lease.connection, &serde_json::json!({ "left": 7 })));
    assert_eq!(next[0].0.token, lease.token + 1);
}

pub async fn the_case_has_the_last_word_on_its_work_and_marks_bring_it_forward(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let lease = salon.lease("w", now()).await.unwrap();
    let subject = Subject::Appointment(id);
    let work = async || store.due_work(&lease, later(100), 10).await.unwrap();
    let first = work().await.remove(0);
    assert_eq!((&first.subject, first.priority, first.due_at), (&subject, Priority::Change, now()));
    let connection = salon.connection;
    let wait = move |case: &mut Case| {
        case.due = vec![(connection, due(later(50), Priority::Retry))];
        Ok(())
    };
    store.apply(salon.id(), id, Change::in_lane(&lease, now()), wait).await.unwrap();
    let waits = work().await.remove(0);
    assert_eq!((waits.priority, waits.due_at), (Priority::Retry, later(50)));
    // A mark takes the earlier time and the higher urgency, and outlives what was begun before it.
    store.mark(salon.id(), connection, subject.clone(), due(later(5), Priority::Caller)).await.unwrap();
    assert!(!store.clear_work(&lease, subject.clone(), waits.version).await.unwrap());
    store.postpone(&lease, subject.clone(), waits.version, due(later(60), Priority::Retry)).await.unwrap();
    let marked = work().await.remove(0);
    assert_eq!((marked.priority, marked.due_at), (Priority::Caller, later(5)));
    store.postpone(&lease, subject.clone(), marked.version, due(later(60), Priority::Check)).await.unwrap();
    let put_off = work().await.remove(0);
    assert_eq!((put_off.priority, put_off.due_at), (Priority::Check, later(60)));
    let rest = |case: &mut Case| {
        case.due = Vec::new();
        Ok(())
    };
    store.apply(salon.id(), id, Change::in_lane(&lease, now()), rest).await.unwrap();
    assert!(work().await.is_empty());
}

pub async fn work_comes_by_urgency_and_in_time(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let booking = |uid: &str| Subject::Booking(BookingUid(uid.into()));
    for (uid, at, priority) in [
        ("retry", now(), Priority::Retry),
        ("young", later(2), Priority::Change),
        ("old", later(1), Priority::Change),
        ("caller", later(3), Priority::Caller),
        ("tomorrow", later(90_000), Priority::Caller),
    ] {
        store.mark(salon.id(), salon.connection, booking(uid), due(at, priority)).await.unwrap();
    }
    assert_eq!(store.next_due().await.unwrap(), Some(now()));
    let lease = salon.lease("w", later(3)).await.unwrap();
    let work = store.due_work(&lease, later(3), 3).await.unwrap();
    let order: Vec<_> = work.iter().map(|work| work.subject.clone()).collect();
    assert_eq!(order, [booking("caller"), booking("old"), booking("young")]);
    assert_eq!(store.waiting_work(salon.id()).await.unwrap(), [(salon.connection, 5)]);
    assert!(store.clear_work(&lease, booking("caller"), work[0].version).await.unwrap());
    assert_eq!(store.due_work(&lease, later(3), 9).await.unwrap().len(), 3);
}

pub async fn a_paused_connection_rests(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    salon.booked(slot(0, 30)).await;
    let (company, connection) = (salon.id(), salon.connection);
    let by = || Actor { via: Some("test".into()), ..Actor::of(Origin::System) };
    let before = store.pulse(company).await.unwrap();
    for second in 1..3 {
        store.pause_connection(company, connection, by(), later(second)).await.unwrap();
    }
    assert_ne!(store.pulse(company).await.unwrap(), before, "pages of other processes hear of it");
    let paused = store.connection(company, connection).await.unwrap();
    assert_eq!((paused.state, paused.state_message), (ConnectionState::Paused, None));
    // What Cal.com says of it later changes nothing.
    let refused = ConnectionState::Unauthorized;
    store.stop_connection(company, connection, refused, "401".into(), later(3)).await.unwrap();
    assert_eq!(store.connection(company, connection).await.unwrap().state, ConnectionState::Paused);
    assert_eq!(salon.lease("w", now()).await, None);
    assert_eq!(store.next_due().await.unwrap(), None);
    // Another key goes on only with what rested because of the key.
    let key = async |key: u8| {
        store.replace_api_key(company, connection, Sealed(vec![key]), by(), later(4)).await.unwrap();
        let connection = store.connection(salon.id(), salon.connection).await.unwrap();
        assert_eq!(connection.api_key, Sealed(vec![key]));
        (connection.state, connection.state_message)
    };
    assert_eq!(key(7).await, (ConnectionState::Paused, None));
    store.resume_connection(company, connection, by(), later(5)).await.unwrap();
    store.stop_connection(company, connection, refused, "401".into(), later(6)).await.unwrap();
    assert_eq!(salon.lease("w", now()).await, None);
    assert_eq!(key(8).await, (ConnectionState::Active, None));
    assert!(salon.lease("w", now()).await.is_some());
    // What people did is written down, once, with the name of then.
    let history = store.setup_history(company, connection.0).await.unwrap();
    assert!(history.iter().all(|entry| entry.name == paused.name), "{history:?}");
    assert!(history.iter().take(4).all(|entry| entry.actor == by()), "{history:?}");
    let deeds: Vec<_> = history.into_iter().map(|entry| (entry.deed, entry.at)).collect();
    let done = [
        (SetupDeed::KeyReplaced, later(4)),
        (SetupDeed::Resumed, later(5)),
        (SetupDeed::KeyReplaced, later(4)),
        (SetupDeed::Paused, later(1)),
        (SetupDeed::Connected, now()),
    ];
    assert_eq!(deeds, done);
}
