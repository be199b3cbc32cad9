//! What the commands for people share: they speak to the HTTP API like any other client, and know nothing that
//! the API does not say. [`place`] finds the server and the key, [`http`] sends, [`resolve`] turns names and
//! numbers into ids, [`output`] prints.

pub(super) mod address_file;
mod failure;
mod http;
mod output;
mod place;
mod resolve;
pub(super) mod sign_ins;
mod text;
pub(super) mod values;

use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;

pub(super) use self::failure::Failure;
pub(super) use self::http::{Answer, Client, Method};
pub(super) use self::output::Output;
pub(super) use self::place::Connection;
use self::place::Place;
pub(super) use self::resolve::{Kind, ProjectEntry};
#[cfg(test)]
pub(super) use self::text::shown_plain;
pub(super) use self::text::{Line, Span, alarm, faint, paragraphs, plain, rendered, rows, strong, time};

/// Of each argument: one of the whole would hold for those that follow as well.
const HEADING: &str = "Repeats and conflicts";

/// Of a command that changes something.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Writing {
    /// Names this wish, so that it acts once however often it is sent; 1 to 255 visible ASCII characters. The same
    /// key with other words is refused. [default: a fresh one]
    #[arg(long, help_heading = HEADING, value_name = "KEY", value_parser = values::idempotency_key)]
    pub(super) idempotency_key: Option<String>,
    /// Act only if it still is at this version, as `show` prints it; else the answer is a refusal.
    #[arg(long, help_heading = HEADING, value_name = "VERSION", value_parser = clap::value_parser!(i64).range(0..))]
    pub(super) if_match: Option<i64>,
}

/// Of a command that reads.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct Reading {
    /// Wait, at most 2 seconds, until the answer shows everything up to this position of the log. Each change prints
    /// its position.
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    pub(super) min_position: Option<i64>,
}

/// One run of one command: whom it asks, and where it prints.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) client: Client,
    pub(super) out: Output,
}

impl Session {
    /// Connects, does the work, and says on stderr why it failed.
    pub(super) async fn run(
        connection: &Connection,
        work: impl AsyncFnOnce(&Self) -> Result<(), Failure>,
    ) -> ExitCode {
        let out = Output::new(connection.json);
        let done = async { work(&Self::open(connection).await?).await };
        match Box::pin(done).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => out.fail(&failure),
        }
    }

    /// Connects.
    ///
    /// # Errors
    /// When no server is there, or nothing opens it.
    pub(super) async fn open(connection: &Connection) -> Result<Self, Failure> {
        let place = connection.place()?;
        place.must_open()?;
        let mut session = Self { client: Client::new(place)?, out: Output::new(connection.json) };
        session.client.renew().await?;
        Ok(session)
    }

    /// Connects to a server that this command has started.
    ///
    /// # Errors
    /// When its data directory has no key.
    pub(super) fn own(url: &str, data_dir: &Path, json: bool) -> Result<Self, Failure> {
        let place = Place::own(url, data_dir);
        place.must_open()?;
        Ok(Self { client: Client::new(place)?, out: Output::new(json) })
    }

    /// The same for who need not be signed in yet.
    pub(super) async fn begin(
        connection: &Connection,
        work: impl AsyncFnOnce(&Self) -> Result<(), Failure>,
    ) -> ExitCode {
        let out = Output::new(connection.json);
        let done = async {
            let session = Self { client: Client::new(connection.place()?)?, out };
            work(&session).await
        };
        match Box::pin(done).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => out.fail(&failure),
        }
    }

    /// Sends a change. What is `null` in `body` was not said, and is left out.
    pub(super) async fn write(
        &self,
        method: Method,
        path: &str,
        mut body: Value,
        writing: &Writing,
    ) -> Result<Answer, Failure> {
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        self.client.write(method, path, &body, writing).await
    }
}
