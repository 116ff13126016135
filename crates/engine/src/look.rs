//! Looking at Cal.com: the booking of an appointment, at the end of its chain of reschedules.

use calcom::{Booking, BookingStatus, BookingsQuery, Call, Client, Error, Order, Page};
use domain::booking::Role;
use domain::case::Priority;
use domain::planted::{self, Bug};
use domain::{BookingUid, Case, Sighting, Via};

use crate::lane::{Lane, Stop};
use crate::translate;

/// A booking is not moved more often than this; a longer chain is a circle.
pub(crate) const CHAIN: usize = 50;
/// Bookings of one attendee that are looked through for our reference.
const CANDIDATES: u32 = 100;
/// How often it is tried whether the key of a team's other host is good again.
const KEY_AWAITED: std::time::Duration = std::time::Duration::from_mins(5);
/// How far Cal.com's clock may be behind ours.
const CLOCKS: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// What a look found.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// The booking as it stands, at the end of its chain.
    Booking {
        /// As it stands.
        sighting: Box<Sighting>,
        /// Others that live and carry our reference.
        more: Vec<Sighting>,
        /// The names of the earlier links that were passed.
        links: Vec<BookingUid>,
    },
    /// It is not there.
    Nothing,
    /// Nothing can be concluded, but for how far the chain of moves was followed.
    Unclear(Error, Option<Passed>),
}

/// A part of a chain of moves.
#[derive(Debug, Clone)]
pub(crate) struct Passed {
    /// The names of the links that were passed.
    pub(crate) links: Vec<BookingUid>,
    /// The name of what took their place; not seen yet.
    pub(crate) next: BookingUid,
}

/// Looks for a booking of a case: by its uid, or, while that is not known, by our reference among the
/// bookings of the attendee (Cal.com has no filter for references).
pub(crate) async fn find(
    lane: &Lane<'_>,
    case: &Case,
    number: u16,
    priority: Priority,
) -> Result<(Found, Call<()>), Stop> {
    match case.record(number).and_then(|record| record.uid.clone()) {
        Some(uid) => follow(lane, &uid, priority, |booking| is_end(case, number, booking)).await,
        None => search(lane, case, number, priority).await,
    }
}

/// Whether the chain of a record ends at a booking although another took its place: one that is too many is looked
/// at itself, also if it lives beside its successor; and what leaves is not led to the booking of another record.
fn is_end(case: &Case, number: u16, booking: &Booking) -> bool {
    let role = case.record(number).map(|record| record.role);
    let next = booking.rescheduled_to_uid.as_ref().map(translate::uid);
    let holder = next.as_ref().and_then(|next| case.record_by_uid(next));
    (role == Some(Role::Doubled) && lives(booking))
        || (role != Some(Role::Current) && holder.is_some_and(|holder| holder.number != number))
}

/// Fetches a booking and whatever took its place, to the end.
pub(crate) async fn follow(
    lane: &Lane<'_>,
    uid: &BookingUid,
    priority: Priority,
    stop: impl Fn(&Booking) -> bool,
) -> Result<(Found, Call<()>), Stop> {
    // What is seen was so when it was asked for, or later.
    let now = lane.engine.ambient.now();
    let (chain, call) = fetch_chain(lane, uid, priority, stop).await?;
    // What is looked at is the end, whatever Cal.com names as its successor.
    let sighting = |booking: &Booking| Sighting {
        moved_to: None,
        ..translate::sighting(booking, lane.connection.id, Via::Fetch, now)
    };
    let found = match chain {
        Ok(Chain { end, astray, links }) => Found::Booking {
            sighting: Box::new(sighting(&end)),
            more: astray.iter().map(sighting).collect(),
            links,
        },
        Err((Error::NotFound { .. }, _)) => Found::Nothing,
        Err((error, passed)) => Found::Unclear(error, passed),
    };
    Ok((found, call))
}

pub(crate) fn lives(booking: &Booking) -> bool {
    matches!(booking.status, BookingStatus::Accepted | BookingStatus::Pending)
}

