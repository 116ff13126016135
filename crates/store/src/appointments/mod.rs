//! Appointments: making, changing, finding and showing them.

pub mod apply;
pub mod attempts;
pub mod book;
pub(crate) mod case;
pub mod course;
pub mod history;
pub mod list;
pub(crate) mod numbers;
pub mod pulse;
mod rows;
pub mod schedule;
pub(crate) mod together;
pub mod view;
pub(crate) mod write_back;
