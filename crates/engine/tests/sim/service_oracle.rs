//! The judge of services: what people here have said of them counts, and nothing that Cal.com says changes it (4). In the
//! end each event type says the same, or what differs is listed; there is one for each service of each person; and what
//! was made at Cal.com is a service here, once.

use std::collections::{BTreeMap, BTreeSet};

use domain::ServiceId;
use domain::appointment::{Actor, Origin};
use domain::case::Priority;
use domain::catalogue::{
    EventTypeProblem, EventTypePush, EventTypeRecord, EventTypeRole, ServiceCase, ServiceWhat, Setting,
};
use domain::service::{Service, ServiceSync, Terms};
use engine::Clock;
use engine::services::{ServiceAct, Side};
use jiff::SignedDuration;
use serde_json::Value;

use crate::oracle::Judge;
use crate::run::Run;
use crate::salon::Company;
use crate::service_ledger::{
    Heard, Says, ServiceWord, Spoken, as_field, carries_our_field, edited, here, there,
};

/// What an account has when it is connected is imported after this time, unless somebody wants it sooner.
const TIME_TO_TIE: SignedDuration = SignedDuration::from_hours(1);

/// A person has what was given up tried again, and all event types looked at.
pub async fn look_at_all_event_types(run: &mut Run) {
    let now = run.world.ours.now();
    run.services.looked_for.get_or_insert(now);
    let free = &run.world.free;
    for company in &run.world.companies {
        for case in free.store.service_cases(company.id).await.expect("the database answers") {
            let given_up = |record: &EventTypeRecord| {
                let problem = record.refused.as_ref().map(|refused| refused.problem);
                problem == Some(EventTypeProblem::RetriesUsedUp)
            };
            if case.event_types.iter().any(given_up) {
                let by = Actor::of(Origin::Admin);
                let reset =
                    free.act_on_service(company.id, case.service.id, ServiceAct::Reset, by, None).await;
                reset.expect("it can always be reset");
            }
        }
        free.look_at_event_types(company.id, Priority::Change).await.expect("the database answers");
    }
}

