//! Migrations.

use std::collections::BTreeMap;

use domain::booking::{Call, Refused, Role};
use domain::catalogue::{Divergence, ServiceCase, Setting};
use domain::plan::{Attendee, Winner};
use domain::review::{Choice, Handled, ReviewCode};
use domain::timeline::What;
use domain::*;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, FromQueryResult, JsonValue, Statement, Value};
use serde_json::json;
use store::*;

use crate::world::*;

pub async fn they_go_up_down_and_up_again(place: Place) {
    let store = place.connect().await;
    let status = async || store.migration_status().await.unwrap();
    let all = status().await;
    assert!(!all.is_empty() && all.iter().all(|(_, applied)| !applied));
    store.ping().await.unwrap();
    for _ in 0..2 {
        store.migrate().await.unwrap();
        store.migrate().await.unwrap();
        assert!(status().await.iter().all(|(_, applied)| *applied));
        Salon::open(&store, "a").await.booked(slot(0, 30)).await;
        store.migrate_down(u32::try_from(all.len()).unwrap()).await.unwrap();
        assert!(status().await.iter().all(|(_, applied)| !applied));
    }
}

pub async fn many_at_once_migrate_once(place: Place) {
    // A second store on a memory database would be a second database.
    let one = place.connect().await;
    let stores = match place.url.as_str() {
        "sqlite::memory:" => vec![one.clone(), one.clone(), one],
        _ => vec![one, place.connect().await, place.connect().await],
    };
    let race = stores.iter().cloned().map(|store| tokio::spawn(async move { store.migrate().await }));
    for result in futures::future::join_all(race).await {
        result.unwrap().unwrap();
    }
    // Then all of them write: other processes on the same file are waited for, not failed at.
    let salon = Salon::open(&stores[0], "a").await;
    let race = (0..30).zip(stores.iter().cycle()).map(|(n, store)| {
        let salon = Salon { store: store.clone(), ..salon.clone() };
        tokio::spawn(async move { salon.book(salon.wish(slot(n * 30, 30))).await })
    });
    for result in futures::future::join_all(race).await {
        result.unwrap().unwrap();
    }
}

/// The tables that the second migration changes, in an order of rows that it does not change.
const CHANGED: [&str; 7] = [
    "appointments ORDER BY number",
    "bookings ORDER BY appointment_id, segment",
    "booking_uids ORDER BY uid",
    "links ORDER BY id",
    "services ORDER BY id",
    "entries ORDER BY appointment_id, seq",
    "reviews ORDER BY id",
];

async fn run(db: &DatabaseConnection, sql: &str, values: Vec<Value>) {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(statement).await.unwrap();
}

async fn dump(db: &DatabaseConnection) -> Vec<Vec<JsonValue>> {
    let mut all = Vec::new();
    for table in CHANGED {
        let statement = Statement::from_string(db.get_database_backend(), format!("SELECT * FROM {table}"));
        let mut rows = JsonValue::find_by_statement(statement).all(db).await.unwrap();
        // SQLite keeps structures as texts.
        for value in rows.iter_mut().filter_map(JsonValue::as_object_mut).flat_map(|row| row.values_mut()) {
            if let Some(Ok(read)) = value.as_str().map(serde_json::from_str) {
                *value = read;
            }
        }
        all.push(rows);
    }
    all
}

/// A store at the first migration, with a salon in it, and a connection beside it for what only the older version
/// would write. `None` for a database in memory: a connection beside it would be another database.
async fn older(place: &Place) -> Option<(Store, DatabaseConnection, Salon, u32)> {
    if place.url.contains(":memory:") {
        return None;
    }
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let later = u32::try_from(store.migration_status().await.unwrap().len()).unwrap() - 1;
    Some((store, Database::connect(&place.url).await.unwrap(), salon, later))
}

