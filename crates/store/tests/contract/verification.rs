//! Runs of verification: kept with what they found, and what is known of the bookings of a page.

use domain::appointment::Actor;
use domain::booking::Seen;
use domain::case::{Due, Priority};
use domain::review::{Choice, Handled};
use domain::verify::{Class, Counts, Cursor, Progress, Verdict, Window};
use domain::*;
use store::*;

use crate::world::*;

fn run(salon: &Salon, seconds: i64, scheduled: bool) -> Verification {
    let window = Window { from: at(-600), to: None };
    Verification {
        id: VerificationId(id()),
        connection: salon.connection,
        actor: Actor::of(Origin::System),
        check_only: false,
        window,
        cursor: Some(Cursor { from: at(-600), skip: 3, unsure: false }),
        counts: Counts::default(),
        rereads: 0,
        started_at: later(seconds),
        scheduled,
        read_at: None,
        finished_at: None,
    }
}

pub async fn a_run_is_kept_with_what_it_found(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (company, connection) = (salon.id(), salon.connection);
    let appointment = salon.booked(slot(0, 30)).await;
    assert_eq!(store.verification_under_way(company, connection).await.unwrap(), None);
    assert_eq!(store.last_scheduled_verification(company, connection).await.unwrap(), None);
    let (first, asked) = (run(&salon, 0, true), run(&salon, 5, false));
    // Pages that follow what other processes do hear of it: it begins, moves on, and ends.
    let pulse = async || store.pulse(company).await.unwrap();
    let none = pulse().await;
    for run in [&first, &asked] {
        store.begin_verification(company, run.clone()).await.unwrap();
    }
    // The one that began first goes on; what was asked for in between does not move the schedule.
    assert_eq!(store.verification_under_way(company, connection).await.unwrap(), Some(first.clone()));
    assert_eq!(store.last_scheduled_verification(company, connection).await.unwrap(), Some(later(0)));

    let verdict = |uid: &str, appointment, class| Verdict {
        uid: BookingUid(uid.into()),
        appointment,
        event_type: None,
        starts_at: Some(later(60)),
        class,
        there: None,
    };
    let verdicts = [
        verdict("a", Some(appointment), Class::Differs(vec![Field::Start, Field::State])),
        verdict("b", None, Class::OnlyThere),
        verdict("c", Some(appointment), Class::OnlyHere),
        verdict("d", None, Class::Same),
        verdict("e", None, Class::InHand),
    ];
    let lease = salon.lease("w", now()).await.unwrap();
    store.found(&lease, first.id, &verdicts, later(1)).await.unwrap();
    // What was found stays as it was found.
    store.found(&lease, first.id, &[verdict("a", None, Class::OnlyThere)], later(2)).await.unwrap();
    store
        .healed(&lease, first.id, &[BookingUid("b".into()), BookingUid("x".into())], later(3))
        .await
        .unwrap();
    store.healed(&lease, first.id, &[BookingUid("b".into())], later(4)).await.unwrap();
    let found = store.findings(company, first.id).await.unwrap();
    let short: Vec<_> = found
        .iter()
        .map(|it| {
            (it.uid.0.as_str(), it.class.as_str(), it.appointment.is_some(), it.fields.len(), it.healed_at)
        })
        .collect();
    assert_eq!(
        short,
        [
            ("a", "differs", true, 2, None),
            ("b", "only_there", false, 0, Some(later(3))),
            ("c", "only_here", true, 0, None)
        ]
    );
    assert!(found.iter().all(|finding| finding.found_at == later(1)));
    let begun = pulse().await;
    let cursor = Some(Cursor { from: at(0), skip: 0, unsure: false });
    store.verified(&lease, &Verification { cursor, ..first.clone() }, later(2)).await.unwrap();
    let moved = pulse().await;
    assert!(none != begun && begun != moved);
    let mut counts = Counts::default();
    counts.add(&verdicts);
    let ended = Verification {
        cursor: None,
        counts,
        read_at: Some(later(2)),
        finished_at: Some(later(3)),
        ..first.clone()
    };
    store.verified(&lease, &ended, later(3)).await.unwrap();
    assert_ne!(pulse().await, moved);
    assert_eq!(store.verification(company, first.id).await.unwrap(), ended);
    assert_eq!(store.verification_under_way(company, connection).await.unwrap(), Some(asked.clone()));
    assert_eq!(
        store.verifications_page(company, None, 9).await.unwrap().items,
        [asked.clone(), ended.clone()]
    );

    // Nothing is written without the lease.
    let late = later(120);
    let other = store.claim_lanes("other", late, LEASE, 9).await.unwrap().remove(0).0;
    assert_eq!(other.connection, connection);
    let heal = store.healed(&lease, first.id, &[BookingUid("a".into())], late).await;
    assert!(matches!(heal, Err(Error::Fenced)), "{heal:?}");
    let find = store.found(&lease, first.id, &[verdict("z", None, Class::OnlyThere)], late).await;
    assert!(matches!(find, Err(Error::Fenced)), "{find:?}");
    assert!(matches!(store.verified(&lease, &first, late).await, Err(Error::Fenced)));
    assert_eq!(store.verification(company, first.id).await.unwrap(), ended);
    assert_eq!(store.findings(company, first.id).await.unwrap().len(), 3);

    // Another company has none of it.
    let strangers = Salon::open(&store, "b").await.id();
    assert!(matches!(store.verification(strangers, first.id).await, Err(Error::NotFound)));
    assert!(store.findings(strangers, first.id).await.unwrap().is_empty());
    assert!(store.verifications_page(strangers, None, 9).await.unwrap().items.is_empty());
    assert_eq!(store.verification_under_way(strangers, connection).await.unwrap(), None);
}

