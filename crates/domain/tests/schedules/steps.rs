//! What can happen, one thing after another.

use proptest::prelude::*;

/// How a call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// At once.
    Clear,
    /// When the lane goes on; until then other things may happen.
    Later,
    /// Never.
    Lost,
    /// With an error that says nothing.
    Trouble,
    /// There are too many.
    Limited,
    /// The connection is refused.
    Refused,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Now,
    Never,
    /// So many seconds later; nobody hears of it.
    Late(u8),
}

#[derive(Debug, Clone)]
pub enum Step {
    Move(u8),
    Cancel,
    Confirm,
    NoShow(bool),
    Name(u8),
    Email(u8),
    Book(u8, u8),
    Service(u8, u8),
    Retry,
    Settle(bool),
    Undo,
    ThereMove(u8, u8),
    ThereCancel(u8),
    ThereConfirm(u8),
    ThereAnew(u8, u8),
    ThereHost(u8, u8),
    ThereAbsent(u8, bool),
    ThereGone(u8),
    Busy(u8, u8),
    Free,
    Work(u8, Answer, Effect),
    TakeOver(u8),
    Webhook(u8),
    Hint,
    Pass(u8),
    Begins,
}

/// Reads a step from three bytes: cheap to draw, and smaller bytes are quieter steps.
fn read((kind, a, b): (u8, u8, u8)) -> Step {
    match kind {
        0..=69 => {
            let effect = match b {
                0..=169 => Effect::Now,
                170..=209 => Effect::Late(b.wrapping_mul(41)),
                _ => Effect::Never,
            };
            let answer = match a / 2 {
                0..=63 => Answer::Clear,
                64..=86 => Answer::Later,
                87..=107 => Answer::Lost,
                108..=117 => Answer::Trouble,
                118..=122 => Answer::Limited,
                _ => Answer::Refused,
            };
            Step::Work(a, answer, effect)
        }
        70..=84 => Step::Pass(a),
        85..=89 => Step::Webhook(a),
        90..=92 => Step::Hint,
        93..=95 => Step::TakeOver(a),
        96..=106 => Step::Move(a),
        107..=110 => Step::Cancel,
        111 => Step::Confirm,
        112 => Step::NoShow(a < 192),
        113..=115 => Step::Name(a),
        116 => Step::Email(a),
        117..=124 => Step::Book(a, b),
        125..=127 => Step::Service(a, b),
        128..=129 => Step::Retry,
        130..=132 => Step::Settle(a < 128),
        133 => Step::Undo,
        134..=141 => Step::ThereMove(a, b),
        142..=145 => Step::ThereCancel(a),
        146 => Step::ThereConfirm(a),
        147..=149 => Step::ThereAnew(a, b),
        150..=151 => Step::ThereHost(a, b),
        152 => Step::ThereAbsent(a, b < 192),
        153 => Step::ThereGone(a),
        154..=156 => Step::Busy(a, b),
        157 => Step::Free,
        _ => Step::Begins,
    }
}

/// Any course of things.
pub fn course() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((0u8..=158, any::<u8>(), any::<u8>()).prop_map(read), 0..40)
}
