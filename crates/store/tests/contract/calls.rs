//! Calls: what is reported of them in any order, and the pages of their list.

use domain::*;
use serde_json::json;
use store::*;

use crate::world::*;

async fn agent(store: &Store, salon: &Salon) -> AgentId {
    let agent =
        Agent { id: AgentId(id()), token: "t".into(), signing_key: Sealed(vec![9]), name: "Mia".into() };
    store.add_agent(salon.id(), agent.clone()).await.unwrap();
    agent.id
}

fn call(agent: AgentId, call_id: &str, minute: i64) -> Call {
    Call {
        call_id: call_id.into(),
        agent_id: agent,
        branch_id: None,
        from_masked: Some("•••678".into()),
        to_number: "+4930111111".into(),
        started_at: later(minute),
        updated_at: later(minute),
    }
}

fn report(event: &str) -> CallEvent {
    CallEvent {
        key: event.into(),
        event: event.into(),
        received_at: later(9),
        repeats: 0,
        body: json!({ "a": "b" }),
    }
}

pub async fn what_is_reported_comes_in_any_order_and_counts_once(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let agent = agent(&store, &salon).await;
    let analyzed = CallNews {
        summary: Some("Möchte\0 kommen".into()),
        sentiment: Some("Positive".into()),
        successful: Some(true),
        transcript: Some("User: Guten Tag, ich möchte".into()),
        ..CallNews::default()
    };
    let ended = CallNews {
        ended_at: Some(later(3)),
        ended_because: Some("user_hangup".into()),
        transcript: Some("User: Guten".into()),
        ..CallNews::default()
    };
    let record = async |event: &str, news: &CallNews| {
        store.record_call_event(salon.id(), call(agent, "c", 0), report(event), news.clone()).await.unwrap()
    };
    assert!(record("call_analyzed", &analyzed).await);
    assert!(record("call_ended", &ended).await);
    assert!(!record("call_ended", &CallNews { ended_because: Some("other".into()), ..ended.clone() }).await);
    assert!(record("call_started", &CallNews::default()).await);
    // The branch is known from a function; what was reported stays.
    let with_branch = Call { branch_id: Some(salon.branch), ..call(agent, "c", 0) };
    store.record_call(salon.id(), with_branch, None).await.unwrap();
    assert!(!record("call_started", &CallNews::default()).await);

    let view = store.call(salon.id(), "c").await.unwrap();
    assert_eq!(view.call.branch_id, Some(salon.branch));
    let news = CallNews { summary: Some("Möchte\u{fffd} kommen".into()), ..analyzed };
    let news = CallNews { ended_at: ended.ended_at, ended_because: ended.ended_because, ..news };
    assert_eq!(view.news, news);
    let events = store.call_events(salon.id(), "c").await.unwrap();
    let told: Vec<_> = events.iter().map(|event| (event.event.as_str(), event.repeats)).collect();
    assert_eq!(told, [("call_analyzed", 0), ("call_ended", 1), ("call_started", 1)]);

    let other = Salon::open(&store, "b").await;
    assert!(matches!(store.call(other.id(), "c").await, Err(Error::NotFound)));
    assert!(store.call_events(other.id(), "c").await.unwrap().is_empty());

    // What was said goes before the call does, word by word and in short.
    let in_short = CallNews { summary: Some("Möchte kommen".into()), ..CallNews::default() };
    store
        .record_call_event(salon.id(), call(agent, "d", 0), report("call_analyzed"), in_short)
        .await
        .unwrap();
    let cuts = Cuts { transcripts: Some(later(1)), ..Cuts::default() };
    assert_eq!(store.trim(salon.id(), &cuts, 9).await.unwrap(), [("transcripts", 2)]);
    assert_eq!(store.trim(salon.id(), &cuts, 9).await.unwrap(), []);
    let news = CallNews { transcript: None, summary: None, ..news };
    assert_eq!(store.call(salon.id(), "c").await.unwrap().news, news);
    assert_eq!(store.call(salon.id(), "d").await.unwrap().news, CallNews::default());
    let cuts = Cuts { calls: Some(later(60)), ..Cuts::default() };
    assert_eq!(store.trim(salon.id(), &cuts, 9).await.unwrap(), [("calls", 4)], "with their four reports");
    assert!(store.call_events(salon.id(), "c").await.unwrap().is_empty());
}

