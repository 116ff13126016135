//! The vocabulary that pages are put together from: tones and chips, status words, rows of
//! appointments, cursor pages, form fields. Their looks are in `templates/components/`.

mod chip;
mod course;
mod field;
mod happened;
mod pager;
mod review;
mod row;
mod run;
mod service_state;
mod setting;
mod setup;
mod tally;
mod works;

pub use chip::{AsChip, Chip, Tone, needs_person};
pub use course::{Bar, Calls, Course};
pub use field::{Choice, Field, FieldError};
pub use happened::Happened;
pub use pager::Pager;
pub use review::{ReviewRow, ReviewSubject, cause_key, in_its_words, reason_key, remedy_key, severity};
pub use row::AppointmentRow;
pub use run::{Run, Stage};
pub use service_state::{ServiceState, problem_key};
pub use setting::{said, setting_label};
pub use setup::SetupRow;
pub use tally::{Fate, Tally};
pub use works::WorksBar;
