//! Migration 20: why somebody is away can be said.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0020_absence_reasons"
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
