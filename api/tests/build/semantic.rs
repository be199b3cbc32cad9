//! Two of many go together as text and not as code: the pair is named in few trials, one of them is parked with that reason, and
//! everything else is merged.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use execution::merge::Event;
use rand::Rng as _;
use rand::seq::index::sample;
use serde_json::Value;

use crate::judge::{allowed, faults};
use crate::proof::Proof;
use crate::seen::{Seen, task_of};
use crate::support::workshop::sandboxes;
use crate::world::{Project, World};

const CASES: usize = 20;
/// In `make test`.
const FEW: usize = 3;
/// A step takes no more at once.
const MOST: usize = 64;
/// In `make test`.
const SMALL: usize = 9;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn semantic() {
    if !sandboxes() {
        return;
    }
    let mut proof = Proof::new("semantic", CASES);
    let mut random = proof.random();
    let world = World::begin().await;
    let (mut candidates, mut trials) = (0, Vec::new());
    // A repository that goes away is missed by whoever works for it.
    let mut projects = Vec::new();
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        let count = match (proof.is_full(), proof.cases()) {
            (true, 1) => MOST,
            (_, 2) => 2,
            (true, _) => random.random_range(3..=MOST / 2),
            (false, _) => random.random_range(3..=SMALL),
        };
        let pair = sample(&mut random, count, 2).into_vec();
        let case = Case { count, pair: [pair[0], pair[1]] };
        let project = case.begin(&world).await;
        let seen = case.build(&project, proof.cases()).await;
        let found = case.judged(&seen);
        assert_eq!(found.faults, [""; 0], "{case:?}: {}", seen.shown);
        case.finds_planted_defects(&seen);
        println!("{count} candidates, {pair:?}: {} trials", found.trials);
        candidates += count;
        trials.push(found.trials);
        projects.push(project);
    }
    proof.figure("candidates", candidates);
    proof.figure("pairs", trials.len());
    proof.figure("trials", trials.iter().sum::<usize>());
    proof.figure("most_trials", trials.iter().max().copied().unwrap_or_default());
    proof.holds();
}

/// So many tasks, of which two do not go together.
#[derive(Clone, Copy, Debug)]
struct Case {
    count: usize,
    pair: [usize; 2],
}

/// What was found of it.
#[derive(Debug)]
struct Found {
    faults: Vec<String>,
    /// Of the step in which the pair was.
    trials: usize,
}

