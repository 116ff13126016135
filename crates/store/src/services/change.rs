//! Changing a service: the one way to do it, as `appointments/apply.rs` is for appointments.

use std::collections::BTreeSet;

use domain::catalogue::{EventTypeRecord, ServiceCase, ServiceEntry};
use domain::planted::{self, Bug};
use domain::service::Service;
use domain::{CompanyId, ConnectionId, ServiceId};
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QuerySelect, Set,
};

use super::case::{load, row};
use super::history::Said;
use crate::columns::{millis, to_json};
use crate::company;
use crate::entities::{event_types, service_entries, service_staff, services};
use crate::reviews::ask;
use crate::unit_of_work::Tx;
use crate::work::{self, Subject};
use crate::{Abort, Change, Error, Moment, Result, Store};

/// What a change of a service brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceChanged<R> {
    /// What the change answered.
    pub value: R,
    /// The service with its event types as they are now.
    pub case: ServiceCase,
    /// What its history tells of the change.
    pub entries: Vec<ServiceEntry>,
    /// The accounts whose lanes have work to do on it.
    pub marked: Vec<ConnectionId>,
}

impl Store {
    /// Adds a service together with the event types that it wants: `f` arranges and concludes its case.
    ///
    /// # Errors
    /// [`Error::Duplicate`] for a slug that another service has.
    pub async fn create_service(
        &self,
        company: CompanyId,
        service: Service,
        f: impl Fn(&mut ServiceCase) + Clone + Send + Sync + 'static,
    ) -> Result<ServiceChanged<()>> {
        let unit = std::any::type_name_of_val(&f);
        self.step(unit, Moment::Before).await;
        let created = self
            .begin_to_write(move |tx| {
                Box::pin(async move {
                    services::Entity::insert(company::services::row(company, &service)?.into_active_model())
                        .exec_without_returning(&**tx)
                        .await
                        .map_err(Error::duplicate("service"))?;
                    let mut case = load(tx, company, service.id).await?;
                    let mut before = case.clone();
                    f(&mut case);
                    // What it begins with is no change of it.
                    write_performers(tx, company, &before, &case).await?;
                    before.performers.clone_from(&case.performers);
                    write_back(tx, company, &before, &mut case, None).await?;
                    Ok(changed((), case))
                })
            })
            .await;
        self.step(unit, Moment::After).await;
        created
    }

    /// Changes a service: locks it, loads its case, lets `f` change and conclude it, writes back what follows. Due
    /// work is replaced by [`ServiceCase::due`]. `f` may run more than once.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Fenced`], [`Error::Stale`], [`Error::Duplicate`] for a slug that another
    /// service has, or what `f` aborts with; nothing is written then.
    pub async fn change_service<R: Send + 'static>(
        &self,
        company: CompanyId,
        id: ServiceId,
        change: Change,
        f: impl Fn(&mut ServiceCase) -> Result<R, Abort> + Clone + Send + Sync + 'static,
    ) -> Result<ServiceChanged<R>> {
        self.change_or_remove(company, id, change, f, None).await
    }

    /// Takes a service off the lists. `f` lets its event types go and concludes the case.
    ///
    /// # Errors
    /// As [`Store::change_service`].
    pub async fn remove_service<R: Send + 'static>(
        &self,
        company: CompanyId,
        id: ServiceId,
        change: Change,
        f: impl Fn(&mut ServiceCase) -> Result<R, Abort> + Clone + Send + Sync + 'static,
    ) -> Result<ServiceChanged<R>> {
        let at = Some(change.now);
        self.change_or_remove(company, id, change, f, at).await
    }

    async fn change_or_remove<R: Send + 'static>(
        &self,
        company: CompanyId,
        id: ServiceId,
        change: Change,
        f: impl Fn(&mut ServiceCase) -> Result<R, Abort> + Clone + Send + Sync + 'static,
        removed_at: Option<Timestamp>,
    ) -> Result<ServiceChanged<R>> {
        let unit = std::any::type_name_of_val(&f);
        self.step(unit, Moment::Before).await;
        let made = self
            .begin_to_write(move |tx| {
                Box::pin(async move {
                    if let Some(lease) = &change.fence {
                        work::check_fence(tx, company, lease, change.now).await?;
                    }
                    let locked = services::Entity::find_by_id((company.0, id.0)).lock_exclusive();
                    locked.one(&**tx).await?.ok_or(Error::NotFound)?;
                    let mut case = load(tx, company, id).await?;
                    let current_version = case.service.version;
                    let stale = change.expected_version.is_some_and(|expected| expected != current_version);
                    if stale && !planted::is(Bug::VersionIgnored) {
                        return Err(Error::Stale { current_version });
                    }
                    let before = case.clone();
                    let value = f(&mut case)?;
                    let lane = change.fence.as_ref().map(|lease| lease.connection);
                    write_back(tx, company, &before, &mut case, lane).await?;
                    ask::of_service(tx, company, &case, removed_at.is_none(), change.now).await?;
                    if let Some(at) = removed_at {
                        take_off(tx, company, &case.service, at).await?;
                    }
                    Ok(changed(value, case))
                })
            })
            .await;
        self.step(unit, Moment::After).await;
        made
    }
}

