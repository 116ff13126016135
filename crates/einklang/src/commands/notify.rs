//! `einklang notify`: tries the ways by which people are told.

use anyhow::bail;
use clap::Subcommand;
use domain::ChannelId;
use domain::notify::{ChannelKind, Line, Subject, What};
use domain::people::Role;
use engine::notifications::deliver;
use serde_json::json;
use store::Outgoing;

use super::lookup;
use crate::installation::{Installation, post};
use crate::outcome::{Outcome, table};

#[derive(Debug, Subcommand)]
pub enum Notify {
    /// Send a test by e-mail and to every active room, now; exit code 2 if one of them does not arrive
    Test {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// Who gets the e-mail, by the address to sign in with [default: the first admin]
        #[arg(long)]
        to: Option<String>,
    },
}

impl Notify {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let Self::Test { company, to } = self;
        let engine = at.engine(at.store().await?)?;
        let company = lookup::company(&engine.store, &company).await?;
        let users = engine.store.users(company.id).await?;
        let user = match &to {
            Some(email) => users.into_iter().find(|user| user.email.to_string().eq_ignore_ascii_case(email)),
            None => users.into_iter().find(|user| user.role == Role::Admin),
        };
        if let (Some(email), None) = (&to, &user) {
            bail!("nobody of {} signs in as {email}", company.slug);
        }
        let post = post(&engine, at.config.mailer()?)?;
        let now = engine.ambient.now();
        let line = |channel: ChannelId| Line {
            what: What::Test,
            count: 1,
            subjects: vec![Subject::Channel(channel)],
            first_at: now,
            last_at: now,
        };
        let mut rows = Vec::new();
        for to in engine.store.notification_channels(company.id).await? {
            let (channel, target) = (to.channel, to.target);
            let user = user.clone().filter(|_| channel.kind.is_personal());
            let is_meant = match channel.kind {
                ChannelKind::App => false,
                ChannelKind::Email => user.is_some(),
                ChannelKind::Slack | ChannelKind::Discord => channel.active,
            };
            if !is_meant {
                continue;
            }
            let name = user.as_ref().map_or(channel.name.clone(), |user| user.email.to_string());
            let lines = vec![line(channel.id)];
            let message = Outgoing {
                company: company.clone(),
                number: 0,
                tries: 1,
                channel,
                target,
                user,
                lines,
                begun_at: now,
                went_at: now,
            };
            let problem = deliver(&engine, &post, &message).await.err().map(|error| error.problem);
            rows.push((message.channel.kind.as_str(), name, problem));
        }
        at.close(engine).await;
        let failed = rows.iter().any(|(.., problem)| problem.is_some());
        let json = rows.iter().map(|(channel, to, problem)| {
            json!({ "channel": channel, "to": to, "problem": problem.map(|it| it.to_string()) })
        });
        let json = json!({ "sent": json.collect::<Vec<_>>() });
        let cells = rows.iter().map(|(channel, to, problem)| {
            let outcome = problem.map_or("sent".to_owned(), |problem| format!("not sent: {problem}"));
            [(*channel).to_owned(), to.clone(), outcome]
        });
        let cells: Vec<_> = cells.collect();
        Ok(Outcome::new(json, table(["channel", "to", "outcome"], &cells))?.found(failed))
    }
}
