//! What is built while everybody is killed: tasks in the shape of two diamonds, each of which writes in two moves; and what must be so of
//! it in the end.

use std::fmt::Write as _;

use serde_json::Value;

/// Tasks of the plan.
const TASKS: usize = 8;

/// Of each task the ones before it, counted from 0.
const AFTER: [&[usize]; TASKS] = [&[], &[0], &[0], &[0], &[1, 2], &[2, 3], &[4, 5], &[6]];

/// What a build has come to.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    /// As its last line says.
    pub(crate) outcome: Value,
    /// The commit that its last line names.
    pub(crate) said: String,
    /// The end of its branch, and the files there.
    pub(crate) head: String,
    pub(crate) tree: String,
    /// The tasks that were merged, as the commits of the branch say.
    pub(crate) merged: Vec<String>,
    /// The tokens in the files, each as often as it is there.
    pub(crate) tokens: Vec<String>,
    /// The default branch and its files are as they were.
    pub(crate) is_untouched: bool,
}

/// What is wrong with a build, beside one that nobody has disturbed.
pub(crate) fn faults(built: &Built, undisturbed: &Built) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |is: bool, what: String| faults.extend((!is).then_some(what));
    fault(built.outcome == "merged", format!("it came out as {}", built.outcome));
    fault(
        built.said == built.head,
        format!("it says {}, and the branch ends with {}", built.said, built.head),
    );
    fault(built.tree == undisturbed.tree, format!("the files are others: {}", built.tree));
    fault(built.is_untouched, "the default branch is not as it was".to_owned());
    let once = |those: &[String], one: &str| those.iter().filter(|other| *other == one).count();
    for task in 0..TASKS {
        let number = format!("TSK-{:03}", task + 1);
        let times = once(&built.merged, &number);
        fault(times == 1, format!("{number} was merged {times} times"));
        for token in tokens(task) {
            let times = once(&built.tokens, &token);
            fault(times == 1, format!("{token} is there {times} times"));
        }
    }
    fault(built.merged.len() == TASKS, format!("{:?} were merged", built.merged));
    fault(built.tokens.len() == 2 * TASKS, format!("{:?} are there", built.tokens));
    faults
}

/// The twin: each of these is seen.
pub(crate) fn finds_planted_defects(sound: &Built) {
    for (what, plant) in DEFECTS {
        let mut spoiled = sound.clone();
        plant(&mut spoiled);
        assert!(!faults(&spoiled, sound).is_empty(), "nobody sees that {what}");
    }
}

type Plant = fn(&mut Built);

const DEFECTS: &[(&str, Plant)] = &[
    ("a token is missing", |built| drop(built.tokens.pop())),
    ("a token is there twice", |built| built.tokens.push(built.tokens[0].clone())),
    ("a task was merged twice", |built| built.merged.push(built.merged[0].clone())),
    ("a task was not merged", |built| drop(built.merged.pop())),
    ("the files are others", |built| built.tree = "0".repeat(40)),
    ("the branch ends elsewhere", |built| built.head = "0".repeat(40)),
    ("the default branch was touched", |built| built.is_untouched = false),
    ("it has failed", |built| built.outcome = "failed".into()),
];

/// What the repository begins with. Its check takes a moment, so that it may be killed in it.
pub(crate) fn files() -> Vec<(String, String)> {
    let mut list = String::new();
    for task in 0..TASKS {
        let _ = write!(list, "line {task} :\n\n\n\n\n");
    }
    let check = "set -e\nsleep 0.2\n\
                 test -z \"$(cat list.txt notes/* | tr ' ' '\\n' | grep '^token-' | sort | uniq -d)\"\n";
    [("list.txt", list.as_str()), ("check.sh", check), ("notes/README.md", "Of single tasks.\n")]
        .map(|(path, content)| (path.to_owned(), content.to_owned()))
        .to_vec()
}

/// The plan. A task whose run is killed between its moves is done again on what is left of the first one, and doubles nothing by itself.
pub(crate) fn plan() -> String {
    let mut plan = REQUIREMENTS.to_owned();
    for (task, after) in AFTER.iter().enumerate() {
        let [note, line] = tokens(task);
        let after: Vec<String> = after.iter().map(|on| format!("TSK-{:03}", on + 1)).collect();
        let after = if after.is_empty() { "none".to_owned() } else { after.join(", ") };
        let _ = write!(
            plan,
            "#### TSK-{:03}: Keep token {task}\n\n- Hours: 1\n- Requirements: REQ-TOKENS-FUNC-001\n- Depends on: {after}\n\
             - Run: `echo {note} > notes/{task} && sleep 0.3 && sed -i 's/^line {task} :$/line {task} : {line}/' list.txt`\n\n",
            task + 1
        );
    }
    plan
}

fn tokens(task: usize) -> [String; 2] {
    [format!("token-{task}-note"), format!("token-{task}-line")]
}

const REQUIREMENTS: &str = "\
# Tokens

Each task keeps its tokens.

- Feature: tokens

## Requirements

### REQ-TOKENS-FUNC-001: Keep every token

WHEN a token is written, the list SHALL keep it.

- Type: functional
- Category: FUNC
- Priority: high

1. WHEN whoever writes it is killed, THEN the list SHALL have it once

## Tickets

### TKT-001: Tokens

- Requirements: REQ-TOKENS-FUNC-001

";
