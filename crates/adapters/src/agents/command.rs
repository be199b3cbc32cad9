//! The agent that is a command line: it runs once, without a model, and takes no messages.

use std::process::Stdio;
use std::time::{Duration, Instant};

use ports::BoxFuture;
use ports::agent::{Act, AgentDriver, AgentError, Assignment, Delivery, Desk, Finished, Order};
use ports::llm::Said;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::group::Group;
use super::output::Output;
use super::voice::Voice;

/// How long what was written is waited for, when somebody who left the group holds the pipe.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Runs the command line of a task.
#[derive(Debug)]
pub struct CommandDriver;

impl AgentDriver for CommandDriver {
    fn name(&self) -> &'static str {
        "command"
    }

    fn takes_messages(&self) -> bool {
        false
    }

    fn work<'a>(
        &'a self,
        assignment: &'a Assignment,
        desk: Desk,
    ) -> BoxFuture<'a, Result<Finished, AgentError>> {
        Box::pin(run(assignment, desk))
    }
}

async fn run(assignment: &Assignment, Desk { seen, mut orders }: Desk) -> Result<Finished, AgentError> {
    let Some(line) = &assignment.run else {
        let said = "the task has no command to run: give it one (`run`), or another agent profile";
        return Err(AgentError::BadAssignment { said: Said::new(said) });
    };
    let voice = Voice::new(seen);
    voice.tell(Act::TurnStarted { prompt: line.clone() }).await;
    let began = Instant::now();
    let mut child = start(assignment, line)?;
    let group = Group::of(&child);
    let mut output = Output::default();
    let mut stdout = child.stdout.take().expect("it is a pipe");
    let mut interrupted = false;
    let ended = {
        let reading = output.read(&mut stdout);
        tokio::pin!(reading);
        let mut read = false;
        loop {
            tokio::select! {
                () = &mut reading, if !read => read = true,
                ended = child.wait() => {
                    // Whoever it has left behind may hold the pipe for ever.
                    group.kill();
                    if !read {
                        let _ = timeout(LAST_WORDS, reading).await;
                    }
                    break ended;
                }
                Some(order) = orders.recv() => interrupted |= obey(order, &group),
            }
        }
    };
    let exit = ended.ok().and_then(|status| status.code());
    let ran = Act::CommandRan {
        command: line.clone(),
        exit,
        duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        output: output.text(),
        output_bytes: output.bytes(),
    };
    voice.tell(ran).await;
    let stop = if interrupted { "cancelled" } else { "exit" };
    voice.tell(Act::TurnEnded { stop: stop.into() }).await;
    let message = match exit {
        _ if interrupted => "the command was interrupted".to_owned(),
        Some(0) => "the command has run".to_owned(),
        Some(code) => format!("the command ended with {code}"),
        None => "a signal ended the command".to_owned(),
    };
    Ok(Finished { done: exit == Some(0) && !interrupted, code: stop.into(), message })
}

/// One pipe for both outputs, so that they are read in the order in which they were written.
fn start(assignment: &Assignment, line: &str) -> Result<Child, AgentError> {
    let failed = |error: &std::io::Error| AgentError::CannotStart { said: Said::new(&error.to_string()) };
    Command::new("/bin/sh")
        .args(["-c", "exec 2>&1\neval \"$1\"", "sh", line])
        .current_dir(&assignment.workspace)
        .envs(assignment.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(&error))
}

/// Whether the command was interrupted.
fn obey(order: Order, group: &Group) -> bool {
    match order {
        Order::Steer { way, .. } => {
            let reason = "a command takes no messages".to_owned();
            let _ = way.try_send(Delivery::Degraded { reason });
            false
        }
        Order::Interrupt { done } => {
            group.kill();
            let _ = done.send(());
            true
        }
    }
}
