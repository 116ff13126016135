//! The people: staff who serve, customers who come, users who sign in.

use serde::{Deserialize, Serialize};

use crate::company::Locale;
use crate::hours::WeeklyHours;
use crate::{BranchId, CustomerId, Email, Phone, StaffId, UserId};

/// A staff member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// Where this person works.
    pub branch_id: BranchId,
    /// The name that people see.
    pub name: String,
    /// Whether new appointments may be given to this person.
    pub active: bool,
    /// Working hours, in the branch's time zone.
    pub hours: WeeklyHours,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// Full name.
    pub name: String,
    /// Address, if known.
    pub email: Option<Email>,
    /// Number, if known.
    pub phone: Option<Phone>,
    /// The language to write to this person in.
    pub locale: Locale,
}

/// What a form, a caller or a program told of a customer; the store finds or makes the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerDetails {
    /// Full name.
    pub name: String,
    /// Address, if told.
    pub email: Option<Email>,
    /// Number, if told.
    pub phone: Option<Phone>,
    /// The language this person was spoken to in.
    pub locale: Locale,
}

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Sign-in name; unique in the installation.
    pub email: Email,
    /// The name that people see.
    pub name: String,
    /// What this person may do.
    pub role: Role,
    /// The language chosen; `None` follows the browser.
    pub locale: Option<Locale>,
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees and changes appointments.
    Staff,
    /// Also services, staff, branches.
    Manager,
    /// Also connections, users, keys, repairs.
    Admin,
}

impl Role {
    /// All, weakest first.
    pub const ALL: [Self; 3] = [Self::Staff, Self::Manager, Self::Admin];

    /// The stored and spoken name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}
