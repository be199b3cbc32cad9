//! The one extension that the schema needs: pgvector. It is not trusted, so only a superuser, or whom a provider lets, makes it.

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

/// What an administrator runs, in the database, as a superuser.
pub const CREATE_VECTOR: &str = "create extension vector with schema public";

/// How a database stands to pgvector.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Vector {
    /// The database that was asked.
    pub database: String,
    /// Who asked.
    pub login: String,
    /// Whether that is a superuser.
    pub is_superuser: bool,
    /// Its version, where the extension is made.
    pub version: Option<String>,
    /// Whether the server has it, so that it can be made.
    pub is_installed: bool,
}

/// Asks a database.
///
/// # Errors
/// When it cannot be reached.
pub async fn vector(url: &str) -> Result<Vector, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let vector = look(&mut connection).await?;
    connection.close().await?;
    Ok(vector)
}

pub(crate) async fn look(connection: &mut PgConnection) -> Result<Vector, sqlx::Error> {
    sqlx::query_as(
        "select current_database()::text as database, current_user::text as login, \
             (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as is_superuser, \
             (select extversion from pg_catalog.pg_extension where extname = 'vector') as version, \
             exists (select from pg_catalog.pg_available_extensions where name = 'vector') as is_installed",
    )
    .fetch_one(connection)
    .await
}
