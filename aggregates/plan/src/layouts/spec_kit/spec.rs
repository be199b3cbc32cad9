//! `spec.md`: user stories with scenarios, and what else is said of the feature.

use vocabulary::Priority;

use super::super::findings::Findings;
use super::super::sections::{self, Section};
use super::super::text::{self, Line};
use super::super::{kiro, names};
use crate::phases::{Criterion, DataModel, Requirement, Statement};
use crate::{Plan, Problem};

/// The name of the feature.
pub(super) fn title<'a>(lines: &[Line<'a>]) -> Option<&'a str> {
    let (_, title) = lines.iter().find_map(|line| line.heading().filter(|(level, _)| *level == 1))?;
    let name = title.split_once(':').filter(|(kind, _)| kind.eq_ignore_ascii_case("feature specification"));
    let name = name.map_or(title, |(_, name)| name.trim());
    (!name.is_empty()).then_some(name)
}

/// Reads the file into `plan`; what it says of entities belongs to the design.
pub(super) fn read(
    file: &str,
    lines: &[Line<'_>],
    feature: &str,
    plan: &mut Plan,
    findings: &mut Findings,
) -> Vec<DataModel> {
    plan.overview = input(lines);
    let mut entities = Vec::new();
    for part in sections::sections(lines, 2) {
        let title = part.title.split("*(").next().unwrap_or_default().trim().to_ascii_lowercase();
        match title.as_str() {
            "user scenarios & testing" | "user scenarios" | "user stories" => {
                scenarios(file, &part, feature, plan, findings);
            }
            "requirements" => entities.extend(requirements(&part, plan)),
            "success criteria" => plan.requirements.statements.extend(statements(part.body)),
            "assumptions" => plan.requirements.assumptions = kiro::bullets(&listed(part.body)),
            "out of scope" => plan.requirements.out_of_scope = kiro::bullets(&listed(part.body)),
            "open questions" => plan.requirements.open_questions = kiro::bullets(&listed(part.body)),
            "clarifications" => numbered(plan, "Clarification ", kiro::bullets(&listed(part.body)), 0),
            _ => findings.ignored(file, &part),
        }
    }
    if plan.requirements.requirements.is_empty() && !lines.is_empty() && findings.problems.is_empty() {
        let message =
            format!("{file} has no user story; one begins with `### User Story 1 - title (Priority: P1)`");
        let mut problem = Problem::new("missing_part", message);
        problem.place.file = Some(file.to_owned());
        findings.problems.push(problem);
    }
    entities
}

/// `**Input**: User description: "…"`.
fn input(lines: &[Line<'_>]) -> String {
    let Some(at) = lines.iter().position(|line| !line.code && line.text().starts_with("**Input**:")) else {
        return String::new();
    };
    let length = lines[at..].iter().take_while(|line| !line.is_blank() && line.heading().is_none()).count();
    let text = text::block(&lines[at..at + length]);
    let text = text.trim_start_matches("**Input**:").trim_start();
    let text = text.strip_prefix("User description:").map_or(text, str::trim);
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).to_owned()
}

fn scenarios(file: &str, part: &Section<'_, '_>, feature: &str, plan: &mut Plan, findings: &mut Findings) {
    for part in sections::sections(part.body, 3) {
        let Some((digits, title)) = story_number(part.title) else {
            if part.title.to_ascii_lowercase().starts_with("edge cases") {
                numbered(plan, "EC-", kiro::bullets(&listed(part.body)), 3);
            } else {
                findings.ignored(file, &part);
            }
            continue;
        };
        let Ok(number) = digits.parse::<usize>() else {
            findings.problem(
                file,
                &part.line,
                "bad_line",
                format!("`{digits}` is no number of a user story"),
            );
            continue;
        };
        let id = names::requirement_id(feature, number);
        if plan.requirements.requirements.iter().any(|it| it.id == id) {
            let message = format!("there are two user stories {number}; give this one another number");
            findings.problem(file, &part.line, "duplicate_id", message);
            continue;
        }
        findings.place(id.clone(), file, part.line.number);
        let (title, priority) = priority(file, &part.line, title, findings);
        let story = story(file, &part, &id, findings);
        let origin = Some(format!("US{number}"));
        plan.requirements.requirements.push(Requirement { title, priority, origin, ..story });
    }
}

/// The number and the title of `User Story 1 - title`.
fn story_number(heading: &str) -> Option<(&str, &str)> {
    let word = heading.get(..10).filter(|word| word.eq_ignore_ascii_case("user story"))?;
    let rest = heading[word.len()..].trim_start();
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (number, title) = rest.split_at(end);
    (!number.is_empty()).then(|| (number, title.trim_start().trim_start_matches(['-', '–', '—', ':']).trim()))
}

/// Takes `(Priority: P1)` off a title.
pub(super) fn priority(
    file: &str,
    line: &Line<'_>,
    title: &str,
    findings: &mut Findings,
) -> (String, Option<Priority>) {
    let Some((before, rest)) = title.split_once("(Priority:") else { return (title.to_owned(), None) };
    let Some((value, after)) = rest.split_once(')') else { return (title.to_owned(), None) };
    let value = value.trim();
    let priority = match value.to_ascii_uppercase().as_str() {
        "P1" => Some(Priority::Critical),
        "P2" => Some(Priority::High),
        "P3" => Some(Priority::Medium),
        "P4" => Some(Priority::Low),
        other => {
            let digits = other
                .strip_prefix('P')
                .filter(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
            let Some(digits) = digits else {
                findings.problem_of(
                    file,
                    line,
                    value,
                    "bad_value",
                    format!("`{value}` is no priority; write P1 to P4"),
                );
                return (title.to_owned(), None);
            };
            let nearest =
                if digits.trim_start_matches('0').is_empty() { Priority::Critical } else { Priority::Low };
            findings.issue(
                file,
                line,
                "bad_value",
                format!("`{value}` is outside of P1 to P4; it comes in as {nearest}"),
            );
            Some(nearest)
        }
    };
    let title = format!("{} {}", before.trim_end(), after.trim_start());
    (title.trim().to_owned(), priority)
}

/// How [`priority`] is written.
pub(super) fn written_priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Critical => "P1",
        Priority::High => "P2",
        Priority::Medium => "P3",
        Priority::Low => "P4",
    }
}

