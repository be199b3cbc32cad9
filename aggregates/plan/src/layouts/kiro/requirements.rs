//! `requirements.md`: requirements with a number, a user story and numbered criteria.

use std::collections::BTreeMap;

use super::super::findings::Findings;
use super::super::italic::{self, Italic, Key};
use super::super::names;
use super::super::sections::{self, Section};
use super::super::text::{self, Line};
use crate::phases::{Criterion, Requirement, Statement};
use crate::{Plan, Problem};

/// What the numbers of Kiro mean: the id of a requirement, and the place of each criterion by the number it has there.
pub(super) type Numbers = BTreeMap<usize, (String, BTreeMap<usize, usize>)>;

/// Reads the file into `plan`.
pub(super) fn read(
    file: &str,
    lines: &[Line<'_>],
    feature: &str,
    plan: &mut Plan,
    findings: &mut Findings,
) -> Numbers {
    let mut numbers = Numbers::new();
    // A heading `### 1. title` is a requirement where none is called `Requirement 1`.
    let has = |level, named| {
        sections::sections(lines, level).iter().any(|part| number(part.title, named).is_some())
    };
    let found = [(2, true), (3, true), (4, true), (3, false), (4, false)]
        .into_iter()
        .find(|(level, named)| has(*level, *named));
    for part in sections::sections(lines, 2) {
        section(file, &part, plan, findings);
    }
    let Some((level, named)) = found else {
        if !lines.is_empty() {
            let mut problem = Problem::new(
                "missing_part",
                format!("{file} has no requirement; one begins with `### Requirement 1: title`"),
            );
            problem.place.file = Some(file.to_owned());
            findings.problems.push(problem);
        }
        return numbers;
    };
    for part in sections::sections(lines, level) {
        let Some((digits, title)) = number(part.title, named) else { continue };
        let Ok(at) = digits.parse::<usize>() else {
            let message = format!("`{digits}` is no number of a requirement; number them 1, 2, 3");
            findings.problem(file, &part.line, "bad_line", message);
            continue;
        };
        let id = names::requirement_id(feature, at);
        if numbers.contains_key(&at) {
            let message = format!("there are two requirements {at}; give this one another number");
            findings.problem(file, &part.line, "duplicate_id", message);
            continue;
        }
        findings.place(id.clone(), file, part.line.number);
        let (requirement, criteria) = requirement(file, &part, &id, at, title, findings);
        plan.requirements.requirements.push(requirement);
        numbers.insert(at, (id, criteria));
    }
    numbers
}

/// The number and the title of `Requirement 1: title`, or of `1. title`.
fn number(heading: &str, named: bool) -> Option<(&str, &str)> {
    if !named {
        return text::numbered(heading);
    }
    let word = heading.get(..11).filter(|word| word.eq_ignore_ascii_case("requirement"))?;
    let rest = heading[word.len()..].strip_prefix(' ')?.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
    let (number, rest) = rest.split_at(end);
    let number = number.trim_end_matches('.');
    (!number.is_empty()).then(|| (number, rest.trim_start().trim_start_matches([':', '-', '–', '—']).trim()))
}

/// A section that holds no requirements.
fn section(file: &str, part: &Section<'_, '_>, plan: &mut Plan, findings: &mut Findings) {
    let own = sections::before_headings(part.body);
    match part.title.to_ascii_lowercase().as_str() {
        "introduction" | "overview" => plan.overview = text::block(own),
        "requirements" => {}
        "glossary" => plan.requirements.statements.extend(bullets(own).into_iter().map(statement)),
        "assumptions" => plan.requirements.assumptions = bullets(own),
        "out of scope" | "non-goals" => plan.requirements.out_of_scope = bullets(own),
        "open questions" => plan.requirements.open_questions = bullets(own),
        title if number(title, true).is_some() => {}
        _ => findings.ignored(file, part),
    }
}

/// The items of a list, wrapped lines joined.
pub(in super::super) fn bullets(lines: &[Line<'_>]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in lines.iter().filter(|line| !line.is_blank()) {
        match (line.bullet(), items.last_mut()) {
            (Some(item), _) if line.indent() < 2 => items.push(item.to_owned()),
            (_, Some(item)) => text::continued(item, line),
            (item, None) => items.push(item.unwrap_or_else(|| line.text()).to_owned()),
        }
    }
    items
}

/// `**Term**: meaning`.
pub(in super::super) fn statement(item: String) -> Statement {
    let split = item.strip_prefix("**").and_then(|rest| rest.split_once("**"));
    match split
        .map(|(term, rest)| (term.trim_end_matches(':'), rest.strip_prefix(':').unwrap_or(rest).trim()))
    {
        Some((term, meaning)) if !term.is_empty() => {
            Statement { id: term.to_owned(), text: meaning.to_owned() }
        }
        _ => Statement { id: String::new(), text: item },
    }
}

fn requirement(
    file: &str,
    part: &Section<'_, '_>,
    id: &str,
    at: usize,
    title: &str,
    findings: &mut Findings,
) -> (Requirement, BTreeMap<usize, usize>) {
    let mut requirement = Requirement {
        id: id.to_owned(),
        title: if title.is_empty() { format!("Requirement {at}") } else { title.to_owned() },
        kind: "functional".to_owned(),
        category: "FUNC".to_owned(),
        priority: None,
        text: String::new(),
        acceptance_criteria: Vec::new(),
        dependencies: Vec::new(),
        notes: String::new(),
        origin: Some(at.to_string()),
    };
    let is_start = |line: &Line<'_>| {
        let text = line.heading().map_or_else(|| line.text(), |(_, text)| text);
        let bare = text.trim_matches(['*', ':', ' ']);
        !line.code && bare.eq_ignore_ascii_case("acceptance criteria")
    };
    let start = part.body.iter().position(is_start).unwrap_or(part.body.len());
    let mut story = Vec::new();
    for line in part.body[..start].iter().filter(|line| !line.is_rule()) {
        match italic::parse(line) {
            Italic::Of(Key::Priority, value) => match italic::priority(value) {
                Some(priority) => requirement.priority = Some(priority),
                None => {
                    let message =
                        format!("`{value}` is no priority; it is one of critical, high, medium, low");
                    findings.problem_of(file, line, value, "bad_value", message);
                }
            },
            _ => story.push(*line),
        }
    }
    requirement.text = without_label(&text::block(&story)).to_owned();
    let criteria_lines = part.body.get(start + 1..).unwrap_or_default();
    let (criteria, numbers, rest) = criteria(file, criteria_lines, id, findings);
    requirement.acceptance_criteria = criteria;
    requirement.notes = rest;
    (requirement, numbers)
}

