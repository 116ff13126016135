//! Whatever happens, whenever: nothing is lost, nothing is told twice, nobody is woken for what can wait, and a storm is
//! a few messages.

use std::collections::BTreeSet;

use jiff::civil::time;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::UserId;
use crate::people::User;

const HOUR: i64 = 3600;

fn at(second: i64) -> Timestamp {
    // A Saturday evening; the clocks of Berlin are set back in the night.
    "2026-10-24T16:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn users() -> Vec<User> {
    let user = |n: u128, role| User {
        id: UserId(Uuid::from_u128(n)),
        email: format!("u{n}@salon.example").parse().unwrap(),
        name: String::new(),
        role,
        locale: None,
    };
    vec![user(1, Role::Staff), user(2, Role::Manager), user(3, Role::Admin), user(4, Role::Admin)]
}

fn channels(quiet: Option<Quiet>, gather_minutes: u8) -> Vec<Channel> {
    let room = Channel {
        id: ChannelId(Uuid::from_u128(3)),
        kind: ChannelKind::Slack,
        name: "Team".into(),
        rules: [(Event::Question, Role::Admin), (Event::UrgentQuestion, Role::Admin)].into(),
        ..Channel::usual(ChannelKind::Email)
    };
    let loud = |channel| Channel { quiet, gather_minutes, ..channel };
    vec![Channel::usual(ChannelKind::App), loud(Channel::usual(ChannelKind::Email)), loud(room)]
}

fn what() -> impl Strategy<Value = What> {
    prop::sample::select(What::all().filter(|what| *what != What::Test).collect::<Vec<_>>())
}

/// So many seconds later this happens to the n-th connection or appointment.
fn happenings(longest: i64) -> impl Strategy<Value = Vec<(i64, What, u128)>> {
    prop::collection::vec((0..longest, what(), 0..30_u128), 1..60)
}

fn occurrence(second: i64, what: What, n: u128) -> Occurrence {
    let subject = match what {
        What::Question(_) => Subject::Review(ReviewId(Uuid::from_u128(n))),
        _ => Subject::Connection(ConnectionId(Uuid::from_u128(n % 3))),
    };
    Occurrence::once(what, subject, at(second))
}

/// A message that went.
#[derive(Debug)]
struct Went {
    to: Recipient,
    lines: Vec<Line>,
    at: Timestamp,
}

/// The house as it runs: every two seconds what happened is taken in and what is due goes.
struct House {
    channels: Vec<Channel>,
    drafts: Vec<Draft>,
    went: Vec<Went>,
}

impl House {
    fn live(channels: Vec<Channel>, happenings: &[(i64, What, u128)], until: i64) -> Self {
        let mut house = Self { channels, drafts: Vec::new(), went: Vec::new() };
        let mut ahead: Vec<_> = happenings.to_vec();
        ahead.sort_by_key(|(second, ..)| *second);
        let mut ahead = ahead.into_iter().peekable();
        let mut second = 0;
        while second <= until {
            let mut new = Vec::new();
            while let Some((when, what, n)) = ahead.next_if(|(when, ..)| *when <= second) {
                new.push(occurrence(when, what, n));
            }
            let now = at(second);
            let went = house.history(now);
            take_in(&house.channels, &users(), &mut house.drafts, &new, &went, &berlin(), now);
            house.send(now);
            // Nothing to do until something happens or goes.
            let due = house.drafts.iter().filter_map(|draft| draft.due_at).min();
            let next = due.map(|due| due.duration_since(at(0)).as_secs()).into_iter();
            let next = next.chain(ahead.peek().map(|(when, ..)| *when)).min();
            second = next.map_or(until + 1, |next| next.max(second + 2));
        }
        house
    }

    fn history(&self, now: Timestamp) -> BTreeMap<Recipient, Vec<Timestamp>> {
        let mut history: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for went in self.went.iter().filter(|went| now.duration_since(went.at).as_secs() <= HOUR) {
            history.entry(went.to).or_default().push(went.at);
        }
        history
    }

    fn send(&mut self, now: Timestamp) {
        let history = self.history(now);
        for draft in std::mem::take(&mut self.drafts) {
            let channel = self.channels.iter().find(|channel| channel.id == draft.to.channel).unwrap();
            let went = history.get(&draft.to).map_or(&[][..], Vec::as_slice);
            let goes = draft.due_at.is_some_and(|due| due <= now)
                && goes_at(channel, &draft.lines, draft.begun_at, went, &berlin(), now) <= now;
            if goes {
                self.went.push(Went { to: draft.to, lines: draft.lines, at: now });
            } else {
                self.drafts.push(draft);
            }
        }
    }

    /// What was or will be said to a recipient, each thing once for each time that it was said.
    fn said(&self, to: Recipient) -> Vec<(&Line, Option<Timestamp>)> {
        let went = self.went.iter().filter(|went| went.to == to);
        let went = went.flat_map(|went| went.lines.iter().map(|line| (line, Some(went.at))));
        let waits = self.drafts.iter().filter(|draft| draft.to == to);
        went.chain(waits.flat_map(|draft| draft.lines.iter().map(|line| (line, None)))).collect()
    }
}

