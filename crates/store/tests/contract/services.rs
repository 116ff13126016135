//! Services with their event types.

use domain::appointment::Actor;
use domain::case::Priority;
use domain::catalogue::{EventTypeRole, EventTypeSighting, ServiceCase, ServiceEntry, ServiceWhat};
use domain::review::{Handled, ReviewCode};
use domain::service::{Service, ServiceSync};
use domain::*;
use jiff::Timestamp;
use store::*;

use crate::world::*;

/// A service that the first of the two people performs, on an account of her own.
async fn offered(salon: &Salon, slug: &str) -> ServiceChanged<()> {
    let (store, company) = (&salon.store, salon.id());
    store.set_staff_connection(company, salon.staff[0], Some(salon.connection)).await.unwrap();
    let model = store.service(company, salon.unlinked).await.unwrap();
    let service = Service { id: ServiceId(id()), slug: slug.into(), ..model };
    let service_id = service.id;
    store.create_service(company, service, |case| case.conclude(Priority::Change, now())).await.unwrap();
    store.set_service_staff(company, service_id, &salon.staff).await.unwrap();
    let first = LinkId(id());
    let arrange = move |case: &mut ServiceCase| {
        case.arrange(|| first);
        case.conclude(Priority::Change, now());
        Ok(())
    };
    store.change_service(company, service_id, Change::at(now()), arrange).await.unwrap()
}

fn sighting(case: &ServiceCase, at: Timestamp) -> EventTypeSighting {
    EventTypeSighting {
        id: 77,
        settings: case.wanted(&case.event_types[0]),
        booking_fields: serde_json::json!([{ "slug": "allergies" }]),
        booking_url: Some("https://cal.example/anna/bart".into()),
        at,
    }
}

pub async fn a_service_makes_its_event_types_and_the_work_on_them(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let ServiceChanged { case, marked, .. } = offered(&salon, "bart").await;
    let service = case.service.id;
    assert_eq!((case.service.sync, marked), (ServiceSync::Pending, vec![salon.connection]));
    assert_eq!(case.event_types.len(), 1, "the other person has no account");
    // What Cal.com has no id for cannot be booked on.
    let link = store.link_for(company, service, 0, salon.staff[0]).await.unwrap();
    assert_eq!(link, None);
    let lease = salon.lease("w", now()).await.unwrap();
    let due = store.due_work(&lease, now(), 9).await.unwrap();
    assert_eq!(due.iter().map(|work| &work.subject).collect::<Vec<_>>(), [&Subject::Service(service)]);

    // It is found, and everything that is known of it is read back as it was written.
    let seen = sighting(&case, now());
    let link = case.event_types[0].id;
    let found = move |case: &mut ServiceCase| {
        case.sighted(link, &seen, now());
        case.conclude(Priority::Change, now());
        Ok(())
    };
    let change = Change::in_lane(&lease, now());
    let ServiceChanged { case, marked, .. } =
        store.change_service(company, service, change, found).await.unwrap();
    assert_eq!((case.service.sync, marked), (ServiceSync::Synced, vec![]));
    assert_eq!(store.due_work(&lease, now(), 9).await.unwrap(), []);
    assert_eq!(store.service_case(company, service).await.unwrap(), case);
    assert_eq!(store.service_cases(company).await.unwrap().len(), 3);
    let link = store.link_for(company, service, 0, salon.staff[0]).await.unwrap().unwrap();
    assert_eq!((link.event_type_id, link.reference_field), (77, true));
    let known = store.services_of_connection(company, salon.connection).await.unwrap();
    assert!(known.contains(&(service, Some(77))));

    // Whoever performs it no longer leads nobody there, and its bookings still lead here.
    store.set_service_staff(company, service, &[]).await.unwrap();
    let arrange = |case: &mut ServiceCase| {
        case.arrange(|| LinkId(id()));
        case.conclude(Priority::Change, now());
        Ok(())
    };
    store.change_service(company, service, Change::at(now()), arrange).await.unwrap();
    assert_eq!(store.link_for(company, service, 0, salon.staff[0]).await.unwrap(), None);
    assert_eq!(store.link_by_event_type(company, salon.connection, 77).await.unwrap().len(), 1);
}

pub async fn a_change_of_a_service_is_fenced_versioned_and_told(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let service = offered(&salon, "bart").await.case.service;
    assert_eq!(service.version, 1, "what only concerns Cal.com's side is no change");
    let rename = |case: &mut ServiceCase| {
        case.service.name = "Bart".into();
        let fields = vec![("name".to_owned(), "farbe".to_owned(), "Bart".to_owned())];
        case.tell(now(), &Actor::of(Origin::Admin), ServiceWhat::Changed { fields });
        case.conclude(Priority::Change, now());
        Ok(())
    };
    let change = Change::at(now()).expecting(Some(1));
    let changed = store.change_service(company, service.id, change.clone(), rename).await.unwrap();
    assert_eq!((changed.case.service.version, changed.case.service.name.as_str()), (2, "Bart"));
    let stale = store.change_service(company, service.id, change, rename).await;
    assert!(matches!(stale, Err(Error::Stale { current_version: 2 })), "{stale:?}");
    let lease = salon.lease("w", now()).await.unwrap();
    let late = Change::in_lane(&lease, later(3600));
    let fenced = store.change_service(company, service.id, late, rename).await;
    assert!(matches!(fenced, Err(Error::Fenced)), "{fenced:?}");
    let taken = |case: &mut ServiceCase| {
        case.service.slug = "schnitt".into();
        Ok(())
    };
    let taken = store.change_service(company, service.id, Change::at(now()), taken).await;
    assert!(matches!(taken, Err(Error::Duplicate { .. })), "{taken:?}");
    let history = store.service_history(company, service.id, 9).await.unwrap();
    assert!(matches!(&history[..], [ServiceEntry { what: ServiceWhat::Changed { .. }, .. }]), "{history:?}");
    let trail = async |company| store.audit_trail(company, &AuditFilter::default(), None, 9).await.unwrap();
    assert_eq!(trail(company).await.items, [Audited::Service(service.id, history[0].clone())]);
    let other = Salon::open(&store, "b").await;
    let nothing = store.change_service(other.id(), service.id, Change::at(now()), rename).await;
    assert!(matches!(nothing, Err(Error::NotFound)), "{nothing:?}");
    assert_eq!(trail(other.id()).await.items, []);
}

