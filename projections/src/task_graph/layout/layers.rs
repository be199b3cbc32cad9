//! Which layer a node belongs to.

use crate::task_graph::graph::Graph;

/// The layers of the nodes, by number: 0 without a prerequisite, else one after the last prerequisite (the
/// longest path from the sources). Work graphs have no cycles; a node on one would get some layer.
pub(in crate::task_graph) fn layers(graph: &Graph) -> Vec<usize> {
    let mut layers = vec![0; graph.nodes.len()];
    let mut waiting: Vec<usize> = graph.prerequisites.iter().map(Vec::len).collect();
    let mut free: Vec<usize> = (0..layers.len()).filter(|node| waiting[*node] == 0).collect();
    while let Some(node) = free.pop() {
        for &dependant in &graph.dependants[node] {
            layers[dependant] = layers[dependant].max(layers[node] + 1);
            waiting[dependant] -= 1;
            if waiting[dependant] == 0 {
                free.push(dependant);
            }
        }
    }
    layers
}
