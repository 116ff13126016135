//! What a form did, told once on the page that follows. The cookie holds a word from the list below and perhaps the item
//! of the queue that was decided, never a text: nobody can make a page say something else.

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use domain::{ReviewId, review::Choice};

use crate::{components::Tone, frame, i18n::Translator};

const COOKIE: &str = "flash";
/// Stands between the word and the item.
const BEFORE_ITEM: char = '.';

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flash {
    Booked,
    Rescheduled,
    Cancelled,
    Checking,
    Settled,
    Saved,
    Deleted,
    /// A connection works again.
    Resumed,
    /// A connection rests.
    Paused,
    /// A webhook was as it should be.
    WebhookRight,
    /// A webhook is registered anew.
    WebhookCorrected,
    KeyReplaced,
    /// Cal.com does not accept the key of a connection.
    KeyRefused,
    /// Cal.com does not answer.
    Unreachable,
    /// All bookings are being compared.
    Verifying,
    /// They were already.
    VerifiedAlready,
    /// Webhooks are processed again.
    Replaying,
    /// There is none that can be.
    NothingToReplay,
    /// A service is there.
    ServiceCreated,
    /// A service is gone.
    ServiceDeleted,
    /// A service goes to Cal.com.
    Pushed,
    /// A service was taken over from Cal.com.
    Pulled,
    /// A service is tied to an event type that was there.
    Linked,
    /// A divergence may stay.
    Dismissed,
    /// A service has changed since, here or at Cal.com.
    ServiceStale,
    /// There is no such divergence any more.
    NothingToSettle,
    /// Something about an item of the queue was decided.
    ReviewDecided,
    ReviewAside,
    ReviewReopened,
    ReviewAssigned,
    ReviewSnoozed,
    ReviewCommented,
    /// It cannot be decided (any more).
    ReviewNotNow,
    /// A booking that was named cannot be that of the appointment.
    NoSuchBooking,
    /// Nobody performs the service of a booking.
    NobodyPerforms,
    /// A booking has to be read before it can be cancelled.
    ReviewSilent,
    /// A channel is as it was wished.
    ChannelSaved,
    /// A channel is gone.
    ChannelRemoved,
    /// A message goes by a channel to try it.
    ChannelTried,
    /// What is left of the setting up is not shown any more.
    SetupHidden,
    /// A branch is open, or somebody works, as it was typed.
    HoursSaved,
    AbsenceAdded,
    AbsenceRemoved,
    /// It is shown again.
    SetupShown,
    /// Somebody answers for something at a phone agent.
    DutyDone,
    /// Nobody answers for it any more.
    DutyOpen,
    /// Somebody else was faster.
    Stale,
    /// It does not allow it (any more).
    NotNow,
}

impl Flash {
    const ALL: [Self; 48] = [
        Self::Booked,
        Self::Rescheduled,
        Self::Cancelled,
        Self::Checking,
        Self::Settled,
        Self::Saved,
        Self::Deleted,
        Self::Resumed,
        Self::Paused,
        Self::WebhookRight,
        Self::WebhookCorrected,
        Self::KeyReplaced,
        Self::KeyRefused,
        Self::Unreachable,
        Self::Verifying,
        Self::VerifiedAlready,
        Self::Replaying,
        Self::NothingToReplay,
        Self::ServiceCreated,
        Self::ServiceDeleted,
        Self::Pushed,
        Self::Pulled,
        Self::Linked,
        Self::Dismissed,
        Self::ServiceStale,
        Self::NothingToSettle,
        Self::ReviewDecided,
        Self::ReviewAside,
        Self::ReviewReopened,
        Self::ReviewAssigned,
        Self::ReviewSnoozed,
        Self::ReviewCommented,
        Self::ReviewNotNow,
        Self::NoSuchBooking,
        Self::NobodyPerforms,
        Self::ReviewSilent,
        Self::Stale,
        Self::NotNow,
        Self::ChannelSaved,
        Self::ChannelRemoved,
        Self::ChannelTried,
        Self::SetupHidden,
        Self::SetupShown,
        Self::DutyDone,
        Self::DutyOpen,
        Self::HoursSaved,
        Self::AbsenceAdded,
        Self::AbsenceRemoved,
    ];

