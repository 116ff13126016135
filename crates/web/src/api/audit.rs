//! `GET /api/v1/audit`: what was done, by whom, newest first, as the page tells it.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{ChannelId, ConnectionId, Origin, ServiceId, UserId};
use serde::Serialize;
use store::{AuditFilter, AuditKind, Audited, ChannelPart, DeliveryDeed, SetupDeed, SetupEntry, Who};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::appointments::sync_status::Initiator;
use super::caller::{ApiCaller, AuditRead};
use super::input::{Parameters, id_expected, instant_expected, one_of, read_instant};
use super::paging::{self, Paging};
use super::reviews::resource::DeedResource;
use super::services::entry::{EntryResource, Names};
use super::time::Clock;
use super::words;
use crate::problem::{Problem, Text};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct Resource {
    #[schema(format = DateTime)]
    pub at: String,
    #[schema(schema_with = words::audit_kinds)]
    pub kind: &'static str,
    /// What it was done to, by its id; of a `review` the item.
    pub id: String,
    /// What an account or a room was called.
    pub name: Option<String>,
    /// In a word: of a service and of a review as in their histories; of a connection `connected`, `paused`, `resumed`,
    /// `key_replaced`, `webhook_checked`; of hours `hours_changed`, `absence_added`, `absence_removed`; of a channel `channel_added`, `channel_changed`, `channel_removed`; of a webhook
    /// `revealed` (its whole content was read), `replayed` (it was processed again).
    #[schema(example = "paused")]
    pub what: String,
    pub by: Initiator,
    /// Of a service.
    pub service: Option<EntryResource>,
    /// Of a review.
    pub review: Option<DeedResource>,
    /// Of a review: why it is there.
    pub code: Option<&'static str>,
    /// Of `webhook_checked`: it had to be put right.
    pub corrected: Option<bool>,
    /// Of `channel_changed`: what is another than before.
    pub parts: Vec<&'static str>,
    /// Of `replayed`: what the webhook had led to before.
    pub effect_before: Option<String>,
}

/// A page of what was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditPage)]
pub struct Answer {
    pub data: Vec<Resource>,
    /// Leads to what was done before, as `cursor`; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// Which of it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `list` reads")]
pub struct Query {
    /// About what: `service`, `review`, `connection`, `channel`, `hours` or `webhook`.
    kind: Option<String>,
    /// About this service, `svc_…`.
    service: Option<String>,
    /// By this user, `usr_…`, or by whatever came this way: `api`, `calcom`, `system`, …
    who: Option<String>,
    /// Then or later.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Before.
    #[param(format = DateTime)]
    to: Option<String>,
    /// `true`: the calls to Cal.com of services too.
    traffic: Option<bool>,
    /// A `next_cursor`.
    cursor: Option<String>,
    /// At most this many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
}

/// List what was done
///
/// About services, items of the queue, accounts, hours and absences, channels and webhooks; newest first. The pages stay where they are while more
/// is done. What was done about an item of a service stands under the service.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "list_audit",
    tag = "audit",
    security(("api_key" = ["audit:read"])),
    params(Query),
    responses((
        status = 200, body = Answer, description = "A page.",
        headers(("Link" = Option<String>, description = "`rel=\"next\"` leads to the next page.")),
    )),
)]
pub async fn list(
    caller: ApiCaller<AuditRead>,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (store, company) = (&state.engine.store, caller.company());
    let internal = |error: store::Error| Problem::internal(&error);
    let mut parameters = Parameters::of(query.as_deref())?;
    let paging = Paging::read(&mut parameters);
    let kinds = one_of(AuditKind::ALL.into_iter().map(AuditKind::as_str));
    let expected = Text::new(
        "erwartet wird eine Kennung usr_… oder ein Eingang",
        "an id usr_… or an entrance is expected",
    );
    let bool_expected = Text::new("erwartet wird true oder false", "true or false is expected");
    let who = |text: &str| {
        let user = text.parse::<UserId>().ok().map(Who::User);
        user.or_else(|| Origin::from_name(text).map(Who::Origin))
    };
    let filter = AuditFilter {
        kind: parameters.one("kind", &kinds, AuditKind::from_name),
        service: parameters.one("service", &id_expected(ServiceId::PREFIX), |text| text.parse().ok()),
        who: parameters.one("who", &expected, who),
        from: parameters.one("from", &instant_expected(), read_instant),
        until: parameters.one("to", &instant_expected(), read_instant),
        traffic: parameters.one("traffic", &bool_expected, |text| text.parse().ok()).unwrap_or(false),
    };
    let Paging { cursor, limit } = parameters.finish(paging)?;
    let page = store.audit_trail(company, &filter, cursor.as_deref(), limit).await;
    let page = page.map_err(|error| paging::failure(&error))?;
    let names = Names::of(&state, company).await?;
    let clock = Clock::of(&store.company(company).await.map_err(internal)?.time_zone);
    let data = page.items.into_iter().map(|audited| tell(audited, &names, &clock)).collect();
    let answer = Answer { data, next_cursor: page.next };
    let next = answer.next_cursor.clone();
    Ok(paging::answer(&state, ("/api/v1/audit", query.as_deref()), answer, next.as_deref()))
}

fn tell(audited: Audited, names: &Names, clock: &Clock) -> Resource {
    let (at, actor) = match &audited {
        Audited::Service(_, entry) => (entry.at, &entry.actor),
        Audited::Review(_, _, deed) => (deed.at, &deed.actor),
        Audited::Setup(entry) => (entry.at, &entry.actor),
        Audited::Webhook(_, entry) => (entry.at, &entry.actor),
    };
    let told = Resource {
        at: clock.write(at),
        kind: AuditKind::Service.as_str(),
        id: String::new(),
        name: None,
        what: String::new(),
        by: names.who(actor),
        service: None,
        review: None,
        code: None,
        corrected: None,
        parts: Vec::new(),
        effect_before: None,
    };
    match audited {
        Audited::Service(id, entry) => {
            let entry = names.entry(entry, clock);
            Resource { id: id.to_string(), what: entry.kind.to_owned(), service: Some(entry), ..told }
        }
        Audited::Review(id, code, deed) => {
            let deed = DeedResource::of(deed, clock);
            Resource {
                kind: AuditKind::Review.as_str(),
                id: id.to_string(),
                what: deed.what.to_owned(),
                review: Some(deed),
                code: Some(code.as_str()),
                ..told
            }
        }
        Audited::Setup(SetupEntry { subject, name, deed, .. }) => {
            let kind = deed.about();
            let id = match kind {
                AuditKind::Channel => ChannelId(subject).to_string(),
                AuditKind::Hours => names.whose(subject),
                _ => ConnectionId(subject).to_string(),
            };
            let (corrected, parts) = match &deed {
                SetupDeed::WebhookChecked { corrected } => (Some(*corrected), Vec::new()),
                SetupDeed::ChannelChanged { parts } => {
                    (None, parts.iter().copied().map(ChannelPart::as_str).collect())
                }
                _ => (None, Vec::new()),
            };
            Resource {
                kind: kind.as_str(),
                id,
                name: Some(name).filter(|name| !name.is_empty()),
                what: deed.as_str().to_owned(),
                corrected,
                parts,
                ..told
            }
        }
        Audited::Webhook(id, entry) => {
            let (what, effect_before) = match entry.deed {
                DeliveryDeed::Revealed => ("revealed", None),
                DeliveryDeed::Replayed { effect } => ("replayed", effect),
            };
            Resource {
                kind: AuditKind::Webhook.as_str(),
                id: id.to_string(),
                what: what.to_owned(),
                effect_before,
                ..told
            }
        }
    }
}
