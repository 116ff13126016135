//! Services and their event types at Cal.com.

pub(crate) mod translate;
