//! Giving a round-robin booking another host, in place: same uid, no webhook. Whether the call of the API
//! does so depends on the edition ([`crate::Reassignment`]); people at Cal.com always can.

use jiff::Timestamp;

use crate::errors::Refusal;
use crate::model::Model;
use crate::model::bookings::idempotency_key;
use crate::model::users::UserId;

impl Model {
    /// `to: None` lets Cal.com choose among the free hosts. Answers the host the booking has now.
    pub(crate) fn reassign_booking(
        &mut self,
        uid: &str,
        to: Option<UserId>,
        now: Timestamp,
    ) -> Result<UserId, Refusal> {
        let booking = self.booking(uid).cloned().ok_or_else(|| Refusal::booking_not_found(uid))?;
        self.refuse_unknown_user(to)?;
        let event_type = booking
            .event_type_id
            .and_then(|id| self.event_type(id))
            .ok_or_else(|| Refusal::not_found(format!("Booking with uid={uid} is missing event type")))?;
        let hosts = event_type.hosts();
        let host = match to {
            Some(id) if hosts.contains(&id) => id,
            Some(id) => {
                return Err(Refusal::bad_request(format!(
                    "User with id={id} is not a valid Round Robin host - they are not a host of event type with id={}.",
                    event_type.id
                )));
            }
            None => hosts
                .into_iter()
                .filter(|host| *host != booking.host)
                .find(|host| self.is_free(*host, event_type, (booking.start, booking.end), Some(uid)))
                .ok_or_else(|| {
                    Refusal::bad_request(
                        "Can't reassign the booking because no other host is available at that time.",
                    )
                })?,
        };
        let title = event_type.title.clone();
        let host_name = self.user(host).map_or("", |user| user.name.as_str()).to_owned();
        if let Some(row) = self.booking_mut(uid) {
            row.host = host;
            row.title = format!("{title} between {host_name} and {}", row.booker_name());
            row.idempotency_key = row
                .idempotency_key
                .as_ref()
                .map(|_| format!("{}.{}", idempotency_key(row.start, row.end, host), booking.host));
            row.updated_at = now;
        }
        Ok(host)
    }

    /// What an edition without this feature makes of the call: nothing.
    pub(crate) fn pretend_to_reassign(&self, uid: &str, to: Option<UserId>) -> Result<UserId, Refusal> {
        let booking = self.booking(uid).ok_or_else(|| Refusal::booking_not_found(uid))?;
        self.refuse_unknown_user(to)?;
        Ok(booking.host)
    }

    fn refuse_unknown_user(&self, id: Option<UserId>) -> Result<(), Refusal> {
        match id {
            Some(id) if self.user(id).is_none() => {
                Err(Refusal::not_found(format!("User with id={id} was not found in the database")))
            }
            _ => Ok(()),
        }
    }
}
