//! No company sees or changes what another has.

use domain::appointment::Actor;
use domain::case::{Due, Priority};
use domain::company::Locale;
use domain::people::{Role, User};
use domain::review::{Handled, ReviewCode};
use domain::*;
use store::*;

use crate::world::*;

pub async fn another_company_finds_nothing(place: Place) {
    let store = place.store().await;
    let (ours, theirs) = (Salon::open(&store, "a").await, Salon::open(&store, "b").await);
    let other = theirs.id();
    let id = ours.booked(slot(0, 30)).await;
    let lease = ours.lease("w", now()).await.unwrap();
    let ask = |case: &mut Case| {
        case.questions.push((ReviewCode::Vanished, String::new()));
        case.bookings[0].uid = Some(BookingUid("u1".into()));
        Ok(())
    };
    store.apply(ours.id(), id, Change::at(now()), ask).await.unwrap();
    let review = store.reviews_open(ours.id(), 1).await.unwrap().remove(0).id;
    let customer = store.case(ours.id(), id).await.unwrap().customer;

    macro_rules! not_found {
        ($($call:expr),+ $(,)?) => {$(
            let result = $call.await;
            assert!(matches!(result, Err(Error::NotFound)), "{}: {result:?}", stringify!($call));
        )+};
    }
    macro_rules! empty {
        ($($call:expr),+ $(,)?) => {$(
            assert_eq!($call.await.unwrap().into_iter().count(), 0, "{}", stringify!($call));
        )+};
    }
    not_found![
        store.case(other, id),
        store.appointment(other, id),
        store.apply(other, id, Change::at(now()), |_| Ok(())),
        store.review(other, review),
        store.handle_review(
            other,
            review,
            Handling { actor: Actor::of(Origin::Admin), at: now(), version: None },
            Handled::Assigned { to: None }
        ),
        store.customer(other, customer.id),
        store.update_customer(other, customer.clone(), now()),
        store.service(other, ours.linked),
        store.connection(other, ours.connection),
        store.pause_connection(other, ours.connection, Actor::of(Origin::Admin), now()),
        store.resume_connection(other, ours.connection, Actor::of(Origin::Admin), now()),
        store.webhook_checked(other, ours.connection, true, Actor::of(Origin::Admin), now()),
        store.touch_connection(other, ours.connection, now()),
        store.replace_api_key(other, ours.connection, Sealed(vec![9]), Actor::of(Origin::Admin), now()),
        store.set_service_staff(other, ours.linked, &theirs.staff),
        store.set_service_staff(other, theirs.linked, &ours.staff),
        store.book(
            other,
            NewAppointment { customer: CustomerRef::Existing(customer.id), ..theirs.wish(slot(60, 30)) },
            now(),
            conclude
        ),
    ];
    empty![
        store.views(other, &[id]),
        store.reviews_open(other, 9),
        store.reviews(other, false),
        store.review_deeds(other, review),
        store.review_deeds_of(other, id),
        store.links_of_connection(other, ours.connection),
        store.link_by_event_type(other, ours.connection, 42),
        store.link_for(other, ours.linked, 0, ours.staff[0]),
        store.staff_for_service(other, ours.linked),
        store.customers(other, "clara", 9),
        store.appointment_by_uid(other, &BookingUid("u1".into())),
        store.find_appointments_of_phone(other, customer.phone.as_ref().unwrap(), now()),
        store.waiting_work(other),
    ];
    let page = store.appointments(other, &AppointmentFilter::default(), None, 9).await.unwrap();
    assert!(page.items.is_empty());
    let history = store.history(other, id).await.unwrap();
    assert!(history.entries.is_empty() && history.reviews.is_empty());
    assert!(store.busy(other, &ours.staff, slot(0, 600)).await.unwrap().values().all(Vec::is_empty));
    assert!(store.counts_by_sync(other).await.unwrap().iter().all(|(_, count)| *count == 0));

    // A lease of theirs opens nothing of ours, and ours nothing of theirs.
    let strange = Lease { company: other, ..lease.clone() };
    for (company, lease) in [(ours.id(), &strange), (other, &lease), (other, &strange)] {
        let fenced = store.apply(company, id, Change::in_lane(lease, now()), |_| Ok(())).await;
        assert!(matches!(fenced, Err(Error::Fenced)), "{fenced:?}");
    }
    empty![store.due_work(&strange, later(9), 9), store.waiting_deliveries(&strange, 9)];
    let stranger = Subject::Appointment(id);
    assert!(!store.clear_work(&strange, stranger.clone(), 1).await.unwrap());
    let marked =
        store.mark(other, ours.connection, stranger, Due { at: now(), priority: Priority::Check }).await;
    assert!(matches!(marked, Err(Error::NotFound)), "{marked:?}");

    // Their people, services and branches are not ours to book.
    let foreign = [
        NewAppointment { segments: ours.wish(slot(90, 30)).segments, ..theirs.wish(slot(90, 30)) },
        NewAppointment { service_id: ours.linked, ..theirs.wish(slot(90, 30)) },
        NewAppointment { branch_id: ours.branch, ..theirs.wish(slot(90, 30)) },
    ];
    for wish in foreign {
        let refused = theirs.book(wish).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    // Numbers and slots are each company's own.
    theirs.booked(slot(0, 30)).await;
    assert_eq!(store.counts_by_sync(other).await.unwrap().iter().map(|(_, count)| count).sum::<u64>(), 1);
}

pub async fn tokens_lead_to_their_company(place: Place) {
    let store = place.store().await;
    let (ours, theirs) = (Salon::open(&store, "a").await, Salon::open(&store, "b").await);
    assert_eq!(store.companies().await.unwrap(), [ours.company.clone(), theirs.company.clone()]);
    assert_eq!(store.company_by_slug("b").await.unwrap(), theirs.company);
    assert!(matches!(store.company_by_slug("c").await, Err(Error::NotFound)));

    let user = User {
        id: UserId(id()),
        email: "anna@salon.example".parse().unwrap(),
        name: "Anna".into(),
        role: Role::Admin,
        locale: Some(Locale::En),
    };
    store.add_user(ours.id(), user.clone(), "hash".into(), now()).await.unwrap();
    let twin = User { id: UserId(id()), ..user.clone() };
    let taken = store.add_user(theirs.id(), twin, "hash".into(), now()).await;
    assert!(matches!(taken, Err(Error::Duplicate { what: "user" })), "{taken:?}");
    let found = store.user_for_sign_in(&user.email).await.unwrap();
    assert_eq!(found, Some((ours.id(), user.clone(), "hash".into())));
    assert_eq!(store.users(theirs.id()).await.unwrap(), []);

    let session = |n: u8| NewSession { token_hash: [n; 32], user_id: user.id, expires_at: later(10) };
    assert!(matches!(store.open_session(theirs.id(), session(1), now()).await, Err(Error::NotFound)));
    store.open_session(ours.id(), session(1), now()).await.unwrap();
    let (company, signed_in, _) = store.session_by_token_hash(&[1; 32], later(9)).await.unwrap().unwrap();
    assert_eq!((company, &signed_in), (ours.id(), &user));
    assert_eq!(store.session_by_token_hash(&[1; 32], later(10)).await.unwrap(), None);
    store.touch_session(&[1; 32], later(9), later(20)).await.unwrap();
    let (_, _, session) = store.session_by_token_hash(&[1; 32], later(10)).await.unwrap().unwrap();
    assert_eq!((session.created_at, session.last_seen_at, session.expires_at), (now(), later(9), later(20)));
    store.close_session(&[1; 32]).await.unwrap();
    assert_eq!(store.session_by_token_hash(&[1; 32], now()).await.unwrap(), None);

    let (key, scopes) = (ApiKeyId(id()), vec!["appointments".to_owned()]);
    let new = NewApiKey { id: key, name: "Shop".into(), prefix: "ek_ab".into(), hash: [7; 32], scopes };
    store.add_api_key(ours.id(), new, now()).await.unwrap();
    let (company, found) = store.api_key_by_hash(&[7; 32]).await.unwrap().unwrap();
    assert_eq!(
        (company, found.id, found.scopes.as_slice()),
        (ours.id(), key, &["appointments".to_owned()][..])
    );
    assert!(matches!(store.revoke_api_key(theirs.id(), key, now()).await, Err(Error::NotFound)));
    store.revoke_api_key(ours.id(), key, now()).await.unwrap();
    assert_eq!(store.api_key_by_hash(&[7; 32]).await.unwrap(), None);

    let (company, connection) = store.connection_by_webhook_token("token-b").await.unwrap().unwrap();
    assert_eq!((company, connection.id), (theirs.id(), theirs.connection));
    assert_eq!((connection.api_key, connection.account.id), (Sealed(vec![1, 2, 3]), 7));
    assert_eq!(store.connection_by_webhook_token("token-c").await.unwrap(), None);

    let agent =
        Agent { id: AgentId(id()), token: "t".into(), signing_key: Sealed(vec![9]), name: "Mia".into() };
    store.add_agent(ours.id(), agent.clone()).await.unwrap();
    assert_eq!(store.agent_by_token("t").await.unwrap(), Some((ours.id(), agent.clone())));
    let call = Call {
        call_id: "call_1".into(),
        agent_id: agent.id,
        branch_id: Some(ours.branch),
        from_masked: None,
        to_number: "+49301234567".into(),
        started_at: now(),
        updated_at: now(),
    };
    store.record_call(ours.id(), call.clone(), None).await.unwrap();
    let news =
        Call { from_masked: Some("…567".into()), started_at: later(5), updated_at: later(5), ..call };
    let about = ours.booked(slot(0, 30)).await;
    let function = CallFunction {
        call_id: "call_1".into(),
        name: "book_appointment".into(),
        arguments: serde_json::json!({ "service": "Schnitt" }),
        answer: serde_json::json!({ "status": "confirmed" }),
        at: later(1),
        appointment_id: Some(about),
        request: Some("hash".into()),
    };
    store.record_call(ours.id(), news.clone(), Some(function.clone())).await.unwrap();
    // Neither with our agent nor with our appointment.
    assert!(store.record_call(theirs.id(), news.clone(), Some(function.clone())).await.is_err());
    let today = Slot { start: now(), end: later(1) };
    assert_eq!(store.calls(ours.id(), today, 9).await.unwrap(), [Call { started_at: now(), ..news }]);
    assert_eq!(store.calls(theirs.id(), today, 9).await.unwrap(), []);
    for (salon, request, since, answer) in [
        (ours.id(), ("call_1", "hash"), later(1), Some(function.answer.clone())),
        (ours.id(), ("call_1", "hash"), later(2), None),
        (ours.id(), ("call_1", "other"), later(1), None),
        (ours.id(), ("call_2", "hash"), later(1), None),
        (theirs.id(), ("call_1", "hash"), later(1), None),
    ] {
        assert_eq!(store.answered(salon, request, since).await.unwrap(), answer, "{request:?} {since}");
    }
    assert_eq!(store.call_functions(ours.id(), "call_1").await.unwrap(), [function]);
    assert_eq!(
        store.branch_by_phone(ours.id(), &Phone::parse("030 1234567").unwrap()).await.unwrap().unwrap().id,
        ours.branch
    );
}
