//! Event types as their owner's key changes them: what is told back, what one change does to another setting, and
//! what takes effect when something goes wrong. What the recordings show is replayed elsewhere.

use calcom::{
    BookingStatus, Error, EventType, EventTypeId, EventTypePatch, EventTypeSettings, InvalidReason,
    NewBookingField, NewEventType,
};
use calcom_sim::{CallKind, CallMatch, Fault};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{World, kind};

fn new(slug: &str) -> NewEventType {
    NewEventType {
        title: "Colour".to_owned(),
        slug: slug.to_owned(),
        length_in_minutes: 60,
        settings: EventTypeSettings { minimum_booking_notice: Some(0), ..EventTypeSettings::default() },
    }
}

fn set(settings: EventTypeSettings) -> EventTypePatch {
    EventTypePatch { settings, ..EventTypePatch::default() }
}

fn slug(slug: &str) -> EventTypePatch {
    EventTypePatch { slug: Some(slug.to_owned()), ..EventTypePatch::default() }
}

fn custom(event_type: &EventType) -> Vec<&str> {
    let custom = event_type.booking_fields.iter().filter(|field| !field.is_default);
    custom.map(|field| field.slug.as_str()).collect()
}

async fn get(world: &World, id: EventTypeId) -> EventType {
    world.client.event_type(id).await.result.unwrap()
}

#[tokio::test]
async fn a_slug_is_taken_only_by_another_event_type_of_the_same_owner() {
    let world = World::new();
    world.sim.add_event_type(world.anna, kind("Beard", &[]));
    let made = world.client.create_event_type(&new("colour")).await.result.unwrap();
    for (wish, taken) in [("haircut", true), ("colour", false), ("beard", false)] {
        let answer = world.client.update_event_type(made.id, &slug(wish)).await.result;
        let conflict = Err(InvalidReason::Conflict);
        let told = answer.map(|changed| changed.slug).map_err(|error| match error {
            Error::Invalid { reason, .. } => reason,
            other => panic!("{other}"),
        });
        assert_eq!(told, if taken { conflict } else { Ok(wish.to_owned()) });
    }
}

/// Cal.com API v2 (2024-06-14) writes all booking fields anew when fields or the guests' switch are changed.
#[tokio::test]
async fn fields_and_guests_are_written_together_or_the_other_is_lost() {
    let world = World::new();
    let id = world.client.create_event_type(&new("colour")).await.result.unwrap().id;
    let phone = json!({"type": "phone", "slug": "attendeePhoneNumber", "label": "Phone", "required": true});
    let fields: Vec<NewBookingField> = vec![
        NewBookingField::hidden_text("ref", "Reference"),
        serde_json::from_value(phone).unwrap(),
        NewBookingField::hidden_text("hair", "Hair"),
    ];
    let both = EventTypeSettings {
        booking_fields: Some(fields.clone()),
        disable_guests: Some(true),
        ..EventTypeSettings::default()
    };
    let changed = world.client.update_event_type(id, &set(both)).await.result.unwrap();
    assert_eq!((custom(&changed), changed.disable_guests), (vec!["ref", "hair"], true));
    assert_eq!(get(&world, id).await, changed);
    let again: Vec<_> = changed.booking_fields.iter().filter_map(NewBookingField::again).collect();
    let slugs: Vec<_> = again.iter().map(|field| field.slug.as_str()).collect();
    assert_eq!(slugs, ["attendeePhoneNumber", "ref", "hair"], "what a change has to name");

    let fields_only =
        EventTypeSettings { booking_fields: Some(again.clone()), ..EventTypeSettings::default() };
    let changed = world.client.update_event_type(id, &set(fields_only)).await.result.unwrap();
    assert_eq!((custom(&changed), changed.disable_guests), (vec!["ref", "hair"], false), "guests are back");
    let guests_only = EventTypeSettings { disable_guests: Some(true), ..EventTypeSettings::default() };
    let changed = world.client.update_event_type(id, &set(guests_only)).await.result.unwrap();
    assert_eq!((custom(&changed), changed.disable_guests), (vec![], true), "the fields are gone");
    assert_eq!(changed.booking_field("attendeePhoneNumber"), None);
}

