//! Every page with its sample data, for looking at: `cargo run -p web --example gallery`, then
//! <http://127.0.0.1:8099/dashboard?lang=en&theme=dark>.

use axum::{
    Router,
    extract::{Path, Query},
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
    routing::get,
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use web::{
    assets,
    frame::{Frame, Theme},
    i18n::{Translator, negotiate},
    pages,
};

#[derive(Deserialize)]
struct Look {
    lang: Option<String>,
    theme: Option<String>,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(|look| page(Path("dashboard".into()), look)))
        .route("/{page}", get(page))
        .merge(assets::routes());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8099").await?;
    axum::serve(listener, app).await
}

async fn page(Path(page): Path<String>, Query(look): Query<Look>) -> Response {
    let theme = Theme::parse(look.theme.as_deref().unwrap_or_default());
    let frame = Frame { theme, path: format!("/{page}"), ..Frame::sample() };
    // The samples are dated, so that two screenshots of one page can be compared.
    let now = "2026-11-24T08:12:00Z".parse().unwrap_or_default();
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    let t = Translator::new(negotiate(None, look.lang.as_deref(), None), zone, now);
    let samples = pages::samples(&t, &frame);
    let Some((_, html)) = samples.iter().find(|(name, _)| *name == page) else {
        let names: Vec<_> = samples.into_iter().map(|(name, _)| name).collect();
        return (StatusCode::NOT_FOUND, names.join("\n")).into_response();
    };
    match html {
        Ok(html) => {
            let csp =
                [("content-security-policy", "default-src 'self'; form-action 'self'; base-uri 'none'")];
            (csp, Html(html.clone())).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
