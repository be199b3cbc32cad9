//! `omoi migrate`: the schema, by an admin, apart from the servers that use it.

use anyhow::Context;
use sqlx::postgres::PgConnectOptions;

use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave logins alone: DATABASE_URL's login exists and is a member of the app's roles already.
    #[arg(long)]
    schema_only: bool,
}

pub(crate) async fn run(args: &Args, config: Config) -> anyhow::Result<()> {
    let admin_url = config.database_admin_url.as_ref().context(
        "omoi migrate needs DATABASE_ADMIN_URL, a login that may make roles and owns the database",
    )?;
    eventstore::migrate(admin_url.reveal()).await?;
    println!("The schema is up to date.");
    if let Some(app_url) = config.database_url.as_ref().filter(|_| !args.schema_only) {
        let app: PgConnectOptions = app_url.reveal().parse().context("DATABASE_URL cannot be understood")?;
        let password = app_url.password().context("DATABASE_URL carries no password for its login")?;
        eventstore::ensure_login(admin_url.reveal(), app.get_username(), &password).await?;
        println!("The login {} is ready.", app.get_username());
    }
    Ok(())
}