pub async fn what_was_booked_goes_through_several_bookings_and_back(place: Place) {
    let Some((store, db, salon, later_ones)) = older(&place).await else { return };
    let [doubtful, quiet, cancelled, overlapping] =
        [0, 60, 120, 60].map(|start| NewAppointment { overlapping: false, ..salon.wish(slot(start, 30)) });
    let doubtful = salon.book(doubtful).await.unwrap().id();
    let quiet = salon.book(NewAppointment { service_id: salon.unlinked, ..quiet }).await.unwrap().id();
    let overlapping = NewAppointment { overlapping: true, ..overlapping };
    let overlapping = salon.book(overlapping).await.unwrap().id();
    let cancelled = salon.book(cancelled).await.unwrap().id();
    let cancel = |case: &mut Case| {
        case.appointment.cancel(None, now())?;
        conclude(case);
        Ok(())
    };
    store.apply(salon.id(), cancelled, Change::at(now()), cancel).await.unwrap();
    let before = store.case(salon.id(), doubtful).await.unwrap();
    store.migrate_down(later_ones).await.unwrap();

    // As the older version would have written it: facts without what was added to them, one call in doubt.
    let (attempt, seen) = (AttemptId(id()), sighting(&before, "u1", later(1)));
    let mut facts = serde_json::to_value(&seen.facts).unwrap();
    facts.as_object_mut().unwrap().retain(|key, _| key != "host" && key != "absent");
    let in_doubt = json!({ "attempt": attempt, "push": "reschedule", "wanted": facts, "at": later(2) });
    let mut booking = serde_json::to_value(&seen).unwrap();
    booking["facts"] = facts.clone();
    let there = json!({ "booking": booking });
    run(
        &db,
        "UPDATE bookings SET in_doubt = $1, seen = $2, agreed = $3, uid = 'u1', generation = 1 \
         WHERE company_id = $4 AND appointment_id = $5",
        vec![in_doubt.into(), there.into(), facts.into(), salon.id().0.into(), doubtful.0.into()],
    )
    .await;
    run(
        &db,
        "INSERT INTO booking_uids VALUES ($1, $2, 'u1', $3, 0, 7)",
        vec![salon.id().0.into(), salon.connection.0.into(), doubtful.0.into()],
    )
    .await;
    run(&db, "UPDATE companies SET policy = $1", vec![json!({ "times": "calcom_wins" }).into()]).await;
    let first = dump(&db).await;

    for _ in 0..2 {
        store.migrate().await.unwrap();
        let case = store.case(salon.id(), doubtful).await.unwrap();
        assert_eq!((case.policy.times, case.policy.attendee), (Winner::CalcomWins, Attendee::default()));
        let wanted = seen.facts.clone();
        let call = Call { attempt, push: Push::Reschedule, wanted, at: later(2), over: false, looked: false };
        let expected = BookingRecord {
            generation: 1,
            uid: Some(seen.uid.clone()),
            seen: domain::booking::Seen::Booking(Box::new(seen.clone())),
            agreed: Some(seen.facts.clone()),
            doubts: vec![call],
            ..BookingRecord::new(salon.event_type, None)
        };
        assert_eq!(case.bookings, [expected]);
        assert_eq!(case.appointment.segments, salon.wish(slot(0, 30)).segments);
        assert_eq!(case.record_by_reference(case.reference(&case.bookings[0])).map(|r| r.number), Some(0));
        let by_uid = store.appointment_by_uid(salon.id(), &seen.uid).await.unwrap();
        assert_eq!(by_uid, Some((doubtful, 0)));
        assert_eq!(store.case(salon.id(), quiet).await.unwrap().bookings, []);
        let link = store.link_for(salon.id(), salon.linked, 0, salon.staff[0]).await.unwrap().unwrap();
        assert_eq!((link.event_type(), link.segment, link.host), (salon.event_type, 0, None));
        assert_eq!(store.service(salon.id(), salon.linked).await.unwrap().segments, []);
        assert_eq!(store.history(salon.id(), doubtful).await.unwrap().entries.len(), 1);
        // Whoever took up time takes it up, what overlaps is still exempt, what is cancelled is not in the way.
        let busy = store.busy(salon.id(), &salon.staff, slot(0, 600)).await.unwrap();
        assert_eq!(busy[&salon.staff[0]], [slot(0, 30), slot(60, 30), slot(60, 30)]);
        assert!(matches!(salon.book(salon.wish(slot(20, 30))).await, Err(Error::SlotTaken)));
        assert!(store.case(salon.id(), overlapping).await.unwrap().appointment.overlapping);
        let lane = Lease {
            company: salon.id(),
            connection: salon.connection,
            owner: String::new(),
            token: 0,
            until: now(),
        };
        assert_eq!(
            store.may_come_first(&lane, quiet, slot(0, 30), None).await.unwrap(),
            [Subject::Appointment(doubtful)]
        );

        store.migrate_down(later_ones).await.unwrap();
        let mut again = dump(&db).await;
        for row in &mut again[1] {
            // Two words more, which the older version passes over.
            if let Some(call) = row["in_doubt"].as_object_mut() {
                assert!(call.remove("over").is_some() && call.remove("looked").is_some());
            }
        }
        for (table, (again, first)) in CHANGED.iter().zip(again.iter().zip(&first)) {
            assert_eq!(again, first, "{table}");
        }
        // And the older guard is in its place.
        let sql = "UPDATE appointments SET starts_at = starts_at + 3600000, ends_at = ends_at + 3600000 WHERE id = $1";
        let moved = Statement::from_sql_and_values(db.get_database_backend(), sql, [doubtful.0.into()]);
        let refused = db.execute_raw(moved).await.unwrap_err().to_string();
        assert!(refused.contains("appointments_no_overlap"), "{refused}");
    }
    db.close().await.unwrap();
}

