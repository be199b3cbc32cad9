//! When a run is ended by us: by the wall clock, because its worker is silent, because its agent is, or because it does nothing.

use std::sync::Mutex;
use std::time::Duration;

use execution::run::Limits;
use ports::agent::{Act, Seen};
use tokio::time::{Instant, sleep_until};

use super::ending::Ending;

/// A worker that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(12);
/// Before its first word it has to be loaded from the disk, on a busy machine too.
const FIRST_WORD: Duration = Duration::from_secs(60);

/// What was last heard of a run.
#[derive(Debug)]
pub(super) struct Watch {
    limits: Limits,
    heard: Mutex<Heard>,
    wanted: Wanted,
}

#[derive(Clone, Copy, Debug)]
struct Heard {
    began: Instant,
    /// Of the worker: that it lives.
    worker: Option<Instant>,
    /// Of the agent: anything.
    agent: Instant,
    /// That it has changed a file or run a command.
    progress: Instant,
}

/// Somebody else than the clock wants the run to end.
type Wanted = tokio::sync::watch::Sender<Option<Ending>>;

impl Watch {
    pub(super) fn begin(limits: Limits) -> Self {
        let now = Instant::now();
        let heard = Heard { began: now, worker: None, agent: now, progress: now };
        Self { limits, heard: Mutex::new(heard), wanted: Wanted::new(None) }
    }

    /// The worker lives.
    pub(super) fn hear_worker(&self) {
        self.change(|heard| heard.worker = Some(Instant::now()));
    }

    /// The agent has done something.
    pub(super) fn hear_agent(&self, events: &[Seen]) {
        let now = Instant::now();
        let acts = |seen: &Seen| matches!(seen.what, Act::FileChanged { .. } | Act::CommandRan { .. });
        let progress = events.iter().any(acts);
        self.change(|heard| {
            heard.worker = Some(now);
            heard.agent = now;
            if progress {
                heard.progress = now;
            }
        });
    }

    /// The run is to end by this.
    pub(super) fn end(&self, ending: Ending) {
        self.wanted.send_if_modified(|wanted| {
            let first = wanted.is_none();
            wanted.get_or_insert(ending);
            first
        });
    }

    /// Waits until one of the limits is reached, or the run is to end.
    pub(super) async fn over(&self) -> Ending {
        let mut wanted = self.wanted.subscribe();
        tokio::select! {
            Ok(ending) = wanted.wait_for(Option::is_some) => ending.clone().expect("it was waited for"),
            ending = self.of_the_clock() => ending,
        }
    }

    async fn of_the_clock(&self) -> Ending {
        loop {
            let (until, ending) = self.next();
            if until <= Instant::now() {
                return ending;
            }
            sleep_until(until).await;
        }
    }

    /// The limit that is reached first if nothing more is heard.
    fn next(&self) -> (Instant, Ending) {
        let heard = *self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Limits { wall_s, idle_s, no_progress_s, .. } = self.limits;
        let after = |since: Instant, seconds: u32| since + Duration::from_secs(u64::from(seconds));
        let silent = heard.worker.map_or(heard.began + FIRST_WORD, |heard| heard + SILENCE);
        let all = [
            (silent, Ending::worker_gone("it has not been heard of for too long")),
            (after(heard.began, wall_s), Ending::timed_out("wall_clock", format!("it ran for {wall_s} s"))),
            (
                after(heard.agent, idle_s),
                Ending::timed_out("idle", format!("nothing was seen of the agent for {idle_s} s")),
            ),
            (
                after(heard.progress, no_progress_s),
                Ending::timed_out(
                    "no_progress",
                    format!("the agent has changed no file and run no command for {no_progress_s} s"),
                ),
            ),
        ];
        all.into_iter().min_by_key(|(until, _)| *until).expect("there are four")
    }

    fn change(&self, how: impl FnOnce(&mut Heard)) {
        how(&mut self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: fn() -> Limits =
        || Limits { wall_s: 100, idle_s: 20, no_progress_s: 50, ..Limits::default() };

    fn message() -> Seen {
        Seen::told(1, Act::Message { text: "still here".into() })
    }

    fn command() -> Seen {
        let ran = Act::CommandRan {
            command: "true".into(),
            exit: Some(0),
            duration_ms: 1,
            output: String::new(),
            output_bytes: 0,
        };
        Seen::told(1, ran)
    }

    /// Hears `event` every second for `seconds`, or until it is over.
    async fn hears(watch: &Watch, seconds: u64, event: Option<Seen>) -> Option<Ending> {
        for _ in 0..seconds {
            watch.hear_worker();
            watch.hear_agent(event.as_slice());
            if let Ok(ending) = tokio::time::timeout(Duration::from_secs(1), watch.over()).await {
                return Some(ending);
            }
        }
        None
    }

    #[tokio::test(start_paused = true)]
    async fn who_works_has_until_the_wall_clock() {
        let watch = Watch::begin(LIMITS());
        assert_eq!(hears(&watch, 99, Some(command())).await, None);
        assert_eq!(
            hears(&watch, 2, Some(command())).await,
            Some(Ending::timed_out("wall_clock", "it ran for 100 s"))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_only_talks_makes_no_progress() {
        let watch = Watch::begin(LIMITS());
        assert_eq!(hears(&watch, 49, Some(message())).await, None);
        let ending = hears(&watch, 2, Some(message())).await.unwrap();
        assert!(format!("{ending:?}").contains("no_progress"), "{ending:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_agent_of_whom_nothing_is_seen_is_idle_though_its_worker_lives() {
        let watch = Watch::begin(LIMITS());
        for _ in 0..19 {
            watch.hear_worker();
            assert!(tokio::time::timeout(Duration::from_secs(1), watch.over()).await.is_err());
        }
        watch.hear_worker();
        let ending = watch.over().await;
        assert!(format!("{ending:?}").contains("\"idle\""), "{ending:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_worker_is_gone() {
        let watch = Watch::begin(LIMITS());
        watch.hear_worker();
        let began = Instant::now();
        let ending = watch.over().await;
        assert!(format!("{ending:?}").contains("worker_gone"), "{ending:?}");
        assert_eq!(began.elapsed().as_secs(), SILENCE.as_secs());
    }
}
