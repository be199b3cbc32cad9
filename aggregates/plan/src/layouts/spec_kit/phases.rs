//! `tasks.md` as it stands: phases, tasks, and what is said below each.

use super::super::findings::Findings;
use super::super::italic::{self, Italic, Notes};
use super::super::sections;
use super::super::text::Line;
use super::task_line::TaskLine;
use crate::phases::PlannedTask;

pub(super) struct Phase<'a> {
    /// `3` of `## Phase 3: title`.
    pub(super) number: &'a str,
    pub(super) title: &'a str,
    pub(super) line: Line<'a>,
    pub(super) tasks: Vec<Entry<'a>>,
    pub(super) notes: Notes<'a>,
    pub(super) body: Vec<Line<'a>>,
}

pub(super) struct Entry<'a> {
    pub(super) line: Line<'a>,
    pub(super) found: TaskLine<'a>,
    pub(super) task: PlannedTask,
    pub(super) notes: Notes<'a>,
    pub(super) body: Vec<Line<'a>>,
}

/// The phases of a file in their order.
pub(super) fn phases<'a>(file: &str, lines: &[Line<'a>], findings: &mut Findings) -> Vec<Phase<'a>> {
    let mut phases = Vec::new();
    for part in sections::sections(lines, 2) {
        let (number, title) = phase_title(part.title);
        let mut phase = Phase {
            number,
            title,
            line: part.line,
            tasks: Vec::new(),
            notes: Notes::default(),
            body: Vec::new(),
        };
        let mut scratch = PlannedTask::default();
        let mut in_task = false;
        let mut after_blank = false;
        for line in part.body {
            if line.heading().is_some() || line.is_rule() {
                in_task = false;
            } else if let Some(found) =
                TaskLine::parse(line).filter(|found| !found.id.is_empty() || line.indent() < 2)
            {
                in_task = entry(file, line, found, &mut phase, number, findings);
            } else {
                in_task &= line.indent() >= 2 || line.is_blank() || (!after_blank && line.code);
                let entry = phase.tasks.last_mut().filter(|_| in_task);
                let (task, notes, body) = match entry {
                    Some(entry) => (&mut entry.task, &mut entry.notes, &mut entry.body),
                    None => (&mut scratch, &mut phase.notes, &mut phase.body),
                };
                below(file, line, task, (notes, body), findings);
            }
            after_blank = line.is_blank();
        }
        if !phase.tasks.is_empty() || !number.is_empty() {
            phases.push(phase);
        } else if part.title.to_ascii_lowercase().starts_with("dependencies") {
            let message = "what this section says is not read: the order comes from the phases, from `[P]` and from \
                           `(depends on T001)`";
            findings.issue(file, &part.line, "ignored", message);
        }
    }
    phases
}

/// `Phase 3: title` and any other title.
fn phase_title(title: &str) -> (&str, &str) {
    let phase =
        title.get(..6).filter(|word| word.eq_ignore_ascii_case("phase ")).map(|word| &title[word.len()..]);
    match phase.and_then(|rest| rest.split_once([':', '-', '–', '—'])) {
        Some((number, rest)) if !number.trim().is_empty() => (number.trim(), rest.trim()),
        _ => ("", title),
    }
}

/// Takes a task into a phase; tells whether it could.
fn entry<'a>(
    file: &str,
    line: &Line<'a>,
    found: TaskLine<'a>,
    phase: &mut Phase<'a>,
    number: &str,
    findings: &mut Findings,
) -> bool {
    if found.id.is_empty() {
        // Outside of the phases there are lists of other kinds, e.g. of what was checked.
        if !number.is_empty() {
            findings.problem(file, line, "bad_line", "a task needs its number: `- [ ] T001 title`");
        }
        return false;
    }
    match found.mark {
        ' ' | 'x' | 'X' => {}
        '-' | '~' => {
            let message = format!("{} was begun elsewhere; it comes in as not done", found.id);
            findings.issue(file, line, "begun", message);
        }
        mark => {
            let message = format!("`[{mark}]` is no box; write `[ ]` or `[x]`");
            findings.problem(file, line, "bad_line", message);
        }
    }
    if found.title.is_empty() {
        findings.problem(file, line, "missing_part", format!("{} has no title", found.id));
    }
    let task = PlannedTask {
        title: found.title.to_owned(),
        done: matches!(found.mark, 'x' | 'X'),
        optional: found.optional,
        origin: Some(found.id.to_owned()),
        ..PlannedTask::default()
    };
    phase.tasks.push(Entry { line: *line, found, task, notes: Notes::default(), body: Vec::new() });
    true
}

fn below<'a>(
    file: &str,
    line: &Line<'a>,
    task: &mut PlannedTask,
    (notes, body): (&mut Notes<'a>, &mut Vec<Line<'a>>),
    findings: &mut Findings,
) {
    match italic::parse(line) {
        Italic::Of(key, value) => notes.take((key, value), task, (file, *line), findings),
        Italic::Unclosed(key) => {
            let message = format!("a line that begins with `_{}:` ends with `_`", key.as_str());
            findings.problem(file, line, "bad_line", message);
        }
        Italic::Unknown(_) | Italic::No => body.push(*line),
    }
}