pub async fn what_the_older_schema_cannot_say_stops_no_way_back(place: Place) {
    let Some((store, db, salon, later_ones)) = older(&place).await else { return };
    salon.account("second", &[(1, 1, 7, Some(70)), (1, 0, 7, Some(71))]).await;
    let composite = salon.composite(&[(0, slot(0, 30)), (1, slot(30, 30)), (0, slot(90, 30))]);
    let id = salon.book(composite).await.unwrap().id();
    salon.booked(slot(30, 30)).await;
    let change = |case: &mut Case| {
        let wanted = case.snapshots(&case.bookings[0]).local;
        let attempt = AttemptId(crate::world::id());
        let call =
            |push, n| Call { push, wanted: wanted.clone(), at: later(n), attempt, over: true, looked: false };
        let (code, push, message) = (ReviewCode::NoEffect, Push::Reassign, String::new());
        case.bookings[0].uid = Some(BookingUid("u1".into()));
        case.bookings[0].number = 5;
        case.bookings[0].doubts = vec![call(Push::Cancel, 1), call(Push::MarkAbsent, 2)];
        case.bookings[0].refused =
            Some(Refused { push, wanted: wanted.clone(), code, message, looked: true, retried: false });
        let event_type = case.bookings[0].event_type;
        case.bookings.push(BookingRecord {
            number: 2,
            role: Role::Replaced,
            uid: Some(BookingUid("u2".into())),
            ..BookingRecord::new(event_type, None)
        });
        case.questions = vec![(ReviewCode::NoEffect, String::new()), (ReviewCode::Conflict, String::new())];
        let by = appointment::Actor::of(Origin::Admin);
        let reason = Some("\"host\" und \"absent\"".to_owned());
        for what in [What::Replaced, What::Cancelled { reason }, What::Edited { fields: vec![Field::Host] }] {
            case.tell(now(), &by, what);
        }
        Ok(())
    };
    store.apply(salon.id(), id, Change::at(now()), change).await.unwrap();
    store.migrate_down(later_ones).await.unwrap();
    let count = async |table: &str| {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        row.unwrap().try_get_by::<i64, _>(0).unwrap()
    };
    // The link of the first segment, its booking and that of the other appointment; both names.
    assert_eq!((count("links").await, count("bookings").await, count("booking_uids").await), (1, 2, 2));

    store.migrate().await.unwrap();
    let case = store.case(salon.id(), id).await.unwrap();
    assert_eq!((case.appointment.slot, case.appointment.segments.len()), (slot(0, 120), 1));
    assert!(case.appointment.overlapping, "the other one lies in what was its pause");
    assert_eq!(case.bookings.len(), 1);
    let record = &case.bookings[0];
    assert_eq!((record.number, record.segment, record.role, record.look), (0, 0, Role::Current, true));
    assert_eq!((&record.doubts.len(), record.doubts[0].push, &record.refused), (&1, Push::Cancel, &None));
    for uid in ["u1", "u2"] {
        let by_uid = store.appointment_by_uid(salon.id(), &BookingUid(uid.into())).await;
        assert_eq!(by_uid.unwrap(), Some((id, 0)));
    }
    let history = store.history(salon.id(), id).await.unwrap();
    assert_eq!(history.reviews.iter().map(|review| review.code).collect::<Vec<_>>(), [ReviewCode::Conflict]);
    let told: Vec<_> = history.entries.iter().map(|entry| &entry.what).collect();
    assert!(
        matches!(
            told[..],
            [What::Booked { .. }, What::Cancelled { .. }, What::ReviewOpened { code: ReviewCode::Conflict }]
        ),
        "{told:?}"
    );
    db.close().await.unwrap();
}

