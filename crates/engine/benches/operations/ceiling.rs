//! What the same database can do at most: programs that do only the unavoidable work.

use std::time::Instant;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// Operations whose intent and outcome are written together.
const BATCH: u64 = 64;
/// Rows that changes are made to.
const ROWS: u64 = 1000;

/// Two tables of the program's own.
pub struct Ceiling {
    database: DatabaseConnection,
    next: u64,
}

impl Ceiling {
    /// Makes them.
    pub async fn open(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        // SQLite allows one writer at a time.
        let connections = if url.starts_with("sqlite") { 1 } else { 16 };
        options.max_connections(connections).test_before_acquire(false).sqlx_logging(false);
        let database = Database::connect(options).await.expect("the database answers");
        let schema = "CREATE TABLE ceiling_rows (id BIGINT PRIMARY KEY, value TEXT NOT NULL);
            CREATE TABLE ceiling_marks (id BIGINT PRIMARY KEY, version BIGINT NOT NULL);
            CREATE TABLE ceiling_calls (id BIGINT PRIMARY KEY, request TEXT NOT NULL, answer TEXT);";
        database.execute_unprepared(schema).await.expect("new tables");
        let rows: Vec<_> = (0..ROWS).map(|id| format!("({id}, 'a note')")).collect();
        let sql = format!("INSERT INTO ceiling_rows VALUES {}", rows.join(","));
        database.execute_unprepared(&sql).await.expect("new rows");
        Self { database, next: 0 }
    }

    /// One change of a row and its mark, committed.
    pub async fn change(&self, number: u64) {
        let id = number % ROWS;
        let mark = "INSERT INTO ceiling_marks VALUES ($1, 1) \
            ON CONFLICT (id) DO UPDATE SET version = ceiling_marks.version + 1";
        let backend = self.database.get_database_backend();
        if backend == DbBackend::Postgres {
            let sql = format!(
                "WITH mark AS ({mark} RETURNING id) UPDATE ceiling_rows SET value = $2 WHERE id = $1"
            );
            let values = [i64::try_from(id).expect("small").into(), format!("note {number}").into()];
            let statement = Statement::from_sql_and_values(backend, sql, values);
            self.database.execute_raw(statement).await.expect("written");
        } else {
            let sql = format!(
                "BEGIN IMMEDIATE; UPDATE ceiling_rows SET value = 'note {number}' WHERE id = {id}; {}; COMMIT",
                mark.replace("$1", &id.to_string())
            );
            self.database.execute_unprepared(&sql).await.expect("written");
        }
    }

    /// The intent and the outcome of so many operations, in as few commits as batches allow; per second.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
    pub async fn operations(&mut self, count: u64) -> f64 {
        let begun = Instant::now();
        let mut done = 0;
        while done < count {
            let (first, last) = (self.next, self.next + BATCH - 1);
            self.next += BATCH;
            done += BATCH;
            let rows: Vec<_> =
                (first..=last).map(|id| format!("({id}, '{}', NULL)", "x".repeat(300))).collect();
            let marks: Vec<_> = (first..=last).map(|id| format!("({}, 1)", id + ROWS)).collect();
            let (rows, marks) = (rows.join(","), marks.join(","));
            let sql = format!(
                "BEGIN; INSERT INTO ceiling_calls VALUES {rows}; INSERT INTO ceiling_marks VALUES {marks}; COMMIT"
            );
            self.database.execute_unprepared(&sql).await.expect("written");
            let sql = format!(
                "BEGIN; UPDATE ceiling_calls SET answer = '{}' WHERE id BETWEEN {first} AND {last}; \
                 DELETE FROM ceiling_marks WHERE id BETWEEN {} AND {}; COMMIT",
                "y".repeat(300),
                first + ROWS,
                last + ROWS
            );
            self.database.execute_unprepared(&sql).await.expect("written");
        }
        crate::per_second(done, begun.elapsed())
    }
}
