//! Finding what a command names: by id, or by a name that only one thing has. What is not found is answered
//! with what there is.

use anyhow::{Context, bail};
use domain::company::{Branch, Company};
use domain::people::Staff;
use domain::service::Service;
use store::{Connection, Store};

/// The company of a slug.
pub async fn company(store: &Store, slug: &str) -> anyhow::Result<Company> {
    match store.company_by_slug(slug).await {
        Err(store::Error::NotFound) => {
            let slugs: Vec<_> = store.companies().await?.into_iter().map(|company| company.slug).collect();
            bail!("there is no company {slug:?}; {}", choice(&slugs))
        }
        company => company.context("the company cannot be read"),
    }
}

/// A branch by name or id; the only one if none is named.
pub fn branch(mut branches: Vec<Branch>, wanted: Option<&str>) -> anyhow::Result<Branch> {
    match (wanted, branches.len()) {
        (None, 1) => Ok(branches.remove(0)),
        (None, 0) => bail!("there is no branch yet; add one with `einklang branch create`"),
        (None, _) => bail!("there are several branches; name one with --branch"),
        (Some(wanted), _) => {
            one("branch", wanted, branches, |branch| vec![branch.id.to_string(), branch.name.clone()])
        }
    }
}

/// A staff member by name or id.
pub fn staff(people: Vec<Staff>, wanted: &str) -> anyhow::Result<Staff> {
    one("staff member", wanted, people, |person| vec![person.id.to_string(), person.name.clone()])
}

/// A service by name, slug or id.
pub fn service(services: Vec<Service>, wanted: &str) -> anyhow::Result<Service> {
    one("service", wanted, services, |service| {
        vec![service.id.to_string(), service.name.clone(), service.slug.clone()]
    })
}

/// A connection by name, user name at Cal.com or id.
pub fn connection(connections: Vec<Connection>, wanted: &str) -> anyhow::Result<Connection> {
    one("connection", wanted, connections, |connection| {
        vec![connection.id.to_string(), connection.account.username.clone(), connection.name.clone()]
    })
}

/// The one of `things` that is called `wanted`.
pub fn one<T>(
    kind: &str,
    wanted: &str,
    things: Vec<T>,
    names: impl Fn(&T) -> Vec<String>,
) -> anyhow::Result<T> {
    let wanted_lower = wanted.trim().to_lowercase();
    let is = |thing: &T| names(thing).iter().any(|name| name.to_lowercase() == wanted_lower);
    let (mut found, others): (Vec<_>, Vec<_>) = things.into_iter().partition(|thing| is(thing));
    match (found.pop(), found.is_empty()) {
        (Some(thing), true) => Ok(thing),
        (Some(_), false) => bail!("more than one {kind} is called {wanted:?}; name the id"),
        (None, _) => {
            let known: Vec<_> = others.iter().filter_map(|thing| names(thing).pop()).collect();
            bail!("there is no {kind} {wanted:?}; {}", choice(&known))
        }
    }
}

fn choice(names: &[String]) -> String {
    if names.is_empty() { "there is none yet".to_owned() } else { format!("there is: {}", names.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::one;

    fn find(wanted: &str) -> Result<(u8, &'static str), String> {
        let things = vec![(1, "Mira"), (2, "Jonas"), (3, "Jonas")];
        let names = |thing: &(u8, &str)| vec![format!("id_{}", thing.0), thing.1.to_owned()];
        one("staff member", wanted, things, names).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_has_to_mean_one_thing() {
        assert_eq!(find(" mira "), Ok((1, "Mira")));
        assert_eq!(find("id_3"), Ok((3, "Jonas")));
        assert_eq!(find("Jonas").unwrap_err(), "more than one staff member is called \"Jonas\"; name the id");
        assert_eq!(
            find("Eva").unwrap_err(),
            "there is no staff member \"Eva\"; there is: Mira, Jonas, Jonas"
        );
    }
}