pub async fn links_become_event_types_and_go_back(place: Place) {
    let Some((store, db, salon, later_ones)) = older(&place).await else { return };
    store.migrate_down(later_ones - 1).await.unwrap();
    let count = async |what: &str| {
        let sql = format!("SELECT COUNT(*) FROM {what}");
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        row.unwrap().try_get_by::<i64, _>(0).unwrap()
    };
    assert_eq!(count("links WHERE event_type_id = 42 AND reference_field").await, 1);

    store.migrate().await.unwrap();
    let own = store.staff_connections(salon.id()).await.unwrap();
    assert_eq!(own.into_iter().collect::<Vec<_>>(), [(salon.staff[0], salon.connection)]);
    let case = store.service_case(salon.id(), salon.linked).await.unwrap();
    let record = &case.event_types[0];
    assert_eq!((record.event_type_id, record.look), (Some(42), true));
    assert_eq!(case.service.sync, domain::service::ServiceSync::Pending);
    assert_eq!(
        store.service(salon.id(), salon.unlinked).await.unwrap().sync,
        domain::service::ServiceSync::Never
    );
    // Every account is looked through.
    let lease = salon.lease("w", now()).await.unwrap();
    let due = store.due_work(&lease, now(), 9).await.unwrap();
    assert_eq!(due.iter().map(|work| &work.subject).collect::<Vec<_>>(), [&Subject::EventTypes]);
}

pub async fn the_queue_goes_back_to_questions_about_appointments(place: Place) {
    let Some((store, db, salon, later_ones)) = older(&place).await else { return };
    let (company, appointment) = (salon.id(), salon.booked(slot(0, 30)).await);
    let ask = |case: &mut Case| {
        case.questions = vec![(ReviewCode::Conflict, "beide".to_owned())];
        Ok(())
    };
    store.apply(company, appointment, Change::at(now()), ask).await.unwrap();
    let item = store.reviews(company, false).await.unwrap().remove(0);
    let how = Handling { actor: appointment::Actor::of(Origin::Admin), at: later(1), version: None };
    let what = Handled::Chosen { choice: Choice::Dismiss, reason: None };
    store.handle_review(company, item.id, how, what).await.unwrap();
    let diverge = |case: &mut ServiceCase| {
        case.event_types[0].divergences = vec![Divergence {
            setting: Setting::Duration,
            theirs: "60".into(),
            first_seen_at: now(),
            last_seen_at: now(),
            dismissed: false,
        }];
        Ok(())
    };
    store.change_service(company, salon.linked, Change::at(later(2)), diverge).await.unwrap();
    assert_eq!(store.reviews(company, false).await.unwrap().len(), 2);
    for _ in 0..2 {
        // The fifth, and whatever has come after it.
        store.migrate_down(later_ones - 3).await.unwrap();
        let sql = "SELECT id, message, closed_at FROM reviews";
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        assert_eq!(rows.len(), 1, "of services the older version does not ask");
        assert_eq!(rows[0].try_get::<String>("", "message").unwrap(), "beide");
        store.migrate().await.unwrap();
        // What the older version knew of services without asking is asked about, once.
        let again = store.reviews(company, false).await.unwrap();
        let (of_services, of_appointments): (Vec<_>, Vec<_>) =
            again.into_iter().partition(|item| item.code == ReviewCode::Divergence);
        assert_eq!(
            (of_appointments.len(), of_appointments[0].id, of_appointments[0].aside),
            (1, item.id, None)
        );
        assert_eq!((of_services.len(), of_services[0].opened_at), (1, now()));
        store.migrate().await.unwrap();
        assert_eq!(store.reviews(company, false).await.unwrap().len(), 2);
    }
    db.close().await.unwrap();
}

