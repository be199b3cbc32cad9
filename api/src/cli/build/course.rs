//! The course of a build: looked at until it rests. Everything happens on the server; this may stop and come back at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kernel::Uuid;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::display::{Display, Pace};
use super::look::Looker;
use super::news::news;
use super::seen::Seen;
use super::server::Own;
use super::site::{self, Site};
use super::verdict::{Rest, verdict};
use crate::cli::client::{Failure, Method, Session, Writing};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(400);
/// How long a server may be away: a restart.
const AWAY: Duration = Duration::from_secs(60);
/// Of the last word to a server, when somebody wants to go.
const LAST_WORD: Duration = Duration::from_secs(10);

/// A build that goes on.
#[derive(Debug)]
pub(super) struct Course<'a> {
    pub(super) session: &'a mut Session,
    pub(super) site: &'a Site,
    pub(super) spec: Uuid,
    /// Gates of the spec are approved.
    pub(super) yes: bool,
    /// What is wished in its name acts once.
    pub(super) build: Uuid,
}

impl Course<'_> {
    /// Lets go on what stands still: planning that was halted, tasks that have failed.
    pub(super) async fn revive(&self, display: &mut Display) -> Result<(), Failure> {
        let seen = Looker::at(self.session, self.site.project, self.spec).await?.look(self.session).await?;
        if matches!(seen.spec.status.as_str(), "halted" | "failed") {
            display.say("planning goes on");
            self.tell(&format!("/specs/{}/resume", self.spec)).await?;
        }
        for task in seen.tasks.iter().filter(|task| task.is("failed")) {
            display.say(&format!("{} is tried again", task.number));
            self.tell(&format!("/tasks/{}/retry", task.id)).await?;
        }
        Ok(())
    }

    async fn tell(&self, path: &str) -> Result<(), Failure> {
        self.session.write(Method::POST, path, json!({}), &Writing::default()).await.map(|_| ())
    }

    /// Follows it until it rests, or until somebody stops it: then there is no rest.
    pub(super) async fn follow(
        &mut self,
        mut own: Option<&mut Own>,
        stop: &CancellationToken,
        display: &mut Display,
    ) -> Result<(Option<Rest>, Option<Seen>), Failure> {
        let mut looker = Looker::at(self.session, self.site.project, self.spec).await?;
        let mut last: Option<Seen> = None;
        let mut clocks = Clocks::from(Instant::now());
        let mut approved = BTreeSet::new();
        let mut away_since: Option<Instant> = None;
        loop {
            let looked = tokio::select! {
                looked = Box::pin(self.look(&mut looker)) => looked,
                () = stop.cancelled() => return Ok((None, last)),
            };
            match looked {
                Err(failure) => {
                    let since = *away_since.get_or_insert_with(Instant::now);
                    let gone = own.as_mut().is_some_and(|own| own.is_gone());
                    if gone || !failure.may_pass() || since.elapsed() > AWAY {
                        return Err(failure);
                    }
                }
                Ok(seen) => {
                    away_since = None;
                    let changed = last.as_ref() != Some(&seen);
                    if changed {
                        display.tell(&news(last.as_ref(), &seen))?;
                    }
                    let now = Instant::now();
                    clocks.see(&seen, changed, now);
                    display.show(&seen, &clocks.pace(self.site, now));
                    let rest = verdict(&seen, clocks.quiet(now));
                    last = Some(seen);
                    match rest {
                        Some(Rest::Approval { gate, hash }) if self.yes => {
                            // What is read next may not show it yet.
                            let is_new = approved.insert(hash.clone());
                            if is_new {
                                display.say(&format!("the {gate} are approved, as --yes says"));
                                self.approve(&gate, &hash).await?;
                            }
                        }
                        Some(rest) => return Ok((Some(rest), last)),
                        None => {}
                    }
                }
            }
            tokio::select! {
                () = sleep(PAUSE) => {}
                () = stop.cancelled() => return Ok((None, last)),
            }
        }
    }

    /// A build may take longer than the token of a session lasts.
    async fn look(&mut self, looker: &mut Looker) -> Result<Seen, Failure> {
        self.session.client.renew().await?;
        looker.look(self.session).await
    }

    /// What is another one by now is looked at again, and approved then.
    async fn approve(&self, gate: &str, hash: &str) -> Result<(), Failure> {
        let key = format!("omoi-build-{}-{gate}-{}", self.build, hash.get(..16).unwrap_or(hash));
        let body = json!({ "gate": gate, "content_hash": hash });
        let path = format!("/specs/{}/approve", self.spec);
        match self.session.write(Method::POST, &path, body, &site::writing(key)).await {
            Err(failure)
                if failure.has_code("content_changed") || failure.has_code("no_approval_pending") =>
            {
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    /// Lets nothing new start. A server that does not answer is left alone: whoever resumes finds what is so.
    pub(super) async fn stand_down(&self) {
        let told = timeout(LAST_WORD, site::autonomy(self.session, self.site.project, false)).await;
        if let Ok(Err(failure)) = told {
            tracing::warn!(reason = failure.detail(), "the project still starts work by itself");
        }
    }
}

/// What was seen when, by the clock here: the server's may be another one.
#[derive(Debug)]
struct Clocks {
    began: Instant,
    changed: Instant,
    /// Of each run that goes on its task, and since when.
    runs: BTreeMap<Uuid, (Uuid, Instant)>,
}

impl Clocks {
    const fn from(now: Instant) -> Self {
        Self { began: now, changed: now, runs: BTreeMap::new() }
    }

    fn see(&mut self, seen: &Seen, changed: bool, now: Instant) {
        if changed {
            self.changed = now;
        }
        let open: BTreeMap<Uuid, Uuid> = seen.in_flight().map(|run| (run.id, run.task)).collect();
        self.runs.retain(|run, _| open.contains_key(run));
        for (run, task) in open {
            self.runs.entry(run).or_insert((task, now));
        }
    }

    fn quiet(&self, now: Instant) -> Duration {
        now - self.changed
    }

    fn pace(&self, site: &Site, now: Instant) -> Pace {
        let running = self.runs.values().map(|(task, since)| (*task, now - *since)).collect();
        Pace { elapsed: now - self.began, running, parallel: site.parallel }
    }
}

#[cfg(test)]
mod tests {
    use super::super::seen::examples::{run, seen};
    use super::*;

    #[test]
    fn quiet_is_how_long_nothing_has_changed() {
        let begin = Instant::now();
        let later = begin + Duration::from_secs(4);
        let mut clocks = Clocks::from(begin);
        let mut build = seen(&["running"]);
        build.runs = vec![run(1, 0, None)];
        clocks.see(&build, true, begin);
        clocks.see(&build, false, later);
        assert_eq!(clocks.quiet(later), Duration::from_secs(4));
        let site = Site { project: Uuid::from_u128(1), name: "Billing".to_owned(), parallel: 2 };
        let running = clocks.pace(&site, later).running;
        assert_eq!(running.get(&Uuid::from_u128(1)), Some(&Duration::from_secs(4)));
        build.runs = vec![run(1, 0, Some((3, "succeeded")))];
        clocks.see(&build, true, later);
        assert_eq!(clocks.quiet(later), Duration::ZERO);
        assert!(clocks.pace(&site, later).running.is_empty(), "what is over has no clock");
    }
}
