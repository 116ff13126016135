//! `POST /api/v1/notification-channels`, and what can be done about one of them: `PATCH`, `DELETE`, `POST …/test`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::UserId;
use domain::notify::{Channel, ChannelKind, Event, Quiet};
use domain::people::Role;
use engine::notifications::channels::{LONGEST_NAME, MOST_ROOMS};
use engine::notifications::room::{self, InvalidRoom};
use jiff::civil::Time;
use store::NotificationChannel;
use url::Url;
use utoipa::ToSchema;

use super::channels::{QuietHours, Resource};
use super::{find, told};
use crate::api::caller::{ApiCaller, NotificationsWrite};
use crate::api::input::{Fields, JsonObject, OptionalObject, id_expected, one_of};
use crate::problem::{Code, Place, Problem, Text};
use crate::state::AppState;

/// A room that is to be added.
#[derive(Debug, ToSchema)]
#[schema(as = NewNotificationRoom)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Room {
    /// `slack` (also Mattermost and Rocket.Chat) or `discord`.
    kind: String,
    #[schema(max_length = 60)]
    name: String,
    /// The address that takes messages, as Slack, Mattermost or Discord gives it out. A secret: it is never told again.
    target: String,
}

/// Add a room
///
/// It is told what admins are told by e-mail, until its rules are changed.
#[utoipa::path(
    post,
    path = "/api/v1/notification-channels",
    operation_id = "add_notification_room",
    tag = "notifications",
    security(("api_key" = ["notifications:write"])),
    request_body = Room,
    responses((
        status = 201, body = Resource, description = "It is there.",
        headers(("Location" = String, description = "Its address.")),
    )),
)]
pub async fn add(
    caller: ApiCaller<NotificationsWrite>,
    State(state): State<AppState>,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(object);
    let f = &mut fields;
    let kinds = [ChannelKind::Slack, ChannelKind::Discord];
    let kind = f.required("kind", |f| {
        let named = |text: &str| kinds.into_iter().find(|kind| kind.as_str() == text);
        f.parsed("kind", one_of(kinds.into_iter().map(ChannelKind::as_str)), named)
    });
    let name = f.required("name", name);
    let target = f.required("target", |f| target(f, state.engine.settings.rooms_anywhere));
    let room = kind.zip(name).zip(target);
    let ((kind, name), target) = fields.finish(room)?;
    let added = state.engine.add_room(caller.company(), kind, name, &target, caller.actor()).await;
    let room = added.map_err(|error| Problem::internal(&error))?.ok_or_else(|| {
        Problem::invalid(Vec::new()).at(
            Place::Body("/kind".to_owned()),
            Text::new(format!("höchstens {MOST_ROOMS} Räume"), format!("at most {MOST_ROOMS} rooms")),
        )
    })?;
    told(&caller, room.channel.id, "added");
    let address = format!("/api/v1/notification-channels/{}", room.channel.id);
    let mut response = (StatusCode::CREATED, Json(Resource::from(room))).into_response();
    if let Ok(address) = HeaderValue::from_str(&address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}

/// What is to be changed; what is left out stays.
#[derive(Debug, ToSchema)]
#[schema(as = NotificationChannelPatch)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Patch {
    active: Option<bool>,
    /// Of a room.
    #[schema(max_length = 60)]
    name: Option<String>,
    /// Of a room.
    target: Option<String>,
    /// All of them: what is not named is not told.
    #[schema(value_type = Option<BTreeMap<String, String>>, example = json!({ "urgent_question": "staff" }))]
    rules: Option<BTreeMap<String, String>>,
    /// `null`: no hour is quiet.
    quiet: Option<QuietHours>,
    #[schema(minimum = 0, maximum = 4)]
    gather_minutes: Option<u8>,
}

/// Change a way by which people are told
#[utoipa::path(
    patch,
    path = "/api/v1/notification-channels/{id}",
    operation_id = "change_notification_channel",
    tag = "notifications",
    security(("api_key" = ["notifications:write"])),
    params(("id" = String, Path, description = "`chn_…`")),
    request_body = Patch,
    responses((status = 200, body = Resource, description = "As it is now.")),
)]
pub async fn change(
    caller: ApiCaller<NotificationsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    JsonObject(object): JsonObject,
) -> Result<Json<Resource>, Problem> {
    let company = caller.company();
    let NotificationChannel { mut channel, target: mut sealed } = find(&state, company, &id).await?;
    let mut fields = Fields::of(object);
    let f = &mut fields;
    channel.active = f.must_stay("active", |f| f.flag("active")).unwrap_or(channel.active);
    if !channel.kind.is_personal() {
        channel.name = f.must_stay("name", name).unwrap_or(channel.name);
        let anywhere = state.engine.settings.rooms_anywhere;
        let given = f.must_stay("target", |f| target(f, anywhere));
        sealed = given.map(|target| state.engine.seal_target(company, &target)).or(sealed);
    }
    channel.rules = f.must_stay("rules", rules).unwrap_or(channel.rules);
    if f.has("quiet") {
        channel.quiet = quiet(f);
    }
    let longest = Channel::LONGEST_GATHERING;
    let minutes = Text::new(
        format!("erwartet wird eine Zahl von 0 bis {longest}"),
        format!("a number from 0 to {longest} is expected"),
    );
    let gather = f.must_stay("gather_minutes", |f| {
        f.number("gather_minutes", minutes, |number| (0..=i64::from(longest)).contains(&number))
    });
    channel.gather_minutes = gather.and_then(|it| u8::try_from(it).ok()).unwrap_or(channel.gather_minutes);
    let changed = fields.finish(Some(NotificationChannel { channel, target: sealed }))?;
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    let saved = store.save_notification_channel(company, changed.clone(), caller.actor(), now).await;
    saved.map_err(|error| Problem::internal(&error))?;
    told(&caller, changed.channel.id, "changed");
    Ok(Json(changed.into()))
}