pub async fn what_operation_needs_comes_and_goes_without_loss(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let appointment = salon.booked(slot(0, 30)).await;
    let new = |number: u8, verdict| NewDelivery {
        id: DeliveryId(id()),
        connection: salon.connection,
        received_at: later(i64::from(number)),
        trigger: Some("PING".into()),
        verdict,
        body: "{}".into(),
        body_hash: [number; 32],
        uid: None,
        created_at_remote: None,
    };
    for (number, verdict) in (0..).zip(Verdict::ALL) {
        store.receive(salon.id(), new(number, verdict)).await.unwrap();
    }
    store
        .mark_everywhere(Subject::Retention, case::Due { at: now(), priority: Priority::Check })
        .await
        .unwrap();
    let before = store.case(salon.id(), appointment).await.unwrap();
    let place_of_it = store.migration_status().await.unwrap();
    let steps = place_of_it.iter().rev().position(|(name, _)| name == "m0007_operation").unwrap() + 1;
    store.migrate_down(u32::try_from(steps).unwrap()).await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(store.case(salon.id(), appointment).await.unwrap(), before);
    let page = store.deliveries(salon.id(), &DeliveryFilter::default(), None, 9).await.unwrap();
    let told: Vec<_> = page.items.iter().rev().map(|one| (one.verdict, one.repeats)).collect();
    // What was refused is not kept by the older version, and what came late is a delivery like any other there.
    assert_eq!(told, [(Verdict::Accepted, 0), (Verdict::Accepted, 0), (Verdict::Unreadable, 0)]);
    let lease = salon.lease("w", now()).await.unwrap();
    assert_eq!(store.waiting_deliveries(&lease, 9).await.unwrap().len(), 2);
    let work = store.due_work(&lease, now(), 9).await.unwrap();
    assert!(
        work.iter().all(|work| work.subject != Subject::Retention),
        "the older version has no word for it"
    );
}

pub async fn the_newest_step_goes_back_and_forth_and_every_row_stays(place: Place) {
    if place.url.contains(":memory:") {
        return;
    }
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let ask = |case: &mut Case| {
        case.questions = vec![(ReviewCode::Conflict, "beide".to_owned())];
        Ok(())
    };
    store.apply(salon.id(), id, Change::at(now()), ask).await.unwrap();
    store.take_in(salon.id(), later(1)).await.unwrap();
    let by = || appointment::Actor::of(Origin::Admin);
    store.pause_connection(salon.id(), salon.connection, by(), later(2)).await.unwrap();
    store.resume_connection(salon.id(), salon.connection, by(), later(3)).await.unwrap();
    let db = Database::connect(&place.url).await.unwrap();
    let whole = tables(&db).await;
    assert!(whole.len() > 20 && whole.iter().filter(|(_, rows)| !rows.is_empty()).count() > 10, "{whole:?}");

    store.migrate_down(1).await.unwrap();
    let back = tables(&db).await;
    assert!(back.keys().all(|table| whole.contains_key(table)), "{back:?}");
    for (table, rows) in &back {
        assert_eq!(rows.len(), whole[table].len(), "{table}");
        for (row, before) in rows.iter().zip(&whole[table]) {
            assert!(row.iter().all(|(column, value)| before.get(column) == Some(value)), "{table}: {row:?}");
        }
    }
    store.migrate().await.unwrap();
    let again = tables(&db).await;
    assert!(again.keys().eq(whole.keys()), "{again:?}");
    for (table, rows) in &back {
        assert_eq!(rows.len(), again[table].len(), "{table}");
        for (before, row) in rows.iter().zip(&again[table]) {
            assert!(before.iter().all(|(column, value)| row.get(column) == Some(value)), "{table}: {row:?}");
        }
    }
    salon.booked(slot(60, 30)).await;
    db.close().await.unwrap();
}

