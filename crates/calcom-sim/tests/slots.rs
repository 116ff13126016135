//! Slots and bookings agree: what is offered can be booked, and what is booked is offered no more; through
//! buffers, notice, round robin, days off and the nights on which the clocks change.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use calcom_sim::{DateOverride, Guest, NewEventType, NewUser, Options, Sim, WorkingHours};
use http::Request;
use jiff::civil::{Weekday, date};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

fn sim(now: &str) -> Sim {
    let now: Timestamp = now.parse().unwrap();
    Sim::new(Options::new(Arc::new(move || now), 1))
}

async fn slots(sim: &Sim, event_type: i64, from: &str, to: &str) -> BTreeSet<Timestamp> {
    let path = format!("/v2/slots?eventTypeId={event_type}&start={from}&end={to}&timeZone=Europe/Berlin");
    let request = Request::get(path).header("cal-api-version", "2024-09-04").body(Bytes::new()).unwrap();
    let response = sim.handle(request).await;
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    let days = body["data"].as_object().unwrap().values();
    days.flat_map(|day| day.as_array().unwrap())
        .map(|slot| slot["start"].as_str().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn what_is_offered_can_be_booked_until_nothing_is_offered() {
    let sim = sim("2026-11-22T20:00:00Z");
    let anna = sim.add_user(NewUser::new("anna", "Anna", "anna@salon.example"));
    let ben = sim.add_user(NewUser::new("ben", "Ben", "ben@salon.example"));
    let colour = NewEventType::new("Colour", "colour", 50)
        .with("beforeEventBuffer", json!(5))
        .with("afterEventBuffer", json!(15))
        .with("minimumBookingNotice", json!(14 * 60));
    let team = sim.add_team("Salon", &[anna, ben]);
    let event_type = sim.add_team_event_type(team, &[anna, ben], colour);
    // Meetings of their own cut the day into uneven pieces.
    let own = sim.add_event_type(anna, NewEventType::new("Cut", "cut", 25));
    let start = "2026-11-23T10:40:00Z".parse().unwrap();
    sim.book_as_guest(own, start, Guest::new("Eva", "eva@client.example")).await.unwrap();

    let mut booked = 0;
    loop {
        let offered = slots(&sim, event_type, "2026-11-23", "2026-11-23").await;
        let Some(first) = offered.first() else { break };
        assert!(*first >= "2026-11-23T10:00:00Z".parse().unwrap(), "14 hours of notice");
        let guest = Guest::new("Guest", &format!("guest{booked}@client.example"));
        sim.book_as_guest(event_type, *first, guest).await.expect("an offered slot can be booked");
        booked += 1;
    }
    assert!(booked > 10, "two people have room for more than {booked}");
    let bookings = sim.bookings();
    for (index, one) in bookings.iter().enumerate() {
        for other in bookings[index + 1..].iter().filter(|other| other.host == one.host) {
            let gap =
                SignedDuration::from_mins(if one.event_type_id == other.event_type_id { 20 } else { 5 });
            let apart = one.end + gap <= other.start || other.end + gap <= one.start;
            assert!(apart, "{} and {} are too close", one.start, other.start);
        }
    }
}

#[tokio::test]
async fn opening_hours_stay_at_the_same_local_time_when_the_clocks_change() {
    let sim = sim("2026-10-20T08:00:00Z");
    let owner = sim.add_user(NewUser::new("owner", "Owner", "owner@salon.example"));
    let daily = WorkingHours::new(&[Weekday::Saturday, Weekday::Sunday, Weekday::Monday], 9, 11);
    let day_off = DateOverride { date: date(2026, 10, 26), hours: None };
    sim.set_schedule(owner, "Hours", &[daily], &[day_off]);
    let event_type = sim.add_event_type(owner, NewEventType::new("Cut", "cut", 60));
    let offered = slots(&sim, event_type, "2026-10-24", "2026-10-27").await;
    let expected: BTreeSet<Timestamp> = [
        "2026-10-24T07:00:00Z", // Summer time.
        "2026-10-24T08:00:00Z",
        "2026-10-25T08:00:00Z", // Winter time from this night on.
        "2026-10-25T09:00:00Z",
    ]
    .iter()
    .map(|text| text.parse().unwrap())
    .collect();
    assert_eq!(offered, expected, "and nothing on the day off");
}
