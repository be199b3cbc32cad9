//! What goes with what, and in which order it is tried: the least conflicting first. Which candidates stand in each other's way is
//! predicted from the files that they touch, and looked up for those that touch the same ones.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use execution::merge;
use ports::git::{CommitHash, Fit, RepositoryUrl};
use vocabulary::TaskId;

use super::desk::Desk;
use crate::running::RunnerError;

/// Files of a candidate that are compared with those of others.
const FILES: usize = 5_000;
/// Pairs that are looked up; of more, those that touch the same files count as in each other's way.
const PAIRS: usize = 400;

/// A candidate that waits, as git knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) task: TaskId,
    /// Its work, or what a resolver has made of it.
    pub(super) commit: CommitHash,
}

/// How the waiting candidates stand to the head, and to each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Fits {
    /// In the order in which they are tried.
    pub(super) order: Vec<merge::Fit>,
    /// Those that go with the head, in the order in which they are tried, without those that are in the way of one before them.
    pub(super) clean: Vec<Waiting>,
    /// Those that do not go with it.
    pub(super) conflicts: BTreeMap<TaskId, Vec<String>>,
    /// Those that cannot be tried, and why.
    pub(super) refused: BTreeMap<TaskId, String>,
}

/// What was looked up of commits, which never changes.
#[derive(Debug, Default)]
pub(super) struct Known {
    touched: BTreeMap<String, BTreeSet<String>>,
    in_the_way: BTreeMap<(String, String), bool>,
}

impl Desk<'_> {
    pub(super) async fn fits(
        &self,
        url: &RepositoryUrl,
        (base, head): (CommitHash, CommitHash),
        waiting: &[Waiting],
        known: &mut Known,
    ) -> Result<Fits, RunnerError> {
        let branches = &self.parts.means.branches;
        let commits: Vec<CommitHash> = waiting.iter().map(|one| one.commit).collect();
        let mut fits = Fits::default();
        let mut clean = Vec::new();
        for (one, fit) in waiting.iter().zip(branches.fits(url, head, &commits).await?) {
            match fit {
                Fit::Holds | Fit::Clean => clean.push(*one),
                Fit::Conflict { paths } => drop(fits.conflicts.insert(one.task, paths)),
                Fit::Refused { reason } => drop(fits.refused.insert(one.task, reason.to_string())),
            }
        }
        let pairs = self.pairs(url, base, &clean, known).await?;
        let (order, put_off) = order(clean.len(), &pairs);
        fits.clean = order.iter().map(|at| clean[*at]).collect();
        let shared = |at: usize| pairs.iter().filter(|(one, other)| *one == at || *other == at).count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let of_clean = order.iter().chain(&put_off).map(|at| merge::Fit {
            task: clean[*at].task,
            conflicts: 0,
            shared: count(shared(*at)),
        });
        fits.order = of_clean.collect();
        let mut rest: Vec<_> =
            fits.conflicts.iter().map(|(task, paths)| (paths.len().max(1), *task)).collect();
        rest.sort_unstable();
        let of_rest =
            rest.into_iter().map(|(files, task)| merge::Fit { task, conflicts: count(files), shared: 0 });
        fits.order.extend(of_rest);
        Ok(fits)
    }

    /// Which of them are in each other's way, by their places.
    async fn pairs(
        &self,
        url: &RepositoryUrl,
        base: CommitHash,
        clean: &[Waiting],
        known: &mut Known,
    ) -> Result<BTreeSet<(usize, usize)>, RunnerError> {
        let means = &self.parts.means;
        for one in clean {
            let Entry::Vacant(unknown) = known.touched.entry(one.commit.to_string()) else { continue };
            let changes = means.workspaces.changes(url, base, one.commit, FILES).await?;
            unknown.insert(changes.files.into_iter().map(|change| change.path).collect());
        }
        let mut pairs = BTreeSet::new();
        let mut looked_up = 0;
        for (at, one) in clean.iter().enumerate() {
            let mut others = Vec::new();
            for (beside, other) in clean.iter().enumerate().skip(at + 1) {
                let key = (one.commit.to_string(), other.commit.to_string());
                if known.touched[&key.0].is_disjoint(&known.touched[&key.1]) {
                    continue;
                }
                match known.in_the_way.get(&key) {
                    Some(true) => drop(pairs.insert((at, beside))),
                    Some(false) => {}
                    None if looked_up + others.len() < PAIRS => others.push((beside, key, other.commit)),
                    None => drop(pairs.insert((at, beside))),
                }
            }
            looked_up += others.len();
            if others.is_empty() {
                continue;
            }
            let commits: Vec<CommitHash> = others.iter().map(|(_, _, commit)| *commit).collect();
            let fits = means.branches.fits(url, one.commit, &commits).await?;
            for ((beside, key, _), fit) in others.into_iter().zip(fits) {
                let in_the_way = matches!(fit, Fit::Conflict { .. });
                known.in_the_way.insert(key, in_the_way);
                if in_the_way {
                    pairs.insert((at, beside));
                }
            }
        }
        Ok(pairs)
    }
}

/// In which order `count` candidates are tried, when these pairs are in each other's way, and which are put off: again and again the one
/// that is in the way of the fewest others that are left, the earlier one of equals; what it is in the way of is put off.
fn order(count: usize, pairs: &BTreeSet<(usize, usize)>) -> (Vec<usize>, Vec<usize>) {
    let mut ways: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    for (one, other) in pairs {
        ways[*one].insert(*other);
        ways[*other].insert(*one);
    }
    let (mut left, mut order): (BTreeSet<usize>, Vec<usize>) = ((0..count).collect(), Vec::new());
    while let Some(best) = left.iter().copied().min_by_key(|at| (ways[*at].intersection(&left).count(), *at))
    {
        order.push(best);
        left.remove(&best);
        for other in &ways[best] {
            left.remove(other);
        }
    }
    let put_off = (0..count).filter(|at| !order.contains(at)).collect();
    (order, put_off)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(count: usize, pairs: &[(usize, usize)]) -> (Vec<usize>, Vec<usize>) {
        order(count, &pairs.iter().copied().collect())
    }

    #[test]
    fn what_is_in_nobodys_way_comes_in_the_order_of_arrival() {
        assert_eq!(tried(4, &[]), (vec![0, 1, 2, 3], vec![]));
        assert_eq!(tried(0, &[]), (vec![], vec![]));
    }

    #[test]
    fn one_that_is_in_the_way_of_many_is_put_off() {
        // First in, first out would merge 0 and put off the three others.
        assert_eq!(tried(4, &[(0, 1), (0, 2), (0, 3)]), (vec![1, 2, 3], vec![0]));
    }

    #[test]
    fn what_is_left_is_counted_anew_after_each() {
        // A path 0-1-2-3-4: its ends, then the middle.
        assert_eq!(tried(5, &[(0, 1), (1, 2), (2, 3), (3, 4)]), (vec![0, 2, 4], vec![1, 3]));
        assert_eq!(tried(2, &[(0, 1)]), (vec![0], vec![1]));
    }
}
