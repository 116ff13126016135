//! Setting up a world: users, keys, hours, teams, event types. And changing it as an operator would,
//! past every check.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::Sim;
use crate::limits::RateLimit;
use crate::model::event_types::{EventType, EventTypeId, Owner};
use crate::model::users::{ApiKey, DateOverride, Schedule, Team, TeamId, User, UserId, WorkingHours};
use crate::model::webhooks::{Scope, Subscription};
use crate::routes::{apply_settings, event_type_json};
use crate::sim::Reassignment;

/// A person with an account.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub username: String,
    pub name: String,
    pub email: String,
    /// IANA name; the default schedule uses it too.
    pub time_zone: String,
}

impl NewUser {
    /// `Europe/Berlin`.
    pub fn new(username: &str, name: &str, email: &str) -> Self {
        Self {
            username: username.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
        }
    }
}

/// An event type, by what matters most; everything else through [`NewEventType::with`].
#[derive(Debug, Clone)]
pub struct NewEventType {
    title: String,
    slug: String,
    minutes: i64,
    settings: Map<String, Value>,
}

impl NewEventType {
    /// Notice is zero minutes here, not the API's two hours.
    pub fn new(title: &str, slug: &str, minutes: i64) -> Self {
        let settings = Map::from_iter([("minimumBookingNotice".to_owned(), Value::from(0))]);
        Self { title: title.to_owned(), slug: slug.to_owned(), minutes, settings }
    }

    /// Any setting, by the name and in the form that `POST /v2/event-types` (2024-06-14) knows.
    pub fn with(mut self, setting: &str, value: Value) -> Self {
        self.settings.insert(setting.to_owned(), value);
        self
    }

    fn owned_by(self, owner: Owner) -> EventType {
        let mut event_type = EventType::new(owner, &self.title, &self.slug, self.minutes);
        apply_settings(&mut event_type, &self.settings);
        event_type
    }
}

impl Sim {
    /// Adds a user who works Monday to Saturday from 9 to 18 o'clock.
    pub fn add_user(&self, new: NewUser) -> UserId {
        let id = {
            let model = &mut self.state().model;
            let id = next(model.users.len());
            model.users.push(User {
                id,
                username: new.username,
                name: new.name,
                email: new.email,
                time_zone: new.time_zone,
                default_schedule_id: None,
            });
            id
        };
        self.set_schedule(id, "Opening hours", &[WorkingHours::monday_to_saturday()], &[]);
        id
    }

    /// Replaces the hours of a user's default schedule.
    pub fn set_schedule(&self, user: UserId, name: &str, hours: &[WorkingHours], overrides: &[DateOverride]) {
        let model = &mut self.state().model;
        let fresh = next(model.schedules.len());
        let Some(row) = model.users.iter_mut().find(|row| row.id == user) else { return };
        let id = *row.default_schedule_id.get_or_insert(fresh);
        let schedule = Schedule {
            id,
            owner_id: user,
            name: name.to_owned(),
            time_zone: row.time_zone.clone(),
            hours: hours.to_vec(),
            overrides: overrides.to_vec(),
        };
        model.schedules.retain(|old| old.id != id);
        model.schedules.push(schedule);
    }

    /// Gives a user a key, with the default rate limit. Keys begin with `cal_`.
    pub fn add_api_key(&self, user: UserId, key: &str) {
        let model = &mut self.state().model;
        let limit = model.settings.rate_limit;
        model.keys.push(ApiKey { key: key.to_owned(), user_id: user, limit });
    }

    /// Takes a key back: from now on it is unknown.
    pub fn revoke_api_key(&self, key: &str) {
        self.state().model.keys.retain(|known| known.key != key);
    }

    /// Gives a key a limit of its own, and every caller a fresh window.
    pub fn set_rate_limit(&self, key: &str, limit: RateLimit) {
        let model = &mut self.state().model;
        for known in model.keys.iter_mut().filter(|known| known.key == key) {
            known.limit = limit;
        }
        model.throttler.forget_all();
    }

    /// Forgets all windows and blocks.
    pub fn forget_rate_limits(&self) {
        self.state().model.throttler.forget_all();
    }

    /// Another edition from now on.
    pub fn set_reassignment(&self, reassignment: Reassignment) {
        self.state().model.settings.reassignment = reassignment;
    }

    pub fn add_event_type(&self, owner: UserId, new: NewEventType) -> EventTypeId {
        self.state().model.add_event_type(new.owned_by(Owner::User(owner)))
    }

    /// The first member is the team's owner.
    pub fn add_team(&self, name: &str, members: &[UserId]) -> TeamId {
        let model = &mut self.state().model;
        let id = next(model.teams.len());
        model.teams.push(Team { id, name: name.to_owned(), members: members.to_vec() });
        id
    }

    /// A round robin over `hosts`.
    pub fn add_team_event_type(&self, team: TeamId, hosts: &[UserId], new: NewEventType) -> EventTypeId {
        let owner = Owner::RoundRobin { team, hosts: hosts.to_vec() };
        self.state().model.add_event_type(new.owned_by(owner))
    }

    /// Changes who the hosts of a team's event type are; their bookings stay theirs.
    pub fn set_hosts(&self, id: EventTypeId, new: &[UserId]) {
        let event_type = &mut self.state().model.event_types;
        if let Some(Owner::RoundRobin { hosts, .. }) = event_type
            .iter_mut()
            .find(|event_type| event_type.id == id)
            .map(|event_type| &mut event_type.owner)
        {
            *hosts = new.to_vec();
        }
    }

    /// Changes settings of an event type, as its owner would in the web app; no webhook tells of it.
    pub fn change_event_type(&self, id: EventTypeId, setting: &str, value: Value) {
        let settings = Map::from_iter([(setting.to_owned(), value)]);
        if let Some(event_type) = self.state().model.event_types.iter_mut().find(|e| e.id == id) {
            apply_settings(event_type, &settings);
        }
    }

    /// Every event type there is, as its owner is told of it by itself.
    pub fn event_types(&self) -> Vec<Value> {
        let model = &self.state().model;
        model.event_types.iter().map(|event_type| event_type_json(model, event_type)).collect()
    }

    /// Deletes an event type; its bookings stay.
    pub fn delete_event_type(&self, id: EventTypeId) {
        self.state().model.delete_event_type(id);
    }

    /// Subscribes a user's webhook, as in the web app. Answers its id.
    pub fn add_webhook(&self, user: UserId, url: &str, secret: Option<&str>, triggers: &[&str]) -> String {
        let model = &mut self.state().model;
        let id = model.ids.uuid();
        model.subscriptions.push(Subscription {
            id: id.clone(),
            scope: Scope::Organizer(user),
            url: url.to_owned(),
            triggers: triggers.iter().map(|trigger| (*trigger).to_owned()).collect(),
            active: true,
            secret: secret.map(str::to_owned),
            payload_template: None,
        });
        id
    }

    /// Moves a booking's times past every check and without a word to anyone, as with SQL.
    pub fn backdate_booking(&self, uid: &str, start: Timestamp) {
        if let Some(booking) = self.state().model.booking_mut(uid) {
            let length: SignedDuration = booking.end.duration_since(booking.start);
            booking.start = start;
            booking.end = start + length;
        }
    }
}

/// The id of the next row of a table that loses none.
fn next(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX).saturating_add(1)
}
