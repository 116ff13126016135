//! Our reference on a booking: which appointment it belongs to, and which of our tries made it.
//!
//! It travels in the booking's metadata and in a hidden booking field, because cancel, reject and
//! no-show webhooks carry no metadata (webhooks 017, 026, 039 of the recordings).

use std::fmt;
use std::str::FromStr;

use crate::AppointmentId;

/// Key of the metadata entry that holds the reference.
pub const METADATA_KEY: &str = "einklang_ref";
/// Slug of the hidden booking field that holds it.
pub const FIELD_SLUG: &str = "einklang-ref";

/// Appointment, segment and generation of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Which segment of it; 0 where there is only one.
    pub segment: u16,
    /// Counts the bookings that we meant to make for this segment, from 1.
    pub generation: u32,
}

/// A text that is not a reference of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a booking reference")]
pub struct InvalidReference;

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.appointment, self.segment, self.generation)
    }
}

impl FromStr for Reference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(InvalidReference);
        let reference = Self {
            appointment: next()?.parse().map_err(|_| InvalidReference)?,
            segment: next()?.parse().map_err(|_| InvalidReference)?,
            generation: next()?.parse().map_err(|_| InvalidReference)?,
        };
        if parts.next().is_some() { Err(InvalidReference) } else { Ok(reference) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_back() {
        let reference =
            Reference { appointment: AppointmentId(uuid::Uuid::from_u128(9)), segment: 0, generation: 3 };
        assert_eq!(reference.to_string().parse(), Ok(reference));
        assert!(reference.to_string().len() < 64);
        for bad in ["", "7f0e3f2a-0001", "apt_00000000000000000000000000000009.0", "apt_x.0.1"] {
            assert_eq!(bad.parse::<Reference>(), Err(InvalidReference), "{bad}");
        }
    }
}
