//! The simulator through the typed client: what goes wrong when it is ordered to, and what people do at
//! Cal.com.

mod event_types;
mod faults;
mod people;
mod restart;
mod shared;
mod world;
