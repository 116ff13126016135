//! What people did to how a company is set up: to its accounts at Cal.com, to the ways it is told, to its hours. Written
//! down in the transaction that does it.

use domain::appointment::Actor;
use domain::{CompanyId, Slot};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::audit::AuditKind;
use crate::columns::{from_json, instant, millis, to_json};
use crate::entities::setup_entries;
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SetupDeed {
    /// The account was connected.
    Connected,
    /// The work of an account was stopped.
    Paused,
    /// It goes on.
    Resumed,
    /// The account has another API key.
    KeyReplaced,
    /// Its webhook was looked up at Cal.com.
    WebhookChecked {
        /// It was not as it should be, and is now.
        corrected: bool,
    },
    /// There is another way to be told.
    ChannelAdded,
    /// It is as somebody wants it.
    ChannelChanged {
        /// What of it is another than before.
        #[serde(default)]
        parts: Vec<ChannelPart>,
    },
    /// It is gone.
    ChannelRemoved,
    /// A branch is open, or somebody works, at other hours.
    HoursChanged,
    /// Somebody is away.
    AbsenceAdded {
        /// When.
        slot: Slot,
    },
    /// Is not away after all.
    AbsenceRemoved {
        /// When it would have been.
        slot: Slot,
    },
}

/// What can be said of a way to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelPart {
    /// Whether it is switched on.
    Active,
    /// What it is called.
    Name,
    /// Where it leads, which is a secret.
    Target,
    /// Who is told what.
    Rules,
    /// When not.
    Quiet,
    /// How long a message is gathered.
    #[serde(rename = "gather_minutes")]
    Gathering,
}

impl ChannelPart {
    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Name => "name",
            Self::Target => "target",
            Self::Rules => "rules",
            Self::Quiet => "quiet",
            Self::Gathering => "gather_minutes",
        }
    }
}

impl SetupDeed {
    /// The names of those that are about channels.
    pub(crate) const OF_CHANNELS: [&'static str; 3] = ["channel_added", "channel_changed", "channel_removed"];
    /// The names of those that are about who is there when.
    pub(crate) const OF_HOURS: [&'static str; 3] = ["hours_changed", "absence_added", "absence_removed"];
    /// The names of those that are about accounts.
    pub(crate) const OF_CONNECTIONS: [&'static str; 5] =
        ["connected", "paused", "resumed", "key_replaced", "webhook_checked"];

    /// The stored and documented name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::KeyReplaced => "key_replaced",
            Self::WebhookChecked { .. } => "webhook_checked",
            Self::ChannelAdded => "channel_added",
            Self::ChannelChanged { .. } => "channel_changed",
            Self::ChannelRemoved => "channel_removed",
            Self::HoursChanged => "hours_changed",
            Self::AbsenceAdded { .. } => "absence_added",
            Self::AbsenceRemoved { .. } => "absence_removed",
        }
    }

    /// What it was done to.
    pub fn about(&self) -> AuditKind {
        match self {
            Self::Connected
            | Self::Paused
            | Self::Resumed
            | Self::KeyReplaced
            | Self::WebhookChecked { .. } => AuditKind::Connection,
            Self::ChannelAdded | Self::ChannelChanged { .. } | Self::ChannelRemoved => AuditKind::Channel,
            Self::HoursChanged | Self::AbsenceAdded { .. } | Self::AbsenceRemoved { .. } => AuditKind::Hours,
        }
    }
}

/// What somebody did, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The account, the channel, the branch or the person.
    pub subject: Uuid,
    /// What it was called.
    pub name: String,
    /// What.
    pub deed: SetupDeed,
}

impl TryFrom<setup_entries::Model> for SetupEntry {
    type Error = Error;

    fn try_from(row: setup_entries::Model) -> Result<Self> {
        Ok(Self {
            at: instant(row.at)?,
            actor: from_json("setup_entries.actor", row.actor)?,
            subject: row.subject_id,
            name: row.name,
            deed: from_json("setup_entries.what", row.what)?,
        })
    }
}

impl Store {
    /// What people did to an account, a channel, a branch or a person, the last first.
    pub async fn setup_history(&self, company: CompanyId, subject: Uuid) -> Result<Vec<SetupEntry>> {
        let rows = setup_entries::Entity::find()
            .filter(setup_entries::Column::CompanyId.eq(company.0))
            .filter(setup_entries::Column::SubjectId.eq(subject))
            .order_by_desc(setup_entries::Column::Seq)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(SetupEntry::try_from).collect()
    }
}

/// Writes down what is done. The caller has locked what it is about.
pub(crate) async fn note(tx: &Tx, company: CompanyId, entry: SetupEntry) -> Result<()> {
    let last: Option<Option<i64>> = setup_entries::Entity::find()
        .select_only()
        .column_as(Expr::col(setup_entries::Column::Seq).max(), "last")
        .filter(setup_entries::Column::CompanyId.eq(company.0))
        .filter(setup_entries::Column::SubjectId.eq(entry.subject))
        .into_tuple()
        .all(&**tx)
        .await?
        .pop();
    let row = setup_entries::Model {
        company_id: company.0,
        subject_id: entry.subject,
        seq: last.flatten().unwrap_or(0) + 1,
        at: millis(entry.at),
        actor: to_json(&entry.actor)?,
        name: entry.name,
        what: to_json(&entry.deed)?,
    };
    setup_entries::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
    Ok(())
}
