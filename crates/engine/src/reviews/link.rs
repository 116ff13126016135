//! A person says which booking at Cal.com is that of an appointment that has none there.

use domain::case::Priority;
use domain::{AppointmentId, BookingUid, CompanyId, Via};
use store::Change;

use super::{PATIENCE, ReviewError};
use crate::appointments::ChangeError;
use crate::{Engine, translate};

impl Engine {
    /// Reads the booking, and takes it for that of the appointment. It has to be on the event type that the appointment
    /// is wanted on, so that nobody else's can be taken: a fetch by name answers anybody's.
    pub(super) async fn link_booking(
        &self,
        company: CompanyId,
        id: AppointmentId,
        uid: &BookingUid,
    ) -> Result<(), ReviewError> {
        if self.store.appointment_by_uid(company, uid).await?.is_some_and(|(owner, _)| owner != id) {
            return Err(ReviewError::NoSuchBooking);
        }
        let case = self.store.case(company, id).await?;
        let mut connections: Vec<_> = case
            .current()
            .filter(|record| case.lacks_booking(record))
            .map(|record| record.event_type.connection)
            .collect();
        connections.sort_unstable();
        connections.dedup();
        let mut silent = false;
        for connection in connections {
            let client = self.client(company, &self.store.connection(company, connection).await?)?;
            let (now, name) = (self.ambient.now(), calcom::BookingUid(uid.0.clone()));
            let call = tokio::select! {
                call = client.booking(&name) => call,
                () = self.ambient.sleep(PATIENCE) => return Err(ReviewError::Silent),
            };
            let booking = match call.result {
                Ok(booking) => booking,
                Err(calcom::Error::NotFound { .. }) => continue,
                Err(_) => {
                    silent = true;
                    continue;
                }
            };
            // Made for another appointment, which does not know of it yet.
            if translate::reference(&booking).is_some_and(|reference| reference.appointment != id) {
                return Err(ReviewError::NoSuchBooking);
            }
            let sighting = translate::sighting(&booking, connection, Via::Fetch, now);
            let linked = self
                .store
                .apply(company, id, Change::at(now), move |case| {
                    let linked = case.link(&sighting, now);
                    case.conclude(Priority::Change, now);
                    Ok(linked)
                })
                .await
                .map_err(ChangeError::from)?;
            if linked.value == Some(true) {
                self.signals.wake();
                return Ok(());
            }
        }
        Err(if silent { ReviewError::Silent } else { ReviewError::NoSuchBooking })
    }
}
