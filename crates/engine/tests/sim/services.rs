//! What people do about services: here through the engine's functions, as pages, API and commands do, and at Cal.com
//! with its event types. Seldom, so that bookings are what a run is mostly about.

use domain::CompanyId;
use domain::ServiceId;
use domain::appointment::Actor as By;
use domain::case::Priority;
use domain::catalogue::{Divergence, EventTypeRole, Setting};
use domain::service::{Service, ServiceSync, Terms};
use domain::{LinkId, Origin};

use engine::services::{ServiceAct, ServiceEdit, ServiceError, Settlement, Side};
use jiff::Timestamp;
use rand::RngExt;
use serde_json::{Value, json};

use crate::run::{Done, Run};
use crate::service_ledger::Spoken;

/// Services that are made in one run at most, on either side: each of them costs event types and bookings.
const NEW_ONES: usize = 2;
/// Minutes of buffers and notice that people name.
const MINUTES: [u32; 4] = [0, 5, 10, 15];
/// How long a service may take from now on; what is booked already stays as long as it is.
const LENGTHS: [u32; 4] = [30, 45, 60, 75];

impl Run {
    /// A person does something about a service here.
    pub async fn somebody_offers(&mut self) {
        self.world.learn().await;
        let salon = &self.world.companies[usize::from(self.dice.random_bool(0.2))];
        let (company, services) = (salon.id, salon.services.clone());
        let service = services[self.dice.random_range(0..services.len())];
        match self.dice.random_range(0..20) {
            0..5 => self.look(company),
            5..7 => self.offer(company),
            7..10 => {
                let acts = [ServiceAct::Push, ServiceAct::Pull, ServiceAct::Reset];
                let act = acts[self.dice.random_range(0..acts.len())].clone();
                self.act_on(company, service, act).await;
            }
            10..14 => match self.some_divergence(company, &services).await {
                Some((service, link, listed)) if self.dice.random_bool(0.6) => {
                    self.settle_one(company, service, link, &listed).await;
                }
                Some((service, link, listed)) => {
                    let setting = listed.setting;
                    let act = match self.dice.random_range(0..3) {
                        0 => ServiceAct::SendOurs(link, setting),
                        1 => ServiceAct::TakeTheirs(link, setting),
                        _ => ServiceAct::Dismiss(link, setting),
                    };
                    self.act_on(company, service, act).await;
                }
                None => self.look(company),
            },
            _ => {
                let edit = self.some_edit(company, service).await;
                self.act_on(company, service, ServiceAct::Edit(Box::new(edit))).await;
            }
        }
    }

    /// Somebody wants to see what is at Cal.com, or it is time to look.
    fn look(&mut self, company: CompanyId) {
        let asked = self.dice.random_bool(0.5);
        let priority = if asked { Priority::Change } else { Priority::Check };
        if asked {
            // Our clocks may be set back after that (seed 2201339).
            self.services.looked_for.get_or_insert(Timestamp::MIN);
        }
        let engine = self.world.engine.clone();
        let what = if asked { "look at all event types" } else { "it is time to look at all event types" };
        self.world.log.cover(|coverage| coverage.serve("look"));
        self.request(what, None, async move {
            match engine.look_at_event_types(company, priority).await {
                Ok(()) => Done::Delivered,
                Err(error) => Done::Broken(error.to_string()),
            }
        });
    }

    async fn some_edit(&mut self, company: CompanyId, service: ServiceId) -> ServiceEdit {
        let number = self.next_number();
        let mut edit = ServiceEdit::default();
        for _ in 0..self.dice.random_range(1..3) {
            match self.dice.random_range(0..14) {
                12.. => edit.duration_minutes = Some(LENGTHS[self.dice.random_range(0..LENGTHS.len())]),
                0..3 => edit.name = Some(format!("Service of {number}")),
                3..5 => edit.description = Some(format!("Beschreibung {number}")),
                5 | 6 => edit.slug = Some(format!("slug-{number}")),
                7..9 => edit.active = Some(self.dice.random_bool(0.6)),
                _ => {
                    let known = self.world.free.store.service(company, service).await;
                    let known = known.expect("a service that is known");
                    edit.terms = Some(self.some_terms(known.terms));
                }
            }
        }
        edit
    }

