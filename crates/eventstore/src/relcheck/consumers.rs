//! Consumers are where they say, passed every event, and applied each once.

use std::collections::{HashMap, HashSet};

use super::evidence::{Effects, Evidence};
use super::log::Log;
use super::{Line, Report, Rule};

pub(super) fn check(log: &Log, evidence: &Evidence, report: &mut Report) {
    for row in &evidence.checkpoints {
        if row.position > log.head {
            let detail = format!("{} is at {}, the log at {}", row.consumer, row.position, log.head);
            report.found(Rule::CheckpointAhead, row.position, detail);
        }
        if evidence.incarnation != Some(row.incarnation) {
            let detail =
                format!("{} read {}, this is {:?}", row.consumer, row.incarnation, evidence.incarnation);
            report.found(Rule::Incarnation, None, detail);
        }
    }
    check_steps(evidence, report);
    for effects in &evidence.effects {
        check_effects(log, evidence, effects, report);
    }
}

/// A checkpoint only grows, from each sight of it to the next and to what it is now.
fn check_steps(evidence: &Evidence, report: &mut Report) {
    let mut furthest: HashMap<&str, i64> = HashMap::new();
    let mut step = |consumer, position, report: &mut Report| {
        let before = furthest.entry(consumer).or_insert(position);
        if position < *before {
            let detail = format!("{consumer} was at {before} and is at {position}");
            report.found(Rule::CheckpointSteppedBack, position, detail);
        }
        *before = position.max(*before);
    };
    for line in evidence.journals.iter().flatten() {
        if let Line::Checkpoint { consumer, position } = line {
            step(consumer, *position, report);
        }
    }
    for row in &evidence.checkpoints {
        step(&row.consumer, row.position, report);
    }
}

fn check_effects(log: &Log, evidence: &Evidence, effects: &Effects, report: &mut Report) {
    let consumer = &effects.consumer;
    let row = evidence.checkpoints.iter().find(|row| row.consumer == *consumer);
    let upto = row.map_or(0, |row| row.position);
    let mut applied = HashSet::new();
    for &position in &effects.positions {
        if !applied.insert(position) {
            report.found(Rule::AppliedTwice, position, consumer);
        }
        if position > upto {
            report.found(Rule::AppliedAhead, position, format!("{consumer} is at {upto}"));
        }
    }
    let parked: HashMap<_, _> = evidence
        .parked
        .iter()
        .filter(|row| row.consumer == *consumer)
        .map(|row| (row.root, row.position))
        .collect();
    for (position, root) in log.roots.iter().take_while(|(position, _)| *position <= upto) {
        let waits = parked.get(root).is_some_and(|from| position >= from);
        if !waits && !applied.contains(position) {
            report.found(Rule::Skipped, *position, consumer);
        }
    }
}
