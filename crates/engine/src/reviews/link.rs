//! A person says which booking at Cal.com is that of an appointment that has none there.

use domain::appointment::Actor;
use domain::case::Priority;
use domain::timeline::What;
use domain::{AppointmentId, BookingUid, CompanyId, Via};
use store::{Abort, Change};

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
        actor: &Actor,
    ) -> Result<(), ReviewError> {
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
            let change = Change::at(now).claiming(connection, sighting.uid.clone());
            let actor = actor.clone();
            let linked = self.store.apply(company, id, change, move |case| {
                if !case.link(&sighting, now) {
                    return Err(Abort::Because("there is nothing to link".to_owned()));
                }
                case.tell(now, &actor, What::Linked { uid: sighting.uid.clone() });
                case.conclude(Priority::Change, now);
                Ok(())
            });
            match linked.await {
                Err(store::Error::Duplicate { .. }) => return Err(ReviewError::NoSuchBooking),
                Err(store::Error::GivenUp(_)) => {}
                linked => {
                    linked.map_err(ChangeError::from)?;
                    self.signals.wake();
                    return Ok(());
                }
            }
        }
        Err(if silent { ReviewError::Silent } else { ReviewError::NoSuchBooking })
    }
}
