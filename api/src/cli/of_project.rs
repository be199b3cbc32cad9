//! What the pictures of a project share (`omoi board`, `graph`, `activity`): whose they are, how they are asked for,
//! and how far they go.

use std::process::ExitCode;

use serde::de::DeserializeOwned;

use super::client::{Connection, Line, Reading, Session, alarm, faint};

#[derive(Debug, clap::Args)]
pub(super) struct OfProject {
    /// The project: its name, slug or UUID.
    project: String,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    connection: Connection,
}

impl OfProject {
    /// Shows what `GET /projects/{id}/{what}` answers.
    pub(super) async fn show<T: DeserializeOwned>(
        &self,
        what: &str,
        lines: impl FnOnce(T) -> Vec<Line>,
    ) -> ExitCode {
        Session::run(&self.connection, async |session| {
            let project = session.project(&self.project).await?;
            let path = format!("/projects/{project}/{what}");
            let answer = session.client.read(&path, self.reading.min_position).await?;
            session.out.show(&answer, lines)
        })
        .await
    }
}

/// How far the answer goes.
pub(super) fn standing(position: i64, stale: Option<i64>) -> Line {
    let mut line = vec![faint(format!("as of position {position}"))];
    line.extend(stale.map(|stale| {
        alarm(format!("; it stands still since {stale}, because that event cannot be applied"))
    }));
    line
}
