//! Everything that answers HTTP: the pages and their parts, the API, webhooks in, the phone agent.

pub mod api;
mod app;
pub mod assets;
pub mod auth;
pub mod components;
pub mod frame;
pub mod health;
pub mod i18n;
pub mod letters;
mod live;
pub mod machines;
pub mod pages;
pub mod phone;
pub mod playground;
pub mod problem;
pub mod request;
pub mod state;
mod ui;
pub mod webhooks;

pub use app::app;
