//! Settings sent to the simulated Cal.com and read again, in every combination.

use std::sync::Arc;

use calcom::{Client, EventTypeId};
use calcom_sim::{Fault, NewUser, Options, Sim};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

fn at() -> Timestamp {
    "2026-11-20T08:00:00Z".parse().unwrap()
}

/// An account at the simulated Cal.com, and somebody else's.
struct World {
    sim: Sim,
    client: Client,
    other: Client,
}

fn world() -> World {
    let sim = Sim::new(Options::new(Arc::new(at), 1));
    let client = |name: &str| {
        let user = sim.add_user(NewUser::new(name, name, &format!("{name}@salon.example")));
        let key = format!("cal_test_{name}");
        sim.add_api_key(user, &key);
        Client::new(Arc::new(sim.transport()), "http://cal.example".parse().unwrap(), key.into())
    };
    let (client, other) = (client("anna"), client("ben"));
    World { sim, client, other }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn confirmations() -> impl Strategy<Value = Confirmation> {
    let short = (select(vec!["minutes", "hours"]), 1..100u32, any::<bool>());
    let short = short.prop_map(|(unit, count, blocks)| {
        let policy = json!({
            "type": "time",
            "noticeThreshold": {"unit": unit, "count": count},
            "blockUnconfirmedBookingsInBooker": blocks,
        });
        Confirmation::Other(policy.to_string())
    });
    prop_oneof![Just(Confirmation::Never), Just(Confirmation::Always), short]
}

fn windows() -> impl Strategy<Value = Window> {
    let others = select(vec![
        json!({"type": "calendarDays", "value": 30, "rolling": true}),
        json!({"type": "businessDays", "value": 5, "rolling": false}),
        json!({"type": "range", "value": ["2026-11-23", "2026-12-24"]}),
    ]);
    prop_oneof![
        Just(Window::Unlimited),
        (1..400u32).prop_map(Window::Days),
        others.prop_map(|other| Window::Other(other.to_string())),
    ]
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let all = vec![
        Place::Address("Hauptstr. 1, 10115 Berlin".to_owned()),
        Place::Phone("+4930123456".to_owned()),
        Place::Link("https://salon.example/raum".to_owned()),
        Place::CustomersPhone,
        Place::CustomersAddress,
        Place::Other(json!({"type": "integration", "integration": "cal-video"}).to_string()),
        Place::Other(json!({"type": "phone", "phone": "+4930999", "public": false}).to_string()),
        Place::Other(json!({"type": "of tomorrow", "planet": "Mars"}).to_string()),
    ];
    subsequence(all, 0..=4)
}

fn wishes() -> impl Strategy<Value = Settings> {
    (
        ("[A-Za-zÄÖÜäöüß &–]{1,12}", "[a-z][a-z0-9-]{0,8}", "[A-Za-zäöü\n]{0,12}", 1..600u32),
        (any::<bool>(), 0..120u32, 0..120u32, 0..5000u32),
        (confirmations(), any::<bool>(), places(), windows(), any::<bool>()),
    )
        .prop_map(|((title, slug, description, minutes), (active, before, after, notice), rest)| {
            Settings {
                title,
                slug,
                description,
                minutes,
                active,
                buffer_before: before,
                buffer_after: after,
                notice,
                confirmation: rest.0,
                disable_guests: rest.1,
                places: rest.2,
                window: rest.3,
                reference_field: rest.4,
            }
        })
}

/// What somebody else has added to an event type, ours among it or not.
fn questions(with_ours: bool) -> Value {
    let mut fields = vec![
        json!({"type": "select", "slug": "hair", "label": "Haare", "required": true, "placeholder": "",
            "options": ["kurz", "lang"], "disableOnPrefill": true}),
        json!({"type": "phone", "slug": "attendeePhoneNumber", "label": "Telefon", "required": true,
            "placeholder": "+49"}),
        json!({"type": "text", "slug": "allergies", "label": "Allergien", "required": false,
            "placeholder": "keine", "hidden": true}),
    ];
    if with_ours {
        fields.insert(1, json!(reference_field()));
    }
    Value::Array(fields)
}

/// The booking fields, but for ours and for Cal.com's own for guests, which a setting stands for.
fn other_fields(event_type: &EventType) -> Vec<&BookingField> {
    let ours = [FIELD_SLUG, "guests"];
    event_type.booking_fields.iter().filter(|field| !ours.contains(&field.slug.as_str())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_made_says_what_was_wanted(wanted in wishes()) {
        run(async {
            let World { client, .. } = world();
            let made = client.create_event_type(&creation(&wanted)).await.result.unwrap();
            prop_assert_eq!(&settings(&made), &wanted);
            let seen = client.event_type(made.id).await.result.unwrap();
            prop_assert_eq!(&settings(&seen), &wanted);
            Ok(())
        })?;
    }

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else(
        before in wishes(),
        wanted in wishes(),
        asked in any::<bool>(),
        named in subsequence(Setting::ALL.to_vec(), 0..=Setting::ALL.len()),
    ) {
        run(async {
            let World { sim, client, .. } = world();
            let id = client.create_event_type(&creation(&before)).await.result.unwrap().id;
            if asked {
                sim.change_event_type(id.0, "bookingFields", questions(before.reference_field));
            }
            sim.change_event_type(id.0, "slotInterval", json!(10));
            sim.change_event_type(id.0, "seats", json!({"seatsPerTimeSlot": 3}));
            let earlier = client.event_type(id).await.result.unwrap();
            let seen = sighting(&earlier, at());
            prop_assert_eq!(&seen.settings, &before);

            let sent = patch(&named, &wanted, Some(&seen));
            let answer = client.update_event_type(id, &sent).await.result.unwrap();
            let mut expected = before;
            for setting in &named {
                if *setting != Setting::Places || !wanted.places.is_empty() {
                    setting.copy(&wanted, &mut expected);
                }
            }
            prop_assert_eq!(settings(&answer), expected);
            prop_assert_eq!(other_fields(&answer), other_fields(&earlier));
            prop_assert_eq!((answer.slot_interval, &answer.seats), (earlier.slot_interval, &earlier.seats));
            prop_assert_eq!(&client.event_type(id).await.result.unwrap(), &answer);
            Ok(())
        })?;
    }
}

#[test]
fn whoever_has_not_seen_the_fields_does_not_replace_them() {
    let wanted = settings(&from_recording("006-event-type-create-30"));
    let sent = patch(&[Setting::DisableGuests, Setting::ReferenceField, Setting::Title], &wanted, None);
    assert_eq!(sent, EventTypePatch { title: Some("Haircut".to_owned()), ..EventTypePatch::default() });
}

fn from_recording(name: &str) -> EventType {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../calcom/tests/recordings/http");
    let file = std::fs::read(format!("{folder}/{name}.json")).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    serde_json::from_value(file["response"]["body"]["data"].clone()).unwrap()
}

#[test]
fn recorded_event_types_are_read_as_they_are_meant() {
    let colour = settings(&from_recording("016-event-type-patch-title-length-buffers"));
    let expected = Settings {
        title: "Colour & cut".to_owned(),
        slug: "colour".to_owned(),
        description: "Full colour".to_owned(),
        minutes: 90,
        active: false,
        buffer_before: 5,
        buffer_after: 20,
        notice: 0,
        confirmation: Confirmation::Never,
        disable_guests: true,
        places: vec![Place::Address("Hauptstr. 1, 10115 Berlin".to_owned())],
        window: Window::Unlimited,
        reference_field: false,
    };
    assert_eq!(colour, expected);
    let bridal = settings(&from_recording("018-event-type-create-requires-confirmation"));
    assert_eq!(bridal.confirmation, Confirmation::Always);
    let planned = settings(&from_recording("262-event-type-create-with-notice-and-window"));
    assert_eq!((planned.notice, planned.window), (4320, Window::Days(14)));
    let consultation = settings(&from_recording("008-event-type-create-default-location"));
    assert_eq!((consultation.notice, consultation.places), (120, vec![]));
}

#[test]
fn every_refusal_has_its_reason() {
    run(async {
        let World { sim, client, other } = world();
        let wanted = settings(&from_recording("006-event-type-create-30"));
        let make = |slug: &str| creation(&Settings { slug: slug.to_owned(), ..wanted.clone() });
        let id = client.create_event_type(&make("haircut")).await.result.unwrap().id;
        client.create_event_type(&make("colour")).await.result.unwrap();
        let to_colour = Settings { slug: "colour".to_owned(), ..wanted.clone() };
        let (create, update) = (EventTypePush::Create, EventTypePush::Update(vec![Setting::Slug]));
        let slug = patch(&[Setting::Slug], &to_colour, None);
        let nowhere = EventTypeId(99_999);
        let no_time = creation(&Settings { minutes: 0, ..to_colour.clone() });

        let made = client.create_event_type(&make("haircut")).await.result.unwrap_err();
        let moved = client.update_event_type(id, &slug).await.result.unwrap_err();
        let refused = client.create_event_type(&no_time).await.result.unwrap_err();
        let others = other.update_event_type(id, &slug).await.result.unwrap_err();
        let gone = client.update_event_type(nowhere, &slug).await.result.unwrap_err();
        let not_mine = other.delete_event_type(id).await.result.unwrap_err();
        let unseen = client.event_type(nowhere).await.result.unwrap_err();
        let deleted = client.delete_event_type(nowhere).await.result.unwrap_err();
        for (error, push, problem) in [
            (made, Some(&create), EventTypeProblem::SlugTaken),
            (moved, Some(&update), EventTypeProblem::SlugTaken),
            (refused, Some(&create), EventTypeProblem::Refused),
            (others, Some(&update), EventTypeProblem::NotAllowed),
            (gone, Some(&update), EventTypeProblem::NotAllowed),
            (not_mine, Some(&EventTypePush::Delete), EventTypeProblem::NotAllowed),
            (deleted, Some(&EventTypePush::Delete), EventTypeProblem::Deleted),
            (unseen, None, EventTypeProblem::Deleted),
        ] {
            assert_eq!(failure(&error, push), Failure::Refused(problem), "{push:?}: {error}");
        }

        for (fault, expected) in [
            (Fault::DropAnswerAfterEffect, Failure::Transient { ambiguous: true, over: false }),
            (Fault::ServerErrorAfterEffect, Failure::Transient { ambiguous: true, over: true }),
            (Fault::Down, Failure::Transient { ambiguous: false, over: false }),
        ] {
            sim.order(fault, None, 1);
            let error = client.update_event_type(id, &slug).await.result.unwrap_err();
            assert_eq!(failure(&error, Some(&update)), expected);
        }
    });
}
