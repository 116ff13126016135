//! Questions to people. They are opened and closed with the case they are about (`write_back.rs`); here
//! they are listed, and closed by a person.

use domain::appointment::Actor;
use domain::review::ReviewItem;
use domain::timeline::What;
use domain::{AppointmentId, CompanyId, ReviewId};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::case::{Lock, load};
use super::write_back::write_entries;
use crate::columns::millis;
use crate::entities::reviews;
use crate::{Error, Result, Store};

impl Store {
    /// The open questions, the oldest first.
    pub async fn reviews_open(&self, company: CompanyId, limit: u64) -> Result<Vec<ReviewItem>> {
        reviews::Entity::find()
            .filter(reviews::Column::CompanyId.eq(company.0))
            .filter(reviews::Column::ClosedAt.is_null())
            .order_by_asc(reviews::Column::OpenedAt)
            .order_by_asc(reviews::Column::Id)
            .limit(limit)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(ReviewItem::try_from)
            .collect()
    }

    /// How many questions are open.
    pub async fn count_reviews_open(&self, company: CompanyId) -> Result<u64> {
        let open = reviews::Entity::find()
            .filter(reviews::Column::CompanyId.eq(company.0))
            .filter(reviews::Column::ClosedAt.is_null());
        Ok(open.count(&self.readers).await?)
    }

    /// Closes a question by a person, who is named by `by`. If its cause stays, the next change of the
    /// appointment opens it anew. Says whether it was open.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn close_review(
        &self,
        company: CompanyId,
        id: ReviewId,
        by: Actor,
        now: Timestamp,
    ) -> Result<bool> {
        self.write(move |tx| {
            Box::pin(async move {
                let find = || reviews::Entity::find_by_id((company.0, id.0)).one(&**tx);
                let about = AppointmentId(find().await?.ok_or(Error::NotFound)?.appointment_id);
                let (mut case, _) = load(tx, company, about, Lock::Yes).await?;
                let row = find().await?.ok_or(Error::NotFound)?;
                if row.closed_at.is_some() {
                    return Ok(false);
                }
                let code = ReviewItem::try_from(row.clone())?.code;
                let who = match (by.user_id, &by.via) {
                    (Some(user), _) => user.to_string(),
                    (None, Some(via)) => via.clone(),
                    (None, None) => by.origin.as_str().to_owned(),
                };
                let mut active = row.into_active_model();
                active.closed_at = Set(Some(millis(now)));
                active.updated_at = Set(millis(now));
                active.closed_by = Set(Some(who));
                reviews::Entity::update(active).exec_without_returning(&**tx).await?;
                case.tell(now, &by, What::ReviewClosed { code });
                write_entries(tx, company, &[(&case, true)]).await?;
                Ok(true)
            })
        })
        .await
    }
}
