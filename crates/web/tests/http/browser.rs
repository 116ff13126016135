//! Somebody with a browser: keeps cookies, reads pages, sends the forms that stand on them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Request;
use axum::http::request::Builder;
use axum::response::Response;
use domain::UserId;
use domain::people::{Role, User};
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt as _;
use web::auth::password::hash_password;

use crate::world::{Reply, Salon, World, send};

pub const PASSWORD: &str = "correct horse battery";

pub struct Browser<'w> {
    pub world: &'w World,
    pub cookies: RefCell<BTreeMap<String, String>>,
    pub language: &'static str,
}

impl<'w> Browser<'w> {
    pub fn new(world: &'w World) -> Self {
        Self { world, cookies: RefCell::default(), language: "de" }
    }

    /// A new user of a salon, signed in.
    pub async fn of(world: &'w World, salon: &Salon, role: Role) -> Self {
        let email = user(world, salon, role).await;
        let browser = Self::new(world);
        let reply = browser.sign_in(&email, PASSWORD, "/").await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        browser
    }

    pub async fn sign_in(&self, email: &str, password: &str, next: &str) -> Reply {
        self.send_form("/sign-in", &[("email", email), ("password", password), ("next", next)], &[]).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.request(Request::get(path), Body::empty()).await
    }

    /// Sends a form with the token that stands on the dashboard's forms.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.token().await;
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", token.as_str())]).collect();
        self.send_form(path, &fields, &[]).await
    }

    /// The token of this session's forms.
    pub async fn token(&self) -> String {
        let page = Page::of(&self.get("/appointments/new").await);
        page.attribute("form[action='/appointments'] [name=csrf]", "value")
    }

    pub async fn send_form(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.request(request, Body::from(serde_urlencoded::to_string(fields).unwrap())).await
    }

    /// The page that an answer leads to.
    pub async fn follow(&self, reply: &Reply) -> Page {
        assert_eq!(reply.status, 303, "{}", reply.text);
        Page::of(&self.get(reply.header("location")).await)
    }

    /// An answer that goes on.
    pub async fn stream(&self, path: &str) -> Response {
        let request = self.dressed(Request::get(path)).body(Body::empty()).unwrap();
        self.world.app.clone().oneshot(request).await.unwrap()
    }

    fn dressed(&self, mut request: Builder) -> Builder {
        let cookies: Vec<_> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        request.header("accept-language", self.language).header("host", "127.0.0.1:8080")
    }

    async fn request(&self, request: Builder, body: Body) -> Reply {
        let request = self.dressed(request);
        let reply = send(&self.world.app, request.body(body).unwrap()).await;
        self.keep(&reply);
        reply
    }

    fn keep(&self, reply: &Reply) {
        for cookie in reply.headers.get_all("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Adds a user and tells the address.
pub async fn user(world: &World, salon: &Salon, role: Role) -> String {
    let (store, ambient) = (&world.engine.store, &world.engine.ambient);
    let id = UserId(ambient.id());
    let email = format!("{}@salon.example", id.0.simple());
    let new =
        User { id, email: email.parse().unwrap(), name: "Katharina Morgenrot".into(), role, locale: None };
    let hash = hash_password(ambient, &PASSWORD.into()).unwrap();
    store.add_user(salon.id, new, hash, ambient.now()).await.unwrap();
    email
}

/// A page as somebody sees it.
pub struct Page(pub Html);

impl Page {
    pub fn of(reply: &Reply) -> Self {
        assert!(reply.header("content-type").starts_with("text/html"), "{reply:?}");
        assert!(!reply.text.contains('⟦'), "{:?}", reply.text.split('⟦').nth(1));
        Self(Html::parse_document(&reply.text))
    }

    pub fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.0.select(&Selector::parse(selector).unwrap()).collect()
    }

    /// The words of the first element that fits, with single blanks.
    pub fn text(&self, selector: &str) -> String {
        let found = self.all(selector);
        let words: String = found.first().unwrap_or_else(|| panic!("no {selector}")).text().collect();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let found = self.all(selector);
        let element = found.first().unwrap_or_else(|| panic!("no {selector}"));
        element.value().attr(name).unwrap_or_default().to_owned()
    }

    /// Addresses of this site that the page leads to.
    pub fn links(&self) -> Vec<String> {
        let links = self.all("a[href^='/']").into_iter().filter_map(|link| link.value().attr("href"));
        links.map(|href| href.split('#').next().unwrap_or(href).to_owned()).collect()
    }
}
