//! The last lines of a build for people: what there is, and what to type to go on.

use std::path::Path;

use super::end::{Ended, Outcome, usd};
use super::seen::Task;
use super::time_left::spoken;
use super::verdict::Rest;
use crate::cli::client::{Line, alarm, faint, plain, strong};
use crate::cli::merge::answer::short;
use crate::cli::merge::by_hand::{self, Way};

impl Ended {
    /// The last lines for people.
    pub(in crate::cli) fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Vec::new()];
        match (&self.rest, self.outcome) {
            (Some(Rest::Merged), _) => lines.extend(self.merged()),
            (Some(Rest::Approval { gate, hash }), _) => lines.extend(self.at_gate(gate, hash)),
            (Some(Rest::Answers), _) => lines.extend(self.asked()),
            (Some(Rest::Ticket { task }), _) => {
                let said = format!(
                    "{task} waits until a gate of its ticket is opened: `omoi inbox{}` shows what is asked for",
                    self.again.flags
                );
                lines.push(vec![strong("A gate waits for you. "), plain(said)]);
            }
            (Some(Rest::Parked), _) => {
                lines.push(vec![alarm("Parked. "), plain("Not everything goes together; what does is in.")]);
                let way = Way { place: Some(self.place.as_str()), flags: &self.again.flags };
                let merge = self.merge();
                let parked =
                    merge.into_iter().flat_map(|merge| merge.candidates.iter().map(move |one| (merge, one)));
                lines.extend(parked.flat_map(|(merge, one)| by_hand::lines(merge, one, &way)));
                lines.extend(self.failed());
            }
            (Some(Rest::Failed { reason }), _) => {
                lines.push(vec![alarm("Failed. "), plain(reason)]);
                lines.push(vec![plain("When that is mended, this goes on and tries again what failed:")]);
            }
            (None, _) => lines.push(vec![
                strong("Stopped. "),
                plain("Nothing new starts; everything that was done is recorded and kept. It goes on with:"),
            ]),
        }
        lines.extend(self.again.server.as_ref().filter(|_| self.needs_a_server()).map(|server| {
            let said = format!(
                "The server has ended with the build; `{server}` starts it again for these commands."
            );
            vec![faint(said)]
        }));
        if self.outcome != Outcome::Merged {
            if matches!(self.outcome, Outcome::Gate | Outcome::Parked) {
                lines.push(vec![plain("Then it goes on with:")]);
            }
            lines.push(vec![plain("  "), plain(&self.again.command)]);
        }
        let report = self.report.as_deref().map(Path::display);
        lines.extend(report.map(|report| vec![faint("report  "), plain(report)]));
        lines
    }

    /// Whether other commands than the one that goes on are named.
    fn needs_a_server(&self) -> bool {
        match self.outcome {
            Outcome::Gate | Outcome::Parked => true,
            Outcome::Merged => self.merge().is_some_and(|merge| merge.status != "landed"),
            Outcome::Failed | Outcome::Cancelled => false,
        }
    }

    /// What failed beside what is parked.
    fn failed(&self) -> Vec<Line> {
        let tasks = self.seen.iter().flat_map(|seen| seen.tasks.iter()).filter(|task| task.is("failed"));
        let said = |task: &Task| {
            let reason = task.reason.as_deref().unwrap_or("no reason was given");
            vec![alarm(format!("{} has failed as well: ", task.number)), plain(reason)]
        };
        tasks.map(said).collect()
    }

    fn merged(&self) -> Vec<Line> {
        let mut lines = self.built();
        lines.extend(self.merge().map(|merge| {
            let target = merge.target.as_deref().unwrap_or("the default branch");
            match merge.status.as_str() {
                "landed" => vec![faint("landed  "), plain(format!("{target} has it"))],
                _ => vec![
                    faint("next    "),
                    plain(format!(
                        "{target} is as it was; it follows when you approve: omoi merge approve {}{}",
                        merge.id, self.again.flags
                    )),
                ],
            }
        }));
        lines
    }

    /// What there is now.
    pub(in crate::cli) fn built(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let done = self.seen.as_ref().map_or(0, |seen| seen.done().0);
        let tasks = if done == 1 { "a task".to_owned() } else { format!("{done} tasks") };
        let cost = usd(self.cost());
        let said = format!("{tasks} in {}, for {cost}.", spoken(self.took));
        let title = self.seen.as_ref().map_or("", |seen| seen.spec.title.as_str());
        lines.push(vec![strong("Built. "), plain(format!("{title}: {said}"))]);
        let Some(merge) = self.merge() else {
            lines.push(vec![plain("Nothing in the repository had to be changed, so there is no branch.")]);
            return lines;
        };
        let head = merge.head.as_deref().map_or("-", short);
        lines.push(vec![
            faint("branch  "),
            strong(&merge.branch),
            plain(format!("  {head}  {}", merge.counted())),
        ]);
        let left_out = merge.candidates.iter().filter(|one| one.state == "left_out");
        lines.extend(
            left_out.map(|one| vec![alarm("without "), plain(format!("{} {}", one.number, one.title))]),
        );
        lines
    }

    fn at_gate(&self, gate: &str, hash: &str) -> Vec<Line> {
        let Some(spec) = self.spec else { return Vec::new() };
        let hash = hash.get(..12).unwrap_or(hash);
        let flags = &self.again.flags;
        vec![
            vec![
                strong("A gate waits for you. "),
                plain(format!("Look at the {gate}, and say whether it is what you want:")),
            ],
            vec![plain(format!("  omoi spec show {spec}{flags}"))],
            vec![plain(format!("  omoi spec approve {spec} {hash}{flags}"))],
            vec![plain(format!("  omoi spec reject {spec} {hash} --reason TEXT{flags}"))],
        ]
    }

    fn asked(&self) -> Vec<Line> {
        let Some((spec, seen)) = self.spec.zip(self.seen.as_ref()) else { return Vec::new() };
        let mut lines =
            vec![vec![strong("Questions wait for you. "), plain("Nobody but you can answer them:")]];
        for (number, text) in &seen.spec.questions {
            lines.push(vec![strong(format!("  {number}  ")), plain(text)]);
        }
        lines.push(vec![plain(format!("  omoi spec answer {spec} NUMBER TEXT{}", self.again.flags))]);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::super::end::examples::ended;
    use super::*;
    use crate::cli::client::shown_plain;

    fn shown(rest: Option<Rest>) -> String {
        shown_plain(&ended(rest).lines()).join("\n")
    }

    #[test]
    fn what_was_built_is_told_with_how_it_is_approved() {
        let shown = shown(Some(Rest::Merged));
        for words in [
            "Built. Invoices: 2 tasks in 1:05, for $0.01.",
            "branch  omoi/spec-invoices  1d2e3f4a5b60  1 of 2 in",
            "main is as it was; it follows when you approve: omoi merge approve 2f4c0f5e-",
            "report  /data/builds/b/report.md",
        ] {
            assert!(shown.contains(words), "{words}\n{shown}");
        }
        assert!(!shown.contains("--resume"), "{shown}");
    }

    #[test]
    fn whoever_is_asked_is_told_what_to_type_and_how_it_goes_on() {
        let approval = Rest::Approval { gate: "design".into(), hash: "0d0a6a5b0f1c3f2e".into() };
        for (rest, words) in [
            (Some(approval), "omoi spec approve 00000000-0000-0000-0000-000000000007 0d0a6a5b0f1c"),
            (Some(Rest::Answers), "omoi spec answer 00000000-0000-0000-0000-000000000007 NUMBER TEXT"),
            (Some(Rest::Ticket { task: "TSK-002".into() }), "TSK-002 waits until a gate"),
            (
                Some(Rest::Parked),
                "omoi merge resolve 2f4c0f5e-6a3b-8d1c-9e7f-0a1b2c3d4e5f --task TSK-003 --commit HEAD",
            ),
            (
                Some(Rest::Failed { reason: "TSK-001 failed: it is late".into() }),
                "Failed. TSK-001 failed: it is late",
            ),
            (None, "Stopped. Nothing new starts"),
        ] {
            let shown = shown(rest);
            assert!(shown.contains(words), "{words}\n{shown}");
            assert!(shown.contains("  omoi build --repo /a --spec /b --resume"), "{shown}");
        }
    }

    #[test]
    fn what_ended_with_the_build_is_started_again_by_name() {
        let mut ended = ended(Some(Rest::Parked));
        ended.again.flags = " --data-dir d".to_owned();
        ended.again.server = Some("omoi up --data-dir d".to_owned());
        let seen = ended.seen.as_mut().unwrap();
        seen.tasks[1].status = "failed".to_owned();
        let shown = shown_plain(&ended.lines()).join("\n");
        assert!(shown.contains("`omoi up --data-dir d` starts it again"), "{shown}");
        assert!(shown.contains("--commit HEAD --data-dir d"), "{shown}");
        assert!(shown.contains("TSK-002 has failed as well: no reason was given"), "{shown}");
    }

    #[test]
    fn work_that_brought_nothing_says_so() {
        let mut ended = ended(Some(Rest::Merged));
        ended.seen.as_mut().unwrap().merge = None;
        assert!(shown_plain(&ended.lines()).join("\n").contains("there is no branch"));
    }
}
