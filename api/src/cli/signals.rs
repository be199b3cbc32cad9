//! Ctrl-C and SIGTERM.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Exit code of a process that ended by Ctrl-C, as shells have it.
const INTERRUPTED: i32 = 130;

/// A token that is cancelled by the first Ctrl-C or SIGTERM. The second one ends the process at once; the
/// kernel then takes the children along.
pub(crate) fn stop_on_signal() -> std::io::Result<CancellationToken> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let first = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if first.is_cancelled() {
                std::process::exit(INTERRUPTED);
            }
            first.cancel();
        }
    });
    Ok(stop)
}
