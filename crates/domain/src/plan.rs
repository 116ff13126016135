//! What has to happen next so that the platform and Cal.com say the same.
//!
//! [`reconcile`] is a three-way merge, field by field, of what the platform says, what Cal.com was last
//! seen to say, and what both were last seen to share. It is a pure function; everything that is done,
//! shown or counted about sync is derived from it.
//!
//! - A field that differs from the shared value only here was changed here: it is pushed.
//! - A field that differs only there was changed there: it is taken over.
//! - Changed on both sides to different values: a person is asked, except that a cancellation by either
//!   side wins (nobody should wait for a customer who has cancelled).
//! - A change that Cal.com's API cannot carry stays a difference that is accepted and shown.

use serde::{Deserialize, Serialize};

use crate::facts::{BookingState, Carrier, Facts, Field};

/// What Cal.com was last seen to say of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remote {
    /// Not known: never looked at, or an attempt may have changed it.
    Unknown,
    /// Looked for, and not there.
    Absent,
    /// Seen.
    Present(Facts),
}

/// The rules that a company settles conflicts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Policy {
    /// Times that were changed on both sides.
    pub times: Winner,
}

/// Who is right when both sides changed a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Winner {
    /// What was said here.
    PlatformWins,
    /// What was said there.
    CalcomWins,
    /// A person decides.
    #[default]
    Ask,
}

/// The next thing to do about one booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Nothing: both sides say the same, apart from differences that are accepted.
    Rest,
    /// Look at Cal.com first: nothing can be concluded from what is known.
    Look,
    /// One call to Cal.com.
    Act(Push),
    /// Take these fields over from Cal.com.
    Adopt(Vec<Field>),
    /// Both sides changed these fields; a person decides.
    Ask(Vec<Field>),
    /// It was at Cal.com and is there no longer. It is not made again without a person.
    Vanished,
}

/// One call that changes something at Cal.com.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Push {
    /// Make the booking.
    Create,
    /// Move it to where it is here.
    Reschedule,
    /// Cancel it, with the reason given here.
    Cancel,
    /// Confirm it.
    Confirm,
}

impl Push {
    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Reschedule => "reschedule",
            Self::Cancel => "cancel",
            Self::Confirm => "confirm",
        }
    }
}

/// The three snapshots of one booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshots {
    /// What the platform says now.
    pub local: Facts,
    /// What both sides were last seen to share, field by field: the merge base.
    pub agreed: Option<Facts>,
    /// What Cal.com was last seen to say.
    pub remote: Remote,
}

/// A difference that stands, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The fact.
    pub field: Field,
    /// Why it is left as it is.
    pub why: Reason,
}

/// Why a difference is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Cal.com's API has no call that changes it.
    CannotBeCarried,
    /// The platform's word counts for it.
    PlatformWins,
    /// Neither booking nor appointment takes place.
    BothCancelled,
}

/// The next thing to do.
pub fn plan(snapshots: &Snapshots, policy: Policy) -> Plan {
    let Snapshots { local, agreed, remote } = snapshots;
    let there = match remote {
        Remote::Unknown => return Plan::Look,
        Remote::Absent => return absent(local, agreed.as_ref()),
        Remote::Present(there) => there,
    };
    if local.state == BookingState::Cancelled && there.state == BookingState::Cancelled {
        return Plan::Rest;
    }
    // Without a shared past (a booking just found by our reference) what Cal.com says is the base:
    // what differs here is what is wanted.
    let base = agreed.as_ref().unwrap_or(there);
    if there.state == BookingState::Cancelled {
        return Plan::Adopt(vec![Field::State]);
    }
    let mut adopt = Vec::new();
    let mut ask = Vec::new();
    let mut act = None;
    for field in Field::ALL.into_iter().filter(|field| !field.same(local, there)) {
        match (verdict(field, local, base, there, policy), field.carrier()) {
            (Verdict::Take, _) => adopt.push(field),
            (Verdict::Ask, _) => ask.push(field),
            (Verdict::Send, Carrier::State) => match send_state(local.state, there.state) {
                Some(push) => act = Some(push),
                // Cal.com has confirmed it, and no call takes a confirmation back.
                None => adopt.push(field),
            },
            (Verdict::Send, Carrier::Reschedule) => act = act.or(Some(Push::Reschedule)),
            (Verdict::Send, Carrier::Nothing) | (Verdict::Keep, _) => {}
        }
    }
    // A cancellation says everything; nothing is moved first.
    if act == Some(Push::Cancel) {
        return Plan::Act(Push::Cancel);
    }
    match (adopt.is_empty(), ask.is_empty(), act) {
        (false, _, _) => Plan::Adopt(adopt),
        (true, false, _) => Plan::Ask(ask),
        (true, true, Some(push)) => Plan::Act(push),
        (true, true, None) => Plan::Rest,
    }
}

