//! Phone agents: the path token that names one, and the key that signs its calls, encrypted.

use domain::{AgentId, CompanyId};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::columns::Sealed;
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