pub async fn the_list_is_read_page_by_page(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let agent = agent(&store, &salon).await;
    // Two began in the same moment.
    for (call_id, minute) in [("a", 0), ("b", 5), ("c", 5), ("d", 9)] {
        store.record_call(salon.id(), call(agent, call_id, minute), None).await.unwrap();
    }
    let booked = salon.booked(slot(0, 30)).await;
    for appointment_id in [None, Some(booked), Some(booked)] {
        let function = CallFunction {
            call_id: "b".into(),
            name: "book_appointment".into(),
            arguments: json!({}),
            answer: json!({}),
            at: later(6),
            appointment_id,
            request: None,
        };
        store.record_call(salon.id(), call(agent, "b", 5), Some(function)).await.unwrap();
    }
    let page = async |filter: &CallFilter, cursor: Option<&str>| {
        let page = store.calls_page(salon.id(), filter, cursor, 2).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|view| view.call.call_id.clone()).collect();
        (ids.join(""), page.next, page.prev)
    };
    let all = CallFilter::default();
    let (first, next, none) = page(&all, None).await;
    assert_eq!((first.as_str(), none), ("dc", None));
    let (second, none, back) = page(&all, next.as_deref()).await;
    assert_eq!((second.as_str(), none), ("ba", None));
    assert_eq!(page(&all, back.as_deref()).await.0, "dc");
    let with = |with| CallFilter { with_appointment: Some(with), ..CallFilter::default() };
    assert_eq!(page(&with(true), None).await.0, "b");
    assert_eq!(page(&with(false), None).await.0, "dc");
    let between = CallFilter { from: Some(later(1)), until: Some(later(9)), ..CallFilter::default() };
    assert_eq!(page(&between, None).await.0, "cb");
    let other = CallFilter { agent: Some(AgentId(id())), ..CallFilter::default() };
    assert_eq!(page(&other, None).await.0, "");
    for wrong in ["", "x", "n", "nx.a", "n5"] {
        let found = store.calls_page(salon.id(), &all, Some(wrong), 2).await;
        assert!(matches!(found, Err(Error::InvalidCursor)), "{wrong}");
    }
    // Who tries an agent is no caller.
    let day = Slot { start: later(-60), end: later(60) };
    assert_eq!(store.count_calls(salon.id(), day).await.unwrap(), (4, 1));
    let tried = call(agent, &format!("{REHEARSAL}e"), 9);
    assert!(tried.is_rehearsal());
    store.record_call(salon.id(), tried, None).await.unwrap();
    assert_eq!(store.count_calls(salon.id(), day).await.unwrap(), (4, 1));
    // What it last did, and what was last reported of it.
    assert_eq!(store.last_of_agent(salon.id(), agent).await.unwrap(), (Some(later(5)), None));
    let reported = call(agent, "a", 0);
    store.record_call_event(salon.id(), reported, report("call_ended"), CallNews::default()).await.unwrap();
    assert_eq!(store.last_of_agent(salon.id(), agent).await.unwrap(), (Some(later(5)), Some(later(0))));
    assert_eq!(store.last_of_agent(salon.id(), AgentId(id())).await.unwrap(), (None, None));
    let view = store.call(salon.id(), "b").await.unwrap();
    assert_eq!((view.functions, view.appointments), (3, vec![booked]));
}

pub async fn somebody_answers_for_an_agent(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let other = Salon::open(&store, "b").await;
    let agent = agent(&store, &salon).await;
    let (user, item) = (UserId(id()), AgentItem::Notice);
    let check = |minute| AgentCheck { agent, item, at: later(minute), by: user };
    assert!(matches!(store.check_agent(other.id(), check(0)).await, Err(Error::NotFound)));
    assert!(matches!(store.uncheck_agent(other.id(), agent, item).await, Err(Error::NotFound)));
    for minute in [0, 1] {
        store.check_agent(salon.id(), check(minute)).await.unwrap();
        assert_eq!(store.agent_checks(salon.id()).await.unwrap(), [check(minute)]);
    }
    let sound = AgentCheck { item: AgentItem::Sound, ..check(2) };
    store.check_agent(salon.id(), sound.clone()).await.unwrap();
    store.uncheck_agent(salon.id(), agent, item).await.unwrap();
    assert_eq!(store.agent_checks(salon.id()).await.unwrap(), [sound]);
    assert_eq!(store.agent_checks(other.id()).await.unwrap(), []);
}

pub async fn what_many_calls_tell_at_once_is_all_written_down(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let agent = agent(&store, &salon).await;
    let function = |call_id: &str, name: &str, about| CallFunction {
        call_id: call_id.into(),
        name: name.into(),
        arguments: json!({}),
        answer: json!({}),
        at: later(1),
        appointment_id: about,
        request: None,
    };
    let record = |number: usize| {
        let call_id = format!("call {}", number % 5);
        // One of them is about an appointment that is not there.
        let about = (number == 7).then(|| AppointmentId(id()));
        let function = function(&call_id, &format!("f{}", number / 5), about);
        store.record_call(salon.id(), call(agent, &call_id, 0), Some(function))
    };
    let recorded = futures::future::join_all((0..20).map(record)).await;
    let refused: Vec<_> = recorded.iter().enumerate().filter(|(_, it)| it.is_err()).map(|it| it.0).collect();
    assert_eq!(refused, [7], "{recorded:?}");
    for call in 0..5 {
        let functions = store.call_functions(salon.id(), &format!("call {call}")).await.unwrap();
        let mut names: Vec<_> = functions.into_iter().map(|function| function.name).collect();
        names.sort();
        let all = ["f0", "f1", "f2", "f3"];
        let kept: Vec<_> = all.into_iter().filter(|name| (call, *name) != (2, "f1")).collect();
        assert_eq!(names, kept, "{call}");
    }
}
