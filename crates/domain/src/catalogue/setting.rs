//! What of a service an event type carries: one row for each field, and nothing about a field anywhere else.
//!
//! The table drives what is compared, sent, taken over, shown and documented. Cal.com's names are those of its
//! API for event types of 2024-06-14 (recordings 006 to 030); the older names are those of its first API, which
//! documents about it still use.

use serde::{Deserialize, Serialize};

/// The settings of one event type, as both sides can say them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What customers see.
    pub title: String,
    /// Short name in URLs, unique for its owner.
    pub slug: String,
    /// For customers; may be empty.
    pub description: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Whether it is offered; Cal.com says the opposite, `hidden`.
    pub active: bool,
    /// Minutes that are kept free before.
    pub buffer_before: u32,
    /// Minutes that are kept free afterwards.
    pub buffer_after: u32,
    /// How many minutes ahead it has to be booked at least.
    pub notice: u32,
    /// Whether somebody has to confirm a booking.
    pub confirmation: Confirmation,
    /// Whether customers may not bring guests.
    pub disable_guests: bool,
    /// Where it takes place; empty if this side has no say.
    pub places: Vec<Place>,
    /// How far ahead it can be booked.
    pub window: Window,
    /// Whether it has the hidden booking field that carries our reference.
    pub reference_field: bool,
}

/// Whether somebody has to confirm a booking.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// Nobody.
    #[default]
    Never,
    /// Always.
    Always,
    /// As Cal.com writes what the platform cannot say, as JSON.
    Other(String),
}

/// How far ahead can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// As far as the calendar goes.
    #[default]
    Unlimited,
    /// So many calendar days from today, moving on with every day.
    Days(u32),
    /// As Cal.com writes what the platform cannot say, as JSON.
    Other(String),
}

/// Where it takes place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// At this address.
    Address(String),
    /// By phone, under this number of the salon's.
    Phone(String),
    /// Under this link.
    Link(String),
    /// Under the customer's number.
    CustomersPhone,
    /// At the customer's.
    CustomersAddress,
    /// As Cal.com writes what the platform cannot say, as JSON.
    Other(String),
}

/// A field that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// The name.
    Title,
    /// The short name.
    Slug,
    /// The description.
    Description,
    /// How long it takes.
    Duration,
    /// Whether it is offered.
    Active,
    /// Free time before.
    BufferBefore,
    /// Free time afterwards.
    BufferAfter,
    /// The shortest notice.
    Notice,
    /// Whether it has to be confirmed.
    Confirmation,
    /// Whether guests are not allowed.
    DisableGuests,
    /// Where.
    Places,
    /// How far ahead.
    Window,
    /// The hidden field for our reference.
    ReferenceField,
}

/// Who decides about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The platform: what it says is brought to Cal.com.
    ToCalcom,
    /// The platform alone: Cal.com's API cannot carry it.
    PlatformAlone,
    /// Cal.com alone: shown here, never changed.
    CalcomAlone,
}

/// When both sides say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// When they are equal.
    Equal,
    /// When they are equal but for blanks at the ends and the kind of line breaks.
    Text,
    /// When they are opposites.
    Opposite,
    /// When they name the same, in any order; a side that names none has no say.
    AnyOrder,
    /// It is not compared.
    Never,
}

/// A row of the mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// The field, if it is compared.
    pub setting: Option<Setting>,
    /// Our name, as in the REST API.
    pub ours: &'static str,
    /// Cal.com's name today.
    pub calcom: &'static str,
    /// Cal.com's name in older documents, where it was another.
    pub older: Option<&'static str>,
    /// Who decides.
    pub direction: Direction,
    /// When both say the same.
    pub compare: Compare,
}

const fn row(
    setting: Setting,
    ours: &'static str,
    calcom: &'static str,
    older: Option<&'static str>,
    compare: Compare,
) -> Mapping {
    Mapping { setting: Some(setting), ours, calcom, older, direction: Direction::ToCalcom, compare }
}

const fn alone(
    ours: &'static str,
    calcom: &'static str,
    older: Option<&'static str>,
    direction: Direction,
) -> Mapping {
    Mapping { setting: None, ours, calcom, older, direction, compare: Compare::Never }
}

/// Every field of a service that Cal.com knows too.
pub const MAPPING: [Mapping; 18] = [
    row(Setting::Title, "name", "title", None, Compare::Text),
    row(Setting::Slug, "slug", "slug", None, Compare::Equal),
    row(Setting::Description, "description", "description", None, Compare::Text),
    row(Setting::Duration, "duration_minutes", "lengthInMinutes", Some("length"), Compare::Equal),
    row(Setting::Active, "active", "hidden", None, Compare::Opposite),
    row(Setting::BufferBefore, "buffer_before_minutes", "beforeEventBuffer", None, Compare::Equal),
    row(Setting::BufferAfter, "buffer_after_minutes", "afterEventBuffer", None, Compare::Equal),
    row(Setting::Notice, "minimum_notice_minutes", "minimumBookingNotice", None, Compare::Equal),
    row(
        Setting::Confirmation,
        "requires_confirmation",
        "confirmationPolicy",
        Some("requiresConfirmation"),
        Compare::Equal,
    ),
    row(Setting::DisableGuests, "disable_guests", "disableGuests", None, Compare::Equal),
    row(Setting::Places, "locations", "locations", None, Compare::AnyOrder),
    row(Setting::Window, "booking_window_days", "bookingWindow", Some("periodDays"), Compare::Equal),
    row(Setting::ReferenceField, "reference_field", "bookingFields", None, Compare::Equal),
    alone("price_cents", "price", None, Direction::PlatformAlone),
    alone("metadata", "metadata", None, Direction::PlatformAlone),
    alone("schedule", "scheduleId", Some("schedule"), Direction::CalcomAlone),
    alone("slot_interval", "slotInterval", None, Direction::CalcomAlone),
    alone("booking_url", "bookingUrl", Some("link"), Direction::CalcomAlone),
];

