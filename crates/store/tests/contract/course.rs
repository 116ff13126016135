//! Figures of how it goes: of one company, and of all together without names.

use domain::appointment::Actor;
use domain::case::{Due, Priority};
use domain::*;
use serde_json::json;
use store::*;
use uuid::Builder;

use crate::world::*;

pub async fn it_is_counted_how_well_it_went_and_what_waits(place: Place) {
    let store = place.store().await;
    let (salon, other) = (Salon::open(&store, "a").await, Salon::open(&store, "b").await);
    let id_of = salon.booked(slot(0, 30)).await;
    let lease = salon.lease("w", now()).await.unwrap();
    // Two calls in the first hour, of which one failed; one that was to wait; a look; one in the next hour.
    let calls = [
        (0, "create", Outcome::Ok, 200),
        (60, "create", Outcome::Transient, 900),
        (61, "create", Outcome::RateLimited, 5),
        (62, "look", Outcome::Ok, 7000),
        (3600, "cancel", Outcome::Ok, 400),
    ];
    for (at, kind, outcome, took) in calls {
        let (attempt, connection) = (AttemptId(id()), salon.connection);
        let finished_at = later(at) + jiff::SignedDuration::from_millis(took);
        let write = move |_: &mut Case, attempts: &mut Vec<AttemptWrite>| {
            attempts.push(AttemptWrite::Start(NewAttempt {
                id: attempt,
                connection_id: connection,
                kind: kind.into(),
                path: String::new(),
                request: json!({}),
                started_at: later(at),
            }));
            let end = AttemptOutcome {
                outcome,
                http_status: None,
                response: None,
                message: None,
                finished_at,
                next_try_at: (outcome == Outcome::Transient).then(|| later(120)),
            };
            attempts.push(AttemptWrite::Finish(attempt, end));
            Ok(())
        };
        store.apply_with(salon.id(), id_of, Change::in_lane(&lease, now()), write).await.unwrap();
    }
    let hours = store.calls_by_hour(salon.id(), now()).await.unwrap();
    let hour =
        |from, ok, failed, millis, longest| CallsOfAnHour { from: later(from), ok, failed, millis, longest };
    assert_eq!(hours, [hour(0, 1, 1, 1100, 900), hour(3600, 1, 0, 400, 400)]);
    assert_eq!(store.calls_by_hour(salon.id(), later(61)).await.unwrap().len(), 1);
    assert!(store.calls_by_hour(other.id(), now()).await.unwrap().is_empty());
    let repeated = async |of: &Salon, from| store.repeated_since(of.id(), from).await.unwrap();
    assert_eq!((repeated(&salon, now()).await, repeated(&salon, later(61)).await), (1, 0));
    assert_eq!(repeated(&other, now()).await, 0);

    // What was told, by the clocks of both sides; ids begin with their time.
    for (number, (after, said)) in (0_u8..).zip([(10, Some(9)), (20, Some(15)), (30, None), (-10, Some(-90))])
    {
        let millis = u64::try_from(later(after).as_millisecond()).unwrap();
        let new = NewDelivery {
            id: DeliveryId(Builder::from_unix_timestamp_millis(millis, &[number; 10]).into_uuid()),
            connection: salon.connection,
            received_at: later(after),
            trigger: None,
            verdict: Verdict::Accepted,
            body: "{}".into(),
            body_hash: [number; 32],
            uid: None,
            created_at_remote: said.map(later),
        };
        store.receive(salon.id(), new).await.unwrap();
    }
    let told = store.known_within(salon.id(), now()).await.unwrap();
    assert_eq!(told, Spans { count: 2, millis: 6000, longest: 5000 });
    // What nobody told of counts from when it was found, and once.
    let change = vec![(BookingUid("u9".into()), later(1))];
    let found = async |at| store.detected(salon.id(), change.clone(), at).await.unwrap();
    assert_eq!((found(later(31)).await, found(later(99)).await), (change.clone(), vec![]));
    let known = store.known_within(salon.id(), now()).await.unwrap();
    assert_eq!(known, Spans { count: 3, millis: 36_000, longest: 30_000 });
    assert_eq!(store.known_within(other.id(), now()).await.unwrap().count, 0);
    assert_eq!(store.settled_within(salon.id(), now()).await.unwrap(), Settled::default());

    let due = Due { at: now(), priority: Priority::Change };
    store.mark(salon.id(), salon.connection, Subject::Appointment(id_of), due).await.unwrap();
    // What recurs does not wait, and what is not due yet neither.
    assert_eq!(store.due_since(salon.id(), later(5)).await.unwrap(), Some(now()));
    assert_eq!(store.due_since(other.id(), later(5)).await.unwrap(), None);
    store.mark_everywhere(Subject::Changes, Due { at: now(), priority: Priority::Check }).await.unwrap();
    assert_eq!(store.due_since(other.id(), later(5)).await.unwrap(), None);
    let overall = store.overall(later(5)).await.unwrap();
    let expected = Overall {
        only_there: 0,
        settled: (0, 0),
        unsynced: vec![("pending".into(), 1)],
        connections: vec![("active".into(), 2)],
        reviews: 0,
        due: 1,
        due_since: Some(now()),
        failing: 0,
        webhooks: 4,
        // Never yet: since they were connected.
        verified_at: Some(now()),
    };
    assert_eq!(overall, expected);
    // What errors of our own keep from being done is told when that is no accident any more, until it is done.
    for failures in 0..Work::FAILING {
        assert_eq!(store.overall(later(5)).await.unwrap().failing, 0);
        assert_eq!(store.failures_of(salon.id(), id_of).await.unwrap(), failures);
        let work = store.due(&lease, &Subject::Appointment(id_of), now()).await.unwrap().unwrap();
        assert_eq!(work.failures, failures);
        store.failed(&lease, &work, due).await.unwrap();
    }
    assert_eq!(store.overall(later(5)).await.unwrap().failing, 1);
    assert_eq!(store.failures_of(other.id(), id_of).await.unwrap(), 0);
    store.recovered(&lease, Subject::Appointment(id_of)).await.unwrap();
    assert_eq!(store.overall(later(5)).await.unwrap().failing, 0);
    let by = Actor::of(Origin::System);
    store.pause_connection(salon.id(), salon.connection, by, now()).await.unwrap();
    let overall = store.overall(later(5)).await.unwrap();
    assert_eq!((overall.due, overall.due_since), (0, None), "what is paused is not late");
    assert_eq!(overall.connections, [("active".to_owned(), 1), ("paused".to_owned(), 1)]);
}
