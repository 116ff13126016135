//! Identifiers. Each is a UUID (version 7, so that they sort by creation) with a prefix that says
//! what it names; the prefixed form is what people and programs see, the bare UUID is what is stored.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// A text that is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an identifier that starts with `{prefix}_`")]
pub struct InvalidId {
    /// The prefix that was expected, without the underscore.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// What the printed form starts with, without the underscore.
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(|id| Uuid::try_parse(id).ok())
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A company: the tenant. Every other id belongs to exactly one.
    CompanyId = "cmp";
    /// A branch (salon, practice) of a company.
    BranchId = "brn";
    /// A person who signs in.
    UserId = "usr";
    /// A staff member who serves customers.
    StaffId = "stf";
    /// A service that can be booked.
    ServiceId = "svc";
    /// A customer.
    CustomerId = "cus";
    /// An appointment. It never changes, whatever happens to the bookings at Cal.com.
    AppointmentId = "apt";
    /// A Cal.com account of a company.
    ConnectionId = "con";
    /// A service (of a staff member) tied to an event type.
    LinkId = "lnk";
    /// One call to Cal.com that was written down before it was sent.
    AttemptId = "att";
    /// One webhook that Cal.com delivered.
    DeliveryId = "whd";
    /// One entry of an appointment's history.
    EntryId = "ent";
    /// A run in which all bookings of an account are compared with what is known here.
    VerificationId = "ver";
    /// Something that a person has to look at.
    ReviewId = "rev";
    /// A phone agent of a company: path token, signing key.
    AgentId = "agt";
    /// A key for the REST API.
    ApiKeyId = "key";
    /// A way to tell people what happens.
    ChannelId = "chn";
    /// A time in which somebody is away.
    AbsenceId = "abs";
}

/// Cal.com's name of a booking. It changes with every reschedule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BookingUid(pub String);

impl fmt::Display for BookingUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_and_not_mistaken_for_another_kind() {
        let id = AppointmentId(Uuid::from_u128(7));
        assert_eq!(id.to_string(), "apt_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().parse::<ServiceId>(), Err(InvalidId { prefix: "svc" }));
    }
}
