//! Read models made anew from the log while others read them.

use super::Args;
use crate::report::Row;

pub(super) async fn rows(_: &Args) -> anyhow::Result<Vec<Row>> {
    Ok(Vec::new())
}
