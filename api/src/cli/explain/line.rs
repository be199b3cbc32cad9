//! Why a line is there: its commit, the run that made it, the task and the requirements that it was for, and who approved of it.

use std::path::Path;

use kernel::{Timestamp, Uuid};
use serde::Deserialize;
use serde_json::{Value, json};

use super::blame::{Blamed, Place, blame};
use super::touched::{self, Step, Touched};
use crate::cli::client::{Failure, Line, Session, faint, plain, rows, time};
use crate::cli::merge::answer::{Merge, Merges, short};

#[derive(Debug, Deserialize)]
struct Run {
    id: Uuid,
    project: Uuid,
    task: Uuid,
    agent: String,
    outcome: Option<String>,
    created_at: Timestamp,
}

#[derive(Debug, Deserialize)]
struct Task {
    number: String,
    title: String,
    status: String,
    spec: Option<From>,
}

#[derive(Debug, Deserialize)]
struct From {
    id: Uuid,
}

#[derive(Debug, Deserialize)]
struct Spec {
    title: String,
    approvals: Vec<Approval>,
    requirements: Vec<Requirement>,
}

#[derive(Debug, Deserialize)]
struct Approval {
    gate: String,
    status: String,
}

#[derive(Debug, Deserialize)]
struct Requirement {
    id: String,
    title: String,
    text: String,
}

/// Everything that is known; what is not known is left out.
#[derive(Debug)]
struct Chain {
    blamed: Blamed,
    run: Option<Run>,
    touched: Option<Touched>,
    task: Option<Task>,
    spec: Option<(Uuid, Spec)>,
    merge: Option<Merge>,
}

pub(super) async fn explain(session: &Session, place: &Place, repo: Option<&Path>) -> Result<(), Failure> {
    let blamed = blame(place, repo).await?;
    let Some(run) = blamed.trailers.run.clone() else {
        let chain = Chain { blamed, run: None, touched: None, task: None, spec: None, merge: None };
        return told(session, &chain);
    };
    let run: Run = session.client.read(&format!("/runs/{run}"), None).await.map_err(of_elsewhere)?.parse()?;
    let touched = touched::last(session, run.id, &blamed.path).await?;
    let task: Task = session.client.read(&format!("/tasks/{}", run.task), None).await?.parse()?;
    let (spec, merge) = match &task.spec {
        Some(from) => {
            let spec: Spec = session.client.read(&format!("/specs/{}", from.id), None).await?.parse()?;
            let path = format!("/projects/{}/merges", run.project);
            let merges: Merges = session.client.read(&path, None).await?.parse()?;
            let merge = merges.merges.into_iter().find(|merge| merge.of.id == from.id);
            (Some((from.id, spec)), merge)
        }
        None => (None, None),
    };
    told(session, &Chain { blamed, run: Some(run), touched, task: Some(task), spec, merge })
}

fn of_elsewhere(failure: Failure) -> Failure {
    if failure.has_code("not_found") {
        let detail = "the commit names a run that this server does not know: it was made by another one; name it with --url or --data-dir";
        return Failure::local("unknown_run", detail);
    }
    failure
}

fn told(session: &Session, chain: &Chain) -> Result<(), Failure> {
    if session.out.json {
        return session.out.raw([&*chain.object().to_string()]);
    }
    session.out.lines(&chain.lines())
}

