//! The schema, and the login that uses it.

use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;

use crate::extension::{self, CREATE_VECTOR, Vector};

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
    /// This login may not make pgvector.
    #[error(
        "the database {database} lacks the extension vector (pgvector), and {login} may not make it: ask an administrator to run \
         `{CREATE_VECTOR}` in the database {database}, then run this again", database = .0.database, login = .0.login
    )]
    VectorRefused(Vector),
    /// The server has no pgvector.
    #[error(
        "the server of the database {database} has no pgvector: install it there (Debian and Ubuntu: the package \
         postgresql-<version>-pgvector), then run this again", database = .0.database
    )]
    NoVector(Vector),
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
    if let Err(error) = MIGRATOR.run(&mut connection).await {
        return Err(explained(&mut connection, error).await);
    }
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

/// What to do when it is pgvector that is missing. What was applied before it stays applied.
async fn explained(connection: &mut PgConnection, error: sqlx::migrate::MigrateError) -> MigrateError {
    if !is_about_vector(&error) {
        return error.into();
    }
    match extension::look(connection).await {
        Ok(vector) if vector.version.is_some() => error.into(),
        Ok(vector) if vector.is_installed => MigrateError::VectorRefused(vector),
        Ok(vector) => MigrateError::NoVector(vector),
        Err(_) => error.into(),
    }
}

/// In whatever language the server speaks, it names what it could not make.
fn is_about_vector(error: &sqlx::migrate::MigrateError) -> bool {
    let of_database = match error {
        sqlx::migrate::MigrateError::Execute(error)
        | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => error.as_database_error(),
        _ => None,
    };
    of_database.is_some_and(|error| error.message().contains("vector"))
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
