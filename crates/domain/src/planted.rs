//! Mistakes that can be planted, so that the simulation shows that it would find them.
//!
//! Without the feature `planted`, which nothing but the simulation of broken engines asks for, no mistake is
//! ever made and the compiler sees it.

/// A mistake that somebody might make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Bug {
    /// A call whose answer was lost is taken for one that was never sent.
    NoLookAfterALostAnswer = 1,
    /// A call that nobody answered is taken to be over as soon as a look shows no effect.
    NoPatience,
    /// A call is not written down before it is sent.
    AttemptNotWrittenDown,
    /// A refusal is believed without a look, although it may be the echo of our own first try.
    RefusalBelieved,
    /// Of two states at one time of Cal.com's the first is kept.
    OneTickOneState,
    /// What both sides changed is sent without asking.
    OursAlways,
    /// What both sides changed is taken over without asking.
    TheirsAlways,
    /// What was cancelled at Cal.com is made again.
    CancelledMadeAgain,
    /// What was given up is told as synced.
    FailureToldAsSynced,
    /// A worker whose lane was taken over may go on writing.
    NoFencing,
    /// A lane is taken although another worker holds it.
    LeaseIgnored,
    /// A cancellation by webhook is believed without a look.
    WebhookBelieved,
    /// Our reference on a booking is not read when it is searched for.
    ReferenceIgnored,
    /// The chain of reschedules is not followed to its end.
    ChainNotFollowed,
    /// The beginning of a chain is not asked for when a booking is imported.
    ImportedTwice,
    /// When something is due next is not written down.
    DueTimeLost,
    /// A known service is overwritten by what Cal.com says of its event types.
    ServiceOverwritten,
    /// What somebody has changed at Cal.com is overwritten by what is said here.
    EventTypeOverwritten,
    /// An event type whose create was not answered is made again without looking.
    EventTypeMadeBlindly,
    /// The version that a person had in view does not count.
    VersionIgnored,
    /// The signature of a webhook is not looked at.
    ForgedBelieved,
    /// Two appointments may take up one chair at one time.
    ChairTakenTwice,
    /// A call that was held up for long is sent all the same.
    HeldUpCallSent,
    /// Of an appointment with several bookings only the first is worked on.
    FirstBookingOnly,
    /// The booking whose place another has taken is not cancelled.
    OldBookingLeft,
    /// Both sides have changed the same, and nobody is asked.
    NobodyAsked,
    /// An appointment that is worked on for one account is not put on the lists of others.
    OtherLanesForgotten,
    /// What was changed here only is taken back to what Cal.com says.
    ChangedHereUndone,
    /// What was changed at Cal.com only is sent back to what is said here.
    ChangedThereUndone,
    /// What was taken over from Cal.com is not told in the history.
    TakenOverUntold,
    /// What was changed while a call was under way is overwritten by its answer.
    ChangedMeanwhileLost,
}

impl Bug {
    /// All.
    pub const ALL: [Self; 31] = [
        Self::NoLookAfterALostAnswer,
        Self::NoPatience,
        Self::AttemptNotWrittenDown,
        Self::RefusalBelieved,
        Self::OneTickOneState,
        Self::OursAlways,
        Self::TheirsAlways,
        Self::CancelledMadeAgain,
        Self::FailureToldAsSynced,
        Self::NoFencing,
        Self::LeaseIgnored,
        Self::WebhookBelieved,
        Self::ReferenceIgnored,
        Self::ChainNotFollowed,
        Self::ImportedTwice,
        Self::DueTimeLost,
        Self::ServiceOverwritten,
        Self::EventTypeOverwritten,
        Self::EventTypeMadeBlindly,
        Self::VersionIgnored,
        Self::ForgedBelieved,
        Self::ChairTakenTwice,
        Self::HeldUpCallSent,
        Self::FirstBookingOnly,
        Self::OldBookingLeft,
        Self::NobodyAsked,
        Self::OtherLanesForgotten,
        Self::ChangedHereUndone,
        Self::ChangedThereUndone,
        Self::TakenOverUntold,
        Self::ChangedMeanwhileLost,
    ];
}

/// Whether this mistake is made.
#[cfg(not(feature = "planted"))]
pub const fn is(_: Bug) -> bool {
    false
}

#[cfg(feature = "planted")]
static PLANTED: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Whether this mistake is made.
#[cfg(feature = "planted")]
pub fn is(bug: Bug) -> bool {
    PLANTED.load(std::sync::atomic::Ordering::Relaxed) == bug as u8
}

/// From now on this mistake is made, in the whole process, or none.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.store(bug.map_or(0, |bug| bug as u8), std::sync::atomic::Ordering::Relaxed);
}
