//! Services with their event types: loading one, changing one, and what has happened to it.

pub(crate) mod case;
pub(crate) mod change;
mod history;
