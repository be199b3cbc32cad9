//! How long it may still take: by how long tasks took so far, by what waits for what, and by how many go on at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::Uuid;

use super::seen::{Run, Seen};

/// A guess; none before a task is done, and when none is left. `running` says how long those that go on have gone on.
pub(super) fn time_left(seen: &Seen, running: &BTreeMap<Uuid, Duration>, at_a_time: u16) -> Option<Duration> {
    let usual = usual(seen)?;
    let rest = |task: Uuid| usual.saturating_sub(running.get(&task).copied().unwrap_or_default());
    let open: BTreeMap<Uuid, Duration> =
        seen.tasks.iter().filter(|task| !task.is_over()).map(|task| (task.id, rest(task.id))).collect();
    if open.is_empty() {
        return None;
    }
    let all: Duration = open.values().sum();
    Some(longest(&open, &seen.edges).max(all / u32::from(at_a_time.max(1))))
}

/// What a task has taken on average, with all its attempts.
fn usual(seen: &Seen) -> Option<Duration> {
    let done: Vec<Uuid> = seen.tasks.iter().filter(|task| task.is("completed")).map(|task| task.id).collect();
    let of_done = |run: &&Run| done.contains(&run.task);
    let worked: Vec<i64> = seen.runs.iter().filter(of_done).filter_map(Run::micros).collect();
    if worked.is_empty() {
        return None;
    }
    let micros = u64::try_from(worked.iter().sum::<i64>()).unwrap_or(0);
    Some(Duration::from_micros(micros / u64::try_from(done.len()).unwrap_or(1).max(1)))
}

/// The longest chain of what waits for each other. Edges lead forwards, so it ends.
fn longest(open: &BTreeMap<Uuid, Duration>, edges: &[(Uuid, Uuid)]) -> Duration {
    let mut until: BTreeMap<Uuid, Duration> = open.clone();
    // As often as a chain has links at most; a chain that is settled changes nothing more.
    for _ in 0..open.len() {
        let mut changed = false;
        for (from, to) in edges {
            let (Some(before), Some(own)) = (until.get(from).copied(), open.get(to)) else { continue };
            let after = before + *own;
            let known = until.entry(*to).or_default();
            if *known < after {
                *known = after;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    until.into_values().max().unwrap_or_default()
}

/// Minutes and seconds, or hours and minutes.
pub(super) fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours} h {:02} min", seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::super::seen::examples::{run, seen};
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn nobody_guesses_before_a_task_is_done() {
        assert_eq!(time_left(&seen(&["running", "ready"]), &BTreeMap::new(), 2), None);
        let mut all_done = seen(&["completed"]);
        all_done.runs = vec![run(1, 0, Some((10, "succeeded")))];
        assert_eq!(time_left(&all_done, &BTreeMap::new(), 2), None);
    }

    #[test]
    fn it_takes_as_long_as_the_longest_chain_or_as_the_work_of_all() {
        let mut build = seen(&["completed", "planned", "planned", "planned", "planned"]);
        build.runs = vec![run(1, 0, Some((10, "succeeded")))];
        let left =
            |build: &Seen, at_a_time| time_left(build, &BTreeMap::new(), at_a_time).map(|t| t.as_secs());
        assert_eq!(left(&build, 1), Some(40));
        assert_eq!(left(&build, 4), Some(10));
        build.edges = vec![(id(4), id(5)), (id(1), id(2)), (id(2), id(3)), (id(3), id(4))];
        assert_eq!(left(&build, 4), Some(40), "one after another, whatever the order of the edges");
    }

    #[test]
    fn what_goes_on_has_less_left_and_a_second_attempt_counts() {
        let mut build = seen(&["completed", "running"]);
        build.runs =
            vec![run(1, 0, Some((10, "failed"))), run(1, 10, Some((20, "succeeded"))), run(2, 20, None)];
        let running = BTreeMap::from([(id(2), Duration::from_secs(15))]);
        assert_eq!(time_left(&build, &running, 4), Some(Duration::from_secs(5)));
        let running = BTreeMap::from([(id(2), Duration::from_secs(500))]);
        assert_eq!(time_left(&build, &running, 4), Some(Duration::ZERO));
    }

    #[test]
    fn time_is_spoken_as_people_say_it() {
        for (seconds, said) in
            [(0, "0:00"), (65, "1:05"), (3599, "59:59"), (3600, "1 h 00 min"), (9000, "2 h 30 min")]
        {
            assert_eq!(spoken(Duration::from_secs(seconds)), said);
        }
    }
}
