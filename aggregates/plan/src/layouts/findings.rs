//! What an import finds on its way: problems that stop it, issues that do not, and where things stand.

use super::sections::Section;
use super::text::{self, Line as Text};
use super::{File, Imported, Layout, Line, Lines};
use crate::{Plan, Problem};

#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) problems: Vec<Problem>,
    pub(super) issues: Vec<Problem>,
    pub(super) lines: Lines,
}

impl Findings {
    pub(super) fn problem(&mut self, file: &str, line: &Text<'_>, code: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(code, message).at(file, line.number));
    }

    /// A problem of a piece of a line.
    pub(super) fn problem_of(
        &mut self,
        file: &str,
        line: &Text<'_>,
        part: &str,
        code: &str,
        message: impl Into<String>,
    ) {
        let problem = Problem::new(code, message).at(file, line.number).column(line.column_of(part));
        self.problems.push(problem);
    }

    pub(super) fn issue(&mut self, file: &str, line: &Text<'_>, code: &str, message: impl Into<String>) {
        self.issues.push(Problem::new(code, message).at(file, line.number));
    }

    /// Remembers where an item is written; the first place counts.
    pub(super) fn place(&mut self, item: impl Into<String>, file: &str, line: u32) {
        self.lines.entry(item.into()).or_insert_with(|| Line { file: file.to_owned(), line });
    }

    /// The lines of a file; none when it cannot be read.
    pub(super) fn read<'a>(&mut self, file: &'a File) -> Vec<Text<'a>> {
        match text::read(&file.path, &file.text) {
            Ok(lines) => lines,
            Err(problem) => {
                self.problems.push(problem);
                Vec::new()
            }
        }
    }

    /// Says of a part of a file that it is not read.
    pub(super) fn ignored(&mut self, file: &str, section: &Section<'_, '_>) {
        let message = format!("the section `{}` has no place in a plan and is left out", section.title);
        self.issue(file, &section.line, "ignored", message);
    }

    pub(super) fn into_imported(mut self, layout: Layout, plan: Plan) -> Result<Imported, Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(Imported { layout, plan, issues: self.issues, lines: self.lines });
        }
        self.problems.sort();
        self.problems.dedup();
        Err(self.problems)
    }
}
