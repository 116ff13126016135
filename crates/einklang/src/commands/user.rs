//! `einklang user`: people who sign in.

use clap::Subcommand;
use domain::company::Locale;
use domain::people::{Role, User as Person};
use domain::{Email, UserId};
use serde_json::{Value, json};
use web::auth::password::hash_password;

use super::{company, lookup, parse, standard_input};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a person; the password (12 characters or more) is read from standard input
    Create {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// The address to sign in with
        #[arg(long, value_parser = email)]
        email: Email,
        /// staff, manager or admin
        #[arg(long, value_parser = role)]
        role: Role,
        /// The name that people see [default: the first part of the address]
        #[arg(long, value_parser = parse::name)]
        name: Option<String>,
        /// de or en [default: the browser's]
        #[arg(long, value_parser = company::locale)]
        locale: Option<Locale>,
    },
    /// Show the people of a company
    List {
        /// Slug of the company
        #[arg(long)]
        company: String,
    },
}

fn email(text: &str) -> Result<Email, String> {
    text.parse().map_err(|error: domain::contact::InvalidContact| error.to_string())
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_name(text).ok_or_else(|| "the role is staff, manager or admin".to_owned())
}

impl User {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::Create { company, email, role, name, locale } => {
                let company = lookup::company(&store, &company).await?;
                let password = standard_input::secret("password")?;
                let name =
                    name.unwrap_or_else(|| email.as_str().split('@').next().unwrap_or_default().to_owned());
                let user = Person { id: UserId(at.ambient.id()), email, name, role, locale };
                let hash = hash_password(&at.ambient, &password)?;
                match store.add_user(company.id, user.clone(), hash, at.ambient.now()).await {
                    Err(store::Error::Duplicate { .. }) => {
                        anyhow::bail!("somebody signs in with {} already", user.email)
                    }
                    added => added?,
                }
                let text = format!("{} may sign in to {} as {}.", user.email, company.name, role.as_str());
                Outcome::new(describe(&user), text)
            }
            Self::List { company } => {
                let company = lookup::company(&store, &company).await?;
                let all = store.users(company.id).await?;
                let rows: Vec<_> = all
                    .iter()
                    .map(|user| [user.email.to_string(), user.name.clone(), user.role.as_str().to_owned()])
                    .collect();
                let text = table(["address", "name", "role"], &rows);
                Outcome::new(json!({ "data": all.iter().map(describe).collect::<Vec<_>>() }), text)
            }
        }
    }
}

fn describe(user: &Person) -> Value {
    json!({ "id": user.id, "email": user.email, "name": user.name, "role": user.role })
}
