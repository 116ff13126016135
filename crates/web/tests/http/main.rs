//! The whole web server over HTTP, without sockets: its routes, an engine on an embedded database, a Cal.com
//! in process, and a clock that moves when a test says so.

mod api;
mod audit;
mod auth;
mod browser;
mod bulk;
mod bulk_services;
mod calls;
mod canary;
mod changes;
mod connections;
mod contract;
mod dashboard;
mod deliveries;
mod notifications;
mod notifications_api;
mod phone;
mod phone_changes;
mod phone_codes;
mod post;
mod postgres;
mod problems;
mod reviews;
mod reviews_api;
mod services;
mod services_api;
mod services_history;
mod services_link;
mod services_online;
mod services_places;
mod setup;
mod team;
mod ui;
mod verifications;
mod webhooks;
mod world;