/// What is never synced, in no direction.
pub const NEVER_SYNCED: [&str; 10] = [
    "online",
    "change_notice_hours",
    "company",
    "branch",
    "event_type_id",
    "assignment_method",
    "assignment_confidence",
    "minimum_staff",
    "segments",
    "staff",
];

impl Setting {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::Title,
        Self::Slug,
        Self::Description,
        Self::Duration,
        Self::Active,
        Self::BufferBefore,
        Self::BufferAfter,
        Self::Notice,
        Self::Confirmation,
        Self::DisableGuests,
        Self::Places,
        Self::Window,
        Self::ReferenceField,
    ];

    /// Its row.
    pub fn mapping(self) -> &'static Mapping {
        let row = MAPPING.iter().find(|row| row.setting == Some(self));
        // Every setting has a row; a test goes through them all.
        row.unwrap_or(&MAPPING[0])
    }

    /// Our name, as in the REST API.
    pub fn as_str(self) -> &'static str {
        self.mapping().ours
    }

    /// The setting of our name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.as_str() == name)
    }

    /// Whether it is about our own bookkeeping, which nobody at Cal.com has a say in.
    pub fn is_ours(self) -> bool {
        self == Self::ReferenceField
    }

    /// Whether both sides say the same.
    pub fn same(self, a: &Settings, b: &Settings) -> bool {
        match self.mapping().compare {
            Compare::Text => text(&self.value(a)) == text(&self.value(b)),
            Compare::AnyOrder => {
                let sorted = |side: &Settings| {
                    let mut places = side.places.clone();
                    places.sort_unstable();
                    places
                };
                sorted(a) == sorted(b)
            }
            Compare::Equal | Compare::Opposite | Compare::Never => self.value(a) == self.value(b),
        }
    }

    /// Its value as text, for comparing and for showing.
    pub fn value(self, settings: &Settings) -> String {
        match self {
            Self::Title => settings.title.clone(),
            Self::Slug => settings.slug.clone(),
            Self::Description => settings.description.clone(),
            Self::Duration => settings.minutes.to_string(),
            Self::Active => settings.active.to_string(),
            Self::BufferBefore => settings.buffer_before.to_string(),
            Self::BufferAfter => settings.buffer_after.to_string(),
            Self::Notice => settings.notice.to_string(),
            Self::Confirmation => match &settings.confirmation {
                Confirmation::Never => "never".to_owned(),
                Confirmation::Always => "always".to_owned(),
                Confirmation::Other(json) => json.clone(),
            },
            Self::DisableGuests => settings.disable_guests.to_string(),
            Self::Places => settings.places.iter().map(Place::text).collect::<Vec<_>>().join("; "),
            Self::Window => match &settings.window {
                Window::Unlimited => "unlimited".to_owned(),
                Window::Days(days) => days.to_string(),
                Window::Other(json) => json.clone(),
            },
            Self::ReferenceField => settings.reference_field.to_string(),
        }
    }

    /// Copies it from `source` to `target`.
    pub fn copy(self, source: &Settings, target: &mut Settings) {
        match self {
            Self::Title => target.title.clone_from(&source.title),
            Self::Slug => target.slug.clone_from(&source.slug),
            Self::Description => target.description.clone_from(&source.description),
            Self::Duration => target.minutes = source.minutes,
            Self::Active => target.active = source.active,
            Self::BufferBefore => target.buffer_before = source.buffer_before,
            Self::BufferAfter => target.buffer_after = source.buffer_after,
            Self::Notice => target.notice = source.notice,
            Self::Confirmation => target.confirmation.clone_from(&source.confirmation),
            Self::DisableGuests => target.disable_guests = source.disable_guests,
            Self::Places => target.places.clone_from(&source.places),
            Self::Window => target.window.clone_from(&source.window),
            Self::ReferenceField => target.reference_field = source.reference_field,
        }
    }
}

impl Place {
    /// As text, for comparing and for showing.
    pub fn text(&self) -> String {
        match self {
            Self::Address(text) | Self::Phone(text) | Self::Link(text) | Self::Other(text) => text.clone(),
            Self::CustomersPhone => "customers_phone".to_owned(),
            Self::CustomersAddress => "customers_address".to_owned(),
        }
    }
}

fn text(value: &str) -> String {
    value.replace("\r\n", "\n").trim().to_owned()
}
