//! A fault as scripts name it: `{"fault": "slow", "seconds": 20, "call": "createBooking", "times": 2}`.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::faults::{CallKind, CallMatch, Fault, Ordered};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FaultOrder {
    fault: FaultName,
    /// How long: the block of `rateLimited` (60), the wait of `slow` and `appliedLate` (30) and of
    /// `delayWebhooks` and `repeatWebhooks` (60), and the outage of `down` (without it, so many calls).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    /// The answer of `gatewayBefore` and `gatewayAfter` (502).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Only calls of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<CallKind>,
    /// Only calls to this path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Only webhooks of this trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trigger: Option<String>,
    #[serde(default = "once")]
    pub(super) times: u32,
}

fn once() -> u32 {
    1
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum FaultName {
    DropRequest,
    DropAnswerAfterEffect,
    ServerErrorBefore,
    ServerErrorAfterEffect,
    GatewayBefore,
    GatewayAfter,
    RateLimited,
    AppliedLate,
    HalfAnswer,
    UnknownFields,
    Slow,
    Down,
    AllowOverlap,
    LoseWebhooks,
    DelayWebhooks,
    DuplicateWebhooks,
    RepeatWebhooks,
    ForgeWebhooks,
    BareWebhooks,
    StrangeWebhooks,
    ReorderWebhooks,
}

impl FaultOrder {
    pub(super) fn fault(&self, now: Timestamp) -> Fault {
        let seconds = |otherwise: u32| self.seconds.unwrap_or(otherwise);
        let by = |otherwise: u32| SignedDuration::from_secs(seconds(otherwise).into());
        let status = self.status.unwrap_or(502);
        match self.fault {
            FaultName::DropRequest => Fault::DropRequest,
            FaultName::DropAnswerAfterEffect => Fault::DropAnswerAfterEffect,
            FaultName::ServerErrorBefore => Fault::ServerErrorBefore,
            FaultName::ServerErrorAfterEffect => Fault::ServerErrorAfterEffect,
            FaultName::GatewayBefore => Fault::Gateway { status, after_effect: false },
            FaultName::GatewayAfter => Fault::Gateway { status, after_effect: true },
            FaultName::RateLimited => Fault::RateLimited { block: by(60) },
            FaultName::AppliedLate => Fault::AppliedLate { by: by(30) },
            FaultName::HalfAnswer => Fault::HalfAnswer,
            FaultName::UnknownFields => Fault::UnknownFields,
            FaultName::Slow => Fault::Slow(Duration::from_secs(seconds(30).into())),
            FaultName::Down => self.seconds.map_or(Fault::Down, |_| Fault::DownUntil(now + by(0))),
            FaultName::AllowOverlap => Fault::AllowOverlap,
            FaultName::LoseWebhooks => Fault::LoseWebhooks,
            FaultName::DelayWebhooks => Fault::DelayWebhooks { by: by(60) },
            FaultName::DuplicateWebhooks => Fault::DuplicateWebhooks,
            FaultName::RepeatWebhooks => Fault::RepeatWebhooks { by: by(60) },
            FaultName::ForgeWebhooks => Fault::ForgeWebhooks,
            FaultName::BareWebhooks => Fault::BareWebhooks,
            FaultName::StrangeWebhooks => Fault::StrangeWebhooks,
            FaultName::ReorderWebhooks => Fault::ReorderWebhooks,
        }
    }

    pub(super) fn matching(&self) -> CallMatch {
        let Self { call, path, trigger, .. } = self;
        let call = call.map(CallMatch::Kind);
        let path = path.clone().map(CallMatch::Path);
        call.or(path).or_else(|| trigger.clone().map(CallMatch::Trigger)).unwrap_or_default()
    }

    /// How an order that is still pending is told.
    pub(super) fn of(ordered: &Ordered, now: Timestamp) -> Self {
        let whole = |by: SignedDuration| u32::try_from(by.as_secs()).ok();
        let (fault, seconds) = match ordered.fault {
            Fault::DropRequest => (FaultName::DropRequest, None),
            Fault::DropAnswerAfterEffect => (FaultName::DropAnswerAfterEffect, None),
            Fault::ServerErrorBefore => (FaultName::ServerErrorBefore, None),
            Fault::ServerErrorAfterEffect => (FaultName::ServerErrorAfterEffect, None),
            Fault::Gateway { after_effect: false, .. } => (FaultName::GatewayBefore, None),
            Fault::Gateway { after_effect: true, .. } => (FaultName::GatewayAfter, None),
            Fault::RateLimited { block } => (FaultName::RateLimited, whole(block)),
            Fault::AppliedLate { by } => (FaultName::AppliedLate, whole(by)),
            Fault::HalfAnswer => (FaultName::HalfAnswer, None),
            Fault::UnknownFields => (FaultName::UnknownFields, None),
            Fault::Slow(by) => (FaultName::Slow, u32::try_from(by.as_secs()).ok()),
            Fault::Down => (FaultName::Down, None),
            Fault::DownUntil(until) => (FaultName::Down, whole(until.duration_since(now))),
            Fault::AllowOverlap => (FaultName::AllowOverlap, None),
            Fault::LoseWebhooks => (FaultName::LoseWebhooks, None),
            Fault::DelayWebhooks { by } => (FaultName::DelayWebhooks, whole(by)),
            Fault::DuplicateWebhooks => (FaultName::DuplicateWebhooks, None),
            Fault::RepeatWebhooks { by } => (FaultName::RepeatWebhooks, whole(by)),
            Fault::ForgeWebhooks => (FaultName::ForgeWebhooks, None),
            Fault::BareWebhooks => (FaultName::BareWebhooks, None),
            Fault::StrangeWebhooks => (FaultName::StrangeWebhooks, None),
            Fault::ReorderWebhooks => (FaultName::ReorderWebhooks, None),
        };
        let status = match ordered.fault {
            Fault::Gateway { status, .. } => Some(status),
            _ => None,
        };
        let mut order =
            Self { fault, seconds, status, call: None, path: None, trigger: None, times: ordered.times };
        match ordered.matching.clone() {
            CallMatch::Any => {}
            CallMatch::Kind(kind) => order.call = Some(kind),
            CallMatch::Path(path) => order.path = Some(path),
            CallMatch::Trigger(trigger) => order.trigger = Some(trigger),
        }
        order
    }
}
