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
