//! Retell AI: what its servers send us and what they may be answered.
//!
//! Custom function calls, call webhooks and the inbound-call webhook, the signature that all three
//! carry, and an answer that a voice agent can speak. Typed after Retell's public documentation and
//! its SDK (`retell-sdk` 5.66), leniently: a body with a field more, less or oddly typed is still a call.
//!
//! Knows nothing of appointments, companies or databases; does no I/O and reads no clock.

mod answer;
mod args;
mod call;
mod caller;
mod function;
mod inbound;
mod lenient;
pub mod rehearsal;
mod signature;
mod webhook;

pub use answer::{Answer, MAX_ANSWER_CHARS, Status};
pub use args::Args;
pub use call::{Call, ToolInvocation};
pub use caller::CallerNumber;
pub use function::FunctionCall;
pub use inbound::{InboundAnswer, InboundCall};
pub use lenient::BodyError;
pub use signature::{SIGNATURE_HEADER, SignatureError, WINDOW, sign, verify};
pub use webhook::{CallEvent, CallWebhook};
