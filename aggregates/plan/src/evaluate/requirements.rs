//! Whether it is said what must hold, bindingly and so that it can be checked.

use super::sheet::{Entry, Sheet, entries, full_or, said};
use crate::ears::{self, has_modal};
use crate::phases::{CriterionKind, Requirement, Requirements};
use crate::{Problem, Writer, ids, names};

/// How many faults of sentences are told.
const TOLD: usize = 20;

pub(super) fn sheet(requirements: &Requirements, writer: Writer) -> Sheet {
    let mut sheet = Sheet::default();
    let all = &requirements.requirements;
    let each = |good: &dyn Fn(&Requirement) -> bool| -> Vec<Entry> {
        entries("requirements", all, |requirement| &requirement.id, good)
    };
    sheet.criterion(
        "feature_name",
        5,
        full_or(0.5, said(&[&requirements.feature_name])),
        "write feature_name in kebab-case",
    );
    sheet.share(
        "structure",
        20,
        &each(&|requirement| {
            said(&[&requirement.id, &requirement.kind, &requirement.text]) && requirement.priority.is_some()
        }),
        "give each of the requirements id, type, text and priority",
    );
    sheet.share(
        "normative_language",
        20,
        &each(&|requirement| sentences(requirement, writer).iter().any(|(_, sentence)| has_modal(sentence))),
        "say in each text how binding it is, by SHALL, SHOULD, MAY or MUST",
    );
    ears_format(all, writer, &mut sheet);
    sheet.share(
        "acceptance_criteria",
        20,
        &each(&|requirement| {
            requirement.acceptance_criteria.iter().filter(|criterion| said(&[&criterion.text])).count() >= 2
        }),
        "give each of the requirements at least two acceptance_criteria",
    );
    sheet.share(
        "id_format",
        5,
        &each(&|requirement| ids::is_requirement(&requirement.id)),
        "write ids as REQ-<FEATURE>-<FUNC|PERF|SEC|USE|REL|CON>-<NNN>",
    );
    sheet.criterion(
        "assumptions",
        5,
        full_or(0.5, !requirements.assumptions.is_empty()),
        "write in assumptions what is taken for granted",
    );
    sheet.criterion(
        "out_of_scope",
        5,
        full_or(0.5, !requirements.out_of_scope.is_empty()),
        "write in out_of_scope what is not meant",
    );
    sheet.criterion(
        "traceability",
        5,
        full_or(0.5, requirements.traceability.is_some()),
        "write in traceability the sections of the PRD and the parts that will be built",
    );
    if all.is_empty() {
        sheet.void();
    }
    sheet
}

/// The sentences in which a requirement says what must hold, each with its name: its text, or the criteria of an
/// imported one whose text is a user story.
fn sentences(requirement: &Requirement, writer: Writer) -> Vec<(String, &str)> {
    let name = names::short(&requirement.id);
    if writer == Writer::Imported && !has_modal(&requirement.text) {
        let statements: Vec<_> = requirement
            .acceptance_criteria
            .iter()
            .enumerate()
            .filter(|(_, criterion)| criterion.kind == CriterionKind::Statement)
            .map(|(index, criterion)| (format!("{name}.{}", index + 1), criterion.text.as_str()))
            .collect();
        if !statements.is_empty() {
            return statements;
        }
    }
    vec![(name, requirement.text.as_str())]
}

/// A sentence that can be taken apart counts whole, one that only says how binding it is half.
fn ears_format(all: &[Requirement], writer: Writer, sheet: &mut Sheet) {
    let mut sum = 0.0;
    let mut faults = Vec::new();
    for requirement in all {
        let sentences = sentences(requirement, writer);
        let mut met = 0.0;
        for (name, sentence) in &sentences {
            match ears::parse(sentence) {
                Ok(ears) => {
                    met += 1.0;
                    faults.extend(ears.warnings.iter().map(|warning| {
                        let message =
                            format!("{name}, column {}: {}", warning.column, warning.phrase.advice());
                        Problem::new("ears_wording", message).about(name).column(warning.column)
                    }));
                }
                Err(error) => {
                    met += if has_modal(sentence) { 0.5 } else { 0.0 };
                    let problem = Problem::new("ears", format!("{name}, {error}"));
                    faults.push(problem.about(name).column(error.column));
                }
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "at most some thousand sentences")]
        let share = met / sentences.len() as f64;
        sum += share;
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 300 requirements")]
    let score = if all.is_empty() { 0.0 } else { sum / all.len() as f64 };
    sheet.criterion(
        "ears_format",
        15,
        score,
        "write each text in EARS: `The system SHALL ...`, `WHEN ..., the system SHALL ...`, `WHILE ...`, \
         `IF ..., THEN ...`, `WHERE ...`",
    );
    faults.into_iter().take(TOLD).for_each(|problem| sheet.issue(problem));
}
