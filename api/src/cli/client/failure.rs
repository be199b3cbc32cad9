//! Why a command had no effect, or why its answer could not be shown.

use std::io::{self, ErrorKind};

use serde::Deserialize;
use serde_json::json;

/// Everything that ends a command early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server refused it, and said why.
    Refused {
        /// For people.
        detail: String,
        /// The problem object as the server sent it.
        problem: String,
        /// It could not be served now (503).
        passing: bool,
    },
    /// It did not come so far.
    Local {
        /// For programs.
        code: &'static str,
        /// For people: what is so, and what to do next.
        detail: String,
    },
    /// What was given is not fit: exit code 2, as for a wrong argument.
    Invalid {
        /// For programs.
        code: &'static str,
        /// For people: what is so, and what to do next.
        detail: String,
    },
    /// Nobody reads what we print any more: `omoi … | head`.
    Unread,
    /// Ctrl-C.
    Interrupted,
}

/// The server is not there, and: it went away before it answered.
pub(super) const UNREACHABLE: &str = "unreachable";
pub(super) const CONNECTION_CUT: &str = "connection_cut";

/// A problem+json object, as far as we look at it.
#[derive(Debug, Deserialize)]
struct Problem {
    status: u16,
    code: String,
    detail: String,
}

impl Failure {
    pub(crate) fn local(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Local { code, detail: detail.into() }
    }

    pub(crate) fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { code, detail: detail.into() }
    }

    /// What the body of a refusal says; `None` when it is no problem object, so it is not from our server.
    pub(super) fn refused(body: &str) -> Option<Self> {
        let problem: Problem = serde_json::from_str(body).ok()?;
        Some(Self::Refused {
            detail: format!("{} ({})", problem.detail, problem.code),
            problem: body.to_owned(),
            passing: problem.status == 503,
        })
    }

    /// Whether the same request may succeed in a while: nobody said no to it.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Refused { passing, .. } => *passing,
            Self::Local { code, .. } => matches!(*code, UNREACHABLE | CONNECTION_CUT),
            Self::Invalid { .. } | Self::Unread | Self::Interrupted => false,
        }
    }

    /// Whether it is a refusal of this code.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        let Self::Refused { problem, .. } = self else { return false };
        serde_json::from_str::<Problem>(problem).is_ok_and(|problem| problem.code == code)
    }

    /// A refusal of what was given, rather than of who gave it: exit code 2, as for a wrong argument.
    pub(crate) fn of_input(self) -> Self {
        match self {
            Self::Refused { detail, passing: false, .. } => Self::Invalid { code: "refused", detail },
            other => other,
        }
    }

    /// With what to do next.
    pub(super) fn advised(mut self, advice: &str) -> Self {
        if let Self::Refused { detail, .. } | Self::Local { detail, .. } | Self::Invalid { detail, .. } =
            &mut self
        {
            detail.push_str("; ");
            detail.push_str(advice);
        }
        self
    }

    /// For people, in one line.
    pub(crate) fn detail(&self) -> &str {
        match self {
            Self::Refused { detail, .. } | Self::Local { detail, .. } | Self::Invalid { detail, .. } => {
                detail
            }
            Self::Unread | Self::Interrupted => "",
        }
    }

    /// For programs: a problem object in one line.
    pub(crate) fn problem(&self) -> String {
        match self {
            Self::Refused { problem, .. } => problem.trim().to_owned(),
            Self::Local { code, detail } | Self::Invalid { code, detail } => {
                json!({ "type": format!("urn:omoi:problem:{code}"), "code": code, "detail": detail })
                    .to_string()
            }
            Self::Unread | Self::Interrupted => String::new(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::local("output", format!("cannot print the answer: {error}")),
        }
    }
}
