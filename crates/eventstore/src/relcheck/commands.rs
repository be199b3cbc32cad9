//! Acknowledged commands are in the log once, refused ones are not, and the order is one that clients could see.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::evidence::{Evidence, OutcomeRow};
use super::log::Log;
use super::{Line, Report, Rule};

/// What the answers of a command come to: an acknowledgement outweighs everything, and doubt a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Refused,
    InDoubt,
    Acknowledged,
}

struct Sent {
    seed: u64,
    answer: Answer,
    answered: bool,
}

/// Stored outcomes say where the events are. Outcomes are swept, so a command without one is fine.
pub(super) fn check_outcomes(log: &Log, outcomes: &[OutcomeRow], report: &mut Report) {
    for row in outcomes {
        let stored = row.first_position.zip(row.last_position);
        let batch = log.batches.get(&(row.org_id, row.command_id)).and_then(|batches| batches.first());
        let in_log = batch.map(|batch| (batch.first, batch.last));
        if stored != in_log {
            let detail = format!("command {} says {stored:?}, the log {in_log:?}", row.command_id);
            report.found(Rule::Outcome, row.first_position, detail);
        }
    }
}

pub(super) fn check_journals(log: &Log, evidence: &Evidence, report: &mut Report) {
    let mut by_command: HashMap<Uuid, Vec<i64>> = HashMap::new();
    for ((_, command), batches) in &log.batches {
        by_command.entry(*command).or_default().extend(batches.iter().map(|batch| batch.first));
    }
    let without_events: HashSet<Uuid> = evidence
        .outcomes
        .iter()
        .filter(|row| row.first_position.is_none())
        .map(|row| row.command_id)
        .collect();

    let mut sent = HashMap::new();
    for journal in &evidence.journals {
        note_answers(journal, &mut sent);
        check_order(journal, &by_command, report);
    }
    report.sent = sent.len() as u64;
    for (command, Sent { seed, answer, .. }) in &sent {
        let batches = by_command.get(command).map_or(&[][..], Vec::as_slice);
        let named = format!("command {command} (seed {seed})");
        match answer {
            Answer::Acknowledged => {
                report.acknowledged += 1;
                if batches.is_empty() && !without_events.contains(command) {
                    report.found(Rule::Lost, None, format!("{named} was acknowledged"));
                }
            }
            Answer::Refused => {
                report.refused += 1;
                if let Some(first) = batches.first() {
                    report.found(Rule::Phantom, *first, format!("{named} was refused"));
                }
            }
            // In the log once or not at all; twice is found by the fold.
            Answer::InDoubt => report.unsettled += 1,
        }
    }
    if evidence.journals_are_complete {
        for (command, batches) in &by_command {
            if !sent.contains_key(command) {
                report.found(
                    Rule::Phantom,
                    batches.first().copied(),
                    format!("nobody sent command {command}"),
                );
            }
        }
    }
}

fn note_answers(journal: &[Line], sent: &mut HashMap<Uuid, Sent>) {
    for line in journal {
        let (command, seed, answer) = match line {
            Line::Invoke { command_id, seed } => (command_id, seed, None),
            Line::Ok { command_id, seed, .. } => (command_id, seed, Some(Answer::Acknowledged)),
            Line::Fail { command_id, seed } => (command_id, seed, Some(Answer::Refused)),
            Line::Unknown { command_id, seed } => (command_id, seed, Some(Answer::InDoubt)),
            Line::Owner { .. } | Line::Checkpoint { .. } => continue,
        };
        let known =
            sent.entry(*command).or_insert(Sent { seed: *seed, answer: Answer::InDoubt, answered: false });
        if let Some(answer) = answer {
            known.answer = if known.answered { known.answer.max(answer) } else { answer };
            known.answered = true;
        }
    }
}

/// What was acknowledged before another command was sent stands before it: of one client, by the order in
/// which the lines reached its disk, so that no clock is asked.
fn check_order(journal: &[Line], by_command: &HashMap<Uuid, Vec<i64>>, report: &mut Report) {
    // The furthest position that was acknowledged when each command was first sent.
    let mut acknowledged = (0, Uuid::nil());
    let mut before: HashMap<Uuid, (i64, Uuid)> = HashMap::new();
    for line in journal {
        match line {
            Line::Invoke { command_id, .. } => {
                before.entry(*command_id).or_insert(acknowledged);
            }
            Line::Ok { command_id, first_position, .. } => {
                let Some(&first) = by_command.get(command_id).and_then(|batches| batches.first()) else {
                    continue;
                };
                if first_position.is_some_and(|told| told != first) {
                    let detail = format!("command {command_id} was told {first_position:?}");
                    report.found(Rule::WrongAnswer, first, detail);
                }
                if let Some((furthest, other)) = before.get(command_id)
                    && first < *furthest
                {
                    let detail =
                        format!("command {command_id} was sent after {other} at {furthest} was acknowledged");
                    report.found(Rule::Reordered, first, detail);
                }
                acknowledged = acknowledged.max((first, *command_id));
            }
            _ => {}
        }
    }
}
