//! Tying a company to a Cal.com account: who it is, what it can do, and a webhook so that it tells us.

use calcom::webhook::Trigger;
use calcom::{NewSubscription, Subscription, SubscriptionPatch};
use domain::appointment::Actor;
use domain::case::Priority;
use domain::service::Link;
use domain::{AppointmentStatus, CompanyId, ConnectionId, SyncStatus};
use secrecy::{ExposeSecret, SecretString};
use store::{Account, AppointmentFilter, Connection, NewConnection, Sealed};

use crate::Engine;

/// The vault's name of the API key.
pub(crate) const API_KEY: &str = "connection.api_key";
/// The vault's name of the webhook secret.
pub(crate) const WEBHOOK_SECRET: &str = "connection.webhook_secret";

/// What a webhook is asked to tell.
const TRIGGERS: [Trigger; 6] = [
    Trigger::BookingCreated,
    Trigger::BookingRequested,
    Trigger::BookingRescheduled,
    Trigger::BookingCancelled,
    Trigger::BookingRejected,
    Trigger::BookingNoShowUpdated,
];

/// Why an account could not be connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The base URL is none, or not http(s).
    #[error("{0:?} is not the address of a Cal.com server")]
    BaseUrl(String),
    /// The key belongs to another account than the connection stands for.
    #[error("the key belongs to {0}, which is another account")]
    OtherAccount(String),
    /// Cal.com did not answer as it should.
    #[error(transparent)]
    CalCom(#[from] calcom::Error),
    /// The engine or the database.
    #[error(transparent)]
    Engine(#[from] crate::Error),
}

impl From<store::Error> for ConnectError {
    fn from(error: store::Error) -> Self {
        Self::Engine(error.into())
    }
}

/// Connects an account: asks Cal.com who the key belongs to and what it can see, stores the connection, and
/// registers the webhook. A connection whose webhook could not be registered is kept and says so: the changes
/// made at Cal.com are then only found by looking.
///
/// # Errors
/// [`ConnectError`]; nothing is stored unless Cal.com has accepted the key.
pub async fn connect(
    engine: &Engine,
    company: CompanyId,
    name: Option<String>,
    base_url: &str,
    api_key: SecretString,
    by: Actor,
) -> Result<Connection, ConnectError> {
    let url: url::Url = base_url.parse().map_err(|_| ConnectError::BaseUrl(base_url.to_owned()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(ConnectError::BaseUrl(base_url.to_owned()));
    }
    let client = calcom::Client::new(engine.transport.clone(), url, api_key.clone());
    let me = client.me().await.result?;
    let event_types = client.event_types().await.result?;
    let webhook_secret = SecretString::from(engine.ambient.token());
    let webhook_token = engine.ambient.token();
    let ambient = &engine.ambient;
    let id = ConnectionId(ambient.id());
    let connection = NewConnection {
        id,
        name: name.unwrap_or_else(|| me.name.clone().unwrap_or_else(|| me.email.clone())),
        base_url: client.base_url().to_string(),
        api_key: Sealed(engine.vault.seal(ambient, company, API_KEY, &api_key)),
        webhook_token,
        webhook_secret: Sealed(engine.vault.seal(ambient, company, WEBHOOK_SECRET, &webhook_secret)),
        webhook_id: None,
        account: Account {
            id: me.id.0,
            username: me.username.unwrap_or_default(),
            email: me.email,
            time_zone: me.time_zone,
        },
        capabilities: serde_json::json!({
            "bookings": "2024-08-13", "event_types": event_types.items.len(),
            "organization": me.organization_id.is_some(),
        }),
    };
    engine.store.add_connection(company, connection, by, ambient.now()).await?;
    see_to_webhook(engine, company, id).await;
    engine.begin_rounds().await?;
    Ok(engine.store.connection(company, id).await?)
}

/// [`check_webhook`], of which a failure is only logged: what no webhook tells is found by looking. Answers how many
/// requests that took.
pub(crate) async fn see_to_webhook(engine: &Engine, company: CompanyId, id: ConnectionId) -> u64 {
    match check_webhook(engine, company, id).await {
        Ok(Webhook::Right) => 1,
        Ok(done) => {
            tracing::info!(target: "einklang::sync", connection = %id, ?done, "webhook");
            2
        }
        Err(error) => {
            tracing::warn!(target: "einklang::sync", connection = %id, %error, "webhook not registered");
            1
        }
    }
}

/// What became of the webhook of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhook {
    /// It is registered as it should be.
    Right,
    /// It was not registered, and is now.
    Registered,
    /// Its address, secret or triggers were others, or it was switched off.
    Corrected,
}

/// Asks Cal.com how the webhook of an account is registered, and registers it as it should be: under our address, with
/// our secret, switched on, and for everything that is to be told.
///
/// # Errors
/// [`ConnectError`]; it is as it was then.
pub async fn check_webhook(
    engine: &Engine,
    company: CompanyId,
    id: ConnectionId,
) -> Result<Webhook, ConnectError> {
    let connection = engine.store.connection(company, id).await?;
    let client = engine.client(company, &connection)?;
    // With another secret key than it was stored with it does not open any more, and nobody needs the old one.
    let stored = engine.vault.open(company, WEBHOOK_SECRET, &connection.webhook_secret.0);
    let secret = if let Ok(secret) = stored {
        secret
    } else {
        let secret = SecretString::from(engine.ambient.token());
        let sealed = engine.vault.seal(&engine.ambient, company, WEBHOOK_SECRET, &secret);
        engine.store.set_webhook_secret(company, id, Sealed(sealed)).await?;
        secret
    };
    let url = webhook_url(&engine.settings.public_url, &connection.webhook_token);
    let registered = client.webhooks().await.result?.items;
    let by_id = |it: &&Subscription| Some(it.id.to_string()) == connection.webhook_id;
    let ours =
        registered.iter().find(by_id).or_else(|| registered.iter().find(|it| it.subscriber_url == url));
    let Some(ours) = ours else {
        let triggers = TRIGGERS.to_vec();
        let registration = NewSubscription {
            active: true,
            subscriber_url: url,
            triggers,
            secret: Some(secret),
            version: None,
        };
        let made = client.create_webhook(&registration).await.result?;
        engine.store.set_webhook_id(company, id, Some(made.id.to_string())).await?;
        return Ok(Webhook::Registered);
    };
    let is_signed = match &ours.secret {
        Some(theirs) => theirs.expose_secret() == secret.expose_secret(),
        // Not told, or none.
        None => !connection.is_silent(),
    };
    let tells_all = TRIGGERS.iter().all(|trigger| ours.triggers.contains(trigger));
    if is_signed && tells_all && ours.active && ours.subscriber_url == url {
        return Ok(Webhook::Right);
    }
    let patch = SubscriptionPatch {
        active: Some(true),
        subscriber_url: Some(url),
        triggers: Some(TRIGGERS.to_vec()),
        secret: Some(secret),
    };
    client.update_webhook(&ours.id, &patch).await.result?;
    engine.store.set_webhook_id(company, id, Some(ours.id.to_string())).await?;
    Ok(Webhook::Corrected)
}

/// [`check_webhook`] because somebody wants so, which is written down.
///
/// # Errors
/// [`ConnectError`]; it is as it was then.
pub async fn repair_webhook(
    engine: &Engine,
    company: CompanyId,
    id: ConnectionId,
    by: Actor,
) -> Result<Webhook, ConnectError> {
    let done = check_webhook(engine, company, id).await?;
    let now = engine.ambient.now();
    engine.store.webhook_checked(company, id, done != Webhook::Right, by, now).await?;
    engine.signals.changed(company, None);
    Ok(done)
}

/// Stops the work of a connection until [`resume`]. What is in hand is finished; what is changed here after that is kept
/// and sent then, and what Cal.com tells is stored.
///
/// # Errors
/// If the database fails, or the connection is none of the company's.
pub async fn pause(
    engine: &Engine,
    company: CompanyId,
    id: ConnectionId,
    by: Actor,
) -> Result<(), crate::Error> {
    engine.store.pause_connection(company, id, by, engine.ambient.now()).await?;
    engine.signals.changed(company, None);
    Ok(())
}

/// Takes up the work of a connection that was stopped, once Cal.com accepts its key (again).
///
/// # Errors
/// [`ConnectError::CalCom`] if it does not; the connection stays as it is then.
pub async fn resume(
    engine: &Engine,
    company: CompanyId,
    id: ConnectionId,
    by: Actor,
) -> Result<(), ConnectError> {
    let connection = engine.store.connection(company, id).await?;
    engine.client(company, &connection)?.me().await.result?;
    engine.store.resume_connection(company, id, by, engine.ambient.now()).await?;
    engine.signals.wake();
    engine.signals.changed(company, None);
    Ok(())
}

/// Puts another key in the place of a connection's, once Cal.com has accepted it as one of the same account: with the
/// key of another one all bookings would seem to be gone. Work that rested because the old key was refused is taken
/// up again; what was stopped for another reason waits for [`resume`].
///
/// # Errors
/// [`ConnectError`]; the old key stays then.
pub async fn replace_key(
    engine: &Engine,
    company: CompanyId,
    id: ConnectionId,
    api_key: SecretString,
    by: Actor,
) -> Result<(), ConnectError> {
    let connection = engine.store.connection(company, id).await?;
    let sealed = Sealed(engine.vault.seal(&engine.ambient, company, API_KEY, &api_key));
    let asked = Connection { api_key: sealed.clone(), ..connection };
    let me = engine.client(company, &asked)?.me().await.result?;
    if me.id.0 != asked.account.id {
        return Err(ConnectError::OtherAccount(me.email));
    }
    engine.store.replace_api_key(company, id, sealed, by, engine.ambient.now()).await?;
    engine.signals.wake();
    engine.signals.changed(company, None);
    Ok(())
}

/// Ties a service (of one staff member, or of a team) to an event type. Appointments ahead that were made
/// before are tied too, and will be booked at Cal.com; returns how many. The account of a person's first event type is
/// from then on this person's own: other services get their event types there.
///
/// # Errors
/// If the database fails, or the service, person or connection is none of the company's.
pub async fn link(engine: &Engine, company: CompanyId, link: Link) -> Result<usize, crate::Error> {
    let now = engine.ambient.now();
    engine.store.add_link(company, link.clone()).await?;
    if let (Some(person), None) = (link.staff_id, link.host) {
        let own = engine.store.staff_connections(company).await?;
        if !own.contains_key(&person) {
            engine.store.set_staff_connection(company, person, Some(link.connection_id)).await?;
        }
    }
    let seen = move |case: &mut domain::catalogue::ServiceCase| {
        case.conclude(Priority::Change, now);
        Ok(())
    };
    engine.store.change_service(company, link.service_id, store::Change::at(now), seen).await?;
    let tied = tie(engine, company, &link).await?;
    engine.signals.wake();
    Ok(tied)
}

/// Books the appointments ahead that were made before there was an event type for them; returns how many.
pub(crate) async fn tie(engine: &Engine, company: CompanyId, link: &Link) -> Result<usize, crate::Error> {
    let now = engine.ambient.now();
    let filter = AppointmentFilter {
        from: Some(now),
        syncs: vec![SyncStatus::NotConnected, SyncStatus::Pending],
        statuses: AppointmentStatus::ALL.into_iter().filter(|status| status.is_active()).collect(),
        service: Some(link.service_id),
        staff: link.staff_id,
        ..AppointmentFilter::default()
    };
    let mut tied = 0;
    let mut cursor = None;
    loop {
        let page = engine.store.appointments(company, &filter, cursor.as_deref(), 200).await?;
        for view in page.items {
            let (segment, target) = (link.segment, link.target());
            let change = store::Change::at(now);
            let tie = move |case: &mut domain::Case| {
                let untied = case.current_of(segment).is_none();
                if untied {
                    case.book_segment(segment, Some(target), now);
                }
                case.conclude(Priority::Change, now);
                Ok(untied)
            };
            let applied = engine.store.apply(company, view.appointment.id, change, tie).await?;
            tied += usize::from(applied.value.unwrap_or(false));
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if tied > 0 {
        engine.signals.wake();
    }
    Ok(tied)
}

/// The address under which Cal.com tells us of bookings of a connection.
pub fn webhook_url(public_url: &str, token: &str) -> String {
    format!("{}/webhooks/calcom/{token}", public_url.trim_end_matches('/'))
}
