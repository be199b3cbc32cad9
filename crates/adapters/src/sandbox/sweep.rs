//! What an earlier process left: it was killed, or its machine went down. Its sandboxes end with it, and this makes sure.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::{Instant, sleep};

use super::groups::Groups;
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
    let over = Instant::now() + DEATH_WITHIN;
    for name in state.left()? {
        let place = state.found(&name);
        let groups = groups_of(&place);
        // Whoever is killed may have started another between two looks.
        while let Some(root) = place.noted()
            && Instant::now() < over
        {
            for process in tree::descendants(&tree::all(), root.pid).into_iter().chain([root]) {
                kill(process);
            }
            sleep(LOOK_EVERY).await;
        }
        for group in groups {
            // Empty by now, wherever it lies: we may be in other groups than who made it.
            while group.exists() && std::fs::remove_dir(&group).is_err() && Instant::now() < over {
                sleep(LOOK_EVERY).await;
            }
        }
        place.remove();
        names.insert(name);
    }
    for (name, group) in groups.map(|groups| groups.left(beginning)).unwrap_or_default() {
        while !group.remove() && Instant::now() < over {
            group.kill();
            sleep(LOOK_EVERY).await;
        }
        names.insert(name[beginning.len()..].to_owned());
    }
    Ok(names.into_iter().collect())
}

/// The directories of the control groups that a sandbox was put into.
fn groups_of(place: &Place) -> Vec<PathBuf> {
    let written = std::fs::read(place.confinement()).unwrap_or_default();
    let confinement: Option<Confinement> = serde_json::from_slice(&written).ok();
    let lists = confinement.into_iter().flat_map(|confinement| confinement.groups);
    lists.filter_map(|list| Some(list.parent()?.to_owned())).collect()
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