pub async fn the_audit_trail_is_walked_both_ways_and_filtered(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let services =
        [offered(&salon, "bart").await.case.service.id, offered(&salon, "kamm").await.case.service.id];
    let user = UserId(id());
    // Several at the same instant; every third is traffic, every other by the user.
    for n in 0..12_i64 {
        let at = later(n / 4);
        let tell = move |case: &mut ServiceCase| {
            let actor = Actor { user_id: (n % 2 == 0).then_some(user), ..Actor::of(Origin::Admin) };
            let what = match n % 3 {
                0 => ServiceWhat::Sent { settings: Vec::new() },
                _ => ServiceWhat::Tied { event_type_id: n },
            };
            case.tell(at, &actor, what);
            Ok(())
        };
        let service = services[usize::from(n % 4 > 1)];
        store.change_service(company, service, Change::at(at), tell).await.unwrap();
    }
    let page = async |filter: &AuditFilter, place: Option<&str>| {
        store.audit_trail(company, filter, place, 3).await.unwrap()
    };
    let walk = async |filter: &AuditFilter| {
        let (mut pages, mut place) = (Vec::new(), None);
        loop {
            let found = page(filter, place.as_deref()).await;
            place.clone_from(&found.next);
            pages.push(found);
            if place.is_none() {
                return pages;
            }
        }
    };
    let all = AuditFilter { traffic: true, ..AuditFilter::default() };
    // What was done about items stands among it, in the same order.
    let booked = salon.booked(slot(0, 30)).await;
    let ask = |case: &mut Case| {
        case.questions = vec![(ReviewCode::Conflict, String::new())];
        Ok(())
    };
    store.apply(company, booked, Change::at(now()), ask).await.unwrap();
    let item = store.reviews(company, false).await.unwrap().remove(0).id;
    for n in 0..3 {
        let actor = Actor { user_id: Some(user), ..Actor::of(Origin::Admin) };
        let how = Handling { actor, at: later(n), version: None };
        store.handle_review(company, item, how, Handled::Commented { text: "ruft an".into() }).await.unwrap();
    }
    let pages = walk(&all).await;
    let items: Vec<_> = pages.iter().flat_map(|page| page.items.clone()).collect();
    assert_eq!((pages.len(), items.len()), (5, 15));
    let at = |audited: &Audited| match audited {
        Audited::Service(_, entry) => entry.at,
        Audited::Review(id, code, deed) => {
            assert_eq!((*id, *code), (item, ReviewCode::Conflict));
            deed.at
        }
    };
    assert!(items.is_sorted_by_key(|audited| std::cmp::Reverse(at(audited))), "newest first");
    let mut different: Vec<_> = items.iter().map(|item| format!("{item:?}")).collect();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 15, "each once");
    // Back again, page by page.
    let mut back = pages.last().unwrap().prev.clone();
    for earlier in pages.iter().rev().skip(1) {
        let found = page(&all, back.as_deref()).await;
        assert_eq!(found.items, earlier.items);
        back = found.prev;
    }
    assert_eq!(back, None, "the first page is the first");

    let count =
        async |filter: AuditFilter| walk(&filter).await.iter().map(|page| page.items.len()).sum::<usize>();
    let filter = AuditFilter::default;
    assert_eq!(count(filter()).await, 8 + 3, "without the traffic");
    assert_eq!(count(AuditFilter { service: Some(services[0]), ..all.clone() }).await, 6);
    assert_eq!(count(AuditFilter { who: Some(Who::User(user)), ..all.clone() }).await, 6 + 3);
    assert_eq!(count(AuditFilter { who: Some(Who::Origin(Origin::Admin)), ..all.clone() }).await, 12 + 3);
    assert_eq!(count(AuditFilter { who: Some(Who::User(UserId(id()))), ..all.clone() }).await, 0);
    assert_eq!(count(AuditFilter { who: Some(Who::Origin(Origin::Api)), ..all.clone() }).await, 0);
    let middle = AuditFilter { from: Some(later(1)), until: Some(later(2)), ..all.clone() };
    assert_eq!(count(middle).await, 4 + 1);
    let mangled = store.audit_trail(company, &all, Some("n1.x"), 3).await;
    assert!(matches!(mangled, Err(Error::InvalidCursor)), "{mangled:?}");
}

pub async fn a_deleted_service_is_on_no_list_and_its_slug_is_free(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let company = salon.id();
    let service = offered(&salon, "bart").await.case.service;
    let remove = |case: &mut ServiceCase| {
        case.remove(EventTypeRole::Hidden);
        case.conclude(Priority::Change, now());
        Ok(())
    };
    let removed = store.remove_service(company, service.id, Change::at(now()), remove).await.unwrap();
    assert_eq!(removed.case.current().count(), 0);
    assert!(store.services(company).await.unwrap().iter().all(|other| other.id != service.id));
    assert_eq!(store.service(company, service.id).await.unwrap().name, service.name, "appointments name it");
    assert_eq!(offered(&salon, "bart").await.case.service.slug, "bart");
}
