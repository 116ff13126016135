//! A crash at every step: each story is told once for each gate that somebody in it passes, and that one is
//! dropped there. Then a new worker takes over, all comes to rest, and the judge looks.

use std::sync::Mutex;

use calcom_sim::{CallKind, CallMatch, Fault};
use domain::AppointmentId;
use domain::company::Locale;
use domain::people::CustomerDetails;
use engine::appointments::Edit;
use jiff::{SignedDuration, Timestamp};

use crate::ledger::Word;
use crate::oracle;
use crate::run::{Role, Run};
use crate::seeds::{is_thorough, on_all_cores};
use crate::world::World;

use Act::{
    Book, Cancel, Customer, Later, Move, NoShow, Order, Service, Settle, Staff, ThereBook, ThereCancel,
    ThereConfirm, ThereMove, Work,
};

/// What happens in a story, one after the other.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Somebody books here; the service of this number.
    Book(usize),
    /// To this many hours from now.
    Move(i64),
    /// Another service is to be done, by the same person.
    Service(usize),
    /// The person of this number is to do the first stretch of work.
    Staff(usize),
    /// Somebody else comes.
    Customer,
    Cancel,
    NoShow,
    /// Hours pass.
    Later(i64),
    /// What both sides moved is as we say, or not.
    Settle(bool),
    ThereBook(usize),
    ThereMove(i64),
    ThereCancel,
    ThereConfirm,
    Order(Fault, Option<CallKind>),
    /// The worker works until nothing is planned any more.
    Work,
}

const CREATE: Option<CallKind> = Some(CallKind::CreateBooking);
const RESCHEDULE: Option<CallKind> = Some(CallKind::RescheduleBooking);
const CANCEL: Option<CallKind> = Some(CallKind::CancelBooking);
const BLOCK: Fault = Fault::RateLimited { block: SignedDuration::from_secs(60) };

const STORIES: [(&str, &[Act]); 29] = [
    ("book", &[Book(0), Work]),
    ("book what has to be confirmed", &[Book(1), Work]),
    ("book and move at once", &[Book(0), Move(30), Work]),
    ("move", &[Book(0), Work, Move(30), Work, Move(40), Work]),
    ("cancel", &[Book(0), Work, Cancel, Work]),
    ("move there", &[Book(0), Work, ThereMove(30), Work, Move(40), Work]),
    ("cancel there", &[Book(0), Work, ThereCancel, Work]),
    ("book, move and cancel there", &[ThereBook(0), Work, ThereMove(30), Work, ThereCancel, Work]),
    ("ask there, move here", &[ThereBook(1), Work, ThereConfirm, Work, Move(30), Work]),
    ("create: answer lost", &[Order(Fault::DropAnswerAfterEffect, CREATE), Book(0), Work]),
    (
        "create: 500 and no webhook",
        &[Order(Fault::ServerErrorAfterEffect, CREATE), Order(Fault::LoseWebhooks, None), Book(0), Work],
    ),
    ("create: request lost", &[Order(Fault::DropRequest, CREATE), Book(0), Work, Cancel, Work]),
    (
        "move: answer lost",
        &[
            Book(0),
            Work,
            Order(Fault::DropAnswerAfterEffect, RESCHEDULE),
            Order(Fault::LoseWebhooks, None),
            Move(30),
            Work,
            Move(40),
            Work,
        ],
    ),
    ("cancel: answer lost", &[Book(0), Work, Order(Fault::DropAnswerAfterEffect, CANCEL), Cancel, Work]),
    ("limited", &[Order(BLOCK, CREATE), Book(0), Work, Order(BLOCK, None), Move(30), Work]),
    (
        "moved on both sides",
        &[Book(0), Work, Order(Fault::LoseWebhooks, None), ThereMove(30), Move(40), Work, Settle(true), Work],
    ),
    ("cancelled there, moved here", &[Book(0), Work, ThereCancel, Move(30), Work]),
    ("another service", &[Book(0), Work, Service(1), Work, Cancel, Work]),
    ("another service, and back at once", &[Book(0), Work, Service(1), Service(0), Work]),
    (
        "another service: answer lost",
        &[Book(0), Work, Order(Fault::DropAnswerAfterEffect, CREATE), Service(1), Work],
    ),
    (
        "another service at another time, moved there",
        &[Book(0), Work, Service(1), ThereMove(30), Move(40), Work],
    ),
    ("another person", &[Book(0), Work, Staff(1), Work, Move(30), Work]),
    ("another person and another service", &[Book(0), Work, Staff(1), Service(3), Work, Staff(0), Work]),
    ("another customer", &[Book(0), Work, Customer, Work, Move(30), Work]),
    ("the team: another host", &[Book(2), Work, Staff(1), Work, Cancel, Work]),
    (
        "the team: answer and webhook lost, moved meanwhile",
        &[
            Order(Fault::DropAnswerAfterEffect, CREATE),
            Order(Fault::LoseWebhooks, None),
            Book(2),
            Work,
            Move(30),
            Work,
        ],
    ),
    ("two stretches of work", &[Book(3), Work, Move(30), Work, Cancel, Work]),
    (
        "two stretches of work: one answer lost, one move of two refused",
        &[
            Order(Fault::DropAnswerAfterEffect, CREATE),
            Book(3),
            Work,
            ThereBook(0),
            Order(Fault::DropAnswerAfterEffect, RESCHEDULE),
            Move(30),
            Work,
        ],
    ),
    ("a no-show", &[Book(0), Work, Later(21), NoShow, Work]),
];