pub async fn what_a_person_has_healed_did_not_heal_by_itself(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (company, connection) = (salon.id(), salon.connection);
    let (alone, helped) = (salon.booked(slot(0, 30)).await, salon.booked(slot(60, 30)).await);
    let lease = salon.lease("w", now()).await.unwrap();
    let verdict = |uid: &str, appointment| Verdict {
        uid: BookingUid(uid.into()),
        appointment,
        event_type: None,
        starts_at: Some(later(60)),
        class: Class::OnlyThere,
        there: None,
    };
    let verdicts = [verdict("a", Some(alone)), verdict("b", Some(helped)), verdict("c", None)];
    let uids: Vec<_> = verdicts.iter().map(|it| it.uid.clone()).collect();
    let settled = async || {
        let settled = store.settled_within(company, now()).await.unwrap();
        assert_eq!(store.overall(later(99)).await.unwrap().settled, (settled.alone, settled.spans.count));
        (settled.alone, settled.spans.count)
    };
    // What an account has when it is connected was not lost. Neither does a check bring it here.
    for (second, check_only) in [(100, true), (200, false)] {
        let first = Verification { check_only, ..run(&salon, second, false) };
        store.begin_verification(company, first.clone()).await.unwrap();
        store.found(&lease, first.id, &verdicts, later(1)).await.unwrap();
        store.healed(&lease, first.id, &uids, later(2)).await.unwrap();
        assert_eq!(settled().await, (0, 0));
    }
    let second = run(&salon, 300, true);
    store.begin_verification(company, second.clone()).await.unwrap();
    store.found(&lease, second.id, &verdicts, later(10)).await.unwrap();
    let by = Actor::of(Origin::Admin);
    let told = by.clone();
    let tell = move |case: &mut Case| {
        case.tell(later(11), &told, timeline::What::Confirmed);
        Ok(())
    };
    store.apply(company, helped, Change::at(later(11)), tell).await.unwrap();
    let unreadable = (connection, &BookingUid("c".into()));
    store.booking_unreadable(company, unreadable, later(11)).await.unwrap();
    let item = store.reviews(company, false).await.unwrap().remove(0);
    let how = Handling { actor: by, at: later(11), version: None };
    let said = Handled::Chosen { choice: Choice::Retry, reason: None };
    store.handle_review(company, item.id, how, said).await.unwrap();
    store.healed(&lease, second.id, &uids, later(12)).await.unwrap();
    assert_eq!(settled().await, (1, 3));
}

