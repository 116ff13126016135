//! Appointments: making, changing, finding and showing them.

pub mod apply;
pub mod attempts;
pub mod book;
pub(crate) mod case;
pub mod history;
pub mod list;
mod numbers;
pub mod pulse;
pub mod reviews;
mod rows;
mod schedule;
pub(crate) mod together;
pub mod view;
pub(crate) mod write_back;
