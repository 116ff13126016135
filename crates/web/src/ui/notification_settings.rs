//! `GET /notifications/settings` and `…/log`, for admins. `POST /notifications/channels` adds a room; `POST
//! /notifications/channels/{id}` changes a channel, tries it, or takes a room away.

use std::collections::{BTreeMap, HashMap};

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    ChannelId,
    notify::{Channel, ChannelKind, Event, Quiet},
    people::Role,
};
use engine::notifications::channels::LONGEST_NAME;
use engine::notifications::room::{self, InvalidRoom};
use jiff::civil::Time;
use store::{Message, NotificationChannel};
use url::Url;

use super::{
    failure::Failure,
    flash::Flash,
    visit::{Admin, Posted, Visit, done, page, refused},
};
use crate::{
    components::{Field, FieldError},
    i18n::{LANGUAGES, Translator},
    letters::Letters,
    pages::{ChannelForm, NewRoom, NotificationLog, NotificationSettings, Preview, SentRow, SentState},
    state::AppState,
};

const SETTINGS: &str = "/notifications/settings";
const LOG: &str = "/notifications/log";
/// Messages on the page of those that were sent.
const SHOWN: u64 = 100;

/// A form by the names of its fields.
type Fields = HashMap<String, String>;

pub async fn show(State(state): State<AppState>, visit: Visit<Admin>) -> Result<Response, Failure> {
    page(&fill(&state, visit, None, NewRoom::default()).await?)
}

/// `wrong`: the form of a channel as it was sent.
async fn fill(
    state: &AppState,
    visit: Visit<Admin>,
    wrong: Option<ChannelForm>,
    new: NewRoom,
) -> Result<NotificationSettings, Failure> {
    let company = visit.company();
    let channels = state.engine.store.notification_channels(company).await?;
    let form = |it: &NotificationChannel| match &wrong {
        Some(wrong) if wrong.id == it.channel.id => wrong.clone(),
        _ => ChannelForm::of(&it.channel),
    };
    let Visit { t, mut frame, .. } = visit;
    frame.path = SETTINGS.into();
    let mail_from = state.engine.settings.mail_from.clone();
    let company = &state.engine.store.company(company).await?.name;
    let letters = Letters { public_url: state.settings.public_url.clone() };
    let previews = LANGUAGES.map(|language| {
        Preview::of(language, letters.preview(company, &Translator::new(language, t.zone.clone(), t.now)))
    });
    Ok(NotificationSettings {
        channels: channels.iter().map(form).collect(),
        new,
        mail_from,
        previews: previews.into(),
        t,
        frame,
    })
}

pub async fn add(
    State(state): State<AppState>,
    Posted { visit, form }: Posted<Fields, Admin>,
) -> Result<Response, Failure> {
    let (engine, company) = (&state.engine, visit.company());
    let kind = ChannelKind::from_name(text(&form, "kind")).filter(|kind| !kind.is_personal());
    let kind = kind.ok_or(Failure::Unreadable)?;
    let target = target(&state, &form).and_then(|target| target.ok_or(FieldError::Required));
    let (name, target) = match (name(&form), target) {
        (Ok(name), Ok(target)) => (name, target),
        (name, target) => {
            let new = NewRoom {
                chosen: Field::of(kind.as_str()),
                name: Field { value: text(&form, "name").into(), error: name.err() },
                // It is a secret: it is not sent back.
                target: Field { value: String::new(), error: target.err() },
            };
            return refused(&fill(&state, visit, None, new).await?);
        }
    };
    let Some(room) = engine.add_room(company, kind, name, &target, visit.actor()).await? else {
        return Ok(done(&state, SETTINGS, Flash::NotNow));
    };
    let id = room.channel.id;
    told(&visit, id, "added");
    Ok(done(&state, &format!("{SETTINGS}#{id}"), Flash::ChannelSaved))
}

