//! What an earlier process left: it was killed, or its machine went down. Its sandboxes end with it, and this makes sure.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::{Instant, sleep};

use super::groups::{Group, Groups};
use super::place::{Place, State};
use children::confine::Confinement;
use children::tree::{self, Held};

const DEATH_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Ends what runs and removes its marks; answers the names of all that were left.
///
/// # Errors
/// When the marks cannot be listed.
pub(super) async fn all(state: &State, groups: Option<&Groups>, beginning: &str) -> io::Result<Vec<String>> {
    let mut names = BTreeSet::new();
    for name in state.left()? {
        let place = state.found(&name);
        let group = group_of(&place);
        // One that does not end is not in the way of the next one's end.
        let over = Instant::now() + DEATH_WITHIN;
        // Whoever is killed may have started another between two looks.
        loop {
            let left = place.outlived_by();
            if left.is_empty() || Instant::now() >= over {
                break;
            }
            left.into_iter().for_each(kill);
            sleep(LOOK_EVERY).await;
        }
        // Wherever it lies: we may be in other groups than who made it.
        end(&group).await;
        place.remove();
        names.insert(name);
    }
    for (name, group) in groups.map(|groups| groups.left(beginning)).unwrap_or_default() {
        end(&group).await;
        names.insert(name[beginning.len()..].to_owned());
    }
    Ok(names.into_iter().collect())
}

/// Ends all that is in a group, whoever it descends from, and removes it.
async fn end(group: &Group) {
    let over = Instant::now() + DEATH_WITHIN;
    while !group.remove() && Instant::now() < over {
        group.kill();
        sleep(LOOK_EVERY).await;
    }
}

/// The control group that a sandbox was put into.
fn group_of(place: &Place) -> Group {
    let written = std::fs::read(place.confinement()).unwrap_or_default();
    let confinement: Option<Confinement> = serde_json::from_slice(&written).ok();
    let lists = confinement.into_iter().flat_map(|confinement| confinement.groups);
    Group::of_lists(lists)
}

fn kill(process: tree::Process) {
    let held = Held::open(process.pid);
    // Asked after it is held: only who began then is meant.
    if let Some(held) = held
        && tree::of(process.pid).is_some_and(|now| now.begun == process.begun)
    {
        held.signal(Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command, Stdio};

    use ports::sandbox::Limits;

    use super::*;

    fn sleeper() -> (Child, tree::Process) {
        let child = Command::new("sleep").arg("1000").process_group(0).spawn().unwrap();
        let process = tree::of(i32::try_from(child.id()).unwrap()).unwrap();
        (child, process)
    }

    fn was_killed(mut child: Child) -> bool {
        use std::os::unix::process::ExitStatusExt as _;
        child.wait().unwrap().signal() == Some(Signal::KILL.as_raw())
    }

    #[tokio::test]
    async fn one_that_has_outlived_its_parent_is_ended_all_the_same() {
        let home = tempfile::tempdir().unwrap();
        let state = State::new(home.path().to_owned());
        let (child, process) = sleeper();
        // The number of the parent is somebody else's by now.
        let own = tree::of(i32::try_from(std::process::id()).unwrap()).unwrap();
        let parent = tree::Process { begun: own.begun + 1, ..own };
        let place = state.place("left").unwrap();
        [parent, process].iter().for_each(|one| place.note(one).unwrap());
        assert_eq!(all(&state, None, "").await.unwrap(), ["left"]);
        assert!(was_killed(child));
        assert_eq!(all(&state, None, "").await.unwrap(), [""; 0]);
    }

    #[tokio::test]
    async fn one_of_the_group_of_a_parent_that_is_gone_is_ended_too() {
        let home = tempfile::tempdir().unwrap();
        let state = State::new(home.path().to_owned());
        // A shell that begins another, and ends.
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 1000 & echo $!"]).process_group(0).stdout(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        let parent = tree::of(i32::try_from(shell.id()).unwrap()).unwrap();
        let mut said = BufReader::new(shell.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        shell.wait().unwrap();
        let orphan: i32 = line.trim().parse().unwrap();
        assert!(tree::of(orphan).is_some());
        // Not one of the same number that began later.
        let other = tree::Process { begun: parent.begun + 1_000_000, ..parent };
        state.place("another").unwrap().note(&other).unwrap();
        assert_eq!(all(&state, None, "").await.unwrap(), ["another"]);
        assert!(tree::of(orphan).is_some());
        state.place("left").unwrap().note(&parent).unwrap();
        assert_eq!(all(&state, None, "").await.unwrap(), ["left"]);
        assert!(tree::of(orphan).is_none());
    }

    #[tokio::test]
    async fn whatever_is_in_the_group_of_one_that_is_left_is_ended() {
        let home = tempfile::tempdir().unwrap();
        let state = State::new(home.path().to_owned());
        // Not every machine lets us make groups.
        let name = format!("omoi-sweep-{}", std::process::id());
        let Some(group) = Groups::find().ok().and_then(|found| found.make(&name, &Limits::default()).ok())
        else {
            return;
        };
        let (child, process) = sleeper();
        for list in group.lists() {
            std::fs::write(list, process.pid.to_string()).unwrap();
        }
        let place = state.place("left").unwrap();
        let confinement = Confinement { groups: group.lists(), ..Confinement::default() };
        place.write(&place.confinement(), &serde_json::to_vec(&confinement).unwrap()).unwrap();
        assert_eq!(all(&state, None, "").await.unwrap(), ["left"]);
        assert!(was_killed(child));
        assert!(group.lists().iter().all(|list| !list.exists()));
    }
}
