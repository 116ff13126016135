//! Items come and go with their causes: those of an appointment with its case, those of a service with its event types,
//! and those of a booking that nobody here knows with the runs of verification that find it.

use domain::appointment::{Actor, Origin};
use domain::catalogue::{EventTypeNext, ServiceCase};
use domain::notify::{Occurrence, Subject, What};
use domain::review::{About, Aside, Handled, ReviewCode};
use domain::verify::Class;
use domain::{BookingUid, Case, CompanyId, ConnectionId, ReviewId, ServiceId};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, JsonValue, QueryFilter, QuerySelect, QueryTrait,
    Select, Set,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::handle::note;
use super::write_detail;
use crate::Result;
use crate::appointments::numbers::review_id;
use crate::columns::{millis, named, text, to_json};
use crate::company::connections::accounts_of;
use crate::entities::{booking_uids, dirty, findings, reviews};
use crate::notifications::occurred;
use crate::unit_of_work::Tx;
use crate::verification::Verification;
use crate::work;

/// Opens an item.
pub(crate) async fn ask(
    tx: &Tx,
    company: CompanyId,
    about: &About,
    (code, message): (ReviewCode, &str),
    basis: String,
    starts_at: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    use reviews::Column::{AppointmentId, ConnectionId, ServiceId};
    let (of, detail) = match about {
        About::Appointment(id) => ((AppointmentId, id.0), String::new()),
        About::EventType { service, link, setting } => {
            ((ServiceId, service.0), write_detail(*link, *setting))
        }
        About::Booking { connection, uid } => ((ConnectionId, connection.0), text(&uid.0)),
    };
    let about = |column: reviews::Column| Some(of.1).filter(|_| matches_column(of.0, column));
    let id = review_id(tx, company, of, now).await?;
    let row = reviews::Model {
        company_id: company.0,
        id: id.0,
        appointment_id: about(AppointmentId),
        service_id: about(ServiceId),
        connection_id: about(ConnectionId),
        detail,
        code: code.as_str().to_owned(),
        message: text(message),
        starts_at,
        opened_at: millis(now),
        updated_at: millis(now),
        closed_at: None,
        closed_by: None,
        assignee_id: None,
        snoozed_until: None,
        aside: None,
        basis: Some(basis),
        version: 1,
        there: None,
    };
    reviews::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
    occurred(tx, company, Occurrence::once(What::Question(code), Subject::Review(id), now)).await
}

fn matches_column(one: reviews::Column, other: reviews::Column) -> bool {
    std::mem::discriminant(&one) == std::mem::discriminant(&other)
}

/// How an item stands whose cause is there.
pub(crate) struct Standing {
    /// What is told of it.
    pub message: String,
    /// What both sides say: a person's word about it is said of that.
    pub basis: String,
    /// Whether both sides may stay as they are, where what it is about knows that itself.
    pub may_stay: Option<bool>,
}

