//! The verdict on what a phase has written, in the context of the phases before it.

use plan::evaluate::{Context, evaluate};
use plan::invariants::Earlier;
use plan::phases::{Design, Requirements};
use plan::{ContentHash, Output, Phase, Plan, Problem, Verdict, Writer};

use super::{Content, Details, Hand, Origin, Progress};

/// So many problems of a kind stand in an event, and so many characters of each.
const PROBLEMS: usize = 100;
const MESSAGE_CHARS: usize = 500;

/// What was judged, and how.
pub(super) struct Judged {
    pub(super) hash: ContentHash,
    pub(super) verdict: Verdict,
    pub(super) passes: bool,
}

/// Judges the newest version of what `phase` has written.
pub(super) fn judge(spec: &Details, phase: Phase, progress: &Progress) -> Judged {
    let hash = progress.content.hash();
    let requirements: Option<Requirements> = spec.passed(Phase::Requirements).and_then(read);
    let design: Option<Design> = spec.passed(Phase::Design).and_then(read);
    let earlier = Earlier { requirements: requirements.as_ref(), design: design.as_ref() };
    let verdict = match Output::read(phase, &progress.content.to_json()) {
        Ok(output) => evaluate(&output, Context { writer: writer(spec), earlier }),
        Err(problems) => Verdict { vetoes: problems, ..Verdict::default() },
    };
    let verdict = bounded(verdict);
    // What people write is theirs: it is judged, and only what cannot be is refused.
    let passes = match progress.writer {
        Hand::Model => verdict.passes(),
        Hand::Person | Hand::Import => verdict.vetoes.is_empty(),
    };
    Judged { hash, verdict, passes }
}

/// A plan that was imported stays one, and one that was revised becomes one: what a person changes of it, or a model after a rejection, is held to what an
/// import is held to.
pub(super) fn writer(spec: &Details) -> Writer {
    match spec.origin {
        Origin::Idea { .. } if spec.revisions == 0 => Writer::Model,
        Origin::Idea { .. } | Origin::Import { .. } => Writer::Imported,
    }
}

/// The content as the type of its phase; nothing when it is none, which its own verdict has said.
pub(super) fn read<T: serde::de::DeserializeOwned>(content: &Content) -> Option<T> {
    serde_json::from_str(&content.to_json()).ok()
}

/// The plan as its phases have written it.
pub(super) fn plan_of(spec: &Details) -> Plan {
    let content = |phase| spec.progress(phase).map(|progress| &progress.content);
    Plan {
        title: spec.title.to_string(),
        overview: String::new(),
        requirements: content(Phase::Requirements).and_then(read).unwrap_or_default(),
        design: content(Phase::Design).and_then(read),
        tasks: content(Phase::Tasks).and_then(read).unwrap_or_default(),
    }
}

fn bounded(mut verdict: Verdict) -> Verdict {
    for problems in [&mut verdict.vetoes, &mut verdict.issues] {
        problems.truncate(PROBLEMS);
        for problem in problems {
            shorten(problem);
        }
    }
    verdict
}

fn shorten(problem: &mut Problem) {
    if let Some((end, _)) = problem.message.char_indices().nth(MESSAGE_CHARS) {
        problem.message.truncate(end);
        problem.message.push('…');
    }
}
