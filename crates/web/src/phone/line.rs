//! One function call on the line: whose company, which branch, in which language, with which arguments.

use domain::appointment::Actor;
use domain::company::{Branch, Company};
use domain::{AppointmentId, Origin, Phone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use retell::{Answer, Args, Call, CallerNumber, Status};
use serde_json::json;
use store::Holder;
use tokio::sync::OwnedMutexGuard;

use super::names::{self, Meant, folded};
use super::speech::Speech;
use super::turns::Turns;
use crate::i18n::{Language, Translator};
use crate::problem::Problem;
use crate::state::AppState;

/// A function call whose company and branch are known.
pub struct Line<'a> {
    pub state: &'a AppState,
    pub company: &'a Company,
    pub branch: &'a Branch,
    pub call: &'a Call,
    pub args: &'a Args,
    pub speech: Speech,
    pub now: Timestamp,
    pub turns: &'a Turns,
}

/// What a function came to.
pub struct Outcome {
    /// What is said.
    pub answer: Answer,
    /// The appointment that it was about.
    pub appointment: Option<AppointmentId>,
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Self { answer, appointment: None }
    }
}

impl Line<'_> {
    /// The same call about what is at a branch: by its clock and its hours, whichever branch was called.
    pub fn at<'a>(&'a self, branch: &'a Branch) -> Line<'a> {
        let speech = speech(self.speech.0.language, &branch.time_zone, self.now);
        Line { branch, speech, ..*self }
    }

    /// The number that the caller shows, where it is one that can be called.
    pub fn caller(&self) -> Option<Phone> {
        self.call.caller().given()?.parse().ok()
    }

    /// The number that was said; a word for "none", which a model passes on, is no number. What cannot be read is asked
    /// again: the number that shows may be somebody else's.
    pub fn said_number(&self) -> Result<Option<Phone>, Outcome> {
        let Some(text) = self.args.text("phone").filter(|text| !is_no_number(text)) else { return Ok(None) };
        let unclear = |_| self.ask_for("say-phone-unclear", "phone");
        text.parse().map(Some).map_err(unclear)
    }

    /// For whom times are held.
    pub fn holder(&self) -> Holder {
        Holder::call(&self.call.call_id)
    }

    /// Who the history says it was.
    pub fn actor(&self) -> Actor {
        Actor { via: Some(self.call.call_id.clone()), ..Actor::of(Origin::Phone) }
    }

    /// Waits until no other request of this call changes anything.
    pub async fn turn(&self) -> OwnedMutexGuard<()> {
        self.turns.wait(self.company.id, self.call.call_id.clone()).await
    }

    /// Whether the caller has heard what is to be done, and has said yes.
    pub fn is_confirmed(&self) -> bool {
        self.args.flag("confirmed") == Some(true)
    }

    /// The short name of an appointment in this call; who knows it has proven whose it is.
    pub async fn name(&self, id: AppointmentId) -> Result<String, Problem> {
        let store = &self.state.engine.store;
        let names = store.name(self.company.id, &self.holder(), "A", vec![json!(id)], self.now).await;
        let names = names.map_err(|error| Problem::internal(&error))?;
        Ok(names.into_iter().next().unwrap_or_default())
    }

    /// Asks for something.
    pub fn ask(&self, key: &str) -> Outcome {
        Answer::new(Status::NeedsInput, &self.speech.say(key)).into()
    }

    /// Asks for an argument.
    pub fn ask_for(&self, key: &str, missing: &str) -> Outcome {
        let question = self.ask(key);
        Outcome { answer: question.answer.with("missing", missing), ..question }
    }
}

/// What networks and models write where there is no number: without digits, or spelled on a keypad.
fn is_no_number(text: &str) -> bool {
    const WORDS: [&str; 15] = [
        "anonym",
        "unknown",
        "unbekannt",
        "restricted",
        "private",
        "privat",
        "unterdrueckt",
        "withheld",
        "blocked",
        "hidden",
        "unavailable",
        "none",
        "keine",
        "not provided",
        "user number",
    ];
    let has_digits = text.contains(|sign: char| sign.is_ascii_digit());
    let words = folded(text);
    CallerNumber::of(Some(text)) == CallerNumber::Anonymous
        && (has_digits
            || ["", "n a"].contains(&words.as_str())
            || WORDS.iter().any(|word| words.contains(word)))
}

/// The language of a call: what the agent says, else the company's.
pub fn language(args: &Args, company: &Company) -> Language {
    args.text("language").and_then(|tag| Language::from_tag(&tag)).unwrap_or(company.locale)
}

/// How a call is spoken to by the clock of a time zone.
pub fn speech(language: Language, time_zone: &str, now: Timestamp) -> Speech {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    Speech(Translator::new(language, zone, now))
}

/// The branch that is called: by the number, whatever is said, else the only one there is. Where the number is none of
/// several branches', the caller is asked, and only then, in that call, one of the names that were told counts: a model
/// that thinks of a branch by itself chooses nothing. What the branch decides is where is booked, and of which place the
/// day of an appointment is a secret; whose number shows, and how often may be guessed, is the company's, so that no
/// choice of a branch opens more.
pub async fn branch(
    state: &AppState,
    company: &Company,
    call: &Call,
    args: &Args,
    speech: &Speech,
) -> Result<Result<Branch, Answer>, Problem> {
    let store = &state.engine.store;
    let internal = |error: store::Error| Problem::internal(&error);
    if let Some(number) = dialled(call)
        && let Some(branch) = store.branch_by_phone(company.id, &number).await.map_err(internal)?
    {
        return Ok(Ok(branch));
    }
    let mut branches = store.branches(company.id).await.map_err(internal)?;
    if branches.len() == 1 {
        return Ok(Ok(branches.remove(0)));
    }
    if let Some(name) = args.text("branch")
        && let Meant::One(branch) = names::branch(&name, &branches, |branch| &branch.name)
    {
        let answered = store.call_functions(company.id, &call.call_id).await.map_err(internal)?;
        if answered.iter().any(|it| it.answer["data"]["missing"] == "branch") {
            return Ok(Ok(branch.clone()));
        }
    }
    let names: Vec<_> = branches.into_iter().map(|branch| branch.name).collect();
    let say = speech.0.get("say-which-branch").arg("names", speech.choice(&names)).to_string();
    Ok(Err(Answer::new(Status::NeedsInput, &say).with("missing", "branch").with("branches", names)))
}

/// The number at our end of the line.
pub fn dialled(call: &Call) -> Option<Phone> {
    ours(call)?.parse().ok()
}

/// The same as it was transmitted.
pub fn ours(call: &Call) -> Option<&str> {
    match call.direction.as_deref() {
        Some("outbound") => call.from_number.as_deref(),
        _ => call.to_number.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_no_number_is_not_said() {
        for nothing in ["anonymous", "Anonym", "unknown", "+266696687", "unterdrückt", "keine", "N/A", "-"] {
            assert!(is_no_number(nothing), "{nothing}");
        }
        for said in ["0151 12345678", "12", "null eins fünf eins", "0151 zwei drei", "sieben acht", "same"] {
            assert!(!is_no_number(said), "{said}");
        }
    }
}
