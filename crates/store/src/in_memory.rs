//! Databases in memory that are gone with their store, for simulations that open thousands of them: the schema
//! is made by the migrations once per process, and copied from then on.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use tokio::sync::OnceCell;

use crate::{Result, Store};

/// The statements that make a migrated, empty database.
static SCHEMA: OnceCell<String> = OnceCell::const_new();

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

impl Store {
    /// An empty, migrated SQLite database in memory.
    pub async fn in_memory() -> Result<Self> {
        let schema = SCHEMA.get_or_try_init(migrated).await?;
        let store = Self::connect("sqlite::memory:").await?;
        store.writer.execute_unprepared(schema).await?;
        Ok(store)
    }
}

/// The schema as the migrations leave it, and what they note of themselves.
async fn migrated() -> Result<String> {
    let store = Store::connect("sqlite::memory:").await?;
    store.migrate().await?;
    let sql = "SELECT sql || ';' AS text FROM sqlite_master WHERE sql IS NOT NULL \
         UNION ALL SELECT 'INSERT INTO seaql_migrations VALUES (''' || version || ''', ' || applied_at || ');' \
         FROM seaql_migrations";
    let statement = Statement::from_string(store.writer.get_database_backend(), sql);
    let statements = Text::find_by_statement(statement).all(&store.writer).await?;
    store.close().await?;
    let statements: Vec<_> = statements.into_iter().map(|statement| statement.text).collect();
    Ok(format!("BEGIN;\n{}\nCOMMIT;", statements.join("\n")))
}

/// How SQLite goes about a statement, a line a step.
#[cfg(test)]
pub(crate) async fn plan(sql: &str, values: impl IntoIterator<Item = sea_orm::Value>) -> Vec<String> {
    let store = Store::in_memory().await.unwrap();
    let backend = store.readers.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, format!("EXPLAIN QUERY PLAN {sql}"), values);
    let steps = store.readers.query_all_raw(statement).await.unwrap();
    steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect()
}
