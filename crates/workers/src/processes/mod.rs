//! The loops of the processes: `reactor.rs` folds the log and writes down what is asked for, `performer.rs` carries
//! it out, `rows.rs` is what both keep in the database. `unpark.rs` is what an operator asks for.

mod performer;
mod reactor;
mod rows;
mod unpark;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use commands::Dispatcher;
use commands::processes::{Reacting, Visitor, visit_all};
use eventstore::Unavailable;
use eventstore::subscribe::Subscription;
use tokio::sync::Notify;

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
}

impl Processes<'_> {
    /// Starts two loops a process.
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

    async fn spawn<P: Reacting>(&self) -> Result<(), Unavailable> {
        let Node { store, tailer, owner, tasks, stop } = self.node;
        let asked = Arc::new(Notify::new());
        let reactor = Reactor::<P>::start(store, asked.clone()).await?;
        let subscription = Subscription::new((*store).clone(), (*tailer).clone(), reactor, owner);
        let performer = Performer::<P>::new((*store).clone(), self.dispatcher.clone(), asked);
        let until = (*stop).clone();
        tasks.spawn(async move { subscription.run(&until).await });
        let until = (*stop).clone();
        tasks.spawn(async move { performer.run(&until).await });
        Ok(())
    }
}

type Starting<'a> = Pin<Box<dyn Future<Output = Result<(), Unavailable>> + Send + 'a>>;

struct All<'a> {
    of: &'a Processes<'a>,
    starting: Vec<Starting<'a>>,
}

impl Visitor for All<'_> {
    fn visit<P: Reacting>(&mut self) {
        self.starting.push(Box::pin(self.of.spawn::<P>()));
    }
}
