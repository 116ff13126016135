//! Migration 16: what the phone agent needs to tell what is free, to hold it, and to know who is speaking.

use sea_orm_migration::prelude::*;

use crate::Dialect;
use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0016_phone"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_database_backend());
        let db = manager.get_connection();
        let chairs = match dialect {
            Dialect::Sqlite => dialect::sqlite::CHAIRS_CAN_BE_HELD,
            Dialect::Postgres => dialect::postgres::CHAIRS_CAN_BE_HELD,
        };
        db.execute_unprepared(&dialect.column_types(chairs)).await?;
        db.execute_unprepared(&dialect.column_types(include_str!("up.sql"))).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_database_backend());
        let db = manager.get_connection();
        db.execute_unprepared(&dialect.column_types(include_str!("down.sql"))).await?;
        let chairs = match dialect {
            Dialect::Sqlite => dialect::sqlite::CHAIRS_CANNOT_BE_HELD,
            Dialect::Postgres => dialect::postgres::CHAIRS_CANNOT_BE_HELD,
        };
        db.execute_unprepared(&dialect.column_types(chairs)).await?;
        if dialect == Dialect::Sqlite {
            db.execute_unprepared(dialect::sqlite::CHAIR_GUARD).await?;
        }
        Ok(())
    }
}
