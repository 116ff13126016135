//! Migration 18: when it became known here what had changed at Cal.com without a webhook, what the findings of a run cost,
//! and which work keeps failing.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0018_detection"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_database_backend());
        let schema = dialect.column_types(include_str!("up.sql"));
        manager.get_connection().execute_unprepared(&schema).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_database_backend());
        let schema = dialect.column_types(include_str!("down.sql"));
        manager.get_connection().execute_unprepared(&schema).await?;
        Ok(())
    }
}
