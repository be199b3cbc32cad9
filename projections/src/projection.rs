//! The shape of a read model.

use kernel::Recorded;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Fact;

/// A read model as a pure fold. Its rows are keyed under the root of their events (the project, else the
/// organization), so roots never depend on each other.
pub trait Projection: Send + Sync + 'static {
    /// Names its table and its checkpoint; for ever.
    const NAME: &'static str;
    /// Raise it when the same events fold to other rows: a rebuild is due then.
    const VERSION: i32;
    /// The aggregates it reads, e.g. `ticket`; the checkpoint moves over the others.
    const READS: &'static [&'static str];
    /// Reads every aggregate, and of each event the envelope only: the fact is [`Fact::Unread`].
    const INDEX: bool = false;
    /// Whether every event makes rows of its own, which no other event touches: they need not be looked for.
    const APPENDS: bool = false;
    /// What one row holds.
    type Row: Serialize + DeserializeOwned + PartialEq + Send + Sync;

    /// The rows that this event touches.
    fn keys(event: &Recorded<Fact>) -> Vec<Key>;

    /// Folds the event into one of them; `None` is a row that is not there. Total: any event may follow any.
    fn fold(key: &Key, row: &mut Option<Self::Row>, event: &Recorded<Fact>);
}

/// Which row, within its root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What the row is about, e.g. `card`.
    pub kind: &'static str,
    /// Of what it is about.
    pub id: String,
}

impl Key {
    /// The row of the thing `id`.
    pub fn new(kind: &'static str, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }
}
