//! How often somebody may ask: a bound on what one caller, one organization or one stranger can take of a node, far above
//! what people and their programs need. It is counted on each node, in memory.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use accounts::Credential;
use axum::{
    extract::{Request, State},
    http::HeaderValue,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
};
use kernel::OrgId;
use tokio_util::sync::CancellationToken;

use super::{client_address::ClientAddress, problem::Problem};
use crate::{config::Config, wiring::Services};

/// A stranger may walk over everything that is open at once, and then as often as this.
const BURST_OF_ADDRESS: NonZeroU32 = NonZeroU32::new(600).expect("not zero");
/// Who has not asked for so long is forgotten: all of it would be allowed again.
const FORGET_EVERY: Duration = Duration::from_secs(60);

type Limiter<K> = DefaultKeyedRateLimiter<K, StateInformationMiddleware>;

/// The bounds of this node.
#[derive(Debug)]
pub(crate) struct Rates {
    callers: Bound<Credential>,
    organizations: Bound<OrgId>,
    addresses: Bound<IpAddr>,
}

/// One of them.
struct Bound<K: Clone + Hash + Eq> {
    name: &'static str,
    per_s: NonZeroU32,
    limiter: Limiter<K>,
}

impl<K: Clone + Hash + Eq> std::fmt::Debug for Bound<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound").field("name", &self.name).field("per_s", &self.per_s).finish_non_exhaustive()
    }
}

/// What is left, for the headers of the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    name: &'static str,
    per_s: NonZeroU32,
    remaining: u32,
}

impl<K: Clone + Hash + Eq> Bound<K> {
    fn new(name: &'static str, per_s: NonZeroU32, burst: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_s).allow_burst(burst);
        let limiter = RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>();
        Self { name, per_s, limiter }
    }

    fn ask(&self, key: &K) -> Result<Left, Problem> {
        match self.limiter.check_key(key) {
            Ok(state) => {
                Ok(Left { name: self.name, per_s: self.per_s, remaining: state.remaining_burst_capacity() })
            }
            Err(until) => {
                metrics::counter!("omoi_rate_limited_total", "limit" => self.name).increment(1);
                Err(Problem::too_many(until.wait_time_from(DefaultClock::default().now())))
            }
        }
    }

    fn forget(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

impl Rates {
    pub(crate) fn new(config: &Config) -> Self {
        let (caller, organization) = (config.rate_of_caller, config.rate_of_organization);
        let twice = |per_s: NonZeroU32| per_s.saturating_mul(NonZeroU32::new(2).expect("not zero"));
        Self {
            callers: Bound::new("caller", caller, twice(caller)),
            organizations: Bound::new("organization", organization, twice(organization)),
            addresses: Bound::new("address", config.rate_of_address, BURST_OF_ADDRESS),
        }
    }

    /// Whoever is let in.
    ///
    /// # Errors
    /// 429, with how long to wait.
    pub(super) fn of_caller(&self, credential: Credential, org: OrgId) -> Result<Left, Problem> {
        let left = self.callers.ask(&credential)?;
        let of_all = self.organizations.ask(&org)?;
        Ok(if of_all.remaining < left.remaining { of_all } else { left })
    }

    /// Forgets, now and then, who has not asked for long, until `stop`.
    pub(crate) async fn forget_now_and_then(services: Services, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(FORGET_EVERY)).await.is_some() {
            let rates = services.rates();
            rates.callers.forget();
            rates.organizations.forget();
            rates.addresses.forget();
        }
    }
}

impl Left {
    /// As `draft-ietf-httpapi-ratelimit-headers` has it.
    pub(super) fn tell(self, response: &mut Response) {
        let Self { name, per_s, remaining } = self;
        let headers = response.headers_mut();
        let policy = format!("\"{name}\";q={per_s};w=1");
        headers.insert("ratelimit-policy", HeaderValue::try_from(policy).expect("ASCII"));
        let state = format!("\"{name}\";r={remaining};t=1");
        headers.insert("ratelimit", HeaderValue::try_from(state).expect("ASCII"));
    }
}

/// For what needs no sign-in: by the address that it comes from.
pub(super) async fn of_address(State(services): State<Services>, request: Request, next: Next) -> Response {
    let Some(ClientAddress(client)) = request.extensions().get::<ClientAddress>().copied() else {
        return next.run(request).await;
    };
    match services.rates().addresses.ask(&client) {
        Ok(left) => {
            let mut response = next.run(request).await;
            left.tell(&mut response);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).expect("not zero")
    }

    #[test]
    fn who_asks_too_often_is_told_to_wait_and_others_are_not() {
        let bound = Bound::new("caller", number(1), number(3));
        for left in [2, 1, 0] {
            assert_eq!(bound.ask(&"ada").expect("allowed").remaining, left);
        }
        let mut response = bound.ask(&"ada").expect_err("too often").into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "1");
        bound.ask(&"bob").expect("somebody else").tell(&mut response);
        assert_eq!(response.headers()["ratelimit-policy"], "\"caller\";q=1;w=1");
        assert_eq!(response.headers()["ratelimit"], "\"caller\";r=2;t=1");
    }
}
