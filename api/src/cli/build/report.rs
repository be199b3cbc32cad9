//! The report of a build: what was built, by whom, what it cost, and on which evidence each requirement rests. It says what the
//! API answers; nothing of it is kept beside the log.

mod gather;
mod markdown;

use std::path::PathBuf;
use std::time::Duration;

use kernel::Uuid;

use super::end::Outcome;
use super::seen::Seen;
use super::state::Kept;
use crate::cli::client::Session;

/// The name of the file, beside the state of the build.
const FILE: &str = "report.md";

/// Writes the report; answers where it is. A build is as it is without one: then it is said in the log why there is none.
pub(super) async fn write(
    session: &Session,
    kept: &Kept,
    (spec, outcome): (Uuid, Outcome),
    seen: &Seen,
    took: Duration,
) -> Option<PathBuf> {
    let written = async {
        let facts = gather::facts(session, spec, seen).await?;
        kept.write(FILE, &markdown::page(&facts, outcome, seen, took))
    };
    match Box::pin(written).await {
        Ok(file) => file.canonicalize().ok().or(Some(file)),
        Err(failure) => {
            tracing::warn!(reason = failure.detail(), "the report of the build was not written");
            None
        }
    }
}
