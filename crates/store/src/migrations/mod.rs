//! The migrations, oldest first. A landed migration is never edited; what is wrong in it is put right by
//! the next one.

use sea_orm_migration::prelude::*;

mod m0001_house;
mod m0002_several_bookings;
mod m0003_services;
mod m0004_verification;
mod m0005_review_queue;
mod m0006_notifications;
mod m0007_operation;
mod m0009_proof;
mod m0010_calls;
mod m0013_unknown_bookings;
mod m0015_setup_history;
mod m0016_phone;
mod m0017_undo;
mod m0018_detection;
mod m0019_agent_checks;
mod m0020_absence_reasons;

/// The migration with which what services had to ask before there was a queue enters it. What that is takes more than SQL
/// to tell.
pub(crate) const ASKS_ABOUT_SERVICES: &str = "m0017_undo";

pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_house::Migration),
            Box::new(m0002_several_bookings::Migration),
            Box::new(m0003_services::Migration),
            Box::new(m0004_verification::Migration),
            Box::new(m0005_review_queue::Migration),
            Box::new(m0006_notifications::Migration),
            Box::new(m0007_operation::Migration),
            Box::new(m0009_proof::Migration),
            Box::new(m0010_calls::Migration),
            Box::new(m0013_unknown_bookings::Migration),
            Box::new(m0015_setup_history::Migration),
            Box::new(m0016_phone::Migration),
            Box::new(m0017_undo::Migration),
            Box::new(m0018_detection::Migration),
            Box::new(m0019_agent_checks::Migration),
            Box::new(m0020_absence_reasons::Migration),
        ]
    }
}
