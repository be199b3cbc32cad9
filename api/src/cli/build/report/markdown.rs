//! A report as Markdown. Titles and commands were written by others: in a table nobody ends a cell, and in a line nobody begins
//! another one.

use std::fmt::Write as _;
use std::time::Duration;

use super::gather::{Changed, Evidence, Facts, Requirement};
use crate::cli::build::end::{Outcome, usd};
use crate::cli::build::seen::{Run, Seen, Task};
use crate::cli::build::time_left::spoken;
use crate::cli::merge::answer::{Merge, short};

/// The whole page.
pub(super) fn page(facts: &Facts, outcome: Outcome, seen: &Seen, took: Duration) -> String {
    let mut page = format!("# {}\n\n", text(&seen.spec.title));
    head(&mut page, outcome, seen, took);
    tasks(&mut page, facts, seen);
    requirements(&mut page, facts, seen);
    if let Some(merge) = &seen.merge {
        merged(&mut page, merge);
    }
    page
}

fn head(page: &mut String, outcome: Outcome, seen: &Seen, took: Duration) {
    let (done, all) = seen.done();
    let failed =
        seen.runs.iter().filter(|run| run.outcome.as_deref().is_some_and(|one| one != "succeeded")).count();
    let mut row = |what: &str, said: String| line(page, &format!("| {what} | {said} |"));
    row("what", "so it is".to_owned());
    row("---", "---".to_owned());
    row("outcome", spoken_outcome(outcome).to_owned());
    if let Some(merge) = &seen.merge {
        row(
            "branch",
            format!("{} at {}", code(&merge.branch), code(merge.head.as_deref().map_or("-", short))),
        );
        let target = merge.target.as_deref().unwrap_or("the default branch");
        // Inside of a table it would end the cell.
        let target = code(target).replace('|', "\\|");
        row("for", format!("{target} from {}", code(merge.base.as_deref().map_or("-", short))));
    }
    row("tasks", format!("{done} of {all} done"));
    row("attempts", format!("{}, of which {failed} did not succeed", seen.runs.len()));
    row("cost", usd(seen.cost()));
    row("time", spoken(seen.worked().max(took)));
    page.push('\n');
}

fn spoken_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Merged => "merged: everything is in, and verified",
        Outcome::Gate => "a gate waits for a person",
        Outcome::Parked => "parked: not everything goes together",
        Outcome::Failed => "failed",
        Outcome::Cancelled => "stopped by a person",
    }
}

fn tasks(page: &mut String, facts: &Facts, seen: &Seen) {
    page.push_str("## What was built\n\n");
    line(page, "| task | | by | attempts | time | cost | changed | commit |");
    line(page, "|---|---|---|---|---|---|---|---|");
    let none = Evidence::default();
    for task in &seen.tasks {
        let evidence = facts.tasks.get(&task.id).unwrap_or(&none);
        let runs: Vec<&Run> = seen.runs.iter().filter(|run| run.task == task.id).collect();
        let micros: i64 = runs.iter().filter_map(|run| run.micros()).sum();
        let time = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
        let by = runs.last().map_or_else(|| "-".to_owned(), |run| text(&run.agent));
        let changed = evidence.changed.map_or_else(
            || "-".to_owned(),
            |Changed { files, added, removed }| {
                let files = if files == 1 { "a file".to_owned() } else { format!("{files} files") };
                format!("{files}, +{added} -{removed}")
            },
        );
        let commit = evidence.commit.as_deref().map_or_else(|| "-".to_owned(), |commit| code(short(commit)));
        let title = if task.is("completed") {
            text(&task.title)
        } else {
            format!("{} (**{}**)", text(&task.title), text(&task.status))
        };
        line(
            page,
            &format!(
                "| {} | {title} | {by} | {} | {} | {} | {changed} | {commit} |",
                text(&task.number),
                runs.len(),
                spoken(time),
                usd(runs.iter().map(|run| run.cost).sum()),
            ),
        );
    }
    page.push('\n');
}

fn requirements(page: &mut String, facts: &Facts, seen: &Seen) {
    if facts.requirements.is_empty() {
        return;
    }
    page.push_str("## Evidence\n\n");
    for requirement in &facts.requirements {
        let Requirement { id, title, tasks } = requirement;
        line(page, &format!("### {}: {}\n", text(id), text(title)));
        let known = tasks.iter().filter_map(|id| Some((seen.task(*id)?, facts.tasks.get(id)?)));
        let mut any = false;
        for (task, evidence) in known {
            any = true;
            of_task(page, task, evidence);
        }
        if !any {
            line(page, "- no task is for it");
        }
        page.push('\n');
    }
}

fn of_task(page: &mut String, task: &Task, evidence: &Evidence) {
    let kind = match evidence.kind.as_deref() {
        Some("verified") => "verified on a fresh checkout",
        Some("attested") => "attested by a person, not verified",
        Some("imported") => "done already when the plan was brought along, not verified",
        Some(other) => other,
        None => "not done",
    };
    line(page, &format!("- {} {}: {}", text(&task.number), text(&task.title), text(kind)));
    for ran in &evidence.commands {
        line(page, &format!("  - {} ended with {} in {} ms", code(&ran.cmd), ran.exit, ran.duration_ms));
    }
}

