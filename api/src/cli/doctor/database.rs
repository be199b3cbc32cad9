//! A Postgres that somebody else runs: whether it has what the schema needs. That of `omoi up` has it.

use std::time::Duration;

use eventstore::{CREATE_VECTOR, Vector};
use tokio::time::timeout;

use super::report::Report;
use crate::config::Config;

/// Longest wait for a database that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);
const WHAT: &str = "pgvector";

pub(super) async fn check(report: &mut Report, config: &Config) {
    let Some(url) = config.database_admin_url.as_ref().or(config.database_url.as_ref()) else { return };
    let vector = match timeout(PATIENCE, eventstore::vector(url.reveal())).await {
        Ok(Ok(vector)) => vector,
        Ok(Err(error)) => return unknown(report, &error.to_string()),
        Err(_) => return unknown(report, "no answer in time"),
    };
    let Vector { database, login, is_superuser, version, is_installed } = vector;
    match version {
        Some(version) => report.ok(WHAT, format!("{version}, in the database {database}")),
        None if !is_installed => report.wrong(
            WHAT,
            format!("the server of the database {database} does not have it"),
            "install it there (Debian and Ubuntu: the package postgresql-<version>-pgvector)",
        ),
        None if is_superuser => report.ok(WHAT, "installed; `omoi migrate` makes the extension"),
        None => report.wrong(
            WHAT,
            format!("the database {database} lacks the extension, and {login} is no superuser"),
            format!("ask an administrator to run `{CREATE_VECTOR}` in {database}, then run `omoi migrate`"),
        ),
    }
}

fn unknown(report: &mut Report, why: &str) {
    report.note(
        WHAT,
        format!("the database cannot be asked: {why}"),
        "look at DATABASE_URL and DATABASE_ADMIN_URL",
    );
}
