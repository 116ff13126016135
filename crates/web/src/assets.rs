//! The style sheet, the script and the icons: embedded, served under names that hold their content's
//! hash, so that a browser asks once and never again. No third-party file lives here.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

/// An embedded file and the address that pages know it by.
#[derive(Debug)]
pub struct Asset {
    pub name: &'static str,
    /// `/assets/app-1f2e3d4c5b6a.css`
    pub url: String,
    pub content_type: &'static str,
    pub bytes: &'static [u8],
    etag: String,
}

/// The layers in the order in which `tokens.css` declares them.
const STYLE: &str = concat!(
    include_str!("../assets/css/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/layout.css"),
    include_str!("../assets/css/components.css"),
    include_str!("../assets/css/pages.css"),
);

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        asset("app.css", "text/css; charset=utf-8", STYLE.as_bytes()),
        asset("app.js", "text/javascript; charset=utf-8", include_bytes!("../assets/app.js")),
        asset("icons.svg", "image/svg+xml", include_bytes!("../assets/icons.svg")),
        asset("favicon.svg", "image/svg+xml", include_bytes!("../assets/favicon.svg")),
    ]
});

fn asset(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    let hash = &hex::encode(Sha256::digest(bytes))[..12];
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    Asset {
        name,
        url: format!("/assets/{stem}-{hash}.{extension}"),
        content_type,
        bytes,
        etag: format!("\"{hash}\""),
    }
}

pub fn all() -> &'static [Asset] {
    &ASSETS
}

/// The address of an asset, for templates. A name that does not exist is told to the log and answers 404.
pub fn url(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or_else(
        || {
            tracing::error!(name, "no such asset");
            "/assets/missing"
        },
        |asset| asset.url.as_str(),
    )
}

/// `GET /assets/{file}`
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

/// The hashed name may be kept for a year; the plain name works too and is asked for again each time.
async fn serve(Path(file): Path<String>, request: HeaderMap) -> Response {
    let hashed = |asset: &&Asset| asset.url.strip_prefix("/assets/") == Some(&file);
    let (asset, caching) = if let Some(asset) = ASSETS.iter().find(hashed) {
        (asset, "public, max-age=31536000, immutable")
    } else if let Some(asset) = ASSETS.iter().find(|asset| asset.name == file) {
        (asset, "no-cache")
    } else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = request
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag));
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (header::ETAG, HeaderValue::from_str(&asset.etag).unwrap_or(HeaderValue::from_static("\"\""))),
    ];
    if known {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, asset.bytes).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt as _;

    use super::*;

    async fn get(path: &str, tag: Option<&str>) -> Response {
        let mut request = Request::get(path);
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        routes::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_hashed_name_is_kept_for_a_year_and_a_known_one_is_not_sent_again() {
        let fresh = get(url("app.css"), None).await;
        assert_eq!(fresh.status(), StatusCode::OK);
        assert_eq!(fresh.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let tag = fresh.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(get(url("app.css"), Some(&tag)).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(get("/assets/app.css", None).await.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(get("/assets/app-000000000000.css", None).await.status(), StatusCode::NOT_FOUND);
    }
}
