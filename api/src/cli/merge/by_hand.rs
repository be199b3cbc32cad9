//! How a person goes on where the platform could not: the exact commands, from what lies ready to what is handed in.

use std::path::Path;

use super::answer::{Candidate, Merge};
use crate::cli::client::{Line, alarm, faint, plain};

/// Where a person goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::cli) struct Way<'a> {
    /// Where the repository is.
    pub(in crate::cli) place: Option<&'a str>,
    /// What our commands need behind them to mean the same server.
    pub(in crate::cli) flags: &'a str,
}

/// What waits for a person of this candidate, and the commands.
pub(in crate::cli) fn lines(merge: &Merge, candidate: &Candidate, way: &Way<'_>) -> Vec<Line> {
    let Some(park) = &candidate.park else { return Vec::new() };
    let with = park.with.map_or_else(String::new, |with| format!(", with {}", merge.number_of(with)));
    let mut lines = vec![
        Vec::new(),
        vec![
            alarm(format!("{} is parked. ", candidate.number)),
            plain(&park.reason),
            faint(format!(" ({}{with})", park.code)),
        ],
    ];
    if !candidate.conflicts.is_empty() {
        lines.push(vec![plain("  in "), plain(candidate.conflicts.join(", "))]);
    }
    lines.push(vec![plain(format!("  Bring it together by hand{}:", way.beginning()))]);
    lines.extend(
        commands(merge, candidate, way).into_iter().map(|command| vec![plain("    "), plain(command)]),
    );
    lines.push(vec![faint(format!(
        "  Or try it again as it is: omoi merge retry {id} --task {number}{flags}; or go on without it: omoi merge leave-out {id} --task {number} --reason TEXT{flags}",
        id = merge.id,
        flags = way.flags,
        number = candidate.number,
    ))]);
    lines
}

impl Way<'_> {
    fn beginning(&self) -> String {
        match self.place {
            Some(place) if self.is_here() => format!(", in {place}"),
            Some(place) => format!(", in a clone of {place}"),
            None => ", in the repository of the project".to_owned(),
        }
    }

    /// A directory of this machine has the commits already; from elsewhere they are fetched, and what is made goes back.
    fn is_here(&self) -> bool {
        self.place.is_some_and(|place| Path::new(place).is_dir())
    }
}

/// The commands that bring the work of a candidate in.
fn commands(merge: &Merge, candidate: &Candidate, way: &Way<'_>) -> Vec<String> {
    let mend = match candidate.conflicts.as_slice() {
        [] => "# mend it until the tests of the project pass".to_owned(),
        files => format!("# mend {}, until the tests of the project pass", files.join(", ")),
    };
    let branch = format!("mend-{}", candidate.number.to_lowercase());
    let resolve =
        format!("omoi merge resolve {} --task {} --commit HEAD{}", merge.id, candidate.number, way.flags);
    steps(merge, way, &branch, &candidate.commit, mend, resolve)
}

/// How a person brings in what the default branch has become, when that could not be done by itself.
pub(super) fn of_target(merge: &Merge, way: &Way<'_>) -> Vec<Line> {
    let Some(target) = merge.target.as_deref().filter(|_| merge.needs_the_target()) else {
        return Vec::new();
    };
    let mend = "# mend it until the tests of the project pass".to_owned();
    let resolve = format!("omoi merge resolve {} --commit HEAD{}", merge.id, way.flags);
    let theirs = if way.is_here() { target.to_owned() } else { format!("origin/{target}") };
    let commands = steps(merge, way, "mend-merge", &theirs, mend, resolve);
    let mut lines = vec![
        Vec::new(),
        vec![
            alarm(format!("{target} has gone on. ")),
            plain(format!("Bring both together by hand{}:", way.beginning())),
        ],
    ];
    lines.extend(commands.into_iter().map(|command| vec![plain("    "), plain(command)]));
    lines
}

