//! The engine against a simulated Cal.com, on the real SQL, with a clock and randomness of our own.

mod changes;
mod chaos;
mod mailbox;
mod mistakes;
mod notifications;
mod rounds;
mod salon;
mod services;
mod stories;
mod verification;
mod world;