    fn some_terms(&mut self, known: Terms) -> Terms {
        let minutes = MINUTES[self.dice.random_range(0..MINUTES.len())];
        match self.dice.random_range(0..3) {
            0 => Terms { buffer_before_minutes: minutes, ..known },
            1 => Terms { buffer_after_minutes: minutes, ..known },
            _ => Terms { minimum_notice_minutes: minutes, ..known },
        }
    }

    /// A new service, by whoever works there.
    fn offer(&mut self, company: CompanyId) {
        let made = self.services.here.iter().filter(|word| matches!(word.act, Spoken::Made(_))).count();
        if made >= NEW_ONES {
            return self.look(company);
        }
        let number = self.next_number();
        let salon = self.world.companies.iter().find(|salon| salon.id == company).expect("one of ours");
        let mut staff: Vec<_> = salon.accounts.iter().map(|account| account.staff).collect();
        staff.truncate(self.dice.random_range(1..=staff.len()));
        let service = Service {
            id: ServiceId(self.world.free.ambient.id()),
            name: format!("New {number}"),
            slug: format!("new-{number}"),
            description: String::new(),
            duration_minutes: 30,
            price_cents: None,
            active: true,
            terms: Terms::default(),
            sync: ServiceSync::Never,
            version: 1,
            segments: Vec::new(),
        };
        let word = self.services.begin(company, service.id, Spoken::Made(Box::new(service.clone())), None);
        let engine = self.world.engine.clone();
        self.request(&format!("offer {}", service.name), None, async move {
            served(word, engine.create_service(company, service, &staff, By::of(Origin::Admin)).await)
        });
    }

    async fn act_on(&mut self, company: CompanyId, id: ServiceId, act: ServiceAct) {
        let known = self.world.free.store.service(company, id).await.expect("a service that is known");
        let seen = self.dice.random_bool(0.5).then_some(known.version);
        let word = self.services.begin(company, id, Spoken::Act(act.clone()), seen);
        let engine = self.world.engine.clone();
        self.request(&format!("{} (version {seen:?}): {act:?}", known.name), None, async move {
            served(word, engine.act_on_service(company, id, act, By::of(Origin::Admin), seen).await)
        });
    }

    /// As it was seen, or as it was seen long ago.
    async fn settle_one(&mut self, company: CompanyId, id: ServiceId, link: LinkId, listed: &Divergence) {
        let known = self.world.free.store.service(company, id).await.expect("a service that is known");
        let seen = self.dice.random_bool(0.3).then_some(known.version);
        let side = [Side::Ours, Side::Theirs, Side::Both][self.dice.random_range(0..3)];
        let theirs = if self.dice.random_bool(0.9) { listed.theirs.clone() } else { "long ago".to_owned() };
        let settlement = Settlement { link, setting: listed.setting, side, theirs };
        let word = self.services.begin(company, id, Spoken::Settled(settlement.clone()), seen);
        let engine = self.world.engine.clone();
        let what = format!("{} (version {seen:?}): {settlement:?}", known.name);
        self.request(&what, None, async move {
            served(word, engine.settle_divergence(company, id, settlement, By::of(Origin::Admin), seen).await)
        });
    }

    /// Something that was changed at Cal.com and waits for a person.
    async fn some_divergence(
        &mut self,
        company: CompanyId,
        services: &[ServiceId],
    ) -> Option<(ServiceId, LinkId, Divergence)> {
        let mut open = Vec::new();
        for service in services {
            let case = self.world.free.store.service_case(company, *service).await.expect("known");
            for record in case.event_types.iter().filter(|record| record.role == EventTypeRole::Current) {
                open.extend(record.divergences.iter().map(|it| (*service, record.id, it.clone())));
            }
        }
        (!open.is_empty()).then(|| open.swap_remove(self.dice.random_range(0..open.len())))
    }

