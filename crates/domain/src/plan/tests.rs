//! Properties of the plan, over all fields and policies.

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
    let host = prop_oneof![Just(None), Just(Some(1)), Just(Some(2))];
    let times = (0..3i64, prop_oneof![Just(30u32), Just(60)]);
    (state, times, host, any::<bool>(), 0..2u8, 0..2u8).prop_map(
        |(state, (hour, minutes), host, absent, name, notes)| Facts {
            event_type: Some(EventTypeRef { connection: ConnectionId(uuid::Uuid::nil()), id: 1 }),
            host,
            slot: Slot::of(jiff::Timestamp::from_second(1_800_000_000 + hour * 3600).unwrap(), minutes),
            state,
            absent: absent && state == BookingState::Active,
            name: format!("Customer {name}"),
            email: Some("a@client.example".parse::<Email>().unwrap()),
            phone: None,
            notes: (notes > 0).then(|| "Side door".to_owned()),
            reason: None,
        },
    )
}

fn policies() -> impl Strategy<Value = Policy> {
    let cancellation = prop_oneof![Just(Cancellation::Wins), Just(Cancellation::Ask)];
    let times = prop_oneof![Just(Winner::PlatformWins), Just(Winner::CalcomWins), Just(Winner::Ask)];
    let attendee = prop_oneof![
        Just(Attendee::PlatformWins),
        Just(Attendee::Replace),
        Just(Attendee::CalcomWins),
        Just(Attendee::Ask)
    ];
    (cancellation, times, attendee).prop_map(|(cancellation, times, attendee)| Policy {
        allow_calcom_overwrites: false,
        cancellation,
        times,
        attendee,
    })
}

fn snapshots() -> impl Strategy<Value = Snapshots> {
    let remote = prop_oneof![1 => Just(Remote::Unknown), 1 => Just(Remote::Absent), 6 => facts().prop_map(Remote::Present)];
    (facts(), proptest::option::of(facts()), remote).prop_map(|(local, agreed, remote)| Snapshots {
        local,
        agreed,
        remote,
    })
}

