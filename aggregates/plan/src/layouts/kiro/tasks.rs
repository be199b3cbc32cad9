//! `tasks.md`: a list of boxes with numbers, and what is said below each.

use std::collections::BTreeMap;

use super::super::findings::Findings;
use super::super::italic::{self, Italic, Key, Notes};
use super::super::text::{self, Line};
use super::checkbox::Checkbox;
use crate::Problem;
use crate::phases::PlannedTask;

/// A box and what is below it.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// `2` or `2.1`.
    pub(super) number: String,
    pub(super) line: Line<'a>,
    /// The values of its lines in italics; of a ticket too.
    pub(super) task: PlannedTask,
    pub(super) notes: Notes<'a>,
    body: Vec<Line<'a>>,
}

/// A ticket and its tasks.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) ticket: Entry<'a>,
    /// None: the ticket is its own task.
    pub(super) tasks: Vec<Entry<'a>>,
}

impl<'a> Entry<'a> {
    fn new(number: &str, title: &str, line: Line<'a>) -> Self {
        let task = PlannedTask { title: title.to_owned(), ..PlannedTask::default() };
        Self { number: number.to_owned(), line, task, notes: Notes::default(), body: Vec::new() }
    }

    pub(super) fn description(&self) -> String {
        text::block(&self.body)
    }
}

/// Reads the list in its written order.
pub(super) fn read<'a>(file: &str, lines: &[Line<'a>], findings: &mut Findings) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut headings: BTreeMap<&str, (&str, Line<'a>)> = BTreeMap::new();
    for entry in entries(file, lines, &mut headings, findings) {
        if let Some(first) = seen.insert(entry.number.clone(), entry.line.number) {
            let message = format!("{} is on line {first} too; give this one another number", entry.number);
            findings.problem(file, &entry.line, "duplicate_id", message);
            continue;
        }
        let Some((ticket, _)) = entry.number.split_once('.') else {
            groups.push(Group { ticket: entry, tasks: Vec::new() });
            continue;
        };
        if !groups.iter().any(|group| group.ticket.number == ticket) {
            // Some write their tickets as headings.
            let Some((title, line)) = headings.get(ticket) else {
                let message =
                    format!("{} has no ticket before it; write `- [ ] {ticket}. title`", entry.number);
                findings.problem(file, &entry.line, "missing_part", message);
                continue;
            };
            seen.insert(ticket.to_owned(), line.number);
            groups.push(Group { ticket: Entry::new(ticket, title, *line), tasks: Vec::new() });
        }
        let ticket = ticket.to_owned();
        if let Some(group) = groups.iter_mut().find(|group| group.ticket.number == ticket) {
            group.tasks.push(entry);
        }
    }
    if groups.is_empty()
        && !lines.is_empty()
        && findings.problems.iter().all(|it| it.place.file.as_deref() != Some(file))
    {
        let mut problem = Problem::new(
            "missing_part",
            format!("{file} has no task; one is a line `- [ ] 1. title` with its number"),
        );
        problem.place.file = Some(file.to_owned());
        findings.problems.push(problem);
    }
    groups
}

fn entries<'a>(
    file: &str,
    lines: &[Line<'a>],
    headings: &mut BTreeMap<&'a str, (&'a str, Line<'a>)>,
    findings: &mut Findings,
) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut open = false;
    let mut after_blank = false;
    for line in lines {
        if let Some((_, heading)) = line.heading() {
            open = false;
            if let Some((number, title)) = text::numbered(heading) {
                headings.entry(number).or_insert((title, *line));
            }
            continue;
        }
        if let Some(entry) = Checkbox::parse(line).and_then(|found| entry(file, line, &found, open, findings))
        {
            match entry {
                Some(entry) => {
                    entries.push(entry);
                    open = true;
                }
                None => open = false,
            }
            after_blank = false;
            continue;
        }
        let ends =
            after_blank && line.indent() < 2 && line.bullet().is_none() && !line.code && !line.is_blank();
        if open && ends && !line.is_rule() {
            findings.issue(
                file,
                line,
                "ignored",
                "this text belongs to no task and is left out; indent it below one",
            );
        }
        open &= !ends;
        after_blank = line.is_blank();
        if let Some(entry) = entries.last_mut().filter(|_| open) {
            below(file, line, entry, findings);
        }
    }
    entries
}

/// The entry of a box; nothing when the box is part of a description; none when it is wrong.
fn entry<'a>(
    file: &str,
    line: &Line<'a>,
    found: &Checkbox<'a>,
    open: bool,
    findings: &mut Findings,
) -> Option<Option<Entry<'a>>> {
    let depth = found.number.split('.').count();
    if depth > 2 && open {
        let message = format!(
            "{} is deeper than a task; it is kept in the description of the task above",
            found.number
        );
        findings.issue(file, line, "bad_line", message);
        return None;
    }
    if found.number.is_empty() {
        if open && line.indent() >= 2 {
            return None;
        }
        let message =
            "a task needs its number: `- [ ] 1. title` for a ticket, `- [ ] 1.1 title` for a task of it";
        findings.problem(file, line, "bad_line", message);
        return Some(None);
    }
    if found.number.split('.').any(|part| part.parse::<u32>().is_err()) || depth > 2 {
        findings.problem(file, line, "bad_line", format!("`{}` is no number of a task", found.number));
        return Some(None);
    }
    let done = match found.mark {
        ' ' => false,
        'x' | 'X' => true,
        '-' | '~' => {
            let message = format!("{} was begun elsewhere; it comes in as not done", found.number);
            findings.issue(file, line, "begun", message);
            false
        }
        mark => {
            findings.problem(file, line, "bad_line", format!("`[{mark}]` is no box; write `[ ]` or `[x]`"));
            false
        }
    };
    if found.title.is_empty() {
        findings.problem(file, line, "missing_part", format!("{} has no title", found.number));
    }
    let mut entry = Entry::new(found.number, found.title, *line);
    entry.task.done = done;
    entry.task.optional = found.optional;
    Some(Some(entry))
}

/// A line below a box.
fn below<'a>(file: &str, line: &Line<'a>, entry: &mut Entry<'a>, findings: &mut Findings) {
    match italic::parse(line) {
        Italic::Of(key, value) => entry.notes.take((key, value), &mut entry.task, (file, *line), findings),
        Italic::Unclosed(key) => {
            let message = format!("a line that begins with `_{}:` ends with `_`", key.as_str());
            findings.problem(file, line, "bad_line", message);
        }
        Italic::Unknown(name) => {
            let message = format!("`{name}` is no key of a task; the line is kept in its description");
            findings.issue(file, line, "unknown_key", message);
            entry.body.push(*line);
        }
        Italic::No if line.is_rule() => {}
        Italic::No => {
            if let Some(value) = validates(line) {
                entry.notes.said.push(Key::Requirements);
                entry.notes.requirements.extend(italic::references(value, *line));
            }
            entry.body.push(*line);
        }
    }
}

/// What Kiro says of a test of a property: `**Validates: Requirements 1.1, 1.2**`.
fn validates<'a>(line: &Line<'a>) -> Option<&'a str> {
    let text = line.bullet().unwrap_or_else(|| line.text());
    text.strip_prefix("**Validates:")?.strip_suffix("**").map(str::trim)
}
