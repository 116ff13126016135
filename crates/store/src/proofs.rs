//! How it went when somebody was asked who is speaking: wrong answers, and one-time codes that were sent. How many there
//! were in a call, and of a number, is counted here. Numbers and codes are hashed by whoever writes them down.

use domain::{CompanyId, CustomerId};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Select};

use crate::columns::{instant, millis};
use crate::entities::proofs;
use crate::{Error, Result, Store};

const DOUBT: &str = "doubt";
const CODE: &str = "code";

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

/// A code was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its own name.
    pub id: Uuid,
    /// In which call, the only one where it counts.
    pub call_id: String,
    /// Whose number showed, hashed; `None` where it was withheld.
    pub caller: Option<Vec<u8>>,
    /// Under which name it was asked for, hashed.
    pub name: Vec<u8>,
    /// Who got it, and its hash; `None` where there is nobody whom it could be sent to.
    pub sent: Option<(CustomerId, Vec<u8>)>,
    /// When.
    pub at: Timestamp,
}

/// How many codes were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Codes {
    /// In a call.
    pub in_call: u64,
    /// Of a number (of all who withhold theirs).
    pub of_caller: u64,
    /// Under a name.
    pub under_name: u64,
}

impl Store {
    /// Writes a wrong answer down.
    pub async fn doubt(&self, company: CompanyId, id: Uuid, doubt: Doubt) -> Result<()> {
        let row = proofs::Model {
            company_id: company.0,
            id,
            call_id: doubt.call_id,
            caller: doubt.caller,
            name: None,
            customer_id: None,
            kind: DOUBT.to_owned(),
            code: None,
            at: millis(doubt.at),
        };
        self.keep_proof(row).await
    }

    /// Writes down that a code was asked for.
    pub async fn keep_code(&self, company: CompanyId, code: Code) -> Result<()> {
        let (customer, hash) = code.sent.unzip();
        let row = proofs::Model {
            company_id: company.0,
            id: code.id,
            call_id: code.call_id,
            caller: code.caller,
            name: Some(code.name),
            customer_id: customer.map(|customer| customer.0),
            kind: CODE.to_owned(),
            code: hash,
            at: millis(code.at),
        };
        self.keep_proof(row).await
    }

    async fn keep_proof(&self, row: proofs::Model) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                proofs::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("proof"))?;
                Ok(())
            })
        })
        .await
    }

    /// The codes that were sent in a call after `since`: who got them, and their hashes.
    pub async fn codes_of_call(
        &self,
        company: CompanyId,
        call_id: &str,
        since: Timestamp,
    ) -> Result<Vec<Code>> {
        let rows = of_kind(company, CODE)
            .filter(proofs::Column::CallId.eq(call_id))
            .filter(proofs::Column::Code.is_not_null())
            .filter(proofs::Column::At.gt(millis(since)))
            .all(&self.readers)
            .await?;
        let code = |row: proofs::Model| {
            Ok(Code {
                id: row.id,
                call_id: row.call_id,
                caller: row.caller,
                name: row.name.unwrap_or_default(),
                sent: row.customer_id.map(CustomerId).zip(row.code),
                at: instant(row.at)?,
            })
        };
        rows.into_iter().map(code).collect()
    }

    /// How many codes were asked for in a call, and since `since` by a caller (by all who withhold their numbers, if it
    /// is `None`) and under a name, which is hashed.
    pub async fn codes(
        &self,
        company: CompanyId,
        call_id: &str,
        caller: Option<&[u8]>,
        name: &[u8],
        since: Timestamp,
    ) -> Result<Codes> {
        let in_call = of_kind(company, CODE).filter(proofs::Column::CallId.eq(call_id));
        let lately = of_kind(company, CODE).filter(proofs::Column::At.gte(millis(since)));
        let under_name = lately.clone().filter(proofs::Column::Name.eq(name));
        Ok(Codes {
            in_call: in_call.count(&self.readers).await?,
            of_caller: by(lately, caller).count(&self.readers).await?,
            under_name: under_name.count(&self.readers).await?,
        })
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
        let doubts = of_kind(company, DOUBT);
        let in_call = doubts.clone().filter(proofs::Column::CallId.eq(call_id)).count(&self.readers).await?;
        let of_caller = by(doubts, caller).filter(proofs::Column::At.gte(millis(since)));
        Ok((in_call, of_caller.count(&self.readers).await?))
    }
}

fn of_kind(company: CompanyId, kind: &str) -> Select<proofs::Entity> {
    proofs::Entity::find()
        .filter(proofs::Column::CompanyId.eq(company.0))
        .filter(proofs::Column::Kind.eq(kind))
}

fn by(proofs: Select<proofs::Entity>, caller: Option<&[u8]>) -> Select<proofs::Entity> {
    match caller {
        Some(caller) => proofs.filter(proofs::Column::Caller.eq(caller)),
        None => proofs.filter(proofs::Column::Caller.is_null()),
    }
}