impl Chain {
    /// For people, from the line backwards.
    fn lines(&self) -> Vec<Line> {
        let blamed = &self.blamed;
        let mut lines = vec![vec![plain(blamed.text.trim_end())], Vec::new()];
        let mut facts = vec![vec![
            faint("commit"),
            plain(format!("{} {}, by {}", short(&blamed.commit), blamed.summary, blamed.author)),
        ]];
        let Some(run) = &self.run else {
            lines.extend(rows(2, facts));
            lines.push(vec![plain(
                "No run made it: the commit does not say `Omoi-Run`, so people or other programs did.",
            )]);
            return lines;
        };
        let outcome = run.outcome.as_deref().unwrap_or("goes on");
        let said = format!("{} of {}, {outcome}, {}", run.id, run.agent, time(run.created_at));
        facts.push(vec![faint("run"), plain(said)]);
        facts.push(vec![faint("step"), plain(self.step())]);
        if let Some(task) = &self.task {
            facts.push(vec![
                faint("task"),
                plain(format!("{} {} ({})", task.number, task.title, task.status)),
            ]);
        }
        for id in &blamed.trailers.requirements {
            facts.push(vec![faint("requirement"), plain(self.requirement(id))]);
        }
        facts.extend(
            self.spec.as_ref().map(|(id, spec)| vec![faint("spec"), plain(format!("{} ({id})", spec.title))]),
        );
        facts.push(vec![faint("approval"), plain(self.approval())]);
        lines.extend(rows(2, facts));
        lines.push(Vec::new());
        lines.push(vec![faint(format!(
            "omoi run show {0}; omoi replay run {0}; omoi explain task {1}",
            run.id, run.task
        ))]);
        lines
    }

    fn step(&self) -> String {
        let Some(touched) = &self.touched else {
            return "nobody saw the file change: it was changed while nobody looked, or it was not text"
                .to_owned();
        };
        let at = touched.at.map_or_else(String::new, |at| format!(" (position {at})"));
        match &touched.step {
            Some(Step::Tool { tool, input }) => format!("{tool}{at}: {input}"),
            Some(Step::Command { command, exit }) => {
                let exit =
                    exit.map_or_else(|| "ended by a signal".to_owned(), |exit| format!("ended with {exit}"));
                format!("`{command}` {exit}{at}")
            }
            None => format!(
                "the file was {} (position {}), and nobody saw by what",
                touched.change, touched.position
            ),
        }
    }

    /// A requirement, or a criterion of one, with what it says.
    fn requirement(&self, id: &str) -> String {
        let whole = id.split_once('.').map_or(id, |(whole, _)| whole);
        let known =
            self.spec.as_ref().and_then(|(_, spec)| spec.requirements.iter().find(|one| one.id == whole));
        known.map_or_else(|| id.to_owned(), |one| format!("{id} {}: {}", one.title, one.text))
    }

    fn approval(&self) -> String {
        let mut said = Vec::new();
        if let Some((_, spec)) = &self.spec {
            let gate = |one: &Approval| format!("{} {}", one.gate, one.status);
            said.extend(spec.approvals.iter().map(gate));
        }
        said.push(match &self.merge {
            Some(Merge { approval: Some(approval), .. }) => {
                let at = approval.at.map_or_else(String::new, |at| format!(" {}", time(at)));
                format!("merge approved by {}{at}", approval.by)
            }
            Some(merge) => format!("merge {} on {}, not approved", merge.status, merge.branch),
            None => "no merge yet".to_owned(),
        });
        said.join("; ")
    }