/// Who is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    /// A worker; with what it was about to send lost, or sent.
    Worker {
        sent: bool,
    },
    Person,
    Postman,
}

const VICTIMS: [Victim; 4] =
    [Victim::Worker { sent: false }, Victim::Worker { sent: true }, Victim::Person, Victim::Postman];

/// A story in which the `left`-th gate of the victim is its end.
struct Telling {
    run: Run,
    victim: Victim,
    left: usize,
    dropped: bool,
    start: Timestamp,
    booked: Option<(usize, AppointmentId)>,
}

/// Whatever step is the last one of somebody, both sides end the same.
pub fn is_survived() -> bool {
    let tellings: Vec<_> = STORIES.iter().flat_map(|story| VICTIMS.map(|victim| (story, victim))).collect();
    let (told, failed) = (Mutex::new(0), Mutex::new(Vec::new()));
    on_all_cores(&tellings, |((name, acts), victim)| {
        for step in (0..).step_by(if is_thorough() { 1 } else { 5 }) {
            let (violations, trace, dropped) = tell(acts, *victim, step);
            *told.lock().expect("no panic") += 1;
            if !violations.is_empty() {
                let place = trace.iter().find(|line| line.contains(" is gone ")).cloned().unwrap_or_default();
                println!("{name}, {victim:?}, step {step} ({}): {}", place.trim(), violations.join("; "));
                failed.lock().expect("no panic").push(trace);
            }
            if !dropped {
                break;
            }
        }
    });
    let (told, failed) = (told.into_inner().expect("no panic"), failed.into_inner().expect("no panic"));
    if let Some(trace) = failed.first() {
        println!("\n{}", trace.join("\n"));
    }
    println!(
        "{} stories told {told} times, each with another last step: {} failed",
        STORIES.len(),
        failed.len()
    );
    failed.is_empty()
}

/// Tells a story; answers what does not hold, the steps, and whether anybody was dropped.
fn tell(acts: &[Act], victim: Victim, step: usize) -> (Vec<String>, Vec<String>, bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let run = Run::new(World::new(0).await, 0);
        run.world.gates.close(true);
        let start = run.world.now();
        let mut telling = Telling { run, victim, left: step, dropped: false, start, booked: None };
        for act in acts {
            telling.act(*act).await;
        }
        telling.run.finish().await;
        oracle::judge(&mut telling.run).await;
        let kept = telling.run.world.log.kept().clone();
        (kept.violations, kept.trace, telling.dropped)
    })
}