/// The differences that the plan leaves alone, with the reason.
pub fn accepted(snapshots: &Snapshots, policy: Policy) -> Vec<Accepted> {
    let Snapshots { local, agreed, remote: Remote::Present(there) } = snapshots else { return Vec::new() };
    let base = agreed.as_ref().unwrap_or(there);
    let both_cancelled = !local.state.is_live() && !there.state.is_live();
    Field::ALL
        .into_iter()
        .filter(|field| !field.same(local, there))
        .filter_map(|field| {
            let why = if both_cancelled {
                Reason::BothCancelled
            } else {
                match (verdict(field, local, base, there, policy), field.carrier()) {
                    (Verdict::Keep, _) => Reason::PlatformWins,
                    (Verdict::Send, Carrier::Nothing) => Reason::CannotBeCarried,
                    _ => return None,
                }
            };
            Some(Accepted { field, why })
        })
        .collect()
}

/// The shared facts after a look at both sides: every field on which they meet moves the merge base.
pub fn settle(local: &Facts, agreed: Option<&Facts>, there: &Facts) -> Facts {
    let mut base = agreed.unwrap_or(there).clone();
    for field in Field::ALL.into_iter().filter(|field| field.same(local, there)) {
        field.copy(there, &mut base);
    }
    base
}

fn absent(local: &Facts, agreed: Option<&Facts>) -> Plan {
    match agreed {
        Some(base) if base.state.is_live() && local.state.is_live() => Plan::Vanished,
        None if local.state.is_live() => Plan::Act(Push::Create),
        _ => Plan::Rest,
    }
}

enum Verdict {
    Send,
    Take,
    Ask,
    Keep,
}

fn verdict(field: Field, local: &Facts, base: &Facts, there: &Facts, policy: Policy) -> Verdict {
    let changed_here = !field.same(local, base);
    let changed_there = !field.same(there, base);
    match field {
        // What is shown to the customer and compared at the look-up is ours to say.
        Field::Name | Field::Email | Field::Phone | Field::Notes | Field::EventType if changed_there => {
            Verdict::Keep
        }
        // A cancellation here wins over whatever else happened there.
        Field::State if !local.state.is_live() => Verdict::Send,
        _ if changed_here && changed_there => match policy.times {
            Winner::PlatformWins => Verdict::Send,
            Winner::CalcomWins => Verdict::Take,
            Winner::Ask => Verdict::Ask,
        },
        _ if changed_there => Verdict::Take,
        _ => Verdict::Send,
    }
}

