//! Services.

use domain::service::{Service, ServiceSync};
use domain::{CompanyId, ServiceId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::columns::{first, from_json, named, small, text, to_json};
use crate::entities::services;
use crate::{Error, Result, Store};

impl TryFrom<services::Model> for Service {
    type Error = Error;

    fn try_from(row: services::Model) -> Result<Self> {
        Ok(Self {
            id: ServiceId(row.id),
            name: row.name,
            slug: row.slug,
            description: row.description,
            duration_minutes: small("services.duration_minutes", row.duration_minutes)?,
            price_cents: row.price_cents,
            active: row.active,
            terms: from_json("services.terms", row.terms)?,
            sync: named("services.sync", &row.sync, ServiceSync::from_name)?,
            version: row.version,
            segments: from_json("services.segments", row.segments)?,
        })
    }
}

impl Store {
    /// All services, by name, also those that cannot be booked; not those that were deleted.
    pub async fn services(&self, company: CompanyId) -> Result<Vec<Service>> {
        self.services_that(company, services::Column::DeletedAt.is_null()).await
    }

    /// Services that were deleted, by name: the history still tells of them. Their short names are free for others.
    pub async fn deleted_services(&self, company: CompanyId) -> Result<Vec<Service>> {
        self.services_that(company, services::Column::DeletedAt.is_not_null()).await
    }

    async fn services_that(&self, company: CompanyId, condition: Expr) -> Result<Vec<Service>> {
        services::Entity::find()
            .filter(services::Column::CompanyId.eq(company.0))
            .filter(condition)
            .order_by_asc(services::Column::Name)
            .order_by_asc(services::Column::Id)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(Service::try_from)
            .collect()
    }

    /// One service, also a deleted one: appointments still name it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn service(&self, company: CompanyId, id: ServiceId) -> Result<Service> {
        let row = first(services::Entity::find_by_id((company.0, id.0)), &self.readers).await?;
        row.ok_or(Error::NotFound)?.try_into()
    }

    /// Adds a service.
    ///
    /// # Errors
    /// [`Error::Duplicate`] for a slug that another service has.
    pub async fn add_service(&self, company: CompanyId, service: Service) -> Result<()> {
        let row = row(company, &service)?;
        self.write(move |tx| {
            Box::pin(async move {
                services::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("service"))?;
                Ok(())
            })
        })
        .await
    }
}

pub(crate) fn row(company: CompanyId, service: &Service) -> Result<services::Model> {
    Ok(services::Model {
        company_id: company.0,
        id: service.id.0,
        name: text(&service.name),
        slug: text(&service.slug),
        description: text(&service.description),
        duration_minutes: i64::from(service.duration_minutes),
        price_cents: service.price_cents,
        active: service.active,
        segments: to_json(&service.segments)?,
        terms: to_json(&service.terms)?,
        sync: service.sync.as_str().to_owned(),
        version: service.version,
        deleted_at: None,
    })
}
