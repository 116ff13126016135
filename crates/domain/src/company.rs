//! Companies and their branches.

use serde::{Deserialize, Serialize};

use crate::holidays::Land;
use crate::hours::WeeklyHours;
use crate::{BranchId, CompanyId, Phone};

/// A tenant: a salon, a practice, or a chain of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Who it is.
    pub id: CompanyId,
    /// Short name in commands and URLs: lower-case letters, digits and hyphens.
    pub slug: String,
    /// The name that people see.
    pub name: String,
    /// IANA name of the time zone of branches that say nothing else.
    pub time_zone: String,
    /// The language that its users and callers start with.
    pub locale: Locale,
    /// Host part of the placeholder addresses of customers without e-mail.
    pub placeholder_domain: String,
}

/// A place where customers are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Which branch.
    pub id: BranchId,
    /// The name that people see.
    pub name: String,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// The number that callers dial; the phone agent finds the branch by it.
    pub phone: Option<Phone>,
    /// Street and town, one line.
    pub address: Option<String>,
    /// When it is open.
    pub hours: WeeklyHours,
    /// The state whose public holidays it keeps; `None` keeps none.
    pub land: Option<Land>,
}

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// German, the default.
    #[default]
    De,
    /// English.
    En,
}

impl Locale {
    /// The language tag: `de` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// The language of a tag such as `de-AT`; `None` for languages that we do not speak.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "de" => Some(Self::De),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}
