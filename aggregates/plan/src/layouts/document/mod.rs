//! Our own layout: one file of Markdown that carries a whole plan (docs/guides/plan-format.md).
//!
//! Headings are the items, `- Key: value` are their fields, numbered lines their criteria, and everything else is their
//! text; a text that would be taken for any of these is a quotation.

mod body;
mod design;
mod fields;
mod requirements;
mod tickets;
mod write;
mod write_design;

use super::detect::Folder;
use super::findings::Findings;
use super::{markup, names, sections};
use crate::{Plan, Problem};

use body::Body;
use fields::Fields;
pub(super) use write::write;

const SECTIONS: &str = "Requirements, Assumptions, Out of scope, Open questions, Statements, Traceability, Design, \
                        Tickets, Tasks";

/// Reads what it can; the findings say what it cannot.
pub(super) fn read(folder: &Folder<'_>, findings: &mut Findings) -> Plan {
    let Some(file) = folder.files.values().next() else { return Plan::default() };
    let (path, lines) = (&*file.path, findings.read(file));
    let Some(start) = lines.iter().position(|line| !line.is_blank()) else {
        if findings.problems.is_empty() {
            let message = "the file is empty; a plan begins with `# Title` (docs/guides/plan-format.md)";
            findings.problems.push(Problem::new("not_a_plan", message).at(path, 1));
        }
        return Plan::default();
    };
    let Some((1, title)) = lines[start].heading() else {
        let message = "a plan begins with its title, `# Title` (docs/guides/plan-format.md)";
        findings.problem(path, &lines[start], "not_a_plan", message);
        return Plan::default();
    };
    let mut plan = Plan { title: markup::parse_inline(title), ..Plan::default() };
    let rest = &lines[start + 1..];
    let head = Body::read(path, sections::before_headings(rest), body::Criteria::AreText, findings);
    plan.overview = head.text.clone();
    let mut fields = Fields::of(path, head.fields, findings);
    let feature = fields.text("feature").unwrap_or_else(|| names::slug(&plan.title));
    fields.end();
    for named in [&mut plan.requirements.feature_name, &mut plan.tasks.feature_name] {
        named.clone_from(&feature);
    }
    let mut has_tickets = false;
    let (mut apart, mut listed) = (Vec::new(), Vec::new());
    for part in sections::sections(rest, 2) {
        match part.title.to_ascii_lowercase().as_str() {
            "requirements" => requirements::read(path, &part, &mut plan.requirements, findings),
            "assumptions" => plan.requirements.assumptions = body::items(part.body),
            "out of scope" => plan.requirements.out_of_scope = body::items(part.body),
            "open questions" => plan.requirements.open_questions = body::items(part.body),
            "statements" => plan.requirements.statements = requirements::statements(path, &part, findings),
            "traceability" => {
                plan.requirements.traceability = Some(requirements::traceability(path, &part, findings));
            }
            "design" => plan.design = Some(design::read(path, &part, &feature, findings)),
            "tickets" => {
                has_tickets = true;
                tickets::read(path, &part, &mut plan.tasks, &mut listed, findings);
            }
            "tasks" => tickets::read_tasks(path, &part, &mut apart, findings),
            _ => {
                let message =
                    format!("`{}` is no section of a plan and is left out; they are {SECTIONS}", part.title);
                findings.issue(path, &part.line, "ignored", message);
            }
        }
    }
    tickets::join(&mut plan.tasks, apart, &listed);
    if let Some(part) = sections::sections(rest, 1).first() {
        findings.problem(path, &part.line, "bad_line", "a plan has one title; a section begins with `##`");
    }
    if !has_tickets {
        let message = format!("the section `## Tickets` is missing; the sections of a plan are {SECTIONS}");
        findings.problems.push(Problem::new("missing_part", message).at(path, lines[start].number));
    }
    plan
}
