//! The repository and the plan of `omoi demo`, as they are part of the program.

/// What the repository is called.
pub(super) const NAME: &str = "ledger";
/// Tasks of the plan, in words.
pub(super) const TASKS: &str = "Seven";

/// The files of the repository, by their paths.
pub(super) const FILES: [(&str, &str); 6] = [
    ("README.md", include_str!("../../../demo/ledger/README.md")),
    ("commands/total.awk", include_str!("../../../demo/ledger/commands/total.awk")),
    ("lib/entry.awk", include_str!("../../../demo/ledger/lib/entry.awk")),
    ("tally.sh", include_str!("../../../demo/ledger/tally.sh")),
    ("test.sh", include_str!("../../../demo/ledger/test.sh")),
    ("tests/total.test.sh", include_str!("../../../demo/ledger/tests/total.test.sh")),
];

/// The plan: its name, and what it says.
pub(super) const PLAN: (&str, &str) = ("reports.plan.md", include_str!("../../../demo/reports.plan.md"));

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use plan::layouts::{self, File};
    use plan::phases::PlannedTask;
    use plan::{Plan, Writer, invariants};

    use super::*;

    fn bundled() -> Plan {
        let file = File { path: PLAN.0.to_owned(), text: PLAN.1.to_owned() };
        let imported = layouts::import(&[file], None).expect("the plan can be read");
        assert!(imported.issues.is_empty(), "{:?}", imported.issues);
        imported.plan
    }

    #[test]
    fn the_plan_is_one_that_the_server_takes() {
        let plan = bundled();
        let checked = invariants::check(&plan, Writer::Imported);
        assert!(checked.vetoes.is_empty(), "{:?}", checked.vetoes);
        assert_eq!(plan.tasks.tasks.len(), 7, "as TASKS says");
        let roots = plan.tasks.tasks.iter().filter(|task| task.dependencies.depends_on.is_empty()).count();
        assert_eq!(roots, 3, "three branches begin beside each other");
        for task in &plan.tasks.tasks {
            assert!(task.run.is_some(), "{} is done by a command", task.id);
        }
    }

    #[test]
    fn every_file_of_the_repository_is_bundled() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(NAME);
        let mut there = Vec::new();
        let mut open = vec![root.clone()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    there.push(path.strip_prefix(&root).unwrap().display().to_string());
                }
            }
        }
        there.sort();
        assert_eq!(there, FILES.map(|(path, _)| path.to_owned()));
    }

    /// Without a server: each command after those before it, on one tree. What the tests say in between is what the demo shows.
    #[test]
    fn every_command_does_its_task_and_one_needs_a_second_attempt() {
        let home = tempfile::tempdir().unwrap();
        for (path, text) in FILES {
            let file = home.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let shell =
            |line: &str| Command::new("sh").args(["-c", line]).current_dir(home.path()).output().unwrap();
        let mut attempts = BTreeMap::new();
        for PlannedTask { id, run, .. } in bundled().tasks.tasks {
            let line = run.unwrap();
            let mut done = false;
            for attempt in 1..=2 {
                let ran = shell(&line);
                assert!(
                    ran.status.success() && ran.stdout.is_empty() && ran.stderr.is_empty(),
                    "{id}: {ran:?}"
                );
                let tested = shell("sh test.sh");
                attempts.insert(id.clone(), attempt);
                done = tested.status.success();
                if done {
                    break;
                }
            }
            assert!(done, "{id}: the tests do not pass");
        }
        let twice: Vec<_> =
            attempts.iter().filter(|(_, attempts)| **attempts == 2).map(|(id, _)| id.as_str()).collect();
        assert_eq!(twice, ["TSK-003"], "{attempts:?}");
        let report = shell("printf '2026-01-07,Ada,train,1040.50\\n' | sh tally.sh report -");
        assert!(String::from_utf8_lossy(&report.stdout).contains("| Ada | 1,040.50 |"), "{report:?}");
    }
}
