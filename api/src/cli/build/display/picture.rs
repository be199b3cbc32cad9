//! The picture of a build that goes on: how far each phase is, what is worked on, what it costs and how long it may still take.

use super::Pace;
use crate::cli::build::end::usd;
use crate::cli::build::seen::Seen;
use crate::cli::build::time_left::{spoken, time_left};
use crate::cli::client::{Line, Span, alarm, faint, plain, rows, strong};
use crate::cli::merge::answer::Merge;

/// Tasks in flight that are shown; the rest is counted.
const SHOWN: usize = 8;
/// Characters of a title.
const TITLE: usize = 44;
/// Characters of the bar.
const WIDTH: usize = 32;
/// What turns while somebody works.
const TURNS: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// The lines; `looks` makes them move.
pub(super) fn picture(seen: &Seen, pace: &Pace, looks: usize) -> Vec<Line> {
    let turn = TURNS[looks % TURNS.len()];
    let mut lines = vec![Vec::new(), vec![strong(short(&seen.spec.title))], phases(seen, turn)];
    lines.push(if seen.tasks.is_empty() { planning(seen) } else { progress(seen, pace) });
    lines.extend(in_flight(seen, pace, turn));
    lines
}

/// Planning, work, merge: what is done, what goes on, what is to come.
fn phases(seen: &Seen, turn: &str) -> Line {
    let (done, all) = seen.done();
    let is_planned = !seen.tasks.is_empty();
    let is_done = is_planned && done == all;
    let merge = seen.merge.as_ref();
    let is_ready =
        merge.is_some_and(|merge| matches!(merge.status.as_str(), "ready" | "approved" | "landed"));
    let steps = [
        ("plan", is_planned, !is_planned, false),
        ("work", is_done, is_planned, seen.tasks.iter().any(|task| task.is("failed"))),
        ("merge", is_ready, merge.is_some(), merge.is_some_and(|merge| merge.status == "parked")),
    ];
    let mut line = Vec::new();
    for (name, is_done, goes_on, is_in_trouble) in steps {
        line.push(match (is_in_trouble, is_done, goes_on) {
            (true, ..) => alarm(format!("! {name}   ")),
            (_, true, _) => plain(format!("✔ {name}   ")),
            (_, _, true) => strong(format!("{turn} {name}   ")),
            _ => faint(format!("○ {name}   ")),
        });
    }
    line
}

fn planning(seen: &Seen) -> Line {
    let now = seen.spec.phases.iter().find(|(_, status)| status == "running");
    let what = now.map_or("the plan is being taken in", |(phase, _)| phase.as_str());
    vec![plain(what.replace('_', " ")), faint(format!("   {}", usd(seen.cost())))]
}

fn progress(seen: &Seen, pace: &Pace) -> Line {
    let (done, all) = seen.done();
    let [full, half, empty] = bar(done, pace.running.len(), all);
    let mut said = format!("   {}   {}", usd(seen.cost()), spoken(pace.elapsed));
    if let Some(left) = time_left(seen, &pace.running, pace.parallel) {
        said.push_str(&match left.as_secs() {
            0..5 => ", a few seconds left".to_owned(),
            _ => format!(", about {} left", spoken(left)),
        });
    }
    vec![strong(full), plain(half), faint(empty), strong(format!("  {done}/{all}")), faint(said)]
}

/// What is done, what is worked on, and the rest.
fn bar(done: usize, working: usize, all: usize) -> [String; 3] {
    let part = |count: usize| count.min(all) * WIDTH / all.max(1);
    let (full, worked) = (part(done), part(done + working));
    ["█".repeat(full), "▒".repeat(worked - full), "░".repeat(WIDTH - worked)]
}

fn in_flight(seen: &Seen, pace: &Pace, turn: &str) -> Vec<Line> {
    let mut table: Vec<Vec<Span>> = Vec::new();
    for run in seen.in_flight() {
        let Some(task) = seen.task(run.task) else { continue };
        let since = pace.running.get(&run.task).copied().unwrap_or_default();
        table.push(vec![
            plain(turn),
            strong(&task.number),
            plain(short(&task.title)),
            plain(&run.agent),
            faint(spoken(since)),
        ]);
    }
    let others = table.len().saturating_sub(SHOWN);
    table.truncate(SHOWN);
    table.extend(seen.merge.as_ref().and_then(|merge| merging(merge, turn)));
    let mut lines = rows(2, table);
    if others > 0 {
        lines.push(vec![faint(format!("  and {others} others"))]);
    }
    lines
}

