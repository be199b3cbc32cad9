//! The tools of the agents that are known here.

use serde_json::{Value, json};

use super::super::answer::ToolUse;
use super::super::asked::{Asked, Part};
use super::wishes::Wish;

/// How one agent writes files and runs commands.
#[derive(Clone, Copy, Debug)]
struct Kind {
    write: &'static str,
    path: &'static str,
    shell: &'static str,
    /// Whether a command is to be described.
    describes: bool,
}

const KINDS: [Kind; 3] = [
    // The driver `native` of the product.
    Kind { write: "write", path: "path", shell: "shell", describes: false },
    // OpenCode.
    Kind { write: "write", path: "filePath", shell: "bash", describes: true },
    // Claude Code.
    Kind { write: "Write", path: "file_path", shell: "Bash", describes: true },
];

/// What commands are run with: each of the agents has one of these.
pub(in super::super) const SHELLS: [&str; 3] = [KINDS[0].shell, KINDS[1].shell, KINDS[2].shell];

/// What there is to work with.
#[derive(Debug)]
pub(super) struct Hands {
    kind: Kind,
    writes: bool,
    runs: bool,
    /// Where relative paths begin, if the agent says so.
    directory: Option<String>,
    /// What a report is handed in with, by whatever name the agent has for it, when one is wanted.
    report: Option<String>,
}

/// As the platform calls it.
const REPORT: &str = "submit_report";

impl Hands {
    /// None when there is nothing to work with.
    pub(super) fn of(asked: &Asked) -> Option<Self> {
        let has = |name: &str| asked.tools.iter().any(|tool| tool == name);
        let kind = KINDS.into_iter().find(|kind| has(kind.shell));
        let kind = kind.or_else(|| KINDS.into_iter().find(|kind| has(kind.write)))?;
        let words = format!("{}\n{}", asked.system_text(), asked.text());
        let directory = words.lines().find_map(|line| {
            let line = line.trim_start_matches([' ', '-', '*']);
            let at = line
                .strip_prefix("Working directory: ")
                .or_else(|| line.strip_prefix("Primary working directory: "))?;
            Some(at.trim().trim_end_matches('/').to_owned())
        });
        let report = asked.tools.iter().find(|tool| tool.ends_with(REPORT)).cloned();
        Some(Self { kind, writes: has(kind.write), runs: has(kind.shell), directory, report })
    }

    /// Hands in what was seen, unless nobody wants that or it was done.
    pub(super) fn report(&self, asked: &Asked, summary: &str) -> Option<ToolUse> {
        let name = self.report.clone()?;
        if uses(asked).any(|(used, _)| used == name) {
            return None;
        }
        let mut seen = asked.turns.iter().flat_map(|turn| &turn.parts).filter_map(|part| match part {
            Part::Result(text) if !text.trim().is_empty() => Some(text.as_str()),
            Part::Text(_) | Part::Use { .. } | Part::Result(_) => None,
        });
        let finding = json!({"title": "What is there", "detail": seen.next_back().unwrap_or("Nothing.")});
        Some(ToolUse { id: None, name, input: json!({"summary": summary, "findings": [finding]}) })
    }

    pub(super) const fn can_run(&self) -> bool {
        self.runs
    }

    pub(super) const fn can(&self, wish: &Wish) -> bool {
        match wish {
            Wish::Put { .. } => self.writes,
            // Who may not write may run commands all the same, to look at something.
            Wish::Append { .. } => self.runs && self.writes,
        }
    }

    pub(super) fn use_for(&self, wish: &Wish) -> ToolUse {
        match wish {
            Wish::Put { path, content } => {
                let mut input = json!({"content": content});
                input[self.kind.path] = self.absolute(path).into();
                ToolUse { id: None, name: self.kind.write.into(), input }
            }
            Wish::Append { path, line } => self.run(&appending(path, line), "Appends a line"),
        }
    }

    pub(super) fn run(&self, command: &str, description: &str) -> ToolUse {
        let mut input = json!({"command": command});
        if self.kind.describes {
            input["description"] = description.into();
        }
        ToolUse { id: None, name: self.kind.shell.into(), input }
    }

    pub(super) fn has_done(&self, asked: &Asked, wish: &Wish) -> bool {
        match wish {
            Wish::Put { path, .. } => {
                let path = Value::String(self.absolute(path));
                uses(asked).any(|(name, input)| name == self.kind.write && input[self.kind.path] == path)
            }
            Wish::Append { path, line } => self.has_run(asked, &appending(path, line)),
        }
    }

    pub(super) fn has_run(&self, asked: &Asked, command: &str) -> bool {
        uses(asked).any(|(name, input)| name == self.kind.shell && input["command"] == command)
    }

    /// OpenCode and Claude Code want whole paths, and say where they are.
    fn absolute(&self, path: &str) -> String {
        match &self.directory {
            Some(directory) if self.kind.describes && !path.starts_with('/') => format!("{directory}/{path}"),
            Some(_) | None => path.to_owned(),
        }
    }
}

fn uses(asked: &Asked) -> impl Iterator<Item = (&str, &Value)> {
    asked.turns.iter().flat_map(|turn| &turn.parts).filter_map(|part| match part {
        Part::Use { name, input } => Some((name.as_str(), input)),
        Part::Text(_) | Part::Result(_) => None,
    })
}

fn appending(path: &str, line: &str) -> String {
    format!("printf '%s\\n' {} >> {}", quoted(line), quoted(path))
}

/// For a shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
