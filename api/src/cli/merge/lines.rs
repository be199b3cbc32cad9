//! Merges as people read them.

use kernel::Timestamp;

use super::answer::{Candidate, Changed, Merge, Merges, Step, short};
use super::by_hand::{self, Way};
use crate::cli::client::{Line, Span, alarm, faint, plain, rows, strong, time};
use crate::cli::of_project::standing;

impl Merges {
    pub(super) fn lines(self) -> Vec<Line> {
        if self.merges.is_empty() {
            let words = "nothing is merged yet: a merge begins when the first task of a spec is completed";
            return vec![vec![faint(words)]];
        }
        let mut lines = rows(0, self.merges.iter().map(Merge::row).collect());
        lines.push(standing(self.position, self.stale));
        lines
    }
}

impl Changed {
    pub(super) fn lines(self) -> Vec<Line> {
        let place =
            self.position.map_or("it was so already".to_owned(), |position| format!("position {position}"));
        vec![vec![strong(self.id), plain(format!("  {}", self.status)), faint(format!("  ({place})"))]]
    }
}

impl Merge {
    fn row(&self) -> Vec<Span> {
        vec![
            strong(&self.title),
            self.standing(),
            plain(self.counted()),
            plain(&self.branch),
            faint(time(self.updated_at)),
            faint(self.id),
        ]
    }

    /// How far it is; in the colour of alarm when it waits for somebody.
    fn standing(&self) -> Span {
        match (self.status.as_str(), self.waits.as_deref()) {
            ("parked", _) => alarm("parked: waits for a person"),
            ("ready", _) => strong("ready: waits for approval"),
            ("queued", Some("tasks")) => plain("waits for tasks"),
            (status, _) => plain(status),
        }
    }

    /// How much of it is in.
    pub(in crate::cli) fn counted(&self) -> String {
        let count = |state: &str| self.candidates.iter().filter(|one| one.state == state).count();
        let mut said = format!("{} of {} in", count("merged"), self.candidates.len());
        for (state, words) in [("parked", "parked"), ("left_out", "left out")] {
            if count(state) > 0 {
                said.push_str(&format!(", {} {words}", count(state)));
            }
        }
        said
    }

    /// Everything that is known of it; `way` is where a person goes on.
    pub(super) fn lines(self, way: &Way<'_>) -> Vec<Line> {
        let mut lines = vec![vec![strong(&self.title), plain("  "), self.standing()]];
        lines.extend(rows(2, self.facts()));
        if !self.candidates.is_empty() {
            lines.extend([Vec::new(), vec![strong("Work")]]);
            lines.extend(rows(2, self.candidates.iter().map(Candidate::row).collect()));
        }
        if !self.steps.is_empty() {
            lines.extend([Vec::new(), vec![strong("Steps")]]);
            lines.extend(rows(2, self.steps.iter().map(|step| self.step_row(step)).collect()));
        }
        lines.extend(self.candidates.iter().flat_map(|one| by_hand::lines(&self, one, way)));
        lines.extend(by_hand::of_target(&self, way));
        lines.extend(self.next(way));
        lines
    }

    fn facts(&self) -> Vec<Vec<Span>> {
        let commit = |commit: Option<&String>| commit.map_or(faint("-"), |commit| plain(short(commit)));
        let target = self.target.as_deref().unwrap_or("the default branch");
        let mut facts = vec![
            vec![faint("branch"), plain(&self.branch)],
            vec![faint("end"), commit(self.head.as_ref())],
            vec![faint("from"), plain(format!("{} of {target}", self.base.as_deref().map_or("-", short)))],
            vec![faint("verified"), plain(times(self.verifications))],
        ];
        facts.extend(self.approval.as_ref().map(|approval| {
            let words = format!("{} by {} for {}", when(approval.at), approval.by, short(&approval.head));
            vec![faint("approved"), plain(words)]
        }));
        facts.extend(
            self.refused.as_ref().map(|refused| {
                vec![faint("refused"), alarm(format!("{} ({})", refused.reason, refused.code))]
            }),
        );
        facts.extend(self.landed.as_ref().map(|landed| {
            vec![faint("landed"), plain(format!("{} as {}", when(landed.at), short(&landed.commit)))]
        }));
        facts.extend([
            vec![faint("of"), plain(format!("{} {}", self.of.kind, self.of.id))],
            vec![faint("id"), plain(self.id)],
        ]);
        facts
    }

