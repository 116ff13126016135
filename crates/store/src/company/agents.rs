//! Phone agents: the path token that names one, the key that signs its calls, encrypted; and what people have seen to at
//! each.

use domain::{AgentId, CompanyId, UserId};
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::columns::{Sealed, first, instant, millis, named};
use crate::entities::{agent_checks, agents};
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store};

/// A phone agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Which.
    pub id: AgentId,
    /// Part of the address that its functions are called at; not to be guessed.
    pub token: String,
    /// The key that signs its calls, encrypted.
    pub signing_key: Sealed,
    /// The name that people see.
    pub name: String,
}

/// What somebody has to see to at an agent, because no fact here can tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgentItem {
    /// Callers hear at once that a machine is speaking.
    Notice,
    /// No sound is stored at Retell.
    Sound,
    /// There is a contract with Retell about the data of callers.
    Contract,
}

/// Somebody has seen to something at an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentCheck {
    /// Which agent.
    pub agent: AgentId,
    /// What.
    pub item: AgentItem,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: UserId,
}

impl AgentItem {
    /// All, the most important first.
    pub const ALL: [Self; 3] = [Self::Notice, Self::Sound, Self::Contract];

    /// As it stands in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Sound => "sound",
            Self::Contract => "contract",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == name)
    }
}

impl From<agents::Model> for Agent {
    fn from(row: agents::Model) -> Self {
        let (id, signing_key) = (AgentId(row.id), Sealed(row.signing_key));
        Self { id, token: row.token, signing_key, name: row.name }
    }
}

impl Store {
    /// All agents, by name.
    pub async fn agents(&self, company: CompanyId) -> Result<Vec<Agent>> {
        let rows = agents::Entity::find()
            .filter(agents::Column::CompanyId.eq(company.0))
            .order_by_asc(agents::Column::Name)
            .order_by_asc(agents::Column::Id)
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(Agent::from).collect())
    }

    /// What people have seen to at the agents.
    pub async fn agent_checks(&self, company: CompanyId) -> Result<Vec<AgentCheck>> {
        let rows = agent_checks::Entity::find()
            .filter(agent_checks::Column::CompanyId.eq(company.0))
            .all(&self.readers)
            .await?;
        let check = |row: agent_checks::Model| {
            let item = named("agent_checks.item", &row.item, AgentItem::parse)?;
            let (agent, by) = (AgentId(row.agent_id), UserId(row.checked_by));
            Ok(AgentCheck { agent, item, at: instant(row.checked_at)?, by })
        };
        rows.into_iter().map(check).collect()
    }

    /// Somebody has seen to something at an agent, now.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an agent of nobody here.
    pub async fn check_agent(&self, company: CompanyId, check: AgentCheck) -> Result<()> {
        let row = agent_checks::Model {
            company_id: company.0,
            agent_id: check.agent.0,
            item: check.item.as_str().to_owned(),
            checked_at: millis(check.at),
            checked_by: check.by.0,
        };
        self.write(move |tx| {
            Box::pin(async move {
                known(tx, company, check.agent).await?;
                let (agent, item) = (agent_checks::Column::AgentId, agent_checks::Column::Item);
                let again = OnConflict::columns([agent_checks::Column::CompanyId, agent, item])
                    .update_columns([agent_checks::Column::CheckedAt, agent_checks::Column::CheckedBy])
                    .to_owned();
                let insert = agent_checks::Entity::insert(row.into_active_model()).on_conflict(again);
                insert.exec_without_returning(&**tx).await?;
                Ok(())
            })
        })
        .await
    }

    /// Nobody has seen to it any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an agent of nobody here.
    pub async fn uncheck_agent(&self, company: CompanyId, agent: AgentId, item: AgentItem) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                known(tx, company, agent).await?;
                let key = (company.0, agent.0, item.as_str().to_owned());
                agent_checks::Entity::delete_by_id(key).exec(&**tx).await?;
                Ok(())
            })
        })
        .await
    }

    /// Adds an agent.
    ///
    /// # Errors
    /// [`Error::Duplicate`] for a token that is in use.
    pub async fn add_agent(&self, company: CompanyId, agent: Agent) -> Result<()> {
        let row = agents::Model {
            company_id: company.0,
            id: agent.id.0,
            token: agent.token,
            signing_key: agent.signing_key.0,
            name: agent.name,
        };
        self.write(move |tx| {
            Box::pin(async move {
                agents::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("agent"))?;
                Ok(())
            })
        })
        .await
    }
}

async fn known(tx: &Tx, company: CompanyId, agent: AgentId) -> Result<()> {
    let found = first(agents::Entity::find_by_id((company.0, agent.0)), &**tx).await?;
    found.map(|_| ()).ok_or(Error::NotFound)
}
