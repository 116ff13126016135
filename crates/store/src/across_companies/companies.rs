//! The companies of an installation.

use domain::company::{Company, Locale};
use domain::{CompanyId, Policy};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::columns::{locale, millis, to_json};
use crate::entities::{companies, connections};
use crate::{ConnectionState, Error, Result, Store};

/// A company to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCompany {
    /// Its id.
    pub id: CompanyId,
    /// Short name in commands and URLs.
    pub slug: String,
    /// The name that people see.
    pub name: String,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// The language that its users and callers start with.
    pub locale: Locale,
    /// Host part of the placeholder addresses of customers without e-mail.
    pub placeholder_domain: String,
    /// Who is right when both sides changed a fact.
    pub policy: Policy,
    /// Our time.
    pub created_at: Timestamp,
}

impl TryFrom<companies::Model> for Company {
    type Error = Error;

    fn try_from(row: companies::Model) -> Result<Self> {
        Ok(Self {
            id: CompanyId(row.id),
            slug: row.slug,
            name: row.name,
            time_zone: row.time_zone,
            locale: locale(&row.locale)?,
            placeholder_domain: row.placeholder_domain,
        })
    }
}

impl Store {
    /// Those none of whose accounts is at work: they have none, or all are paused, braked or refused.
    pub async fn companies_at_rest(&self) -> Result<Vec<CompanyId>> {
        let active = connections::Entity::find()
            .select_only()
            .column(connections::Column::CompanyId)
            .filter(connections::Column::State.eq(ConnectionState::Active.as_str()))
            .into_query();
        let ids: Vec<Uuid> = companies::Entity::find()
            .select_only()
            .column(companies::Column::Id)
            .filter(companies::Column::Id.not_in_subquery(active))
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(ids.into_iter().map(CompanyId).collect())
    }

    /// Makes a company.
    ///
    /// # Errors
    /// [`Error::Duplicate`] for a slug that is in use.
    pub async fn create_company(&self, new: NewCompany) -> Result<Company> {
        let row = companies::Model {
            id: new.id.0,
            slug: new.slug,
            name: new.name,
            time_zone: new.time_zone,
            locale: new.locale.tag().to_owned(),
            placeholder_domain: new.placeholder_domain,
            policy: to_json(&new.policy)?,
            last_number: 0,
            created_at: millis(new.created_at),
            setup_hidden_at: None,
        };
        self.write(move |tx| {
            Box::pin(async move {
                companies::Entity::insert(row.clone().into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("company"))?;
                row.try_into()
            })
        })
        .await
    }

    /// All companies, by slug.
    pub async fn companies(&self) -> Result<Vec<Company>> {
        companies::Entity::find()
            .order_by_asc(companies::Column::Slug)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(Company::try_from)
            .collect()
    }

    /// One company.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn company(&self, id: CompanyId) -> Result<Company> {
        let row = companies::Entity::find_by_id(id.0).one(&self.readers).await?;
        row.ok_or(Error::NotFound)?.try_into()
    }

    /// The company of a slug.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn company_by_slug(&self, slug: &str) -> Result<Company> {
        let row =
            companies::Entity::find().filter(companies::Column::Slug.eq(slug)).one(&self.readers).await?;
        row.ok_or(Error::NotFound)?.try_into()
    }
}
