//! What there is to tell of a spec while it is watched.

use super::lines::{question, spoken};
use super::shown::{Attempt, PhaseOf, Spec};
use crate::cli::client::{Line, alarm, faint, plain, strong};

/// What there is to tell of a spec: what about, the line, and what makes it news when it changes.
pub(super) fn news(spec: &Spec) -> Vec<(String, Line, String)> {
    let mut news = vec![("title".to_owned(), vec![strong(&spec.title)], spec.title.clone())];
    for phase in &spec.phases {
        for part in &phase.written {
            let key = format!("{}/{part}/{}", phase.phase, phase.attempts.len());
            news.push((key, vec![plain(format!("  {}  ", phase.phase)), faint(part)], "written".to_owned()));
        }
        for attempt in
            phase.attempts.iter().filter(|attempt| attempt.verdict.is_some() || attempt.error.is_some())
        {
            let key = format!("{}/attempt {}", phase.phase, attempt.attempt);
            let (line, what) = verdict_of(phase, attempt);
            news.push((key, line, what));
        }
    }
    for asked in spec.questions.iter().filter(|asked| asked.answer.is_none()) {
        news.push((format!("question {}", asked.question), question(asked), "asked".to_owned()));
    }
    news.push(("status".to_owned(), vec![faint(spoken(&spec.status))], spec.status.clone()));
    news
}

fn verdict_of(phase: &PhaseOf, attempt: &Attempt) -> (Line, String) {
    let what = match (&attempt.verdict, &attempt.error) {
        (Some(verdict), _) if attempt.passed => format!("passed with {}", verdict.score),
        (Some(verdict), _) => format!("did not pass: {} ({} vetoes)", verdict.score, verdict.vetoes.len()),
        (None, Some(error)) => format!("failed: {error}"),
        (None, None) => "is being written".to_owned(),
    };
    let head = format!("{}, attempt {}  ", phase.phase, attempt.attempt);
    let tail = if attempt.passed { plain(&what) } else { alarm(&what) };
    (vec![strong(head), tail], what)
}
