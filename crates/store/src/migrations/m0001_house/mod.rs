//! Migration 1: all tables of the first release, and the guard against double bookings.

use sea_orm_migration::prelude::*;

use crate::Dialect;
use crate::dialect;

/// The tables, in an order in which they can be dropped.
const TABLES: [&str; 24] = [
    "call_functions",
    "calls",
    "agents",
    "dedupes",
    "reviews",
    "entries",
    "deliveries",
    "attempts",
    "dirty",
    "booking_uids",
    "bookings",
    "appointments",
    "lanes",
    "links",
    "connections",
    "customers",
    "service_staff",
    "services",
    "staff",
    "api_keys",
    "sessions",
    "users",
    "branches",
    "companies",
];

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_house"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_database_backend());
        let db = manager.get_connection();
        db.execute_unprepared(&dialect.column_types(include_str!("schema.sql"))).await?;
        let guard = match dialect {
            Dialect::Sqlite => dialect::sqlite::OVERLAP_GUARD,
            Dialect::Postgres => dialect::postgres::OVERLAP_GUARD,
        };
        db.execute_unprepared(guard).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for table in TABLES {
            db.execute_unprepared(&format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
