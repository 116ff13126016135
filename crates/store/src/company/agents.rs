//! Phone agents: the path token that names one, and the key that signs its calls, encrypted.

use domain::{AgentId, CompanyId, UserId};
use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::columns::{Sealed, instant_opt, millis};
use crate::entities::agents;
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

/// Whether an agent says at once that it is a machine: who has listened to it, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentNotice {
    /// Which agent.
    pub agent: AgentId,
    /// Its name.
    pub name: String,
    /// When somebody has last listened to it; `None`: nobody yet.
    pub checked_at: Option<Timestamp>,
    /// Who.
    pub checked_by: Option<UserId>,
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

    /// What is known of each agent's notice, by name.
    pub async fn agent_notices(&self, company: CompanyId) -> Result<Vec<AgentNotice>> {
        let rows = agents::Entity::find()
            .filter(agents::Column::CompanyId.eq(company.0))
            .order_by_asc(agents::Column::Name)
            .order_by_asc(agents::Column::Id)
            .all(&self.readers)
            .await?;
        let notice = |row: agents::Model| {
            Ok(AgentNotice {
                agent: AgentId(row.id),
                name: row.name,
                checked_at: instant_opt(row.notice_checked_at)?,
                checked_by: row.notice_checked_by.map(UserId),
            })
        };
        rows.into_iter().map(notice).collect()
    }

    /// Somebody has listened to it: the agent says at once that it is a machine.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an agent of nobody here.
    pub async fn check_agent_notice(
        &self,
        company: CompanyId,
        agent: AgentId,
        by: UserId,
        at: Timestamp,
    ) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                let changed = agents::Entity::update_many()
                    .col_expr(agents::Column::NoticeCheckedAt, Expr::value(millis(at)))
                    .col_expr(agents::Column::NoticeCheckedBy, Expr::value(by.0))
                    .filter(agents::Column::CompanyId.eq(company.0))
                    .filter(agents::Column::Id.eq(agent.0))
                    .exec(&**tx)
                    .await?;
                if changed.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
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
            notice_checked_at: None,
            notice_checked_by: None,
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
