//! Imported plans before their judge: what is wrong with a whole plan is brought to its line.

use plan::layouts::{File, Imported, Layout, import, locate};
use plan::{Writer, invariants};

use crate::folders;

/// The vetoes as `code file:line`, in their order.
fn vetoes(imported: &Imported) -> Vec<String> {
    let told = invariants::check(&imported.plan, Writer::Imported).vetoes.into_iter();
    let place = |problem| {
        let problem = locate(problem, &imported.lines);
        let file = problem.place.file.unwrap_or_default();
        let name = file.rsplit('/').next().unwrap_or_default();
        format!("{} {name}:{}", problem.code, problem.place.line.unwrap_or_default())
    };
    told.map(place).collect()
}

fn read(files: &[(&str, &str)]) -> Imported {
    let file = |(name, text): &(&str, &str)| File { path: format!("a/{name}"), text: (*text).to_owned() };
    import(&files.iter().map(file).collect::<Vec<_>>(), None).unwrap_or_else(|it| panic!("{it:#?}"))
}

#[test]
fn folders_as_their_tools_write_them_pass() {
    for layout in [Layout::Kiro, Layout::SpecKit] {
        for folder in folders::all(layout.as_str()) {
            let imported = import(&folder.files, None).unwrap();
            assert_eq!(vetoes(&imported), [""; 0], "{}", folder.name);
        }
    }
    assert_eq!(vetoes(&import(&folders::example("kiro-todo"), None).unwrap()), [""; 0]);
}

#[test]
fn the_example_of_kiro_leaves_nothing_open() {
    let imported = import(&folders::example("kiro-todo"), None).unwrap();
    assert_eq!(invariants::check(&imported.plan, Writer::Imported).issues, []);
}

#[test]
fn a_cycle_and_a_requirement_without_a_task_are_brought_to_their_lines() {
    let requirements = "### Requirement 1: One\n\n### Requirement 2: Two\n";
    let tasks = "- [ ] 1. A\n  - _Requirements: 1_\n  - [ ] 1.1 B\n    - _Depends: 1.2_\n  - [ ] 1.2 C\n    - _Depends: 1.1_\n";
    let found = vetoes(&read(&[("requirements.md", requirements), ("tasks.md", tasks)]));
    assert!(found.contains(&"uncovered_requirement requirements.md:3".to_owned()), "{found:?}");
    assert!(found.iter().any(|it| it == "cycle tasks.md:3" || it == "cycle tasks.md:5"), "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn a_story_without_a_task_is_brought_to_its_line() {
    let spec = "# Feature Specification: A\n\n## User Scenarios & Testing\n\n### User Story 1 - One\n\n### User Story 2 - Two\n";
    let tasks = "# Tasks\n\n## Phase 1: All\n\n- [ ] T001 [US1] One\n";
    assert_eq!(vetoes(&read(&[("spec.md", spec), ("tasks.md", tasks)])), ["uncovered_requirement spec.md:7"]);
}

#[test]
fn names_of_nothing_and_doubles_of_a_document_are_brought_to_their_lines() {
    let text = "# A\n\n## Requirements\n\n### REQ-A-FUNC-001: One\n\n## Tickets\n\n### TKT-001: t\n\n#### TSK-001: a\n\n\
                - Requirements: REQ-A-FUNC-001\n- Depends on: TSK-009\n\n### TKT-002: u\n\n#### TSK-001: again\n";
    let found = vetoes(&read(&[("a.plan.md", text)]));
    for code in ["dangling_reference a.plan.md:11", "duplicate_id a.plan.md:11"] {
        assert!(found.iter().any(|it| it == code), "{found:?}");
    }
}
