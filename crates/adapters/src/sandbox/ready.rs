//! How far a start is: bubblewrap tells its child by a pipe, and a shell behind all layers says that it is about to become the
//! program. Before that nothing of the program has run, and a failure is one of the start.

use std::io;
use std::path::Path;

use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::{OpenOptions, Receiver};

/// Becomes the program: takes the limit of processes that it is called by, tells that all layers hold, gives up the pipe
/// that it told it by, and waits until it may go on. The limit is taken inside, where the kernel counts the processes of this
/// sandbox alone; shells differ in what they call it.
pub(super) const SHELL: &str = "{ ulimit -u \"$0\" 2>&- || ulimit -p \"$0\"; } && echo ready >&3 && exec 3>&- && read -r go && exec \"$@\"";
/// Lets it go on: a line before all that its program is to hear. A shell reads from a pipe no further than to the end of the line.
pub(super) const GO: &[u8] = b"go\n";
const READY: &str = "ready";
/// More than bubblewrap ever says.
const LONGEST: usize = 4_096;

/// Our end of the pipe.
#[derive(Debug)]
pub(super) struct Status {
    pipe: Receiver,
    said: String,
}

impl Status {
    /// Opens it before the guard does.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        // Also for writing: then there is no end of it while nobody else has opened it.
        let pipe = OpenOptions::new().read_write(true).open_receiver(path)?;
        Ok(Self { pipe, said: String::new() })
    }

    /// Waits until the program is about to run; answers the process that everything of the sandbox descends from, when
    /// bubblewrap has told it. May be dropped and called again.
    pub(super) async fn ready(&mut self) -> io::Result<Option<i32>> {
        let mut piece = [0; 512];
        while !self.said.lines().any(|line| line == READY) {
            let read = self.pipe.read(&mut piece).await?;
            self.said.push_str(&String::from_utf8_lossy(&piece[..read]));
            if read == 0 || self.said.len() > LONGEST {
                return Err(io::Error::other("it tells something else than that it is ready"));
            }
        }
        Ok(child(&self.said))
    }

    /// Whether it was said, after the program has ended; a short one may end before anybody listens.
    pub(super) fn was_ready(&mut self) -> bool {
        let mut piece = [0; LONGEST];
        // It does not block: the pipe was opened so.
        while let Ok(read @ 1..) = rustix::io::read(&self.pipe, &mut piece) {
            self.said.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
        self.said.lines().any(|line| line == READY)
    }
}

fn child(said: &str) -> Option<i32> {
    let told = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    told.filter_map(|told| told.get("child-pid")?.as_i64()).find_map(|pid| i32::try_from(pid).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_child_is_told_in_a_line_of_its_own() {
        assert_eq!(child("{ \"child-pid\": 8192, \"net-namespace\": 1 }\nready\n"), Some(8192));
        assert_eq!(child("ready\n"), None);
        assert_eq!(child("{ \"child-pid\": 8"), None);
    }
}