fn without_label(text: &str) -> &str {
    ["**User Story:**", "**User Story**:", "**Objective:**", "**Objective**:"]
        .iter()
        .find_map(|label| text.strip_prefix(label))
        .map_or(text, str::trim_start)
}

/// The criteria, their places by number, and the text that follows them.
fn criteria(
    file: &str,
    lines: &[Line<'_>],
    id: &str,
    findings: &mut Findings,
) -> (Vec<Criterion>, BTreeMap<usize, usize>, String) {
    let end = lines.iter().position(|line| line.heading().is_some()).unwrap_or(lines.len());
    let (list, after) = lines.split_at(end);
    let written: Vec<_> =
        list.iter().filter_map(Line::numbered).map(|(number, _)| last_number(number)).collect();
    // Markdown counts for itself: a list of `1.` only has no numbers of its own.
    let counts = written.len() > 1 && written.iter().all(|number| *number == Some(1));
    let mut texts: Vec<String> = Vec::new();
    let mut numbers = BTreeMap::new();
    let mut rest = Vec::new();
    let mut open = false;
    for line in list.iter().filter(|line| !line.is_rule()) {
        let item = match line.bullet().filter(|_| written.is_empty()) {
            Some(text) => Some(text::numbered(text).map_or((None, text), |(n, text)| (last_number(n), text))),
            None => line.numbered().map(|(number, text)| (last_number(number), text)),
        };
        match (item.filter(|_| line.indent() < 2), texts.last_mut()) {
            (Some((number, text)), _) => {
                texts.push(text.to_owned());
                let place = texts.len();
                findings.place(format!("{id}.{place}"), file, line.number);
                let number = number.filter(|_| !counts).unwrap_or(place);
                if numbers.insert(number, place).is_some() {
                    let message =
                        format!("there are two criteria {number} of {id}; give this one another number");
                    findings.problem(file, line, "duplicate_id", message);
                }
                open = true;
            }
            (None, Some(text)) if !line.is_blank() && (open || line.indent() >= 2) => {
                text::continued(text, line);
                open = true;
            }
            _ => {
                open = false;
                rest.push(*line);
            }
        }
    }
    rest.extend(after);
    (texts.into_iter().map(Criterion::statement).collect(), numbers, text::block(&rest))
}

/// The number of a criterion in `2` and in `1.2`.
fn last_number(number: &str) -> Option<usize> {
    number.rsplit('.').next()?.parse().ok()
}
