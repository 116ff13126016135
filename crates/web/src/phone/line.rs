//! One function call on the line: whose company, which branch, in which language, with which arguments.

use domain::appointment::Actor;
use domain::company::{Branch, Company};
use domain::{AppointmentId, Origin, Phone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use retell::{Answer, Args, Call, Status};
use store::Holder;

use super::names::{Meant, meant};
use super::speech::Speech;
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
    /// The number that the caller shows, where it is one that can be called.
    pub fn caller(&self) -> Option<Phone> {
        self.call.caller().given()?.parse().ok()
    }

    /// For whom times are held.
    pub fn holder(&self) -> Holder {
        Holder::call(&self.call.call_id)
    }

    /// Who the history says it was.
    pub fn actor(&self) -> Actor {
        Actor { via: Some(self.call.call_id.clone()), ..Actor::of(Origin::Phone) }
    }

    /// Asks for something.
    pub fn ask(&self, key: &str) -> Outcome {
        Answer::new(Status::NeedsInput, &self.speech.say(key)).into()
    }
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

/// The branch that is called: by the number, else the only one there is, else the one that is named. Which
/// of several is asked.
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
        && let Meant::One(branch) = meant(&name, &branches, |branch| &branch.name)
    {
        return Ok(Ok(branch.clone()));
    }
    let names: Vec<_> = branches.into_iter().map(|branch| branch.name).collect();
    let say = speech.0.get("say-which-branch").arg("names", speech.choice(&names)).to_string();
    Ok(Err(Answer::new(Status::NeedsInput, &say).with("missing", "branch").with("branches", names)))
}

/// The number at our end of the line.
pub fn dialled(call: &Call) -> Option<Phone> {
    let ours = match call.direction.as_deref() {
        Some("outbound") => &call.from_number,
        _ => &call.to_number,
    };
    ours.as_deref()?.parse().ok()
}
