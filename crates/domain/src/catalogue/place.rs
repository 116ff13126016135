//! Places as people and programs write them: a kind and what belongs to it. What Cal.com would refuse is refused here.

use super::setting::Place;
use crate::contact::Phone;

/// Characters of the longest address or link.
const LONGEST: usize = 500;

/// What is wrong with a place that somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlace {
    /// It is of no kind that the platform can say.
    #[error("there is no such kind of place")]
    Kind,
    /// What belongs to its kind is missing, or too long to be it.
    #[error("an address, number or link belongs to it, of at most 500 characters")]
    Value,
    /// No such number can exist.
    #[error("this is no telephone number")]
    Phone,
    /// No address of the web.
    #[error("a link begins with https:// or http://")]
    Link,
}

impl Place {
    /// The kinds that the platform can say, as in the REST API.
    pub const KINDS: [&str; 5] = ["address", "phone", "link", "customers_phone", "customers_address"];

    /// Its kind; `other` for what Cal.com says and the platform cannot.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Phone(_) => "phone",
            Self::Link(_) => "link",
            Self::CustomersPhone => "customers_phone",
            Self::CustomersAddress => "customers_address",
            Self::Other(_) => "other",
        }
    }

    /// What belongs to its kind: the address, the number, the link, or Cal.com's JSON.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Address(text) | Self::Phone(text) | Self::Link(text) | Self::Other(text) => Some(text),
            Self::CustomersPhone | Self::CustomersAddress => None,
        }
    }

    /// Whether something belongs to a kind.
    pub fn wants_detail(kind: &str) -> bool {
        matches!(kind, "address" | "phone" | "link")
    }

    /// The place of a kind. Numbers are read as people write them, and kept in E.164 form; where nothing belongs to the
    /// kind, `detail` does not matter.
    ///
    /// # Errors
    /// [`InvalidPlace`].
    pub fn read(kind: &str, detail: &str) -> Result<Self, InvalidPlace> {
        let detail = detail.trim();
        if Self::wants_detail(kind) && (detail.is_empty() || detail.chars().count() > LONGEST) {
            return Err(InvalidPlace::Value);
        }
        match kind {
            "address" => Ok(Self::Address(detail.to_owned())),
            "phone" => match Phone::parse(detail) {
                Ok(number) => Ok(Self::Phone(number.as_str().to_owned())),
                Err(_) => Err(InvalidPlace::Phone),
            },
            "link" => {
                let host = detail.strip_prefix("https://").or_else(|| detail.strip_prefix("http://"));
                match host {
                    Some(host)
                        if host.starts_with(char::is_alphanumeric) && !host.contains(char::is_whitespace) =>
                    {
                        Ok(Self::Link(detail.to_owned()))
                    }
                    _ => Err(InvalidPlace::Link),
                }
            }
            "customers_phone" => Ok(Self::CustomersPhone),
            "customers_address" => Ok(Self::CustomersAddress),
            _ => Err(InvalidPlace::Kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_people_write_it_and_says_the_same_again() {
        for (kind, detail, read) in [
            ("address", " Kastanienallee 12 ", Ok(Place::Address("Kastanienallee 12".into()))),
            ("address", "  ", Err(InvalidPlace::Value)),
            ("phone", "030 1234567", Ok(Place::Phone("+49301234567".into()))),
            ("phone", "bei uns", Err(InvalidPlace::Phone)),
            (
                "link",
                "https://meet.example.com/salon",
                Ok(Place::Link("https://meet.example.com/salon".into())),
            ),
            ("link", "javascript:alert(1)", Err(InvalidPlace::Link)),
            ("link", "https:// meet", Err(InvalidPlace::Link)),
            ("customers_phone", "egal", Ok(Place::CustomersPhone)),
            ("customers_address", "", Ok(Place::CustomersAddress)),
            ("other", "{}", Err(InvalidPlace::Kind)),
        ] {
            assert_eq!(Place::read(kind, detail), read, "{kind} {detail}");
            if let Ok(place) = read {
                assert_eq!(Place::read(place.kind(), place.detail().unwrap_or_default()), Ok(place));
            }
        }
        assert!(
            Place::KINDS
                .into_iter()
                .all(|kind| Place::read(kind, "https://a.example") != Err(InvalidPlace::Kind))
        );
        assert_eq!(Place::read("address", &"ü".repeat(501)), Err(InvalidPlace::Value));
    }
}