/// From the end of the merge, with `theirs`, to what is handed in.
fn steps(
    merge: &Merge,
    way: &Way<'_>,
    branch: &str,
    theirs: &str,
    mend: String,
    resolve: String,
) -> Vec<String> {
    // It has a base before anything is tried.
    let from = merge.head.as_deref().or(merge.base.as_deref()).unwrap_or(merge.branch.as_str());
    let away = !way.is_here();
    let fetched = theirs.strip_prefix("origin/").unwrap_or(theirs);
    let mut commands = Vec::new();
    commands.extend(away.then(|| format!("git fetch origin {from} {fetched}")));
    commands.push(format!("git switch --create {branch} {from}"));
    commands.push(format!("git merge --no-ff {theirs}"));
    commands.push(mend);
    commands.push("git add --all && git commit".to_owned());
    commands.extend(away.then(|| format!("git push origin {branch}")));
    commands.push(resolve);
    commands
}

#[cfg(test)]
mod tests {
    use super::super::answer::examples::parked;
    use super::*;
    use crate::cli::client::shown_plain;

    fn shown(place: Option<&str>) -> String {
        let merge = parked();
        shown_plain(&lines(&merge, &merge.candidates[1], &Way { place, flags: "" })).join("\n")
    }

    #[test]
    fn whoever_goes_on_by_hand_has_every_command() {
        let here = tempfile::tempdir().unwrap();
        let shown = shown(here.path().to_str());
        let expected = [
            "TSK-003 is parked. both change how a sum is rounded, and nobody could say which is meant (unresolved, with TSK-002)",
            "in src/sums.rs",
            "    git switch --create mend-tsk-003 1d2e3f4a5b60718293a4b5c6d7e8f9012345670c\n    git merge --no-ff 3f4a5b60718293a4b5c6d7e8f9012345670c1d2e\n    # mend src/sums.rs",
            "    git add --all && git commit\n    omoi merge resolve 2f4c0f5e-6a3b-8d1c-9e7f-0a1b2c3d4e5f --task TSK-003 --commit HEAD",
            "omoi merge leave-out 2f4c0f5e-6a3b-8d1c-9e7f-0a1b2c3d4e5f --task TSK-003 --reason TEXT",
        ];
        for words in expected {
            assert!(shown.contains(words), "{words}\n{shown}");
        }
        assert!(!shown.contains("fetch") && !shown.contains("push"), "{shown}");
    }

    #[test]
    fn our_commands_mean_the_same_server() {
        let merge = parked();
        let way = Way { place: None, flags: " --data-dir d" };
        let shown = shown_plain(&lines(&merge, &merge.candidates[1], &way)).join("\n");
        assert_eq!(shown.matches(" --data-dir d").count(), 3, "{shown}");
    }

    #[test]
    fn a_repository_elsewhere_is_fetched_from_and_pushed_to() {
        let shown = shown(Some("https://git.example.org/acme/billing.git"));
        assert!(shown.contains("in a clone of https://git.example.org/acme/billing.git"), "{shown}");
        assert!(shown.contains("git fetch origin 1d2e3f4a"), "{shown}");
        assert!(shown.contains("git push origin mend-tsk-003"), "{shown}");
    }

    #[test]
    fn a_default_branch_that_has_gone_on_is_brought_in_by_hand() {
        use super::super::answer::Refused;
        let here = tempfile::tempdir().unwrap();
        let refused =
            |code: &str| Some(Refused { code: code.to_owned(), reason: "it does not go".to_owned() });
        let mut merge = parked();
        merge.refused = refused("base_conflict");
        let shown =
            shown_plain(&of_target(&merge, &Way { place: here.path().to_str(), flags: "" })).join("\n");
        assert!(shown.contains("git merge --no-ff main\n"), "{shown}");
        assert!(
            shown.ends_with("omoi merge resolve 2f4c0f5e-6a3b-8d1c-9e7f-0a1b2c3d4e5f --commit HEAD"),
            "{shown}"
        );
        let away = shown_plain(&of_target(&merge, &Way::default())).join("\n");
        assert!(away.contains("0c main\n") && away.contains("git merge --no-ff origin/main"), "{away}");
        merge.refused = refused("moved");
        assert!(of_target(&merge, &Way::default()).is_empty());
    }

    #[test]
    fn what_is_not_parked_needs_nobody() {
        let merge = parked();
        assert!(lines(&merge, &merge.candidates[0], &Way::default()).is_empty());
    }
}
