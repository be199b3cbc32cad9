//! `omoi run watch`: a run as it happens.

use std::time::Duration;

use kernel::Uuid;

use super::pages::Pages;
use crate::cli::client::{Failure, Session};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(300);

/// Follows a run until it has ended. Ctrl-C ends the watching, not the run.
pub(super) async fn until_it_ends(session: &Session, run: Uuid) -> Result<(), Failure> {
    let mut pages = Pages::of(session, run, None);
    loop {
        let page = pages.next().await?;
        for told in &page.events {
            if session.out.json {
                session.out.raw([told.raw.get()])?;
            } else {
                session.out.lines(&told.event.lines())?;
            }
            if told.event.is_the_end() {
                return Ok(());
            }
        }
        if page.is_last {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
