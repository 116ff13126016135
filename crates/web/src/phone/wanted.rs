//! The time that a caller wants: by the name under which it was offered, or in words; whether it can be had, and who would
//! serve then. A name and words that contradict each other are asked about.

use domain::appointment::{Refusal, Segment, check_start};
use domain::people::Staff;
use domain::service::Service;
use domain::spoken::{Days, Question};
use domain::{AppointmentId, BranchId, Origin, ServiceId, Slot, StaffId};
use engine::appointments::{Availability, Who};
use jiff::Timestamp;
use retell::{Answer, Status};
use store::AppointmentView;

use super::line::{Line, Outcome};
use super::names::{Meant, meant, person};
use super::offer::{self, Offered, Reach, Why};
use super::when;
use super::wish::{self, Wish};
use crate::problem::Problem;

/// A time that is wanted.
pub struct Wanted {
    pub service: Service,
    pub branch: BranchId,
    /// With whom; `None` is anybody.
    pub staff: Option<StaffId>,
    pub start: Timestamp,
    /// Who works when, where that is settled: as it was offered, or as it was before a move. Empty leaves it open.
    pub exactly: Vec<Segment>,
    /// The appointment that is to be moved there.
    pub leaving: Option<AppointmentId>,
    /// The name under which it was offered.
    pub name: Option<String>,
}

/// A time that can be had.
pub struct Free {
    pub known: Availability,
    /// Who would work when.
    pub segments: Vec<Segment>,
}

impl Wanted {
    /// The same of somebody.
    pub fn who(&self, staff: Option<StaffId>) -> Who {
        Who { service: self.service.id, staff, branch: Some(self.branch) }
    }

    /// From the first start to the last end.
    pub fn slot(&self) -> Slot {
        let slots = match self.exactly.as_slice() {
            [] => self.service.slots(self.start),
            exactly => exactly.iter().map(|segment| segment.slot).collect(),
        };
        Slot { start: self.start, end: slots.iter().map(|slot| slot.end).max().unwrap_or(self.start) }
    }
}

/// The time of an appointment to be made.
pub async fn read(line: &Line<'_>) -> Result<Result<Wanted, Outcome>, Problem> {
    match offered(line).await? {
        Ok(Some((name, offered))) => {
            let service = match service(line, offered.service).await? {
                Ok(service) => service,
                Err(question) => return Ok(Err(question)),
            };
            as_offered(line, Wanted::of(line, service, offered, name)).await
        }
        Ok(None) => {
            let Wish { service, staff } = match wish::read(line).await? {
                Ok(wish) => wish,
                Err(question) => return Ok(Err(question)),
            };
            let start = match when::instant(line) {
                Ok(start) => start,
                Err(question) => return Ok(Err(question)),
            };
            // A yes is said to what was told, with whoever was named.
            if line.is_confirmed()
                && let Some((name, offered)) = told(line, service.id, staff, start).await?
            {
                return Ok(Ok(Wanted::of(line, service, offered, name)));
            }
            let (branch, exactly) = (line.branch.id, Vec::new());
            Ok(Ok(Wanted { service, branch, staff, start, exactly, leaving: None, name: None }))
        }
        Err(question) => Ok(Err(question)),
    }
}

/// What the caller was told last of a service, with somebody or anybody, at a time.
async fn told(
    line: &Line<'_>,
    service: ServiceId,
    staff: Option<StaffId>,
    start: Timestamp,
) -> Result<Option<(String, Offered)>, Problem> {
    let told = line.state.engine.store.told::<Offered>(line.company.id, &line.holder()).await;
    let told = told.map_err(|error| Problem::internal(&error))?;
    let serves = |it: &Offered| staff.is_none_or(|staff| it.segments.iter().all(|one| one.staff_id == staff));
    Ok(told.into_iter().find(|(_, it)| it.service == service && it.start() == Some(start) && serves(it)))
}

/// The time that an appointment is to be moved to, on the line at its branch; in words it stays with whoever serves.
pub async fn onto(line: &Line<'_>, view: &AppointmentView) -> Result<Result<Wanted, Outcome>, Problem> {
    let appointment = &view.appointment;
    match offered(line).await? {
        Ok(Some((name, offered))) => {
            let is_for_it = offered.service == appointment.service_id;
            let service = match service(line, offered.service).await? {
                Ok(service) => service,
                Err(question) => return Ok(Err(question)),
            };
            let wanted = Wanted { leaving: Some(appointment.id), ..Wanted::of(line, service, offered, name) };
            if is_for_it { as_offered(line, wanted).await } else { Ok(Err(differs(line, &wanted).await?)) }
        }
        Ok(None) => Ok(when::instant(line).map(|start| {
            let by = start.duration_since(appointment.slot.start);
            let moved = appointment.segments.iter().map(|it| Segment { slot: it.slot.shifted(by), ..*it });
            Wanted {
                service: view.service.clone(),
                branch: line.branch.id,
                staff: Some(appointment.staff_id),
                start,
                exactly: moved.collect(),
                leaving: Some(appointment.id),
                name: None,
            }
        })),
        Err(question) => Ok(Err(question)),
    }
}

