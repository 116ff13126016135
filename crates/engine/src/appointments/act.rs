//! What can be done about an appointment, decided in one place: for one appointment or many, now or as a
//! preview. Every change of a person or a program is a list of acts that is carried out whole or not at all.

use domain::appointment::{Actor, Appointment, AppointmentStatus, Refusal};
use domain::case::Case;
use domain::timeline::What;
use domain::{AppointmentId, CompanyId, Next, Origin, Slot, StaffId};
use jiff::{SignedDuration, Timestamp};
use store::Abort;

use super::arrangement::{self, Arrangement, Rule};
use super::{Change, ChangeError, Edit, priority};
use crate::Engine;

/// Something to be done about an appointment.
#[derive(Debug, Clone)]
pub enum Act {
    /// Change what is named.
    Edit(Edit),
    /// Move it by so many minutes (earlier where negative), give it to somebody, or both.
    Shift {
        /// How far.
        minutes: i32,
        /// To whom; every segment of a composite appointment.
        staff: Option<StaffId>,
        /// Why, in somebody's words.
        reason: Option<String>,
    },
    /// Cancel it; what waits for a confirmation is declined.
    Cancel {
        /// Why, in somebody's words.
        reason: Option<String>,
    },
    /// Confirm what was asked for.
    Confirm,
    /// Decline what was asked for.
    Reject {
        /// Why, in somebody's words.
        reason: Option<String>,
    },
    /// Write down that the customer did not come, or did after all.
    NoShow {
        /// Whether the customer was absent.
        absent: bool,
    },
    /// Take it off the lists; one that still takes place is cancelled first.
    Delete {
        /// Why, in somebody's words.
        reason: Option<String>,
    },
    /// Look at Cal.com again, and try again what was given up.
    CheckAgain,
    /// Settle a conflict; without one nothing happens.
    Settle {
        /// Whether what is said here counts.
        ours: bool,
    },
}

/// What acts would bring.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What the history would tell; empty if nothing would change.
    pub told: Vec<What>,
    /// The appointment as it would be.
    pub appointment: Appointment,
    /// What would be done at Cal.com first.
    pub next: Next,
}

/// Times that other changes, previewed before, would free and take.
#[derive(Debug, Clone, Default)]
pub struct Ahead {
    freed: Vec<(StaffId, Slot)>,
    taken: Vec<(StaffId, Slot)>,
}

/// An act with all that has to be looked up for it.
#[derive(Clone)]
enum Decision {
    Edit(Edit, Option<Arrangement>),
    Plain(Act),
}

impl Engine {
    /// Does all of `acts`, in their order, or nothing.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn act(
        &self,
        company: CompanyId,
        id: AppointmentId,
        acts: Vec<Act>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        loop {
            let mut attempt = change.clone();
            let mut decisions = Vec::new();
            if acts.iter().any(Act::is_of_time) {
                // What is arranged must be what is changed: if somebody is faster, it is arranged anew.
                let appointment = self.store.appointment(company, id).await?.appointment;
                attempt.version = attempt.version.or(Some(appointment.version));
                for act in &acts {
                    decisions.push(self.decision(company, &appointment, act, change.rule()).await?);
                }
            } else {
                decisions.extend(acts.iter().map(Decision::of));
            }
            match self.carry_out(company, id, decisions, attempt).await {
                Err(ChangeError::Stale(_)) if change.version.is_none() => {}
                result => return result,
            }
        }
    }

    /// What `acts` would bring now, without doing it. `ahead` is what other changes would have brought by
    /// then; what these acts would bring is added to it.
    ///
    /// # Errors
    /// [`ChangeError`], as the acts themselves would.
    pub async fn preview(
        &self,
        company: CompanyId,
        id: AppointmentId,
        acts: &[Act],
        origin: Origin,
        ahead: &mut Ahead,
    ) -> Result<Preview, ChangeError> {
        let now = self.ambient.now();
        let mut case = self.store.case(company, id).await?;
        let before = case.appointment.clone();
        let mut told = Vec::new();
        let rule = Rule { origin, as_offered: false, holder: None };
        for act in acts {
            let decision = self.decision(company, &before, act, rule).await?;
            told.extend(decide(&mut case, &decision, now)?);
        }
        let after = &case.appointment;
        if after.segments != before.segments {
            self.check_free(company, &before, after, ahead).await?;
        }
        if before.segments != after.segments || before.status.is_active() != after.status.is_active() {
            ahead.freed.extend(before.segments.iter().map(|segment| (segment.staff_id, segment.slot)));
            if after.status.is_active() {
                ahead.taken.extend(after.segments.iter().map(|segment| (segment.staff_id, segment.slot)));
            }
        }
        case.conclude(priority(&Actor::of(domain::Origin::Admin)), now);
        Ok(Preview { told, next: case.next(), appointment: case.appointment })
    }

    /// As the overlap guard of the database would check it.
    async fn check_free(
        &self,
        company: CompanyId,
        before: &Appointment,
        after: &Appointment,
        ahead: &Ahead,
    ) -> Result<(), ChangeError> {
        let staff: Vec<_> = after.segments.iter().map(|segment| segment.staff_id).collect();
        let busy = self.store.busy(company, &staff, after.slot).await?;
        let mine = |person: StaffId, slot: &Slot| {
            before.segments.iter().any(|segment| segment.staff_id == person && segment.slot == *slot)
                || ahead.freed.contains(&(person, *slot))
        };
        for segment in &after.segments {
            let others = busy.get(&segment.staff_id).into_iter().flatten();
            let others = others.filter(|slot| !mine(segment.staff_id, slot)).copied();
            let moved = ahead.taken.iter().filter(|(person, _)| *person == segment.staff_id);
            if others.chain(moved.map(|(_, slot)| *slot)).any(|slot| slot.overlaps(&segment.slot)) {
                return Err(ChangeError::SlotTaken);
            }
        }
        Ok(())
    }

    async fn decision(
        &self,
        company: CompanyId,
        appointment: &Appointment,
        act: &Act,
        rule: Rule<'_>,
    ) -> Result<Decision, ChangeError> {
        let edit = match act {
            Act::Edit(edit) => edit.clone(),
            Act::Shift { minutes, staff, reason } => shifted(appointment, *minutes, *staff, reason.clone()),
            other => return Ok(Decision::of(other)),
        };
        // What does not take place is refused before anybody is looked for.
        let arrangement = if edit.is_of_time() && appointment.status.is_active() {
            Some(self.arrangement(company, appointment, &edit, rule).await?)
        } else {
            None
        };
        Ok(Decision::Edit(edit, arrangement))
    }

    async fn carry_out(
        &self,
        company: CompanyId,
        id: AppointmentId,
        decisions: Vec<Decision>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        let now = self.ambient.now();
        let priority = priority(&change.actor);
        let how =
            store::Change::at(now).expecting(change.version).once(change.dedupe).held_for(change.holder);
        let (actor, story) = (change.actor, change.story);
        let applied = self
            .store
            .apply(company, id, how, move |case| {
                let mut told = Vec::new();
                for decision in &decisions {
                    told.extend(decide(case, decision, now).map_err(Abort::Refused)?);
                }
                if !told.is_empty() {
                    for what in story.iter().chain(&told) {
                        case.tell(now, &actor, what.clone());
                    }
                }
                case.conclude(priority, now);
                Ok(())
            })
            .await?;
        match &applied.marked {
            Some(lanes) => self.signals.wake_lanes(lanes),
            None => self.signals.wake(),
        }
        self.signals.changed(company, Some(id));
        Ok(applied.appointment)
    }
}

