//! Pictures that were drawn lately. Where nodes stand is a pure function of nodes and edges, and most graphs that are
//! read still have the nodes and edges they had when they were read before.

use std::sync::Arc;

use kernel::{OrgId, ProjectId};
use quick_cache::sync::Cache;

use super::graph::{Edge, Graph, Node};
use super::layout::{Place, layout};

/// Projects whose last picture is kept.
const KEPT: usize = 64;

/// A picture, and all that it was drawn from.
#[derive(Debug)]
pub(super) struct Drawing {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// The nodes and edges by number.
    pub graph: Graph,
    /// Where the nodes stand, by number.
    pub places: Vec<Place>,
}

impl Drawing {
    /// Draws it.
    pub(super) fn new(nodes: Vec<Node>, edges: Vec<Edge>) -> Self {
        let graph = Graph::new(nodes.clone(), &edges);
        let places = layout(&graph);
        Self { nodes, edges, graph, places }
    }
}

/// The last picture of each project that was looked at lately.
#[derive(Debug)]
pub(crate) struct Drawings(Cache<(OrgId, ProjectId), Arc<Drawing>>);

impl Default for Drawings {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

impl Drawings {
    /// The picture of these nodes and edges. The project only says where to look: what is found there counts when
    /// it was drawn from the very same, so it is never the picture of anything else.
    pub(super) fn picture(
        &self,
        project: (OrgId, ProjectId),
        nodes: Vec<Node>,
        edges: Vec<Edge>,
    ) -> Arc<Drawing> {
        let is_of_these = |drawing: &Arc<Drawing>| drawing.nodes == nodes && drawing.edges == edges;
        if let Some(drawing) = self.0.get(&project).filter(is_of_these) {
            return drawing;
        }
        let drawing = Arc::new(Drawing::new(nodes, edges));
        self.0.insert(project, drawing.clone());
        drawing
    }
}

#[cfg(test)]
mod tests {
    use kernel::Uuid;

    use super::*;

    const BILLING: (OrgId, ProjectId) = (OrgId(Uuid::from_u128(1)), ProjectId(Uuid::from_u128(2)));
    const OF_ANOTHER: (OrgId, ProjectId) = (OrgId(Uuid::from_u128(3)), ProjectId(Uuid::from_u128(2)));

    fn node(number: u8) -> Node {
        Node { first_position: number.into(), id: Uuid::from_u128(number.into()) }
    }

    fn edge(from: u8, to: u8, position: i64) -> Edge {
        Edge { from: node(from).id, to: node(to).id, position }
    }

    #[test]
    fn a_graph_that_is_unchanged_is_not_drawn_again_and_a_changed_one_is() {
        let drawings = Drawings::default();
        let nodes = || vec![node(1), node(2), node(3)];
        let edges = || vec![edge(1, 2, 4), edge(1, 3, 5)];
        let first = drawings.picture(BILLING, nodes(), edges());
        let again = drawings.picture(BILLING, nodes(), edges());
        assert!(Arc::ptr_eq(&first, &again));

        let mut last = again;
        for (nodes, edges) in [
            (vec![node(1), node(2), node(3), node(4)], edges()),
            (vec![node(1), node(2), node(4)], edges()),
            (nodes(), vec![edge(1, 2, 4)]),
            (nodes(), vec![edge(1, 2, 4), edge(2, 3, 5)]),
            // The same places, added in another order: that may be drawn otherwise.
            (nodes(), vec![edge(1, 2, 5), edge(1, 3, 4)]),
        ] {
            let drawn = drawings.picture(BILLING, nodes.clone(), edges.clone());
            assert!(!Arc::ptr_eq(&drawn, &last));
            assert_eq!(drawn.places, Drawing::new(nodes, edges).places);
            last = drawn;
        }
    }

    #[test]
    fn another_tenant_has_its_own() {
        let drawings = Drawings::default();
        let ours = drawings.picture(BILLING, vec![node(1)], Vec::new());
        let theirs = drawings.picture(OF_ANOTHER, vec![node(1)], Vec::new());
        assert!(!Arc::ptr_eq(&ours, &theirs));
        assert!(Arc::ptr_eq(&ours, &drawings.picture(BILLING, vec![node(1)], Vec::new())));
    }

    #[test]
    fn only_the_recent_ones_are_kept() {
        let drawings = Drawings::default();
        for project in 0..1_000 {
            drawings.picture((BILLING.0, ProjectId(Uuid::from_u128(project))), vec![node(1)], Vec::new());
        }
        assert!(drawings.0.len() <= KEPT, "{}", drawings.0.len());
    }
}
