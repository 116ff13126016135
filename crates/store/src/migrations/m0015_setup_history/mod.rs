//! Migration 15: what people did to accounts and channels is written down.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0015_setup_history"
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
