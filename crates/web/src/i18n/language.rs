//! Which language a reader gets. German unless the reader, or the reader's browser, says English.

pub use domain::company::Locale as Language;

/// Every language of the interface.
pub const LANGUAGES: [Language; 2] = [Language::De, Language::En];

/// The language's own name: a reader who is lost finds it in any language.
pub fn own_name(language: &Language) -> &'static str {
    match language {
        Language::De => "Deutsch",
        Language::En => "English",
    }
}

/// What the user has chosen, else the cookie of this browser, else the browser's preferences
/// (`Accept-Language`, RFC 9110 §12.5.4), else German.
pub fn negotiate(user: Option<Language>, cookie: Option<&str>, accept_language: Option<&str>) -> Language {
    user.or_else(|| cookie.and_then(Language::from_tag))
        .or_else(|| accept_language.and_then(preferred))
        .unwrap_or_default()
}

/// The known language with the highest weight; the first one named wins a tie.
fn preferred(header: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for part in header.split(',') {
        let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight = match parameters.trim().strip_prefix("q=") {
            Some(q) => q.trim().parse().unwrap_or(0.0),
            None => 1.0,
        };
        if let Some(language) = Language::from_tag(tag.trim())
            && weight > best.map_or(0.0, |(weight, _)| weight)
        {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readers_choice_goes_before_the_browsers() {
        assert_eq!(negotiate(None, None, None), Language::De);
        assert_eq!(negotiate(None, None, Some("fr, en-GB;q=0.8, de;q=0.7")), Language::En);
        assert_eq!(negotiate(None, None, Some("en;q=0.5,de-AT;q=0.9")), Language::De);
        assert_eq!(negotiate(None, None, Some("de;q=0, en;q=0.1")), Language::En);
        assert_eq!(negotiate(None, None, Some("fr, *;q=0.1, ;;;q=x")), Language::De);
        assert_eq!(negotiate(None, Some("de"), Some("en")), Language::De);
        assert_eq!(negotiate(None, Some("klingon"), Some("en_US")), Language::En);
        assert_eq!(negotiate(Some(Language::En), Some("de"), Some("de")), Language::En);
    }
}