/// Renews an open item whose cause stays, or closes it. One that was set aside is asked again if what was said of it
/// does not hold any more.
pub(crate) async fn keep_or_close(
    tx: &Tx,
    company: CompanyId,
    row: &reviews::Model,
    standing: Option<Standing>,
    (by, now): (&Actor, Timestamp),
) -> Result<()> {
    let mut active = row.clone().into_active_model();
    let mut version = row.version;
    if let Some(Standing { message, basis, may_stay }) = standing {
        let holds = row.basis.as_ref() == Some(&basis);
        let aside = match may_stay {
            Some(true) => row.aside.clone().or(Some(Aside::Accepted.as_str().to_owned())),
            Some(false) => None,
            None => row.aside.clone().filter(|_| holds),
        };
        if row.aside.is_some() && aside.is_none() && !holds {
            let system = Actor::of(Origin::System);
            note(tx, company, row.id, (&system, now), &Handled::Returned).await?;
        }
        let rests = row.snoozed_until.is_some_and(|until| until > millis(now));
        if !holds && aside.is_none() && (row.aside.is_some() || rests) {
            // Another question than the one that was answered or put off: it is told like a new one.
            let code = named("reviews.code", &row.code, ReviewCode::from_name)?;
            active.snoozed_until = Set(None);
            let told = Occurrence::once(What::Question(code), Subject::Review(ReviewId(row.id)), now);
            occurred(tx, company, told).await?;
        }
        // Whoever decides has to have seen what the sides say now.
        version += i64::from(row.aside != aside || row.message != message || !holds);
        active.basis = Set(Some(basis));
        active.aside = Set(aside);
        active.message = Set(message);
    } else {
        active.closed_at = Set(Some(millis(now)));
        active.closed_by = Set(Some(who(by)));
        active.there = Set(None);
        version += 1;
    }
    if version == row.version {
        return Ok(());
    }
    active.version = Set(version);
    active.updated_at = Set(millis(now));
    reviews::Entity::update(active).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Somebody's name in the column `closed_by`.
fn who(by: &Actor) -> String {
    match (by.user_id, &by.via) {
        (Some(user), _) => user.to_string(),
        (None, Some(via)) => via.clone(),
        (None, None) => by.origin.as_str().to_owned(),
    }
}

/// What both sides of an appointment say, in a word: as long as it stays the same, so does what a person said of it.
pub(crate) fn basis(case: &Case, message: &str) -> Result<String> {
    let appointment = &case.appointment;
    hashed(&(message, appointment.status.as_str(), &appointment.segments, case.sides()))
}

/// The same of an event type, of which only the message counts.
pub(super) fn basis_of_message(message: &str) -> Result<String> {
    hashed(&message)
}

fn hashed(value: &impl Serialize) -> Result<String> {
    Ok(hex::encode(Sha256::digest(to_json(value)?.to_string())))
}

/// Brings the items of a service up to how it is, or closes all if it is no more.
pub(crate) async fn of_service(
    tx: &Tx,
    company: CompanyId,
    case: &ServiceCase,
    is_there: bool,
    now: Timestamp,
) -> Result<()> {
    let service = case.service.id;
    let wanted = if is_there { questions(service, case) } else { Vec::new() };
    let open = reviews::Entity::find()
        .filter(reviews::Column::CompanyId.eq(company.0))
        .filter(reviews::Column::ServiceId.eq(service.0))
        .filter(reviews::Column::ClosedAt.is_null())
        .all(&**tx)
        .await?;
    let mut actors = case.entries.iter().rev().map(|entry| &entry.actor);
    let person = actors.find(|by| by.origin != Origin::System);
    let by = person.cloned().unwrap_or(Actor::of(Origin::System));
    let is = |row: &reviews::Model, about: &About, code: ReviewCode| {
        row.code == code.as_str() && super::about(row).is_ok_and(|of| of == *about)
    };
    for row in &open {
        let question = wanted.iter().find(|question| is(row, &question.about, question.code));
        let standing: Option<Result<_>> = question.map(|question| {
            let basis = basis_of_message(&question.message)?;
            Ok(Standing { message: text(&question.message), basis, may_stay: question.may_stay })
        });
        keep_or_close(tx, company, row, standing.transpose()?, (&by, now)).await?;
    }
    for Question { about, code, message, may_stay } in wanted {
        if may_stay != Some(true) && !open.iter().any(|row| is(row, &about, code)) {
            ask(tx, company, &about, (code, &message), basis_of_message(&message)?, None, now).await?;
        }
    }
    Ok(())
}

/// What a person has to look at of a service.
struct Question {
    about: About,
    code: ReviewCode,
    /// Of a divergence what Cal.com says: when that changes, so does the item.
    message: String,
    may_stay: Option<bool>,
}

fn questions(service: ServiceId, case: &ServiceCase) -> Vec<Question> {
    let mut questions = Vec::new();
    for record in case.current() {
        let about = |setting| About::EventType { service, link: record.id, setting };
        questions.extend(record.divergences.iter().map(|it| Question {
            about: about(Some(it.setting)),
            code: ReviewCode::Divergence,
            message: it.theirs.clone(),
            may_stay: Some(it.dismissed),
        }));
        if let EventTypeNext::GivenUp(problem) = case.next_of(record) {
            let refused = record.refused.as_ref().filter(|refused| refused.problem == problem);
            let message = refused.map(|refused| refused.message.clone()).unwrap_or_default();
            questions.push(Question {
                about: about(None),
                code: ReviewCode::EventType,
                message,
                may_stay: None,
            });
        }
    }
    questions
}

/// Whether a finding is of the last run, or of the one under way, of another account than the question's.
const OF_ANOTHER_LAST_RUN: &str = "EXISTS (SELECT 1 FROM verifications v \
    WHERE v.company_id = findings.company_id AND v.id = findings.verification_id \
    AND v.connection_id <> reviews.connection_id AND (v.finished_at IS NULL OR v.started_at = \
    (SELECT MAX(w.started_at) FROM verifications w WHERE w.company_id = v.company_id \
    AND w.connection_id = v.connection_id AND w.finished_at IS NOT NULL)))";

/// Asks about what a finished run found at Cal.com and nobody here knows, and closes what it did not find again, unless a
/// person has set it aside: then it is not looked for. What still waits for its turn to be looked at is not asked about.
pub(crate) async fn of_bookings(
    tx: &Tx,
    company: CompanyId,
    run: &Verification,
    now: Timestamp,
) -> Result<()> {
    let uid = Expr::col((findings::Entity, findings::Column::Uid));
    let named = booking_uids::Entity::find()
        .select_only()
        .column(booking_uids::Column::Number)
        .filter(booking_uids::Column::CompanyId.eq(company.0))
        .filter(booking_uids::Column::ConnectionId.in_subquery(accounts_of(company)))
        .filter(Expr::col((booking_uids::Entity, booking_uids::Column::Uid)).eq(uid.clone()))
        .into_query();
    let unknown = findings::Entity::find()
        .filter(findings::Column::CompanyId.eq(company.0))
        .filter(findings::Column::VerificationId.eq(run.id.0))
        .filter(findings::Column::Class.is_in([Class::OnlyThere.as_str(), Class::Unreadable.as_str()]))
        .filter(findings::Column::AppointmentId.is_null())
        .filter(findings::Column::HealedAt.is_null())
        .filter(Expr::exists(named).not());
    let open = asked_of_bookings(company);
    let (from, to) = (millis(run.window.from), run.window.to.map_or(i64::MAX, millis));
    let mut found_again = unknown.clone().select_only().column(findings::Column::Uid).into_query();
    // A booking of a team is asked about where its event type is linked, and found at the account of its host.
    let found_elsewhere = findings::Entity::find()
        .select_only()
        .column(findings::Column::Uid)
        .filter(findings::Column::CompanyId.eq(company.0))
        .filter(findings::Column::Class.is_in([Class::OnlyThere.as_str(), Class::Unreadable.as_str()]))
        .filter(findings::Column::AppointmentId.is_null())
        .filter(findings::Column::HealedAt.is_null())
        .filter(Expr::cust(OF_ANOTHER_LAST_RUN))
        .into_query();
    let gone = open
        .clone()
        .filter(reviews::Column::ConnectionId.eq(run.connection.0))
        .filter(reviews::Column::Aside.is_null())
        .filter(reviews::Column::StartsAt.gte(from))
        .filter(reviews::Column::StartsAt.lt(to))
        .filter(reviews::Column::Detail.not_in_subquery(found_again.take()))
        .filter(reviews::Column::Detail.not_in_subquery(found_elsewhere))
        .all(&**tx)
        .await?;
    for row in &gone {
        keep_or_close(tx, company, row, None, (&Actor::of(Origin::System), now)).await?;
    }
    let asked = open.select_only().column(reviews::Column::Detail);
    let as_unknown = asked.clone().filter(reviews::Column::Code.eq(ReviewCode::UnknownBooking.as_str()));
    // What can be read by now is another question than what could not.
    let is_new = Condition::any().add(findings::Column::Uid.not_in_subquery(asked.into_query())).add(
        Condition::all()
            .add(findings::Column::Class.eq(Class::OnlyThere.as_str()))
            .add(findings::Column::Uid.not_in_subquery(as_unknown.into_query())),
    );
    let waiting = dirty::Entity::find()
        .select_only()
        .column(dirty::Column::Subject)
        .filter(dirty::Column::CompanyId.eq(company.0))
        .filter(dirty::Column::ConnectionId.in_subquery(accounts_of(company)))
        .filter(Expr::col((dirty::Entity, dirty::Column::Subject)).eq(uid))
        .filter(dirty::Column::SubjectKind.eq(work::Subject::Booking(BookingUid(String::new())).kind()))
        .filter(dirty::Column::DueAt.lte(millis(now)))
        .into_query();
    let new = unknown.filter(is_new).filter(Expr::exists(waiting).not()).all(&**tx).await?;
    for finding in new {
        let connection = ConnectionId(finding.connection_id.unwrap_or(run.connection.0));
        let unknown = Unknown { connection, uid: BookingUid(finding.uid), starts_at: finding.starts_at };
        of_booking(tx, company, unknown, finding.there, now).await?;
    }
    Ok(())
}

/// A booking that nobody here knows.
#[derive(Clone)]
pub(super) struct Unknown {
    pub connection: ConnectionId,
    pub uid: BookingUid,
    pub starts_at: Option<i64>,
}

/// What is open about bookings that nobody here knows.
fn asked_of_bookings(company: CompanyId) -> Select<reviews::Entity> {
    reviews::Entity::find()
        .filter(reviews::Column::CompanyId.eq(company.0))
        .filter(reviews::Column::Code.is_in(ReviewCode::OF_BOOKINGS.map(ReviewCode::as_str)))
        .filter(reviews::Column::ClosedAt.is_null())
}

/// Asks about a booking, unless that is asked already. `there` is what it says, `None` if that cannot be read: then it is
/// another question, until it can.
pub(super) async fn of_booking(
    tx: &Tx,
    company: CompanyId,
    Unknown { connection, uid, starts_at }: Unknown,
    there: Option<JsonValue>,
    now: Timestamp,
) -> Result<()> {
    let code = if there.is_some() { ReviewCode::UnknownBooking } else { ReviewCode::UnreadableBooking };
    let mut is_asked = false;
    let open = asked_of_bookings(company).filter(reviews::Column::Detail.eq(text(&uid.0)));
    for row in open.all(&**tx).await? {
        if there.is_some() && row.code == ReviewCode::UnreadableBooking.as_str() {
            keep_or_close(tx, company, &row, None, (&Actor::of(Origin::System), now)).await?;
        } else {
            is_asked = true;
        }
    }
    if !is_asked {
        let (about, basis) = (About::Booking { connection, uid: uid.clone() }, basis_of_message("")?);
        ask(tx, company, &about, (code, ""), basis, starts_at, now).await?;
    }
    let Some(there) = there else { return Ok(()) };
    reviews::Entity::update_many()
        .col_expr(reviews::Column::There, there.into())
        .filter(reviews::Column::CompanyId.eq(company.0))
        .filter(reviews::Column::Code.eq(code.as_str()))
        .filter(reviews::Column::Detail.eq(text(&uid.0)))
        .filter(reviews::Column::ClosedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Closes what was asked about a booking, once it was looked at.
pub(crate) async fn looked_at(tx: &Tx, company: CompanyId, uid: &BookingUid, now: Timestamp) -> Result<()> {
    let open = reviews::Entity::find()
        .filter(reviews::Column::CompanyId.eq(company.0))
        .filter(reviews::Column::ConnectionId.is_not_null())
        .filter(reviews::Column::Detail.eq(text(&uid.0)))
        .filter(reviews::Column::ClosedAt.is_null())
        .all(&**tx)
        .await?;
    for row in &open {
        keep_or_close(tx, company, row, None, (&Actor::of(Origin::System), now)).await?;
    }
    Ok(())
}