    /// For programs.
    fn object(&self) -> Value {
        let blamed = &self.blamed;
        let step = self.touched.as_ref().and_then(|touched| touched.step.as_ref()).map(|step| match step {
            Step::Tool { tool, input } => json!({ "kind": "tool", "tool": tool, "input": input }),
            Step::Command { command, exit } => json!({ "kind": "command", "command": command, "exit": exit }),
        });
        json!({
            "line": blamed.text,
            "file": blamed.path,
            "commit": blamed.commit,
            "summary": blamed.summary,
            "author": blamed.author,
            "run": self.run.as_ref().map(|run| json!({ "id": run.id, "agent": run.agent, "outcome": run.outcome })),
            "position": self.touched.as_ref().map(|touched| touched.at.unwrap_or(touched.position)),
            "step": step,
            "task": self.run.as_ref().zip(self.task.as_ref()).map(|(run, task)| {
                json!({ "id": run.task, "number": task.number, "title": task.title, "status": task.status })
            }),
            "requirements": blamed.trailers.requirements,
            "spec": self.spec.as_ref().map(|(id, spec)| json!({ "id": id, "title": spec.title })),
            "approval": self.merge.as_ref().and_then(|merge| merge.approval.as_ref()).map(|approval| {
                json!({ "by": approval.by, "at": approval.at, "head": approval.head })
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::blame::Trailers;
    use super::*;
    use crate::cli::client::shown_plain;
    use crate::cli::merge::answer::examples::parked;

    fn chain() -> Chain {
        let run = include_str!("../../openapi/examples/run.json");
        let spec: Spec = serde_json::from_str(include_str!("../../openapi/examples/spec.json")).unwrap();
        let task = include_str!("../../openapi/examples/task.json");
        Chain {
            blamed: Blamed {
                commit: "1d2e3f4a5b60718293a4b5c6d7e8f9012345670c".to_owned(),
                summary: "TSK-001: Render the invoice as PDF".to_owned(),
                author: "OmoiOS agent".to_owned(),
                path: "src/pdf.rs".to_owned(),
                text: "    let page = Page::new();".to_owned(),
                trailers: Trailers {
                    task: Some("TSK-001".to_owned()),
                    run: Some("5b0f8a1e-2d4c-8e6f-9a3b-7c1d2e3f4a5b".to_owned()),
                    requirements: vec!["REQ-KIRO-TODO-FUNC-001.1".to_owned(), "REQ-X".to_owned()],
                },
            },
            run: Some(serde_json::from_str(run).unwrap()),
            touched: Some(Touched {
                position: 44,
                change: "modified".to_owned(),
                step: Some(Step::Tool {
                    tool: "Edit".to_owned(),
                    input: "{\"path\":\"src/pdf.rs\"}".to_owned(),
                }),
                at: Some(43),
            }),
            task: Some(serde_json::from_str(task).unwrap()),
            spec: Some((Uuid::from_u128(7), spec)),
            merge: Some(parked()),
        }
    }

    #[test]
    fn a_line_is_followed_back_to_who_wanted_it() {
        let shown = shown_plain(&chain().lines()).join("\n");
        for words in [
            "    let page = Page::new();",
            "commit       1d2e3f4a5b60 TSK-001: Render the invoice as PDF, by OmoiOS agent",
            "run          5b0f8a1e-2d4c-8e6f-9a3b-7c1d2e3f4a5b of builder, succeeded, 2026-11-30 09:12:40",
            "step         Edit (position 43): {\"path\":\"src/pdf.rs\"}",
            "task         TSK-001 Render the invoice as PDF (completed)",
            "requirement  REQ-KIRO-TODO-FUNC-001.1 Add a thing: As a person with many plans",
            "requirement  REQ-X",
            "spec         Todo (00000000-0000-0000-0000-000000000007)",
            "approval     requirements automatic; design automatic; merge parked on omoi/spec-invoices, not approved",
        ] {
            assert!(shown.contains(words), "{words}\n{shown}");
        }
    }

    #[test]
    fn a_line_of_a_person_says_so() {
        let mut chain = chain();
        (chain.run, chain.blamed.trailers) = (None, Trailers::default());
        let shown = shown_plain(&chain.lines()).join("\n");
        assert!(shown.contains("No run made it") && !shown.contains("approval"), "{shown}");
        assert_eq!(chain.object()["run"], Value::Null);
    }

    #[test]
    fn programs_read_the_same() {
        let object = chain().object();
        assert_eq!(
            object["step"],
            json!({ "kind": "tool", "tool": "Edit", "input": "{\"path\":\"src/pdf.rs\"}" })
        );
        assert_eq!((&object["task"]["number"], &object["position"]), (&json!("TSK-001"), &json!(43)));
    }
}