impl Wanted {
    fn of(line: &Line<'_>, service: Service, offered: Offered, name: String) -> Self {
        let start = offered.start().unwrap_or_default();
        Self {
            service,
            branch: line.branch.id,
            staff: offered.staff,
            start,
            exactly: offered.segments,
            leaving: None,
            name: Some(name),
        }
    }
}

/// What `slot_id` means. A name that nobody was told counts for nothing beside words.
async fn offered(line: &Line<'_>) -> Result<Result<Option<(String, Offered)>, Outcome>, Problem> {
    let Some(name) = line.args.text("slot_id").map(|name| name.trim().to_uppercase()) else {
        return Ok(Ok(None));
    };
    let offered = line.state.engine.store.named(line.company.id, &line.holder(), &name).await;
    let offered: Option<Offered> = offered.map_err(|error| Problem::internal(&error))?;
    if let Some(offered) = offered.filter(|it| !it.segments.is_empty()) {
        return Ok(Ok(Some((name, offered))));
    }
    if when::is_said(line) {
        return Ok(Ok(None));
    }
    Ok(Err(unknown(line)))
}

/// The service of what was offered; it may be gone since.
async fn service(line: &Line<'_>, id: ServiceId) -> Result<Result<Service, Outcome>, Problem> {
    match line.state.engine.store.service(line.company.id, id).await {
        Ok(service) => Ok(Ok(service)),
        Err(store::Error::NotFound) => Ok(Err(unknown(line))),
        Err(error) => Err(Problem::internal(&error)),
    }
}

fn unknown(line: &Line<'_>) -> Outcome {
    let say = line.speech.say("say-slot-unknown");
    Answer::new(Status::NeedsInput, &say).with("missing", "slot_id").into()
}

/// What was offered, if nothing that was said speaks against it.
async fn as_offered(line: &Line<'_>, wanted: Wanted) -> Result<Result<Wanted, Outcome>, Problem> {
    let agrees = is_its_time(line, wanted.start)
        && is_its_service(line, &wanted).await?
        && is_its_person(line, &wanted).await?;
    Ok(if agrees { Ok(wanted) } else { Err(differs(line, &wanted).await?) })
}

fn is_its_time(line: &Line<'_>, start: Timestamp) -> bool {
    let start = when::zone(line).to_datetime(start);
    match when::meant(line) {
        _ if !when::is_said(line) => true,
        Ok(meaning) => meaning.days.contain(start.date()) && meaning.times.contain(start.time()),
        // What is not clear by itself is by the name.
        Err(Question::WhichDay(days)) => days.contains(&start.date()),
        Err(Question::Weekday { readings, .. }) => readings.contains(&start.date()),
        Err(Question::WhichTime(times)) => times.contains(&start.time()),
        Err(Question::NextYear(day)) => day == start.date(),
        Err(question) => {
            matches!(question, Question::NoDay | Question::NoTime | Question::Day | Question::Time)
        }
    }
}

async fn is_its_service(line: &Line<'_>, wanted: &Wanted) -> Result<bool, Problem> {
    let Some(spoken) = line.args.text("service") else { return Ok(true) };
    let services = line.state.engine.store.services(line.company.id).await;
    let services = services.map_err(|error| Problem::internal(&error))?;
    Ok(match meant(&spoken, &services, |service| &service.name) {
        Meant::One(service) => service.id == wanted.service.id,
        Meant::Several(some) => some.iter().any(|service| service.id == wanted.service.id),
        Meant::Unknown(_) => true,
    })
}

async fn is_its_person(line: &Line<'_>, wanted: &Wanted) -> Result<bool, Problem> {
    let Some(spoken) = line.args.text("staff") else { return Ok(true) };
    let staff = line.state.engine.store.staff_for_service(line.company.id, wanted.service.id).await;
    let staff = staff.map_err(|error| Problem::internal(&error))?;
    let serves = |person: &Staff| wanted.exactly.iter().any(|segment| segment.staff_id == person.id);
    Ok(match person(&spoken, &staff, |person| &person.name) {
        Meant::One(person) => serves(person),
        Meant::Several(some) => some.into_iter().any(serves),
        Meant::Unknown(_) => wish::is_anybody(&spoken),
    })
}