#[tokio::test]
async fn windows_and_policies_are_told_back_and_what_is_none_changes_nothing() {
    let world = World::new();
    let id = EventTypeId(world.event_type);
    let windows = [
        (json!({"type": "calendarDays", "value": 30, "rolling": true}), None),
        (json!({"type": "businessDays", "value": 5, "rolling": false}), None),
        (json!({"type": "range", "value": ["2026-11-23", "2026-12-24"]}), None),
        (
            json!({"type": "calendarDays", "value": 7}),
            Some(json!({"type": "calendarDays", "value": 7, "rolling": false})),
        ),
        (json!(null), Some(json!({"type": "calendarDays", "value": 7, "rolling": false}))),
        (json!({"disabled": true}), None),
    ];
    for (sent, told) in windows {
        world.sim.change_event_type(id.0, "bookingWindow", sent.clone());
        assert_eq!(get(&world, id).await.booking_window, told.unwrap_or(sent));
    }
    let time = json!({"type": "time", "noticeThreshold": {"unit": "hours", "count": 2},
        "blockUnconfirmedBookingsInBooker": false});
    for (sent, told) in [(time.clone(), None), (json!({"type": "perhaps"}), Some(time.clone()))] {
        world.sim.change_event_type(id.0, "confirmationPolicy", sent.clone());
        assert_eq!(Value::from(get(&world, id).await.confirmation_policy), told.unwrap_or(sent));
    }
    // It is eight o'clock, and less than three hours are two whole ones.
    world.set_clock("2026-11-23T08:00:00Z");
    for (start, status) in
        [("2026-11-23T10:30:00Z", BookingStatus::Pending), ("2026-11-23T11:00:00Z", BookingStatus::Accepted)]
    {
        let uid = world.book(start).await.unwrap();
        assert_eq!(world.get(&uid).await.status, status, "{start}");
    }
}

#[derive(Debug, Clone, Copy)]
enum Wish {
    Make,
    Change,
    Remove,
}

impl Wish {
    fn kind(self) -> CallKind {
        match self {
            Self::Make => CallKind::CreateEventType,
            Self::Change => CallKind::UpdateEventType,
            Self::Remove => CallKind::DeleteEventType,
        }
    }

    async fn send(self, world: &World) -> Result<(), Error> {
        let id = EventTypeId(world.event_type);
        match self {
            Self::Make => world.client.create_event_type(&new("colour")).await.result.map(drop),
            Self::Change => world.client.update_event_type(id, &slug("cut")).await.result.map(drop),
            Self::Remove => world.client.delete_event_type(id).await.result,
        }
    }

    async fn has_happened(self, world: &World) -> bool {
        let all = world.client.event_types().await.result.unwrap().items;
        let mut slugs: Vec<_> = all.iter().map(|event_type| event_type.slug.as_str()).collect();
        slugs.sort_unstable();
        match self {
            Self::Make => slugs == ["colour", "haircut"],
            Self::Change => slugs == ["cut"],
            Self::Remove => slugs.is_empty(),
        }
    }
}

#[tokio::test]
async fn every_fault_of_a_call_strikes_event_types_too() {
    let late = SignedDuration::from_secs(45);
    let faults = [
        (Fault::DropRequest, true, false),
        (Fault::Down, false, false),
        (Fault::ServerErrorBefore, true, false),
        (Fault::Gateway { status: 502, after_effect: false }, true, false),
        (Fault::RateLimited { block: SignedDuration::from_secs(60) }, false, false),
        (Fault::DropAnswerAfterEffect, true, true),
        (Fault::ServerErrorAfterEffect, true, true),
        (Fault::Gateway { status: 504, after_effect: true }, true, true),
        (Fault::AppliedLate { by: late }, true, false),
    ];
    for wish in [Wish::Make, Wish::Change, Wish::Remove] {
        for (fault, ambiguous, effect) in faults {
            let world = World::new();
            world.sim.order(fault, Some(CallMatch::Kind(wish.kind())), 1);
            assert!(!wish.has_happened(&world).await, "a look is not struck");
            let error = wish.send(&world).await.unwrap_err();
            assert_eq!(error.may_have_had_effect(), ambiguous, "{wish:?} {fault:?}: {error}");
            assert_eq!(world.sim.faults(), [], "{wish:?} {fault:?}");
            world.sim.forget_rate_limits();
            assert_eq!(wish.has_happened(&world).await, effect, "{wish:?} {fault:?}");
            world.pass(45);
            let after = effect || matches!(fault, Fault::AppliedLate { .. });
            assert_eq!(wish.has_happened(&world).await, after, "{wish:?} {fault:?}");
        }
        let world = World::new();
        world.sim.order(Fault::HalfAnswer, Some(CallMatch::Kind(wish.kind())), 1);
        // Of a deletion the answer says nothing that anybody reads.
        assert!(!matches!(wish.send(&world).await, Err(error) if !error.may_have_had_effect()));
        assert!(wish.has_happened(&world).await);
    }
}
