//! Where answers and refusals are printed.

use std::{
    env,
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use serde::de::DeserializeOwned;

use super::text::{Line, harmless, rendered};
use super::{Answer, Failure};

/// Exit code of a command that ended by Ctrl-C, as shells have it.
const INTERRUPTED: u8 = 130;
/// Exit code for input that is not fit, as for a wrong argument.
const INVALID: u8 = 2;

/// How this command prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
    styled: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { json, styled: !unwanted && io::stdout().is_terminal() }
    }

    /// The answer as it came, or as `lines` tell it.
    ///
    /// # Errors
    /// [`Failure::Unread`] when the reader has gone.
    pub(crate) fn show<T: DeserializeOwned>(
        &self,
        answer: &Answer,
        lines: impl FnOnce(T) -> Vec<Line>,
    ) -> Result<(), Failure> {
        if self.json {
            return self.raw([answer.body.trim()]);
        }
        self.lines(&lines(answer.parse()?))
    }

    /// Lines of JSON.
    ///
    /// # Errors
    /// As [`Output::show`].
    pub(crate) fn raw<'a>(&self, lines: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
        print(lines.into_iter())
    }

    /// Lines for people.
    ///
    /// # Errors
    /// As [`Output::show`].
    pub(crate) fn lines(&self, lines: &[Line]) -> Result<(), Failure> {
        print(lines.iter().map(|line| rendered(line, self.styled)))
    }

    /// Says on stderr why there is no answer.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        let text = match failure {
            // The reader has what it wanted.
            Failure::Unread => return ExitCode::SUCCESS,
            Failure::Interrupted => return ExitCode::from(INTERRUPTED),
            failure if self.json => failure.problem(),
            failure => format!("omoi: {}", harmless(failure.detail())),
        };
        // With stderr closed there is nobody left to tell.
        let _ = writeln!(io::stderr(), "{text}");
        if matches!(failure, Failure::Invalid { .. }) { ExitCode::from(INVALID) } else { ExitCode::FAILURE }
    }
}

/// A line at a time into one buffer, handed over at once.
fn print(lines: impl Iterator<Item = impl AsRef<str>>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in lines {
        writeln!(out, "{}", line.as_ref())?;
    }
    Ok(out.flush()?)
}

impl Answer {
    /// The answer as something we know.
    ///
    /// # Errors
    /// When it is something else: the server is of another version.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(&self.body).map_err(|error| {
            let detail =
                format!("the answer is not understood ({error}); are omoi and its server of one version?");
            Failure::local("not_understood", detail)
        })
    }
}
