//! `/api/v1/notification-channels` and `/api/v1/notifications`: by which ways people are told what, and what became of the
//! messages.

mod change;
mod channels;
mod log;

use domain::{ChannelId, CompanyId};
use store::NotificationChannel;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::ApiCaller;
use crate::problem::{Code, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(channels::list, change::add))
        .routes(routes!(change::change, change::remove))
        .routes(routes!(change::test))
        .routes(routes!(log::list))
}

/// The channel of an address. What is no id, is not there or belongs to another company is not found, all in the same way.
async fn find(state: &AppState, company: CompanyId, id: &str) -> Result<NotificationChannel, Problem> {
    let id: ChannelId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    let channels = state.engine.store.notification_channels(company).await;
    let mut channels = channels.map_err(|error| Problem::internal(&error))?.into_iter();
    channels.find(|it| it.channel.id == id).ok_or(Problem::new(Code::NotFound))
}

/// Whoever can say by which ways people are told can have them told elsewhere.
fn told<S>(caller: &ApiCaller<S>, channel: ChannelId, what: &str) {
    let (company, key) = (caller.company(), caller.key().id);
    tracing::info!(target: "einklang::audit", %company, %key, %channel, what, "notification channel");
}
