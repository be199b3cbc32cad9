//! A small set of ids. A project has one a node, and most hold one id or none: a tree would take ten times the memory.

use kernel::Uuid;
use serde::{Deserialize, Serialize};

/// Ids in order, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Uuid>")]
pub(super) struct IdSet(Vec<Uuid>);

impl From<Vec<Uuid>> for IdSet {
    fn from(mut ids: Vec<Uuid>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        ids.shrink_to_fit();
        Self(ids)
    }
}

impl FromIterator<Uuid> for IdSet {
    fn from_iter<I: IntoIterator<Item = Uuid>>(ids: I) -> Self {
        ids.into_iter().collect::<Vec<_>>().into()
    }
}

impl IdSet {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Uuid> {
        self.0.iter()
    }

    pub(super) fn contains(&self, id: Uuid) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    pub(super) fn insert(&mut self, id: Uuid) {
        if let Err(place) = self.0.binary_search(&id) {
            self.0.reserve_exact(1);
            self.0.insert(place, id);
        }
    }

    pub(super) fn remove(&mut self, id: Uuid) {
        if let Ok(place) = self.0.binary_search(&id) {
            self.0.remove(place);
        }
    }
}

impl<'a> IntoIterator for &'a IdSet {
    type Item = &'a Uuid;
    type IntoIter = std::slice::Iter<'a, Uuid>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn it_is_a_set() {
        let mut set = IdSet::default();
        let mut model = BTreeSet::new();
        for n in [5_u128, 3, 9, 3, 1, 9, 7] {
            set.insert(Uuid::from_u128(n));
            model.insert(Uuid::from_u128(n));
        }
        for n in [4_u128, 9, 9, 1] {
            set.remove(Uuid::from_u128(n));
            model.remove(&Uuid::from_u128(n));
        }
        assert!(set.iter().eq(&model));
        for n in 0..10 {
            assert_eq!(set.contains(Uuid::from_u128(n)), model.contains(&Uuid::from_u128(n)), "{n}");
        }
        let text = serde_json::to_string(&set).unwrap();
        assert_eq!(text, serde_json::to_string(&model).unwrap(), "as snapshots have it");
        assert_eq!(serde_json::from_str::<IdSet>(&text).unwrap(), set);
        assert_eq!(
            IdSet::from_iter([9, 3, 9].map(Uuid::from_u128)),
            IdSet::from_iter([3, 9].map(Uuid::from_u128))
        );
    }
}
