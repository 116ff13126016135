//! Services with their event types.

use domain::appointment::Actor;
use domain::case::Priority;
use domain::catalogue::{EventTypeRole, EventTypeSighting, ServiceCase, ServiceEntry, ServiceWhat};
use domain::service::{Service, ServiceSync};
use domain::*;
use jiff::Timestamp;
use store::*;

use crate::world::*;

/// A service that the first of the two people performs, on an account of her own.
pub async fn offered(salon: &Salon, slug: &str) -> ServiceChanged<()> {
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
    let of_services = AuditFilter { kind: Some(AuditKind::Service), ..AuditFilter::default() };
    let trail = async |company| store.audit_trail(company, &of_services, None, 9).await.unwrap();
    assert_eq!(trail(company).await.items, [Audited::Service(service.id, history[0].clone())]);
    let other = Salon::open(&store, "b").await;
    let nothing = store.change_service(other.id(), service.id, Change::at(now()), rename).await;
    assert!(matches!(nothing, Err(Error::NotFound)), "{nothing:?}");
    assert_eq!(trail(other.id()).await.items, []);
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
