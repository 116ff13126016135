//! The audit trail: everything that is written down about what was done, in one list.

use domain::appointment::Actor;
use domain::catalogue::{ServiceCase, ServiceWhat};
use domain::notify::{Channel, ChannelKind};
use domain::review::{Handled, ReviewCode};
use domain::*;
use store::*;

use crate::services::offered;
use crate::world::*;

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
    // So does what was done to accounts and channels, and with webhooks.
    let by = || Actor { user_id: Some(user), ..Actor::of(Origin::Admin) };
    let room = Channel {
        id: ChannelId(id()),
        kind: ChannelKind::Slack,
        name: "Team".into(),
        ..Channel::usual(ChannelKind::Email)
    };
    let save = async |channel: &Channel, second| {
        let new = NotificationChannel { channel: channel.clone(), target: Some(Sealed(vec![1])) };
        store.save_notification_channel(company, new, by(), later(second)).await.unwrap();
    };
    save(&room, 0).await;
    save(&room, 1).await;
    save(&Channel { gather_minutes: 0, active: false, ..room.clone() }, 1).await;
    store.pause_connection(company, salon.connection, by(), later(1)).await.unwrap();
    let webhook = NewDelivery {
        id: DeliveryId(id()),
        connection: salon.connection,
        received_at: now(),
        trigger: None,
        verdict: Verdict::Accepted,
        body: "{}".into(),
        body_hash: [0; 32],
        uid: None,
        created_at_remote: None,
    };
    store.receive(company, webhook.clone()).await.unwrap();
    store.reveal_delivery(company, webhook.id, by(), later(2)).await.unwrap();

    let pages = walk(&all).await;
    let items: Vec<_> = pages.iter().flat_map(|page| page.items.clone()).collect();
    assert_eq!((pages.len(), items.len()), (7, 20));
    let at = |audited: &Audited| match audited {
        Audited::Service(_, entry) => entry.at,
        Audited::Review(id, code, deed) => {
            assert_eq!((*id, *code), (item, ReviewCode::Conflict));
            deed.at
        }
        Audited::Setup(entry) => entry.at,
        Audited::Webhook(id, entry) => {
            assert_eq!((*id, &entry.deed), (webhook.id, &DeliveryDeed::Revealed));
            entry.at
        }
    };
    assert!(items.is_sorted_by_key(|audited| std::cmp::Reverse(at(audited))), "newest first");
    let mut different: Vec<_> = items.iter().map(|item| format!("{item:?}")).collect();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 20, "each once");
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
    assert_eq!(count(filter()).await, 8 + 3 + 5, "without the traffic");
    for (kind, found) in AuditKind::ALL.into_iter().zip([8, 3, 2, 2, 0, 1]) {
        assert_eq!(count(AuditFilter { kind: Some(kind), ..filter() }).await, found, "{kind:?}");
        assert_eq!(AuditKind::from_name(kind.as_str()), Some(kind));
    }
    let setup = AuditFilter { kind: Some(AuditKind::Channel), ..filter() };
    let Audited::Setup(changed) = page(&setup, None).await.items.remove(0) else { panic!("no channel") };
    let parts = vec![ChannelPart::Active, ChannelPart::Gathering];
    assert_eq!((&*changed.name, changed.deed), ("Team", SetupDeed::ChannelChanged { parts }));
    assert_eq!(count(AuditFilter { service: Some(services[0]), ..all.clone() }).await, 6);
    assert_eq!(count(AuditFilter { who: Some(Who::User(user)), ..all.clone() }).await, 6 + 3 + 4);
    assert_eq!(count(AuditFilter { who: Some(Who::Origin(Origin::Admin)), ..all.clone() }).await, 12 + 3 + 4);
    assert_eq!(count(AuditFilter { who: Some(Who::User(UserId(id()))), ..all.clone() }).await, 0);
    assert_eq!(count(AuditFilter { who: Some(Who::Origin(Origin::Api)), ..all.clone() }).await, 0);
    let middle = AuditFilter { from: Some(later(1)), until: Some(later(2)), ..all.clone() };
    assert_eq!(count(middle).await, 4 + 1 + 2);
    let mangled = store.audit_trail(company, &all, Some("n1.x"), 3).await;
    assert!(matches!(mangled, Err(Error::InvalidCursor)), "{mangled:?}");
}