/// A booking and what took its place.
pub(crate) struct Chain {
    /// The booking at the end.
    pub(crate) end: Booking,
    /// Earlier ones that live although others have taken their place: Cal.com confirms, when it is told to,
    /// what was moved away a moment before.
    pub(crate) astray: Vec<Booking>,
    /// The names of all earlier ones.
    pub(crate) links: Vec<BookingUid>,
}

/// The chain from `uid` on, to its end or to where `stop` says, or how far it could be followed; and the last
/// call made for it.
pub(crate) async fn fetch_chain(
    lane: &Lane<'_>,
    uid: &BookingUid,
    priority: Priority,
    stop: impl Fn(&Booking) -> bool,
) -> Result<(Result<Chain, (Error, Option<Passed>)>, Call<()>), Stop> {
    let (mut astray, mut links) = (Vec::new(), Vec::new());
    let mut uid = calcom::BookingUid(uid.0.clone());
    for _ in 0..CHAIN {
        lane.take(priority)?;
        let call = lane.client.booking(&uid).await;
        let result = call.result.clone();
        let call = call.map(|_| ());
        match result {
            Ok(booking) => match booking.rescheduled_to_uid.clone().filter(|_| !stop(&booking)) {
                Some(next) if !planted::is(Bug::ChainNotFollowed) => {
                    lane.learn(&call).await?;
                    links.push(translate::uid(&booking.uid));
                    uid = next;
                    if lives(&booking) {
                        astray.push(booking);
                    }
                }
                _ => return Ok((Ok(Chain { end: booking, astray, links }), call)),
            },
            Err(error) => {
                // A live one that was passed is told of at the end of the chain only.
                let whole = !links.is_empty() && astray.is_empty();
                let passed = whole.then(|| Passed { links, next: translate::uid(&uid) });
                return Ok((Err((error, passed)), call));
            }
        }
    }
    let message = format!("the chain of reschedules from {uid} has no end");
    let error = Error::Unreadable { message };
    let exchange = calcom::Exchange {
        method: http::Method::GET,
        path: format!("/v2/bookings/{uid}"),
        request: None,
        status: None,
        response: None,
        request_id: None,
    };
    Ok((Err((error.clone(), None)), Call { result: Err(error), limits: None, exchange }))
}

