//! A guard that stays: it holds a program that nothing else holds. It is told of each descendant that loses its parent, so none
//! gets away from it, and it ends all of them when the program ends, or when whoever started it is gone.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpid, set_child_subreaper, wait};

use crate::tree::{self, Held};

/// Once whoever started us is gone.
const KILL_EVERY: Duration = Duration::from_millis(5);

/// Runs the program, ends what it leaves, and ends as it did: with its code, or as a shell does with 128 and the signal.
/// `told` hears when it runs; when nobody has `life` open for writing any more, all is ended.
///
/// # Errors
/// When the program could not be started.
pub(crate) fn keep(mut command: Command, mut told: File, life: File) -> Result<i32, String> {
    set_child_subreaper(Some(getpid())).map_err(|e| format!("cannot keep descendants: {e}"))?;
    // Before the program is there: one that uses up all processes of its user must not keep us from watching.
    thread::Builder::new()
        .spawn(move || {
            let mut life = life;
            while life.read(&mut [0]).is_ok_and(|read| read > 0) {}
            // Again and again, until we end ourselves: the program may be only just about to begin.
            loop {
                kill_all();
                thread::park_timeout(KILL_EVERY);
            }
        })
        .map_err(|e| format!("cannot watch: {e}"))?;
    let program = command.get_program().display().to_string();
    let child = match command.spawn() {
        Ok(child) => child,
        // As a shell has it: that is how a program ends, too.
        Err(e) => {
            eprintln!("{program}: {e}");
            let _ = writeln!(told, "ready");
            return Ok(if e.kind() == ErrorKind::NotFound { 127 } else { 126 });
        }
    };
    // Who does not hear it is gone, and then `life` ends.
    let _ = writeln!(told, "{{ \"child-pid\": {} }}\nready", child.id());
    drop(told);
    let child = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let code = loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((ended, status))) if Some(ended) == child => break code(status),
            Ok(_) | Err(Errno::INTR) => {}
            Err(e) => return Err(format!("cannot wait for {program}: {e}")),
        }
    };
    loop {
        kill_all();
        match wait(WaitOptions::empty()) {
            Err(Errno::CHILD) => return Ok(code),
            // Many have ended by now; one look at all processes for each would take long.
            _ => while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {},
        }
    }
}

fn kill_all() {
    let own = getpid().as_raw_pid();
    for process in tree::descendants(&tree::all(), own) {
        // None of them is waited for meanwhile by anybody but us, so the number is theirs, or an orphan's that is ours too.
        if let Some(held) = Held::open(process.pid)
            && tree::of(process.pid).is_some_and(|now| now.begun == process.begun)
        {
            held.signal(Signal::KILL);
        }
    }
}

fn code(status: WaitStatus) -> i32 {
    status.exit_status().or_else(|| status.terminating_signal().map(|signal| 128 + signal)).unwrap_or(1)
}
