//! What goes wrong, as the dice say: faults of Cal.com and of the network, crashes, workers that stand still,
//! clocks that are set, keys that are taken back, webhooks that come again or are forged.

use std::collections::BTreeSet;

use calcom_sim::{CallKind, CallMatch, Fault};
use engine::{Clock, connect};
use jiff::SignedDuration;
use rand::RngExt;

use crate::gates::Ticket;
use crate::network::Trouble;
use crate::run::{Actor, Done, Role, Run};

impl Run {
    pub fn something_goes_wrong(&mut self) {
        let kinds = [
            None,
            None,
            None,
            Some(CallKind::CreateBooking),
            Some(CallKind::CreateBooking),
            Some(CallKind::RescheduleBooking),
            Some(CallKind::RescheduleBooking),
            Some(CallKind::CancelBooking),
            Some(CallKind::CancelBooking),
            Some(CallKind::ConfirmBooking),
            Some(CallKind::DeclineBooking),
            Some(CallKind::ReassignBooking),
            Some(CallKind::MarkAbsent),
            Some(CallKind::GetBooking),
            Some(CallKind::ListBookings),
            Some(CallKind::Me),
            Some(CallKind::EventTypes),
            Some(CallKind::CreateEventType),
            Some(CallKind::UpdateEventType),
        ];
        let kind = kinds[self.dice.random_range(0..kinds.len())];
        let times = self.dice.random_range(1..4);
        let seconds = |run: &mut Self, range| SignedDuration::from_secs(run.dice.random_range(range));
        let fault = match self.dice.random_range(0..32) {
            0 | 1 => Fault::DropRequest,
            2..5 => Fault::DropAnswerAfterEffect,
            5 => Fault::ServerErrorBefore,
            6 | 7 => Fault::ServerErrorAfterEffect,
            8 => Fault::RateLimited { block: SignedDuration::from_secs(60) },
            9 => Fault::Down,
            10 => Fault::DownUntil(self.world.now() + seconds(self, 20..2000)),
            11 => Fault::AllowOverlap,
            12 | 13 => Fault::LoseWebhooks,
            14 => Fault::DuplicateWebhooks,
            15 => Fault::ReorderWebhooks,
            16 => Fault::DelayWebhooks { by: seconds(self, 10..7200) },
            17 => Fault::RepeatWebhooks { by: seconds(self, 10..90_000) },
            18 => Fault::ForgeWebhooks,
            19 => Fault::BareWebhooks,
            20 => Fault::StrangeWebhooks,
            21 => Fault::HalfAnswer,
            22 => Fault::UnknownFields,
            23 | 24 => {
                let status = [502, 503, 504][self.dice.random_range(0..3)];
                Fault::Gateway { status, after_effect: self.dice.random_bool(0.6) }
            }
            25 | 26 => Fault::AppliedLate { by: seconds(self, 1..60) },
            27..30 => {
                self.world.log.say(format!("a request will be late: {kind:?}"));
                return self.world.network.order(Trouble::Late, kind);
            }
            _ => {
                let by = seconds(self, 5..45);
                self.world.log.say(format!("an answer will take {by:#}: {kind:?}"));
                return self.world.network.order(Trouble::Slow(by), kind);
            }
        };
        self.world.log.say(format!("ordered: {times} × {fault:?}, {kind:?}"));
        let kind = kind.filter(|_| !fault.strikes_webhooks());
        self.world.sim.order(fault, kind.map(CallMatch::Kind), times);
    }

    pub fn a_worker_crashes(&mut self) {
        let workers: Vec<_> = (0..self.actors.len())
            .filter(|index| matches!(self.actors[*index].role, Role::Worker(_)))
            .filter(|index| self.actors[*index].ticket.is_some())
            .collect();
        if !workers.is_empty() {
            let sent = self.dice.random_bool(0.5);
            let worker = workers[self.dice.random_range(0..workers.len())];
            self.crash(worker, sent);
        }
    }

    /// An actor is gone, between two of its steps. What it was about to send is `sent`, or not.
    pub fn crash(&mut self, index: usize, sent: bool) {
        let actor = self.actors.remove(index);
        let Some(place) = actor.ticket.as_ref().map(Ticket::place) else { return };
        self.world.log.say(format!("{} is gone {place}{}", actor.name, if sent { ", sent" } else { "" }));
        if let Some(call) = place.call {
            self.world.network.crashed(call, place.moment, sent);
        } else {
            self.world.log.cover(|coverage| coverage.conclude(&format!("crash {place}")));
        }
        self.world.log.cover(|coverage| coverage.fault("crash", 1));
        self.idle = [false; 2];
    }

