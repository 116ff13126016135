//! `cancel_appointment` and `reschedule_appointment`: only by whoever has proven whose it is and has said yes, once per
//! call and meaning, and told as it is.

use domain::appointment::{Refusal, Segment};
use domain::booking::Seen;
use domain::spoken::Question;
use domain::{StaffId, SyncStatus};
use engine::appointments::{Change, ChangeError, Edit};
use retell::{Answer, Status};
use store::AppointmentView;

use super::line::{Line, Outcome};
use super::offer::{self, TRIES, Why};
use super::once::{self, look};
use super::wanted::{self, Free, Wanted};
use super::{book, proof, when};
use crate::problem::Problem;

/// `cancel_appointment`.
pub async fn cancel(line: &Line<'_>) -> Result<Outcome, Problem> {
    let view = match proof::meant(line).await? {
        Ok(view) => view,
        Err(question) => return Ok(question),
    };
    let line = &line.at(&view.branch);
    let id = view.appointment.id;
    let turn = line.turn().await;
    let view = look(line, id).await?;
    if !view.appointment.status.is_active() {
        drop(turn);
        return cancelled(line, &view, "say-was-cancelled").await;
    }
    if let Some(refusal) = too_late(line, &view).await? {
        return Ok(refusal);
    }
    if let Some(refusal) = once::too_many(line, Some(id)).await? {
        return Ok(refusal);
    }
    if view.appointment.slot.end <= line.now {
        return Ok(about(&view, Answer::new(Status::Conflict, &with_when(line, "say-over", &view))));
    }
    if !proof::is_agreed(line, id).await? {
        let say = with_when(line, "say-cancel-read-back", &view);
        let answer = Answer::new(Status::NeedsInput, &say).with("missing", "confirmed");
        return Ok(answer.with("appointment_id", line.name(id).await?).into());
    }
    let reason = line.args.text("reason").map(|reason| reason.chars().take(500).collect());
    let change = once::of_change(line, super::CANCEL_APPOINTMENT, &format!("{id}")).await?;
    match line.state.engine.cancel(line.company.id, id, reason, change).await {
        Ok(_) => {}
        Err(ChangeError::Refused(_)) => {
            return Ok(about(&view, Answer::new(Status::Conflict, &with_when(line, "say-over", &view))));
        }
        Err(error) => return Err(Problem::internal(&error)),
    }
    drop(turn);
    cancelled(line, &view, "say-cancelled").await
}

/// Refuses what begins too soon for a caller to cancel or move it; a person decides about that. What came of this call
/// itself can be taken back in it.
pub async fn too_late(line: &Line<'_>, view: &AppointmentView) -> Result<Option<Outcome>, Problem> {
    let (terms, start) = (&view.service.terms, view.appointment.slot.start);
    if terms.let_go(start, line.now) || once::touched(line).await?.contains(&view.appointment.id) {
        return Ok(None);
    }
    let say = line.speech.0.get("say-change-notice").arg("service", &view.service.name);
    let say = say.arg("hours", terms.change_notice_hours).arg("when", line.speech.when(start)).to_string();
    Ok(Some(about(view, Answer::new(Status::Conflict, &say).with("transfer", true))))
}

fn about(view: &AppointmentView, answer: Answer) -> Outcome {
    Outcome { answer, appointment: Some(view.appointment.id) }
}

/// Waits for Cal.com's word on a cancellation; `done` is said once it stands there, too.
async fn cancelled(line: &Line<'_>, view: &AppointmentView, done: &'static str) -> Result<Outcome, Problem> {
    let id = view.appointment.id;
    let sync = line.state.engine.settled(line.company.id, id, line.state.settings.phone_patience).await?;
    let (status, key) = match sync {
        SyncStatus::Synced | SyncStatus::NotConnected => (Status::Ok, done),
        SyncStatus::Pending => (Status::Requested, "say-cancel-requested"),
        _ => (Status::Requested, "say-cancel-left"),
    };
    let answer = Answer::new(status, &with_when(line, key, view)).with("reference", view.appointment.label());
    Ok(Outcome { answer, appointment: Some(id) })
}

/// `reschedule_appointment`.
pub async fn reschedule(line: &Line<'_>) -> Result<Outcome, Problem> {
    let view = match proof::meant(line).await? {
        Ok(view) => view,
        Err(question) => return Ok(question),
    };
    let line = &line.at(&view.branch);
    let moved = {
        let _turn = line.turn().await;
        let view = look(line, view.appointment.id).await?;
        match wanted::onto(line, &view).await? {
            Ok(wanted) => onto(line, &view, &wanted).await?.map(|()| (view, wanted)),
            Err(question) => Err(question),
        }
    };
    match moved {
        Ok((before, wanted)) => settle(line, &wanted, &before).await,
        Err(outcome) => Ok(outcome),
    }
}

