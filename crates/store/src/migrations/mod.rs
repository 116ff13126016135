//! The migrations, oldest first. A landed migration is never edited; what is wrong in it is put right by
//! the next one.

use sea_orm_migration::prelude::*;

use crate::Dialect;

mod m0001_house;
mod m0002_several_bookings;
mod m0016_phone;

/// The migration with which what services had to ask before there was a queue enters it. What that is takes more than SQL
/// to tell.
pub(crate) const ASKS_ABOUT_SERVICES: &str = "m0017_undo";

/// A migration of which SQL that both databases understand tells everything: `NAME/up.sql` and `NAME/down.sql`.
struct Step {
    name: &'static str,
    up: &'static str,
    down: &'static str,
}

macro_rules! step {
    ($name:literal) => {
        Box::new(Step {
            name: $name,
            up: include_str!(concat!($name, "/up.sql")),
            down: include_str!(concat!($name, "/down.sql")),
        })
    };
}

impl Step {
    async fn run(sql: &str, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_database_backend());
        manager.get_connection().execute_unprepared(&dialect.column_types(sql)).await?;
        Ok(())
    }
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Self::run(self.up, manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Self::run(self.down, manager).await
    }
}

pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_house::Migration),
            Box::new(m0002_several_bookings::Migration),
            step!("m0003_services"),
            step!("m0004_verification"),
            step!("m0005_review_queue"),
            step!("m0006_notifications"),
            step!("m0007_operation"),
            step!("m0009_proof"),
            step!("m0010_calls"),
            step!("m0013_unknown_bookings"),
            step!("m0015_setup_history"),
            Box::new(m0016_phone::Migration),
            step!("m0017_undo"),
            step!("m0018_detection"),
            step!("m0019_agent_checks"),
            step!("m0020_absence_reasons"),
            step!("m0021_requests"),
            step!("m0022_said_in_calls"),
            step!("m0023_processed_again"),
        ]
    }
}
