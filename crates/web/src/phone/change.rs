//! `cancel_appointment` and `reschedule_appointment`: only by whoever has proven whose it is, once per call and
//! meaning, and told as it is.

use std::collections::HashSet;

use domain::appointment::Refusal;
use domain::availability::in_terms;
use domain::booking::Seen;
use domain::timeline::What;
use domain::{AppointmentId, StaffId, SyncStatus};
use engine::appointments::{Change, ChangeError, Edit, Who};
use jiff::Timestamp;
use retell::{Answer, Status};
use sha2::{Digest, Sha256};
use store::{AppointmentView, Dedupe};

use super::line::{Line, Outcome};
use super::offer::{self, Offered};
use super::{book, proof, when};
use crate::problem::Problem;

/// Appointments that can be made or changed in one call.
const IN_A_CALL: usize = 5;

/// `cancel_appointment`.
pub async fn cancel(line: &Line<'_>) -> Result<Outcome, Problem> {
    let view = match proof::meant(line).await? {
        Ok(view) => view,
        Err(question) => return Ok(question),
    };
    let id = view.appointment.id;
    if !view.appointment.status.is_active() {
        return cancelled(line, &view, "say-was-cancelled").await;
    }
    if let Some(refusal) = too_many(line, Some(id)).await? {
        return Ok(refusal);
    }
    if line.args.flag("confirmed") == Some(false) {
        let say = with_when(line, "say-cancel-read-back", &view);
        return Ok(Answer::new(Status::NeedsInput, &say).with("missing", "confirmed").into());
    }
    let reason = line.args.text("reason").map(|reason| reason.chars().take(500).collect());
    let change = change(line, super::CANCEL_APPOINTMENT, &format!("{id}"));
    match line.state.engine.cancel(line.company.id, id, reason, change).await {
        Ok(_) => {}
        Err(ChangeError::Refused(_)) => {
            let answer = Answer::new(Status::Conflict, &with_when(line, "say-over", &view));
            return Ok(Outcome { answer, appointment: Some(id) });
        }
        Err(error) => return Err(Problem::internal(&error)),
    }
    cancelled(line, &view, "say-cancelled").await
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
    let id = view.appointment.id;
    if !view.appointment.status.is_active() {
        let say = with_when(line, "say-was-cancelled", &view);
        return Ok(Answer::new(Status::Conflict, &say).into());
    }
    let (start, staff) = match wanted(line, &view).await? {
        Ok(wanted) => wanted,
        Err(question) => return Ok(question),
    };
    if let Some(refusal) = too_many(line, Some(id)).await? {
        return Ok(refusal);
    }
    if line.args.flag("confirmed") == Some(false) {
        let from = line.speech.when(view.appointment.slot.start);
        let say =
            line.speech.0.get("say-move-read-back").arg("from", from).arg("to", line.speech.when(start));
        return Ok(Answer::new(Status::NeedsInput, &say.to_string()).with("missing", "confirmed").into());
    }
    let who = Who { service: view.appointment.service_id, staff, branch: Some(view.branch.id) };
    let zone = when::zone(line);
    if !in_terms(&view.service, zone, start, line.now) {
        return offer::instead(line, who, Some(id), start, "say-terms").await;
    }
    let staff = staff.filter(|staff| *staff != view.appointment.staff_id);
    let segments = (0..view.appointment.segments.len()).filter_map(|number| u16::try_from(number).ok());
    let edit = Edit {
        start: Some(start),
        staff: staff.map(|staff| segments.map(|number| (number, staff)).collect()).unwrap_or_default(),
        ..Edit::default()
    };
    if view.appointment.slot.start == start && staff.is_none() {
        // Asked for once more, or nothing that would be another time.
        return settle(line, who, &view, start).await;
    }
    let change = this_time(line, &format!("{id}\n{start}\n{staff:?}")).await?;
    match line.state.engine.edit(line.company.id, id, edit, change).await {
        Ok(_) => settle(line, who, &view, start).await,
        Err(ChangeError::SlotTaken | ChangeError::Staff) => {
            offer::instead(line, who, Some(id), start, "say-taken").await
        }
        Err(ChangeError::NotWorking) => offer::instead(line, who, Some(id), start, "say-closed").await,
        Err(ChangeError::Refused(Refusal::InThePast)) => {
            let wall = zone.to_datetime(start);
            Ok(when::ask(line, &domain::spoken::Question::Past(wall)))
        }
        Err(ChangeError::Refused(_)) => {
            Ok(Answer::new(Status::Conflict, &with_when(line, "say-over", &view)).into())
        }
        Err(error) => Err(Problem::internal(&error)),
    }
}

/// When it is to be, and with whom: a time that was offered, or natural words and whoever served before.
async fn wanted(
    line: &Line<'_>,
    view: &AppointmentView,
) -> Result<Result<(Timestamp, Option<StaffId>), Outcome>, Problem> {
    if let Some(name) = line.args.text("slot_id") {
        let store = &line.state.engine.store;
        let name = name.trim().to_uppercase();
        let offered: Option<Offered> = store
            .named(line.company.id, &line.holder(), &name)
            .await
            .map_err(|error| Problem::internal(&error))?;
        if let Some(offered) = offered.filter(|it| it.service == view.appointment.service_id) {
            return Ok(Ok((offered.start, Some(offered.staff))));
        }
        if !when::is_said(line) {
            let say = line.speech.say("say-slot-unknown");
            return Ok(Err(Answer::new(Status::NeedsInput, &say).with("missing", "slot_id").into()));
        }
    }
    Ok(when::instant(line).map(|start| (start, Some(view.appointment.staff_id))))
}

