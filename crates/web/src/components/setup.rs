//! What somebody did to an account at Cal.com, or to a way by which people are told.

use jiff::Timestamp;
use store::{ChannelPart, SetupDeed};

use crate::i18n::Translator;

/// A row of a history.
#[derive(Clone, Debug)]
pub struct SetupRow {
    pub at: Timestamp,
    /// Who, by name or by where it came from.
    pub by: String,
    pub deed: SetupDeed,
}

impl SetupRow {
    pub fn title(&self, t: &Translator) -> String {
        let label = match &self.deed {
            SetupDeed::Connected => "deed-connected",
            SetupDeed::Paused => "deed-paused",
            SetupDeed::Resumed => "deed-resumed",
            SetupDeed::KeyReplaced => "deed-key-replaced",
            SetupDeed::WebhookChecked { corrected: true } => "deed-webhook-corrected",
            SetupDeed::WebhookChecked { corrected: false } => "deed-webhook-right",
            SetupDeed::ChannelAdded => "deed-channel-added",
            SetupDeed::ChannelChanged { parts } if !parts.is_empty() => {
                let parts: Vec<_> = parts.iter().map(|part| t.get(part_label(*part)).to_string()).collect();
                return t.get("deed-channel-parts").arg("parts", parts.join(", ")).to_string();
            }
            SetupDeed::ChannelChanged { .. } => "deed-channel-changed",
            SetupDeed::ChannelRemoved => "deed-channel-removed",
            SetupDeed::HoursChanged => "deed-hours-changed",
            SetupDeed::AbsenceAdded { .. } => "deed-absence-added",
            SetupDeed::AbsenceRemoved { .. } => "deed-absence-removed",
        };
        t.get(label).to_string()
    }
}

fn part_label(part: ChannelPart) -> &'static str {
    match part {
        ChannelPart::Active => "channel-part-active",
        ChannelPart::Name => "channel-part-name",
        ChannelPart::Target => "channel-part-target",
        ChannelPart::Rules => "channel-part-rules",
        ChannelPart::Quiet => "channel-part-quiet",
        ChannelPart::Gathering => "channel-part-gathering",
    }
}
