//! What a caller wants to have done, and by whom; what is not certain is asked.

use domain::Origin;
use domain::StaffId;
use domain::people::Staff;
use domain::service::Service;
use engine::appointments::Who;
use retell::{Answer, Status};

use super::line::{Line, Outcome};
use super::names::{Meant, folded, meant, person};
use crate::problem::Problem;

/// A service, and with whom; `None` is anybody who does it here.
pub struct Wish {
    pub service: Service,
    pub staff: Option<StaffId>,
}

impl Wish {
    /// Of the branch on the line.
    pub fn who(&self, line: &Line<'_>) -> Who {
        Who { service: self.service.id, staff: self.staff, branch: Some(line.branch.id) }
    }
}

/// Reads `service` and `staff`.
pub async fn read(line: &Line<'_>) -> Result<Result<Wish, Outcome>, Problem> {
    let service = match service(line).await? {
        Ok(service) => service,
        Err(question) => return Ok(Err(question)),
    };
    with(line, service).await
}

/// A service that is known, with whom `staff` names.
pub async fn with(line: &Line<'_>, service: Service) -> Result<Result<Wish, Outcome>, Problem> {
    Ok(staff(line, &service).await?.map(|staff| Wish { service, staff }))
}

async fn service(line: &Line<'_>) -> Result<Result<Service, Outcome>, Problem> {
    let services = line.state.engine.store.services(line.company.id).await;
    let mut services = services.map_err(|error| Problem::internal(&error))?;
    services.retain(|service| service.can_be_booked_by(Origin::Phone));
    let Some(spoken) = line.args.text("service") else {
        return Ok(Err(which_service(line, "say-which-service", services.iter().take(3))));
    };
    Ok(match meant(&spoken, &services, |service| &service.name) {
        Meant::One(service) => Ok(service.clone()),
        Meant::Several(some) => Err(which_service(line, "say-service-several", some.into_iter())),
        Meant::Unknown(closest) => Err(which_service(line, "say-service-unknown", closest.into_iter())),
    })
}

fn which_service<'a>(line: &Line<'_>, key: &str, services: impl Iterator<Item = &'a Service>) -> Outcome {
    let names: Vec<_> = services.map(|service| service.name.clone()).collect();
    if names.is_empty() {
        return Answer::new(Status::Error, &line.speech.say("say-no-services")).into();
    }
    question(line, key, "service", "services", names)
}

fn question(line: &Line<'_>, key: &str, missing: &str, list: &str, names: Vec<String>) -> Outcome {
    let say = line.speech.0.get(key).arg("names", line.speech.choice(&names)).to_string();
    Answer::new(Status::NeedsInput, &say).with("missing", missing).with(list, names).into()
}

/// Whether it is said that anybody will do.
pub fn is_anybody(spoken: &str) -> bool {
    const ANYBODY: [&str; 8] =
        ["egal", "alle", "irgendwer", "irgendjemand", "beliebig", "any", "anyone", "anybody"];
    ANYBODY.contains(&folded(spoken).as_str())
}

/// The person who was asked for; `None` for anybody.
async fn staff(line: &Line<'_>, service: &Service) -> Result<Result<Option<StaffId>, Outcome>, Problem> {
    let able = line.state.engine.store.staff_for_service(line.company.id, service.id).await;
    let mut able: Vec<Staff> = able.map_err(|error| Problem::internal(&error))?;
    able.retain(|person| person.active && person.branch_id == line.branch.id);
    if able.is_empty() {
        return Ok(Err(nobody(line, service)));
    }
    let Some(spoken) = line.args.text("staff").filter(|name| !is_anybody(name)) else { return Ok(Ok(None)) };
    let names = |people: Vec<&Staff>| people.into_iter().map(|person| person.name.clone()).collect();
    Ok(match person(&spoken, &able, |person| &person.name) {
        Meant::One(person) => Ok(Some(person.id)),
        Meant::Several(some) => Err(question(line, "say-staff-several", "staff", "staff", names(some))),
        Meant::Unknown(closest) => Err(question(line, "say-staff-unknown", "staff", "staff", names(closest))),
    })
}

/// Nobody here can do it at the moment.
pub fn nobody(line: &Line<'_>, service: &Service) -> Outcome {
    let say = line.speech.0.get("say-nobody").arg("service", &service.name).to_string();
    Answer::new(Status::Conflict, &say).into()
}
