//! Migration 19: what people have seen to at a phone agent.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0019_agent_checks"
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