impl Act {
    /// Whether who serves what when is touched.
    fn is_of_time(&self) -> bool {
        match self {
            Self::Edit(edit) => edit.is_of_time(),
            Self::Shift { .. } => true,
            _ => false,
        }
    }
}

impl Decision {
    /// Of an act for which nothing has to be looked up.
    fn of(act: &Act) -> Self {
        match act {
            Act::Edit(edit) => Self::Edit(edit.clone(), None),
            other => Self::Plain(other.clone()),
        }
    }
}

/// A shift as an edit of this appointment.
fn shifted(appointment: &Appointment, minutes: i32, staff: Option<StaffId>, reason: Option<String>) -> Edit {
    let start = appointment.slot.start;
    let by = SignedDuration::from_mins(i64::from(minutes));
    let segments = (0..appointment.segments.len()).filter_map(|number| u16::try_from(number).ok());
    Edit {
        start: (minutes != 0).then(|| start.saturating_add(by).unwrap_or(start)),
        staff: staff.map(|staff| segments.map(|number| (number, staff)).collect()).unwrap_or_default(),
        reason,
        ..Edit::default()
    }
}

/// Makes the change in the case; returns what the history tells of it.
fn decide(case: &mut Case, decision: &Decision, now: Timestamp) -> Result<Vec<What>, Refusal> {
    let appointment = &mut case.appointment;
    let told = |changed: bool, what: What| changed.then_some(what).into_iter().collect();
    let act = match decision {
        Decision::Edit(edit, arrangement) => {
            let mut told = Vec::new();
            match arrangement {
                Some(arrangement) => told.extend(arrangement::rearrange(case, arrangement, edit, now)?),
                None if edit.is_of_time() => return Err(Refusal::Cancelled),
                None => {}
            }
            told.extend(arrangement::describe(case, edit, now));
            return Ok(told);
        }
        Decision::Plain(act) => act,
    };
    match act {
        Act::Cancel { reason } => {
            let cancelled = appointment.cancel(reason.clone(), now)?;
            Ok(told(cancelled, What::Cancelled { reason: reason.clone() }))
        }
        Act::Confirm => Ok(told(appointment.confirm(now)?, What::Confirmed)),
        Act::Reject { reason } => {
            if !matches!(appointment.status, AppointmentStatus::Requested | AppointmentStatus::Cancelled) {
                return Err(Refusal::NotRequested);
            }
            let cancelled = appointment.cancel(reason.clone(), now)?;
            Ok(told(cancelled, What::Cancelled { reason: reason.clone() }))
        }
        Act::NoShow { absent } => {
            Ok(told(appointment.mark_no_show(*absent, now)?, What::NoShow { absent: *absent }))
        }
        Act::Delete { reason } => {
            if appointment.deleted_at.is_some() {
                return Ok(Vec::new());
            }
            let mut told = Vec::new();
            let takes_place = appointment.status.is_active() && appointment.slot.end > now;
            if takes_place && appointment.cancel(reason.clone(), now)? {
                told.push(What::Cancelled { reason: reason.clone() });
            }
            appointment.deleted_at = Some(now);
            appointment.touch(now);
            told.push(What::Deleted);
            Ok(told)
        }
        Act::CheckAgain => {
            case.retry();
            Ok(vec![What::CheckedAgain])
        }
        Act::Settle { ours } => {
            let settled = case.settle_conflict(*ours, now);
            Ok(told(settled, What::Settled { ours: *ours }))
        }
        // Both were made a decision about who serves what when.
        Act::Edit(_) | Act::Shift { .. } => Ok(Vec::new()),
    }
}