pub async fn what_is_known_of_a_page_is_found_by_time_and_by_name(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let mut ids = Vec::new();
    for n in 0..4 {
        let id = salon.booked(slot(n * 60, 30)).await;
        let case = store.case(company, id).await.unwrap();
        let seen = sighting(&case, &format!("u{n}"), later(1));
        let known = move |case: &mut Case| {
            case.names.push((0, BookingUid(format!("old{n}"))));
            case.bookings[0].uid = Some(seen.uid.clone());
            case.bookings[0].seen = Seen::Booking(Box::new(seen.clone()));
            case.bookings[0].look = n == 2;
            case.appointment.sync = if n == 3 { SyncStatus::Pending } else { SyncStatus::Synced };
            Ok(())
        };
        store.apply(company, id, Change::at(later(1)), known).await.unwrap();
        ids.push(id);
    }
    let known = async |from: i64, to: i64, uids: &[&str]| {
        let uids: Vec<_> = uids.iter().map(|uid| BookingUid((*uid).to_owned())).collect();
        let known = store.known_bookings(company, (at(from), at(to)), &uids, later(1)).await.unwrap();
        let mut here: Vec<_> = known
            .here
            .into_iter()
            .map(|it| (it.uid.0, it.appointment, it.progress, it.seen.is_some()))
            .collect();
        here.sort_by(|a, b| a.0.cmp(&b.0));
        (here, known.earlier.into_iter().map(|uid| uid.0).collect::<Vec<_>>())
    };
    let one = |n: usize, progress| (format!("u{n}"), ids[n], progress, true);
    let (rests, doubtful, waits) = (Progress::AtRest, Progress::InDoubt, Progress::Waiting);
    // From a start on, and before another.
    assert_eq!(known(0, 60, &[]).await, (vec![one(0, rests)], vec![]));
    assert_eq!(known(1, 181, &[]).await, (vec![one(1, rests), one(2, doubtful), one(3, waits)], vec![]));
    assert_eq!(known(-600, 0, &[]).await, (vec![], vec![]));
    // By its name, and by one that it went by once.
    assert_eq!(known(600, 601, &["u1", "old2", "strange"]).await.0, [one(1, rests), one(2, doubtful)]);
    assert_eq!(known(600, 601, &["u1", "old2", "strange"]).await.1, ["old2"]);
    let strangers = Salon::open(&store, "b").await;
    let nothing = store
        .known_bookings(strangers.id(), (at(-600), at(600)), &[BookingUid("u1".into())], later(1))
        .await
        .unwrap();
    assert!(nothing.here.is_empty() && nothing.earlier.is_empty());
}

pub async fn what_recurs_is_on_every_list_once_and_counts_as_no_work(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let second = salon.account("second", &[]).await;
    let due = |seconds| Due { at: later(seconds), priority: Priority::Check };
    store.mark_everywhere(Subject::Changes, due(0)).await.unwrap();
    let leases = salon.leases("w", now()).await;
    let mut lanes: Vec<_> = leases.iter().map(|lease| lease.connection).collect();
    lanes.sort();
    let mut both = [salon.connection, second];
    both.sort();
    assert_eq!(lanes, both);
    let work = store.due_work(&leases[0], now(), 9).await.unwrap().remove(0);
    assert_eq!((&work.subject, work.priority), (&Subject::Changes, Priority::Check));
    store.postpone(&leases[0], work.subject.clone(), work.version, due(300)).await.unwrap();
    // A list that has it is left alone.
    store.mark_everywhere(Subject::Changes, due(5)).await.unwrap();
    assert!(store.due_work(&leases[0], later(299), 9).await.unwrap().is_empty());
    assert_eq!(store.due_work(&leases[0], later(300), 9).await.unwrap().len(), 1);
    assert!(store.waiting_work(salon.id()).await.unwrap().is_empty());

    // What was read, and what was missed, is told; a webhook that comes ends the silence.
    let connection = async || store.connection(salon.id(), salon.connection).await.unwrap();
    store.changes_read(salon.id(), salon.connection, later(10), Some(later(9))).await.unwrap();
    store.changes_read(salon.id(), salon.connection, later(20), None).await.unwrap();
    let told = connection().await;
    assert_eq!((told.changes_read_to, told.webhook_missed_at), (Some(later(20)), Some(later(9))));
    assert!(told.is_silent());
    store.touch_connection(salon.id(), salon.connection, later(30)).await.unwrap();
    assert!(!connection().await.is_silent());
}
