//! Changing: fences, versions, aborts, attempts.

use domain::timeline::What;
use domain::*;
use store::*;

use crate::world::*;

fn note(text: &'static str) -> impl Fn(&mut Case) -> Result<(), Abort> + Send + Sync + 'static {
    move |case| {
        case.appointment.notes = Some(text.into());
        case.appointment.touch(now());
        conclude(case);
        Ok(())
    }
}

pub async fn a_change_needs_the_lease_that_it_claims(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let first = salon.lease("first", now()).await.unwrap();
    store.apply(salon.id(), id, Change::in_lane(&first, later(59)), note("in time")).await.unwrap();
    // Over, though nobody has taken the lane yet.
    let late = store.apply(salon.id(), id, Change::in_lane(&first, later(60)), note("late")).await;
    assert!(matches!(late, Err(Error::Fenced)), "{late:?}");
    // Renewed, it counts again.
    let renewed = store.renew_lane(&first, later(60), LEASE, serde_json::json!({ "left": 3 })).await.unwrap();
    assert_eq!(renewed.until, later(120));
    store.apply(salon.id(), id, Change::in_lane(&first, later(61)), note("renewed")).await.unwrap();
    // Taken over: whatever the first holder still tries is refused, and so with a forged owner.
    let second = salon.lease("second", later(120)).await.unwrap();
    assert!(second.token > first.token);
    for stale in [renewed.clone(), Lease { token: second.token, ..renewed.clone() }] {
        let fenced = store.apply(salon.id(), id, Change::in_lane(&stale, later(121)), note("no")).await;
        assert!(matches!(fenced, Err(Error::Fenced)), "{fenced:?}");
    }
    assert!(matches!(
        store.renew_lane(&renewed, later(121), LEASE, serde_json::Value::Null).await,
        Err(Error::Fenced)
    ));
    assert_eq!(store.case(salon.id(), id).await.unwrap().appointment.notes.as_deref(), Some("renewed"));
}

pub async fn a_stale_version_changes_nothing(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let expecting = |version| Change::at(now()).expecting(Some(version));
    assert_eq!(store.apply(salon.id(), id, expecting(1), note("one")).await.unwrap().appointment.version, 2);
    let stale = store.apply(salon.id(), id, expecting(1), note("two")).await;
    assert!(matches!(stale, Err(Error::Stale { current_version: 2 })), "{stale:?}");
    assert_eq!(store.case(salon.id(), id).await.unwrap().appointment.notes.as_deref(), Some("one"));
}

pub async fn what_is_aborted_leaves_no_trace(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let before = store.case(salon.id(), id).await.unwrap();
    let told = store.history(salon.id(), id).await.unwrap();
    let dedupe = Dedupe { scope: "s".into(), key: "k".into(), fingerprint: "f".into() };
    let too_late = move |case: &mut Case| {
        case.tell(now(), &appointment::Actor::of(Origin::Admin), What::Confirmed);
        Ok(case.appointment.reschedule(now(), None, now())?)
    };
    let refused = store.apply(salon.id(), id, Change::at(now()).once(Some(dedupe.clone())), too_late).await;
    assert!(matches!(refused, Err(Error::Refused(appointment::Refusal::InThePast))), "{refused:?}");
    assert_eq!(store.case(salon.id(), id).await.unwrap(), before);
    assert_eq!(store.history(salon.id(), id).await.unwrap(), told);
    let again = store.apply(salon.id(), id, Change::at(now()).once(Some(dedupe)), note("again")).await;
    assert_eq!(again.unwrap().value, Some(()));
}

pub async fn an_attempt_is_written_with_its_change(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let lease = salon.lease("w", now()).await.unwrap();
    let attempt = AttemptId(crate::world::id());
    let connection = salon.connection;
    let start = move |case: &mut Case, attempts: &mut Vec<AttemptWrite>| {
        case.started(0, attempt, Push::Create, now());
        attempts.push(AttemptWrite::Start(NewAttempt {
            id: attempt,
            connection_id: connection,
            kind: Push::Create.as_str().into(),
            path: "POST /v2/bookings".into(),
            request: serde_json::json!({ "start": case.appointment.slot.start }),
            started_at: now(),
        }));
        conclude(case);
        Ok(())
    };
    store.apply_with(salon.id(), id, Change::in_lane(&lease, now()), start).await.unwrap();
    let history = store.history(salon.id(), id).await.unwrap();
    assert_eq!((history.attempts.len(), &history.attempts[0].outcome), (1, &None));

    let end = AttemptOutcome {
        outcome: Outcome::Ok,
        http_status: Some(201),
        response: Some(serde_json::json!({ "status": "success" })),
        message: None,
        finished_at: later(2),
        next_try_at: None,
    };
    let finish = end.clone();
    let seen = move |case: &mut Case, attempts: &mut Vec<AttemptWrite>| {
        let answer = Sighting { via: Via::Answer, ..sighting(case, "u1", later(2)) };
        case.answered(0, attempt, &answer, later(2));
        attempts.push(AttemptWrite::Finish(attempt, finish.clone()));
        case.conclude(case::Priority::Change, later(2));
        Ok(())
    };
    let applied = store.apply_with(salon.id(), id, Change::in_lane(&lease, later(2)), seen).await.unwrap();
    assert_eq!(applied.appointment.sync, SyncStatus::Synced);
    let history = store.history(salon.id(), id).await.unwrap();
    assert_eq!(history.attempts[0].outcome, Some(end));
    assert_eq!(history.attempts[0].duration_ms, Some(2000));

    // A look is written when it is over, beginning and end at once; and nothing ends that never began.
    let finished_at = later(4) + jiff::SignedDuration::from_millis(1500);
    let over =
        AttemptOutcome { http_status: None, finished_at, ..history.attempts[0].outcome.clone().unwrap() };
    let (outcome, unbegun) = (over.clone(), over.clone());
    let (look, connection) = (AttemptId(crate::world::id()), salon.connection);
    let looked = move |_: &mut Case, attempts: &mut Vec<AttemptWrite>| {
        attempts.push(AttemptWrite::Lose(attempt, later(9)));
        attempts.push(AttemptWrite::Start(NewAttempt {
            id: look,
            connection_id: connection,
            kind: "look".into(),
            path: "GET /v2/bookings/u1".into(),
            request: serde_json::Value::Null,
            started_at: later(4),
        }));
        attempts.push(AttemptWrite::Finish(look, outcome.clone()));
        Ok(())
    };
    store.apply_with(salon.id(), id, Change::in_lane(&lease, later(9)), looked).await.unwrap();
    let told = store.history(salon.id(), id).await.unwrap().attempts;
    assert_eq!((&told[0], told.len()), (&history.attempts[0], 2));
    assert_eq!((told[1].call.id, told[1].duration_ms, &told[1].outcome), (look, Some(1500), &Some(over)));
    let never = move |_: &mut Case, attempts: &mut Vec<AttemptWrite>| {
        attempts.push(AttemptWrite::Finish(AttemptId(crate::world::id()), unbegun.clone()));
        Ok(())
    };
    let refused = store.apply_with(salon.id(), id, Change::at(later(9)), never).await;
    assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    assert!(store.due_work(&lease, later(1000), 10).await.unwrap().is_empty());
}

pub async fn changes_at_once_are_made_one_after_the_other(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let race = (0..20).map(|_| {
        let (store, company) = (store.clone(), salon.id());
        tokio::spawn(async move {
            let count = |case: &mut Case| {
                case.tell(now(), &appointment::Actor::of(Origin::Admin), What::Confirmed);
                case.appointment.touch(now());
                conclude(case);
                Ok(())
            };
            store.apply(company, id, Change::at(now()), count).await.unwrap();
        })
    });
    for result in futures::future::join_all(race).await {
        result.unwrap();
    }
    assert_eq!(store.case(salon.id(), id).await.unwrap().appointment.version, 21);
    assert_eq!(store.history(salon.id(), id).await.unwrap().entries.len(), 21);
}

pub async fn a_caller_who_goes_away_breaks_nothing(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    // Dropped after one look, after two, …: in the middle of BEGIN, of the work, of COMMIT.
    for looks in 0..40 {
        let mut booking = Box::pin(salon.book(salon.wish(slot(i64::from(looks) * 30, 30))));
        for _ in 0..looks {
            if futures::poll!(&mut booking).is_ready() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_micros(200)).await;
        }
    }
    // The pool is whole, nothing is left open, and every number was given out once.
    let last = salon.booked(slot(5000, 30)).await;
    let all = store.appointments(salon.id(), &AppointmentFilter::default(), None, 100).await.unwrap().items;
    let mut numbers: Vec<_> = all.iter().map(|view| view.appointment.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=i64::try_from(all.len()).unwrap()).collect::<Vec<_>>());
    assert_eq!(store.case(salon.id(), last).await.unwrap().appointment.slot, slot(5000, 30));
}
