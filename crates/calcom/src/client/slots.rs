//! Calls about free slots and their reservation (2024-09-04).

use super::operation::Operation;
use super::{Client, SLOTS, nothing, one};
use crate::slot::SlotsByDay;
use crate::{Call, NewReservation, Reservation, ReservationUid, Slot, SlotsQuery};

impl Client {
    /// The free slots, in order of time. A day that is closed, past or full has none.
    pub async fn slots(&self, query: &SlotsQuery) -> Call<Vec<Slot>> {
        let operation = Operation::get(SLOTS, "/v2/slots", &[]).query(|to| query.write(to));
        self.call(operation, |data| {
            let mut slots: Vec<Slot> = one::<SlotsByDay>(data)?.into_values().flatten().collect();
            slots.sort_unstable();
            Ok(slots)
        })
        .await
    }

    /// Takes a slot out of the offer for some minutes. A reserved one is [`crate::Error::SlotTaken`].
    pub async fn reserve_slot(&self, reservation: &NewReservation) -> Call<Reservation> {
        self.call(Operation::post(SLOTS, "/v2/slots/reservations", &[]).body(reservation), one).await
    }

    /// A reservation, as long as it lasts.
    pub async fn reservation(&self, uid: &ReservationUid) -> Call<Option<Reservation>> {
        self.call(Operation::get(SLOTS, "/v2/slots/reservations/{}", &[uid]), one).await
    }

    /// Puts the slot back into the offer.
    pub async fn delete_reservation(&self, uid: &ReservationUid) -> Call<()> {
        self.call(Operation::delete(SLOTS, "/v2/slots/reservations/{}", &[uid]), nothing).await
    }
}
