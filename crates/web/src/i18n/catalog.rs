//! The messages of both languages, parsed once, and [`Text`]: a message on its way to the page.

use std::{borrow::Cow, fmt, sync::LazyLock};

use fluent_bundle::{
    FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle, memoizer::MemoizerKind,
};
use unic_langid::langid;

use super::{Language, Translator, format::grouped};

/// Every message file of a language, by the same list for both.
macro_rules! files {
    ($language:literal) => {
        [
            include_str!(concat!("../../locales/", $language, "/frame.ftl")),
            include_str!(concat!("../../locales/", $language, "/words.ftl")),
            include_str!(concat!("../../locales/", $language, "/pages.ftl")),
            include_str!(concat!("../../locales/", $language, "/appointment.ftl")),
            include_str!(concat!("../../locales/", $language, "/forms.ftl")),
            include_str!(concat!("../../locales/", $language, "/services.ftl")),
            include_str!(concat!("../../locales/", $language, "/verifications.ftl")),
            include_str!(concat!("../../locales/", $language, "/reviews.ftl")),
            include_str!(concat!("../../locales/", $language, "/notifications.ftl")),
            include_str!(concat!("../../locales/", $language, "/webhooks.ftl")),
            include_str!(concat!("../../locales/", $language, "/calls.ftl")),
            include_str!(concat!("../../locales/", $language, "/phone.ftl")),
        ]
    };
}

static GERMAN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::De, files!("de")));
static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::En, files!("en")));

fn bundle<const N: usize>(language: Language, files: [&str; N]) -> FluentBundle<FluentResource> {
    let (id, numbers): (_, fn(&FluentValue, &_) -> Option<String>) = match language {
        Language::De => (langid!("de-DE"), |value, memo| number(Language::De, value, memo)),
        Language::En => (langid!("en-GB"), |value, memo| number(Language::En, value, memo)),
    };
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Both languages run left to right; isolation marks would only spoil what people copy.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(numbers));
    for file in files {
        let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(?errors, language = language.tag(), "a message file does not parse");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?errors, language = language.tag(), "a message is defined twice");
        }
    }
    bundle
}

fn number<M: MemoizerKind>(language: Language, value: &FluentValue, _: &M) -> Option<String> {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "only counts are passed as numbers")]
        FluentValue::Number(number) => Some(grouped(language, number.value as i64)),
        _ => None,
    }
}

fn catalog(language: Language) -> &'static FluentBundle<FluentResource> {
    match language {
        Language::De => &GERMAN,
        Language::En => &ENGLISH,
    }
}

/// A message and its arguments, formatted when it is written.
#[derive(Debug)]
pub struct Text<'l> {
    t: &'l Translator,
    key: &'l str,
    args: FluentArgs<'static>,
}

impl<'l> Text<'l> {
    pub(super) fn new(t: &'l Translator, key: &'l str) -> Self {
        Self { t, key, args: FluentArgs::new() }
    }

    /// Gives the message a value: counts choose plural forms, everything else stands as it is.
    pub fn arg(mut self, name: &'static str, value: impl ToArg) -> Self {
        self.args.set(name, value.to_arg());
        self
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bundle = catalog(self.t.language);
        let Some(pattern) = bundle.get_message(self.key).and_then(|message| message.value()) else {
            tracing::error!(key = self.key, "no such message");
            return write!(f, "⟦{}⟧", self.key);
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&self.args), &mut errors);
        if !errors.is_empty() {
            tracing::error!(key = self.key, ?errors, "a message lacks a value");
            return write!(f, "⟦{}: {text}⟧", self.key);
        }
        f.write_str(&text)
    }
}

impl askama::FastWritable for Text<'_> {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(write!(dest, "{self}")?)
    }
}

/// What a message can be given.
pub trait ToArg {
    fn to_arg(&self) -> FluentValue<'static>;
}

impl ToArg for str {
    fn to_arg(&self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(self.to_owned()))
    }
}

impl ToArg for String {
    fn to_arg(&self) -> FluentValue<'static> {
        self.as_str().to_arg()
    }
}

impl ToArg for Text<'_> {
    fn to_arg(&self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(self.to_string()))
    }
}

impl<T: ToArg + ?Sized> ToArg for &T {
    fn to_arg(&self) -> FluentValue<'static> {
        (**self).to_arg()
    }
}

macro_rules! counts {
    ($($count:ty)*) => {
        $(impl ToArg for $count {
            fn to_arg(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        })*
    };
}
counts!(u8 u16 u32 u64 usize i32 i64);

/// Every message of a language with the names of the values it wants, sorted; for the tests that keep
/// languages, templates and messages together.
pub fn keys(language: Language) -> Vec<(String, Vec<String>)> {
    let files = match language {
        Language::De => files!("de"),
        Language::En => files!("en"),
    };
    let mut keys: Vec<_> = files.into_iter().flat_map(messages).collect();
    keys.sort();
    keys
}

/// Messages start in the first column; a value is named `$so`.
fn messages(file: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for line in file.lines() {
        let text = match line.split_once(" =") {
            Some((key, text)) if line.starts_with(|c: char| c.is_ascii_lowercase()) => {
                found.push((key.to_owned(), Vec::new()));
                text
            }
            _ if line.starts_with(' ') => line,
            _ => continue,
        };
        let Some((_, names)) = found.last_mut() else { continue };
        for name in text.split('$').skip(1) {
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
            names.push(name[..end].to_owned());
        }
        names.sort();
        names.dedup();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_parse_and_have_the_same_messages_with_the_same_values() {
        for file in files!("de").into_iter().chain(files!("en")) {
            if let Err((_, errors)) = FluentResource::try_new(file.to_owned()) {
                panic!("{errors:?} in {}", &file[..80.min(file.len())]);
            }
        }
        let (german, english) = (keys(Language::De), keys(Language::En));
        for message in &german {
            assert!(english.contains(message), "English lacks {message:?}");
        }
        for message in &english {
            assert!(german.contains(message), "German lacks {message:?}");
        }
        let mut names: Vec<_> = german.iter().map(|(key, _)| key).collect();
        names.dedup();
        assert_eq!(names.len(), german.len(), "a message is defined twice");
        let parsed = files!("de").map(|file| FluentResource::try_new(file.to_owned()).unwrap());
        let entries = parsed.iter().flat_map(FluentResource::entries);
        let messages = entries.filter(|entry| format!("{entry:?}").starts_with("Message")).count();
        assert_eq!(names.len(), messages, "the list of keys and the parser disagree");
    }
}
