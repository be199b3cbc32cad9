//! Hosts outside, as the system's resolver knows them.

use std::net::SocketAddr;
use std::time::Duration;

use ports::BoxFuture;
use ports::outside::{Outside, OutsideError};
use tokio::time::timeout;

use crate::public_address::is_public;

/// Longest time for one name.
const WITHIN: Duration = Duration::from_secs(10);

/// Goes where everybody can go, and to those hosts of one's own network that the operator names.
#[derive(Clone, Debug, Default)]
pub struct PublicHosts {
    private: Vec<String>,
}

impl PublicHosts {
    /// Those everybody can reach, and `private` ones by their names.
    #[must_use]
    pub fn and(private: Vec<String>) -> Self {
        Self { private }
    }

    async fn checked(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OutsideError> {
        let found = timeout(WITHIN, tokio::net::lookup_host((host, port))).await;
        let found: Vec<SocketAddr> =
            found.map_err(|_| OutsideError::Unknown)?.map_err(|_| OutsideError::Unknown)?.collect();
        if found.is_empty() {
            return Err(OutsideError::Unknown);
        }
        // One that is not public is enough: the others are there to get it past this.
        let public = found.iter().all(|address| is_public(address.ip()));
        if public || self.private.iter().any(|name| name == host) {
            Ok(found)
        } else {
            Err(OutsideError::Private)
        }
    }
}

impl Outside for PublicHosts {
    fn addresses<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Vec<SocketAddr>, OutsideError>> {
        Box::pin(self.checked(host, port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_inside_is_reached_only_when_the_operator_names_it() {
        let closed = PublicHosts::default();
        for host in ["localhost", "127.0.0.1", "::1", "169.254.169.254", "0x7f000001", "2130706433"] {
            let answer = closed.addresses(host, 443).await;
            assert!(
                matches!(answer, Err(OutsideError::Private | OutsideError::Unknown)),
                "{host}: {answer:?}"
            );
        }
        assert_eq!(closed.addresses("localhost", 443).await, Err(OutsideError::Private));
        let open = PublicHosts::and(vec!["localhost".to_owned()]);
        let addresses = open.addresses("localhost", 443).await.unwrap();
        assert!(addresses.iter().all(|address| address.ip().is_loopback() && address.port() == 443));
        assert_eq!(open.addresses("127.0.0.1", 443).await, Err(OutsideError::Private), "by its name only");
    }

    #[tokio::test]
    async fn a_host_that_nobody_knows_is_said_to_be_unknown() {
        let hosts = PublicHosts::default();
        assert_eq!(hosts.addresses("nobody.invalid", 443).await, Err(OutsideError::Unknown));
    }
}
