//! Rules over a set, decided inside the append: a name used once, the last place of a pool, who owns a task.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::wire::NewGuardRow;
use crate::AppendError;

/// A rule that must hold for the item to be appended, and what it leaves behind when it does. The guards of
/// an item are also written into the metadata of its first event, so that they can be rebuilt from the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Guard {
    /// `key` is held by nobody else within `scope`, and by `holder` from now on.
    Unique {
        /// E.g. `project_slug`.
        scope: String,
        /// The name in question.
        key: String,
        /// Who holds it.
        holder: String,
    },
    /// As `Unique`, among all organizations.
    UniqueEverywhere {
        /// E.g. `organization_slug`.
        scope: String,
        /// The name in question.
        key: String,
        /// Who holds it.
        holder: String,
    },
    /// Gives a key back, when `holder` has it.
    Vacate {
        /// As in `Unique`.
        scope: String,
        /// As in `Unique`.
        key: String,
        /// As in `Unique`.
        holder: String,
    },
    /// Takes `amount` out of a pool for `holder`; a holder's second take replaces its first.
    Take {
        /// E.g. `runs/<project>`.
        pool: String,
        /// Who takes.
        holder: String,
        /// How much, above 0.
        amount: i64,
        /// The most that may be out at once; `None` takes without a limit and still counts.
        limit: Option<i64>,
    },
    /// Gives back what `holder` took.
    Release {
        /// As in `Take`.
        pool: String,
        /// As in `Take`.
        holder: String,
    },
    /// The lease is still at this epoch.
    Fence {
        /// The lease's name.
        lease: String,
        /// The claim number under which the item was made.
        epoch: i64,
    },
    /// Takes a lease that is free or expired: its epoch must be `epoch - 1` and becomes `epoch`.
    Claim {
        /// The lease's name.
        lease: String,
        /// The claim number from now on.
        epoch: i64,
        /// Who owns it.
        owner: String,
        /// How long it holds without a renewal, in milliseconds.
        ttl_ms: i64,
    },
    /// A batch of a run's trajectory continues exactly where the source's last one ended.
    Ingest {
        /// The run.
        run: Uuid,
        /// `worker`, `gateway` or `host`.
        source: String,
        /// Number of the batch's first event, from 1.
        from_seq: i64,
        /// How many events it has.
        count: i64,
        /// The claim of the run.
        epoch: i64,
    },
    /// Opens the three sources of a run under a claim.
    IngestOpen {
        /// The run.
        run: Uuid,
        /// The claim.
        epoch: i64,
    },
    /// Closes all sources of a run: whatever comes later is refused.
    IngestClose {
        /// The run.
        run: Uuid,
    },
}

/// Why a guard does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuardFault {
    /// Somebody else holds the key.
    Taken,
    /// The pool has not that much left.
    Full,
    /// The lease is at another epoch, or the run is closed.
    Fenced,
    /// The lease is held and not expired.
    Held,
    /// No such run takes batches.
    UnknownRun,
    /// The batch does not start where the last one ended; this is the number expected next.
    ExpectedSeq(i64),
}

impl fmt::Display for GuardFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("the name is taken"),
            Self::Full => f.write_str("the pool is full"),
            Self::Fenced => f.write_str("the claim is no longer valid"),
            Self::Held => f.write_str("it is held by somebody else"),
            Self::UnknownRun => f.write_str("no such run takes batches"),
            Self::ExpectedSeq(next) => write!(f, "the next number expected is {next}"),
        }
    }
}

impl GuardFault {
    /// A stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Full => "full",
            Self::Fenced => "fenced",
            Self::Held => "held",
            Self::UnknownRun => "unknown_run",
            Self::ExpectedSeq(_) => "expected_seq",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "taken" => Self::Taken,
            "full" => Self::Full,
            "fenced" => Self::Fenced,
            "held" => Self::Held,
            "unknown_run" => Self::UnknownRun,
            _ => Self::ExpectedSeq(text.strip_prefix("expected_seq ")?.parse().ok()?),
        })
    }
}

impl Guard {
    /// In the place of an organization, where a guard is about all of them.
    pub(crate) const EVERYWHERE: Uuid = Uuid::nil();

