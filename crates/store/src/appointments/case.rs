//! Loading a case: an appointment with its customer, its booking and the company's rules.

use std::collections::{BTreeMap, HashMap};

use domain::case::Host;
use domain::review::ReviewCode;
use domain::{
    Appointment, AppointmentId, BookingRecord, Case, CompanyId, ConnectionId, Email, EventTypeRef, Policy,
    StaffId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter,
    QueryOrder, Statement,
};

use crate::columns::{from_json, padded, parsed};
use crate::entities::{appointments, bookings, companies, customers, event_types, reviews};
use crate::gather::{Asked, OfCompany};
use crate::unit_of_work::Tx;
use crate::{Dialect, Error, Result, Store};

/// Whether the appointments stay as they are until the transaction ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    Yes,
    No,
}

/// A case with the rows of its open questions.
pub(crate) type Loaded = (Case, Vec<reviews::Model>);

impl OfCompany for (CompanyId, AppointmentId) {
    fn company(&self) -> CompanyId {
        self.0
    }
}

/// Readers that work side by side on PostgreSQL.
const READERS: usize = 2;

impl Store {
    /// The case of an appointment, for reading. Nothing is due and nothing asked in it. What is asked for at the
    /// same time is read together.
    pub async fn case(&self, company: CompanyId, id: AppointmentId) -> Result<Case> {
        let store = self.clone();
        let side_by_side = if self.dialect == Dialect::Postgres { READERS } else { 1 };
        let read = move |together| {
            let store = store.clone();
            async move { store.read_cases(together).await }
        };
        self.cases.ask((company, id), side_by_side, read).await
    }

    async fn read_cases(&self, together: Vec<Asked<(CompanyId, AppointmentId), Case>>) {
        let mut companies: BTreeMap<CompanyId, Vec<_>> = BTreeMap::new();
        for ((company, id), reply) in together {
            companies.entry(company).or_default().push((id, reply));
        }
        for (company, asked) in companies {
            let ids: Vec<_> = asked.iter().map(|(id, _)| *id).collect();
            match self.cases_of(company, ids).await {
                Ok(mut cases) => {
                    for (id, reply) in asked {
                        // Two may ask for the same one.
                        let case = cases.get(&id).cloned().ok_or(Error::NotFound);
                        // Whoever does not wait any more needs no answer.
                        let _ = reply.send(case);
                    }
                    cases.clear();
                }
                Err(error) if error.is_outage() => {
                    for (_, reply) in asked {
                        let _ = reply.send(Err(Error::Interrupted));
                    }
                }
                // One that cannot be read must not hide the others.
                Err(_) => {
                    for (id, reply) in asked {
                        let case = self.cases_of(company, vec![id]).await;
                        let case = case.and_then(|mut cases| cases.remove(&id).ok_or(Error::NotFound));
                        let _ = reply.send(case);
                    }
                }
            }
        }
    }

    async fn cases_of(
        &self,
        company: CompanyId,
        ids: Vec<AppointmentId>,
    ) -> Result<HashMap<AppointmentId, Case>> {
        self.read(move |tx| {
            Box::pin(async move {
                let loaded = load_all(tx, company, &ids, Lock::No).await?;
                Ok(loaded.into_iter().map(|(id, (case, _))| (id, case)).collect())
            })
        })
        .await
    }
}

/// One case, as [`load_all`].
pub(crate) async fn load(tx: &Tx, company: CompanyId, id: AppointmentId, lock: Lock) -> Result<Loaded> {
    load_all(tx, company, &[id], lock).await?.remove(&id).ok_or(Error::NotFound)
}

