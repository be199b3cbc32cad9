//! Whether a build rests, and how: from what is seen alone.

use std::time::Duration;

use super::seen::{Seen, Task};

/// What follows by itself has followed after this.
const SETTLED: Duration = Duration::from_secs(3);
/// Work that is all done and brings nothing to merge is believed after this.
const NOTHING_TO_MERGE: Duration = Duration::from_secs(15);
/// Whoever is to take something up has done so after this, or nobody does.
const NOBODY_COMES: Duration = Duration::from_secs(120);

/// Why a build does not go on by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Everything is in, and verified.
    Merged,
    /// A gate of the spec waits for approval of what has this hash.
    Approval { gate: String, hash: String },
    /// Questions of the spec wait for answers.
    Answers,
    /// A gate of a ticket waits, for this task.
    Ticket { task: String },
    /// What was done does not go together.
    Parked,
    /// It goes on when somebody has mended this.
    Failed { reason: String },
}

/// How the build rests; none while it goes on. `quiet` is how long nothing has changed.
pub(super) fn verdict(seen: &Seen, quiet: Duration) -> Option<Rest> {
    if let Some(rest) = of_spec(seen) {
        return Some(rest);
    }
    if let Some(rest) = of_merge(seen) {
        return Some(rest);
    }
    if seen.tasks.is_empty() {
        // Planning takes as long as a model takes; the work of a plan comes at once.
        let comes = seen.spec.status == "planning" || quiet < NOBODY_COMES;
        return (!comes).then(|| nobody("the plan does not become work"));
    }
    if moves(seen, quiet) || quiet < SETTLED {
        return None;
    }
    let parked = seen.merge.as_ref().is_some_and(|merge| merge.status == "parked");
    if parked {
        return Some(Rest::Parked);
    }
    if let Some(rest) = of_tasks(&seen.tasks) {
        return Some(rest);
    }
    if seen.tasks.iter().all(Task::is_over) && seen.merge.is_none() && quiet >= NOTHING_TO_MERGE {
        return Some(Rest::Merged);
    }
    (quiet >= NOBODY_COMES).then(|| nobody("nothing has moved for two minutes"))
}

fn nobody(what: &str) -> Rest {
    Rest::Failed { reason: format!("{what}; `omoi doctor` says what the server lacks") }
}

fn of_spec(seen: &Seen) -> Option<Rest> {
    let spec = &seen.spec;
    let why = || spec.reason.clone().unwrap_or_else(|| "no reason was given".to_owned());
    match spec.status.as_str() {
        "awaiting_approval" => {
            let (gate, hash) = spec.gate.clone()?;
            Some(Rest::Approval { gate, hash })
        }
        "awaiting_answers" => Some(Rest::Answers),
        "halted" | "failed" => Some(Rest::Failed { reason: format!("planning stands still: {}", why()) }),
        "cancelled" => Some(Rest::Failed { reason: "the spec was cancelled".to_owned() }),
        _ => None,
    }
}

fn of_merge(seen: &Seen) -> Option<Rest> {
    let merge = seen.merge.as_ref()?;
    match merge.status.as_str() {
        "landed" => Some(Rest::Merged),
        "ready" | "approved" if merge.complete => Some(Rest::Merged),
        "abandoned" => Some(Rest::Failed { reason: format!("the merge on {} was given up", merge.branch) }),
        _ => None,
    }
}

/// Whether something changes without a person.
fn moves(seen: &Seen, quiet: Duration) -> bool {
    let is_taken_up = |task: &Task| match task.waits_for.as_deref() {
        None => quiet < NOBODY_COMES,
        Some(what) => matches!(what, "slots" | "lock"),
    };
    let works = |task: &Task| {
        matches!(task.status.as_str(), "claimed" | "running" | "validating" | "awaiting_retry")
            || (task.is("ready") && is_taken_up(task))
    };
    seen.in_flight().next().is_some()
        || seen.tasks.iter().any(works)
        || seen.merge.as_ref().is_some_and(|merge| merge.status == "merging")
}

/// What keeps the tasks that are left.
fn of_tasks(tasks: &[Task]) -> Option<Rest> {
    let failed: Vec<&Task> = tasks.iter().filter(|task| task.is("failed")).collect();
    if let [first, others @ ..] = failed.as_slice() {
        let reason = first.reason.as_deref().unwrap_or("no reason was given");
        let more = match others.len() {
            0 => String::new(),
            1 => " (and another task)".to_owned(),
            many => format!(" (and {many} other tasks)"),
        };
        return Some(Rest::Failed { reason: format!("{} failed: {reason}{more}", first.number) });
    }
    let held = tasks.iter().filter(|task| task.is("ready") || task.is("blocked"));
    for task in held {
        let Some(what) = task.waits_for.as_deref() else { continue };
        if what == "phase_ahead" {
            return Some(Rest::Ticket { task: task.number.clone() });
        }
        if let Some(mend) = mend(what) {
            return Some(Rest::Failed { reason: format!("{} does not start: {mend}", task.number) });
        }
    }
    let blocked = tasks.iter().find(|task| task.is("blocked"))?;
    let reason = blocked.reason.as_deref().unwrap_or("no reason was given");
    Some(Rest::Failed { reason: format!("{} is blocked: {reason}", blocked.number) })
}