impl Judge<'_> {
    pub async fn services(&self, company: &Company, cases: &[ServiceCase]) {
        let store = &self.run.world.free.store;
        let all = &self.event_types;
        for case in cases {
            let before = self.run.world.log.kept().violations.len();
            self.business(company, case);
            for record in &case.event_types {
                self.event_type(case, record, all);
            }
            self.one_each(case, all);
            let history = store.service_history(company.id, case.service.id, 1000).await;
            let history = history.expect("the database answers");
            if !self.is_of_ours(company, case.service.id) {
                let connected = store.connection(company.id, case.event_types[0].connection).await;
                let old_enough = connected.expect("ours").created_at + TIME_TO_TIE;
                let told: Vec<_> = history.iter().filter(|it| it.what == ServiceWhat::Imported).collect();
                let asked = |at| self.run.services.looked_for.is_some_and(|asked| asked <= at);
                if told.len() != 1 || !(told[0].at > old_enough || asked(told[0].at)) {
                    self.violated(4, &format!("{} is a service that nobody wanted", case.service.name));
                }
            }
            self.run.world.log.cover(|coverage| {
                for entry in &history {
                    coverage.conclude(&format!("service {}", kind(&entry.what)));
                }
            });
            if self.run.world.log.kept().violations.len() > before {
                self.explain_service(case, history.iter().rev().map(|entry| &entry.what), all);
            }
        }
        self.strangers(company, cases, all);
        for word in &self.run.services.here {
            if let (Spoken::Made(made), Heard::Granted(_)) = (&word.act, &word.heard)
                && word.company == company.id
                && !cases.iter().any(|case| case.service.id == word.service)
            {
                self.violated(9, &format!("{} was made and is nowhere", made.name));
            }
        }
    }

    /// Whether it was there at first, or made by somebody here.
    fn is_of_ours(&self, company: &Company, id: ServiceId) -> bool {
        let made = |word: &ServiceWord| matches!(word.act, Spoken::Made(_));
        company.services[..company.at_first].contains(&id) || self.run.services.of(id).any(made)
    }

    /// As it began; `None` for what was imported.
    fn at_first(&self, company: &Company, id: ServiceId) -> Option<Service> {
        let known = company.services[..company.at_first].iter().position(|known| *known == id);
        let made = self.run.services.of(id).find_map(|word| match &word.act {
            Spoken::Made(service) => Some((**service).clone()),
            Spoken::Act(_) | Spoken::Settled(_) => None,
        });
        known.map(|index| company.as_made[index].clone()).or(made)
    }

    /// 4, 9: from each state that somebody was told of to the next one nothing has changed that nobody here has said,
    /// and what was granted is there.
    fn business(&self, company: &Company, case: &ServiceCase) {
        let (id, name) = (case.service.id, &case.service.name);
        let ledger = &self.run.services;
        let mut told: Vec<(Option<&ServiceWord>, &Service)> = Vec::new();
        for word in ledger.of(id) {
            if let Heard::Granted(service) = &word.heard {
                told.push((Some(word), service));
            }
        }
        // Several may have been told of the same version, and one of them has made it.
        told.sort_by_key(|(_, service)| service.version);
        let same = |version: i64| ledger.of(id).filter(move |word| word.made(version));
        told.push((None, &case.service));
        let open: Vec<&ServiceWord> = ledger.of(id).filter(|it| matches!(it.heard, Heard::Nothing)).collect();
        let bereft = ledger.bereft.contains(&id);
        let mut before = self.at_first(company, id);
        if before.is_none() {
            self.is_as_it_was_there(case, told[0].1);
        }
        for (by, after) in told {
            if let Some(before) = &before {
                let changes = after.changes(before);
                if !changes.is_empty() && after.version <= before.version {
                    self.violated(4, &format!("{name} has changed and kept its version {}", after.version));
                }
                for (field, was, is) in changes {
                    let said = |word: &ServiceWord| match word.names(&field, before) {
                        Some(Says::Value(value)) => value == is,
                        Some(Says::Theirs) => self.ever(case, &field, &is),
                        None => false,
                    };
                    let switched_off = field == "active" && is == "false" && bereft;
                    if !same(after.version).any(said) && !open.iter().any(|word| said(word)) && !switched_off
                    {
                        self.violated(4, &format!("{name}: {field} was {was:?} and is {is:?} unsaid"));
                    }
                }
            }
            if let Some(word) = by {
                if let Spoken::Act(ServiceAct::Edit(edit)) = &word.act {
                    for (field, is, said) in edited(edit, after).changes(after) {
                        if !(bereft && field == "active") {
                            self.violated(
                                9,
                                &format!("{name}: {field} was granted as {said:?} and was {is:?}"),
                            );
                        }
                    }
                }
                if let Spoken::Settled(it) = &word.act
                    && it.side == Side::Theirs
                    && as_field(&here(it.setting, after, 0)) != as_field(&it.theirs)
                    && !(bereft && it.setting == Setting::Active)
                {
                    self.violated(9, &format!("{name}: {it:?} was granted and is not so"));
                }
                if word.seen.is_some_and(|seen| !(seen..=seen + 1).contains(&after.version)) {
                    self.violated(9, &format!("{name}: granted to somebody who had not seen it as it was"));
                }
            }
            before = Some(after.clone());
        }
        let words = i64::try_from(ledger.of(id).count()).unwrap_or(i64::MAX);
        let gone = i64::try_from(self.run.world.gone()).unwrap_or(i64::MAX);
        if case.service.version > 1 + words + gone {
            let version = case.service.version;
            self.violated(4, &format!("{name} is at version {version}, and {words} things were said"));
        }
    }

    /// Whether somebody has said this of a field, on either side.
    fn ever(&self, case: &ServiceCase, field: &str, value: &str) -> bool {
        if matches!(value, "true" | "false") {
            return true;
        }
        let nobodys = Service {
            name: String::new(),
            slug: String::new(),
            description: "\0".to_owned(),
            duration_minutes: u32::MAX,
            terms: Terms {
                buffer_before_minutes: u32::MAX,
                buffer_after_minutes: u32::MAX,
                minimum_notice_minutes: u32::MAX,
                ..case.service.terms.clone()
            },
            ..case.service.clone()
        };
        let here = |word: &ServiceWord| match &word.act {
            Spoken::Made(made) => made.changes(&nobodys).iter().any(|it| it.0 == field && it.2 == value),
            Spoken::Act(_) | Spoken::Settled(_) => {
                word.names(field, &nobodys) == Some(Says::Value(value.to_owned()))
            }
        };
        let company = self.run.world.companies.iter().find(|it| it.services.contains(&case.service.id));
        let at_first = company.and_then(|company| self.at_first(company, case.service.id));
        let ids = case.event_types.iter().filter_map(|record| record.event_type_id);
        let ids = ids.chain(company.into_iter().flat_map(|company| {
            let its = |linked: &&crate::salon::Linked| company.services[linked.service] == case.service.id;
            company.linked.iter().filter(its).map(|linked| linked.event_type)
        }));
        self.run.services.of(case.service.id).any(here)
            || at_first.is_some_and(|it| it.changes(&nobodys).iter().any(|it| it.0 == field && it.2 == value))
            || ids.collect::<BTreeSet<_>>().iter().any(|id| {
                let said = self.run.services.there.get(id).into_iter().flatten();
                said.into_iter().any(|(of, said)| of.as_str() == field && as_field(said) == value)
            })
    }

    /// 4: what was imported is complete.
    fn is_as_it_was_there(&self, case: &ServiceCase, first: &Service) {
        for setting in Setting::ALL {
            // It gets another short name if that one is taken, and no place where Cal.com names none.
            if matches!(setting, Setting::Slug | Setting::Places | Setting::ReferenceField) {
                continue;
            }
            let value = here(setting, first, 0);
            if !self.ever(case, setting.as_str(), as_field(&value)) {
                let (name, field) = (&first.name, setting.as_str());
                self.violated(4, &format!("{name} was imported with {field} {value:?}, which nobody said"));
            }
        }
    }

    /// 4, 8: what both sides say differently is listed as it is; what nobody here has touched is untouched there.
    fn event_type(&self, case: &ServiceCase, record: &EventTypeRecord, all: &[Value]) {
        let (service, name) = (&case.service, &case.service.name);
        if record.role != EventTypeRole::Current {
            self.violated(1, &format!("{name} has let an event type go, and everybody performs it"));
            return;
        }
        let id = record.event_type_id;
        let Some(told) = id.and_then(|id| all.iter().find(|it| it["id"] == id)) else {
            if service.sync != ServiceSync::Error {
                self.violated(1, &format!("{name} has no event type {id:?} and is {:?}", service.sync));
            }
            return;
        };
        if !matches!(service.sync, ServiceSync::Synced | ServiceSync::Error) {
            self.violated(1, &format!("{name} is {:?} at the end", service.sync));
        }
        let refused = record.refused.as_ref().filter(|_| service.sync == ServiceSync::Error);
        let refuses = |setting| match refused.map(|refused| &refused.push) {
            Some(EventTypePush::Update(settings)) => settings.contains(&setting),
            Some(EventTypePush::Create | EventTypePush::Delete) | None => false,
        };
        let id = id.unwrap_or_default();
        for setting in Setting::ALL.into_iter().filter(|setting| *setting != Setting::Places) {
            let (ours, theirs) = (here(setting, service, record.segment), there(setting, told));
            let field = setting.as_str();
            let listed = record.divergences.iter().find(|listed| listed.setting == setting);
            match listed {
                Some(listed) if ours == theirs => {
                    let what =
                        format!("{name}: {field} is {ours:?} on both sides, listed as {:?}", listed.theirs);
                    self.violated(8, &what);
                }
                Some(listed) if listed.theirs != theirs => {
                    self.violated(
                        8,
                        &format!("{name}: {field} is {theirs:?} there, not {:?}", listed.theirs),
                    );
                }
                None if ours != theirs && !refuses(setting) => {
                    self.violated(
                        8,
                        &format!("{name}: {field} is {ours:?} here, {theirs:?} at {id}, unlisted"),
                    );
                }
                _ => {}
            }
            if let Some(listed) = listed.filter(|listed| listed.dismissed)
                && !self.run.services.of(service.id).any(|it| it.lets_be(record.id, setting, &listed.theirs))
            {
                self.violated(4, &format!("{name}: {field} as {:?} was let be by nobody", listed.theirs));
            }
            let sent = self.run.services.of(service.id).any(|word| word.sends(setting));
            let switched_off = setting == Setting::Active && self.run.services.bereft.contains(&service.id);
            if let Some(said) = self.run.services.last_there(id, setting)
                && setting != Setting::ReferenceField
                && said != theirs
                && !sent
                && !switched_off
            {
                self.violated(
                    4,
                    &format!("{name}: {field} was said to be {said:?} at {id}, and is {theirs:?}"),
                );
            }
        }
    }

    /// 2: one event type for each stretch of work of each person.
    fn one_each(&self, case: &ServiceCase, all: &[Value]) {
        let mut of: BTreeMap<_, BTreeSet<i64>> = BTreeMap::new();
        for record in &case.event_types {
            if let Some(id) = record.event_type_id.filter(|id| all.iter().any(|it| it["id"] == *id)) {
                of.entry((record.segment, record.staff_id)).or_default().insert(id);
            }
        }
        for several in of.values().filter(|several| several.len() > 1) {
            self.violated(2, &format!("{} has several event types: {several:?}", case.service.name));
        }
    }

    /// 2: whatever is offered on an account is a service here, once; what is hidden is its owner's own business.
    fn strangers(&self, company: &Company, cases: &[ServiceCase], all: &[Value]) {
        for event_type in all {
            let Some(account) = company.accounts.iter().find(|it| event_type["ownerId"] == it.user) else {
                continue;
            };
            let id = event_type["id"].as_i64().unwrap_or_default();
            let ties: Vec<_> = cases
                .iter()
                .flat_map(|case| case.event_types.iter().map(move |record| (case, record)))
                .filter(|(_, record)| record.event_type_id == Some(id))
                .collect();
            let slug = there(Setting::Slug, event_type);
            let is_coming = |record: &&EventTypeRecord, service: &Service| {
                record.connection == account.connection
                    && record.event_type_id.is_none()
                    && here(Setting::Slug, service, record.segment) == slug
            };
            match ties.as_slice() {
                [] if carries_our_field(event_type) => {
                    self.violated(2, &format!("event type {id} ({slug}) is ours, and nobody here knows it"));
                }
                [] if event_type["hidden"] != true => {
                    let coming = cases
                        .iter()
                        .any(|it| it.event_types.iter().any(|record| is_coming(&record, &it.service)));
                    if !coming {
                        self.violated(2, &format!("event type {id} ({slug}) is offered, and no service"));
                    }
                }
                [] => {}
                [(case, record)] => {
                    if record.connection != account.connection {
                        self.violated(6, &format!("event type {id} ({slug}) is on another account"));
                    }
                    let said = self.run.services.there.get(&id).into_iter().flatten();
                    let shown = |(of, value): &(Setting, String)| *of == Setting::Active && value == "true";
                    if !self.is_of_ours(company, case.service.id) && !said.into_iter().any(shown) {
                        self.violated(4, &format!("event type {id} ({slug}) was never shown, and imported"));
                    }
                }
                several => {
                    let names: Vec<_> = several.iter().map(|(case, _)| &case.service.name).collect();
                    self.violated(2, &format!("event type {id} ({slug}) stands for several: {names:?}"));
                }
            }
        }
    }

    /// Everything that is known of a service about which something does not hold.
    fn explain_service<'a>(
        &self,
        case: &ServiceCase,
        history: impl Iterator<Item = &'a ServiceWhat>,
        all: &[Value],
    ) {
        let log = &self.run.world.log;
        log.say(format!("{:?}", case.service));
        for record in &case.event_types {
            log.say(format!("  {record:?}"));
            let told = all.iter().find(|it| it["id"] == record.event_type_id.unwrap_or_default());
            let told = told.map(|told| Setting::ALL.map(|setting| (setting, there(setting, told))));
            log.say(format!("  there: {told:?}"));
        }
        for word in self.run.services.of(case.service.id) {
            log.say(format!("  {word:?}"));
        }
        for what in history {
            log.say(format!("  {what:?}"));
        }
    }
}

/// What an entry of a service's history is called.
fn kind(what: &ServiceWhat) -> String {
    let told = serde_json::to_value(what).unwrap_or_default();
    told["kind"].as_str().unwrap_or_default().to_owned()
}
