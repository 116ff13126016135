//! The fields of a service in words: what they are called, and how a stored value is said.

use crate::i18n::Translator;

/// The message that names a field, by its name in the REST API.
pub fn setting_label(name: &str) -> &'static str {
    match name {
        "name" => "setting-name",
        "slug" => "setting-slug",
        "description" => "setting-description",
        "duration_minutes" => "duration",
        "price_cents" => "price",
        "active" => "service-active",
        "online" => "setting-online",
        "buffer_before_minutes" => "setting-buffer-before",
        "buffer_after_minutes" => "setting-buffer-after",
        "minimum_notice_minutes" => "setting-notice",
        "booking_window_days" => "setting-window",
        "change_notice_hours" => "setting-change-notice",
        "requires_confirmation" => "setting-confirmation",
        "disable_guests" => "setting-no-guests",
        "locations" => "setting-places",
        "segments" => "setting-segments",
        "staff" => "setting-staff",
        _ => "setting-reference",
    }
}

/// A value of a field as people say it; `None` is "nothing".
pub fn said(t: &Translator, name: &str, value: &str) -> Option<String> {
    let words = match (name, value) {
        ("booking_window_days", "" | "unlimited") => t.get("window-unlimited").to_string(),
        (_, "") => return None,
        (
            "active" | "online" | "disable_guests" | "reference_field" | "requires_confirmation",
            "true" | "always",
        ) => t.get("yes").to_string(),
        (
            "active" | "online" | "disable_guests" | "reference_field" | "requires_confirmation",
            "false" | "never",
        ) => t.get("no").to_string(),
        (
            "duration_minutes" | "buffer_before_minutes" | "buffer_after_minutes" | "minimum_notice_minutes",
            minutes,
        ) => minutes.parse().map_or_else(|_| minutes.to_owned(), |minutes| t.minutes(&minutes)),
        ("booking_window_days", days) => days
            .parse::<u32>()
            .map_or_else(|_| days.to_owned(), |days| t.get("window-days").arg("count", days).to_string()),
        ("change_notice_hours", hours) => {
            hours.parse::<u32>().map_or_else(|_| hours.to_owned(), |hours| t.minutes(&(hours * 60)))
        }
        ("price_cents", cents) => cents.parse().map_or_else(|_| cents.to_owned(), |cents| t.euros(&cents)),
        ("locations", places) => {
            let place = |place| match place {
                "customers_phone" => t.get("place-customers-phone").to_string(),
                "customers_address" => t.get("place-customers-address").to_string(),
                place => place.to_owned(),
            };
            places.split("; ").map(place).collect::<Vec<_>>().join("; ")
        }
        (_, text) => text.to_owned(),
    };
    Some(words)
}
