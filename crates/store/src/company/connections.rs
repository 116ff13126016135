//! Connections: the Cal.com accounts of a company. Keys and secrets stand here encrypted.

use domain::appointment::Actor;
use domain::notify::{self, Occurrence, What};
use domain::{CompanyId, ConnectionId};
use jiff::Timestamp;
use sea_orm::ActiveValue::NotSet;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, JsonValue, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Set,
};
use serde::{Deserialize, Serialize};

use crate::columns::{Sealed, first, from_json, instant, instant_opt, millis, named, to_json};
use crate::entities::{connections, lanes};
use crate::notifications::occurred;
use crate::setup::{SetupDeed, SetupEntry, note};
use crate::unit_of_work::Tx;
use crate::work::new_lane;
use crate::{Error, Result, Store, Subject};

/// How the lane of a connection stands, as its last holder wrote it down.
#[derive(Debug, Clone, PartialEq)]
pub struct LaneState {
    /// Whose lane.
    pub connection: ConnectionId,
    /// The worker that holds it, also if its lease is over; `None` if it was given up.
    pub owner: Option<String>,
    /// The state of the request budget; null at first.
    pub budget: JsonValue,
}

/// A Cal.com account.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// Which.
    pub id: ConnectionId,
    /// Address of the API, without a path: `https://api.cal.com`.
    pub base_url: String,
    /// The name that people see.
    pub name: String,
    /// The API key, encrypted.
    pub api_key: Sealed,
    /// Last part of the address that its webhooks are sent to.
    pub webhook_token: String,
    /// The secret that its webhooks are signed with, encrypted.
    pub webhook_secret: Sealed,
    /// Cal.com's id of the webhook; `None` until it is registered.
    pub webhook_id: Option<String>,
    /// Whose account it is, as Cal.com says.
    pub account: Account,
    /// What this Cal.com was found to be able to do.
    pub capabilities: JsonValue,
    /// Whether work is done in its lane.
    pub state: ConnectionState,
    /// Why it is not active.
    pub state_message: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When the last genuine webhook came.
    pub last_webhook_at: Option<Timestamp>,
    /// When the last change was made at Cal.com that no webhook told of, as far as is known.
    pub webhook_missed_at: Option<Timestamp>,
    /// Up to which change its bookings were asked for, by Cal.com's clock; `None` before the first time.
    pub changes_read_to: Option<Timestamp>,
}

impl Connection {
    /// Whether Cal.com has stopped to tell of changes: one was made that no webhook told of, and none has come since.
    pub fn is_silent(&self) -> bool {
        self.webhook_missed_at.is_some_and(|missed| self.last_webhook_at.is_none_or(|last| last < missed))
    }
}

/// A connection to be added; it is active at once.
#[derive(Debug, Clone, PartialEq)]
pub struct NewConnection {
    /// Its id.
    pub id: ConnectionId,
    /// Address of the API.
    pub base_url: String,
    /// The name that people see.
    pub name: String,
    /// The API key, encrypted.
    pub api_key: Sealed,
    /// Last part of the address that its webhooks are sent to; not to be guessed.
    pub webhook_token: String,
    /// The secret that its webhooks are signed with, encrypted.
    pub webhook_secret: Sealed,
    /// Cal.com's id of the webhook, if it is registered already.
    pub webhook_id: Option<String>,
    /// Whose account it is.
    pub account: Account,
    /// What this Cal.com can do.
    pub capabilities: JsonValue,
}

/// Who the API key is, as Cal.com says (`/v2/me`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Cal.com's id of the user.
    pub id: i64,
    /// The name in its addresses.
    pub username: String,
    /// The address that it signs in with.
    pub email: String,
    /// IANA name of its time zone.
    pub time_zone: String,
}

/// Whether work is done in a connection's lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectionState {
    /// It is.
    Active,
    /// Somebody has paused it.
    Paused,
    /// Cal.com does not accept the key.
    Unauthorized,
    /// So many appointments were lost at Cal.com in a short time that a person has to say whether that is
    /// meant.
    Braked,
}

