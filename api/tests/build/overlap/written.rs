//! What was made up, as files and as a plan whose tasks write the tokens.

use std::fmt::Write as _;

use super::{LINES, Overlap, Place};

/// Lines between two that tasks write into.
const BETWEEN: usize = 4;
/// Tasks of a ticket.
const OF_A_TICKET: usize = 10;

impl Overlap {
    /// What each of its lines has to hold, when its work is there.
    pub(crate) fn tokens(&self, task: usize) -> Vec<String> {
        (0..self.tasks[task].places.len()).map(|place| format!("token-{task:03}-{place}")).collect()
    }

    /// The files that a repository begins with, and a check of them.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![
            ("README.md".to_owned(), "# Overlap\n\nA token-none is in no line.\n".to_owned()),
            ("check.sh".to_owned(), CHECK.to_owned()),
            ("notes/README.md".to_owned(), "Of single tasks.\n".to_owned()),
        ];
        for file in 0..self.files {
            let mut text = String::new();
            for line in 0..LINES {
                let _ = writeln!(text, "line {line} :");
                for n in 0..BETWEEN {
                    let _ = writeln!(text, "  between {line} and the next: {n}");
                }
            }
            files.push((path(file), text));
        }
        files
    }

    /// The plan whose tasks write the tokens.
    pub(crate) fn plan(&self, name: &str) -> String {
        let mut plan = format!(
            "# Overlap {name}\n\nMany tasks write into few files.\n\n- Feature: overlap\n\n{REQUIREMENTS}"
        );
        for (task, made_up) in self.tasks.iter().enumerate() {
            if task.is_multiple_of(OF_A_TICKET) {
                let ticket = task / OF_A_TICKET + 1;
                let _ = write!(
                    plan,
                    "### TKT-{ticket:03}: Part {ticket}\n\n- Requirements: REQ-OVERLAP-FUNC-001\n\n"
                );
            }
            let id = |task: usize| format!("TSK-{:03}", task + 1);
            let _ = write!(plan, "#### {}: Write token {task}\n\n- Hours: 1\n", id(task));
            plan.push_str("- Requirements: REQ-OVERLAP-FUNC-001\n");
            if !made_up.after.is_empty() {
                let after: Vec<String> = made_up.after.iter().copied().map(id).collect();
                let _ = writeln!(plan, "- Depends on: {}", after.join(", "));
            }
            let _ = write!(plan, "- Run: `{}`\n\n", self.command(task));
        }
        plan
    }

    fn command(&self, task: usize) -> String {
        let places = self.tasks[task].places.iter().zip(self.tokens(task));
        let writes = places.map(|(place, token)| match place {
            Place::Line { file, line } => format!("sed -i 's/^line {line} :.*/& {token}/' {}", path(*file)),
            Place::Note => format!("echo {token} > notes/{task:03}"),
        });
        writes.collect::<Vec<_>>().join(" && ")
    }
}

const REQUIREMENTS: &str = "\
## Requirements

### REQ-OVERLAP-FUNC-001: Keep every token

WHEN a task is accepted, the repository SHALL keep its tokens.

- Type: functional
- Category: FUNC
- Priority: high

1. WHEN two tasks write into one line, THEN the repository SHALL keep one of them and SHALL not forget the other

## Tickets

";

/// No token is there twice.
const CHECK: &str = "test -z \"$(cat lines/* notes/* | tr ' ' '\\n' | grep '^token-' | sort | uniq -d)\"\n";

fn path(file: usize) -> String {
    format!("lines/{file:03}.txt")
}
