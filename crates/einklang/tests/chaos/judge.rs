//! Whether the promises were kept: what Cal.com has, what the REST API tells, and what was promised, side by
//! side. The engine's own opinion counts only where it must not be wrong: `synced`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use calcom_sim::{Booking, BookingStatus, Sim};
use domain::reference::METADATA_KEY;
use tokio_util::sync::CancellationToken;

use crate::load::{Api, Ledger, Promise};
use crate::salon::Salon;

/// How often Cal.com is watched for doubles.
const LOOK: Duration = Duration::from_millis(100);
/// By when everything has to be at rest: a booking whose call was not answered is not made again for 90 s.
const REST: Duration = Duration::from_mins(4);

#[derive(Debug, Default)]
pub struct Verdict {
    pub lost: Vec<String>,
    pub doubled: BTreeSet<String>,
    pub wrong: Vec<String>,
    pub reviews: usize,
}

impl Verdict {
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty() && self.wrong.is_empty()
    }
}

/// Watches Cal.com until `stop`: appointments that had two bookings at once, if only for a moment.
pub async fn watch(sim: &Sim, stop: &CancellationToken) -> BTreeSet<String> {
    let mut doubled = BTreeSet::new();
    while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
        let bookings = sim.bookings();
        let mut seen = BTreeSet::new();
        for booking in bookings.iter().filter(|booking| is_live(booking)) {
            if let Some(whose) = whose(booking)
                && !seen.insert(whose)
            {
                doubled.insert(whose.to_owned());
            }
        }
    }
    doubled
}

/// Waits until everything is at rest, and judges.
pub async fn judge(salon: &Salon, ledger: &Ledger) -> Verdict {
    let promises = ledger.promises.lock().unwrap().clone();
    let mut verdict = Verdict { wrong: ledger.wrong.lock().unwrap().clone(), ..Verdict::default() };
    let reviews = rest(salon, &promises, &mut verdict).await;
    let bookings = salon.calcom.sim.bookings();
    let mut by_appointment: BTreeMap<&str, Vec<&Booking>> = BTreeMap::new();
    for booking in &bookings {
        match whose(booking) {
            Some(id) => by_appointment.entry(id).or_default().push(booking),
            None => verdict.wrong.push(format!("booking {} is nobody's", booking.uid)),
        }
    }
    for id in by_appointment.keys().filter(|id| !promises.contains_key(**id)) {
        verdict.wrong.push(format!("{id} was never promised"));
    }
    for (id, promise) in &promises {
        let bookings = by_appointment.remove(id.as_str()).unwrap_or_default();
        let live: Vec<_> = bookings.iter().filter(|booking| is_live(booking)).collect();
        if live.len() > 1 {
            verdict.doubled.insert(id.clone());
        }
        if !in_order(&bookings, &promise.starts) {
            let there: Vec<_> = bookings.iter().map(|booking| booking.start).collect();
            verdict.wrong.push(format!("{id}: out of order: {there:?}, promised {:?}", promise.starts));
        }
        if reviews.contains(id) {
            continue;
        }
        let wanted = promise.starts.last().filter(|_| !promise.cancelled);
        match (wanted, live.first()) {
            (None, None) => {}
            (Some(start), Some(booking)) => {
                let host = salon.stylists[promise.stylist].user;
                if booking.start != *start || booking.host != host {
                    verdict.wrong.push(format!(
                        "{id}: {} with {}, promised {start} with {host}",
                        booking.start, booking.host
                    ));
                }
            }
            (Some(start), None) => verdict.lost.push(format!("{id} at {start} has no booking")),
            (None, Some(booking)) => {
                verdict.lost.push(format!("{id}: its cancellation; {} is active", booking.uid));
            }
        }
    }
    verdict.reviews = reviews.len();
    verdict
}

/// Waits until each appointment is synced or asks a person, and returns those who ask. What is not at rest in
/// time, or not there at all, is in the verdict.
async fn rest(
    salon: &Salon,
    promises: &BTreeMap<String, Promise>,
    verdict: &mut Verdict,
) -> BTreeSet<String> {
    let api = Api::of(salon);
    let mut reviews = BTreeSet::new();
    let mut restless: BTreeMap<&String, String> = promises.keys().map(|id| (id, String::new())).collect();
    let resting = async {
        while !restless.is_empty() {
            for id in restless.keys().copied().collect::<Vec<_>>() {
                let path = format!("/api/v1/appointments/{id}/sync-status");
                let Some((status, told)) = api.ask("GET", &path, "-", &serde_json::Value::Null).await else {
                    continue;
                };
                if status == 404 {
                    verdict.lost.push(format!("{id} is not there"));
                } else if told["needs_review"] == true {
                    println!("review: {told}");
                    // Nobody else asks for any slot: it can only be taken by ourselves, without our knowing.
                    if told["error"]["code"] == "slot_taken" {
                        verdict.wrong.push(format!("{id} stands in its own way: {told}"));
                    }
                    reviews.insert(id.clone());
                } else if told["status"] != "synced" {
                    restless.insert(id, told.to_string());
                    continue;
                }
                restless.remove(id);
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    if tokio::time::timeout(REST, resting).await.is_err() {
        verdict.wrong.extend(restless.iter().map(|(id, told)| format!("{id} finds no rest: {told}")));
    }
    reviews
}

/// Whether the times that Cal.com saw are the promised ones in their order; some may have been skipped.
fn in_order(bookings: &[&Booking], promised: &[jiff::Timestamp]) -> bool {
    let mut bookings = bookings.to_vec();
    bookings.sort_by_key(|booking| booking.id);
    let mut promised = promised.iter();
    bookings.iter().all(|booking| promised.any(|start| *start == booking.start))
}

fn is_live(booking: &Booking) -> bool {
    matches!(booking.status, BookingStatus::Accepted | BookingStatus::Pending)
}

/// The appointment that our reference names.
fn whose(booking: &Booking) -> Option<&str> {
    booking.metadata.get(METADATA_KEY)?.split('.').next()
}
