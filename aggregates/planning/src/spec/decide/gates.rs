//! Where people are asked: questions, approvals, and what they write themselves.

use kernel::ActorId;
use plan::ContentHash;
use serde_json::{Map, Value};
use vocabulary::Text;

use super::super::judge::judge;
use super::super::{Details, Event, Gate, Section, Stage};
use super::{Decision, Rejection, Story, phases};

pub(super) fn answer(spec: &Details, question: u32, text: Text, by: ActorId) -> Decision {
    not_over(spec)?;
    match spec.question(question) {
        Some(asked) if asked.answer.as_ref() == Some(&text) => Ok(Vec::new()),
        Some(asked) if asked.answer.is_none() => {
            Ok(vec![Event::QuestionAnswered { question, text, by: Some(by) }])
        }
        _ => Err(Rejection::NoQuestion { question }),
    }
}

pub(super) fn approve(spec: &Details, gate: Gate, content_hash: ContentHash, by: ActorId) -> Decision {
    let granted = spec.progress(gate.phase()).filter(|progress| progress.approved);
    if granted.is_some_and(|progress| progress.hash.as_ref() == Some(&content_hash)) {
        return Ok(Vec::new());
    }
    pending(spec, gate, &content_hash)?;
    let mut story = Story::of(spec);
    story.tell(Event::ApprovalGranted { gate, content_hash, by });
    phases::go_on(&mut story, gate.phase());
    Ok(story.events)
}

pub(super) fn reject(
    spec: &Details,
    gate: Gate,
    content_hash: ContentHash,
    reason: Text,
    by: ActorId,
) -> Decision {
    pending(spec, gate, &content_hash)?;
    Ok(vec![Event::ApprovalRejected { gate, content_hash, reason, by }])
}

/// What somebody writes takes the place of what is shown, unless a rule forbids it; then they are asked about that.
pub(super) fn edit(
    spec: &Details,
    gate: Gate,
    content_hash: &ContentHash,
    content: &Map<String, Value>,
    by: ActorId,
) -> Decision {
    pending(spec, gate, content_hash)?;
    let phase = gate.phase();
    let attempt = spec.progress(phase).map_or(1, |progress| progress.attempt + 1);
    let mut story = Story::of(spec);
    story.tell(Event::ContentEdited { phase, attempt, by });
    for section in Section::all_of(content)? {
        story.tell(Event::PhaseSectionWritten { phase, attempt, section });
    }
    let progress = story.spec().progress(phase).ok_or(Rejection::NoApprovalPending { gate })?;
    let judgement = judge(story.spec(), phase, progress);
    if judgement.hash == *content_hash {
        return Ok(Vec::new());
    }
    if !judgement.passes {
        return Err(Rejection::Vetoed { problems: judgement.verdict.vetoes });
    }
    phases::judged(&mut story, phase);
    Ok(story.events)
}

/// People are asked at this gate, about this content.
fn pending(spec: &Details, gate: Gate, shown: &ContentHash) -> Result<(), Rejection> {
    not_over(spec)?;
    match &spec.stage {
        Stage::AwaitingApproval { gate: asked, content_hash } if *asked == gate => {
            if content_hash == shown {
                Ok(())
            } else {
                Err(Rejection::ContentChanged { current: *content_hash })
            }
        }
        _ => Err(Rejection::NoApprovalPending { gate }),
    }
}

fn not_over(spec: &Details) -> Result<(), Rejection> {
    if spec.stage.is_over() { Err(Rejection::Over(spec.stage.name())) } else { Ok(()) }
}
