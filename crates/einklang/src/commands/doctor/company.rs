//! What concerns one company and needs nobody outside: people, hours, services, phone.

use domain::company::Company;
use domain::notify::ChannelKind;
use domain::people::Role;
use engine::Engine;
use engine::notifications::room::TARGET;
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
    let channels = store.notification_channels(company.id).await?;
    let by_mail = channels.iter().any(|it| it.channel.kind == ChannelKind::Email && it.channel.active);
    seen.check(
        !by_mail || engine.settings.mail_from.is_some(),
        "no_mail",
        "People are to be told by e-mail, and this installation sends none: they hear of trouble only when they look.",
        "Set EINKLANG_SMTP_URL and EINKLANG_MAIL_FROM and try them with `einklang notify test`, or switch e-mail off on the page of channels and rules.",
    );
    for room in channels.iter().filter(|it| it.channel.active) {
        let opens = |target: &store::Sealed| engine.vault.open(company.id, TARGET, &target.0).is_ok();
        seen.check(
            room.target.as_ref().is_none_or(opens),
            "secret_does_not_open",
            format!("The address of the room {} does not open with this secret key.", room.channel.name),
            "Put the secret key back that it was stored with, or enter the address anew.",
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
