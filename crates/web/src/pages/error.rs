//! The page for everything that cannot be shown: what it means, the request's name, a way out. Never the
//! chain of causes.

use askama::Template;
use http::StatusCode;

use crate::{
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    pub t: Translator,
    pub frame: Frame,
    pub status: StatusCode,
    /// What to tell whoever runs the installation.
    pub request_id: String,
}

impl ErrorPage {
    pub fn title(&self) -> &'static str {
        match self.status {
            StatusCode::FORBIDDEN => "error-403",
            StatusCode::NOT_FOUND => "error-404",
            StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => "error-409",
            StatusCode::TOO_MANY_REQUESTS => "error-429",
            status if status.is_client_error() => "error-400",
            _ => "error-500",
        }
    }

    pub fn text(&self) -> &'static str {
        match self.status {
            StatusCode::FORBIDDEN => "error-403-text",
            StatusCode::NOT_FOUND => "error-404-text",
            StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => "error-409-text",
            StatusCode::TOO_MANY_REQUESTS => "error-429-text",
            status if status.is_client_error() => "error-400-text",
            _ => "error-500-text",
        }
    }
}

impl Page for ErrorPage {
    const SECTION: Option<Section> = None;
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        Self { t, frame, status: StatusCode::NOT_FOUND, request_id: "req_0193a5b0c1d2".into() }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let page = |status, frame: &Frame| Self {
            status,
            frame: frame.clone(),
            ..Self::sample(t.clone(), frame.clone())
        };
        let stranger = Frame { user: None, company: None, ..frame.clone() };
        let statuses = [
            StatusCode::FORBIDDEN,
            StatusCode::CONFLICT,
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::BAD_REQUEST,
        ];
        let known = statuses.map(|status| page(status, &frame));
        known.into_iter().chain([page(StatusCode::INTERNAL_SERVER_ERROR, &stranger)]).collect()
    }
}
