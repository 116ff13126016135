//! What people do about items. Each deed is written down with who did it.

use domain::appointment::Actor;
use domain::review::{About, Aside, Choice, Handled, Item};
use domain::{CompanyId, ReviewId};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, Set};

use super::ask::{basis, basis_of_message};
use super::queue::one;
use crate::appointments::case::{Lock, load};
use crate::columns::{first, millis, to_json};
use crate::entities::{review_entries, reviews, users};
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store};

/// How something is done about an item.
#[derive(Debug, Clone)]
pub struct Handling {
    /// By whom.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// Only if the item is still at this version.
    pub version: Option<i64>,
}

impl Store {
    /// Does something about an item, and writes it down. Answers the item as it is then. A closed one is only
    /// commented on, and what was decided of it is only written down.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for somebody who does not sign in here; [`Error::Stale`].
    pub async fn handle_review(
        &self,
        company: CompanyId,
        id: ReviewId,
        how: Handling,
        what: Handled,
    ) -> Result<Item> {
        self.write(move |tx| {
            Box::pin(async move {
                let about = one(&**tx, company, id).await?.about;
                // Whoever changes an appointment locks it before its items.
                let case = match about {
                    About::Appointment(id) => Some(load(tx, company, id, Lock::Yes).await?.0),
                    About::EventType { .. } | About::Booking { .. } => None,
                };
                let locked = reviews::Entity::find_by_id((company.0, id.0)).lock_exclusive();
                let row = first(locked, &**tx).await?.ok_or(Error::NotFound)?;
                if how.version.is_some_and(|version| version != row.version) {
                    return Err(Error::Stale { current_version: row.version });
                }
                let (version, closed, message) = (row.version, row.closed_at.is_some(), row.message.clone());
                let mut active = row.into_active_model();
                match &what {
                    _ if closed => {}
                    Handled::Assigned { to } => {
                        if let Some(user) = to {
                            let known = users::Entity::find_by_id((company.0, user.0));
                            first(known, &**tx).await?.ok_or(Error::NotFound)?;
                        }
                        active.assignee_id = Set(to.map(|user| user.0));
                    }
                    Handled::Snoozed { until } => active.snoozed_until = Set(until.map(millis)),
                    Handled::Chosen { choice: Choice::Accept | Choice::Dismiss, .. } => {
                        let accepted = matches!(what, Handled::Chosen { choice: Choice::Accept, .. });
                        let aside = if accepted { Aside::Accepted } else { Aside::Dismissed };
                        let basis = match &case {
                            Some(case) => basis(case, &message)?,
                            None => basis_of_message(&message)?,
                        };
                        active.aside = Set(Some(aside.as_str().to_owned()));
                        active.basis = Set(Some(basis));
                    }
                    Handled::Chosen { choice: Choice::Reopen, .. } => {
                        active.aside = Set(None);
                    }
                    Handled::Commented { .. } | Handled::Chosen { .. } | Handled::Returned => {}
                }
                active.version = Set(version + 1);
                active.updated_at = Set(millis(how.at));
                reviews::Entity::update(active).exec_without_returning(&**tx).await?;
                note(tx, company, id.0, (&how.actor, how.at), &what).await?;
                one(&**tx, company, id).await
            })
        })
        .await
    }
}

/// Writes down what was done about an item. The caller has locked it.
pub(super) async fn note(
    tx: &Tx,
    company: CompanyId,
    item: Uuid,
    (actor, at): (&Actor, Timestamp),
    what: &Handled,
) -> Result<()> {
    let before = review_entries::Entity::find()
        .filter(review_entries::Column::CompanyId.eq(company.0))
        .filter(review_entries::Column::ReviewId.eq(item))
        .count(&**tx)
        .await?;
    let row = review_entries::Model {
        company_id: company.0,
        review_id: item,
        seq: i64::try_from(before).unwrap_or(i64::MAX).saturating_add(1),
        at: millis(at),
        actor: to_json(actor)?,
        what: to_json(what)?,
    };
    review_entries::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
    Ok(())
}
