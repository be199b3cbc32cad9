//! A node that keeps every read model up to date, as the program does.

use std::time::Duration;

use eventstore::Store;
use eventstore::subscribe::Tailer;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use workers::generations::{Generation, ReadModel, State};
use workers::{Generations, Projectors};

/// On a slow machine; nothing here waits for time itself.
const DEADLINE: Duration = Duration::from_secs(60);

/// A node. Dropped without `stop`, it is killed: its leases stay taken until they run out.
pub(crate) struct Node {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Node {
    pub(crate) async fn start(store: &Store, owner: &str) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let (tailer, tailing) = Tailer::start(store, stop.clone()).await.unwrap();
        tasks.spawn(tailing);
        let node = workers::Node { store, tailer: &tailer, owner, tasks: &tasks, stop: &stop };
        Projectors { node: &node }.start().await.unwrap();
        tasks.close();
        Self { tasks, stop }
    }

    /// Ends in good order.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        timeout(DEADLINE, self.tasks.wait()).await.expect("its loops end");
    }
}

/// The read model `board` as the operator sees it.
pub(crate) async fn board(store: &Store) -> ReadModel {
    let listed = Generations::new(store).list(None).await.unwrap();
    listed.projections.into_iter().find(|model| model.name == "board").expect("there is a board")
}

/// Waits until the board is like this.
pub(crate) async fn eventually(store: &Store, what: &str, is: impl Fn(&ReadModel) -> bool) -> ReadModel {
    let mut looks = interval(Duration::from_millis(5));
    let arrival = async {
        loop {
            looks.tick().await;
            let board = board(store).await;
            if is(&board) {
                return board;
            }
        }
    };
    timeout(DEADLINE, arrival).await.unwrap_or_else(|_| panic!("never: {what}"))
}

/// The generation in this state.
pub(crate) fn in_state(model: &ReadModel, state: State) -> Option<&Generation> {
    model.generations.iter().find(|generation| generation.state == state)
}

/// State and version of each generation.
pub(crate) fn states(model: &ReadModel) -> Vec<(i16, State, i32)> {
    let generations = model.generations.iter();
    generations.map(|generation| (generation.generation, generation.state, generation.version)).collect()
}
