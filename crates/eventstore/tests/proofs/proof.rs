//! How long a proof goes on, and the figures it leaves.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Map, Value, json};

/// Fewer cases than this prove nothing.
const FEWEST: usize = 3;

/// One proof while it runs. Dropped before [`Proof::holds`], it leaves `ok: false`.
pub(crate) struct Proof {
    name: &'static str,
    full_count: usize,
    full: bool,
    seed: u64,
    started: Instant,
    allowed: Duration,
    cases: usize,
    figures: Map<String, Value>,
    ok: bool,
}

impl Proof {
    /// A proof whose full run has `full_count` cases.
    pub(crate) fn new(name: &'static str, full_count: usize) -> Self {
        let number = |variable| std::env::var(variable).ok().and_then(|text| text.parse::<u64>().ok());
        let seed = number("PROOF_SEED").unwrap_or_else(|| rand::random_range(0..1 << 32));
        let full = std::env::var("PROOF_FULL").is_ok_and(|value| value == "1");
        let allowed = Duration::from_secs(number("PROOF_SECONDS").unwrap_or(15));
        eprintln!("proof {name}: seed {seed}{}", if full { ", full" } else { "" });
        Self {
            name,
            full_count,
            full,
            seed,
            started: Instant::now(),
            allowed,
            cases: 0,
            figures: Map::new(),
            ok: false,
        }
    }

    /// Whether this run has the counts of the issue.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// Cases that were run.
    pub(crate) fn cases(&self) -> usize {
        self.cases
    }

    /// Random numbers that come out the same for the same seed.
    pub(crate) fn random(&self) -> StdRng {
        StdRng::seed_from_u64(self.seed)
    }

    /// Whether there is another case to run; counts it.
    pub(crate) fn next_case(&mut self) -> bool {
        self.next_case_or(false)
    }

    /// The same, where some cases may not be left out.
    pub(crate) fn next_case_or(&mut self, must: bool) -> bool {
        let more = self.cases < self.full_count
            && (must || self.full || self.cases < FEWEST || self.started.elapsed() < self.allowed);
        self.cases += usize::from(more);
        more
    }

    pub(crate) fn figure(&mut self, name: &str, value: impl Into<Value>) {
        self.figures.insert(name.to_owned(), value.into());
    }

    /// Everything was asserted.
    pub(crate) fn holds(mut self) {
        assert!(self.cases >= FEWEST.min(self.full_count), "{} cases prove nothing", self.cases);
        self.ok = true;
    }
}

impl Drop for Proof {
    fn drop(&mut self) {
        let seconds = (self.started.elapsed().as_secs_f64() * 10.0).round() / 10.0;
        let mut row = json!({
            "name": self.name, "ok": self.ok, "full": self.full, "cases": self.cases, "seed": self.seed,
            "seconds": seconds,
        });
        row["figures"] = Value::Object(std::mem::take(&mut self.figures));
        eprintln!("proof {row}");
        let Some(directory) = std::env::var_os("PROOF_OUT") else { return };
        let file = std::path::Path::new(&directory).join(format!("{}.json", self.name));
        // Reported, not asserted: a panic while another one unwinds would abort without either message.
        if let Err(error) = std::fs::write(&file, format!("{row:#}\n")) {
            eprintln!("the figures of {} cannot be written to {}: {error}", self.name, file.display());
        }
    }
}

/// A random time between two, in milliseconds.
pub(crate) fn between_ms(random: &mut StdRng, least: u64, most: u64) -> Duration {
    Duration::from_millis(random.random_range(least..=most))
}

/// Times of many calls.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn longest(&self) -> Duration {
        self.0.iter().max().copied().expect("something was timed")
    }

    /// The time that `percent` of the calls did not exceed, in milliseconds.
    pub(crate) fn percentile_ms(&self, percent: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        assert!(!sorted.is_empty(), "nothing was timed");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let index = ((sorted.len() - 1) as f64 * percent / 100.0).round() as usize;
        (sorted[index].as_secs_f64() * 100_000.0).round() / 100.0
    }

    /// p50, p99 and the longest, in milliseconds.
    pub(crate) fn summary(&self) -> Value {
        json!({
            "calls": self.len(), "p50_ms": self.percentile_ms(50.0), "p99_ms": self.percentile_ms(99.0),
            "max_ms": self.percentile_ms(100.0),
        })
    }
}