/// Take a room away
///
/// What still waits to go there is given up. The bell and e-mail stay; they can be switched off.
#[utoipa::path(
    delete,
    path = "/api/v1/notification-channels/{id}",
    operation_id = "remove_notification_room",
    tag = "notifications",
    security(("api_key" = ["notifications:write"])),
    params(("id" = String, Path, description = "`chn_…`")),
    responses((status = 204, description = "It is gone.")),
)]
pub async fn remove(
    caller: ApiCaller<NotificationsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let channel = find(&state, caller.company(), &id).await?.channel;
    if channel.kind.is_personal() {
        return Err(Problem::new(Code::MethodNotAllowed));
    }
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    match store.remove_notification_channel(caller.company(), channel.id, caller.actor(), now).await {
        // Somebody else was faster.
        Ok(()) | Err(store::Error::NotFound) => {}
        Err(error) => return Err(Problem::internal(&error)),
    }
    told(&caller, channel.id, "removed");
    Ok(StatusCode::NO_CONTENT)
}

/// Who gets the test.
#[derive(Debug, ToSchema)]
#[schema(as = NotificationTest)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Test {
    /// Of e-mail: to whom; left out: the first admin.
    user_id: Option<String>,
}

/// Send a test
///
/// What became of it stands in the list of notifications.
#[utoipa::path(
    post,
    path = "/api/v1/notification-channels/{id}/test",
    operation_id = "test_notification_channel",
    tag = "notifications",
    security(("api_key" = ["notifications:write"])),
    params(("id" = String, Path, description = "`chn_…`")),
    request_body = Option<Test>,
    responses((status = 202, description = "It goes.")),
)]
pub async fn test(
    caller: ApiCaller<NotificationsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    OptionalObject(object): OptionalObject,
) -> Result<StatusCode, Problem> {
    let company = caller.company();
    let channel = find(&state, company, &id).await?.channel;
    if channel.kind == ChannelKind::App {
        return Err(Problem::new(Code::MethodNotAllowed));
    }
    let mut fields = Fields::of(object);
    let user = fields.parsed("user_id", id_expected(UserId::PREFIX), |text| text.parse::<UserId>().ok());
    let user = fields.finish(Some(user))?;
    let users = state.engine.store.users(company).await.map_err(|error| Problem::internal(&error))?;
    let meant = |known: &&domain::people::User| match user {
        Some(user) => known.id == user,
        None => known.role == Role::Admin,
    };
    let to = users.iter().find(meant).map(|user| user.id);
    if to.is_none() && channel.kind.is_personal() {
        return Err(Problem::invalid(Vec::new()).at(
            Place::Body("/user_id".to_owned()),
            Text::new("niemand mit dieser Kennung meldet sich hier an", "nobody with this id signs in here"),
        ));
    }
    let tried = state.engine.store.try_channel(company, &channel, to, state.engine.ambient.now()).await;
    tried.map_err(|error| Problem::internal(&error))?;
    Ok(StatusCode::ACCEPTED)
}

fn name(f: &mut Fields) -> Option<String> {
    f.text("name", LONGEST_NAME as usize)
}

fn target(f: &mut Fields, anywhere: bool) -> Option<Url> {
    let text = f.text("target", 1_000)?;
    match room::address(&text, anywhere) {
        Ok(url) => return Some(url),
        Err(InvalidRoom::Url) => {
            f.fault("target", Text::new("erwartet wird eine https-Adresse", "an https address is expected"));
        }
        Err(InvalidRoom::Inside) => {
            f.fault("target", Text::new("führt in das eigene Netz", "leads into the house's own network"));
        }
    }
    None
}

fn rules(f: &mut Fields) -> Option<BTreeMap<Event, Role>> {
    f.object("rules", |f| {
        let roles = || one_of(Role::ALL.into_iter().map(Role::as_str));
        let rule = |event: Event| Some((event, f.parsed(event.as_str(), roles(), Role::from_name)?));
        Some(Event::ALL.into_iter().filter_map(rule).collect())
    })
}

fn quiet(f: &mut Fields) -> Option<Quiet> {
    f.object("quiet", |f| {
        let mut clock = |name| {
            let expected =
                Text::new("erwartet wird eine Uhrzeit wie 20:00", "a time such as 20:00 is expected");
            f.required(name, |f| f.parsed(name, expected, |text| text.parse::<Time>().ok()))
        };
        let (from, to) = (clock("from"), clock("to"));
        from.zip(to).map(|(from, to)| Quiet { from, to })
    })
}