/// A deleted service is on no list any more, and its short name is free for another.
async fn take_off(tx: &Tx, company: CompanyId, service: &Service, at: Timestamp) -> Result<()> {
    let slug = format!("{}-{}", service.slug, service.id.0.simple());
    services::Entity::update_many()
        .col_expr(services::Column::DeletedAt, millis(at).into())
        .col_expr(services::Column::Slug, slug.into())
        .filter(services::Column::CompanyId.eq(company.0))
        .filter(services::Column::Id.eq(service.id.0))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn changed<R>(value: R, mut case: ServiceCase) -> ServiceChanged<R> {
    let marked = case.due.iter().map(|(lane, _)| *lane).collect();
    let entries = std::mem::take(&mut case.entries);
    ServiceChanged { value, case, entries, marked }
}

async fn write_back(
    tx: &Tx,
    company: CompanyId,
    before: &ServiceCase,
    case: &mut ServiceCase,
    lane: Option<ConnectionId>,
) -> Result<()> {
    let id = case.service.id;
    // What only Cal.com's side has changed is no change of the service.
    let business = |service: &Service| Service { sync: before.service.sync, ..service.clone() };
    let performed_by =
        |case: &ServiceCase| case.performers.iter().map(|it| it.staff_id).collect::<BTreeSet<_>>();
    let others = performed_by(case) != performed_by(before);
    if others {
        write_performers(tx, company, before, case).await?;
    }
    if others || business(&case.service) != business(&before.service) {
        case.service.version = before.service.version + 1;
    }
    if case.service != before.service {
        let row = company::services::row(company, &case.service)?;
        let mut row = row.into_active_model().reset_all();
        // Only deleting a service sets it.
        row.deleted_at = sea_orm::NotSet;
        services::Entity::update(row)
            .exec_without_returning(&**tx)
            .await
            .map_err(Error::duplicate("service"))?;
    }
    // Those that leave make room for those that come.
    let mut records: Vec<&EventTypeRecord> = case.event_types.iter().collect();
    records.sort_by_key(|record| record.role == domain::catalogue::EventTypeRole::Current);
    for record in records {
        if before.record(record.id) != Some(record) {
            let keys = [event_types::Column::CompanyId, event_types::Column::Id];
            let others = event_types::Column::iter()
                .filter(|column| !matches!(column, event_types::Column::CompanyId | event_types::Column::Id));
            event_types::Entity::insert(row(company, id, record)?.into_active_model())
                .on_conflict(OnConflict::columns(keys).update_columns(others).to_owned())
                .exec_without_returning(&**tx)
                .await?;
        }
    }
    write_entries(tx, company, case).await?;
    let lanes: BTreeSet<_> = case.event_types.iter().map(|record| record.connection).chain(lane).collect();
    let idle = lanes.into_iter().filter(|lane| case.due.iter().all(|(busy, _)| busy != lane));
    work::forget(tx, company, idle.map(|lane| (lane, Subject::Service(id))).collect()).await?;
    let due = case.due.iter().map(|(lane, due)| (*lane, Subject::Service(id), *due)).collect();
    work::schedule(tx, company, due).await
}

/// Who takes no appointments now keeps what is said of this person.
async fn write_performers(
    tx: &Tx,
    company: CompanyId,
    before: &ServiceCase,
    case: &ServiceCase,
) -> Result<()> {
    let id = case.service.id.0;
    service_staff::Entity::delete_many()
        .filter(service_staff::Column::CompanyId.eq(company.0))
        .filter(service_staff::Column::ServiceId.eq(id))
        .filter(service_staff::Column::StaffId.is_in(before.performers.iter().map(|it| it.staff_id.0)))
        .exec(&**tx)
        .await?;
    for performer in &case.performers {
        let row =
            service_staff::Model { company_id: company.0, service_id: id, staff_id: performer.staff_id.0 };
        service_staff::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

async fn write_entries(tx: &Tx, company: CompanyId, case: &ServiceCase) -> Result<()> {
    if case.entries.is_empty() {
        return Ok(());
    }
    let id = case.service.id;
    let last: Option<Option<i64>> = service_entries::Entity::find()
        .select_only()
        .column_as(service_entries::Column::Seq.max(), "last")
        .filter(service_entries::Column::CompanyId.eq(company.0))
        .filter(service_entries::Column::ServiceId.eq(id.0))
        .into_tuple()
        .one(&**tx)
        .await?;
    for (entry, seq) in case.entries.iter().zip(last.flatten().unwrap_or(0) + 1..) {
        let row = service_entries::ActiveModel {
            company_id: Set(company.0),
            service_id: Set(id.0),
            seq: Set(seq),
            at: Set(millis(entry.at)),
            origin: Set(entry.actor.origin.as_str().to_owned()),
            actor: Set(to_json(&entry.actor)?),
            what: Set(crate::columns::scrubbed(to_json(&Said {
                what: entry.what.clone(),
                about: entry.about.clone(),
            })?)),
        };
        service_entries::Entity::insert(row).exec_without_returning(&**tx).await?;
    }
    Ok(())
}
