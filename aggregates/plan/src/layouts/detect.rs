//! Which layout some files have, and whether they are of a size that a plan can have.

use std::collections::BTreeMap;

use super::findings::Findings;
use super::names::file_name;
use super::{File, Layout};
use crate::{Plan, Problem};

/// The largest file.
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// The most files.
pub const MAX_FILES: usize = 200;
/// The most tasks.
pub const MAX_TASKS: usize = 500;
/// The most requirements.
pub const MAX_REQUIREMENTS: usize = 300;

const EXPECTED: &str = "a plan is a folder with requirements.md and tasks.md (Kiro) or with spec.md and tasks.md \
                        (spec-kit), or one Markdown file (docs/guides/plan-format.md)";

/// The files of one plan by their name, e.g. `tasks.md`.
#[derive(Debug)]
pub(super) struct Folder<'a> {
    pub(super) files: BTreeMap<&'a str, &'a File>,
}

impl<'a> Folder<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&'a File> {
        self.files.get(name).copied()
    }
}

/// Finds the layout out from the names of the files.
///
/// # Errors
/// When it is none, with what is missing or what was expected.
pub fn detect(files: &[File]) -> Result<Layout, Vec<Problem>> {
    within_limits(files)?;
    folder(files, None).map(|(layout, _)| layout)
}

