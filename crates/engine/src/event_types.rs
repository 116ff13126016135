//! Services at Cal.com: the plans of [`domain::catalogue`] carried out in the lanes of the accounts, as those of
//! appointments are.

pub(crate) mod check;
mod kept;
pub(crate) mod look;
pub(crate) mod lost;
pub(crate) mod operation;
pub(crate) mod translate;
