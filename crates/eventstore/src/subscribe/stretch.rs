//! What a consumer applies at once: the pages that are there, joined, so that a slow one takes longer steps instead
//! of more of them; and for one that is far behind the next page, fetched while this one is applied.

use std::sync::Arc;

use kernel::Recorded;
use tokio::sync::broadcast;
use tokio_util::task::AbortOnDropHandle;

use super::runner::RunError;
use super::tailer::{PAGE, Page};
use crate::{Direction, Filter, Store, Unavailable};

/// Events of one page for a consumer that reads the log for itself.
const PAGE_BEHIND: i64 = 2000;

/// Pages without a hole between them.
#[derive(Debug)]
pub(super) struct Stretch {
    pages: Vec<Arc<Page>>,
}

impl Stretch {
    pub(super) fn of(page: Arc<Page>) -> Self {
        Self { pages: vec![page] }
    }

    /// Joins what has come meanwhile.
    pub(super) fn join(&mut self, pages: &mut broadcast::Receiver<Arc<Page>>) {
        let most = usize::try_from(PAGE).expect("a page is small");
        while self.events().count() < most {
            match pages.try_recv() {
                Ok(page) if page.after == self.to() => self.pages.push(page),
                Ok(page) if page.to <= self.to() => {}
                // A stretch is missing in between: the log has it.
                _ => return,
            }
        }
    }

    pub(super) fn to(&self) -> i64 {
        self.pages.last().map_or(0, |page| page.to)
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &Recorded<String>> {
        self.pages.iter().flat_map(|page| &page.events)
    }
}

type Fetch = AbortOnDropHandle<Result<Arc<Page>, RunError>>;

/// Reads the log for a consumer that is behind, one page ahead of it.
#[derive(Debug)]
pub(super) struct Ahead {
    store: Store,
    /// Beyond which position, and the page on its way.
    next: Option<(i64, Fetch)>,
}

impl Ahead {
    pub(super) fn of(store: &Store) -> Self {
        Self { store: store.clone(), next: None }
    }

    /// The page right after a position.
    pub(super) async fn page(&mut self, after: i64) -> Result<Arc<Page>, RunError> {
        let page = match self.next.take() {
            Some((at, fetched)) if at == after => {
                fetched.await.map_err(|error| Unavailable::Down(format!("a read ended: {error}")))??
            }
            _ => read(&self.store, after).await?,
        };
        if page.to - page.after == PAGE_BEHIND {
            let (store, after) = (self.store.clone(), page.to);
            let fetched = tokio::spawn(async move { read(&store, after).await });
            self.next = Some((after, AbortOnDropHandle::new(fetched)));
        }
        Ok(page)
    }
}

async fn read(store: &Store, after: i64) -> Result<Arc<Page>, RunError> {
    let events = store.reader().page(&Filter::default(), after, PAGE_BEHIND, Direction::Forwards).await?;
    let to = events.last().map_or(after, |last| last.envelope.position);
    if to - after != i64::try_from(events.len()).expect("a page is small") {
        return Err(RunError::Broken(format!("the log has a hole between {after} and {to}")));
    }
    Ok(Arc::new(Page { after, to, events }))
}
