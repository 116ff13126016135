//! Webhooks from Cal.com (2021-10-20): is it genuine ([`verify`]), and what does it say ([`parse`]).
//!
//! What the signature does not tell: it covers the body only, carries no time and no id, and Cal.com sends
//! each delivery once and drops it on failure. Repeated, late and lost deliveries are the caller's concern;
//! (trigger, uid, `created_at`) tells deliveries apart.

mod delivery;
mod signature;
mod trigger;

pub use delivery::{Delivery, ParseError, Party, Payload, parse};
pub use signature::{Refusal, SIGNATURE_HEADER, UNSIGNED, sign, verify};
pub use trigger::Trigger;