    fn step_row(&self, step: &Step) -> Vec<Span> {
        let tasks: Vec<String> = step.tasks.iter().map(|task| self.number_of(*task)).collect();
        let outcome = match step.outcome.as_str() {
            "red" => alarm("red"),
            outcome => plain(outcome),
        };
        let ran =
            step.commands.iter().map(|ran| format!("{} = {} in {} ms", ran.cmd, ran.exit, ran.duration_ms));
        let found = [step.culprit, step.with].into_iter().flatten().map(|task| self.number_of(task));
        let found: Vec<String> = found.collect();
        let because = if found.is_empty() { String::new() } else { format!("by {}", found.join(" with ")) };
        vec![
            strong(step.step),
            outcome,
            plain(tasks.join(", ")),
            faint(format!("verified {}", times(step.verifications))),
            plain(because),
            faint(ran.collect::<Vec<_>>().join("; ")),
        ]
    }

    /// What a person can do now.
    fn next(&self, way: &Way<'_>) -> Vec<Line> {
        let target = self.target.as_deref().unwrap_or("the default branch");
        let said = match self.status.as_str() {
            "ready" => format!(
                "{} goes on to it when you approve: omoi merge approve {} --head {}{}",
                target,
                self.id,
                self.head.as_deref().map_or("", short),
                way.flags
            ),
            "queued" if !self.complete => "goes on by itself when the next task is completed".to_owned(),
            "approved" => format!("{target} follows in a moment"),
            _ => return Vec::new(),
        };
        vec![Vec::new(), vec![plain(said)]]
    }
}

impl Candidate {
    fn row(&self) -> Vec<Span> {
        let state = match self.state.as_str() {
            "parked" | "conflicted" => alarm(&self.state),
            "left_out" => plain("left out"),
            state => plain(state),
        };
        let by = self.resolved_by.as_ref().map_or_else(String::new, |by| format!("resolved by {by}"));
        vec![strong(&self.number), plain(&self.title), state, plain(short(&self.commit)), faint(by)]
    }
}

fn when(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "a moment ago".to_owned(), time)
}

fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        many => format!("{many} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::examples::parked;
    use super::*;
    use crate::cli::client::shown_plain;

    #[test]
    fn merges_are_listed_a_line_each() {
        let list = Merges { position: 77, stale: None, merges: vec![parked()] };
        let row = "Invoices  parked: waits for a person  1 of 2 in, 1 parked  omoi/spec-invoices  2026-11-30 09:15:00  \
                   2f4c0f5e-6a3b-8d1c-9e7f-0a1b2c3d4e5f";
        assert_eq!(shown_plain(&list.lines()), [row, "as of position 77"]);
        let none = Merges { position: 1, stale: None, merges: Vec::new() };
        assert!(shown_plain(&none.lines())[0].contains("when the first task of a spec is completed"));
    }

    #[test]
    fn a_merge_shows_what_is_in_and_what_is_not() {
        let shown = shown_plain(&parked().lines(&Way::default())).join("\n");
        for words in [
            "Invoices  parked: waits for a person",
            "  branch    omoi/spec-invoices",
            "  end       1d2e3f4a5b60",
            "  from      0c1d2e3f4a5b of main",
            "  verified  once",
            "  TSK-002  Add the tax            merged  2e3f4a5b6071",
            "  TSK-003  Take the discount off  parked  3f4a5b607182",
            "  1  green  TSK-002  verified once    cargo test = 0 in 812 ms",
            "TSK-003 is parked. both change how a sum is rounded",
        ] {
            assert!(shown.contains(words), "{words}\n{shown}");
        }
    }

    #[test]
    fn what_is_ready_says_how_it_is_approved() {
        let mut merge = parked();
        merge.status = "ready".to_owned();
        merge.candidates[1].park = None;
        let shown = shown_plain(&merge.lines(&Way::default())).join("\n");
        let words = "main goes on to it when you approve: omoi merge approve 2f4c0f5e-6a3b-8d1c-9e7f-0a1b2c3d4e5f --head 1d2e3f4a5b60";
        assert!(shown.ends_with(words), "{shown}");
    }

    #[test]
    fn hostile_titles_are_shown_and_do_nothing() {
        let mut merge = parked();
        merge.candidates[1].title = "\u{1b}[2Jgone".to_owned();
        assert!(!shown_plain(&merge.lines(&Way::default())).join("").contains('\u{1b}'));
    }
}
