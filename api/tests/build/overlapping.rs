//! Many branches that overlap come together: every accepted line is in the tree or in the commit of what waits for a person, once; fewer
//! are left over than first in, first out; and whoever joins the same again has the same commits.

use std::collections::BTreeMap;

use execution::merge::Event;
use rand::Rng as _;
use rand::rngs::StdRng;

use crate::judge::{faults, finds_planted_defects};
use crate::overlap::Overlap;
use crate::proof::Proof;
use crate::seen::{Seen, task_of, tokens_in};
use crate::support::workshop::sandboxes;
use crate::world::{Project, World, said};

const CASES: usize = 12;
/// In `make test`.
const FEW: usize = 3;
const FEWEST: usize = 10;
const MOST: usize = 200;
/// In `make test`.
const SMALL: usize = 14;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlapping() {
    if !sandboxes() {
        return;
    }
    let mut proof = Proof::new("overlapping", CASES);
    let mut random = proof.random();
    let world = World::begin().await;
    let (mut branches, mut parked, mut fifo, mut verifications, mut joins) = (0, 0, 0, 0, 0);
    // A repository that goes away is missed by whoever works for it.
    let mut projects = Vec::new();
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        let wanted = size(&proof, &mut random);
        let overlap = Overlap::make_up(&mut random, wanted);
        let project = world.of_commands(&overlap.files()).await;
        let (seen, arrived) = build(&project, &overlap, proof.cases()).await;
        assert_eq!(faults(&seen), [""; 0], "{overlap:?}");
        let left = seen.candidates().filter(|one| one["state"] == "parked").count();
        let first_in_first_out = overlap.left_first_in_first_out(&arrived);
        println!("{} branches: {left} parked, {first_in_first_out} first in, first out", overlap.len());
        assert!(left <= first_in_first_out, "{left} > {first_in_first_out}: {overlap:?} {arrived:?}");
        finds_planted_defects(&seen);
        finds_a_dropped_commit(&project, &seen).await;
        joins += joined_again(&project, &seen).await;
        branches += overlap.len();
        parked += left;
        fifo += first_in_first_out;
        verifications += seen.verifications();
        projects.push(project);
    }
    assert!(parked < fifo, "{parked} were parked, and {fifo} are first in, first out");
    proof.figure("branches", branches);
    proof.figure("parked", parked);
    proof.figure("left_first_in_first_out", fifo);
    proof.figure("verifications", verifications);
    proof.figure("joined_again", joins);
    proof.holds();
}

/// Sizes differ, and both ends of the range are among them.
fn size(proof: &Proof, random: &mut StdRng) -> usize {
    match (proof.is_full(), proof.cases()) {
        (true, 1) => MOST,
        (true, 2) => FEWEST,
        (true, _) => random.random_range(FEWEST..=MOST / 2),
        (false, _) => random.random_range(FEWEST..=SMALL),
    }
}

/// Has it done by agents, and brought together once all of it is there; and in which order it came.
async fn build(project: &Project<'_>, overlap: &Overlap, case: usize) -> (Seen, Vec<usize>) {
    let spec = project.import(&overlap.plan(&format!("{case}"))).await;
    // What comes first would be merged at once, whatever comes after it: then there were no order to choose.
    let held = project.world.hold_back(&spec).await;
    project.does(overlap.len()).await;
    held.let_go().await;
    let shown = project.merge_rests(&spec, overlap.len()).await;
    let places = places_of(&shown);
    let of_task = places.iter().map(|(task, place)| (task.clone(), overlap.tokens(*place))).collect();
    let seen = Seen::read(project, &spec, shown, of_task).await;
    assert_eq!(places.len(), overlap.len(), "{}", seen.shown);
    let arrived = seen.arrived().iter().map(|task| places[task]).collect();
    (seen, arrived)
}

/// Which task of the plan each one is: their numbers are those of the plan.
fn places_of(shown: &serde_json::Value) -> BTreeMap<String, usize> {
    let candidates = shown["candidates"].as_array().expect("a list").iter();
    let place = |one: &serde_json::Value| {
        let title = one["title"].as_str().and_then(|title| title.rsplit_once(' '));
        title.and_then(|(_, number)| number.parse().ok()).expect("the title ends with its place")
    };
    candidates.map(|one| (task_of(one).to_owned(), place(one))).collect()
}

/// The twin in git: a branch without its newest merge is found wanting.
async fn finds_a_dropped_commit(project: &Project<'_>, seen: &Seen) {
    let before = project.git(&["rev-parse", &format!("{}^1", seen.branch)]).await;
    let mut dropped = seen.clone();
    dropped.in_tree = tokens_in(project, &before).await;
    let lost = faults(&dropped).into_iter().filter(|fault| fault.contains("is in the tree 0 times")).count();
    assert!(lost > 0, "nobody sees that {} is not on the branch", seen.branch);
}

/// Joins what was joined again, with nothing but git, elsewhere and later: the commits are the same ones.
async fn joined_again(project: &Project<'_>, seen: &Seen) -> usize {
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    let source = project.repository.to_str().expect("text");
    said(elsewhere.path(), &["clone", "--quiet", "--mirror", source, "."]).await;
    let mut again = 0;
    for event in &seen.events {
        let Event::StepBegun { head, joined, .. } = event else { continue };
        let mut end = head.as_str();
        for one in joined.iter() {
            let commit = one.commit.as_str();
            if commit != end {
                assert_eq!(joined_in(elsewhere.path(), end, commit).await, commit);
                again += 1;
            }
            end = commit;
        }
    }
    again
}

/// The commit that git makes of a head and the second parent of `known`, with the words and the date of that.
async fn joined_in(at: &std::path::Path, head: &str, known: &str) -> String {
    let other = said(at, &["rev-parse", &format!("{known}^2")]).await;
    let tree = said(at, &["merge-tree", "--write-tree", head, &other]).await;
    let words = said(at, &["log", "-1", "--format=%B", known]).await + "\n";
    let mut dates = Vec::new();
    for parent in [head, &other] {
        let date = said(at, &["log", "-1", "--format=%ct", parent]).await;
        dates.push(date.parse::<u64>().expect("seconds"));
    }
    let date = format!("@{} +0000", dates.into_iter().max().expect("two"));
    let made = tokio::process::Command::new("git")
        .args(["commit-tree", "-p", head, "-p", &other, "-m", words.trim_end(), &tree])
        .current_dir(at)
        .envs([("GIT_AUTHOR_NAME", "OmoiOS"), ("GIT_AUTHOR_EMAIL", "omoi@localhost")])
        .envs([("GIT_COMMITTER_NAME", "OmoiOS"), ("GIT_COMMITTER_EMAIL", "omoi@localhost")])
        .envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .await
        .expect("git starts");
    assert!(made.status.success(), "{made:?}");
    String::from_utf8_lossy(&made.stdout).trim().to_owned()
}
