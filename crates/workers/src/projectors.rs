//! Every read model, kept up to date by this node or by another one: each has a lease.

use std::future::Future;
use std::pin::Pin;

use eventstore::Unavailable;
use eventstore::subscribe::Subscription;
use projections::{Projection, Visitor};

use crate::{Node, Projector};

/// Every read model of the product, on this node.
#[derive(Debug)]
pub struct Projectors<'a> {
    /// Where they run.
    pub node: &'a Node<'a>,
}

impl Projectors<'_> {
    /// Starts one loop a read model.
    ///
    /// # Errors
    /// When the database cannot be used; later it is waited for.
    pub async fn start(&self) -> Result<(), Unavailable> {
        let mut all = All { of: self, starting: Vec::new() };
        projections::visit_all(&mut all);
        for starting in all.starting {
            starting.await?;
        }
        Ok(())
    }

    async fn spawn<P: Projection>(&self) -> Result<(), Unavailable> {
        let Node { store, tailer, owner, tasks, stop } = self.node;
        let projector = Projector::<P>::live(store).await?;
        let subscription = Subscription::new((*store).clone(), (*tailer).clone(), projector, owner);
        let until = (*stop).clone();
        tasks.spawn(async move { subscription.run(&until).await });
        Ok(())
    }
}

type Starting<'a> = Pin<Box<dyn Future<Output = Result<(), Unavailable>> + Send + 'a>>;

struct All<'a> {
    of: &'a Projectors<'a>,
    starting: Vec<Starting<'a>>,
}

impl Visitor for All<'_> {
    fn visit<P: Projection>(&mut self) {
        self.starting.push(Box::pin(self.of.spawn::<P>()));
    }
}