impl Case {
    async fn begin<'a>(&self, world: &'a World) -> Project<'a> {
        let files = [
            ("README.md", "# Words\n\nA token-none is nowhere.\n"),
            ("words/first", "the first word\n"),
            ("check.sh", "twice=$(sed -n 's/^means //p' words/* | sort | uniq -d)\ntest -z \"$twice\"\n"),
        ];
        let files = files.map(|(path, content)| (path.to_owned(), content.to_owned()));
        world.of_commands(&files).await
    }

    async fn build(&self, project: &Project<'_>, case: usize) -> Seen {
        let spec = project.import(&self.plan(case)).await;
        let held = project.world.hold_back(&spec).await;
        project.does(self.count).await;
        held.let_go().await;
        let shown = project.merge_rests(&spec, self.count).await;
        let of_task = candidates_of(&shown);
        let of_task: BTreeMap<String, Vec<String>> =
            of_task.into_iter().map(|(place, task)| (task, vec![format!("token-{place:03}-0")])).collect();
        Seen::read(project, &spec, shown, of_task).await
    }

    /// Each task says in a file of its own what a word means; two mean the same.
    fn plan(&self, case: usize) -> String {
        let mut plan = format!("# Words {case}\n\nEvery word means something of its own.\n\n{REQUIREMENTS}");
        for task in 0..self.count {
            let meaning = if self.pair.contains(&task) { "the same".to_owned() } else { format!("{task}") };
            let _ = write!(
                plan,
                "#### TSK-{:03}: Explain word {task}\n\n- Hours: 1\n- Requirements: REQ-WORDS-FUNC-001\n\
                 - Run: `printf '%s\\n' 'means {meaning}' token-{task:03}-0 > words/{task:03}`\n\n",
                task + 1
            );
        }
        plan
    }

    fn judged(&self, seen: &Seen) -> Found {
        let mut found = Found { faults: faults(seen), trials: 0 };
        let mut fault = |is: bool, what: String| found.faults.extend((!is).then_some(what));
        let tasks = candidates_of(&seen.shown);
        let pair = self.pair.map(|place| tasks.get(&place).cloned().unwrap_or_default());
        let first = seen.events.iter().find_map(|event| match event {
            Event::StepBegun { joined, .. } => Some(joined.len()),
            _ => None,
        });
        fault(first == Some(self.count), format!("{first:?} were tried together first"));
        let bisected = seen.events.iter().filter_map(|event| match event {
            Event::Bisected { culprit, with, verifications, .. } => Some((culprit, with, verifications)),
            _ => None,
        });
        let bisected: Vec<_> = bisected.collect();
        fault(bisected.len() == 1, format!("{} steps were red", bisected.len()));
        let Some((culprit, with, trials)) = bisected.first().copied() else { return found };
        let mut named: Vec<String> = culprit.iter().chain(with.iter()).map(ToString::to_string).collect();
        named.sort_unstable();
        let mut expected = pair.to_vec();
        expected.sort_unstable();
        fault(named == expected, format!("{named:?} are named, and not {expected:?}"));
        let trials = usize::try_from(*trials).expect("few");
        fault(trials <= allowed(self.count, true), format!("{trials} trials for {} candidates", self.count));
        for (place, one) in seen.candidates().map(|one| (task_of(one), one)) {
            let is_culprit = culprit.is_some_and(|culprit| culprit.to_string() == place);
            let state = if is_culprit { "parked" } else { "merged" };
            fault(one["state"] == state, format!("{} is {}", one["number"], one["state"]));
        }
        let park = seen.candidates().find(|one| one["state"] == "parked").map(|one| &one["park"]);
        let code = park.map(|park| park["code"].clone());
        fault(code == Some("red".into()), format!("it is parked as {code:?}"));
        let reason = park.and_then(|park| park["reason"].as_str()).unwrap_or_default();
        let numbers = seen.candidates().filter(|one| pair.iter().any(|task| task == task_of(one)));
        for number in numbers.map(|one| one["number"].as_str().unwrap_or_default()) {
            fault(reason.contains(number), format!("{number} is not named in: {reason}"));
        }
        found.trials = trials;
        found
    }

    /// The twin: somebody else is named, or too many trials were made, or it was not parked: that is seen.
    fn finds_planted_defects(&self, seen: &Seen) {
        for (what, plant) in DEFECTS {
            let mut spoiled = seen.clone();
            plant(&mut spoiled);
            assert!(!self.judged(&spoiled).faults.is_empty(), "nobody sees that {what}");
        }
    }
}

type Plant = fn(&mut Seen);

const DEFECTS: &[(&str, Plant)] = &[
    ("the other one is not named", |seen| {
        for event in &mut seen.events {
            if let Event::Bisected { with, .. } = event {
                *with = None;
            }
        }
    }),
    ("nobody is named", |seen| seen.events.retain(|event| !matches!(event, Event::Bisected { .. }))),
    ("many trials were made", |seen| {
        for event in &mut seen.events {
            if let Event::Bisected { verifications, .. } = event {
                *verifications = 1_000;
            }
        }
    }),
    ("it was merged all the same", |seen| {
        for one in seen.shown["candidates"].as_array_mut().expect("a list") {
            one["state"] = "merged".into();
        }
    }),
    ("the reason says nothing", |seen| {
        for one in seen.shown["candidates"].as_array_mut().expect("a list") {
            if one["state"] == "parked" {
                one["park"]["reason"] = Value::Null;
            }
        }
    }),
];

/// The tasks by their places in the plan, which their titles end with.
fn candidates_of(shown: &Value) -> BTreeMap<usize, String> {
    let candidates = shown["candidates"].as_array().expect("a list").iter();
    let place = |one: &Value| one["title"].as_str()?.rsplit_once(' ')?.1.parse().ok();
    candidates.filter_map(|one| Some((place(one)?, task_of(one).to_owned()))).collect()
}

const REQUIREMENTS: &str = "\
- Feature: words

## Requirements

### REQ-WORDS-FUNC-001: Say what words mean

WHEN a word is explained, the list SHALL keep what it means.

- Type: functional
- Category: FUNC
- Priority: high

1. IF two words mean the same, THEN the check SHALL fail

## Tickets

### TKT-001: Words

- Requirements: REQ-WORDS-FUNC-001

";
