//! Every read model, kept up to date by this node or by another one: each generation has a lease.

use eventstore::Unavailable;

use crate::Node;
use crate::follower::Follower;

/// Every read model of the product, on this node.
#[derive(Debug)]
pub struct Projectors<'a> {
    /// Where they run.
    pub node: &'a Node<'a>,
}

impl Projectors<'_> {
    /// Starts a loop for each generation that is built, serves or is kept, and one that follows what is asked for.
    /// Read models whose rows were made by another version of their fold are rebuilt, and switched, by themselves.
    ///
    /// # Errors
    /// When the database cannot be used; later it is waited for.
    pub async fn start(&self) -> Result<(), Unavailable> {
        let mut follower = Follower::new(self.node.to_own());
        follower.begin().await?;
        self.node.tasks.spawn(follower.run());
        Ok(())
    }
}
