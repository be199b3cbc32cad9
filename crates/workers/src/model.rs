//! A read model by its name: what the loops and the operator do with any of them.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use eventstore::Store;
use eventstore::subscribe::{ApplyError, Subscription};
use kernel::Uuid;
use projections::{Projection, Visitor};
use tokio_util::sync::CancellationToken;

use crate::generations::{Kept, State};
use crate::node::OwnNode;
use crate::projector::Projector;

type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One read model of the product.
pub(crate) trait Model: Send + Sync {
    fn name(&self) -> &'static str;
    fn version(&self) -> i32;

    /// Starts the loop of one generation on this node.
    fn follow(&self, node: &OwnNode, generation: i16, stop: CancellationToken);

    /// Applies what a parked root missed; false when it was not parked.
    fn unpark<'a>(
        &self,
        store: &'a Store,
        generation: i16,
        root: Uuid,
    ) -> Later<'a, Result<bool, ApplyError>>;

    /// Whether this program keeps it up to date. Rows of another version are left to the program that made them;
    /// only what serves must go on, and older rows than ours are those that ours can read.
    fn folds(&self, kept: &Kept) -> bool {
        let same = kept.version == self.version();
        !kept.expired && (same || kept.state == State::Live && kept.version < self.version())
    }
}

/// Every one, in the order of the catalogue.
pub(crate) fn all() -> Vec<Box<dyn Model>> {
    struct All(Vec<Box<dyn Model>>);
    impl Visitor for All {
        fn visit<P: Projection>(&mut self) {
            self.0.push(Box::new(Of::<P>(PhantomData)));
        }
    }
    let mut all = All(Vec::new());
    projections::visit_all(&mut all);
    all.0
}

struct Of<P>(PhantomData<fn() -> P>);

impl<P: Projection> Model for Of<P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn version(&self) -> i32 {
        P::VERSION
    }

    fn follow(&self, node: &OwnNode, generation: i16, stop: CancellationToken) {
        let projector = Projector::<P>::of_generation(generation);
        let subscription = Subscription::new(node.store.clone(), node.tailer.clone(), projector, &node.owner);
        node.tasks.spawn(async move { subscription.run(&stop).await });
    }

    fn unpark<'a>(
        &self,
        store: &'a Store,
        generation: i16,
        root: Uuid,
    ) -> Later<'a, Result<bool, ApplyError>> {
        Box::pin(async move { store.unpark(&Projector::<P>::of_generation(generation), root).await })
    }
}
