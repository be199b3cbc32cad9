//! A port on the loopback that is ours over restarts.

use std::{io, net::TcpListener, ops::RangeInclusive, time::Duration};

use rand::Rng as _;
use tokio::time::{interval, timeout};

use crate::{Error, Result};

/// Below the ports that the kernel gives to outgoing connections: one of those could have ours while we
/// are stopped.
const OURS: RangeInclusive<u16> = 20_000..=31_999;

/// How often an occupied port is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// A port that nobody has now.
pub(crate) fn free() -> Result<u16> {
    let mut random = rand::rng();
    let some = (0..64).map(|_| random.random_range(OURS)).find(|port| is_free(*port));
    some.map_or_else(any, Ok).map_err(Error::io("find a free port on", "127.0.0.1"))
}

/// Whether nobody has this port, or has it no longer before the time is over.
pub(crate) async fn comes_free(port: u16, within: Duration) -> bool {
    let mut ticks = interval(AGAIN);
    let free = async {
        while !is_free(port) {
            ticks.tick().await;
        }
    };
    timeout(within, free).await.is_ok()
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// Whatever the kernel gives: for a machine where nearly all of [`OURS`] are taken.
fn any() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_is_below_those_of_outgoing_connections() {
        assert!(OURS.contains(&free().unwrap()));
    }

    #[tokio::test]
    async fn one_who_leaves_is_waited_for() {
        let holder = TcpListener::bind(("127.0.0.1", free().unwrap())).unwrap();
        let port = holder.local_addr().unwrap().port();
        let waiting = tokio::spawn(comes_free(port, Duration::from_mins(1)));
        tokio::task::yield_now().await;
        drop(holder);
        assert!(waiting.await.unwrap());
    }

    #[tokio::test]
    async fn one_who_stays_keeps_it() {
        let holder = TcpListener::bind(("127.0.0.1", free().unwrap())).unwrap();
        assert!(!comes_free(holder.local_addr().unwrap().port(), Duration::from_millis(120)).await);
    }
}