/// # Errors
/// Each file that is too large, or that is no text, and too many files.
pub(super) fn within_limits(files: &[File]) -> Result<(), Vec<Problem>> {
    if files.len() > MAX_FILES {
        let message = format!("{} files are more than the {MAX_FILES} that a plan may have", files.len());
        return Err(vec![Problem::new("too_many", message)]);
    }
    let of_file = |file: &File, code: &str, message: String| {
        let mut problem = Problem::new(code, message);
        problem.place.file = Some(file.path.clone());
        problem
    };
    let mut problems = Vec::new();
    for file in files {
        if file.text.len() > MAX_FILE_BYTES {
            let message = format!(
                "{} has {} bytes; a file of a plan has at most {MAX_FILE_BYTES}",
                file.path,
                file.text.len()
            );
            problems.push(of_file(file, "too_large", message));
        } else if is_markdown(file) && file.text.contains('\0') {
            problems.push(of_file(
                file,
                "not_a_plan",
                format!("{} is no text: it has zero bytes", file.path),
            ));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The layout and the files that it is made of.
///
/// # Errors
/// When the files are no plan of that layout.
pub(super) fn folder(files: &[File], layout: Option<Layout>) -> Result<(Layout, Folder<'_>), Vec<Problem>> {
    let roots = roots(files);
    if let [first, second, ..] = roots.keys().copied().collect::<Vec<_>>()[..] {
        let message =
            format!("two plans were found, in `{first}` and in `{second}`; import one folder at a time");
        return Err(vec![Problem::new("too_many", message)]);
    }
    let named = roots.into_values().next().unwrap_or_default();
    let has = |name: &str| named.contains_key(name);
    let layout = match layout {
        Some(layout) => layout,
        None if has("requirements.md") && has("spec.md") => {
            let message = "the folder has both requirements.md (Kiro) and spec.md (spec-kit); say which layout is meant";
            return Err(vec![Problem::new("not_a_plan", message)]);
        }
        None if has("spec.md") || has("plan.md") => Layout::SpecKit,
        None if has("requirements.md") || has("design.md") => Layout::Kiro,
        None => match named.get("tasks.md") {
            Some(tasks) if is_document(tasks) => Layout::Document,
            Some(tasks) if tasks.text.contains("] T0") => Layout::SpecKit,
            Some(_) => Layout::Kiro,
            None => Layout::Document,
        },
    };
    let required: &[&str] = match layout {
        Layout::Kiro => &["requirements.md", "tasks.md"],
        Layout::SpecKit => &["spec.md", "tasks.md"],
        Layout::Document => return document(files).map(|folder| (layout, folder)),
    };
    let missing: Vec<_> =
        required.iter().filter(|name| !has(name)).map(|name| missing(name, layout)).collect();
    if missing.is_empty() { Ok((layout, Folder { files: named })) } else { Err(missing) }
}

fn missing(name: &str, layout: Layout) -> Problem {
    let (tool, needs) = match layout {
        Layout::SpecKit => ("spec-kit", "spec.md and tasks.md"),
        Layout::Kiro | Layout::Document => ("Kiro", "requirements.md and tasks.md"),
    };
    let mut problem = Problem::new(
        "missing_file",
        format!("{name} is missing: a folder of {tool} has {needs}; {EXPECTED}"),
    );
    problem.place.file = Some(name.to_owned());
    problem
}

fn document(files: &[File]) -> Result<Folder<'_>, Vec<Problem>> {
    let markdown: Vec<_> = files.iter().filter(|file| is_markdown(file)).collect();
    match markdown[..] {
        [file] => Ok(Folder { files: BTreeMap::from([(file_name(&file.path), file)]) }),
        [] => Err(vec![Problem::new("not_a_plan", format!("there is no Markdown file; {EXPECTED}"))]),
        _ => {
            let message = format!("{} Markdown files are no plan; {EXPECTED}", markdown.len());
            Err(vec![Problem::new("not_a_plan", message)])
        }
    }
}

fn is_markdown(file: &File) -> bool {
    let name = file_name(&file.path).to_ascii_lowercase();
    name.ends_with(".md") || name.ends_with(".markdown")
}

/// Whether a file is a document of ours: it has one of its sections.
fn is_document(file: &File) -> bool {
    file.text.lines().any(|line| line.trim_end() == "## Tickets")
}

/// The folders that hold files of a plan, the outermost of each branch: spec-kit has a `requirements.md` among its
/// checklists.
fn roots(files: &[File]) -> BTreeMap<&str, BTreeMap<&str, &File>> {
    const NAMES: [&str; 5] = ["requirements.md", "design.md", "tasks.md", "spec.md", "plan.md"];
    let folder_of = |file: &File| file.path.rsplit_once('/').map_or(0, |(folder, _)| folder.len());
    let with_names: Vec<&File> = files.iter().filter(|file| NAMES.contains(&file_name(&file.path))).collect();
    let folders: Vec<&str> = with_names.iter().map(|file| &file.path[..folder_of(file)]).collect();
    let below = |folder: &str, above: &str| {
        above.is_empty() || folder.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
    };
    let is_root = |folder: &&str| !folders.iter().any(|other| other != folder && below(folder, other));
    let mut roots: BTreeMap<&str, BTreeMap<&str, &File>> = BTreeMap::new();
    for folder in folders.iter().copied().filter(is_root) {
        let own = files.iter().filter(|file| file.path[..folder_of(file)] == *folder);
        roots.entry(folder).or_default().extend(own.map(|file| (file_name(&file.path), file)));
    }
    roots
}

pub(super) fn plan_within_limits(plan: &Plan, folder: &Folder<'_>, findings: &mut Findings) {
    let mut too_many = |count: usize, most: usize, what: &str, file: &str| {
        if count > most {
            let mut problem = Problem::new(
                "too_many",
                format!("{count} {what} are more than the {most} that a plan may have"),
            );
            problem.place.file = folder.get(file).map(|file| file.path.clone());
            findings.problems.push(problem);
        }
    };
    let requirements = if folder.get("spec.md").is_some() { "spec.md" } else { "requirements.md" };
    too_many(plan.requirements.requirements.len(), MAX_REQUIREMENTS, "requirements", requirements);
    too_many(plan.tasks.tasks.len(), MAX_TASKS, "tasks", "tasks.md");
    too_many(plan.tasks.tickets.len(), MAX_TASKS, "tickets", "tasks.md");
}