/// What is missing, and what brings it.
fn mend(waits_for: &str) -> Option<&'static str> {
    Some(match waits_for {
        "autonomy_off" => "somebody has switched the autonomy of the project off, or archived it",
        "no_agent" => "no agent is named for it; say which with --agent",
        "no_repository" => "the project has no repository any more; `omoi repo link` links it",
        "no_verification" => "nothing shows whether it is done; say what does with --verify",
        "ticket_cancelled" => "its ticket was cancelled",
        "ticket_blocked" => "its ticket is blocked; `omoi ticket unblock` ends that",
        "agent_quarantined" => {
            "its agent is in quarantine; `omoi agent list` says why, `omoi agent release` ends that"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::seen::examples::{merge, run, seen};
    use super::*;

    const LONG: Duration = Duration::from_secs(600);
    const NOW: Duration = Duration::ZERO;

    fn failed(rest: Option<Rest>) -> String {
        match rest {
            Some(Rest::Failed { reason }) => reason,
            other => panic!("it has not failed: {other:?}"),
        }
    }

    #[test]
    fn what_is_ready_and_whole_is_merged() {
        let mut build = seen(&["completed", "completed"]);
        for (status, complete, rest) in [
            ("ready", true, Some(Rest::Merged)),
            ("approved", true, Some(Rest::Merged)),
            ("landed", true, Some(Rest::Merged)),
            // The work of the last task is not in yet.
            ("ready", false, None),
            ("merging", true, None),
            ("queued", true, None),
        ] {
            build.merge = Some(merge(status, complete));
            assert_eq!(verdict(&build, NOW), rest, "{status} {complete}");
        }
        build.merge = Some(merge("merging", true));
        assert_eq!(verdict(&build, LONG), None, "tests of a merge take their time");
        build.merge = Some(merge("abandoned", true));
        assert!(failed(verdict(&build, NOW)).contains("omoi/spec-invoices was given up"));
    }

    #[test]
    fn gates_are_where_people_are_asked() {
        let mut build = seen(&[]);
        build.spec.status = "awaiting_approval".to_owned();
        build.spec.gate = Some(("design".to_owned(), "0d0a".to_owned()));
        let asked = Rest::Approval { gate: "design".to_owned(), hash: "0d0a".to_owned() };
        assert_eq!(verdict(&build, NOW), Some(asked));
        build.spec.status = "awaiting_answers".to_owned();
        assert_eq!(verdict(&build, NOW), Some(Rest::Answers));
        let mut build = seen(&["completed", "ready"]);
        build.tasks[1].waits_for = Some("phase_ahead".to_owned());
        assert_eq!(verdict(&build, LONG), Some(Rest::Ticket { task: "TSK-002".to_owned() }));
    }

    #[test]
    fn planning_that_stands_still_has_failed_and_says_why() {
        let mut build = seen(&[]);
        build.spec.reason = Some("its budget is too small".to_owned());
        for status in ["halted", "failed"] {
            build.spec.status = status.to_owned();
            assert!(failed(verdict(&build, NOW)).contains("its budget is too small"));
        }
        build.spec.status = "cancelled".to_owned();
        assert!(failed(verdict(&build, NOW)).contains("cancelled"));
        build.spec.status = "planning".to_owned();
        assert_eq!(verdict(&build, LONG), None, "a model thinks as long as it thinks");
        build.spec.status = "planned".to_owned();
        assert_eq!(verdict(&build, NOW), None);
        assert!(failed(verdict(&build, LONG)).contains("does not become work"));
    }

    #[test]
    fn what_is_parked_waits_until_nothing_else_moves() {
        let mut build = seen(&["completed", "running"]);
        build.merge = Some(merge("parked", false));
        assert_eq!(verdict(&build, LONG), None);
        build.tasks[1].status = "awaiting_retry".to_owned();
        assert_eq!(verdict(&build, LONG), None);
        build.tasks[1].status = "completed".to_owned();
        assert_eq!(verdict(&build, NOW), None, "what follows may not have followed yet");
        assert_eq!(verdict(&build, SETTLED), Some(Rest::Parked));
        build.runs = vec![run(2, 0, None)];
        assert_eq!(verdict(&build, LONG), None);
        build.runs = vec![run(2, 0, Some((5, "succeeded")))];
        assert_eq!(verdict(&build, LONG), Some(Rest::Parked));
    }

    #[test]
    fn a_task_that_failed_fails_the_build_when_all_others_have_gone_as_far_as_they_can() {
        let mut build = seen(&["failed", "blocked", "running", "failed"]);
        build.tasks[0].reason = Some("validation failed 3 times".to_owned());
        build.merge = Some(merge("queued", false));
        assert_eq!(verdict(&build, LONG), None);
        build.tasks[2].status = "completed".to_owned();
        assert_eq!(
            failed(verdict(&build, LONG)),
            "TSK-001 failed: validation failed 3 times (and another task)"
        );
    }

    #[test]
    fn what_only_a_person_can_give_is_named() {
        let mut build = seen(&["completed", "ready"]);
        for (what, words) in [
            ("no_verification", "--verify"),
            ("no_agent", "--agent"),
            ("agent_quarantined", "omoi agent release"),
            ("autonomy_off", "switched"),
        ] {
            build.tasks[1].waits_for = Some(what.to_owned());
            let reason = failed(verdict(&build, SETTLED));
            assert!(reason.starts_with("TSK-002 does not start: ") && reason.contains(words), "{reason}");
        }
        for what in ["slots", "lock"] {
            build.tasks[1].waits_for = Some(what.to_owned());
            assert_eq!(verdict(&build, LONG), None, "{what}");
        }
    }

    #[test]
    fn a_server_that_takes_nothing_up_is_noticed() {
        let build = seen(&["ready"]);
        assert_eq!(verdict(&build, Duration::from_secs(60)), None);
        assert!(failed(verdict(&build, LONG)).contains("omoi doctor"));
    }

    #[test]
    fn work_that_changed_nothing_is_merged_when_it_is_done() {
        let build = seen(&["completed", "cancelled"]);
        assert_eq!(verdict(&build, SETTLED), None, "its merge may just begin");
        assert_eq!(verdict(&build, NOTHING_TO_MERGE), Some(Rest::Merged));
    }
}