impl Telling {
    async fn act(&mut self, act: Act) {
        let hours = |hours| self.start + SignedDuration::from_hours(hours);
        match act {
            Book(service) => {
                self.run.book_in(0, service, Some(0), hours(20));
                self.everybody().await;
                self.booked = self.run.known.first().copied();
            }
            Move(to) => self.edit(Edit::to(hours(to), None), "time").await,
            Service(number) => {
                let service_id = Some(self.run.world.companies[0].services[number]);
                self.edit(Edit { service_id, ..Edit::default() }, "service").await;
            }
            Staff(number) => {
                let staff = vec![(0, self.run.world.companies[0].accounts[number].staff)];
                self.edit(Edit { staff, ..Edit::default() }, "staff").await;
            }
            Customer => {
                let customer = CustomerDetails {
                    name: "Somebody Else".to_owned(),
                    email: Some("else@client.example".parse().expect("an address")),
                    phone: None,
                    locale: Locale::De,
                };
                self.edit(Edit { customer: Some(customer), ..Edit::default() }, "customer").await;
            }
            NoShow => {
                if let Some((company, id)) = self.booked().await {
                    self.run.mark_no_show(self.run.world.companies[company].id, id, true);
                    self.everybody().await;
                }
            }
            Later(by) => self.run.pass(SignedDuration::from_hours(by)).await,
            Cancel => {
                if let Some((company, id)) = self.booked().await {
                    self.run.cancel(self.run.world.companies[company].id, id, None);
                    self.everybody().await;
                }
            }
            Settle(ours) => {
                if let Some((company, id)) = self.booked().await {
                    self.run.settle(self.run.world.companies[company].id, id, ours);
                    self.everybody().await;
                }
            }
            ThereBook(service) => {
                let linked = &self.run.world.companies[0].linked;
                let linked = linked.iter().find(|linked| linked.service == service);
                let event_type = linked.expect("a service that is offered").event_type;
                self.run.guest_books(event_type, hours(20)).await;
            }
            ThereMove(to) => {
                let to = hours(to);
                self.there(|booking| Word::Moved { from: Some(booking.start), to }).await;
            }
            ThereCancel => self.there(|_| Word::Cancelled).await,
            ThereConfirm => self.there(|_| Word::Confirmed).await,
            Order(fault, kind) => self.run.world.sim.order(fault, kind.map(CallMatch::Kind), 1),
            Work => self.work().await,
        }
    }

    async fn edit(&mut self, edit: Edit, what: &str) {
        if let Some((company, id)) = self.booked().await {
            self.run.edit(self.run.world.companies[company].id, id, edit, what);
            self.everybody().await;
        }
    }

    /// The appointment of the story: as it was told, or as it was taken over.
    async fn booked(&self) -> Option<(usize, AppointmentId)> {
        if self.booked.is_some() {
            return self.booked;
        }
        let bookings = self.run.world.sim.bookings();
        let found = self.run.appointment_of(&bookings, bookings.first()?).await;
        found.map(|(_, id)| (0, id))
    }

    async fn there(&mut self, word: impl Fn(&calcom_sim::Booking) -> Word) {
        let bookings = self.run.world.sim.bookings();
        if let Some(booking) = bookings.iter().rev().find(|booking| crate::network::is_live(booking)) {
            self.run.said_there(booking, word(booking)).await;
        }
    }

    /// Everybody goes on to the end, or to the last step.
    async fn everybody(&mut self) {
        while let Some((role, held)) = self.run.first() {
            let victim = match self.victim {
                Victim::Worker { .. } => matches!(role, Role::Worker(_)),
                Victim::Person => matches!(role, Role::Person(_)),
                Victim::Postman => role == Role::Postman,
            };
            if victim && held && !self.dropped {
                if self.left == 0 {
                    self.dropped = true;
                    self.run.crash(0, self.victim == Victim::Worker { sent: true });
                    // Its lease runs out.
                    self.run.pass(SignedDuration::from_secs(61)).await;
                    continue;
                }
                self.left -= 1;
            }
            self.run.go_on_in_time(0).await;
        }
    }

    async fn work(&mut self) {
        for _ in 0..500 {
            self.run.deliver_all();
            self.everybody().await;
            self.run.start_worker(0);
            self.everybody().await;
            if !self.run.is_idle() || self.run.world.network.waiting_mail() > 0 {
                continue;
            }
            if !self.run.wait_for_work().await {
                return;
            }
        }
    }
}
