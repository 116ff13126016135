//! Answers that no recording shows but that come: from proxies, from other editions, half broken.

use std::time::Duration;

use bytes::Bytes;
use calcom::{BookingsQuery, Error, InvalidReason, Missing, TransportError};
use http::Response;
use serde_json::{Value, json};

use crate::canned::{Canned, answer};

async fn ask(answer: Result<Response<Bytes>, TransportError>) -> Error {
    Canned::new(answer).client("cal_key").booking(&"u".into()).await.result.unwrap_err()
}

fn transient(ambiguous: bool, status: Option<u16>) -> impl Fn(&Error) -> bool {
    move |error| {
        let Error::Transient { ambiguous: a, status: s, .. } = error else { return false };
        (*a, *s) == (ambiguous, status)
    }
}

fn invalid(wanted: InvalidReason) -> impl Fn(&Error) -> bool {
    move |error| matches!(error, Error::Invalid { reason, .. } if *reason == wanted)
}

/// The one case that matters most: what is not Cal.com's word must not make a booking disappear.
#[tokio::test]
async fn only_cal_com_itself_can_say_that_something_is_gone() {
    for body in ["404 page not found", "<html>nginx</html>", "", r#"{"message":"no Route matched"}"#] {
        let error = ask(answer(404, body)).await;
        assert!(transient(true, Some(404))(&error), "{body:?}: {error:?}");
    }
    let error = ask(answer(404, r#"{"statusCode":404,"message":"Cannot GET /v2/bookings/u"}"#)).await;
    assert!(invalid(InvalidReason::UnknownRoute)(&error), "{error:?}");
    let error = ask(answer(404, r#"{"statusCode":404,"message":"Booking with uid=u not found"}"#)).await;
    assert!(matches!(error, Error::NotFound { missing: Missing::Booking, .. }), "{error:?}");
}

#[tokio::test]
async fn what_comes_from_in_between_is_classified_too() {
    for status in [301, 307, 408, 500, 502, 503, 504, 524] {
        let error = ask(answer(status, "upstream")).await;
        assert!(transient(true, Some(status))(&error), "{status}: {error:?}");
    }
    let error = ask(Err(TransportError::NotSent { message: "refused".into() })).await;
    assert!(transient(false, None)(&error) && !error.may_have_had_effect());
    let error = ask(Err(TransportError::Ambiguous { message: "time-out".into() })).await;
    assert!(transient(true, None)(&error) && error.may_have_had_effect());
    // A proxy that wants to know who we are says nothing about the key.
    assert!(matches!(ask(answer(401, "")).await, Error::Transient { .. }));
    assert!(matches!(ask(answer(403, "blocked")).await, Error::Transient { .. }));
    assert!(invalid(InvalidReason::Other)(&ask(answer(413, "too large")).await));
    for body in ["", "<html>", "[]", "null", r#"{"status":"error"}"#, r#"{"status":"success","data":{}}"#] {
        let error = ask(answer(200, body)).await;
        assert!(matches!(error, Error::Unreadable { .. }), "{body:?}: {error:?}");
        assert!(error.may_have_had_effect());
    }
    let error = ask(answer(409, r#"{"statusCode":409,"message":"no_available_users_found_error"}"#)).await;
    assert!(matches!(error, Error::SlotTaken { .. }), "{error:?}");
    let moved = "Can't reschedule booking with uid=a because it has been cancelled and rescheduled already.";
    let error = ask(answer(400, json!({ "statusCode": 400, "message": moved }).to_string())).await;
    assert!(invalid(InvalidReason::AlreadyRescheduled { successor: None })(&error), "{error:?}");
}

#[tokio::test]
async fn the_wait_after_too_many_requests_is_always_sane() {
    for (headers, seconds) in [
        (&[][..], 60),
        (&[("Retry-After", "7")][..], 7),
        (&[("Retry-After", "Sat, 21 Nov 2026 07:28:00 GMT")][..], 60),
        (&[("Retry-After", "99999999999")][..], 3600),
        (
            &[
                ("X-RateLimit-Limit-Salon", "3"),
                ("X-RateLimit-Remaining-Salon", "0"),
                ("X-RateLimit-Reset-Salon", "0"),
            ][..],
            1,
        ),
    ] {
        let mut response = Response::builder().status(429);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let error = ask(Ok(response.body(Bytes::new()).unwrap())).await;
        assert_eq!(error, Error::RateLimited { retry_after: Duration::from_secs(seconds) }, "{headers:?}");
    }
}

fn booking(uid: &str) -> Value {
    json!({
        "id": 1, "uid": uid, "status": "accepted", "title": null, "hosts": null, "metadata": {"n": 5, "x": null},
        "start": "2026-11-23T09:00:00.000Z", "end": "2026-11-23T09:30:00.000Z",
        "createdAt": "2026-11-20T22:36:09.713Z", "updatedAt": null, "eventTypeId": null,
        "attendees": [{"name": "A", "email": null, "bookingFieldsResponses": {"x": [1]}}],
    })
}

#[tokio::test]
async fn one_broken_entry_does_not_hide_itself_or_the_others() {
    let mut broken = booking("broken");
    broken["start"] = json!("whenever");
    let mut unknown = booking("unknown");
    unknown["status"] = json!("teleported");
    let body = json!({ "status": "success", "data": [booking("a"), broken, unknown, 5, booking("b")] });
    let client = Canned::new(answer(200, body.to_string())).client("cal_key");
    let query = BookingsQuery { take: Some(5), ..BookingsQuery::default() };
    let page = client.bookings(&query).await.result.unwrap();
    assert!(page.has_more, "broken entries count");
    let uids: Vec<_> = page.items.iter().map(|booking| booking.uid.as_str()).collect();
    assert_eq!(uids, ["a", "b"]);
    let unreadable: Vec<_> = page.unreadable.iter().map(|item| item.id.as_deref()).collect();
    assert_eq!(unreadable, [Some("broken"), Some("unknown"), None]);
    // What can be read of them is known all the same.
    let instant = |text: &str| Some(text.parse::<jiff::Timestamp>().unwrap());
    let starts: Vec<_> = page.unreadable.iter().map(|item| item.start).collect();
    assert_eq!(starts, [None, instant("2026-11-23T09:00:00Z"), None]);
    assert_eq!(page.unreadable[1].changed_at, instant("2026-11-20T22:36:09.713Z"));
    assert_eq!(page.entries(), 5);
    assert_eq!(page.items[0].metadata["n"], "5");
    assert_eq!(page.items[0].changed_at(), page.items[0].created_at);
}

/// Refusals that the recorded edition does not know, in the words of its source.
#[tokio::test]
async fn a_booking_that_can_no_longer_change_is_told_from_a_wish_that_cannot_be_met() {
    for (message, reason, over) in [
        (
            "Can't reschedule booking with uid=u because it has been rejected. Please provide uid of a booking that is not rejected.",
            InvalidReason::AlreadyRejected,
            true,
        ),
        (
            "User with id=3 is not a valid Round Robin host - they are not a host of event type with id=1.",
            InvalidReason::NotAHost,
            false,
        ),
        (
            "Can't reassign the booking because no other host is available at that time.",
            InvalidReason::NoHostFree,
            false,
        ),
    ] {
        let body = json!({"status": "error", "error": {"code": "BadRequestException", "message": message}});
        let error = ask(answer(400, body.to_string())).await;
        assert!(invalid(reason)(&error), "{error:?}");
        assert_eq!(error.can_no_longer_change(), over, "{error}");
    }
    let denied = "You do not have permission to reassign this booking";
    let body = json!({"status": "error", "error": {"code": "ForbiddenException", "message": denied}});
    assert!(invalid(InvalidReason::NotAllowed)(&ask(answer(403, body.to_string())).await));
}

/// A uid may come from anywhere; it must not lead to another call.
#[tokio::test]
async fn arguments_cannot_change_the_path() {
    for uid in ["", ".", ".."] {
        let transport = Canned::new(answer(200, "{}"));
        let error = transport.client("cal_key").cancel(&uid.into(), "x").await.result.unwrap_err();
        assert!(invalid(InvalidReason::Fields)(&error), "{error:?}");
        assert!(!transport.was_asked());
    }
    let transport = Canned::new(answer(200, "{}"));
    let call = transport.client("cal_key").booking(&"a/../b?c=d#e f+g".into()).await;
    let path = "/v2/bookings/a%2F..%2Fb%3Fc%3Dd%23e%20f%2Bg";
    assert_eq!(transport.request().uri().path_and_query().unwrap(), path);
    assert_eq!(call.exchange.path, path);
    let transport = Canned::new(answer(200, "{}"));
    let error = transport.client("cal\nkey").me().await.result.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }) && !transport.was_asked());
}

#[tokio::test]
async fn the_base_url_may_hold_a_path() {
    for (base, uri) in [
        ("https://api.cal.com", "https://api.cal.com/v2/me"),
        ("https://api.cal.com/v2/", "https://api.cal.com/v2/me"),
        ("http://name:word@host:5555/cal/?x#y", "http://host:5555/cal/v2/me"),
    ] {
        let transport = Canned::new(answer(200, "{}"));
        calcom::Client::new(transport.clone(), base.parse().unwrap(), "cal_key".into()).me().await;
        assert_eq!(transport.request().uri().to_string(), uri);
    }
}