    /// A person does something about an event type at Cal.com.
    pub async fn somebody_offers_there(&mut self) {
        let all = self.world.sim.event_types();
        let event_type = &all[self.dice.random_range(0..all.len())];
        let number = self.next_number();
        let (what, setting, value) = match self.dice.random_range(0..20) {
            0..3 => return self.an_event_type_is_made(&all),
            3 => return self.an_event_type_goes(event_type).await,
            4..8 => ("event type renamed", "title", json!(format!("Name {number}"))),
            8..11 => ("event type described", "description", json!(format!("Text {number}"))),
            11..14 => ("event type hidden or shown", "hidden", json!(event_type["hidden"] != true)),
            19 if !self.world.is_part(event_type) => {
                let minutes = LENGTHS[self.dice.random_range(0..LENGTHS.len())];
                ("event type changed", "lengthInMinutes", json!(minutes))
            }
            setting => {
                let names = ["beforeEventBuffer", "afterEventBuffer", "minimumBookingNotice"];
                let minutes = MINUTES[self.dice.random_range(0..MINUTES.len())];
                ("event type changed", names[setting % 3], json!(minutes))
            }
        };
        self.change_there(what, event_type, setting, value).await;
    }

    pub async fn change_there(
        &mut self,
        what: &'static str,
        event_type: &Value,
        setting: &str,
        value: Value,
    ) {
        let id = event_type["id"].as_i64().expect("a number");
        let sim = self.world.sim.clone();
        let told = format!("{id} {setting}: {value}");
        self.world.network.watched(async { sim.change_event_type(id, setting, value) }).await;
        // What arrived first may have changed it too, and is nobody's word.
        let name = Setting::ALL.into_iter().find(|it| it.mapping().calcom == setting).expect("a setting");
        let all = self.world.sim.event_types();
        if let Some(changed) = all.iter().find(|it| it["id"] == id) {
            let value = crate::service_ledger::there(name, changed);
            self.services.there.entry(id).or_default().push((name, value));
        }
        self.served_there(what, &told);
    }

    fn an_event_type_is_made(&mut self, all: &[Value]) {
        let number = self.next_number();
        let salon = &self.world.companies[usize::from(self.dice.random_bool(0.2))];
        let account = &salon.accounts[self.dice.random_range(0..salon.accounts.len())];
        let user = account.user;
        let made = all.iter().filter(|it| it["ownerId"] == user && it["title"] == "Own").count();
        if made >= NEW_ONES {
            return;
        }
        // Some have the short name of something that is offered here.
        let slug = if self.dice.random_bool(0.2) { "service-2".to_owned() } else { format!("own-{number}") };
        if all.iter().any(|it| it["ownerId"] == user && it["slug"] == *slug) {
            return;
        }
        let hidden = self.dice.random_bool(0.3);
        let new = calcom_sim::NewEventType::new("Own", &slug, 45).with("hidden", json!(hidden));
        let id = self.world.sim.add_event_type(user, new);
        let all = self.world.sim.event_types();
        if let Some(made) = all.iter().find(|it| it["id"] == id) {
            self.services.tell(made);
        }
        self.served_there("event type made", &format!("{id} {slug} hidden: {hidden}"));
    }

    async fn an_event_type_goes(&mut self, event_type: &Value) {
        if let Some(id) = event_type["id"].as_i64() {
            self.delete_there(id).await;
        }
    }

    pub async fn delete_there(&mut self, id: calcom_sim::EventTypeId) {
        self.world.learn().await;
        self.world.delete_event_type(id);
        self.services.bereft.extend(self.world.bereft());
        self.served_there("event type deleted", &id.to_string());
    }

    fn served_there(&mut self, what: &'static str, more: &str) {
        self.world.log.say(format!("there: {what} {more}"));
        self.world.log.cover(|coverage| coverage.serve(what));
    }
}

fn served(word: usize, done: Result<domain::catalogue::ServiceCase, ServiceError>) -> Done {
    match done {
        Ok(case) => Done::Served(word, Box::new(case.service)),
        Err(ServiceError::Engine(error)) => Done::Broken(error.to_string()),
        Err(error) => Done::Unserved(word, error.to_string()),
    }
}
