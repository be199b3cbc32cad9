//! The loops of a node follow the table of generations: one loop for each that is built, serves or is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use eventstore::Unavailable;
use tokio_util::sync::CancellationToken;

use crate::generations::{GenerationError, Generations, Kept, State};
use crate::model::{self, Model};
use crate::node::OwnNode;

/// Between two looks at the table.
const POLL: Duration = Duration::from_millis(500);

/// Name, generation and build: after a rebuild it is another loop.
type Loop = (String, i16, i64);

/// What starts and ends the loops of one node.
pub(crate) struct Follower {
    node: OwnNode,
    generations: Generations,
    models: Vec<Box<dyn Model>>,
    running: BTreeMap<Loop, CancellationToken>,
}

impl Follower {
    pub(crate) fn new(node: OwnNode) -> Self {
        let generations = Generations::new(&node.store);
        Self { node, generations, models: model::all(), running: BTreeMap::new() }
    }

    /// Begins what this program is new to: read models without a generation, and rows that newer code made.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn begin(&mut self) -> Result<(), Unavailable> {
        self.generations.begin().await?;
        let kept = self.generations.kept().await?;
        for (model, live) in self.serving(&kept) {
            // Only at the start: nodes of two versions must not take turns.
            if live.version > model.version() {
                self.renew(model, live, &kept).await;
            }
        }
        self.look().await
    }

    /// Looks at the table until the node ends; its loops end with it.
    pub(crate) async fn run(mut self) {
        let stop = self.node.stop.clone();
        let mut poll = tokio::time::interval(POLL);
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(poll.tick()).await.is_some() {
            if let Some(Err(error)) = stop.run_until_cancelled(self.look()).await {
                tracing::warn!(%error, "the generations of the read models cannot be looked at just now");
            }
        }
    }

    async fn look(&mut self) -> Result<(), Unavailable> {
        let kept = self.generations.kept().await?;
        self.follow(&kept);
        self.tend(&kept).await;
        Ok(())
    }

    /// Starts the loops that are missing, ends those that are too many.
    fn follow(&mut self, kept: &[Kept]) {
        let mut wanted: BTreeMap<Loop, &dyn Model> = BTreeMap::new();
        for kept in kept {
            if let Some(model) =
                self.models.iter().find(|model| model.name() == kept.name && model.folds(kept))
            {
                wanted.insert((kept.name.clone(), kept.generation, kept.build), &**model);
            }
        }
        self.running.retain(|running, stop| {
            let stays = wanted.contains_key(running);
            if !stays {
                tracing::info!(projection = running.0, generation = running.1, "no longer folded");
                stop.cancel();
            }
            stays
        });
        for (new, model) in wanted {
            self.running.entry(new).or_insert_with_key(|(_, generation, _)| {
                let stop = self.node.stop.child_token();
                model.follow(&self.node, *generation, stop.clone());
                stop
            });
        }
    }

    /// Renews what older code made, switches to what has caught up, removes what was kept long enough. What fails
    /// now is tried at the next look.
    async fn tend(&self, kept: &[Kept]) {
        for (model, live) in self.serving(kept) {
            if live.version < model.version() {
                self.renew(model, live, kept).await;
            }
            let next = kept.iter().find(|next| next.name == live.name && next.switches);
            if let Some(next) = next.filter(|next| next.version == model.version()) {
                self.switch(next).await;
            }
        }
        if kept.iter().any(|kept| kept.expired)
            && let Err(error) = self.generations.forget().await
        {
            tracing::warn!(%error, "old generations of read models cannot be removed just now");
        }
    }

    fn serving<'a>(&'a self, kept: &'a [Kept]) -> impl Iterator<Item = (&'a dyn Model, &'a Kept)> {
        self.models.iter().filter_map(|model| {
            let live = |kept: &&Kept| kept.name == model.name() && kept.state == State::Live;
            Some((&**model, kept.iter().find(live)?))
        })
    }

    /// Rows made by other code: the other generation is built by ours and takes over once it has caught up.
    async fn renew(&self, model: &dyn Model, live: &Kept, kept: &[Kept]) {
        let (projection, serving, code) = (model.name(), live.version, model.version());
        let begun = |next: &&Kept| next.name == projection && next.version == code && next.switches;
        if kept.iter().any(|next| begun(&next)) {
            return;
        }
        match self.generations.rebuild(projection, true).await {
            Ok(_) => tracing::warn!(
                projection,
                serving,
                code,
                "another version of the fold made these rows; they serve until those built beside them have caught up"
            ),
            Err(error) => tracing::warn!(projection, %error, "the rebuild that is due cannot begin just now"),
        }
    }

    async fn switch(&self, next: &Kept) {
        let (projection, generation) = (&next.name, next.generation);
        match self.generations.switch(projection).await {
            Ok(()) => tracing::info!(projection, generation, "has caught up and serves now"),
            // Not yet; or another node was quicker.
            Err(GenerationError::Behind { .. } | GenerationError::Nothing(_)) => {}
            Err(error) => tracing::warn!(projection, generation, %error, "cannot serve just now"),
        }
    }
}
