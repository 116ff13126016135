//! What crosses companies: finding out whose a request is, and which lanes of all can be worked in. Nothing
//! else in the store does without a company.

pub mod companies;
mod lanes;
mod notifications;
pub mod sign_in;
mod tokens;