impl ConnectionState {
    /// All.
    pub const ALL: [Self; 4] = [Self::Active, Self::Paused, Self::Unauthorized, Self::Braked];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Unauthorized => "unauthorized",
            Self::Braked => "braked",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl TryFrom<connections::Model> for Connection {
    type Error = Error;

    fn try_from(row: connections::Model) -> Result<Self> {
        Ok(Self {
            id: ConnectionId(row.id),
            base_url: row.base_url,
            name: row.name,
            api_key: Sealed(row.api_key),
            webhook_token: row.webhook_token,
            webhook_secret: Sealed(row.webhook_secret),
            webhook_id: row.webhook_id,
            account: from_json("connections.account", row.account)?,
            capabilities: row.capabilities,
            state: named("connections.state", &row.state, ConnectionState::from_name)?,
            state_message: row.state_message,
            created_at: instant(row.created_at)?,
            last_webhook_at: instant_opt(row.last_webhook_at)?,
            webhook_missed_at: instant_opt(row.webhook_missed_at)?,
            changes_read_to: instant_opt(row.changes_read_to)?,
        })
    }
}

impl Store {
    /// All connections, by name.
    pub async fn connections(&self, company: CompanyId) -> Result<Vec<Connection>> {
        connections::Entity::find()
            .filter(connections::Column::CompanyId.eq(company.0))
            .order_by_asc(connections::Column::Name)
            .order_by_asc(connections::Column::Id)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(Connection::try_from)
            .collect()
    }

    /// One connection.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn connection(&self, company: CompanyId, id: ConnectionId) -> Result<Connection> {
        let row = first(connections::Entity::find_by_id((company.0, id.0)), &self.readers).await?;
        row.ok_or(Error::NotFound)?.try_into()
    }