fn night() -> Quiet {
    Quiet { from: time(20, 0, 0, 0), to: time(2, 30, 0, 0) }
}

fn quiet() -> impl Strategy<Value = Option<Quiet>> {
    let clock = || (0..24_i8, 0..60_i8).prop_map(|(hour, minute)| time(hour, minute, 0, 0));
    prop::option::of((clock(), clock()).prop_map(|(from, to)| Quiet { from, to }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn everybody_hears_of_everything_that_concerns_them_and_nothing_else(
        happenings in happenings(6 * HOUR), quiet in quiet(), gather in 0..=Channel::LONGEST_GATHERING,
    ) {
        let house = House::live(channels(quiet, gather), &happenings, 60 * HOUR);
        let told_users = users().into_iter().map(Some).chain([None]);
        for (channel, user) in house.channels.iter().flat_map(|c| told_users.clone().map(move |u| (c, u))) {
            if channel.kind.is_personal() != user.is_some() {
                continue;
            }
            let to = Recipient { channel: channel.id, user: user.as_ref().map(|user| user.id) };
            let said = house.said(to);
            let role = user.map(|user| user.role);
            for what in What::all() {
                let heard: BTreeSet<_> =
                    said.iter().filter(|(line, _)| line.what == what).flat_map(|(line, _)| &line.subjects).collect();
                let meant = channel.tells(what.event(), role);
                let happened: BTreeSet<_> = happenings.iter().filter(|(_, it, _)| *it == what)
                    .map(|(second, what, n)| occurrence(*second, *what, *n).subject).collect();
                let happened: BTreeSet<_> = happened.iter().filter(|_| meant).collect();
                if matches!(what, What::Unreachable | What::Reachable) {
                    // A pause may be over before it is told.
                    prop_assert!(heard.is_subset(&happened), "{what:?}");
                } else {
                    prop_assert_eq!(heard, happened, "{:?} by {:?}", what, channel.kind);
                }
            }
            // Nothing twice: each saying stands for at least one happening of its own.
            let happened: BTreeSet<_> = happenings.iter().map(|(_, what, n)| (what.as_str(), *n)).collect();
            for (name, n) in happened {
                let what = What::from_name(name).unwrap();
                let subject = occurrence(0, what, n).subject;
                let times = happenings.iter()
                    .filter(|(_, it, m)| *it == what && occurrence(0, *it, *m).subject == subject).count();
                let sayings =
                    said.iter().filter(|(line, _)| line.what == what && line.subjects.contains(&subject)).count();
                prop_assert!(sayings <= times, "{what:?} {subject} was told {sayings} times, was {times}");
            }
        }
        // Two days later everything has gone.
        prop_assert!(house.drafts.iter().all(|draft| draft.due_at.is_none()));
    }

    #[test]
    fn nobody_is_woken_for_what_can_wait_and_a_storm_is_a_few_messages(
        happenings in happenings(2 * HOUR), quiet in quiet(), gather in 0..=Channel::LONGEST_GATHERING,
    ) {
        let channels = channels(quiet, gather);
        let house = House::live(channels, &happenings, 60 * HOUR);
        for went in &house.went {
            let urgent = went.lines.iter().any(|line| line.what.event().is_urgent());
            let quiet = quiet.is_some_and(|quiet| quiet.covers(went.at, &berlin()));
            prop_assert!(urgent || !quiet, "{went:?}");
            let same_hour = house.went.iter()
                .filter(|it| it.to == went.to && (0..HOUR).contains(&went.at.duration_since(it.at).as_secs()));
            // Four, and then one every four and a half minutes.
            prop_assert!(same_hour.count() <= 4 + 14);
        }
        // Nothing waits longer than five minutes, whatever went before; at night what can wait does.
        let in_time = |what: &What| quiet.is_none() || what.event().is_urgent();
        for (second, what, _) in happenings.iter().filter(|(_, what, _)| in_time(what)) {
            for channel in house.channels.iter().filter(|channel| channel.kind != ChannelKind::App) {
                let to = |user: Option<&User>| Recipient { channel: channel.id, user: user.map(|user| user.id) };
                let all = users();
                let people: Vec<_> = if channel.kind.is_personal() { all.iter().map(Some).collect() } else { vec![None] };
                for user in people.into_iter().filter(|user| channel.tells(what.event(), user.map(|user| user.role))) {
                    let told = house.went.iter().any(|went| {
                        went.to == to(user)
                            && (*second..=second + 300).contains(&went.at.duration_since(at(0)).as_secs())
                            && went.lines.iter().any(|line| line.what == *what)
                    });
                    let over = matches!(what, What::Unreachable | What::Reachable);
                    prop_assert!(told || over, "{what:?} at {second} was not told to {:?} in time", to(user));
                }
            }
        }
        // Behind the bell there is one entry for each kind of thing.
        let app = ChannelId(Uuid::from_u128(1));
        for user in users() {
            let to = Recipient { channel: app, user: Some(user.id) };
            let mut topics: Vec<_> =
                house.drafts.iter().filter(|draft| draft.to == to).map(|draft| draft.topic.unwrap().as_str()).collect();
            let all = topics.len();
            topics.sort_unstable();
            topics.dedup();
            prop_assert_eq!(topics.len(), all);
        }
    }

    #[test]
    fn what_happens_now_and_then_is_told_within_five_minutes(what in what(), n in 0..30_u128, gather in 0..=4_u8) {
        let house = House::live(channels(None, gather), &[(7, what, n)], HOUR);
        for went in &house.went {
            prop_assert!(went.at <= at(7 + 300), "{went:?}");
        }
        prop_assert!(what == What::Undelivered || house.went.len() >= 2);
    }

    #[test]
    fn quiet_hours_end(quiet in quiet(), second in 0..4 * 24 * HOUR) {
        if let Some(quiet) = quiet.filter(|quiet| quiet.covers(at(second), &berlin())) {
            let end = quiet.end(at(second), &berlin());
            prop_assert!(end > at(second) && end <= at(second + 26 * HOUR));
            prop_assert!(!quiet.covers(end, &berlin()));
        }
    }
}

#[test]
fn an_outage_is_one_message_and_four_hundred_questions_are_a_line() {
    let mut happenings: Vec<_> = (0..400)
        .map(|n| (n % 100, What::Question(ReviewCode::RetriesUsedUp), u128::try_from(n).unwrap()))
        .collect();
    happenings.push((0, What::Unreachable, 0));
    let house = House::live(channels(None, 2), &happenings, HOUR);
    let admin = Recipient { channel: ChannelId(Uuid::from_u128(2)), user: Some(users()[2].id) };
    let [went] = house.went.iter().filter(|went| went.to == admin).collect::<Vec<_>>()[..] else { panic!() };
    let short: Vec<_> =
        went.lines.iter().map(|line| (line.what.as_str(), line.count, line.subjects.len())).collect();
    assert_eq!(short, [("retries_used_up", 400, 20), ("unreachable", 1, 1)]);
}

#[test]
fn a_pause_that_is_over_before_it_was_told_is_told_to_nobody_but_behind_the_bell() {
    let happenings = [(0, What::Unreachable, 0), (40, What::Reachable, 0)];
    let house = House::live(channels(None, 2), &happenings, HOUR);
    assert!(house.went.is_empty(), "{:?}", house.went);
    let longer = [(0, What::Unreachable, 0), (200, What::Reachable, 0)];
    assert_eq!(House::live(channels(None, 2), &longer, HOUR).went.len(), 4, "two admins, twice");
}

#[test]
fn what_is_urgent_goes_at_night_and_takes_along_what_waits() {
    // It is 18 o'clock; at 20 o'clock the night begins.
    let evening = 2 * HOUR + 60;
    let waits = What::Question(ReviewCode::Refused);
    let urgent = What::Question(ReviewCode::SlotTaken);
    let room = ChannelId(Uuid::from_u128(3));
    let of_room = |house: &House| -> Vec<(Timestamp, usize)> {
        let went = house.went.iter().filter(|went| went.to.channel == room);
        went.map(|went| (went.at, went.lines.len())).collect()
    };
    let house = House::live(channels(Some(night()), 2), &[(evening, waits, 1)], 24 * HOUR);
    // The first half past two of the night in which there are two.
    assert_eq!(of_room(&house), [("2026-10-25T00:30:00Z".parse().unwrap(), 1)]);
    let both = [(evening, waits, 1), (evening + HOUR, urgent, 2)];
    let house = House::live(channels(Some(night()), 2), &both, 24 * HOUR);
    assert_eq!(of_room(&house), [(at(evening + HOUR + 15), 2)]);
}

#[test]
fn names_are_read_back() {
    for what in What::all() {
        assert_eq!(What::from_name(what.as_str()), Some(what));
        assert!(Event::ALL.contains(&what.event()) || what == What::Test);
    }
    for kind in ChannelKind::ALL {
        assert_eq!(ChannelKind::from_name(kind.as_str()), Some(kind));
    }
    for second in 0..5 {
        let subject = occurrence(0, What::all().nth(second * 3).unwrap(), 5).subject;
        assert_eq!(subject.to_string().parse(), Ok(subject));
    }
    assert!("cus_00000000000000000000000000000007".parse::<Subject>().is_err());
}

#[test]
fn problems_are_read_back() {
    for problem in
        [Problem::NoMail, Problem::Unreachable, Problem::Refused(550), Problem::Address, Problem::Gone]
    {
        assert_eq!(Problem::from_name(&problem.to_string()), Some(problem));
    }
    assert_eq!(Problem::from_name("refused"), None);
}
