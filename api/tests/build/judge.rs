//! What must be so of a merge that rests, whatever overlapped: nothing is lost, nothing is there twice, nothing is in that was not
//! verified, and the log says the same as what is shown; and that each fault would be seen.

use std::collections::{BTreeMap, BTreeSet};

use execution::merge::{Details, Event, Merge, Standing};
use kernel::Decider as _;

use crate::seen::{Seen, task_of};

/// What is wrong with it.
pub(crate) fn faults(seen: &Seen) -> Vec<String> {
    let mut faults = lost_or_doubled(seen);
    faults.extend(unverified(&seen.events));
    faults.extend(too_many_trials(&seen.events));
    faults.extend(folded_otherwise(seen));
    faults
}

/// Each token of what is merged is in the tree once, and no other; each of what is not, in the commit of its task.
fn lost_or_doubled(seen: &Seen) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expected: BTreeMap<&str, &str> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for one in seen.candidates() {
        let task = task_of(one);
        known.insert(task);
        let Some(tokens) = seen.of_task.get(task) else {
            faults.push(format!("{} came in and was not planned", one["number"]));
            continue;
        };
        match one["state"].as_str() {
            Some("merged") => expected.extend(tokens.iter().map(|token| (token.as_str(), task))),
            Some("parked") => {
                let kept = seen.of_parked.get(task).map_or(&[][..], Vec::as_slice);
                let times = |token: &String| kept.iter().filter(|one| *one == token).count();
                let other = tokens.iter().filter(|token| times(token) != 1);
                faults.extend(
                    other.map(|token| format!("{token} is not in the commit of {} once", one["number"])),
                );
            }
            _ => faults.push(format!("{} is {}", one["number"], one["state"])),
        }
    }
    let missing = seen.of_task.keys().filter(|task| !known.contains(task.as_str()));
    faults.extend(missing.map(|task| format!("the work of {task} never came in")));
    for token in expected.keys() {
        let times = seen.in_tree.iter().filter(|one| one == token).count();
        if times != 1 {
            faults.push(format!("{token} was accepted and is in the tree {times} times"));
        }
    }
    let strangers = seen.in_tree.iter().filter(|token| !expected.contains_key(token.as_str()));
    faults.extend(strangers.map(|token| format!("{token} is in the tree and was not accepted")));
    faults
}

/// Every head is the commit of a trial that passed, or was the head before.
fn unverified(events: &[Event]) -> Vec<String> {
    let (mut passed, mut head) = (BTreeSet::new(), None);
    let mut faults = Vec::new();
    for event in events {
        match event {
            Event::BaseTaken { commit, .. } => head = Some(commit),
            Event::VerificationPassed { trial, .. } => drop(passed.insert(&trial.commit)),
            Event::StepMerged { head: next, step, .. } => {
                if !passed.contains(next) && head != Some(next) {
                    faults.push(format!("step {step} moved the head to {next}, which was not verified"));
                }
                head = Some(next);
            }
            _ => {}
        }
    }
    faults
}

/// One trial when all hold, and few when one does not.
fn too_many_trials(events: &[Event]) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut step, mut trials, mut failed) = (0, 0, false);
    let mut tried = BTreeSet::new();
    for event in events {
        match event {
            Event::StepBegun { joined, .. } => {
                (step, trials, failed) = (joined.len(), 0, false);
                tried.clear();
            }
            Event::VerificationPassed { trial, .. } | Event::VerificationFailed { trial, .. } => {
                trials += 1;
                failed |= matches!(event, Event::VerificationFailed { .. });
                if !tried.insert(trial.tasks.to_vec()) {
                    faults.push(format!("{:?} were tried twice in a step", trial.tasks));
                }
                if trials > allowed(step, failed) {
                    faults.push(format!("{trials} trials for a step of {step}"));
                }
            }
            _ => {}
        }
    }
    faults
}

/// How many trials a step of so many may take.
pub(crate) fn allowed(candidates: usize, red: bool) -> usize {
    if red { 2 * candidates.max(1).ilog2() as usize + 4 } else { 1 }
}

/// What the log comes to when it is folded again.
fn folded_otherwise(seen: &Seen) -> Vec<String> {
    let mut merge = Merge::default();
    for event in &seen.events {
        merge.evolve(event);
    }
    let Merge::Present(folded) = merge else { return vec!["the log knows of no merge".to_owned()] };
    let mut faults = Vec::new();
    let mut same = |what: &str, log: Option<&str>, shown: &serde_json::Value| {
        if log != shown.as_str() {
            faults.push(format!("{what} is {shown}, and {log:?} in the log"));
        }
    };
    same("the status", Some(folded.status()), &seen.shown["status"]);
    same("the head", folded.head.as_ref().map(|head| head.as_str()), &seen.shown["head"]);
    same("the end of the branch", Some(&seen.branch), &seen.shown["head"]);
    for one in seen.candidates() {
        same(&one["number"].to_string(), Some(standing(&folded, task_of(one))), &one["state"]);
    }
    faults
}

fn standing(merge: &Details, task: &str) -> &'static str {
    let known = merge.candidates.iter().find(|one| one.finished.task.to_string() == task);
    match known.map(|one| &one.standing) {
        Some(Standing::Merged) => "merged",
        Some(Standing::Parked { .. }) => "parked",
        Some(_) => "on its way",
        None => "unknown",
    }
}

/// The twin: once any of it is missing, there twice or not verified, that is seen.
pub(crate) fn finds_planted_defects(sound: &Seen) {
    assert_eq!(faults(sound), [""; 0]);
    for (what, plant) in DEFECTS {
        let mut spoiled = sound.clone();
        plant(&mut spoiled);
        assert!(!faults(&spoiled).is_empty(), "nobody sees that {what}");
    }
}

type Plant = fn(&mut Seen);

const DEFECTS: &[(&str, Plant)] = &[
    ("a token has gone from the tree", |seen| drop(seen.in_tree.pop())),
    ("a token is there twice", |seen| seen.in_tree.push(seen.in_tree[0].clone())),
    ("a token that nobody wrote is there", |seen| seen.in_tree.push("token-999-0".to_owned())),
    ("a token of a task was never written", |seen| {
        let tokens = seen.of_task.values_mut().next().expect("there are tasks");
        tokens.push("token-998-0".to_owned());
    }),
    ("a task never came in", |seen| drop(seen.of_task.insert("nobody".to_owned(), Vec::new()))),
    ("a merge is not in the log", |seen| {
        let at = seen.events.iter().rposition(|event| matches!(event, Event::StepMerged { .. }));
        seen.events.remove(at.expect("something was merged"));
    }),
    ("a head was not verified", |seen| {
        seen.events.retain(|event| !matches!(event, Event::VerificationPassed { .. }));
    }),
    ("a trial was made twice", |seen| {
        let passed = |event: &Event| matches!(event, Event::VerificationPassed { .. });
        let at = seen.events.iter().position(passed).expect("something was verified");
        seen.events.insert(at, seen.events[at].clone());
    }),
    ("the branch is elsewhere", |seen| seen.branch = "0".repeat(40)),
    ("another head is shown", |seen| seen.shown["head"] = "0".repeat(40).into()),
    ("another status is shown", |seen| seen.shown["status"] = "landed".into()),
    ("what is merged is shown as parked", |seen| {
        let candidates = seen.shown["candidates"].as_array_mut().expect("a list");
        let merged = candidates.iter_mut().find(|one| one["state"] == "merged").expect("one is merged");
        merged["state"] = "parked".into();
    }),
];
