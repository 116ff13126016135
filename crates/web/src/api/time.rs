//! Instants as the API writes them: RFC 3339 with the offset that the branch's clock has then.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The clock of a place.
pub struct Clock(TimeZone);

impl Clock {
    /// Of an IANA name; a name that is not known reads UTC.
    pub fn of(time_zone: &str) -> Self {
        Self(TimeZone::get(time_zone).unwrap_or(TimeZone::UTC))
    }

    /// `2026-11-24T14:30:00+01:00`
    pub fn write(&self, at: Timestamp) -> String {
        at.to_zoned(self.0.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}
