//! Wrong answers to the question who is speaking: how many there were in a call, and of a number. Numbers are hashed by
//! whoever writes them down.

use domain::CompanyId;
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

use crate::columns::millis;
use crate::entities::proofs;
use crate::{Error, Result, Store};

const DOUBT: &str = "doubt";

/// Somebody said what is not so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// In which call.
    pub call_id: String,
    /// Whose number showed, hashed; `None` where it was withheld.
    pub caller: Option<Vec<u8>>,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Writes a wrong answer down.
    pub async fn doubt(&self, company: CompanyId, id: Uuid, doubt: Doubt) -> Result<()> {
        let row = proofs::Model {
            company_id: company.0,
            id,
            call_id: doubt.call_id,
            caller: doubt.caller,
            customer_id: None,
            kind: DOUBT.to_owned(),
            code: None,
            at: millis(doubt.at),
        };
        self.write(move |tx| {
            Box::pin(async move {
                proofs::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("doubt"))?;
                Ok(())
            })
        })
        .await
    }

    /// How many wrong answers there were in a call, and since `since` of a caller (of all who withhold their numbers,
    /// if it is `None`).
    pub async fn doubts(
        &self,
        company: CompanyId,
        call_id: &str,
        caller: Option<&[u8]>,
        since: Timestamp,
    ) -> Result<(u64, u64)> {
        let doubts = proofs::Entity::find()
            .filter(proofs::Column::CompanyId.eq(company.0))
            .filter(proofs::Column::Kind.eq(DOUBT));
        let in_call = doubts.clone().filter(proofs::Column::CallId.eq(call_id)).count(&self.readers).await?;
        let of_caller = match caller {
            Some(caller) => doubts.filter(proofs::Column::Caller.eq(caller)),
            None => doubts.filter(proofs::Column::Caller.is_null()),
        };
        let of_caller = of_caller.filter(proofs::Column::At.gte(millis(since))).count(&self.readers).await?;
        Ok((in_call, of_caller))
    }
}
