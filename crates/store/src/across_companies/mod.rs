//! What crosses companies: finding out whose a request is, which lanes of all can be worked in, and how
//! all are together. Nothing else in the store does without a company.

pub mod companies;
mod lanes;
mod notifications;
pub mod overall;
pub(crate) mod reviews;
pub mod sign_in;
mod tokens;
