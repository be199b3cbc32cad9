//! Answers that are still true. To make one, every row of a project is read; whether a row has changed since is asked of the
//! database with one number a project, and mostly none has.

use std::sync::Arc;

use eventstore::Unavailable;
use kernel::{OrgId, Uuid};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::{Answer, Projection, ReadModels};

/// Rows of all answers that are remembered.
const MOST_ROWS: u64 = 30_000;

/// The rows of a root are the same as long as this is: an event that changes, adds or removes one is newer than all rows
/// before, and so its position shows, or a row is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Of the generation that the rows belong to.
    pub(crate) build: i64,
    /// Of the log.
    pub(crate) incarnation: Uuid,
    /// The greatest position among the rows.
    pub(crate) newest: i64,
    /// How many rows there are.
    pub(crate) rows: i64,
}

/// How far an answer goes, and what it was made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) mark: Mark,
    pub(crate) position: i64,
    pub(crate) stale: Option<i64>,
}

/// What says of itself how far it goes.
pub(crate) trait Stands {
    /// It goes so far, and stands still since then.
    fn stand(&mut self, position: i64, stale: Option<i64>);
}

/// Answers about roots, each with the rows that it was made of.
#[derive(Debug)]
pub(crate) struct Remembered<A>(Cache<(OrgId, Uuid), Arc<(Mark, A)>, ByRows>);

#[derive(Clone, Debug)]
struct ByRows;

impl<A> Weighter<(OrgId, Uuid), Arc<(Mark, A)>> for ByRows {
    fn weight(&self, _: &(OrgId, Uuid), kept: &Arc<(Mark, A)>) -> u64 {
        u64::try_from(kept.0.rows).unwrap_or(0) + 1
    }
}

impl<A: Clone> Default for Remembered<A> {
    fn default() -> Self {
        Self(Cache::with_weighter(256, MOST_ROWS, ByRows))
    }
}

impl<A: Stands + Clone> Remembered<A> {
    /// The answer about `root`, made again only when its rows have changed; `None` as `render` says it.
    pub(crate) async fn answer<P: Projection>(
        &self,
        read_models: &ReadModels,
        org: OrgId,
        root: Uuid,
        render: impl FnOnce(Answer<P::Row>) -> Option<A>,
    ) -> Result<Option<A>, Unavailable> {
        if let Some(kept) = self.0.get(&(org, root))
            && let Some(Standing { mark, position, stale }) = read_models.standing_of::<P>(org, root).await?
            && kept.0 == mark
        {
            let mut answer = kept.1.clone();
            answer.stand(position, stale);
            return Ok(Some(answer));
        }
        let (mark, rows) = read_models.marked::<P>(org, root).await?;
        let answer = render(rows);
        if let (Some(mark), Some(answer)) = (mark, &answer) {
            self.0.insert((org, root), Arc::new((mark, answer.clone())));
        }
        Ok(answer)
    }
}
