//! Customers: searching, finding again, changing.

use domain::people::{Customer, CustomerDetails};
use domain::{CompanyId, CustomerId, Phone};
use jiff::Timestamp;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder,
};

use crate::appointments::list::{search, searchable};
use crate::columns::{at_most, first, locale, millis, parsed, phone_opt, text};
use crate::entities::customers;
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store, work};

impl TryFrom<customers::Model> for Customer {
    type Error = Error;

    fn try_from(row: customers::Model) -> Result<Self> {
        Ok(Self {
            id: CustomerId(row.id),
            name: row.name,
            email: row.email.map(|email| parsed("customers.email", &email)).transpose()?,
            phone: phone_opt("customers.phone", row.phone.as_deref())?,
            locale: locale(&row.locale)?,
        })
    }
}

pub(crate) fn row(company: CompanyId, customer: &Customer, created_at: Timestamp) -> customers::Model {
    customers::Model {
        company_id: company.0,
        id: customer.id.0,
        name: text(&customer.name),
        email: customer.email.clone().map(String::from),
        phone: customer.phone.clone().map(String::from),
        locale: customer.locale.tag().to_owned(),
        search: text(&searchable(customer)),
        created_at: millis(created_at),
    }
}

impl Store {
    /// Customers in whose name, address or number `query` occurs, by name. An empty query finds all.
    pub async fn customers(&self, company: CompanyId, query: &str, limit: u64) -> Result<Vec<Customer>> {
        let found = customers::Entity::find()
            .filter(customers::Column::CompanyId.eq(company.0))
            .filter(search(query.trim()))
            .order_by_asc(customers::Column::Name)
            .order_by_asc(customers::Column::Id);
        at_most(found, limit, &self.readers).await?.into_iter().map(Customer::try_from).collect()
    }

    /// Customers of a number, by name.
    pub async fn customers_of_phone(
        &self,
        company: CompanyId,
        phone: &Phone,
        limit: u64,
    ) -> Result<Vec<Customer>> {
        let query = customers::Entity::find()
            .filter(customers::Column::CompanyId.eq(company.0))
            .filter(customers::Column::Phone.eq(phone.as_str()))
            .order_by_asc(customers::Column::Name)
            .order_by_asc(customers::Column::Id);
        at_most(query, limit, &self.readers).await?.into_iter().map(Customer::try_from).collect()
    }

    /// One customer.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn customer(&self, company: CompanyId, id: CustomerId) -> Result<Customer> {
        find(&self.readers, company, id).await
    }

    /// Adds a customer who has no appointment yet.
    pub async fn add_customer(&self, company: CompanyId, customer: Customer, now: Timestamp) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                customers::Entity::insert(row(company, &customer, now).into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("customer"))?;
                Ok(())
            })
        })
        .await
    }

    /// Changes what is known of a customer. Lanes look at the bookings that are to come again.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn update_customer(
        &self,
        company: CompanyId,
        customer: Customer,
        now: Timestamp,
    ) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                find(&**tx, company, customer.id).await?;
                update(tx, company, &customer).await?;
                work::mark_all_of(tx, company, customer.id, None, now).await
            })
        })
        .await
    }
}

pub(crate) async fn find(db: &impl ConnectionTrait, company: CompanyId, id: CustomerId) -> Result<Customer> {
    let row = first(customers::Entity::find_by_id((company.0, id.0)), db).await?;
    row.ok_or(Error::NotFound)?.try_into()
}

pub(crate) async fn update(tx: &Tx, company: CompanyId, customer: &Customer) -> Result<()> {
    let mut active = row(company, customer, Timestamp::UNIX_EPOCH).into_active_model().reset_all();
    active.created_at = ActiveValue::NotSet;
    customers::Entity::update(active).exec_without_returning(&**tx).await?;
    Ok(())
}

/// The customer with the same name and the same number, else with the same name and address, else a new
/// one. The company must be locked, so that one person does not become two customers.
pub(crate) async fn find_or_add(
    tx: &Tx,
    company: CompanyId,
    id: CustomerId,
    details: CustomerDetails,
    now: Timestamp,
) -> Result<Customer> {
    let phone = details.phone.as_ref().map(|phone| customers::Column::Phone.eq(phone.as_str()));
    let email = details.email.as_ref().map(|email| customers::Column::Email.eq(email.as_str()));
    let name = details.name.trim().to_lowercase();
    for contact in phone.into_iter().chain(email) {
        let known = customers::Entity::find()
            .filter(customers::Column::CompanyId.eq(company.0))
            .filter(contact)
            .order_by_asc(customers::Column::CreatedAt)
            .order_by_asc(customers::Column::Id)
            .all(&**tx)
            .await?;
        if let Some(row) = known.into_iter().find(|row| row.name.trim().to_lowercase() == name) {
            return row.try_into();
        }
    }
    let CustomerDetails { name, email, phone, locale } = details;
    let customer = Customer { id, name, email, phone, locale };
    customers::Entity::insert(row(company, &customer, now).into_active_model())
        .exec_without_returning(&**tx)
        .await?;
    Ok(customer)
}