fn story(file: &str, part: &Section<'_, '_>, id: &str, findings: &mut Findings) -> Requirement {
    let label = |line: &Line<'_>, label: &str| !line.code && line.text().starts_with(label);
    let lines: Vec<_> = part.body.iter().filter(|line| !line.is_rule()).copied().collect();
    let start = lines.iter().position(|line| label(line, "**Acceptance Scenarios**")).unwrap_or(lines.len());
    let is_note =
        |line: &Line<'_>| label(line, "**Why this priority**") || label(line, "**Independent Test**");
    let notes = lines[..start].iter().position(is_note).unwrap_or(start);
    let mut criteria: Vec<String> = Vec::new();
    let mut rest = Vec::new();
    for line in lines.get(start + 1..).unwrap_or_default() {
        let item = line.numbered().map(|(_, text)| text).or_else(|| line.bullet());
        match (item.filter(|_| line.indent() < 2), criteria.last_mut()) {
            (Some(text), _) if rest.iter().all(Line::is_blank) => {
                criteria.push(text.to_owned());
                findings.place(format!("{id}.{}", criteria.len()), file, line.number);
            }
            (_, Some(text)) if !line.is_blank() && line.indent() >= 2 => text::continued(text, line),
            _ => rest.push(*line),
        }
    }
    let mut said = text::block(&lines[notes..start]);
    let after = text::block(&rest);
    if !said.is_empty() && !after.is_empty() {
        said.push_str("\n\n");
    }
    said.push_str(&after);
    Requirement {
        id: id.to_owned(),
        title: String::new(),
        kind: "story".to_owned(),
        category: "FUNC".to_owned(),
        priority: None,
        text: text::block(&lines[..notes]),
        acceptance_criteria: criteria.into_iter().map(|text| criterion(&text)).collect(),
        dependencies: Vec::new(),
        notes: said,
        origin: None,
    }
}

/// The words of a scenario.
pub(super) const STEPS: [&str; 5] = ["Given", "When", "Then", "And", "But"];

fn criterion(text: &str) -> Criterion {
    let bare = STEPS.iter().fold(text.to_owned(), |text, word| text.replace(&format!("**{word}**"), word));
    if bare.starts_with("Given ") || bare.starts_with("When ") {
        return Criterion::scenario(bare);
    }
    Criterion::statement(text)
}

fn requirements(part: &Section<'_, '_>, plan: &mut Plan) -> Vec<DataModel> {
    let mut entities = Vec::new();
    plan.requirements.statements.extend(statements(sections::before_headings(part.body)));
    for part in sections::sections(part.body, 3) {
        if part.title.to_ascii_lowercase().starts_with("key entities") {
            let named = kiro::bullets(&listed(part.body)).into_iter().map(kiro::statement);
            entities.extend(named.map(|Statement { id, text }| DataModel {
                name: id,
                description: text,
                ..DataModel::default()
            }));
        } else {
            plan.requirements.statements.extend(statements(part.body));
        }
    }
    entities
}

/// The lines of lists: text around them is how the template explains itself.
fn listed<'a>(lines: &[Line<'a>]) -> Vec<Line<'a>> {
    let mut open = false;
    let belongs = |line: &&Line<'a>| {
        open = line.bullet().is_some() || (open && !line.is_blank() && line.heading().is_none());
        open
    };
    lines.iter().filter(belongs).copied().collect()
}

fn statements(lines: &[Line<'_>]) -> Vec<Statement> {
    kiro::bullets(&listed(lines)).into_iter().map(kiro::statement).collect()
}

/// Keeps items that have no names of their own.
fn numbered(plan: &mut Plan, prefix: &str, items: Vec<String>, width: usize) {
    let named = items.into_iter().enumerate();
    plan.requirements
        .statements
        .extend(named.map(|(at, text)| Statement { id: format!("{prefix}{:0width$}", at + 1), text }));
}
