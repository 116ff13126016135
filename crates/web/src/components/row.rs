//! An appointment in a list.

use domain::{AppointmentStatus, Origin, SyncStatus};
use jiff::{SignedDuration, Timestamp};

#[derive(Clone, Debug)]
pub struct AppointmentRow {
    /// `apt_…`
    pub id: String,
    /// `A-1042`
    pub number: String,
    pub href: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub customer: String,
    pub service: String,
    pub staff: String,
    pub branch: String,
    pub status: AppointmentStatus,
    pub sync: SyncStatus,
    pub origin: Origin,
}

impl AppointmentRow {
    /// A week of the sample salon around `now`, in every state.
    pub fn samples(now: Timestamp) -> Vec<Self> {
        use {AppointmentStatus as A, Origin as O, SyncStatus as S};
        let rows = [
            (1042, 35, 45, "Aylin Demir", "Damenschnitt", "Mira Hoffmann", A::Confirmed, S::Synced, O::Phone),
            (
                1047,
                80,
                90,
                "Johanna Lindner",
                "Farbe & Schnitt",
                "Jonas Weber",
                A::Confirmed,
                S::Pending,
                O::Admin,
            ),
            (1051, 155, 30, "Paul Krämer", "Herrenschnitt", "Selin Kaya", A::Confirmed, S::Failed, O::Phone),
            (
                1039,
                200,
                60,
                "Theresa von Hohenberg-Steinmetz",
                "Balayage-Beratung",
                "Mira Hoffmann",
                A::Confirmed,
                S::Conflict,
                O::Calcom,
            ),
            (
                1053,
                1_440,
                45,
                "Nadja Sommer",
                "Damenschnitt",
                "Jonas Weber",
                A::Requested,
                S::Pending,
                O::Api,
            ),
            (
                1055,
                1_530,
                30,
                "Ole Petersen",
                "Bart & Kontur",
                "Selin Kaya",
                A::Confirmed,
                S::Synced,
                O::Phone,
            ),
            (
                1018,
                1_650,
                120,
                "Marlene Vogt",
                "Strähnen",
                "Lea Brandt",
                A::Confirmed,
                S::OrphanedLocal,
                O::Admin,
            ),
            (
                1056,
                2_880,
                45,
                "Samira Haddad",
                "Damenschnitt",
                "Mira Hoffmann",
                A::Confirmed,
                S::Synced,
                O::Calcom,
            ),
            (
                1030,
                -1_500,
                45,
                "Greta Baumann",
                "Damenschnitt",
                "Lea Brandt",
                A::Confirmed,
                S::Synced,
                O::Phone,
            ),
            (
                1033,
                -1_300,
                30,
                "Emil Schuster",
                "Herrenschnitt",
                "Selin Kaya",
                A::NoShow,
                S::Synced,
                O::Calcom,
            ),
            (
                1036,
                4_320,
                60,
                "Hanna Yıldız",
                "Waschen & Föhnen",
                "Lea Brandt",
                A::Cancelled,
                S::Synced,
                O::Phone,
            ),
        ];
        let mut rows: Vec<Self> = rows
            .map(|(number, minutes, length, customer, service, staff, status, sync, origin)| {
                let starts_at = quarter(now + SignedDuration::from_mins(minutes));
                Self {
                    id: format!("apt_{number}"),
                    number: format!("A-{number}"),
                    href: "/appointments/apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
                    starts_at,
                    ends_at: starts_at + SignedDuration::from_mins(length),
                    customer: customer.into(),
                    service: service.into(),
                    staff: staff.into(),
                    branch: if number % 2 == 0 { "Prenzlauer Berg".into() } else { "Neukölln".into() },
                    status,
                    sync,
                    origin,
                }
            })
            .into();
        rows.sort_by_key(|row| row.starts_at);
        rows
    }
}

/// Appointments begin on quarters of an hour.
fn quarter(at: Timestamp) -> Timestamp {
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(900)).unwrap_or(at)
}
