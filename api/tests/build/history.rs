//! The commits of a build, one by one: work of each task once, merged once, and each of them says whose it is.

use std::collections::BTreeMap;

use crate::world::said;
use std::path::Path;

/// A task, as its plan has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) requirements: Vec<String>,
}

/// A commit that was not there before.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    parents: usize,
    subject: String,
    trailers: Vec<(String, String)>,
}

/// The tasks of a plan in our own form.
pub(crate) fn planned(plan: &str) -> Vec<Planned> {
    let mut tasks: Vec<Planned> = Vec::new();
    for line in plan.lines() {
        if let Some((number, title)) = line.strip_prefix("#### ").and_then(|heading| heading.split_once(": "))
        {
            let (number, title) = (number.to_owned(), title.to_owned());
            tasks.push(Planned { number, title, requirements: Vec::new() });
        } else if let (Some(last), Some(met)) = (tasks.last_mut(), line.strip_prefix("- Requirements: "))
            && last.requirements.is_empty()
        {
            last.requirements = met.split(", ").map(str::to_owned).collect();
        }
    }
    tasks
}

/// What is on a branch and not on the one that it began at.
pub(crate) async fn read(repository: &Path, begin: &str, branch: &str) -> Vec<Commit> {
    let format = "--format=%P%x1f%s%x1f%(trailers:only,unfold,separator=%x1e)";
    let log = said(repository, &["log", format, &format!("{begin}..{branch}")]).await;
    let commit = |line: &str| {
        let mut parts = line.splitn(3, '\u{1f}');
        let mut next = || parts.next().unwrap_or_default();
        let (parents, subject) = (next().split(' ').count(), next().to_owned());
        let trailers = next().split('\u{1e}').filter_map(|one| one.split_once(": "));
        let trailers = trailers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Commit { parents, subject, trailers }
    };
    log.lines().map(commit).collect()
}

/// What is wrong with the commits of a build of these tasks.
pub(crate) fn faults(commits: &[Commit], tasks: &[Planned], merge: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut work, mut joins) =
        (BTreeMap::<&str, Vec<&Commit>>::new(), BTreeMap::<&str, Vec<&Commit>>::new());
    for commit in commits {
        match (commit.parents, commit.says("Omoi-Task")) {
            (1, Some(task)) => work.entry(task).or_default().push(commit),
            (2, Some(task)) => joins.entry(task).or_default().push(commit),
            // What a task stands on that waits for several.
            (2, None) if commit.trailers.is_empty() && is_base(&commit.subject) => {}
            _ => faults.push(format!("nobody knows whose {commit:?} is")),
        }
    }
    for task in tasks {
        let one = |of: &mut BTreeMap<&str, Vec<&Commit>>, what: &str| -> Result<Commit, String> {
            match of.remove(task.number.as_str()).unwrap_or_default().as_slice() {
                [one] => Ok((*one).clone()),
                other => Err(format!("{} {what} of {}", other.len(), task.number)),
            }
        };
        match (one(&mut work, "commits"), one(&mut joins, "merges")) {
            (Ok(work), Ok(join)) => faults.extend(of_task(task, &work, &join, merge)),
            (work, join) => faults.extend(work.err().into_iter().chain(join.err())),
        }
    }
    faults.extend(work.keys().chain(joins.keys()).map(|task| format!("{task} was not planned")));
    faults
}

fn of_task(task: &Planned, work: &Commit, join: &Commit, merge: &str) -> Vec<String> {
    let Some(run) = work.says("Omoi-Run") else { return vec![format!("{work:?} names no run")] };
    let trailer = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut of_work = vec![trailer("Omoi-Task", &task.number), trailer("Omoi-Run", run)];
    let of_join = [&of_work[..], &[trailer("Omoi-Merge", merge)]].concat();
    of_work.extend(task.requirements.iter().map(|one| trailer("Omoi-Requirement", one)));
    let (number, title) = (&task.number, &task.title);
    let faults = [
        (work.trailers == of_work, format!("{work:?} does not say {of_work:?}")),
        (join.trailers == of_join, format!("{join:?} does not say {of_join:?}")),
        (work.subject == format!("{number}: {title}"), format!("{work:?} is not called {number}: {title}")),
        (join.subject == format!("Merge {number}: {title}"), format!("{join:?} is not called by {number}")),
    ];
    faults.into_iter().filter(|(is, _)| !is).map(|(_, what)| what).collect()
}

fn is_base(subject: &str) -> bool {
    let merged = subject.strip_prefix("Merge ");
    merged.is_some_and(|merged| merged.len() == 40 && merged.chars().all(|c| c.is_ascii_hexdigit()))
}

impl Commit {
    fn says(&self, name: &str) -> Option<&str> {
        self.trailers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Spoils the commit at a place.
type Plant = fn(&mut Vec<Commit>, usize);

/// The twin: a commit too many or too few, and one that says something else, is seen.
pub(crate) fn finds_planted_defects(sound: &[Commit], tasks: &[Planned], merge: &str) {
    let at = |parents: usize| {
        let found = sound.iter().position(|one| one.parents == parents && one.says("Omoi-Task").is_some());
        found.expect("there is one of each kind")
    };
    for at in [at(1), at(2)] {
        let plants: [(&str, Plant); 5] = [
            ("a commit is missing", |commits, at| drop(commits.remove(at))),
            ("a commit is there twice", |commits, at| commits.push(commits[at].clone())),
            ("a commit does not say all", |commits, at| drop(commits[at].trailers.pop())),
            ("a commit is of another run", |commits, at| commits[at].trailers[1].1.push('0')),
            ("a commit is called otherwise", |commits, at| commits[at].subject.push('!')),
        ];
        for (what, plant) in plants {
            let mut spoiled = sound.to_vec();
            plant(&mut spoiled, at);
            assert!(!faults(&spoiled, tasks, merge).is_empty(), "nobody sees that {what}");
        }
    }
    let mut stranger = sound.to_vec();
    stranger.push(Commit { parents: 1, subject: "Mend it".to_owned(), trailers: Vec::new() });
    assert!(!faults(&stranger, tasks, merge).is_empty(), "nobody sees a commit of nobody");
}
