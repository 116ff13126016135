//! Rooms are added and their addresses kept, for the pages and the API alike.

use domain::appointment::Actor;
use domain::notify::{Channel, ChannelKind};
use domain::{ChannelId, CompanyId};
use secrecy::SecretString;
use store::{NotificationChannel, Sealed};
use url::Url;

use super::room::TARGET;
use crate::{Engine, Error};

/// Characters of the longest name of a room.
pub const LONGEST_NAME: u32 = 60;
/// Rooms of one company at most.
pub const MOST_ROOMS: usize = 10;

impl Engine {
    /// Adds a room that is told what admins are told by e-mail. `None`, if the company has as many as it may have.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_room(
        &self,
        company: CompanyId,
        kind: ChannelKind,
        name: String,
        target: &Url,
        by: Actor,
    ) -> Result<Option<NotificationChannel>, Error> {
        let rooms = self.store.notification_channels(company).await?;
        if rooms.iter().filter(|it| !it.channel.kind.is_personal()).count() >= MOST_ROOMS {
            return Ok(None);
        }
        let usual = Channel::usual(ChannelKind::Email);
        let channel = Channel { id: ChannelId(self.ambient.id()), kind, name, ..usual };
        let room = NotificationChannel { channel, target: Some(self.seal_target(company, target)) };
        self.store.save_notification_channel(company, room.clone(), by, self.ambient.now()).await?;
        Ok(Some(room))
    }

    /// The address of a room as it is kept.
    pub fn seal_target(&self, company: CompanyId, target: &Url) -> Sealed {
        let target = SecretString::from(target.as_str());
        Sealed(self.vault.seal(&self.ambient, company, TARGET, &target))
    }
}
