//! What concerns one company and needs nobody outside: people, hours, services, phone.

use domain::company::Company;
use domain::people::Role;
use engine::Engine;
use web::phone::SIGNING_KEY;

use super::Examination;

pub async fn examine(seen: &mut Examination, engine: &Engine, company: &Company) -> anyhow::Result<()> {
    let store = &engine.store;
    let users = store.users(company.id).await?;
    seen.check(
        users.iter().any(|user| user.role == Role::Admin),
        "no_admin",
        "Nobody may sign in as admin.",
        format!("Add a person with `einklang user create --company {} --role admin`.", company.slug),
    );
    let branches = store.branches(company.id).await?;
    seen.check(
        !branches.is_empty(),
        "no_branch",
        "There is no branch.",
        format!("Add one with `einklang branch create --company {}`.", company.slug),
    );
    let staff = store.staff(company.id).await?;
    seen.check(
        staff.iter().any(|person| person.active),
        "no_staff",
        "There is no staff.",
        format!("Add somebody with `einklang staff create --company {}`.", company.slug),
    );
    for person in staff.iter().filter(|person| person.active) {
        seen.check(
            !person.hours.is_empty(),
            "staff_without_hours",
            format!("{} has no working hours and can never be booked.", person.name),
            "Give hours when adding a staff member.",
        );
    }
    let links = store.links(company.id).await?;
    for service in store.services(company.id).await?.into_iter().filter(|service| service.active) {
        let able = store.staff_for_service(company.id, service.id).await?;
        seen.check(
            !able.is_empty(),
            "service_without_staff",
            format!("Nobody offers {}.", service.name),
            "Say who does with `einklang staff assign`.",
        );
        let linked = |person: &domain::people::Staff| {
            links.iter().any(|link| {
                link.service_id == service.id && link.staff_id.is_none_or(|staff| staff == person.id)
            })
        };
        let unlinked: Vec<_> =
            able.iter().filter(|person| !linked(person)).map(|person| person.name.as_str()).collect();
        seen.check(
            unlinked.is_empty(),
            "service_not_linked",
            format!(
                "{} of {} has no event type at Cal.com: such appointments stay here only.",
                service.name,
                unlinked.join(", ")
            ),
            "Tie it with `einklang service link`.",
        );
    }
    let agents = store.agents(company.id).await?;
    for agent in &agents {
        seen.check(
            engine.vault.open(company.id, SIGNING_KEY, &agent.signing_key.0).is_ok(),
            "secret_does_not_open",
            format!("The signing key of the phone agent {} does not open with this secret key.", agent.name),
            "Put the secret key back that it was stored with, or add the agent anew.",
        );
    }
    if !agents.is_empty() {
        seen.check(
            branches.iter().any(|branch| branch.phone.is_some()),
            "no_phone_number",
            "There is a phone agent, and no branch has a phone number.",
            "Callers are told apart by the number they dial: add it to the branch.",
        );
    }
    Ok(())
}