pub async fn what_only_the_newer_version_has_a_place_for_was_never_said(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    store.hide_setup(salon.id(), later(1)).await.unwrap();
    let steps = store.migration_status().await.unwrap();
    let steps = steps.iter().rev().position(|(name, _)| name == "m0009_proof").unwrap() + 1;
    store.migrate_down(u32::try_from(steps).unwrap()).await.unwrap();
    store.migrate().await.unwrap();
    assert!(!store.is_setup_hidden(salon.id()).await.unwrap());
}

pub async fn what_is_held_is_free_where_the_older_version_has_been(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let booked = salon.booked(slot(0, 30)).await;
    let offers = vec![Offer { segments: salon.wish(slot(60, 30)).segments, target: json!("S") }];
    let (holder, until) = (Holder::call("1"), later(300));
    store.offer(salon.id(), &holder, offers, until, now()).await.unwrap();
    let taken = async || {
        let taken = store.taken(salon.id(), &salon.staff, slot(0, 120), now()).await.unwrap();
        taken.iter().map(|it| it.by).collect::<Vec<_>>()
    };
    assert_eq!(taken().await, [booked.0, holder.id(salon.id())]);
    let steps = store.migration_status().await.unwrap();
    let steps = steps.iter().rev().position(|(name, _)| name == "m0016_phone").unwrap() + 1;
    store.migrate_down(u32::try_from(steps).unwrap()).await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(taken().await, [booked.0]);
    assert!(matches!(salon.book(salon.wish(slot(20, 30))).await, Err(Error::SlotTaken)));
    salon.booked(slot(60, 30)).await;
}

/// Every row of every table but the list of migrations, by columns, as texts.
async fn tables(db: &DatabaseConnection) -> BTreeMap<String, Vec<BTreeMap<String, Option<String>>>> {
    let backend = db.get_database_backend();
    let texts = async |sql: String| -> Vec<Option<String>> {
        let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    };
    let is_sqlite = backend == sea_orm::DbBackend::Sqlite;
    let names = if is_sqlite {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'"
    };
    let mut tables = BTreeMap::new();
    for table in texts(names.to_owned()).await.into_iter().flatten() {
        if table == "seaql_migrations" {
            continue;
        }
        let columns = if is_sqlite {
            format!("SELECT name FROM pragma_table_info('{table}')")
        } else {
            format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'")
        };
        let columns: Vec<_> = texts(columns).await.into_iter().flatten().collect();
        let mut rows: Vec<BTreeMap<String, Option<String>>> = Vec::new();
        for column in &columns {
            let value =
                if is_sqlite { format!("quote(\"{column}\")") } else { format!("\"{column}\"::text") };
            // In the order in which they were written: a step that only adds and takes away columns leaves it.
            let of = if is_sqlite { "rowid" } else { "ctid" };
            let values = texts(format!("SELECT {value} FROM {table} ORDER BY {of}")).await;
            rows.resize_with(values.len(), BTreeMap::new);
            for (row, value) in rows.iter_mut().zip(values) {
                // The one column that a step gave another name.
                let name = if column == "taken_by" { "appointment_id" } else { column };
                row.insert(name.to_owned(), value);
            }
        }
        tables.insert(table, rows);
    }
    tables
}
