//! Answers about recurring and seated bookings, and about event types of teams, as the published
//! description of the API writes them: no recording shows these.

use calcom::{BookingUid, EventType, NewAttendee, NewBooking, SeriesUid, UserId};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::canned::{Canned, answer};

fn booking(uid: &str, start: &str) -> Value {
    let end: Timestamp = start.parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(30);
    json!({
        "id": 7, "uid": uid, "title": "Kurs", "description": "", "status": "accepted",
        "hosts": [{"id": 2, "name": "Anna", "email": "anna@salon.example", "displayEmail": "anna@salon.example",
            "username": "anna", "timeZone": "Europe/Berlin"}],
        "start": start, "end": end, "duration": 30, "eventTypeId": 5, "eventType": {"id": 5, "slug": "kurs"},
        "location": "Hauptstr. 1", "absentHost": true, "createdAt": "2026-11-20T22:36:09.713Z", "updatedAt": null,
        "metadata": {"ref": "A"},
        "attendees": [attendee("clara@client.example")],
        "bookingFieldsResponses": {"our-ref": "A"},
    })
}

fn attendee(email: &str) -> Value {
    json!({"name": "Clara", "email": email, "displayEmail": email, "timeZone": "Europe/Berlin", "absent": false})
}

fn occurrence(uid: &str, start: &str) -> Value {
    let mut booking = booking(uid, start);
    booking["recurringBookingUid"] = json!("series");
    booking
}

/// With seats the answers lie with the attendees, and the booking itself has none.
fn seated(seats: &[&str]) -> Value {
    let mut booking = booking("b", "2026-11-23T09:00:00.000Z");
    let seat = |uid: &&str| {
        let mut attendee = attendee(&format!("{uid}@client.example"));
        attendee["seatUid"] = json!(uid);
        attendee["bookingFieldsResponses"] = json!({"our-ref": uid});
        attendee["metadata"] = json!({"ref": uid});
        attendee["absent"] = json!(true);
        attendee
    };
    booking["attendees"] = seats.iter().map(seat).collect();
    booking.as_object_mut().unwrap().remove("bookingFieldsResponses");
    booking
}

fn told(data: &Value) -> calcom::Client {
    Canned::new(answer(200, json!({ "status": "success", "data": data }).to_string())).client("cal_key")
}

#[tokio::test]
async fn every_occurrence_of_a_series_is_a_booking_of_its_own() {
    let series = json!([
        occurrence("a", "2026-11-30T09:00:00.000Z"),
        occurrence("b", "2026-11-23T09:00:00.000Z"),
        occurrence("c", "2026-12-07T09:00:00.000Z"),
    ]);
    let all = told(&series).series(&SeriesUid::from("series")).await.result.unwrap();
    assert!(all.unreadable.is_empty() && !all.has_more);
    assert_eq!(all.items.iter().map(|one| one.uid.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(all.items.iter().all(|one| one.recurring_uid == Some(SeriesUid::from("series"))));
    assert!(all.items.iter().all(|one| one.response("our-ref") == Some("A") && !one.is_seated()));

    let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let clara = NewAttendee {
        name: "Clara".to_owned(),
        email: Some("clara@client.example".to_owned()),
        time_zone: "Europe/Berlin".to_owned(),
        language: None,
        phone_number: None,
    };
    let wish = NewBooking::new(calcom::EventTypeId(5), start, clara);
    let made = told(&series).create_booking(&wish).await.result.unwrap();
    assert_eq!((made.uid.as_str(), made.start), ("b", start), "the occurrence that was asked for");

    let uid = BookingUid::from("c");
    assert_eq!(told(&series).booking(&uid).await.result.unwrap().uid, uid);
    assert_eq!(told(&json!([series[0]])).booking(&uid).await.result.unwrap().uid.as_str(), "a");
    let stranger = BookingUid::from("d");
    assert!(
        told(&series).booking(&stranger).await.result.unwrap_err().may_have_had_effect(),
        "none of three"
    );
}

#[tokio::test]
async fn a_booking_with_seats_keeps_who_sits_where_and_what_they_answered() {
    let uid = BookingUid::from("b");
    let mut made = seated(&["s1", "s2"]);
    made["seatUid"] = json!("s2");
    for (answered, mine) in [(made, Some("s2")), (seated(&["s1", "s2"]), None)] {
        let booking = told(&answered).booking(&uid).await.result.unwrap();
        assert_eq!(booking.seat_uid.as_ref().map(calcom::SeatUid::as_str), mine);
        assert!(booking.is_seated() && booking.absent_host);
        let seats: Vec<_> = booking
            .seats()
            .map(|(seat, who)| {
                (seat.as_str(), who.response("our-ref"), who.metadata["ref"].as_str(), who.absent)
            })
            .collect();
        assert_eq!(seats, [("s1", Some("s1"), "s1", true), ("s2", Some("s2"), "s2", true)]);
        assert_eq!(booking.response("our-ref"), None, "nobody's answer is everybody's");
        assert_eq!(booking.hosts[0].id, Some(UserId(2)));
        let again: calcom::Booking = serde_json::from_value(json!(booking)).unwrap();
        assert_eq!(again, booking, "nothing is lost in writing");
    }
}

#[test]
fn an_event_type_says_who_performs_it_and_what_is_special_about_it() {
    let read = |more: Value| -> EventType {
        let mut plain = json!({"id": 5, "title": "Kurs", "slug": "kurs", "lengthInMinutes": 30, "recurrence": null,
            "seats": {"disabled": true}, "confirmationPolicy": {"disabled": true}});
        plain.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(plain).unwrap()
    };
    let facts = |e: &EventType| {
        (e.is_round_robin(), e.seats_per_slot(), e.is_recurring(), e.may_require_confirmation())
    };
    let own = read(json!({"ownerId": 1, "users": [{"id": 1, "name": "Owner", "username": "owner"}]}));
    assert_eq!(facts(&own), (false, None, false, false));
    assert_eq!(own.performers().collect::<Vec<_>>(), [(UserId(1), "Owner")]);
    let team = read(json!({
        "teamId": 3, "ownerId": null, "schedulingType": "roundRobin",
        "hosts": [{"userId": 2, "name": "Anna"}, {"userId": 3, "name": "Ben"}],
        "seats": {"seatsPerTimeSlot": 4, "showAttendeeInfo": true, "showAvailabilityCount": true},
        "recurrence": {"interval": 1, "occurrences": 10, "frequency": "weekly"},
        "confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": true},
    }));
    assert_eq!(facts(&team), (true, Some(4), true, true));
    assert_eq!(team.performers().collect::<Vec<_>>(), [(UserId(2), "Anna"), (UserId(3), "Ben")]);
    let ended = read(json!({"schedulingType": "collective", "recurrence": {"disabled": true}}));
    assert_eq!(facts(&ended), (false, None, false, false));
}
