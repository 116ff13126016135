//! Migration 2: several bookings of one appointment, and a guard that knows chairs.

use sea_orm_migration::prelude::*;

use crate::Dialect;
use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_several_bookings"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_database_backend());
        let db = manager.get_connection();
        let (old, guard) = match dialect {
            Dialect::Sqlite => (dialect::sqlite::DROP_OVERLAP_GUARD, dialect::sqlite::CHAIR_GUARD),
            Dialect::Postgres => (dialect::postgres::DROP_OVERLAP_GUARD, dialect::postgres::CHAIR_GUARD),
        };
        db.execute_unprepared(old).await?;
        db.execute_unprepared(&dialect.column_types(include_str!("up.sql"))).await?;
        db.execute_unprepared(guard).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_database_backend());
        let db = manager.get_connection();
        db.execute_unprepared(&dialect.column_types(include_str!("down.sql"))).await?;
        let guard = match dialect {
            Dialect::Sqlite => dialect::sqlite::OVERLAP_GUARD,
            Dialect::Postgres => dialect::postgres::OVERLAP_GUARD,
        };
        db.execute_unprepared(guard).await?;
        Ok(())
    }
}
