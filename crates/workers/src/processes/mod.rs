//! The loops of the processes: `reactor.rs` folds the log and writes down what is asked for, `performer.rs` carries
//! it out as commands, `jobs.rs` as work that takes long; `rows.rs` is what they keep in the database. `unpark.rs` is what an
//! operator asks for.

mod jobs;
mod performer;
mod reactor;
mod rows;
mod unpark;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use commands::Dispatcher;
use commands::processes::{Act, Job, Reacting, Visitor, visit_all};
use eventstore::Unavailable;
use eventstore::subscribe::Subscription;
use tokio::sync::Notify;

pub use jobs::{Hands, Jobs};
pub use performer::Performer;
pub use reactor::Reactor;
pub use unpark::{Listed, ParkedRoot, ProcessError, Standing, list, unpark};

use crate::Node;

/// Every process of the product, on this node.
#[derive(Debug)]
pub struct Processes<'a> {
    /// Where they run.
    pub node: &'a Node<'a>,
    /// Carries out what they ask for.
    pub dispatcher: &'a Dispatcher,
    /// Carries out what takes long.
    pub hands: &'a Hands,
}

impl Processes<'_> {
    /// Starts two loops a process: one that hears, and one that acts.
    ///
    /// # Errors
    /// When the database cannot be used; later it is waited for.
    pub async fn start(&self) -> Result<(), Unavailable> {
        let mut all = All { of: self, starting: Vec::new() };
        visit_all(&mut all);
        for starting in all.starting {
            starting.await?;
        }
        Ok(())
    }

    async fn spawn<P: Reacting<Action = Act>>(&self) -> Result<(), Unavailable> {
        let asked = self.hear::<P>().await?;
        let performer = Performer::<P>::new(self.node.store.clone(), self.dispatcher.clone(), asked);
        let until = self.node.stop.clone();
        self.node.tasks.spawn(async move { performer.run(&until).await });
        Ok(())
    }

    async fn spawn_jobs<P: Reacting<Action = Job>>(&self) -> Result<(), Unavailable> {
        let asked = self.hear::<P>().await?;
        let jobs = Jobs::<P>::new(self.node.store.clone(), self.hands.clone(), asked);
        let until = self.node.stop.clone();
        self.node.tasks.spawn(async move { jobs.run(&until).await });
        Ok(())
    }

    /// The loop that hears; what it answers is woken when there may be something to do.
    async fn hear<P: Reacting>(&self) -> Result<Arc<Notify>, Unavailable> {
        let Node { store, tailer, owner, tasks, stop } = self.node;
        let asked = Arc::new(Notify::new());
        let reactor = Reactor::<P>::start(store, asked.clone()).await?;
        let subscription = Subscription::new((*store).clone(), (*tailer).clone(), reactor, owner);
        let until = (*stop).clone();
        tasks.spawn(async move { subscription.run(&until).await });
        Ok(asked)
    }
}

type Starting<'a> = Pin<Box<dyn Future<Output = Result<(), Unavailable>> + Send + 'a>>;

struct All<'a> {
    of: &'a Processes<'a>,
    starting: Vec<Starting<'a>>,
}

impl Visitor for All<'_> {
    fn visit<P: Reacting<Action = Act>>(&mut self) {
        self.starting.push(Box::pin(self.of.spawn::<P>()));
    }

    fn visit_jobs<P: Reacting<Action = Job>>(&mut self) {
        self.starting.push(Box::pin(self.of.spawn_jobs::<P>()));
    }
}
