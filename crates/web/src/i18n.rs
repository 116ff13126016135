//! Language, words and formats of what people read: one [`Translator`] per request answers all three.
//! Texts live in `locales/*/*.ftl`; nothing here knows a page.

mod catalog;
mod format;
mod language;

pub use catalog::{Text, ToArg, keys};
pub use language::{LANGUAGES, Language, negotiate, own_name};

use jiff::{Timestamp, tz::TimeZone};

/// How one reader reads: a language, the time zone of the branch, and the instant "now" that relative
/// times are told from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Translator {
    pub language: Language,
    pub zone: TimeZone,
    pub now: Timestamp,
}

impl Translator {
    pub fn new(language: Language, zone: TimeZone, now: Timestamp) -> Self {
        Self { language, zone, now }
    }

    /// The text of a message. Arguments follow by [`Text::arg`]; it is formatted when it is written.
    pub fn get<'l>(&'l self, key: &'l str) -> Text<'l> {
        Text::new(self, key)
    }
}
