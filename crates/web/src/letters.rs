//! Messages in words, as they stand in a mailbox or a room: the sentences that stand behind the bell, with links to where
//! each is dealt with. Nothing but these sentences, counts, times and the company's own name is in them.

use askama::Template;
use domain::CompanyId;
use domain::notify::{Line, Subject, What};
use domain::review::ReviewCode;
use engine::notifications::{Words, Written};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use store::Outgoing;
use uuid::Uuid;

use crate::{
    components::Happened as _,
    i18n::{Language, Translator},
};

/// Gives messages their words.
#[derive(Debug, Clone)]
pub struct Letters {
    /// The address that people reach us by, without a slash at the end.
    pub public_url: String,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    t: &'a Translator,
    company: &'a str,
    subject: &'a str,
    entries: &'a [Entry],
    /// Where it is said who is told what.
    settings: String,
}

#[derive(Template)]
#[template(path = "letter_code.html")]
struct CodeHtml<'a> {
    t: &'a Translator,
    company: &'a str,
    subject: &'a str,
    code: &'a str,
}

struct Entry {
    label: String,
    count: u64,
    sentence: String,
    url: String,
    since: String,
}

impl Words for Letters {
    fn write(&self, message: &Outgoing, now: Timestamp) -> Written {
        let language = message.user.as_ref().and_then(|user| user.locale).unwrap_or(message.company.locale);
        let zone = TimeZone::get(&message.company.time_zone).unwrap_or(TimeZone::UTC);
        self.write_lines(&message.company.name, &message.lines, &Translator::new(language, zone, now))
    }
}

impl Letters {
    fn write_lines(&self, company: &str, lines: &[Line], t: &Translator) -> Written {
        let mut lines: Vec<_> = lines.iter().collect();
        lines.sort_by_key(|line| (line.what != What::Test, !line.what.event().is_urgent(), line.first_at));
        let entries: Vec<_> = lines.iter().map(|line| self.entry(line, t)).collect();
        let subject = match &*entries {
            [] => t.get("notifications").to_string(),
            [only] => only.label.clone(),
            [first, rest @ ..] => {
                t.get("letter-and-more").arg("first", &first.label).arg("more", rest.len()).to_string()
            }
        };
        let settings = format!("{}/notifications", self.public_url);
        let html = Html { t, company, subject: &subject, entries: &entries, settings };
        let html = html.render().unwrap_or_else(|error| {
            tracing::error!(%error, "a letter cannot be written");
            String::new()
        });
        let paragraph = |entry: &Entry| {
            let many = if entry.count > 1 { format!(" ({})", times(t, entry.count)) } else { String::new() };
            format!("{}{many}: {}\n{}\n{}", entry.label, entry.sentence, entry.since, entry.url)
        };
        let paragraphs: Vec<_> = entries.iter().map(paragraph).collect();
        let text = format!("{company} · Einklang\n\n{}\n", paragraphs.join("\n\n"));
        Written { subject: format!("{company}: {subject}"), text, html }
    }

    fn entry(&self, line: &Line, t: &Translator) -> Entry {
        Entry {
            label: t.get(line.chip().label).to_string(),
            count: line.count,
            sentence: line.sentence(t).to_string(),
            url: format!("{}{}", self.public_url, line.href()),
            since: t.get("letter-since").arg("at", t.date_time(&line.first_at)).to_string(),
        }
    }
}

/// The code by which a customer proves on the phone who is speaking.
pub fn code(company: &str, code: &SecretString, t: &Translator) -> Written {
    let subject = t.get("letter-code").arg("company", company).to_string();
    let html = CodeHtml { t, company, subject: &subject, code: code.expose_secret() };
    let html = html.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a letter cannot be written");
        String::new()
    });
    let (code, what, why) = (code.expose_secret(), t.get("letter-code-what"), t.get("letter-code-why"));
    Written { text: format!("{company}\n\n{code}\n\n{what}\n\n{why}\n"), subject, html }
}

fn times(t: &Translator, count: u64) -> String {
    t.get("told-times").arg("count", count).to_string()
}

impl Letters {
    /// What a message looks like, in a language: two things that may have happened.
    pub fn preview(&self, company: &str, t: &Translator) -> Written {
        let at = t.now - SignedDuration::from_mins(7);
        let anywhere = Subject::Company(CompanyId(Uuid::nil()));
        let line = |what, count| Line { what, count, subjects: vec![anywhere], first_at: at, last_at: t.now };
        let lines = [line(What::Question(ReviewCode::SlotTaken), 3), line(What::Unreachable, 1)];
        self.write_lines(company, &lines, t)
    }
}

/// What a company with everything to tell would write, in a language: for tests and to look at.
pub fn sample(language: Language) -> Written {
    let at: Timestamp = Timestamp::UNIX_EPOCH;
    let company = Subject::Company(CompanyId(Uuid::nil()));
    let line = |what| Line { what, count: 2, subjects: vec![company], first_at: at, last_at: at };
    let lines: Vec<_> = What::all().map(line).collect();
    let t = Translator::new(language, TimeZone::UTC, at);
    Letters { public_url: "https://termine.example".into() }.write_lines("Salon Morgenrot", &lines, &t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::LANGUAGES;

    #[test]
    fn everything_that_can_happen_has_its_words_in_every_language() {
        for language in LANGUAGES {
            let written = sample(language);
            for text in [&written.subject, &written.text, &written.html] {
                assert!(!text.contains('⟦'), "{text}");
            }
            assert!(!written.subject.contains('\n'));
            assert_eq!(written.text.matches("https://termine.example/").count(), What::all().count());
            assert_eq!(
                written.html.matches("<a href=\"https://termine.example/").count(),
                What::all().count() + 1
            );
            assert!(written.subject.starts_with("Salon Morgenrot: "), "{}", written.subject);
        }
    }

    #[test]
    fn a_code_stands_in_its_letter_and_not_on_a_locked_screen() {
        for (language, subject) in
            [(Language::De, "Salon & Söhne: Ihr Code"), (Language::En, "Salon & Söhne: your code")]
        {
            let t = Translator::new(language, TimeZone::UTC, Timestamp::UNIX_EPOCH);
            let letter = code("Salon & Söhne", &"471108".into(), &t);
            assert_eq!(letter.subject, subject);
            for text in [&letter.text, &letter.html] {
                assert!(text.contains("471108") && !text.contains('⟦'), "{text}");
            }
            assert!(letter.html.contains("Salon &#38; Söhne"), "{}", letter.html);
        }
    }
}
