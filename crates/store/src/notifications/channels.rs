//! How a company wants to be told. The channels that every company has are as usual until they are changed.

use domain::appointment::Actor;
use domain::notify::{Channel, ChannelKind};
use domain::{ChannelId, CompanyId};
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder,
};

use crate::appointments::numbers::lock_company;
use crate::columns::{Sealed, first, from_json, from_json_opt, named, small, to_json, to_json_opt};
use crate::entities::notification_channels as table;
use crate::setup::{ChannelPart, SetupDeed, SetupEntry, note};
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store};

/// A channel, and where it leads.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationChannel {
    /// The channel.
    pub channel: Channel,
    /// The address that messages are sent to, encrypted; none behind the bell and by e-mail.
    pub target: Option<Sealed>,
}

impl TryFrom<table::Model> for NotificationChannel {
    type Error = Error;

    fn try_from(row: table::Model) -> Result<Self> {
        Ok(Self {
            channel: Channel {
                id: ChannelId(row.id),
                kind: named("notification_channels.kind", &row.kind, ChannelKind::from_name)?,
                name: row.name,
                active: row.active,
                rules: from_json("notification_channels.rules", row.rules)?,
                quiet: from_json_opt("notification_channels.quiet", row.quiet)?,
                gather_minutes: small("notification_channels.gather_minutes", row.gather_minutes)?,
            },
            target: row.target.map(Sealed),
        })
    }
}

/// The channels of a company: the bell, e-mail, then rooms by name.
pub(crate) async fn all(db: &impl ConnectionTrait, company: CompanyId) -> Result<Vec<NotificationChannel>> {
    let rows = table::Entity::find()
        .filter(table::Column::CompanyId.eq(company.0))
        .order_by_asc(table::Column::Name)
        .order_by_asc(table::Column::Id)
        .all(db)
        .await?;
    let mut kept: Vec<_> = rows.into_iter().map(NotificationChannel::try_from).collect::<Result<_>>()?;
    let mut all = Vec::new();
    for kind in [ChannelKind::App, ChannelKind::Email] {
        let changed = kept.iter().position(|it| it.channel.kind == kind).map(|found| kept.remove(found));
        all.push(
            changed.unwrap_or_else(|| NotificationChannel { channel: Channel::usual(kind), target: None }),
        );
    }
    all.extend(kept);
    Ok(all)
}

/// What of a channel is another than before. An address that is given anew is one, whatever it says.
fn changed(before: &NotificationChannel, after: &NotificationChannel) -> Vec<ChannelPart> {
    let (was, is) = (&before.channel, &after.channel);
    let parts = [
        (ChannelPart::Active, was.active != is.active),
        (ChannelPart::Name, was.name != is.name),
        (ChannelPart::Target, before.target != after.target),
        (ChannelPart::Rules, was.rules != is.rules),
        (ChannelPart::Quiet, was.quiet != is.quiet),
        (ChannelPart::Gathering, was.gather_minutes != is.gather_minutes),
    ];
    parts.into_iter().filter(|(_, changed)| *changed).map(|(part, _)| part).collect()
}

impl Store {
    /// The channels of a company: the bell, e-mail, then rooms by name.
    pub async fn notification_channels(&self, company: CompanyId) -> Result<Vec<NotificationChannel>> {
        all(&self.readers, company).await
    }

    /// Adds a channel, or puts it in the place of what it was. What is as it was is not written down.
    pub async fn save_notification_channel(
        &self,
        company: CompanyId,
        new: NotificationChannel,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        let wanted = new.clone();
        let NotificationChannel { channel, target } = new;
        let row = table::Model {
            company_id: company.0,
            id: channel.id.0,
            kind: channel.kind.as_str().to_owned(),
            name: channel.name,
            active: channel.active,
            rules: to_json(&channel.rules)?,
            quiet: to_json_opt(channel.quiet.as_ref())?,
            gather_minutes: channel.gather_minutes.into(),
            target: target.map(|target| target.0),
        };
        self.write(move |tx: &Tx| {
            let (wanted, row, actor) = (wanted.clone(), row.clone(), by.clone());
            Box::pin(async move {
                lock_company(tx, company).await?;
                let (subject, name) = (row.id, row.name.clone());
                // Every company has the personal ones from the beginning.
                let before =
                    all(&**tx, company).await?.into_iter().find(|it| it.channel.id == wanted.channel.id);
                let deed = match before.map(|before| changed(&before, &wanted)) {
                    None => SetupDeed::ChannelAdded,
                    Some(parts) if parts.is_empty() => return Ok(()),
                    Some(parts) => SetupDeed::ChannelChanged { parts },
                };
                let keys = [table::Column::CompanyId, table::Column::Id];
                let others = table::Column::iter()
                    .filter(|column| !matches!(column, table::Column::CompanyId | table::Column::Id));
                table::Entity::insert(row.into_active_model())
                    .on_conflict(OnConflict::columns(keys).update_columns(others).to_owned())
                    .exec_without_returning(&**tx)
                    .await?;
                note(tx, company, SetupEntry { at: now, actor, subject, name, deed }).await
            })
        })
        .await
    }

    /// Takes a channel away. What still waits to go there is given up.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn remove_notification_channel(
        &self,
        company: CompanyId,
        id: ChannelId,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        self.write(move |tx| {
            let actor = by.clone();
            Box::pin(async move {
                lock_company(tx, company).await?;
                let find = table::Entity::find_by_id((company.0, id.0));
                let name = first(find, &**tx).await?.ok_or(Error::NotFound)?.name;
                table::Entity::delete_by_id((company.0, id.0)).exec(&**tx).await?;
                let deed = SetupDeed::ChannelRemoved;
                note(tx, company, SetupEntry { at: now, actor, subject: id.0, name, deed }).await
            })
        })
        .await
    }
}
