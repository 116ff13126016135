//! The handlers of the pages: they read the store, call the engine, and fill the structs of `pages`. One
//! file per page; what all of them need of a request is in `visit`, what can go wrong in `failure`.

mod agent;
mod appointment;
mod appointments;
mod audit;
mod bulk;
mod bulk_reviews;
mod bulk_services;
mod calls;
mod cancel;
mod connections;
mod dashboard;
mod deliveries;
mod demo;
mod edit_appointment;
mod error_page;
mod failure;
mod flash;
mod lanes;
mod moment;
mod new_appointment;
mod notification_settings;
mod notifications;
mod preferences;
mod reader;
mod reschedule;
mod review;
mod reviews;
mod rounds;
mod row;
mod service;
mod service_action;
mod service_delete;
mod service_form;
mod service_link;
mod services;
mod sign_in;
mod status;
mod subject;
mod team;
mod times;
mod verifications;
mod visit;

pub(crate) use error_page::dress;
pub(crate) use failure::Failure;
pub(crate) use flash::forget as forget_flash;

use axum::{
    Router,
    routing::{get, post},
};

use crate::state::AppState;

/// Every page and every form.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(dashboard::show))
        .route("/setup/hide", post(dashboard::hide_setup))
        .route("/setup/show", post(dashboard::show_setup))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-out", post(sign_in::leave))
        .route("/preferences", post(preferences::submit))
        .route("/appointments", get(appointments::show).post(new_appointment::book))
        .route("/appointments/new", get(new_appointment::show).post(new_appointment::refresh))
        .route("/appointments/bulk", post(bulk::submit))
        .route("/appointments/{id}", get(appointment::show))
        .route("/appointments/{id}/check", post(appointment::check))
        .route("/appointments/{id}/confirm", post(status::confirm))
        .route("/appointments/{id}/no-show", post(status::no_show))
        .route("/appointments/{id}/delete", get(status::show_delete).post(status::delete))
        .route("/appointments/{id}/edit", get(edit_appointment::show).post(edit_appointment::submit))
        .route("/appointments/{id}/settle", post(appointment::settle))
        .route("/appointments/{id}/reschedule", get(reschedule::show).post(reschedule::submit))
        .route("/appointments/{id}/cancel", get(cancel::show).post(cancel::submit))
        .route("/reviews", get(reviews::show))
        .route("/reviews/bulk", post(bulk_reviews::submit))
        .route("/reviews/{id}", get(review::show))
        .route("/reviews/{id}/decide", post(review::decide))
        .route("/reviews/{id}/assign", post(review::assign))
        .route("/reviews/{id}/snooze", post(review::snooze))
        .route("/reviews/{id}/comment", post(review::comment))
        .route("/services", get(services::show).post(service_form::create))
        .route("/services/new", get(service_form::new))
        .route("/services/bulk", post(bulk_services::submit))
        .route("/services/look", post(services::look))
        .route("/services/{id}", get(service::show))
        .route("/services/{id}/edit", get(service_form::edit).post(service_form::save))
        .route("/services/{id}/delete", get(service_delete::show).post(service_delete::submit))
        .route("/services/{id}/link/{staff}", get(service_link::show).post(service_link::submit))
        .route("/services/{id}/{action}", get(service_action::show).post(service_action::submit))
        .route("/services/{id}/divergences", post(service::settle))
        .route("/team", get(team::show))
        .route("/branches/{id}", get(team::show_branch).post(team::save_branch))
        .route("/staff/{id}", get(team::show_staff).post(team::save_staff))
        .route("/staff/{id}/absences", post(team::add_absence))
        .route("/staff/{id}/absences/{absence}", post(team::remove_absence))
        .route("/audit", get(audit::show))
        .route("/verifications", get(verifications::list).post(verifications::start))
        .route("/verifications/{id}", get(verifications::show))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/replay", post(deliveries::replay_all))
        .route("/deliveries/{id}", get(deliveries::show))
        .route("/deliveries/{id}/replay", post(deliveries::replay))
        .route("/deliveries/{id}/reveal", post(deliveries::reveal))
        .route("/calls", get(calls::list))
        .route("/calls/{id}", get(calls::show))
        .route("/calls/agents/{id}", get(agent::show))
        .route("/calls/agents/{id}/try", post(agent::try_out))
        .route("/calls/agents/{id}/checks", post(agent::check))
        .route("/connections", get(connections::show))
        .route("/connections/{id}/pause", post(connections::pause))
        .route("/connections/{id}/resume", post(connections::resume))
        .route("/connections/{id}/webhook", post(connections::webhook))
        .route("/connections/{id}/key", post(connections::replace_key))
        .route("/notifications", get(notifications::show).post(notifications::read_all))
        .route("/notifications/settings", get(notification_settings::show))
        .route("/notifications/log", get(notification_settings::log))
        .route("/notifications/channels", post(notification_settings::add))
        .route("/notifications/channels/{id}", post(notification_settings::change))
        .route("/notifications/{number}", post(notifications::open))
        .route("/demo", get(demo::show))
        .route("/demo/{action}", post(demo::act))
}