fn merging(merge: &Merge, turn: &str) -> Option<Vec<Span>> {
    let tried: Vec<&str> = merge
        .candidates
        .iter()
        .filter(|one| matches!(one.state.as_str(), "trying" | "resolving"))
        .map(|one| one.number.as_str())
        .collect();
    if tried.is_empty() && merge.status != "merging" {
        return None;
    }
    let what = if tried.is_empty() { String::new() } else { format!(", with {}", tried.join(", ")) };
    Some(vec![plain(turn), strong("merge"), plain(format!("{}{what}", merge.counted()))])
}

fn short(title: &str) -> String {
    if title.chars().count() <= TITLE {
        return title.to_owned();
    }
    let start: String = title.chars().take(TITLE - 1).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use kernel::Uuid;

    use super::*;
    use crate::cli::build::seen::examples::{merge, run, seen};
    use crate::cli::client::shown_plain;

    fn shown(build: &Seen, running: &[(u128, u64)]) -> String {
        let running = running
            .iter()
            .map(|(task, since)| (Uuid::from_u128(*task), Duration::from_secs(*since)))
            .collect();
        let pace = Pace { elapsed: Duration::from_secs(21), running, parallel: 2 };
        shown_plain(&picture(build, &pace, 0)).join("\n")
    }

    #[test]
    fn work_in_flight_is_shown_with_who_does_it_and_since_when() {
        let mut build = seen(&["completed", "running", "planned", "planned"]);
        build.runs = vec![run(1, 0, Some((10, "succeeded"))), run(2, 10, None)];
        build.merge = Some(merge("merging", false));
        build.merge.as_mut().unwrap().candidates[1].state = "trying".to_owned();
        let shown = shown(&build, &[(2, 3)]);
        assert_eq!(
            shown,
            "\nInvoices\n✔ plan   ⠋ work   ⠋ merge\n\
             ████████▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░  1/4   $0.02   0:21, about 0:13 left\n\
             \x20 ⠋  TSK-002  Do 2                     native  0:03\n\
             \x20 ⠋  merge    1 of 2 in, with TSK-003"
        );
    }

    #[test]
    fn a_flood_of_tasks_is_counted() {
        let mut build = seen(&["running"; 20]);
        build.runs = (1..=20).map(|n| run(n, 0, None)).collect();
        let shown = shown(&build, &[]);
        assert!(shown.ends_with("  and 12 others"), "{shown}");
    }

    #[test]
    fn what_is_in_trouble_is_seen() {
        let mut build = seen(&["failed", "completed"]);
        build.merge = Some(merge("parked", false));
        assert!(shown(&build, &[]).contains("✔ plan   ! work   ! merge"));
    }

    #[test]
    fn an_idea_shows_what_is_being_written() {
        let mut build = seen(&[]);
        build.spec.phases = vec![("explore".into(), "passed".into()), ("design".into(), "running".into())];
        let shown = shown(&build, &[]);
        assert!(shown.contains("⠋ plan   ○ work   ○ merge\ndesign   $0"), "{shown}");
    }

    #[test]
    fn the_bar_is_always_as_long_as_it_is() {
        for (done, working, all) in [(0, 0, 0), (0, 5, 3), (3, 0, 3), (1, 1, 7), (500, 20, 501)] {
            let length: usize = bar(done, working, all).iter().map(|part| part.chars().count()).sum();
            assert_eq!(length, WIDTH, "{done} {working} {all}");
        }
    }

    #[test]
    fn a_long_title_is_cut_and_a_hostile_one_does_nothing() {
        assert_eq!(short(&"x".repeat(100)).chars().count(), TITLE);
        let mut build = seen(&["running"]);
        build.runs = vec![run(1, 0, None)];
        build.tasks[0].title = "\u{1b}[2Jgone".to_owned();
        let pace = Pace { elapsed: Duration::ZERO, running: BTreeMap::new(), parallel: 1 };
        assert!(!shown_plain(&picture(&build, &pace, 0)).join("").contains('\u{1b}'));
    }
}
