//! What belongs to one company besides its appointments. Every method takes the company first.

pub mod absences;
pub mod agents;
pub mod api_keys;
mod branches;
pub mod connections;
pub(crate) mod customers;
pub(crate) mod links;
mod policy;
pub(crate) mod services;
mod setup;
mod staff;
mod users;