    /// Whether it wants a name or a place without a limit: nearly always one that nobody has had before.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Unique { .. } | Self::UniqueEverywhere { .. } | Self::Take { limit: None, .. })
    }

    /// As `es.append` takes it; items are counted from 1, their guards from 0.
    pub(super) fn row<'a>(&'a self, org: Uuid, item: i32, n: i32) -> NewGuardRow<'a> {
        let about = |kind, scope: Cow<'a, str>| NewGuardRow {
            item,
            n,
            org_id: org,
            kind,
            scope,
            key: None,
            holder: None,
            amount: None,
            limit: None,
            epoch: None,
        };
        let of_run = |kind, run: &Uuid| about(kind, Cow::Owned(run.to_string()));
        match self {
            Self::Unique { scope, key, holder } => {
                NewGuardRow { key: Some(key), holder: Some(holder), ..about("unique", scope.into()) }
            }
            Self::UniqueEverywhere { scope, key, holder } => NewGuardRow {
                org_id: Self::EVERYWHERE,
                key: Some(key),
                holder: Some(holder),
                ..about("unique", scope.into())
            },
            Self::Vacate { scope, key, holder } => {
                NewGuardRow { key: Some(key), holder: Some(holder), ..about("vacate", scope.into()) }
            }
            Self::Take { pool, holder, amount, limit } => NewGuardRow {
                holder: Some(holder),
                amount: Some(*amount),
                limit: *limit,
                ..about("take", pool.into())
            },
            Self::Release { pool, holder } => {
                NewGuardRow { holder: Some(holder), ..about("release", pool.into()) }
            }
            Self::Fence { lease, epoch } => {
                NewGuardRow { epoch: Some(*epoch), ..about("fence", lease.into()) }
            }
            Self::Claim { lease, epoch, owner, ttl_ms } => NewGuardRow {
                holder: Some(owner),
                amount: Some(*ttl_ms),
                epoch: Some(*epoch),
                ..about("claim", lease.into())
            },
            Self::Ingest { run, source, from_seq, count, epoch } => NewGuardRow {
                key: Some(source),
                amount: Some(*count),
                limit: Some(*from_seq),
                epoch: Some(*epoch),
                ..of_run("ingest", run)
            },
            Self::IngestOpen { run, epoch } => {
                NewGuardRow { epoch: Some(*epoch), ..of_run("ingest_open", run) }
            }
            Self::IngestClose { run } => of_run("ingest_close", run),
        }
    }

    /// Two takes from one pool within an item would each be judged as if the other were not there.
    pub(super) fn check_all(guards: &[Self]) -> Result<(), AppendError> {
        let (mut subjects, mut open_pools) = (BTreeSet::new(), BTreeSet::new());
        for guard in guards {
            if let Self::Take { amount, .. } = guard
                && *amount <= 0
            {
                return Err(AppendError::Invalid("a take needs an amount above 0".into()));
            }
            let subject = guard.subject();
            // Guards are judged before any is applied. A take without a limit is not judged, and a release never is, so
            // many holders may take and leave places of one pool at once; beside a take that is judged they may not.
            let about_pool = |pool: &String| ("pool", pool.clone());
            let clashes = match guard {
                Self::Take { pool, limit: None, .. } | Self::Release { pool, .. } => {
                    open_pools.insert(pool.clone());
                    subjects.contains(&about_pool(pool))
                }
                Self::Take { pool, .. } => open_pools.contains(pool),
                _ => false,
            };
            if clashes || !subjects.insert(subject.clone()) {
                return Err(AppendError::Invalid(format!(
                    "two guards of the item are about {} {}",
                    subject.0, subject.1
                )));
            }
        }
        Ok(())
    }

    fn subject(&self) -> (&'static str, String) {
        match self {
            Self::Unique { scope, key, .. } | Self::Vacate { scope, key, .. } => {
                ("key", format!("{scope}/{key}"))
            }
            Self::UniqueEverywhere { scope, key, .. } => ("key everywhere", format!("{scope}/{key}")),
            Self::Take { pool, holder, limit: None, .. } | Self::Release { pool, holder } => {
                ("place of pool", format!("{pool}/{holder}"))
            }
            Self::Take { pool, .. } => ("pool", pool.clone()),
            Self::Fence { lease, .. } | Self::Claim { lease, .. } => ("lease", lease.clone()),
            Self::Ingest { run, source, .. } => ("batch", format!("{run}/{source}")),
            Self::IngestOpen { run, .. } | Self::IngestClose { run } => ("run", run.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(holder: &str, limit: Option<i64>) -> Guard {
        Guard::Take { pool: "column".into(), holder: holder.into(), amount: 1, limit }
    }

    fn release(holder: &str) -> Guard {
        Guard::Release { pool: "column".into(), holder: holder.into() }
    }

    #[test]
    fn many_holders_take_and_leave_places_at_once_where_no_limit_is_judged() {
        for guards in [
            [take("a", None), take("b", None), take("c", None)],
            [release("a"), release("b"), release("c")],
            [release("a"), take("b", None), release("c")],
        ] {
            assert!(Guard::check_all(&guards).is_ok(), "{guards:?}");
        }
    }

    #[test]
    fn what_is_judged_stands_alone_in_its_pool() {
        for guards in [
            [take("a", None), take("a", None)],
            [take("a", Some(5)), take("b", Some(5))],
            [take("a", None), take("b", Some(5))],
            [take("a", Some(5)), take("b", None)],
            [take("a", Some(5)), release("b")],
            [release("a"), take("b", Some(5))],
            [take("a", None), release("a")],
            [release("a"), release("a")],
        ] {
            assert!(Guard::check_all(&guards).is_err(), "{guards:?}");
        }
    }
}