fn send_state(local: BookingState, there: BookingState) -> Option<Push> {
    match (local, there) {
        (BookingState::Cancelled, _) => Some(Push::Cancel),
        (BookingState::Active, BookingState::Requested) => Some(Push::Confirm),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::EventTypeRef;
    use crate::{ConnectionId, Email, Slot};

    /// Few values of each kind, so that equal and different ones both come up often.
    fn facts() -> impl Strategy<Value = Facts> {
        let state = prop_oneof![
            1 => Just(BookingState::Requested),
            4 => Just(BookingState::Active),
            2 => Just(BookingState::Cancelled),
        ];
        (state, 0..3i64, prop_oneof![Just(30u32), Just(60)], 0..2u8, 0..2u8).prop_map(
            |(state, hour, minutes, name, notes)| Facts {
                event_type: Some(EventTypeRef { connection: ConnectionId(uuid::Uuid::nil()), id: 1 }),
                slot: Slot::of(jiff::Timestamp::from_second(1_800_000_000 + hour * 3600).unwrap(), minutes),
                state,
                name: format!("Customer {name}"),
                email: Some("a@client.example".parse::<Email>().unwrap()),
                phone: None,
                notes: (notes > 0).then(|| "Side door".to_owned()),
                reason: None,
            },
        )
    }

    fn snapshots() -> impl Strategy<Value = Snapshots> {
        let remote = prop_oneof![1 => Just(Remote::Unknown), 1 => Just(Remote::Absent), 6 => facts().prop_map(Remote::Present)];
        (facts(), proptest::option::of(facts()), remote).prop_map(|(local, agreed, remote)| Snapshots {
            local,
            agreed,
            remote,
        })
    }

    /// What Cal.com does on a call, as far as facts go (recordings 050, 072, 087, 099).
    fn cal_com(push: Push, local: &Facts, there: Option<Facts>) -> Facts {
        match (push, there) {
            (Push::Create, _) => local.clone(),
            (Push::Reschedule, Some(there)) => {
                Facts { slot: Slot::of(local.slot.start, there.slot.minutes()), ..there }
            }
            (Push::Cancel, Some(there)) => Facts { state: BookingState::Cancelled, ..there },
            (Push::Confirm, Some(there)) => Facts { state: BookingState::Active, ..there },
            (push, None) => panic!("{push:?} of a booking that is not there"),
        }
    }

    /// What is at Cal.com in truth: unknown to us, or as seen.
    fn truth(snapshots: &Snapshots, hidden: &Facts) -> Option<Facts> {
        match &snapshots.remote {
            Remote::Unknown => Some(hidden.clone()),
            Remote::Absent => None,
            Remote::Present(facts) => Some(facts.clone()),
        }
    }

    /// Carries plans out until nothing is left to do by itself; returns the calls that it took.
    fn run(snapshots: &mut Snapshots, hidden: &Facts, policy: Policy) -> Vec<Push> {
        let mut there = truth(snapshots, hidden);
        let mut calls = Vec::new();
        for _ in 0..8 {
            match plan(snapshots, policy) {
                Plan::Rest | Plan::Ask(_) | Plan::Vanished => return calls,
                Plan::Look => {}
                Plan::Act(push) => {
                    there = Some(cal_com(push, &snapshots.local, there));
                    calls.push(push);
                }
                Plan::Adopt(fields) => {
                    let Remote::Present(seen) = &snapshots.remote else { panic!("adopts what was not seen") };
                    for field in fields {
                        field.copy(seen, &mut snapshots.local);
                    }
                }
            }
            snapshots.remote = there.clone().map_or(Remote::Absent, Remote::Present);
            if let Some(seen) = &there {
                snapshots.agreed = Some(settle(&snapshots.local, snapshots.agreed.as_ref(), seen));
            }
        }
        panic!("no end: {snapshots:?}");
    }

    proptest! {
        #[test]
        fn carrying_plans_out_converges_in_few_calls(mut s in snapshots(), hidden in facts()) {
            let before = s.clone();
            let calls = run(&mut s, &hidden, Policy::default());
            prop_assert!(calls.len() <= 2, "{calls:?}");
            match plan(&s, Policy::default()) {
                Plan::Ask(_) | Plan::Vanished => {}
                rest => {
                    prop_assert_eq!(rest, Plan::Rest);
                    if let Remote::Present(there) = &s.remote {
                        let left = accepted(&s, Policy::default());
                        for field in Field::ALL {
                            prop_assert!(
                                field.same(&s.local, there) || left.iter().any(|a| a.field == field),
                                "{field:?} differs and nobody says why"
                            );
                        }
                    }
                }
            }
            // What was cancelled on either side is never brought back.
            if before.local.state == BookingState::Cancelled {
                prop_assert_eq!(s.local.state, BookingState::Cancelled);
                prop_assert!(!calls.contains(&Push::Create));
            }
            if let Remote::Present(there) = &before.remote && there.state == BookingState::Cancelled {
                prop_assert_eq!(s.local.state, BookingState::Cancelled);
                prop_assert!(calls.is_empty());
            }
        }

        #[test]
        fn a_plan_that_was_carried_out_is_not_carried_out_again(mut s in snapshots(), hidden in facts()) {
            run(&mut s, &hidden, Policy::default());
            prop_assert_eq!(run(&mut s, &hidden, Policy::default()), Vec::<Push>::new());
        }

        #[test]
        fn a_change_seen_at_cal_com_is_never_sent_back(shared in facts(), there in facts()) {
            let mut s = Snapshots {
                local: shared.clone(), agreed: Some(shared), remote: Remote::Present(there.clone()),
            };
            prop_assume!(s.local.state.is_live() || !there.state.is_live());
            let calls = run(&mut s, &there, Policy::default());
            prop_assert_eq!(calls, Vec::<Push>::new());
        }

        #[test]
        fn nothing_is_concluded_from_what_is_not_known(mut s in snapshots()) {
            s.remote = Remote::Unknown;
            prop_assert_eq!(plan(&s, Policy::default()), Plan::Look);
        }

        #[test]
        fn a_time_changed_on_both_sides_is_asked_about(mut s in snapshots(), base in facts()) {
            let Remote::Present(there) = s.remote.clone() else { return Ok(()) };
            prop_assume!([&base, &there, &s.local].iter().all(|f| f.state == BookingState::Active));
            let differ = !Field::Start.same(&s.local, &base)
                && !Field::Start.same(&there, &base)
                && !Field::Start.same(&s.local, &there)
                && Field::Duration.same(&there, &base);
            prop_assume!(differ);
            s.agreed = Some(base);
            prop_assert_eq!(plan(&s, Policy::default()), Plan::Ask(vec![Field::Start]));
            prop_assert_eq!(
                plan(&s, Policy { times: Winner::PlatformWins }), Plan::Act(Push::Reschedule)
            );
            prop_assert_eq!(
                plan(&s, Policy { times: Winner::CalcomWins }), Plan::Adopt(vec![Field::Start])
            );
        }
    }
}