pub async fn change(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Fields, Admin>,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let id: ChannelId = id.parse().map_err(|_| Failure::NotFound)?;
    let found = store.notification_channels(company).await?.into_iter().find(|it| it.channel.id == id);
    let NotificationChannel { channel, target: before } = found.ok_or(Failure::NotFound)?;
    match text(&form, "intent") {
        "test" if channel.kind != ChannelKind::App => {
            let user = visit.session.user.id;
            store.try_channel(company, &channel, Some(user), state.engine.ambient.now()).await?;
            return Ok(done(&state, LOG, Flash::ChannelTried));
        }
        "remove" if !channel.kind.is_personal() => {
            store.remove_notification_channel(company, id, visit.actor(), state.engine.ambient.now()).await?;
            told(&visit, id, "removed");
            return Ok(done(&state, SETTINGS, Flash::ChannelRemoved));
        }
        _ => {}
    }
    let mut shown = ChannelForm { active: !text(&form, "active").is_empty(), ..ChannelForm::of(&channel) };
    shown.rules = rules(&form);
    for (field, name) in [
        (&mut shown.quiet_from, "quiet_from"),
        (&mut shown.quiet_to, "quiet_to"),
        (&mut shown.gather, "gather"),
    ] {
        if let Some(value) = form.get(name) {
            field.value.clone_from(value);
        }
    }
    let (mut name, mut target) = (channel.name.clone(), before);
    if shown.is_room() {
        shown.name.value = text(&form, "name").into();
        match self::name(&form) {
            Ok(given) => name = given,
            Err(error) => shown.name.error = Some(error),
        }
        match self::target(&state, &form) {
            Ok(Some(given)) => target = Some(state.engine.seal_target(company, &given)),
            Ok(None) => {}
            Err(error) => shown.target.error = Some(error),
        }
    }
    let quiet = quiet(&mut shown);
    let gather = shown.gather.value.parse().ok().filter(|minutes| *minutes <= Channel::LONGEST_GATHERING);
    if gather.is_none() {
        let max = Channel::LONGEST_GATHERING.into();
        shown.gather.error = Some(FieldError::Number { min: 0, max });
    }
    let (Some(gather_minutes), false) = (gather, shown.is_wrong()) else {
        return refused(&fill(&state, visit, Some(shown), NewRoom::default()).await?);
    };
    let channel =
        Channel { name, active: shown.active, rules: shown.rules, quiet, gather_minutes, ..channel };
    let new = NotificationChannel { channel, target };
    store.save_notification_channel(company, new, visit.actor(), state.engine.ambient.now()).await?;
    told(&visit, id, "changed");
    Ok(done(&state, &format!("{SETTINGS}#{id}"), Flash::ChannelSaved))
}

pub async fn log(State(state): State<AppState>, visit: Visit<Admin>) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let users: HashMap<_, _> = store.users(company).await?.into_iter().map(|it| (it.id, it.name)).collect();
    let rooms = store.notification_channels(company).await?.into_iter();
    let rooms: HashMap<_, _> = rooms.map(|it| (it.channel.id, it.channel.name)).collect();
    let row = |message: Message| {
        let to = match message.user {
            Some(user) => users.get(&user),
            None => rooms.get(&message.channel),
        };
        let state = match (message.sent_at, message.failed_at) {
            (Some(at), _) => SentState::Sent(at),
            (None, Some(at)) => SentState::GivenUp(at),
            (None, None) if message.tries == 0 => {
                SentState::Gathering(message.due_at.unwrap_or(message.begun_at))
            }
            (None, None) => SentState::Trying(message.due_at.unwrap_or(message.begun_at)),
        };
        SentRow {
            kind: message.kind,
            to: to.cloned().unwrap_or_default(),
            lines: message.lines,
            state,
            tries: message.tries,
            problem: message.problem,
        }
    };
    let rows = store.messages_sent(company, None, SHOWN).await?.into_iter().map(row).collect();
    page(&NotificationLog { rows, t: visit.t, frame: visit.frame })
}

fn text<'f>(form: &'f Fields, name: &str) -> &'f str {
    form.get(name).map_or("", |value| value.trim())
}

fn name(form: &Fields) -> Result<String, FieldError> {
    match text(form, "name") {
        "" => Err(FieldError::Required),
        name if name.chars().count() > LONGEST_NAME as usize => {
            Err(FieldError::TooLong { max: LONGEST_NAME })
        }
        name => Ok(name.to_owned()),
    }
}

/// The address of a room; none, where the one that is stored is to be kept.
fn target(state: &AppState, form: &Fields) -> Result<Option<Url>, FieldError> {
    match text(form, "target") {
        "" => Ok(None),
        given => match room::address(given, state.engine.settings.rooms_anywhere) {
            Ok(url) => Ok(Some(url)),
            Err(InvalidRoom::Url) => Err(FieldError::RoomUrl),
            Err(InvalidRoom::Inside) => Err(FieldError::RoomInside),
        },
    }
}

fn rules(form: &Fields) -> BTreeMap<Event, Role> {
    let rule =
        |event: Event| Some((event, Role::from_name(text(form, &format!("rule_{}", event.as_str())))?));
    Event::ALL.into_iter().filter_map(rule).collect()
}

/// Quiet hours that have a beginning and an end, or none; what is wrong is noted beside them.
fn quiet(form: &mut ChannelForm) -> Option<Quiet> {
    let mut read = [&mut form.quiet_from, &mut form.quiet_to].map(|field| {
        let time = field.value.trim().parse::<Time>().ok();
        if time.is_none() && !field.value.trim().is_empty() {
            field.error = Some(FieldError::Clock);
        }
        (time, field)
    });
    match &mut read {
        [(Some(from), _), (Some(to), _)] => {
            Some(Quiet { from: *from, to: *to }).filter(|quiet| quiet.from != quiet.to)
        }
        [(Some(_), _), (None, other)] | [(None, other), (Some(_), _)] => {
            other.error.get_or_insert(FieldError::Required);
            None
        }
        [(None, _), (None, _)] => None,
    }
}

fn told(visit: &Visit<Admin>, channel: ChannelId, what: &str) {
    let (company, user) = (visit.company(), visit.session.user.id);
    tracing::info!(target: "einklang::audit", %company, %user, %channel, what, "notification channel");
}
