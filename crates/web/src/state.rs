//! What every handler works with. Holds no request and no user: those come in by extractors.

use std::sync::Arc;
use std::time::Duration;

use engine::Engine;
use engine::notifications::mail::Mailer;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::playground::Playground;

/// The state of the web server. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The way to everything: store, clock, vault, appointments.
    pub engine: Engine,
    /// The measures of this process; without them there is no `/metrics`.
    pub metrics: Option<PrometheusHandle>,
    /// What can be configured.
    pub settings: Arc<WebSettings>,
    /// The way to mailboxes; `None` where the installation sends no e-mail.
    pub mailer: Option<Mailer>,
    /// The other side of the demo page; only the demo has one.
    pub playground: Option<Arc<dyn Playground>>,
}

/// What can be configured of the web server.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// The address that people and programs reach it by, without a slash at the end.
    pub public_url: String,
    /// How long a caller on the phone waits for Cal.com's word, before "requested" is answered.
    pub phone_patience: Duration,
    /// Whether cookies are only sent over https. Off for trying it out on one's own machine.
    pub secure_cookies: bool,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            phone_patience: Duration::from_secs(3),
            secure_cookies: true,
        }
    }
}
