//! What a board or a graph looks like, and since when: by that, whoever has been told of an earlier picture is told what changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// Removed entities that are remembered; whoever has not heard of an older one is told everything.
const REMEMBERED: usize = 1000;

/// Kind and id.
pub(super) type Name = (&'static str, String);

/// What a read showed.
pub(super) struct Seen {
    pub(super) position: i64,
    pub(super) entities: Vec<(Name, Box<RawValue>)>,
}

/// An entity of this kind.
pub(super) fn entity(kind: &'static str, id: String, value: &impl Serialize) -> (Name, Box<RawValue>) {
    ((kind, id), to_raw_value(value).expect("an answer becomes JSON"))
}

/// What is so now, and since when.
#[derive(Debug)]
pub(super) struct Picture {
    /// Whoever has everything up to here needs to be told only what changed.
    pub(super) base: i64,
    pub(super) position: i64,
    entities: BTreeMap<Name, (i64, Arc<RawValue>)>,
    removed: BTreeMap<Name, i64>,
}

impl Picture {
    pub(super) fn first(seen: Seen) -> Self {
        let position = seen.position;
        let entities =
            seen.entities.into_iter().map(|(name, value)| (name, (position, value.into()))).collect();
        Self { base: position, position, entities, removed: BTreeMap::new() }
    }

    /// The picture after this one; what did not change keeps its position.
    pub(super) fn then(&self, seen: Seen) -> Self {
        let position = seen.position;
        let removed = self.removed.clone();
        let mut next = Self { base: self.base, position, entities: BTreeMap::new(), removed };
        for (name, value) in seen.entities {
            let entity = match self.entities.get(&name) {
                Some((since, before)) if before.get() == value.get() => (*since, before.clone()),
                _ => (position, value.into()),
            };
            next.removed.remove(&name);
            next.entities.insert(name, entity);
        }
        for name in self.entities.keys().filter(|name| !next.entities.contains_key(*name)) {
            next.removed.insert(name.clone(), position);
        }
        while next.removed.len() > REMEMBERED {
            let Some(oldest) = next.removed.iter().min_by_key(|(_, position)| **position) else { break };
            let (name, position) = (oldest.0.clone(), *oldest.1);
            next.removed.remove(&name);
            next.base = next.base.max(position);
        }
        next
    }

    /// Whether anything changed or went after a position.
    pub(super) fn differs_since(&self, position: i64) -> bool {
        self.changed_after(position).next().is_some() || self.removed_after(position).next().is_some()
    }

    /// The entities that changed after a position, with the position since which they are so.
    pub(super) fn changed_after(&self, position: i64) -> impl Iterator<Item = (&str, &str, i64, &RawValue)> {
        self.entities
            .iter()
            .filter(move |(_, (since, _))| *since > position)
            .map(|((kind, id), (since, value))| (*kind, id.as_str(), *since, &**value))
    }

    /// The entities that went after a position.
    pub(super) fn removed_after(&self, position: i64) -> impl Iterator<Item = (&str, &str)> {
        let gone = self.removed.iter().filter(move |(_, since)| **since > position);
        gone.map(|((kind, id), _)| (*kind, id.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(position: i64, cards: &[(&str, u32)]) -> Seen {
        let entities = cards.iter().map(|(id, value)| entity("card", (*id).to_owned(), value)).collect();
        Seen { position, entities }
    }

    fn changed(picture: &Picture, position: i64) -> Vec<(&str, i64, &str)> {
        picture.changed_after(position).map(|(_, id, since, value)| (id, since, value.get())).collect()
    }

    #[test]
    fn what_did_not_change_keeps_its_position() {
        let first = Picture::first(seen(10, &[("a", 1), ("b", 1)]));
        let next = first.then(seen(15, &[("a", 1), ("b", 2), ("c", 1)]));
        assert_eq!(changed(&next, 10), [("b", 15, "2"), ("c", 15, "1")]);
        assert_eq!(changed(&next, -1).len(), 3);
        assert_eq!((next.base, next.position), (10, 15));
        assert_eq!(changed(&next, 15), []);
    }

    #[test]
    fn what_is_gone_is_told_of_until_it_is_back() {
        let first = Picture::first(seen(10, &[("a", 1), ("b", 1)]));
        let without = first.then(seen(15, &[("a", 1)]));
        assert_eq!(without.removed_after(10).collect::<Vec<_>>(), [("card", "b")]);
        assert_eq!(without.removed_after(15).count(), 0);
        let back = without.then(seen(20, &[("a", 1), ("b", 1)]));
        assert_eq!(back.removed_after(10).count(), 0);
        assert_eq!(changed(&back, 10), [("b", 20, "1")]);
    }

    #[test]
    fn what_went_long_ago_is_forgotten_and_the_base_says_so() {
        let ids: Vec<String> = (0..=REMEMBERED).map(|n| n.to_string()).collect();
        let all: Vec<(&str, u32)> = ids.iter().map(|id| (id.as_str(), 1)).collect();
        let mut picture = Picture::first(seen(1, &all));
        for gone in 1..=all.len() {
            picture = picture.then(seen(1 + i64::try_from(gone).unwrap(), &all[gone..]));
        }
        assert_eq!(picture.removed.len(), REMEMBERED);
        assert_eq!(picture.base, 2, "the first one that went is forgotten");
    }
}
