//! The document of the guide, and the example of Kiro.

use plan::Plan;
use plan::layouts::{File, Layout, export, import};

use crate::folders;

/// The example of docs/guides/plan-format.md.
fn guide() -> Plan {
    let page = folders::guide("plan-format.md");
    let (_, example) = page.split_once("````markdown\n").unwrap();
    let (example, _) = example.split_once("````").unwrap();
    let file = File { path: "todo.plan.md".to_owned(), text: example.to_owned() };
    let imported = import(&[file], None).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!((imported.layout, imported.issues), (Layout::Document, vec![]));
    imported.plan
}

#[test]
fn the_example_of_the_guide_says_what_the_guide_says() {
    let plan = guide();
    assert_eq!((&*plan.title, &*plan.requirements.feature_name), ("Todo list", "todo"));
    assert_eq!(plan.requirements.requirements[0].acceptance_criteria.len(), 3);
    assert_eq!(plan.requirements.statements[0].id, "FR-001");
    let task = &plan.tasks.tasks[0];
    assert_eq!(task.files_to_modify, ["Cargo.toml", "src/lib.rs"]);
    assert_eq!(task.validate, ["cargo test store", "cargo clippy -- -D warnings"]);
    assert!(task.done && task.estimated_hours == Some(1.5));
    assert_eq!(
        task.description,
        "One thing a line.\n\n> - a line that begins with `x ` is done\n> - all others are open"
    );
    assert_eq!(plan.tasks.tasks[2].dependencies.depends_on, ["TSK-001", "TSK-002"]);
    assert_eq!(plan.tasks.tickets[1].dependencies.blocked_by, ["TKT-001"]);
    let store = &plan.design.unwrap().components[0];
    assert_eq!((store.interfaces.len(), &*store.file_path), (2, "src/store.rs"));
}

#[test]
fn the_example_of_the_guide_comes_back() {
    let plan = guide();
    let written = export(&plan, Layout::Document);
    assert_eq!(written.lost, [""; 0]);
    assert_eq!(written.files[0].path, "todo.plan.md");
    assert_eq!(import(&written.files, None).unwrap().plan, plan);
}

#[test]
fn what_kiro_cannot_carry_of_it_is_said() {
    assert_eq!(
        export(&guide(), Layout::Kiro).lost,
        [
            "the ids: requirements, tickets and tasks are numbered anew",
            "`acceptance_criteria` of REQ-TODO-FUNC-001",
            "`category` of REQ-TODO-PERF-001",
            "`dependencies` of REQ-TODO-PERF-001",
            "`type` of REQ-TODO-PERF-001",
            "`acceptance_criteria` of TKT-001",
            "`estimate` of TKT-001",
            "`acceptance_criteria` of TSK-001",
            "`estimate` of TSK-001",
            "`type` of TSK-001",
            "`components` of the design",
        ]
    );
}

#[test]
fn the_example_of_kiro_has_two_branches() {
    let imported = import(&folders::example("kiro-todo"), None).unwrap();
    assert_eq!(imported.issues, []);
    let plan = imported.plan;
    assert_eq!((&*plan.title, &*plan.requirements.feature_name), ("Todo", "kiro-todo"));
    assert_eq!(plan.requirements.requirements.len(), 3);
    assert_eq!((plan.tasks.tickets.len(), plan.tasks.tasks.len()), (4, 8));
    let edges: Vec<_> = plan
        .tasks
        .tasks
        .iter()
        .map(|task| format!("{} < {}", task.dependencies.depends_on.join(" "), task.id))
        .collect();
    assert_eq!(
        edges,
        [
            " < TSK-001",
            "TSK-001 < TSK-002",
            "TSK-002 < TSK-003",
            "TSK-001 < TSK-004",
            "TSK-001 < TSK-005",
            "TSK-002 TSK-004 TSK-005 < TSK-006",
            "TSK-003 TSK-006 < TSK-007",
            "TSK-006 < TSK-008",
        ]
    );
    let design = plan.design.as_ref().unwrap();
    for task in &plan.tasks.tasks {
        assert!(task.components.iter().all(|name| design.components.iter().any(|it| it.name == *name)));
        assert!(task.estimated_hours.is_some() && !task.validate.is_empty());
    }
    let files: Vec<_> = design.components.iter().map(|it| &*it.file_path).collect();
    assert_eq!(files, ["src/store.rs", "src/commands.rs", "src/view.rs", "src/main.rs"]);
    assert_eq!(export(&plan, Layout::Kiro).lost, [""; 0]);
}

#[test]
fn what_only_a_whole_plan_shows_is_left_to_its_judge() {
    let text = "# A\n\n## Tickets\n\n### T: t\n\n#### A: a\n\n- Depends on: B\n\n#### B: b\n\n- Depends on: A, C\n\n#### A: again\n";
    let file = File { path: "a.plan.md".to_owned(), text: text.to_owned() };
    let imported = import(&[file], None).unwrap();
    let tasks = &imported.plan.tasks.tasks;
    assert_eq!(tasks[0].dependencies.depends_on, ["B"]);
    assert_eq!(tasks[1].dependencies.depends_on, ["A", "C"]);
    assert_eq!((&*tasks[2].id, imported.lines["A"].line, imported.lines["B"].line), ("A", 7, 11));
}