    /// Adds a connection, with its lane.
    ///
    /// # Errors
    /// [`Error::Duplicate`] for a webhook token that is in use.
    pub async fn add_connection(
        &self,
        company: CompanyId,
        new: NewConnection,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        let connected = SetupEntry {
            at: now,
            actor: by,
            subject: new.id.0,
            name: new.name.clone(),
            deed: SetupDeed::Connected,
        };
        let row = connections::Model {
            company_id: company.0,
            id: new.id.0,
            base_url: new.base_url,
            name: new.name,
            api_key: new.api_key.0,
            webhook_token: new.webhook_token,
            webhook_secret: new.webhook_secret.0,
            webhook_id: new.webhook_id,
            account: to_json(&new.account)?,
            capabilities: new.capabilities,
            state: ConnectionState::Active.as_str().to_owned(),
            state_message: None,
            created_at: millis(now),
            last_webhook_at: None,
            webhook_missed_at: None,
            changes_read_to: None,
        };
        self.write(move |tx| {
            Box::pin(async move {
                connections::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("connection"))?;
                lanes::Entity::insert(new_lane(company, new.id)).exec_without_returning(&**tx).await?;
                note(tx, company, connected).await
            })
        })
        .await
    }

    /// Stops the work of a connection because somebody wants so, until [`Self::resume_connection`].
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn pause_connection(
        &self,
        company: CompanyId,
        id: ConnectionId,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        self.switch_connection(company, id, (ConnectionState::Paused, SetupDeed::Paused), by, now).await
    }

    /// Takes up the work of a connection again, whyever it was stopped.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn resume_connection(
        &self,
        company: CompanyId,
        id: ConnectionId,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        self.switch_connection(company, id, (ConnectionState::Active, SetupDeed::Resumed), by, now).await
    }

    /// Once it is so, nothing is done or written down.
    async fn switch_connection(
        &self,
        company: CompanyId,
        id: ConnectionId,
        (state, deed): (ConnectionState, SetupDeed),
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        self.write(move |tx| {
            let actor = by.clone();
            Box::pin(async move {
                let row = connection_row(tx, company, id).await?;
                if row.state == state.as_str() {
                    return Ok(());
                }
                let change = connections::ActiveModel {
                    state: Set(state.as_str().to_owned()),
                    state_message: Set(None),
                    ..Default::default()
                };
                update_connection(tx, company, id, change).await?;
                note(tx, company, SetupEntry { at: now, actor, subject: id.0, name: row.name, deed }).await
            })
        })
        .await
    }

    /// Writes down that somebody had the webhook of a connection looked up at Cal.com, and whether it had to be corrected.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn webhook_checked(
        &self,
        company: CompanyId,
        id: ConnectionId,
        corrected: bool,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        self.write(move |tx| {
            let actor = by.clone();
            Box::pin(async move {
                let name = connection_row(tx, company, id).await?.name;
                let deed = SetupDeed::WebhookChecked { corrected };
                note(tx, company, SetupEntry { at: now, actor, subject: id.0, name, deed }).await
            })
        })
        .await
    }

    /// Stops the work of a connection because of what Cal.com said, with the reason; people are told of it. What is stopped
    /// already stays so.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn stop_connection(
        &self,
        company: CompanyId,
        id: ConnectionId,
        state: ConnectionState,
        message: String,
        now: Timestamp,
    ) -> Result<()> {
        let what = match state {
            ConnectionState::Unauthorized => What::Unauthorized,
            _ => What::Braked,
        };
        let stopped = Occurrence::once(what, notify::Subject::Connection(id), now);
        self.write(move |tx| {
            Box::pin(async move {
                if connection_row(tx, company, id).await?.state != ConnectionState::Active.as_str() {
                    return Ok(());
                }
                let change = connections::ActiveModel {
                    state: Set(state.as_str().to_owned()),
                    state_message: Set(Some(message)),
                    ..Default::default()
                };
                update_connection(tx, company, id, change).await?;
                occurred(tx, company, stopped).await
            })
        })
        .await
    }

    /// Puts another API key in the place of the one that was stored, and takes up the work again if that one was
    /// not accepted. What was stopped for another reason stays so.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn replace_api_key(
        &self,
        company: CompanyId,
        id: ConnectionId,
        key: Sealed,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        self.write(move |tx| {
            let (key, actor) = (key.clone(), by.clone());
            Box::pin(async move {
                let row = connection_row(tx, company, id).await?;
                let mut change = connections::ActiveModel { api_key: Set(key.0), ..Default::default() };
                if row.state == ConnectionState::Unauthorized.as_str() {
                    change.state = Set(ConnectionState::Active.as_str().to_owned());
                    change.state_message = Set(None);
                }
                update_connection(tx, company, id, change).await?;
                let deed = SetupDeed::KeyReplaced;
                note(tx, company, SetupEntry { at: now, actor, subject: id.0, name: row.name, deed }).await
            })
        })
        .await
    }

    /// Notes Cal.com's id of the webhook.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_webhook_id(
        &self,
        company: CompanyId,
        id: ConnectionId,
        webhook_id: Option<String>,
    ) -> Result<()> {
        let change = connections::ActiveModel { webhook_id: Set(webhook_id), ..Default::default() };
        self.change_connection(company, id, change).await
    }

    /// Puts another secret in the place of a webhook's.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_webhook_secret(
        &self,
        company: CompanyId,
        id: ConnectionId,
        secret: Sealed,
    ) -> Result<()> {
        let change = connections::ActiveModel { webhook_secret: Set(secret.0), ..Default::default() };
        self.change_connection(company, id, change).await
    }

    /// Notes that a genuine webhook came at `now`.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn touch_connection(&self, company: CompanyId, id: ConnectionId, now: Timestamp) -> Result<()> {
        let change =
            connections::ActiveModel { last_webhook_at: Set(Some(millis(now))), ..Default::default() };
        self.change_connection(company, id, change).await
    }

    /// Notes up to which change its bookings were asked for, by Cal.com's clock, and when the last change was made that
    /// no webhook told of, if there was one.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn changes_read(
        &self,
        company: CompanyId,
        id: ConnectionId,
        to: Timestamp,
        missed_at: Option<Timestamp>,
    ) -> Result<()> {
        let change = connections::ActiveModel {
            changes_read_to: Set(Some(millis(to))),
            webhook_missed_at: missed_at.map_or(NotSet, |at| Set(Some(millis(at)))),
            ..Default::default()
        };
        self.write(move |tx| {
            Box::pin(async move {
                let before = Connection::try_from(connection_row(tx, company, id).await?)?;
                update_connection(tx, company, id, change).await?;
                let after = Connection {
                    webhook_missed_at: missed_at.or(before.webhook_missed_at),
                    ..before.clone()
                };
                if let Some(at) = missed_at.filter(|_| after.is_silent() && !before.is_silent()) {
                    let silent = Occurrence::once(What::WebhookSilent, notify::Subject::Connection(id), at);
                    occurred(tx, company, silent).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// How many items of work each connection has on its list, due or not. What recurs is always there, and does not
    /// count.
    pub async fn waiting_work(&self, company: CompanyId) -> Result<Vec<(ConnectionId, u64)>> {
        use crate::entities::dirty;
        let rows: Vec<(sea_orm::prelude::Uuid, i64)> = dirty::Entity::find()
            .select_only()
            .column(dirty::Column::ConnectionId)
            .column_as(dirty::Column::Subject.count(), "count")
            .filter(dirty::Column::CompanyId.eq(company.0))
            .filter(dirty::Column::SubjectKind.is_not_in(Subject::RECURRING.map(|subject| subject.kind())))
            .group_by(dirty::Column::ConnectionId)
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(|(id, count)| (ConnectionId(id), count.unsigned_abs())).collect())
    }

    /// How many webhooks of each connection wait to be processed; those of which none does are left out.
    pub async fn waiting_webhooks(&self, company: CompanyId) -> Result<Vec<(ConnectionId, u64)>> {
        use crate::entities::deliveries;
        let rows: Vec<(sea_orm::prelude::Uuid, i64)> = deliveries::Entity::find()
            .select_only()
            .column(deliveries::Column::ConnectionId)
            .column_as(deliveries::Column::Id.count(), "count")
            .filter(deliveries::Column::CompanyId.eq(company.0))
            .filter(deliveries::Column::ProcessedAt.is_null())
            .group_by(deliveries::Column::ConnectionId)
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(|(id, count)| (ConnectionId(id), count.unsigned_abs())).collect())
    }

    /// How each lane of a company stands.
    pub async fn lanes(&self, company: CompanyId) -> Result<Vec<LaneState>> {
        let rows = lanes::Entity::find()
            .filter(lanes::Column::CompanyId.eq(company.0))
            .order_by_asc(lanes::Column::ConnectionId)
            .all(&self.readers)
            .await?;
        let state = |lane: lanes::Model| LaneState {
            connection: ConnectionId(lane.connection_id),
            owner: lane.owner,
            budget: lane.budget,
        };
        Ok(rows.into_iter().map(state).collect())
    }

    /// When Cal.com last answered a call of this account.
    pub async fn last_answer(&self, company: CompanyId, id: ConnectionId) -> Result<Option<Timestamp>> {
        use crate::entities::attempts;
        let last = attempts::Entity::find()
            .filter(attempts::Column::CompanyId.eq(company.0))
            .filter(attempts::Column::ConnectionId.eq(id.0))
            .filter(attempts::Column::HttpStatus.is_not_null())
            .order_by_desc(attempts::Column::Id)
            .one(&self.readers)
            .await?;
        instant_opt(last.and_then(|row| row.finished_at))
    }

    async fn change_connection(
        &self,
        company: CompanyId,
        id: ConnectionId,
        change: connections::ActiveModel,
    ) -> Result<()> {
        self.write(move |tx| {
            let change = change.clone();
            Box::pin(async move { update_connection(tx, company, id, change).await })
        })
        .await
    }
}

async fn connection_row(tx: &Tx, company: CompanyId, id: ConnectionId) -> Result<connections::Model> {
    let find = connections::Entity::find_by_id((company.0, id.0)).lock_exclusive();
    first(find, &**tx).await?.ok_or(Error::NotFound)
}

async fn update_connection(
    tx: &Tx,
    company: CompanyId,
    id: ConnectionId,
    change: connections::ActiveModel,
) -> Result<()> {
    let updated = connections::Entity::update_many()
        .set(change)
        .filter(connections::Column::CompanyId.eq(company.0))
        .filter(connections::Column::Id.eq(id.0))
        .exec(&**tx)
        .await?;
    if updated.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// The accounts of a company. The indexes of what belongs to an account begin with it: whoever looks for something at
/// all of them names them, or reads everything that the company has.
pub(crate) fn accounts_of(company: CompanyId) -> SelectStatement {
    connections::Entity::find()
        .select_only()
        .column(connections::Column::Id)
        .filter(connections::Column::CompanyId.eq(company.0))
        .into_query()
}