/// Asks whether what was offered is meant, or what was said.
async fn differs(line: &Line<'_>, wanted: &Wanted) -> Result<Outcome, Problem> {
    let say = line.speech.0.get("say-slot-differs").arg("service", &wanted.service.name);
    let say = say.arg("when", line.speech.when(wanted.start));
    let say = say.arg("staff", served_by(line, &wanted.exactly).await?).to_string();
    let answer = Answer::new(Status::NeedsInput, &say).with("missing", "slot_id");
    Ok(answer.with("slot_id", wanted.name.clone()).into())
}

/// Who would serve then, or what is said instead.
pub async fn free(line: &Line<'_>, wanted: &Wanted) -> Result<Result<Free, Outcome>, Problem> {
    match check_start(wanted.start, line.now) {
        Ok(()) => {}
        Err(Refusal::TooFarAhead) => return Ok(Err(when::ask(line, &Question::Day))),
        Err(_) => {
            let wall = when::zone(line).to_datetime(wanted.start);
            return Ok(Err(when::ask(line, &Question::Past(wall))));
        }
    }
    // Switched off since it was offered.
    if wanted.leaving.is_none() && !wanted.service.can_be_booked_by(Origin::Phone) {
        return Ok(Err(wish::nobody(line, &wanted.service)));
    }
    // Whoever is settled alone is looked at alone.
    let staff = match wanted.exactly.as_slice() {
        [] => wanted.staff,
        [first, rest @ ..] => rest.iter().all(|it| it.staff_id == first.staff_id).then_some(first.staff_id),
    };
    let day = Days::OneOf(vec![when::zone(line).to_datetime(wanted.start).date()]);
    let known = offer::look(line, wanted.who(staff), wanted.leaving, (&day, Reach::Meant)).await?;
    let why = match known.at(wanted.start, &wanted.exactly) {
        Ok(segments) if known.in_terms(wanted.start, &segments) => {
            return Ok(Ok(Free { known, segments }));
        }
        Ok(_) => Why::Terms,
        Err(reason) => reason.into(),
    };
    Ok(Err(offer::instead(line, wanted, why).await?))
}

/// The name under which a free time is held while the caller says yes. `None` if somebody else was faster.
pub async fn keep(line: &Line<'_>, wanted: &Wanted, free: &Free) -> Result<Option<String>, Problem> {
    // What was offered is held already, and the other times that were offered with it are.
    if let Some(name) = &wanted.name {
        return Ok(Some(name.clone()));
    }
    let opening = domain::availability::Opening { segments: free.segments.clone() };
    let held = offer::hold(line, &free.known, wanted.staff, vec![opening]).await?;
    Ok(held.into_iter().next().map(|(name, _)| name))
}

/// Whoever serves an appointment, if this person can be asked for again.
pub async fn still_there(line: &Line<'_>, view: &AppointmentView) -> Result<Option<StaffId>, Problem> {
    let able = line.state.engine.store.staff_for_service(line.company.id, view.service.id).await;
    let able = able.map_err(|error| Problem::internal(&error))?;
    let is_there = |person: &&Staff| person.active && person.branch_id == view.branch.id;
    Ok(able.iter().filter(is_there).find(|it| it.id == view.staff.id).map(|person| person.id))
}

/// "Anna Weber und Ben Kaya", each once.
pub fn people<'a>(line: &Line<'_>, staff: impl Iterator<Item = &'a Staff>, segments: &[Segment]) -> String {
    let staff: Vec<_> = staff.collect();
    let mut names: Vec<String> = Vec::new();
    for segment in segments {
        let person = staff.iter().find(|person| person.id == segment.staff_id);
        if let Some(person) = person.filter(|person| !names.contains(&person.name)) {
            names.push(person.name.clone());
        }
    }
    line.speech.all(&names)
}

/// The same of whoever they are.
pub async fn served_by(line: &Line<'_>, segments: &[Segment]) -> Result<String, Problem> {
    let staff = line.state.engine.store.staff(line.company.id).await;
    let staff = staff.map_err(|error| Problem::internal(&error))?;
    Ok(people(line, staff.iter(), segments))
}

/// Says what is to be done, and asks for a yes.
pub fn read_back(say: &str, name: &str) -> Outcome {
    Answer::new(Status::NeedsInput, say).with("missing", "confirmed").with("slot_id", name).into()
}