    pub fn a_worker_stands_still(&mut self) {
        let seconds = self.dice.random_range(5..900);
        let until = self.world.now() + SignedDuration::from_secs(seconds);
        let workers = self.actors.iter_mut().filter(|actor| matches!(actor.role, Role::Worker(_)));
        let Some(actor) = workers.filter(|actor| actor.ticket.is_some()).last() else { return };
        actor.frozen_until = Some(until);
        self.world.log.say(format!("{} stands still for {seconds} s", actor.name));
        self.world.log.cover(|coverage| coverage.fault("worker stands still", 1));
    }

    pub fn a_request_is_dropped(&mut self) {
        let held =
            |actor: &Actor| matches!(actor.role, Role::Person(_) | Role::Postman) && actor.ticket.is_some();
        if let Some(index) = self.actors.iter().position(held) {
            let actor = self.actors.remove(index);
            self.world.log.say(format!("{} is dropped", actor.name));
            self.world.log.cover(|coverage| coverage.fault("request of ours dropped", 1));
            self.idle = [false; 2];
        }
    }

    /// Our clocks are set wrong, or right again. Not while a call is about to leave or under way: nothing
    /// that looks at a clock could tell then how long it has been under way.
    pub async fn a_clock_is_set(&mut self) {
        let calling =
            |actor: &Actor| actor.ticket.as_ref().is_some_and(|ticket| ticket.place().call.is_some());
        if self.actors.iter().any(calling) || !self.world.network.lingering().is_empty() {
            return;
        }
        self.world.sim.arrive_all().await;
        let wrong = self.world.ours.now().duration_since(self.world.now());
        let by = match self.dice.random_range(0..5) {
            _ if !wrong.is_zero() => -wrong,
            0 | 1 => SignedDuration::from_hours(1),
            2 => SignedDuration::from_hours(24),
            _ => SignedDuration::from_mins(-10),
        };
        self.world.set_wrong(by);
        self.idle = [false; 2];
        self.world.log.say(format!("our clocks are set by {by:#}"));
        self.world.log.cover(|coverage| coverage.fault("clock set", 1));
    }

    /// A key is taken back, or given again and its connection resumed.
    pub fn a_key_is_touched(&mut self) {
        let company = self.dice.random_range(0..self.world.companies.len());
        let salon = &self.world.companies[company];
        let account = &salon.accounts[self.dice.random_range(0..salon.accounts.len())];
        let (key, user, id, connection) = (account.key.clone(), account.user, salon.id, account.connection);
        if self.dice.random_bool(0.2) {
            self.world.sim.revoke_api_key(&key);
            self.world.log.say(format!("{key} is taken back"));
            self.world.log.cover(|coverage| coverage.fault("key taken back", 1));
            return;
        }
        self.world.sim.revoke_api_key(&key);
        self.world.sim.add_api_key(user, &key);
        let engine = self.world.engine.clone();
        self.request(&format!("{key} is given again, resume"), None, async move {
            match connect::resume(
                &engine,
                id,
                connection,
                domain::appointment::Actor::of(domain::Origin::System),
            )
            .await
            {
                Ok(()) => Done::Delivered,
                Err(error) => Done::Refused(error.to_string()),
            }
        });
    }

    /// A webhook is replayed, forged, or sent to somebody else.
    pub fn a_webhook_comes_again(&mut self) {
        if self.delivered.is_empty() {
            return;
        }
        let delivery = self.delivered[self.dice.random_range(0..self.delivered.len())].clone();
        let urls: BTreeSet<_> = self.delivered.iter().map(|delivery| &delivery.url).collect();
        let other = urls.into_iter().find(|url| **url != delivery.url).cloned();
        let forged = match (self.dice.random_range(0..4), other) {
            (0, _) => Some((delivery.url.clone(), "0".repeat(64))),
            (1, Some(url)) => {
                let signature = delivery.headers.get("x-cal-signature-256");
                let signature = signature.and_then(|value| value.to_str().ok()).unwrap_or_default();
                Some((url, signature.to_owned()))
            }
            _ => None,
        };
        let name = if forged.is_some() { "webhook forged" } else { "webhook replayed" };
        self.world.log.say(format!("{name}: {}", delivery.trigger));
        self.world.log.cover(|coverage| coverage.fault(name, 1));
        self.deliver(delivery, forged);
    }
}