async fn search(
    lane: &Lane<'_>,
    case: &Case,
    number: u16,
    priority: Priority,
) -> Result<(Found, Call<()>), Stop> {
    // The address that the call carried: the customer's may have been changed since.
    let sent = case.record(number).and_then(|record| {
        let in_doubt = record.doubts.last().map(|call| &call.wanted);
        in_doubt.or(record.refused.as_ref().map(|refused| &refused.wanted))?.email.as_ref()
    });
    let email = sent.or(case.customer.email.as_ref()).unwrap_or(&case.placeholder);
    let query = BookingsQuery {
        attendee_email: Some(email.as_str().to_owned()),
        after_created_at: case.appointment.created_at.checked_sub(CLOCKS).ok(),
        sort_created: Some(Order::Desc),
        take: Some(CANDIDATES),
        ..BookingsQuery::default()
    };
    let now = lane.engine.ambient.now();
    lane.take(priority)?;
    let call = lane.client.bookings(&query).await;
    let result = call.result.clone();
    let call = call.map(|_| ());
    let mut pages = match result {
        Ok(page) => vec![page],
        Err(error) => return Ok((Found::Unclear(error, None), call)),
    };
    let hosts = hosts(lane, case, number).await?;
    // While one after the other is asked, Cal.com may give the booking to one that was asked before. Those are asked
    // once more before it is taken to be absent.
    let again = hosts.iter().rev().skip(1).chain((!hosts.is_empty()).then_some(&lane.client));
    for (asked, host) in hosts.iter().chain(again).enumerate() {
        if asked == hosts.len() && pages.iter().flat_map(|page| &page.items).any(|it| is_of(case, number, it))
        {
            break;
        }
        match list_of_host(host, &query).await {
            Ok(page) => pages.push(page),
            Err(error) => return Ok((Found::Unclear(error, None), call)),
        }
    }
    let items = pages.iter().flat_map(|page| &page.items);
    let ours: Vec<_> = items.filter(|booking| is_of(case, number, booking)).collect();
    let live = |booking: &&&Booking| lives(booking);
    // Moved while two accounts were asked one after the other, or confirmed after it was moved: the chain tells.
    let came_from = |booking: &&&Booking| {
        lives(booking) && ours.iter().any(|other| other.rescheduled_from_uid.as_ref() == Some(&booking.uid))
    };
    if let Some(earlier) = ours.iter().find(came_from) {
        lane.learn(&call).await?;
        return follow(lane, &translate::uid(&earlier.uid), priority, |it| is_end(case, number, it)).await;
    }
    let end = |booking: &&&Booking| booking.rescheduled_to_uid.is_none();
    let Some(booking) = ours.iter().find(live).or(ours.iter().find(end)).or(ours.first()) else {
        // What could not be read might be it; and an end that was not reached proves nothing.
        let unreadable = pages.iter().find_map(|page| page.unreadable.first());
        let message = match unreadable {
            Some(item) => Some(item.message.clone()),
            None if pages.iter().any(|page| page.has_more) => {
                Some("the attendee has more bookings than can be looked through".to_owned())
            }
            None => None,
        };
        let found =
            message.map_or(Found::Nothing, |message| Found::Unclear(Error::Unreadable { message }, None));
        return Ok((found, call));
    };
    if booking.rescheduled_to_uid.is_some() {
        lane.learn(&call).await?;
        return follow(lane, &translate::uid(&booking.uid), priority, |it| is_end(case, number, it)).await;
    }
    let sighting = |booking: &Booking| translate::sighting(booking, lane.connection.id, Via::Fetch, now);
    let more = ours.iter().filter(live).filter(|other| other.uid != booking.uid);
    let more = more.map(|other| sighting(other)).collect();
    Ok((Found::Booking { sighting: Box::new(sighting(booking)), more, links: Vec::new() }, call))
}

/// The bookings at another account, or why nobody knows what it has.
async fn list_of_host(host: &Client, query: &BookingsQuery) -> Result<Page<Booking>, Error> {
    host.bookings(query).await.result.map_err(|error| match error {
        Error::RateLimited { .. } => error,
        // Its own lane tells people of that. Until the key is good again nobody knows whether the booking was made:
        // that costs no try.
        Error::Unauthorized { .. } => Error::RateLimited { retry_after: KEY_AWAITED },
        error => {
            let message = format!("the account of a host of the team was asked too: {error}");
            Error::Transient { ambiguous: false, status: None, message }
        }
    })
}

/// The accounts of a team's other hosts, as far as they are connected here: a key lists the bookings of its own
/// person only, and which of the hosts a booking goes to is Cal.com's choice.
async fn hosts(lane: &Lane<'_>, case: &Case, number: u16) -> Result<Vec<Client>, Stop> {
    let Some(record) = case.record(number) else { return Ok(Vec::new()) };
    let is_host =
        |user: i64| case.hosts.iter().any(|host| host.event_type == record.event_type && host.user == user);
    if !case.hosts.iter().any(|host| host.event_type == record.event_type) {
        return Ok(Vec::new());
    }
    let company = lane.lease().company;
    let connections = lane.engine.store.connections(company).await?;
    let others = connections.iter().filter(|other| {
        other.id != lane.connection.id
            && other.base_url == lane.connection.base_url
            && is_host(other.account.id)
    });
    others.map(|other| lane.engine.client(company, other).map_err(Stop::from)).collect()
}

/// Whether a booking was made for a record of a case, as our reference on it says, and is not another's.
pub(crate) fn is_of(case: &Case, number: u16, booking: &Booking) -> bool {
    if planted::is(Bug::ReferenceIgnored) {
        return false;
    }
    let record = translate::reference(booking).and_then(|reference| case.record_by_reference(reference));
    let holder = case.record_by_uid(&translate::uid(&booking.uid));
    record.is_some_and(|record| record.number == number)
        && holder.is_none_or(|holder| holder.number == number)
}
