//! The vocabulary that pages are put together from: tones and chips, status words, rows of
//! appointments, cursor pages, form fields. Their looks are in `templates/components/`.

mod chip;
mod field;
mod pager;
mod row;

pub use chip::{AsChip, Chip, Tone, needs_person};
pub use field::{Choice, Field, FieldError};
pub use pager::Pager;
pub use row::AppointmentRow;
