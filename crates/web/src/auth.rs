//! Who is asking: passwords, sessions, the guard against forged forms, the brake on guessing. What a page
//! asks of its visitor (a role, a form) is in `ui/visit.rs`; API keys are the API's.

pub mod csrf;
pub mod password;
mod session;
mod throttle;

pub use session::Session;
pub use throttle::Throttle;
