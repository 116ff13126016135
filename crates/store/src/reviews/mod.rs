//! The queue of what people have to look at: how items stand in rows, how they are opened and closed with their causes
//! (`ask`), read (`queue`), counted (`waiting`), and what people do about them (`handle`).

pub(crate) mod ask;
pub mod handle;
mod queue;
mod waiting;

use domain::catalogue::Setting;
use domain::review::{About, Aside, Item, ReviewCode, ReviewItem};
use domain::{AppointmentId, BookingUid, ConnectionId, LinkId, ReviewId, ServiceId, UserId};

use crate::columns::{instant, instant_opt, named};
use crate::entities::reviews;
use crate::{Error, Result};

pub use queue::CLOSED_IN_SIGHT;
pub use waiting::Waiting;

/// Which event type, and which field of it, in the column `detail`.
fn write_detail(link: LinkId, setting: Option<Setting>) -> String {
    setting.map_or_else(|| link.to_string(), |setting| format!("{link}:{}", setting.as_str()))
}

fn read_detail(detail: &str) -> Option<(LinkId, Option<Setting>)> {
    match detail.split_once(':') {
        Some((link, setting)) => Some((link.parse().ok()?, Some(Setting::from_name(setting)?))),
        None => Some((detail.parse().ok()?, None)),
    }
}

fn about(row: &reviews::Model) -> Result<About> {
    match (row.appointment_id, row.service_id, row.connection_id) {
        (Some(id), ..) => Ok(About::Appointment(AppointmentId(id))),
        (_, Some(service), _) => {
            let (link, setting) = named("reviews.detail", &row.detail, read_detail)?;
            Ok(About::EventType { service: ServiceId(service), link, setting })
        }
        (.., Some(connection)) => {
            Ok(About::Booking { connection: ConnectionId(connection), uid: BookingUid(row.detail.clone()) })
        }
        _ => Err(Error::Unreadable { column: "reviews", value: row.id.to_string() }),
    }
}

/// The item of a row; `time` is that of the appointment that it is about.
fn item(row: reviews::Model, time: Option<(i64, i64)>) -> Result<Item> {
    let time = time.or(row.starts_at.map(|start| (start, start)));
    Ok(Item {
        id: ReviewId(row.id),
        about: about(&row)?,
        code: named("reviews.code", &row.code, ReviewCode::from_name)?,
        message: row.message,
        time: time.map(|(start, end)| Ok::<_, Error>((instant(start)?, instant(end)?))).transpose()?,
        opened_at: instant(row.opened_at)?,
        updated_at: instant(row.updated_at)?,
        closed_at: instant_opt(row.closed_at)?,
        assignee: row.assignee_id.map(UserId),
        snoozed_until: instant_opt(row.snoozed_until)?,
        aside: row.aside.map(|name| named("reviews.aside", &name, Aside::from_name)).transpose()?,
        version: row.version,
    })
}

impl TryFrom<reviews::Model> for ReviewItem {
    type Error = Error;

    fn try_from(row: reviews::Model) -> Result<Self> {
        let item = item(row, None)?;
        let About::Appointment(appointment_id) = item.about else {
            return Err(Error::Unreadable { column: "reviews.appointment_id", value: item.id.to_string() });
        };
        Ok(Self {
            id: item.id,
            appointment_id,
            code: item.code,
            message: item.message,
            opened_at: item.opened_at,
            updated_at: item.updated_at,
            closed_at: item.closed_at,
            aside: item.aside,
        })
    }
}
