//! Events of some types, found in the read model `event_index`: the log itself has no index by type
//! (docs/decisions/0007). What the index has not come to yet is looked for in the log.

use eventstore::{Direction, Filter, Unavailable};
use kernel::{OrgId, Recorded};

use crate::wiring::Services;

/// A page of the log, as [`eventstore::Reader::page`] answers it.
pub(crate) async fn page(
    services: &Services,
    org: OrgId,
    filter: &Filter,
    from: i64,
    limit: i64,
    direction: Direction,
) -> Result<Vec<Recorded<String>>, Unavailable> {
    let reader = services.store.reader_of(org);
    if filter.event_types.is_empty() || filter.aggregate_type.is_some() {
        return reader.page(filter, from, limit, direction).await;
    }
    let Filter { project, event_types, .. } = filter;
    let known =
        services.read_models.positions_of_types(org, *project, event_types, from, direction, limit).await?;
    let mut indexed = reader.at(&known.positions).await?;
    let missing = |page: &[Recorded<String>]| limit - i64::try_from(page.len()).expect("a page is small");
    match direction {
        Direction::Forwards => {
            if missing(&indexed) > 0 {
                let beyond = from.max(known.position);
                indexed.extend(reader.page(filter, beyond, missing(&indexed), direction).await?);
            }
            Ok(indexed)
        }
        Direction::Backwards => {
            let mut page = reader.page_down_to(filter, from, known.position, limit, direction).await?;
            indexed.reverse();
            indexed.truncate(usize::try_from(missing(&page)).unwrap_or(0));
            page.extend(indexed);
            Ok(page)
        }
    }
}
