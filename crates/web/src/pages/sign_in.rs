//! `GET /sign-in`: e-mail and password.

use askama::Template;

use crate::{
    components::Field,
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignIn {
    pub t: Translator,
    pub frame: Frame,
    pub email: Field,
    /// The attempt before was refused; which of the two was wrong is never told.
    pub refused: bool,
    /// Too many attempts: how long to wait, in minutes.
    pub wait_minutes: Option<u32>,
    /// Where to go afterwards: a path of this site, checked by the handler.
    pub next: String,
}

impl Page for SignIn {
    const SECTION: Option<Section> = None;
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let frame = Frame { user: None, company: None, ..frame };
        let email = Field::of("katharina@salon-morgenrot.example");
        Self { t, frame, email, refused: true, wait_minutes: None, next: "/appointments".into() }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let first =
            Self { email: Field::default(), refused: false, ..Self::sample(t.clone(), frame.clone()) };
        vec![first, Self { wait_minutes: Some(5), ..Self::sample(t, frame) }]
    }
}