/// The cases of those appointments that there are. Appointments are locked before the rest is read, in the order
/// of their ids; their customers are held as they are, because others' appointments change them too.
pub(crate) async fn load_all(
    tx: &Tx,
    company: CompanyId,
    ids: &[AppointmentId],
    lock: Lock,
) -> Result<HashMap<AppointmentId, Loaded>> {
    let mut wanted: Vec<_> = ids.iter().map(|id| id.0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let wanted = padded(wanted);
    let lock = if lock == Lock::Yes { tx.dialect.lock_cases() } else { "" };
    let places: Vec<_> = (2..wanted.len() + 2).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT {}, {}, {} FROM appointments a \
         JOIN customers c ON c.company_id = a.company_id AND c.id = a.customer_id \
         JOIN companies p ON p.id = a.company_id \
         WHERE a.company_id = $1 AND a.id IN ({}) ORDER BY a.id{lock}",
        columns::<appointments::Entity>("a"),
        columns::<customers::Entity>("c"),
        columns::<companies::Entity>("p"),
        places.join(", "),
    );
    let values = std::iter::once(company.0).chain(wanted.iter().copied()).map(Into::into);
    let rows =
        tx.query_all_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    let mut loaded = HashMap::with_capacity(rows.len());
    for row in rows {
        let appointment: Appointment = appointments::Model::from_query_result(&row, "a_")?.try_into()?;
        let customer = customers::Model::from_query_result(&row, "c_")?.try_into()?;
        let rules = companies::Model::from_query_result(&row, "p_")?;
        let id = appointment.id;
        let placeholder = placeholder(&rules, id)?;
        loaded.insert(id, (Case::new(appointment, customer, placeholder, policy(rules)?), Vec::new()));
    }
    let records = bookings::Entity::find()
        .filter(bookings::Column::CompanyId.eq(company.0))
        .filter(bookings::Column::AppointmentId.is_in(wanted.iter().copied()))
        .order_by_asc(bookings::Column::Number)
        .all(&**tx)
        .await?;
    for row in records {
        if let Some((case, _)) = loaded.get_mut(&AppointmentId(row.appointment_id)) {
            case.bookings.push(row.try_into()?);
        }
    }
    let hosted = |case: &Case| case.bookings.iter().any(|record| record.host.is_some());
    let hosted: Vec<_> =
        loaded.values().filter(|(case, _)| hosted(case)).flat_map(|(case, _)| &case.bookings).collect();
    if !hosted.is_empty() {
        let hosts = hosts(&**tx, company, &hosted).await?;
        for (case, _) in
            loaded.values_mut().filter(|(case, _)| case.bookings.iter().any(|it| it.host.is_some()))
        {
            let has = |host: &&Host| case.bookings.iter().any(|it| it.event_type.id == host.event_type.id);
            case.hosts = hosts.iter().filter(has).copied().collect();
        }
    }
    let open = reviews::Entity::find()
        .filter(reviews::Column::CompanyId.eq(company.0))
        .filter(reviews::Column::AppointmentId.is_in(wanted.iter().copied()))
        .filter(reviews::Column::ClosedAt.is_null())
        .order_by_asc(reviews::Column::OpenedAt)
        .all(&**tx)
        .await?;
    for row in open {
        let case = row.appointment_id.and_then(|id| loaded.get_mut(&AppointmentId(id)));
        if let Some((case, open)) = case {
            case.open.extend(ReviewCode::from_name(&row.code).map(|code| (code, row.message.clone())));
            open.push(row);
        }
    }
    Ok(loaded)
}

/// All columns of a table under names of their own.
pub(crate) fn columns<E: EntityTrait>(table: &str) -> String {
    let column = |column: E::Column| format!("{table}.{0} AS {table}_{0}", column.as_str());
    E::Column::iter().map(column).collect::<Vec<_>>().join(", ")
}

/// Who is who on the event types of teams.
async fn hosts(
    db: &impl ConnectionTrait,
    company: CompanyId,
    bookings: &[&BookingRecord],
) -> Result<Vec<Host>> {
    let mut ids: Vec<_> = bookings.iter().map(|record| record.event_type.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = event_types::Entity::find()
        .filter(event_types::Column::CompanyId.eq(company.0))
        .filter(event_types::Column::EventTypeId.is_in(ids))
        .filter(event_types::Column::Host.is_not_null())
        .filter(event_types::Column::StaffId.is_not_null())
        .all(db)
        .await?;
    let host = |row: event_types::Model| {
        Some(Host {
            event_type: EventTypeRef { connection: ConnectionId(row.connection_id), id: row.event_type_id? },
            user: row.host?,
            staff_id: StaffId(row.staff_id?),
        })
    };
    Ok(rows.into_iter().filter_map(host).collect())
}

/// The address that stands for a customer who has none; it names the appointment.
pub(crate) fn placeholder(company: &companies::Model, id: AppointmentId) -> Result<Email> {
    parsed("companies.placeholder_domain", &format!("{id}@{}", company.placeholder_domain))
}

pub(crate) fn policy(company: companies::Model) -> Result<Policy> {
    from_json("companies.policy", company.policy)
}
