//! Making appointments: booked here, or found at Cal.com and imported.

use std::sync::Arc;

use domain::appointment::{Actor, Segment};
use domain::case::Target;
use domain::people::{Customer, CustomerDetails};
use domain::timeline::What;
use domain::{
    Appointment, AppointmentId, AppointmentStatus, BookingRecord, BranchId, Case, CompanyId, CustomerId,
    ServiceId, Slot, SyncStatus,
};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use super::case::{placeholder, policy};
use super::numbers::{lock_company, next_number};
use super::write_back::{How, Written, write_back};
use crate::columns::millis;
use crate::entities::{companies, dedupes};
use crate::unit_of_work::Tx;
use crate::{Error, Holder, Lease, Result, Store, company, work};

/// An appointment to be made.
#[derive(Debug, Clone)]
pub struct NewAppointment {
    /// Its id.
    pub id: AppointmentId,
    /// What.
    pub service_id: ServiceId,
    /// Who works when, at least one segment.
    pub segments: Vec<Segment>,
    /// Where.
    pub branch_id: BranchId,
    /// Who is served.
    pub customer: CustomerRef,
    /// IANA name of the time zone in which the time was agreed on.
    pub time_zone: String,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// What the customer or the staff noted.
    pub notes: Option<String>,
    /// Exempt from the overlap guard.
    pub overlapping: bool,
    /// Who makes it; the origin of the appointment.
    pub actor: Actor,
    /// Makes it once, however often it is asked for.
    pub dedupe: Option<Dedupe>,
    /// For whom times may be held that it takes.
    pub holder: Option<Holder>,
    /// What the history tells after "booked".
    pub extra_entries: Vec<What>,
}

/// A customer who is known, or what was told of one.
#[derive(Debug, Clone)]
pub enum CustomerRef {
    /// Known.
    Existing(CustomerId),
    /// Found by the same name and phone number, or the same name and address; else made with this id.
    /// What is known of a customer is never overwritten.
    Details(CustomerId, CustomerDetails),
}

/// A wish that must not be granted twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dedupe {
    /// Who counts: an API key, a phone agent.
    pub scope: String,
    /// The name of the wish: an idempotency key, a call id with its meaning.
    pub key: String,
    /// What was wished; the same key with another fingerprint is [`Error::DedupeMismatch`].
    pub fingerprint: String,
}

/// What booking brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Booked {
    /// It was made now.
    New(Box<Appointment>),
    /// The dedupe key led to this one before.
    Repeat(AppointmentId),
}

impl Booked {
    /// The appointment, new or not.
    pub fn id(&self) -> AppointmentId {
        match self {
            Self::New(appointment) => appointment.id,
            Self::Repeat(id) => *id,
        }
    }
}

type Conclude = Arc<dyn Fn(&mut Case) + Send + Sync>;

impl Store {
    /// The appointment that a key led to before, if it did.
    ///
    /// # Errors
    /// [`Error::DedupeMismatch`] if it was used for something else.
    pub async fn deduped(&self, company: CompanyId, dedupe: &Dedupe) -> Result<Option<AppointmentId>> {
        let key = (company.0, dedupe.scope.clone(), dedupe.key.clone());
        match dedupes::Entity::find_by_id(key).one(&self.readers).await? {
            Some(first) if first.fingerprint != dedupe.fingerprint => Err(Error::DedupeMismatch),
            first => Ok(first.map(|first| AppointmentId(first.appointment_id))),
        }
    }

    /// The appointments that the keys of a scope led to, each once.
    pub async fn deduped_in(&self, company: CompanyId, scope: &str) -> Result<Vec<AppointmentId>> {
        let ids: Vec<Uuid> = dedupes::Entity::find()
            .select_only()
            .column(dedupes::Column::AppointmentId)
            .distinct()
            .filter(dedupes::Column::CompanyId.eq(company.0))
            .filter(dedupes::Column::Scope.eq(scope))
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(ids.into_iter().map(AppointmentId).collect())
    }

    /// Makes an appointment, with the record of its booking if the service is linked to Cal.com.
    /// `conclude` ends with [`Case::conclude`]; it may run more than once.
    ///
    /// # Errors
    /// [`Error::SlotTaken`], [`Error::DedupeMismatch`], [`Error::NotFound`] for a customer, service, person
    /// or branch that the company does not have.
    pub async fn book(
        &self,
        company: CompanyId,
        new: NewAppointment,
        now: Timestamp,
        conclude: impl Fn(&mut Case) + Send + Sync + 'static,
    ) -> Result<Booked> {
        let conclude: Conclude = Arc::new(conclude);
        let unit = async || {
            let (new, conclude) = (new.clone(), Arc::clone(&conclude));
            self.write(move |tx| {
                Box::pin(async move {
                    if let Some(dedupe) = &new.dedupe
                        && let Some(before) = claim_dedupe(tx, company, dedupe, new.id, now).await?
                    {
                        return Ok(Booked::Repeat(before));
                    }
                    let rules = lock_company(tx, company).await?;
                    let targets = targets(tx, company, new.service_id, &new.segments).await?;
                    let holder = new.holder.as_ref().map(|holder| holder.id(company));
                    let how = How { now, overlaps: false, lane: None, holder };
                    let book = |case: &mut Case| {
                        case.rebook(&targets, now);
                        conclude(case);
                    };
                    Ok(Booked::New(Box::new(insert(tx, company, rules, new, Vec::new(), how, &book).await?)))
                })
            })
            .await
        };
        match unit().await {
            // What was in the way may only have been held, and be over.
            Err(Error::SlotTaken) if self.end_holds(company, now).await? => unit().await,
            result => result,
        }
    }