    fn tone(self) -> Tone {
        match self {
            Self::Stale
            | Self::NotNow
            | Self::KeyRefused
            | Self::Unreachable
            | Self::ServiceStale
            | Self::ReviewNotNow
            | Self::NoSuchBooking
            | Self::NobodyPerforms
            | Self::ReviewSilent
            | Self::NothingToReplay
            | Self::NothingToSettle => Tone::Bad,
            _ => Tone::Good,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Booked => "flash-booked",
            Self::DutyDone => "flash-duty-done",
            Self::DutyOpen => "flash-duty-open",
            Self::HoursSaved => "flash-hours-saved",
            Self::AbsenceAdded => "flash-absence-added",
            Self::AbsenceRemoved => "flash-absence-removed",
            Self::Rescheduled => "flash-rescheduled",
            Self::Cancelled => "flash-cancelled",
            Self::Checking => "flash-checking",
            Self::Settled => "flash-settled",
            Self::Saved => "flash-saved",
            Self::Deleted => "flash-deleted",
            Self::Resumed => "flash-resumed",
            Self::Paused => "flash-paused",
            Self::WebhookRight => "flash-webhook-right",
            Self::WebhookCorrected => "flash-webhook-corrected",
            Self::KeyReplaced => "flash-key-replaced",
            Self::KeyRefused => "flash-key-refused",
            Self::Unreachable => "flash-unreachable",
            Self::Verifying => "flash-verifying",
            Self::VerifiedAlready => "flash-verified-already",
            Self::Replaying => "flash-replaying",
            Self::NothingToReplay => "flash-nothing-to-replay",
            Self::ServiceCreated => "flash-service-created",
            Self::ServiceDeleted => "flash-service-deleted",
            Self::Pushed => "flash-pushed",
            Self::Pulled => "flash-pulled",
            Self::Linked => "flash-linked",
            Self::Dismissed => "flash-dismissed",
            Self::ServiceStale => "service-stale",
            Self::NothingToSettle => "flash-nothing-to-settle",
            Self::SetupHidden => "flash-setup-hidden",
            Self::SetupShown => "flash-setup-shown",
            Self::ReviewDecided => "flash-review-decided",
            Self::ReviewAside => "flash-review-aside",
            Self::ReviewReopened => "flash-review-reopened",
            Self::ReviewAssigned => "flash-review-assigned",
            Self::ReviewSnoozed => "flash-review-snoozed",
            Self::ReviewCommented => "flash-review-commented",
            Self::ReviewNotNow => "flash-review-not-now",
            Self::NoSuchBooking => "flash-no-such-booking",
            Self::NobodyPerforms => "refused-nobody-performs",
            Self::ReviewSilent => "flash-review-silent",
            Self::ChannelSaved => "flash-channel-saved",
            Self::ChannelRemoved => "flash-channel-removed",
            Self::ChannelTried => "flash-channel-tried",
            Self::Stale => "refused-stale",
            Self::NotNow => "refused-not-now",
        }
    }

    /// The choice that takes back what was decided about an item.
    fn undo(self) -> Option<Choice> {
        match self {
            Self::ReviewDecided => Some(Choice::Undo),
            Self::ReviewAside => Some(Choice::Reopen),
            _ => None,
        }
    }

    /// The cookie that carries it to the next page; `item` is what can be taken back there.
    pub fn cookie(self, secure: bool, item: Option<ReviewId>) -> Cookie<'static> {
        let item = item.map(|id| format!("{BEFORE_ITEM}{id}")).unwrap_or_default();
        Cookie::build((COOKIE, format!("{}{item}", self.key())))
            .path("/")
            .http_only(true)
            .secure(secure)
            .same_site(SameSite::Lax)
            .build()
    }
}

/// What the page before did, in the reader's words.
pub fn read(jar: &CookieJar, t: &Translator) -> Option<frame::Flash> {
    let told = jar.get(COOKIE)?.value();
    let (word, item) = told.split_once(BEFORE_ITEM).unwrap_or((told, ""));
    let flash = Flash::ALL.into_iter().find(|flash| flash.key() == word)?;
    let item = item.parse::<ReviewId>().ok();
    let undo = item.zip(flash.undo()).map(|(id, undo)| (format!("/reviews/{id}/decide"), undo.as_str()));
    Some(frame::Flash { tone: flash.tone(), text: t.get(flash.key()).to_string(), undo })
}

/// The middleware that forgets it as soon as a page was shown.
pub async fn forget(request: Request, next: Next) -> Response {
    let told = CookieJar::from_headers(request.headers()).get(COOKIE).is_some();
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if told && is_page {
        let mut cookie = Cookie::build((COOKIE, "")).path("/").build();
        cookie.make_removal();
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}
