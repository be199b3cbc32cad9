//! The schema, and the login that uses it.

use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;

/// Every migration of the product, in order.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database cannot be reached or refused a statement.
    #[error("the database cannot be migrated")]
    Database(#[from] sqlx::Error),
    /// A migration failed, or one that was applied has changed since.
    #[error("the migrations do not fit this database")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The clock was moved for a test.
    #[error("the clock of this database is moved by {0}; a test left it so, and it must not serve")]
    ClockMoved(String),
}

/// Brings the database up to date and makes partitions ahead. Two callers at once wait for each other.
///
/// # Errors
/// See [`MigrateError`].
pub async fn migrate(admin_url: &str) -> Result<(), MigrateError> {
    let mut connection = PgConnection::connect(admin_url).await?;
    MIGRATOR.run(&mut connection).await?;
    sqlx::query("select es.make_partitions(2)").execute(&mut connection).await?;
    let moved: Option<String> = sqlx::query_scalar("select nullif(es.clock_offset(), interval '0')::text")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    match moved {
        Some(offset) => Err(MigrateError::ClockMoved(offset)),
        None => Ok(()),
    }
}

/// Makes the app's login, or gives it this password: a member of the app's roles and of nothing else.
///
/// # Errors
/// When the database cannot be reached or the admin may not make roles.
pub async fn ensure_login(admin_url: &str, name: &str, password: &str) -> Result<(), MigrateError> {
    let mut connection = PgConnection::connect(admin_url).await?;
    // Quoted by the server: a statement that makes a role takes no parameters.
    let statements: Vec<String> = sqlx::query_scalar(
        "select s from (values \
           (1, case when not exists (select from pg_roles where rolname = $1) \
                    then format('create role %I login noinherit', $1) end), \
           (2, format('alter role %I login noinherit password %L', $1, $2)), \
           (3, format('grant omoi_append, omoi_read, omoi_project, omoi_vault to %I', $1)), \
           (4, format('grant connect on database %I to %I', current_database(), $1)) \
         ) as t (n, s) where s is not null order by n",
    )
    .bind(name)
    .bind(password)
    .fetch_all(&mut connection)
    .await?;
    // The server must not log the statement with the password when it fails. Only a superuser may ask for that.
    let _ = sqlx::query("set log_min_error_statement = 'panic'").execute(&mut connection).await;
    for statement in statements {
        sqlx::query(&statement).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}
