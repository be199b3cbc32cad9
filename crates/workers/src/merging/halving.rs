//! Which candidate of a step does not hold, and with which other one, in few trials: two times the logarithm of their number, and two.
//! Pure: it says what to try next, as far as is known.

use vocabulary::TaskId;

/// What to do next about a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Find out whether these hold, on the head of the step, in this order.
    Try(Vec<TaskId>),
    /// All of them hold.
    Green,
    /// The first so many hold, the next one does not.
    Red {
        /// How many.
        green: usize,
        /// The one before it with which it does not hold, where it holds alone.
        with: Option<TaskId>,
    },
}

/// What is next for `tasks`, when `known` says what was found out of some of them. The head holds, or they would not be tried on it.
pub(super) fn next(tasks: &[TaskId], known: impl Fn(&[TaskId]) -> Option<bool>) -> Next {
    match known(tasks) {
        None => return Next::Try(tasks.to_vec()),
        Some(true) => return Next::Green,
        Some(false) => {}
    }
    // The shortest beginning that does not hold ends with the culprit.
    let red = match shortest_red(tasks.len(), |length| tasks[..length].to_vec(), &known) {
        Ok(red) => red,
        Err(trial) => return Next::Try(trial),
    };
    let Some(green) = red.checked_sub(1) else { return Next::Red { green: 0, with: None } };
    let (before, culprit) = (&tasks[..green], tasks[green]);
    if before.is_empty() {
        return Next::Red { green, with: None };
    }
    match known(&[culprit]) {
        None => return Next::Try(vec![culprit]),
        Some(false) => return Next::Red { green, with: None },
        Some(true) => {}
    }
    // It holds alone: the shortest beginning that does not hold with it ends with the other one.
    let beside = |length: usize| [&before[..length], &[culprit]].concat();
    match shortest_red(green, beside, &known) {
        Ok(red) => Next::Red { green, with: red.checked_sub(1).map(|last| before[last]) },
        Err(trial) => Next::Try(trial),
    }
}

/// The smallest length whose trial does not hold, when that of `longest` does not and that of 0 does; or what to try to know it.
fn shortest_red(
    longest: usize,
    trial: impl Fn(usize) -> Vec<TaskId>,
    known: impl Fn(&[TaskId]) -> Option<bool>,
) -> Result<usize, Vec<TaskId>> {
    let (mut green, mut red) = (0, longest);
    while red - green > 1 {
        let middle = green + (red - green) / 2;
        let tried = trial(middle);
        match known(&tried) {
            None => return Err(tried),
            Some(true) => green = middle,
            Some(false) => red = middle,
        }
    }
    Ok(red)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kernel::Uuid;

    use super::*;

    fn tasks(count: u128) -> Vec<TaskId> {
        (1..=count).map(|id| TaskId(Uuid::from_u128(id))).collect()
    }

    /// Plays it to the end; the verdict and the number of trials.
    fn play(tasks: &[TaskId], holds: impl Fn(&[TaskId]) -> bool) -> (Next, usize) {
        let mut known = BTreeMap::new();
        loop {
            match next(tasks, |trial| known.get(trial).copied()) {
                Next::Try(trial) => {
                    let holds = holds(&trial);
                    assert_eq!(known.insert(trial.clone(), holds), None, "tried twice: {trial:?}");
                }
                verdict => return (verdict, known.len()),
            }
        }
    }

    #[test]
    fn what_holds_is_tried_once() {
        for count in [1, 2, 64] {
            assert_eq!(play(&tasks(count), |_| true), (Next::Green, 1));
        }
    }

    #[test]
    fn the_one_that_does_not_hold_is_found_in_few_trials() {
        for count in 1..=64_u128 {
            let all = tasks(count);
            for (place, bad) in all.iter().enumerate() {
                let (verdict, trials) = play(&all, |trial| !trial.contains(bad));
                assert_eq!(verdict, Next::Red { green: place, with: None });
                assert!(trials <= 2 + count.ilog2() as usize + 1, "{count} {place}: {trials}");
            }
        }
    }

    #[test]
    fn a_pair_that_does_not_hold_is_found_in_few_trials() {
        for count in [2, 3, 5, 16, 31, 64] {
            let all = tasks(count);
            for second in 1..all.len() {
                for first in 0..second {
                    let pair = [all[first], all[second]];
                    let (verdict, trials) = play(&all, |trial| !pair.iter().all(|one| trial.contains(one)));
                    assert_eq!(verdict, Next::Red { green: second, with: Some(pair[0]) });
                    assert!(trials <= 2 + 2 * (count.ilog2() as usize + 1), "{count}: {trials}");
                }
            }
        }
    }

    #[test]
    fn the_default_branch_alone_is_a_trial_without_tasks() {
        assert_eq!(play(&[], |_| true), (Next::Green, 1));
        assert_eq!(play(&[], |_| false), (Next::Red { green: 0, with: None }, 1));
    }
}
