//! What specs and tasks say, as directions in a space, to warn of near-duplicates. `listener.rs` hears the log and writes
//! down what is to be embedded; `texts.rs` puts that together; `embed.rs` embeds it outside of any transaction, however
//! long the provider is away; `rows.rs` is what both keep in the database. Nothing waits for them: a warning comes when it
//! comes.

mod embed;
mod listener;
mod rows;
mod texts;

use std::sync::Arc;

use eventstore::subscribe::Subscription;
use ports::embed::Embedder;
use tokio::sync::Notify;

use self::embed::Embed;
use self::listener::Listener;
use crate::Node;

/// The name of the checkpoint.
pub(crate) const CONSUMER: &str = "embedding";

/// The two loops.
#[derive(Debug)]
pub struct Embeddings<'a> {
    /// Where they run.
    pub node: &'a Node<'a>,
    /// What the texts are embedded by.
    pub embedder: Arc<dyn Embedder>,
}

impl Embeddings<'_> {
    /// Starts them.
    pub fn start(self) {
        let Node { store, tailer, owner, tasks, stop } = self.node;
        let written = Arc::new(Notify::new());
        let listener = Listener { store: (*store).clone(), written: written.clone() };
        let subscription = Subscription::new((*store).clone(), (*tailer).clone(), listener, owner);
        let embed = Embed::new(store, owner, self.embedder, written);
        let until = (*stop).clone();
        tasks.spawn(async move { subscription.run(&until).await });
        let until = (*stop).clone();
        tasks.spawn(async move { embed.run(&until).await });
    }
}
