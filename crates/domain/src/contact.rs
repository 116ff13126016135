//! E-mail addresses and phone numbers in the one form in which they are stored, sent and compared.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An e-mail address, trimmed and in lower case: Cal.com's filter is case-sensitive and tells
/// duplicates by it (recording 249).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// A phone number in E.164 form (`+4930123456`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// A text that is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidContact {
    /// Not `name@host.tld`, or it holds blanks.
    #[error("not an e-mail address")]
    Email,
    /// Not a number that could be called.
    #[error("not a phone number")]
    Phone,
}

impl Email {
    /// The address in its normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = InvalidContact;

    fn from_str(text: &str) -> Result<Self, InvalidContact> {
        let address = text.trim().to_lowercase();
        let (name, host) = address.rsplit_once('@').ok_or(InvalidContact::Email)?;
        let host_is_good = host.split('.').count() >= 2
            && host
                .split('.')
                .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'));
        let name_is_good = !name.is_empty()
            && !name.chars().any(|c| c.is_whitespace() || c.is_control() || "@,;<>()\"".contains(c));
        if host_is_good && name_is_good && address.len() <= 254 {
            Ok(Self(address))
        } else {
            Err(InvalidContact::Email)
        }
    }
}

impl Phone {
    /// The number in E.164 form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a number as people of Germany write it (`030 123456`) or with its country (`+43 1 …`).
    ///
    /// # Errors
    /// [`InvalidContact::Phone`] if no such number can exist.
    pub fn parse(text: &str) -> Result<Self, InvalidContact> {
        let number = phonenumber::parse(Some(phonenumber::country::DE), text.trim())
            .map_err(|_| InvalidContact::Phone)?;
        let digits = number.national().value().to_string().len();
        if !(3..=14).contains(&digits) {
            return Err(InvalidContact::Phone);
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }
}

impl FromStr for Phone {
    type Err = InvalidContact;

    fn from_str(text: &str) -> Result<Self, InvalidContact> {
        Self::parse(text)
    }
}

macro_rules! text_form {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidContact;
            fn try_from(text: String) -> Result<Self, InvalidContact> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}
text_form!(Email);
text_form!(Phone);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        assert_eq!(" Clara@Client.Example ".parse::<Email>().unwrap().as_str(), "clara@client.example");
        for bad in ["", "clara", "clara@", "@client.example", "clara@client", "a b@client.example", "a@b..de"]
        {
            assert_eq!(bad.parse::<Email>(), Err(InvalidContact::Email), "{bad}");
        }
    }

    #[test]
    fn numbers_have_one_form() {
        for same in ["030 1234567", "+49 30 1234567", "0049 30/1234567", "(030) 123 45 67"] {
            assert_eq!(Phone::parse(same).unwrap().as_str(), "+49301234567", "{same}");
        }
        assert_eq!(Phone::parse("+43 1 5131600").unwrap().as_str(), "+4315131600");
        for bad in ["", "12", "anonymous", "{{user_number}}"] {
            assert_eq!(Phone::parse(bad), Err(InvalidContact::Phone), "{bad}");
        }
    }
}
