//! What agents can be held by on this machine.

use super::report::Report;
use crate::wiring::{LocalSandboxes, SandboxOptions};
use embedded::guard;
use ports::sandbox::{Level, SandboxError, Sandboxes as _};

const WHAT: &str = "sandboxes";

/// All else works without: only agents cannot run.
pub(super) async fn check(report: &mut Report) {
    // In a directory of its own: the data directory is not to be changed, and may be in use.
    let state = match tempfile::tempdir() {
        Ok(state) => state,
        Err(error) => return report.note(WHAT, error.to_string(), "make room for temporary files"),
    };
    let options = SandboxOptions::new(guard::this_exe(), state.path().to_path_buf());
    match LocalSandboxes::new(options).probe().await {
        Ok(found) if found.level == Level::Full => {
            report.ok(WHAT, format!("{}, level {}", found.provider, found.level));
        }
        Ok(found) => {
            let lacking = found.lacking.join("; ");
            let mend = "for limits on memory, processes and time of all programs of a sandbox together, run as root, or as a \
                        service that control groups are delegated to (systemd: `Delegate=yes`)";
            report.note(WHAT, format!("{}, level {}: {lacking}", found.provider, found.level), mend);
        }
        Err(SandboxError::Unavailable { what, remedy }) => {
            report.note(WHAT, what, format!("to run agents here: {remedy}"));
        }
        Err(error) => report.note(WHAT, error.to_string(), "to run agents here, mend what it says"),
    }
}