fn merged(page: &mut String, merge: &Merge) {
    page.push_str("## How it came together\n\n");
    for step in &merge.steps {
        let tasks: Vec<String> = step.tasks.iter().map(|task| merge.number_of(*task)).collect();
        line(page, &format!("- step {}: {}, {}", step.step, text(&tasks.join(", ")), text(&step.outcome)));
        for ran in &step.commands {
            line(page, &format!("  - {} ended with {} in {} ms", code(&ran.cmd), ran.exit, ran.duration_ms));
        }
    }
    for one in merge.candidates.iter().filter(|one| one.state != "merged") {
        let why = one.park.as_ref().map_or_else(String::new, |park| format!(": {}", text(&park.reason)));
        let state = one.state.replace('_', " ");
        line(
            page,
            &format!(
                "- **{} {} is {}**{why}; its work is {}",
                text(&one.number),
                text(&one.title),
                text(&state),
                code(&one.commit)
            ),
        );
    }
    match &merge.landed {
        Some(landed) => line(page, &format!("- landed as {}", code(&landed.commit))),
        None if merge.status == "ready" => line(
            page,
            &format!("- waits for approval: {}", code(&format!("omoi merge approve {}", merge.id))),
        ),
        None => {}
    }
}

fn line(page: &mut String, said: &str) {
    writeln!(page, "{said}").expect("a String takes everything");
}

/// Words of others: one line, and nothing of it is Markdown.
fn text(words: &str) -> String {
    let mut said = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            c if c.is_control() => said.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '&' => said.extend(['\\', c]),
            c => said.push(c),
        }
    }
    said
}

/// Code in a line, with as many backticks around it as it needs.
fn code(words: &str) -> String {
    let one_line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = one_line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let room = if one_line.starts_with('`') || one_line.ends_with('`') { " " } else { "" };
    format!("{fence}{room}{one_line}{room}{fence}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kernel::Uuid;

    use super::super::gather::Ran;
    use super::*;
    use crate::cli::build::seen::examples::{merge, run, seen};

    fn facts() -> Facts {
        let verified = Evidence {
            kind: Some("verified".to_owned()),
            commit: Some("2e3f4a5b60718293a4b5c6d7e8f9012345670c1d".to_owned()),
            changed: Some(Changed { files: 2, added: 48, removed: 3 }),
            commands: vec![Ran { cmd: "cargo test".to_owned(), exit: 0, duration_ms: 812 }],
        };
        let attested = Evidence { kind: Some("attested".to_owned()), ..Evidence::default() };
        Facts {
            requirements: vec![
                Requirement {
                    id: "REQ-A-FUNC-001".to_owned(),
                    title: "Send invoices".to_owned(),
                    tasks: vec![Uuid::from_u128(1), Uuid::from_u128(2)],
                },
                Requirement {
                    id: "REQ-A-FUNC-002".to_owned(),
                    title: "Be quick".to_owned(),
                    tasks: Vec::new(),
                },
            ],
            tasks: BTreeMap::from([(Uuid::from_u128(1), verified), (Uuid::from_u128(2), attested)]),
        }
    }

    #[test]
    fn a_report_says_what_was_built_and_what_it_rests_on() {
        let mut build = seen(&["completed", "completed"]);
        build.runs = vec![run(1, 0, Some((3, "failed"))), run(1, 3, Some((65, "succeeded")))];
        build.merge = Some(merge("parked", true));
        let page = page(&facts(), Outcome::Parked, &build, Duration::from_secs(10));
        for words in [
            "# Invoices\n",
            "| outcome | parked: not everything goes together |",
            "| branch | `omoi/spec-invoices` at `1d2e3f4a5b60` |",
            "| for | `main` from `0c1d2e3f4a5b` |",
            "| tasks | 2 of 2 done |",
            "| attempts | 2, of which 1 did not succeed |",
            "| cost | $0.02 |",
            "| time | 1:05 |",
            "| TSK-001 | Do 1 | native | 2 | 1:05 | $0.02 | 2 files, +48 -3 | `2e3f4a5b6071` |",
            "### REQ-A-FUNC-001: Send invoices",
            "- TSK-001 Do 1: verified on a fresh checkout\n  - `cargo test` ended with 0 in 812 ms",
            "- TSK-002 Do 2: attested by a person, not verified",
            "### REQ-A-FUNC-002: Be quick\n\n- no task is for it",
            "- step 1: TSK-002, green",
            "- **TSK-003 Take the discount off is parked**: both change how a sum is rounded, and nobody could say which is meant; \
             its work is `3f4a5b60718293a4b5c6d7e8f9012345670c1d2e`",
        ] {
            assert!(page.contains(words), "{words}\n{page}");
        }
    }

    #[test]
    fn nobody_writes_a_part_of_the_report_who_only_gives_a_title() {
        let mut build = seen(&["running"]);
        build.tasks[0].title = "A | B\n# All is **verified**".to_owned();
        let page = page(&Facts::default(), Outcome::Failed, &build, Duration::ZERO);
        assert!(page.contains(r"A \| B \# All is \*\*verified\*\* (**running**)"), "{page}");
        assert_eq!(code("a`b|c\nd"), "``a`b|c d``");
        assert_eq!(code("`x`"), "`` `x` ``");
    }
}
