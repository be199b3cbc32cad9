//! The program of the agent: what it says, line by line, and what it is told. It and what it started are gone when this is dropped.

mod limits;
mod lines;
mod outbox;

use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use ports::agent::{AgentError, Assignment};
use ports::llm::Said;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, sleep_until, timeout};

pub(super) use self::limits::Limits;
use self::lines::{Lines, Read};
use self::outbox::Outbox;
pub(super) use self::outbox::Span;
use super::group::Group;

/// How long what it has still to say is waited for, when it has ended or takes nothing any more.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How long it may take to end by itself once nothing more will come.
const GOODBYE: Duration = Duration::from_secs(2);
/// Kept of what it complains.
const COMPLAINT_BYTES: usize = 4 << 10;

/// An agent that runs.
#[derive(Debug)]
pub(super) struct Agent {
    group: Group,
    child: Child,
    outbox: Outbox<ChildStdin>,
    lines: Lines<ChildStdout>,
    is_silent: bool,
    complaint: Complaint,
    exit: Option<Option<ExitStatus>>,
    over_by: Option<Instant>,
    is_over: bool,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Heard {
    /// A line.
    Line(String),
    /// A line without end.
    TooLong,
    /// It has all that it was sent.
    Handed,
    /// It has ended, or can as well be ended.
    Over,
}

impl Agent {
    /// Starts it in the workspace, in a group of processes of its own.
    ///
    /// # Errors
    /// When it is not there, or cannot be started.
    pub(super) fn start(
        program: &str,
        arguments: &[String],
        environment: Vec<(String, String)>,
        assignment: &Assignment,
    ) -> Result<Self, AgentError> {
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(&assignment.workspace)
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => AgentError::Missing { program: Said::new(program) },
                _ => AgentError::CannotStart { said: Said::new(&format!("{program}: {error}")) },
            })?;
        let group = Group::of(&child);
        let outbox = Outbox::new(child.stdin.take().expect("it is a pipe"));
        let lines = Lines::new(child.stdout.take().expect("it is a pipe"));
        let complaint = Complaint { from: child.stderr.take(), tail: VecDeque::new() };
        Ok(Self {
            group,
            child,
            outbox,
            lines,
            is_silent: false,
            complaint,
            exit: None,
            over_by: None,
            is_over: false,
        })
    }

    /// Sends it a line.
    ///
    /// # Errors
    /// When it leaves lying what it is sent.
    pub(super) fn tell(&mut self, line: &str) -> Result<Span, AgentError> {
        let does_not_read = || AgentError::Gone { said: Said::new("it does not read what it is sent") };
        self.outbox.put(line).ok_or_else(does_not_read)
    }

    /// How many bytes it was handed.
    pub(super) const fn handed(&self) -> u64 {
        self.outbox.written()
    }

    /// The next thing that is heard of it. Whoever stops waiting for it loses nothing.
    pub(super) async fn next(&mut self) -> Heard {
        loop {
            if self.is_over || (self.is_silent && self.exit.is_some()) {
                return Heard::Over;
            }
            let over = async |by: Option<Instant>| match by {
                Some(by) => sleep_until(by).await,
                None => pending().await,
            };
            tokio::select! {
                read = self.lines.next(), if !self.is_silent => match read {
                    Read::Line(line) => return Heard::Line(line),
                    Read::TooLong => return Heard::TooLong,
                    Read::End => {
                        self.is_silent = true;
                        self.ends_soon();
                    }
                },
                ended = self.child.wait(), if self.exit.is_none() => {
                    self.exit = Some(ended.ok());
                    // Whoever it has left behind may hold its pipe for ever.
                    self.ends_soon();
                }
                pushed = self.outbox.push_on(), if self.outbox.waits() => {
                    if pushed.is_err() {
                        self.outbox.close();
                        self.ends_soon();
                    } else if !self.outbox.waits() {
                        return Heard::Handed;
                    }
                }
                () = self.complaint.read_on(), if self.complaint.from.is_some() => {}
                () = over(self.over_by) => self.is_over = true,
            }
        }
    }

    fn ends_soon(&mut self) {
        self.over_by.get_or_insert(Instant::now() + LAST_WORDS);
    }

    /// How it ended, for people.
    pub(super) async fn ending(&mut self) -> String {
        let _ = timeout(LAST_WORDS / 10, self.complaint.read_to_end()).await;
        let how = match self.exit {
            None => "it closed its input or output".to_owned(),
            Some(status) => match status.and_then(|status| status.code()) {
                Some(code) => format!("it ended with exit code {code}"),
                None => "a signal ended it".to_owned(),
            },
        };
        let lines = self.complaint.text();
        let lines: Vec<&str> = lines.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = lines[lines.len().saturating_sub(3)..].join(" | ");
        if last.is_empty() { how } else { format!("{how}: {last}") }
    }

    /// The end of what it complained.
    pub(super) fn complaint(&self) -> String {
        self.complaint.text()
    }

    /// Lets it end by itself, which it does with what it has started; and ends it when it does not.
    pub(super) async fn dismiss(mut self) {
        self.outbox.close();
        if self.exit.is_none() {
            let _ = timeout(GOODBYE, self.child.wait()).await;
        }
        self.end().await;
    }

    /// Ends it, and those of its group.
    pub(super) async fn end(&mut self) {
        self.group.kill();
        if self.exit.is_none() {
            // Should it have left its group.
            let _ = self.child.start_kill();
            self.exit = Some(self.child.wait().await.ok());
        }
    }
}

/// What it wrote to its standard error; its end is kept.
#[derive(Debug)]
struct Complaint {
    from: Option<ChildStderr>,
    tail: VecDeque<u8>,
}

impl Complaint {
    async fn read_on(&mut self) {
        let mut chunk = [0; 4 << 10];
        let Some(from) = &mut self.from else { return };
        match from.read(&mut chunk).await {
            Ok(read @ 1..) => {
                self.tail.extend(&chunk[..read]);
                let over = self.tail.len().saturating_sub(COMPLAINT_BYTES);
                self.tail.drain(..over);
            }
            Ok(0) | Err(_) => self.from = None,
        }
    }

    async fn read_to_end(&mut self) {
        while self.from.is_some() {
            self.read_on().await;
        }
    }

    fn text(&self) -> String {
        let (front, back) = self.tail.as_slices();
        String::from_utf8_lossy(&[front, back].concat()).into_owned()
    }
}
