//! Names that are counted, not drawn: appointment numbers and the ids of review items.

use domain::{CompanyId, ReviewId};
use jiff::Timestamp;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
};
use uuid::{Builder, Uuid};

use crate::columns::first;
use crate::entities::{companies, reviews};
use crate::unit_of_work::Tx;
use crate::{Error, Result};

/// Locks the company's row: appointments and customers of one company are made one after the other, so
/// numbers have no gaps and nobody becomes two customers.
pub(crate) async fn lock_company(tx: &Tx, company: CompanyId) -> Result<companies::Model> {
    let find = companies::Entity::find_by_id(company.0).lock(LockType::NoKeyUpdate);
    first(find, &**tx).await?.ok_or(Error::NotFound)
}

/// The next number, given out once. Needs [`lock_company`].
pub(crate) async fn next_number(tx: &Tx, company: &companies::Model) -> Result<i64> {
    let number = company.last_number + 1;
    let mut active = company.clone().into_active_model();
    active.last_number = ActiveValue::Set(number);
    companies::Entity::update(active).exec_without_returning(&**tx).await?;
    Ok(number)
}

/// A version 7 id from the time, what the review is about, and the count of the reviews about it (`of` is the column
/// that names it): unique without chance, because whoever asks has locked it.
pub(crate) async fn review_id(
    tx: &Tx,
    company: CompanyId,
    (of, about): (reviews::Column, Uuid),
    now: Timestamp,
) -> Result<ReviewId> {
    let count = reviews::Entity::find()
        .filter(reviews::Column::CompanyId.eq(company.0))
        .filter(of.eq(about))
        .count(&**tx)
        .await?;
    let mut bytes = [0; 10];
    bytes[..2].copy_from_slice(&count.to_be_bytes()[6..]);
    let (time, rest) = about.as_bytes().split_at(8);
    for (byte, (time, rest)) in bytes[2..].iter_mut().zip(time.iter().zip(rest)) {
        *byte = time ^ rest;
    }
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Ok(ReviewId(Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()))
}
