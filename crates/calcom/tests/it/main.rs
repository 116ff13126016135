//! The crate from outside: against recordings of a real server, against answers made up to be awkward,
//! and over real sockets.

mod awkward_answers;
mod canned;
mod documented_shapes;
mod http_recordings;
mod http_transport;
mod replay;
mod webhook_recordings;
