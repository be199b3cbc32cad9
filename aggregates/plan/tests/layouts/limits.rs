//! How large a plan may be.

use std::time::{Duration, Instant};

use plan::layouts::{File, Layout, MAX_FILE_BYTES, MAX_FILES, MAX_REQUIREMENTS, MAX_TASKS, export, import};

const REQUIREMENTS: &str = "### Requirement 1: One\n\n#### Acceptance Criteria\n\n1. THE system SHALL work\n";

fn file(path: &str, text: impl Into<String>) -> File {
    File { path: path.to_owned(), text: text.into() }
}

fn kiro(requirements: impl Into<String>, tasks: impl Into<String>) -> Vec<File> {
    vec![file("big/requirements.md", requirements), file("big/tasks.md", tasks)]
}

fn tasks(count: usize) -> String {
    let task = |at: usize| {
        let first =
            if at.is_multiple_of(10) { format!("- [ ] {}. Ticket\n", at / 10 + 1) } else { String::new() };
        format!(
            "{first}  - [ ] {}.{} Task {at} in `src/a{at}.rs`\n    - it is long\n    - _Requirements: 1.1_\n",
            at / 10 + 1,
            at % 10 + 1
        )
    };
    (0..count).map(task).collect()
}

fn codes(files: &[File]) -> Vec<(String, Option<String>)> {
    let problems = import(files, None).unwrap_err();
    problems.into_iter().map(|problem| (problem.code, problem.place.file)).collect()
}

fn problem(code: &str, file: Option<&str>) -> (String, Option<String>) {
    (code.to_owned(), file.map(str::to_owned))
}

#[test]
fn five_hundred_tasks_are_read_and_written_in_less_than_a_second() {
    let files = kiro(REQUIREMENTS, tasks(MAX_TASKS));
    let start = Instant::now();
    let imported = import(&files, None).unwrap();
    let read = start.elapsed();
    assert!(read < Duration::from_secs(1), "{read:?}");
    assert_eq!(imported.plan.tasks.tasks.len(), MAX_TASKS);
    assert_eq!(imported.plan.tasks.tickets.len(), MAX_TASKS / 10);
    for layout in Layout::ALL {
        let start = Instant::now();
        let written = export(&imported.plan, layout);
        let wrote = start.elapsed();
        assert!(wrote < Duration::from_secs(3), "{layout}: {wrote:?}");
        let again = import(&written.files, None).unwrap();
        assert_eq!(again.plan.tasks.tasks.len(), MAX_TASKS, "{layout}");
    }
}

#[test]
fn one_task_too_many() {
    let files = kiro(REQUIREMENTS, tasks(MAX_TASKS + 1));
    assert_eq!(codes(&files), [problem("too_many", Some("big/tasks.md"))]);
}

#[test]
fn one_requirement_too_many() {
    let many =
        |count: usize| (1..=count).map(|at| format!("### Requirement {at}: It\n\n")).collect::<String>();
    let list = "- [ ] 1. All\n  - _Requirements: all_\n";
    assert!(import(&kiro(many(MAX_REQUIREMENTS), list), None).is_ok());
    let files = kiro(many(MAX_REQUIREMENTS + 1), list);
    assert_eq!(codes(&files), [problem("too_many", Some("big/requirements.md"))]);
}

#[test]
fn large_files_and_many_of_them() {
    let filled = |bytes: usize| format!("{REQUIREMENTS}{}", "x".repeat(bytes - REQUIREMENTS.len()));
    let list = "- [ ] 1. All\n  - _Requirements: all_\n";
    assert!(import(&kiro(filled(MAX_FILE_BYTES), list), None).is_ok());
    let files = kiro(filled(MAX_FILE_BYTES + 1), "x".repeat(10 << 20));
    assert_eq!(
        codes(&files),
        [problem("too_large", Some("big/requirements.md")), problem("too_large", Some("big/tasks.md"))]
    );
    let mut files = kiro(REQUIREMENTS, list);
    files.extend((files.len()..MAX_FILES).map(|at| file(&format!("big/notes/{at}.txt"), "x")));
    assert!(import(&files, None).is_ok());
    files.push(file("big/one-more.txt", "x"));
    assert_eq!(codes(&files), [problem("too_many", None)]);
}

#[test]
fn what_is_no_text_is_no_plan() {
    let junk: String = (0..4000_u32).filter_map(|at| char::from_u32(at * 7919 % 0x2_0000)).collect();
    assert!(junk.contains('\0'));
    let files = kiro(REQUIREMENTS, junk);
    assert_eq!(codes(&files), [problem("not_a_plan", Some("big/tasks.md"))]);
    let files = kiro(format!("\u{fffd}\u{1}{}", "\u{fffd}".repeat(3000)), "- [ ] 1. x\n");
    assert_eq!(codes(&files), [problem("missing_part", Some("big/requirements.md"))]);
}

#[test]
fn long_lines_and_deep_lists_are_read() {
    let deep: String = (0..2000).map(|at| format!("{:at$}- x\n", "")).collect();
    let files = kiro(REQUIREMENTS, format!("- [ ] 1. {}\n  - _Requirements: 1_\n", "long ".repeat(20_000)));
    assert!(import(&files, None).is_ok());
    let text = format!("- [ ] 1. Deep\n  - _Requirements: 1_\n{}", &deep[..deep.len().min(900_000)]);
    let imported = import(&kiro(REQUIREMENTS, text), None).unwrap();
    assert!(imported.plan.tasks.tasks[0].description.lines().count() > 500);
    let stars = "*_`[".repeat(100_000);
    assert!(import(&[file("x.md", format!("# {stars}\n\n## Tickets\n"))], None).is_ok());
}