/// What Cal.com does on a call, as far as facts go (recordings 050, 072, 087, 099, 102, 185), on an event type of
/// `minutes`.
fn cal_com(push: Push, local: &Facts, there: Option<Facts>, minutes: u32) -> Facts {
    match (push, there) {
        // It writes names in its own way, and makes what is booked as long as the event type is.
        (Push::Create, _) => Facts {
            name: format!(" {}", local.name),
            slot: Slot::of(local.slot.start, minutes),
            ..local.clone()
        },
        (Push::Reschedule, Some(there)) => {
            Facts { slot: Slot::of(local.slot.start, there.slot.minutes()), ..there }
        }
        (Push::Cancel | Push::Decline, Some(there)) => Facts { state: BookingState::Cancelled, ..there },
        (Push::Confirm, Some(there)) => Facts { state: BookingState::Active, ..there },
        (Push::Reassign, Some(there)) => Facts { host: local.host, ..there },
        (Push::MarkAbsent, Some(there)) => Facts { absent: local.absent, ..there },
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

/// Carries plans out until nothing is left to do by itself; the event type is as long as what is `hidden`. Returns the calls that it took, and how often
/// another booking had to take the place of one.
fn run(snapshots: &mut Snapshots, hidden: &Facts, policy: Policy) -> (Vec<Push>, usize) {
    let mut there = truth(snapshots, hidden);
    let (mut calls, mut replaced) = (Vec::new(), 0);
    for _ in 0..12 {
        match plan(snapshots, policy) {
            Plan::Rest | Plan::Ask(_) | Plan::Vanished => return (calls, replaced),
            Plan::Look => {}
            Plan::Act(push) => {
                there = Some(cal_com(push, &snapshots.local, there, hidden.slot.minutes()));
                calls.push(push);
                if push == Push::Create {
                    // What the call carried is shared from then on, whatever Cal.com made of it.
                    snapshots.agreed = Some(snapshots.local.clone());
                }
            }
            Plan::Replace => {
                replaced += 1;
                (there, snapshots.agreed) = (None, None);
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
    #![proptest_config(ProptestConfig { cases: 10_000, max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

    #[test]
    fn carrying_plans_out_converges_in_few_calls(mut s in snapshots(), hidden in facts(), policy in policies()) {
        let before = s.clone();
        let (calls, replaced) = run(&mut s, &hidden, policy);
        prop_assert!(calls.len() <= 4 && replaced <= 1, "{calls:?}, replaced {replaced} times");
        match plan(&s, policy) {
            Plan::Ask(_) | Plan::Vanished => {}
            rest => {
                prop_assert_eq!(rest, Plan::Rest);
                if let Remote::Present(there) = &s.remote {
                    let left = accepted(&s, policy);
                    for field in Field::ALL {
                        prop_assert!(
                            field.same(&s.local, there) || left.iter().any(|a| a.field == field),
                            "{field:?} differs and nobody says why"
                        );
                    }
                }
            }
        }
        // What was cancelled is never brought back, but by a guest after both had cancelled (there), or by a
        // person after both had cancelled (here).
        let both_had_cancelled = before.agreed.as_ref().is_some_and(|base| !base.state.is_live());
        if before.local.state == BookingState::Cancelled && !both_had_cancelled {
            prop_assert_eq!(s.local.state, BookingState::Cancelled);
            prop_assert!(!calls.contains(&Push::Create));
        }
        if let Remote::Present(there) = &before.remote
            && there.state == BookingState::Cancelled
            && !both_had_cancelled
        {
            prop_assert!(calls.is_empty());
            let asked = matches!(plan(&s, policy), Plan::Ask(_));
            prop_assert!(asked || s.local.state == BookingState::Cancelled);
        }
    }

    #[test]
    fn a_plan_that_was_carried_out_is_not_carried_out_again(
        mut s in snapshots(), hidden in facts(), policy in policies(),
    ) {
        run(&mut s, &hidden, policy);
        prop_assert_eq!(run(&mut s, &hidden, policy), (Vec::<Push>::new(), 0));
    }

    #[test]
    fn a_change_seen_at_cal_com_is_never_sent_back(
        shared in facts(), there in facts(), policy in policies(),
    ) {
        let mut s = Snapshots {
            local: shared.clone(), agreed: Some(shared), remote: Remote::Present(there.clone()),
        };
        let (calls, replaced) = run(&mut s, &there, policy);
        prop_assert_eq!((calls, replaced), (Vec::<Push>::new(), 0));
    }

    #[test]
    fn nothing_is_concluded_from_what_is_not_known(mut s in snapshots(), policy in policies()) {
        s.remote = Remote::Unknown;
        prop_assert_eq!(plan(&s, policy), Plan::Look);
    }

    #[test]
    fn a_time_changed_on_both_sides_is_settled_as_the_company_says(mut s in snapshots(), base in facts()) {
        let Remote::Present(mut there) = s.remote.clone() else { return Ok(()) };
        let mut base = base;
        for facts in [&mut base, &mut there, &mut s.local] {
            (facts.state, facts.absent, facts.host) = (BookingState::Active, false, None);
        }
        prop_assume!(
            !Field::Start.same(&s.local, &base)
                && !Field::Start.same(&there, &base)
                && !Field::Start.same(&s.local, &there)
                && Field::Duration.same(&there, &base)
                && Field::Duration.same(&s.local, &base)
        );
        s.agreed = Some(base);
        s.remote = Remote::Present(there);
        let with = |times| plan(&s, Policy { times, ..Policy::default() });
        prop_assert_eq!(with(Winner::Ask), Plan::Ask(vec![Field::Start]));
        prop_assert_eq!(with(Winner::PlatformWins), Plan::Act(Push::Reschedule));
        prop_assert_eq!(with(Winner::CalcomWins), Plan::Adopt(vec![Field::Start]));
    }

    #[test]
    fn a_cancellation_wins_or_is_asked_about_as_the_company_says(base in facts(), here in facts(), there in facts()) {
        prop_assume!(base.state.is_live());
        let cancelled = Facts { state: BookingState::Cancelled, ..base.clone() };
        let live = |facts: Facts| Facts { state: BookingState::Active, ..facts };
        let snapshots = |local: &Facts, there: &Facts| Snapshots {
            local: local.clone(), agreed: Some(base.clone()), remote: Remote::Present(there.clone()),
        };
        for (local, remote) in [(&cancelled, &live(there)), (&live(here), &cancelled)] {
            let s = snapshots(local, remote);
            prop_assert!(!matches!(plan(&s, Policy::default()), Plan::Ask(_)));
            let changed = if local.state.is_live() { local } else { remote };
            let policy = Policy { cancellation: Cancellation::Ask, ..Policy::default() };
            prop_assert_eq!(
                plan(&s, policy) == Plan::Ask(vec![Field::State]),
                !Field::Start.same(changed, &base)
            );
        }
    }
}