/// Waits for Cal.com's word on a move; what it refuses is taken back, to where the booking stands there.
async fn settle(
    line: &Line<'_>,
    who: Who,
    before: &AppointmentView,
    start: Timestamp,
) -> Result<Outcome, Problem> {
    let (engine, company, id) = (&line.state.engine, line.company.id, before.appointment.id);
    let sync = engine.settled(company, id, line.state.settings.phone_patience).await?;
    let view = engine.store.appointment(company, id).await.map_err(|error| Problem::internal(&error))?;
    if view.appointment.slot.start != start || !view.appointment.status.is_active() {
        // Taken back in an earlier request of this call, or changed by somebody else.
        return offer::instead(line, who, Some(id), start, "say-taken").await;
    }
    if sync == SyncStatus::Failed && book::is_taken(&view) {
        let about = |answer: Answer| Outcome { answer, appointment: Some(id) };
        return match engine.edit(company, id, back(&view, before), Change::by(line.actor())).await {
            Ok(_) => Ok(about(offer::instead(line, who, Some(id), start, "say-taken").await?.answer)),
            Err(ChangeError::Engine(error)) => Err(Problem::internal(&error)),
            // Somebody has taken the time that it was moved from.
            Err(_) => {
                let say = with_when(line, "say-move-left", &view);
                Ok(about(Answer::new(Status::Conflict, &say).with("transfer", true)))
            }
        };
    }
    let (status, key) = match sync {
        SyncStatus::Synced | SyncStatus::NotConnected => (Status::Ok, "say-moved"),
        _ => (Status::Requested, "say-move-requested"),
    };
    let say = line.speech.0.get(key).arg("when", line.speech.when(start));
    let say = say.arg("service", &view.service.name).arg("staff", &view.staff.name).to_string();
    let answer = Answer::new(status, &say).with("reference", view.appointment.label());
    Ok(Outcome { answer, appointment: Some(id) })
}

/// Where the booking stands at Cal.com, as far as it was seen, with whoever served before.
fn back(view: &AppointmentView, before: &AppointmentView) -> Edit {
    let there = view.current().and_then(|record| match &record.seen {
        Seen::Booking(sighting) => Some(sighting.facts.slot.start),
        _ => None,
    });
    let (now, then) = (&view.appointment, &before.appointment);
    let numbers = (0..now.segments.len()).filter_map(|number| u16::try_from(number).ok());
    let served = now.segments.iter().zip(&then.segments);
    let changed = numbers.zip(served).filter(|(_, (now, then))| now.staff_id != then.staff_id);
    Edit {
        start: Some(there.unwrap_or(then.slot.start)),
        staff: changed.map(|(number, (_, then))| (number, then.staff_id)).collect(),
        ..Edit::default()
    }
}

/// A move, once per call and meaning. An appointment that is elsewhere although it was moved there before has been moved
/// on since: whoever asks again wants it again.
async fn this_time(line: &Line<'_>, meaning: &str) -> Result<Change, Problem> {
    let mut time = 0;
    loop {
        let change = change(line, super::RESCHEDULE_APPOINTMENT, &format!("{meaning}\n{time}"));
        let Some(dedupe) = &change.dedupe else { return Ok(change) };
        let before = line.state.engine.store.deduped(line.company.id, dedupe).await;
        let is_new = before.map_err(|error| Problem::internal(&error))?.is_none();
        if is_new || time == book::AGAIN {
            return Ok(change);
        }
        time += 1;
    }
}

/// Once per call and meaning.
fn change(line: &Line<'_>, function: &'static str, meaning: &str) -> Change {
    let key = hex::encode(Sha256::digest(format!("{function}\n{meaning}").as_bytes()));
    let scope = format!("call {}", line.call.call_id);
    let called = What::Called { call_id: line.call.call_id.clone(), function: function.to_owned() };
    Change {
        dedupe: Some(Dedupe { scope, fingerprint: key.clone(), key }),
        holder: Some(line.holder()),
        story: vec![called],
        ..Change::by(line.actor())
    }
}

/// Refuses what would be one appointment too many for a call: nobody books or cancels a whole day by telephone.
pub async fn too_many(line: &Line<'_>, but: Option<AppointmentId>) -> Result<Option<Outcome>, Problem> {
    let functions = line.state.engine.store.call_functions(line.company.id, &line.call.call_id).await;
    let functions = functions.map_err(|error| Problem::internal(&error))?;
    let mut touched: HashSet<_> = functions.into_iter().filter_map(|it| it.appointment_id).collect();
    but.map(|but| touched.remove(&but));
    let refusal = || Answer::new(Status::Conflict, &line.speech.say("say-too-many")).with("transfer", true);
    Ok((touched.len() >= IN_A_CALL).then(|| refusal().into()))
}

fn with_when(line: &Line<'_>, key: &'static str, view: &AppointmentView) -> String {
    let when = line.speech.when(view.appointment.slot.start);
    line.speech.0.get(key).arg("when", when).arg("service", &view.service.name).to_string()
}