    /// Makes an appointment of a booking that was found at Cal.com. A booking becomes one appointment,
    /// however often it is imported. It is a fact: what overlaps is marked and asked about, not refused.
    ///
    /// # Errors
    /// [`Error::Fenced`], and as [`Store::book`].
    pub async fn import(
        &self,
        company: CompanyId,
        lease: &Lease,
        new: NewAppointment,
        record: BookingRecord,
        now: Timestamp,
        conclude: impl Fn(&mut Case) + Send + Sync + 'static,
    ) -> Result<AppointmentId> {
        let conclude: Conclude = Arc::new(conclude);
        let unit = async |overlaps: bool| {
            let (lease, new, record) = (lease.clone(), new.clone(), record.clone());
            let conclude = Arc::clone(&conclude);
            self.write(move |tx| {
                Box::pin(async move {
                    work::check_fence(tx, company, &lease, now).await?;
                    let rules = lock_company(tx, company).await?;
                    if let Some(uid) = &record.uid
                        && let Some((id, _)) = super::view::by_uid(&**tx, company, uid).await?
                    {
                        return Ok(id);
                    }
                    let how = How { now, overlaps, lane: None, holder: None };
                    Ok(insert(tx, company, rules, new, vec![record], how, &|case| conclude(case)).await?.id)
                })
            })
            .await
        };
        match unit(false).await {
            Err(Error::SlotTaken) => unit(true).await,
            result => result,
        }
    }
}

async fn insert(
    tx: &Tx,
    company: CompanyId,
    rules: companies::Model,
    new: NewAppointment,
    bookings: Vec<BookingRecord>,
    how: How,
    conclude: &(dyn Fn(&mut Case) + Sync),
) -> Result<Appointment> {
    let (start, end) =
        (new.segments.iter().map(|s| s.slot.start).min(), new.segments.iter().map(|s| s.slot.end).max());
    let (Some(first), Some(start), Some(end)) = (new.segments.first(), start, end) else {
        return Err(Error::NotFound);
    };
    let (staff_id, slot) = (first.staff_id, Slot { start, end });

    let customer: Customer = match new.customer {
        CustomerRef::Existing(id) => company::customers::find(&**tx, company, id).await?,
        CustomerRef::Details(id, details) => {
            company::customers::find_or_add(tx, company, id, details, how.now).await?
        }
    };
    let appointment = Appointment {
        id: new.id,
        number: next_number(tx, &rules).await?,
        branch_id: new.branch_id,
        service_id: new.service_id,
        staff_id,
        customer_id: customer.id,
        slot,
        segments: new.segments,
        time_zone: new.time_zone,
        status: new.status,
        reason: None,
        notes: new.notes,
        origin: new.actor.origin,
        overlapping: new.overlapping,
        version: 1,
        sync: SyncStatus::NotConnected,
        created_at: how.now,
        updated_at: how.now,
        deleted_at: None,
    };
    let placeholder = placeholder(&rules, new.id)?;
    let mut case = Case::new(appointment, customer, placeholder, policy(rules)?);
    case.bookings = bookings;
    case.tell(how.now, &new.actor, What::Booked { slot, staff_id });
    for what in new.extra_entries {
        case.tell(how.now, &new.actor, what);
    }
    conclude(&mut case);
    let mut written = [Written { case, before: None, how, attempts: Vec::new() }];
    write_back(tx, company, &mut written).await?;
    let [Written { case, .. }] = written;
    Ok(case.appointment)
}

/// Where the segments of a service are booked; `None` where one is not linked.
pub(crate) async fn targets(
    tx: &Tx,
    company: CompanyId,
    service: ServiceId,
    segments: &[Segment],
) -> Result<Vec<Option<Target>>> {
    let mut targets = Vec::new();
    for (segment, number) in segments.iter().zip(0..) {
        let link = company::links::find_for(&**tx, company, service, number, segment.staff_id).await?;
        targets.push(link.map(|link| link.target()));
    }
    Ok(targets)
}

/// Writes the key down. If it is there already: the appointment that it led to.
pub(crate) async fn claim_dedupe(
    tx: &Tx,
    company: CompanyId,
    dedupe: &Dedupe,
    appointment: AppointmentId,
    now: Timestamp,
) -> Result<Option<AppointmentId>> {
    let row = dedupes::Model {
        company_id: company.0,
        scope: dedupe.scope.clone(),
        key: dedupe.key.clone(),
        fingerprint: dedupe.fingerprint.clone(),
        appointment_id: appointment.0,
        created_at: millis(now),
    };
    // Waits here for another transaction that is writing the same key.
    let inserted = dedupes::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([dedupes::Column::CompanyId, dedupes::Column::Scope, dedupes::Column::Key])
        .exec_without_returning(&**tx)
        .await?;
    if matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)) {
        return Ok(None);
    }
    let first = dedupes::Entity::find_by_id((company.0, dedupe.scope.clone(), dedupe.key.clone()))
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)?;
    if first.fingerprint == dedupe.fingerprint {
        Ok(Some(AppointmentId(first.appointment_id)))
    } else {
        Err(Error::DedupeMismatch)
    }
}