/// Moves it, if it is not there; or what is said instead.
async fn onto(
    line: &Line<'_>,
    view: &AppointmentView,
    wanted: &Wanted,
) -> Result<Result<(), Outcome>, Problem> {
    let (id, appointment) = (view.appointment.id, &view.appointment);
    if !appointment.status.is_active() {
        let say = with_when(line, "say-was-cancelled", view);
        return Ok(Err(Answer::new(Status::Conflict, &say).into()));
    }
    if appointment.slot.start == wanted.start && others(&appointment.segments, &wanted.exactly).is_empty() {
        // Asked for once more, or nothing that would be another time.
        return Ok(Ok(()));
    }
    if let Some(refusal) = too_late(line, view).await? {
        return Ok(Err(refusal));
    }
    if let Some(refusal) = once::too_many(line, Some(id)).await? {
        return Ok(Err(refusal));
    }
    if appointment.slot.end <= line.now {
        return Ok(Err(Answer::new(Status::Conflict, &with_when(line, "say-over", view)).into()));
    }
    // Somebody else may be faster between the look and the write: then it is looked at once more.
    for _ in 0..TRIES {
        let free = match wanted::free(line, wanted).await? {
            Ok(free) => free,
            Err(outcome) => return Ok(Err(outcome)),
        };
        if !proof::is_agreed(line, id).await? {
            match wanted::keep(line, wanted, &free).await? {
                Some(name) => return Ok(Err(read_back(line, view, wanted, &free, &name).await?)),
                None => continue,
            }
        }
        let staff = others(&appointment.segments, &free.segments);
        let meaning = format!("{id}\n{}\n{staff:?}", wanted.start);
        let edit = Edit { start: Some(wanted.start), staff, ..Edit::default() };
        let change = once::of_change(line, super::RESCHEDULE_APPOINTMENT, &meaning).await?;
        let why = match line.state.engine.edit(line.company.id, id, edit, change).await {
            Ok(_) => return Ok(Ok(())),
            Err(ChangeError::SlotTaken) => continue,
            Err(ChangeError::Staff) => Why::Nobody,
            Err(ChangeError::NotWorking) => Why::NotWorking,
            Err(ChangeError::Refused(Refusal::InThePast)) => {
                let wall = when::zone(line).to_datetime(wanted.start);
                return Ok(Err(when::ask(line, &Question::Past(wall))));
            }
            Err(ChangeError::Refused(_)) => {
                return Ok(Err(Answer::new(Status::Conflict, &with_when(line, "say-over", view)).into()));
            }
            Err(error) => return Err(Problem::internal(&error)),
        };
        return Ok(Err(offer::instead(line, wanted, why).await?));
    }
    Ok(Err(offer::instead(line, wanted, Why::Taken).await?))
}

/// Who would serve instead of whom, by segment.
fn others(now: &[Segment], then: &[Segment]) -> Vec<(u16, StaffId)> {
    let both = (0..).zip(now.iter().zip(then));
    both.filter(|(_, (now, then))| now.staff_id != then.staff_id)
        .map(|(number, (_, then))| (number, then.staff_id))
        .collect()
}

async fn read_back(
    line: &Line<'_>,
    view: &AppointmentView,
    wanted: &Wanted,
    free: &Free,
    name: &str,
) -> Result<Outcome, Problem> {
    let staff = free.known.candidates.iter().map(|candidate| &candidate.staff);
    let say = line.speech.0.get("say-move-read-back").arg("service", &view.service.name);
    let say = say.arg("from", line.speech.when(view.appointment.slot.start));
    let say = say.arg("to", line.speech.when(wanted.start));
    let say = say.arg("staff", wanted::people(line, staff, &free.segments)).to_string();
    let Outcome { answer, appointment } = wanted::read_back(&say, name);
    let id = line.name(view.appointment.id).await?;
    Ok(Outcome { answer: answer.with("appointment_id", id), appointment })
}

/// Waits for Cal.com's word on a move; what it refuses is taken back, to where the booking stands there.
async fn settle(line: &Line<'_>, wanted: &Wanted, before: &AppointmentView) -> Result<Outcome, Problem> {
    let (engine, company, id) = (&line.state.engine, line.company.id, before.appointment.id);
    let sync = engine.settled(company, id, line.state.settings.phone_patience).await?;
    let view = look(line, id).await?;
    if view.appointment.slot.start != wanted.start || !view.appointment.status.is_active() {
        // Taken back in an earlier request of this call, or changed by somebody else.
        return offer::instead(line, wanted, Why::Refused).await;
    }
    if sync == SyncStatus::Failed && book::is_taken(&view) {
        return match engine.edit(company, id, back(&view, before), Change::by(line.actor())).await {
            Ok(_) => Ok(about(&view, offer::instead(line, wanted, Why::Refused).await?.answer)),
            Err(ChangeError::Engine(error)) => Err(Problem::internal(&error)),
            // Somebody has taken the time that it was moved from.
            Err(_) => {
                let say = with_when(line, "say-move-left", &view);
                Ok(about(&view, Answer::new(Status::Conflict, &say).with("transfer", true)))
            }
        };
    }
    let (status, key) = match sync {
        SyncStatus::Synced | SyncStatus::NotConnected => (Status::Ok, "say-moved"),
        _ => (Status::Requested, "say-move-requested"),
    };
    let staff = wanted::served_by(line, &view.appointment.segments).await?;
    let say = line.speech.0.get(key).arg("when", line.speech.when(wanted.start));
    let say = say.arg("service", &view.service.name).arg("staff", staff).to_string();
    Ok(about(&view, Answer::new(status, &say).with("reference", view.appointment.label())))
}

/// Where the booking stands at Cal.com, as far as it was seen, with whoever served before.
fn back(view: &AppointmentView, before: &AppointmentView) -> Edit {
    let there = view.current().and_then(|record| match &record.seen {
        Seen::Booking(sighting) => Some(sighting.facts.slot.start),
        _ => None,
    });
    let (now, then) = (&view.appointment, &before.appointment);
    Edit {
        start: Some(there.unwrap_or(then.slot.start)),
        staff: others(&now.segments, &then.segments),
        ..Edit::default()
    }
}

fn with_when(line: &Line<'_>, key: &'static str, view: &AppointmentView) -> String {
    let when = line.speech.when(view.appointment.slot.start);
    line.speech.0.get(key).arg("when", when).arg("service", &view.service.name).to_string()
}
