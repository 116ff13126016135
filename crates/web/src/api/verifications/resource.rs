//! A verification as the API shows it.

use domain::Field;
use serde::Serialize;
use store::{Finding, Verification};
use utoipa::ToSchema;

use crate::api::time::Clock;
use crate::api::words;

/// A comparison of all bookings of an account with what is known of them here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verification)]
pub struct Resource {
    pub id: String,
    /// The account.
    pub connection_id: String,
    /// Who wanted it.
    #[schema(schema_with = words::origin)]
    pub origin: &'static str,
    /// Nothing follows from what is found.
    pub check_only: bool,
    /// `reading` both sides, `settling` while what differs is looked at, `finished`.
    pub state: &'static str,
    /// The first start that is checked. What lies outside is not checked, and nothing is said of it.
    pub from: String,
    /// The first start that is not checked any more; `null`: everything ahead is.
    pub to: Option<String>,
    /// While it is reading: starts before this were compared.
    pub read_until: Option<String>,
    pub started_at: String,
    /// When both sides were read to the end.
    pub read_at: Option<String>,
    /// When what was found had settled, too.
    pub finished_at: Option<String>,
    /// How many bookings were compared so far.
    pub compared: u64,
    /// There as they were last seen.
    pub same: u64,
    /// Left to what is being done about them anyway.
    pub in_hand: u64,
    /// Not compared: on the list of no account that is connected here, but of another host of a team.
    pub unlisted: u64,
    /// Not as they were known.
    pub found: u64,
    /// Of those: both sides were seen to say the same again.
    pub healed: u64,
    /// Of those: the others.
    pub open: u64,
    /// Entries of Cal.com's list that could not be read, not even by name. Those with a name are findings.
    pub unreadable: u64,
    /// Questions about bookings of its window that were open when it finished, however old they are.
    pub questions: u64,
    /// Whether both sides are proven to be the same: it has finished, nothing is open, and nothing was in hand, unlisted,
    /// unreadable or asked about.
    pub proven: bool,
    /// Pages of Cal.com's list that were read, with one request each.
    pub pages: u64,
    /// All requests of it: the pages, those with which what was found was looked at, and those that failed.
    pub requests: u64,
}

/// A verification with what it found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VerificationReport)]
pub struct Report {
    #[serde(flatten)]
    pub run: Resource,
    /// How many findings of each class there are; classes without any are left out.
    pub classes: Vec<ClassResource>,
    /// A page of them: what is open first, then by the names at Cal.com.
    pub findings: Vec<FindingResource>,
    /// Leads to more, as `cursor`; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// How many findings of one class there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FindingsOfClass)]
pub struct ClassResource {
    pub class: String,
    pub found: u64,
    /// Of those: both sides were seen to say the same again.
    pub healed: u64,
}

/// A booking that was not as it was known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
pub struct FindingResource {
    /// Cal.com's name of it.
    pub booking_uid: String,
    /// `null` where there was none.
    pub appointment_id: Option<String>,
    /// `differs`: says something else than when it was last seen; `moved`: was moved on at Cal.com; `only_here`: is not
    /// at Cal.com any more; `only_there`: was not known here; `stuck`: waited for something that nobody was about to do
    /// (of one that was never booked the appointment's own id stands for the name);
    /// `overlaps`: begins before another booking of the same host has ended; `unreadable`: what the list says of it cannot
    /// be read.
    pub class: String,
    /// With which appointment it overlaps.
    pub overlaps_with: Option<String>,
    /// In which it differs.
    #[schema(value_type = Vec<String>)]
    pub fields: Vec<Field>,
    pub found_at: String,
    /// When both sides were seen to say the same again.
    pub healed_at: Option<String>,
}

impl Resource {
    /// `found` and `healed` are counted where findings are kept.
    pub fn of(run: &Verification, (found, healed): (u64, u64), clock: &Clock) -> Self {
        let state = match (run.finished_at, run.cursor) {
            (Some(_), _) => "finished",
            (None, Some(_)) => "reading",
            (None, None) => "settling",
        };
        let counts = run.counts;
        Self {
            id: run.id.to_string(),
            connection_id: run.connection.to_string(),
            origin: run.actor.origin.as_str(),
            check_only: run.check_only,
            state,
            from: clock.write(run.window.from),
            to: run.window.to.map(|at| clock.write(at)),
            read_until: run.cursor.map(|cursor| clock.write(cursor.from)),
            started_at: clock.write(run.started_at),
            read_at: run.read_at.map(|at| clock.write(at)),
            finished_at: run.finished_at.map(|at| clock.write(at)),
            compared: counts.same + counts.in_hand + found,
            same: counts.same,
            in_hand: counts.in_hand,
            unlisted: counts.unlisted,
            found,
            healed,
            open: found - healed,
            unreadable: counts.unreadable,
            questions: counts.questions,
            proven: run.is_proof(found - healed),
            pages: counts.pages,
            requests: run.requests(),
        }
    }
}

impl FindingResource {
    pub fn of(finding: Finding, clock: &Clock) -> Self {
        Self {
            booking_uid: finding.uid.0,
            appointment_id: finding.appointment.map(|id| id.to_string()),
            class: finding.class,
            overlaps_with: finding.other.map(|id| id.to_string()),
            fields: finding.fields,
            found_at: clock.write(finding.found_at),
            healed_at: finding.healed_at.map(|at| clock.write(at)),
        }
    }
}
