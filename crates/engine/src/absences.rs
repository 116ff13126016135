//! Absences, and what is booked in them: it is shown to people, and never changed by itself.

use domain::{AppointmentStatus, CompanyId, Slot, StaffId};
use jiff::SignedDuration;
use store::{AppointmentFilter, AppointmentView};

use crate::{Engine, Error};

/// No appointment is longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(48);
/// At most so many are shown.
const SHOWN: u64 = 500;

impl Engine {
    /// The appointments in which somebody serves within a time, the earliest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn booked_within(
        &self,
        company: CompanyId,
        staff: StaffId,
        slot: Slot,
    ) -> Result<Vec<AppointmentView>, Error> {
        let filter = AppointmentFilter {
            from: Some(slot.start.saturating_sub(LONGEST).unwrap_or(slot.start)),
            to: Some(slot.end),
            staff: Some(staff),
            statuses: AppointmentStatus::ALL.into_iter().filter(|status| status.is_active()).collect(),
            ..AppointmentFilter::default()
        };
        let mut found = self.store.appointments(company, &filter, None, SHOWN).await?.items;
        found.retain(|view| {
            let mut serves = view.appointment.segments.iter().filter(|segment| segment.staff_id == staff);
            serves.any(|segment| segment.slot.overlaps(&slot))
        });
        Ok(found)
    }
}
