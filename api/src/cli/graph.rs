//! `omoi graph`: what waits for what, layer by layer.

use std::{collections::BTreeMap, process::ExitCode};

use kernel::Uuid;
use serde::Deserialize;

use super::client::{Line, Span, faint, plain, rows, strong};
use super::of_project::{OfProject, standing};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Everything in a layer can be done at the same time, once the layers above it are done. `*` marks \
the critical path: what decides when all is done.\nExample: omoi graph billing"
)]
pub(crate) struct Args {
    #[command(flatten)]
    of: OfProject,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    args.of.show("graph", lines).await
}

/// The answer of `GET /projects/{id}/graph`.
#[derive(Debug, Deserialize)]
struct Graph {
    position: i64,
    stale: Option<i64>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    critical_path: Vec<Uuid>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: Uuid,
    number: String,
    title: String,
    status: String,
    x: usize,
    y: usize,
    hours: Option<f64>,
    critical: bool,
}

#[derive(Debug, Deserialize)]
struct Edge {
    from: Uuid,
    to: Uuid,
}

fn lines(mut graph: Graph) -> Vec<Line> {
    graph.nodes.sort_by_key(|node| (node.x, node.y));
    let numbers: BTreeMap<Uuid, &str> =
        graph.nodes.iter().map(|node| (node.id, node.number.as_str())).collect();
    let named = |id: &Uuid| numbers.get(id).copied().unwrap_or("?");
    let mut lines = Vec::new();
    for layer in graph.nodes.chunk_by(|a, b| a.x == b.x) {
        lines.push(vec![strong(format!("Layer {}", layer[0].x))]);
        let before = |node: &Node| -> Vec<&str> {
            graph.edges.iter().filter(|edge| edge.to == node.id).map(|edge| named(&edge.from)).collect()
        };
        lines.extend(rows(2, layer.iter().map(|node| row(node, &before(node))).collect()));
    }
    if lines.is_empty() {
        lines.push(vec![plain("There is no task yet; `omoi task create` plans one.")]);
    }
    if !graph.critical_path.is_empty() {
        let path: Vec<&str> = graph.critical_path.iter().map(named).collect();
        lines.push(vec![plain("* critical path: "), strong(path.join(" -> "))]);
    }
    lines.push(standing(graph.position, graph.stale));
    lines
}

fn row(node: &Node, before: &[&str]) -> Vec<Span> {
    let hours = node.hours.map_or(faint("-"), |hours| plain(format!("{hours} h")));
    let mark = if node.critical { strong("*") } else { plain(" ") };
    let mut row = vec![mark, strong(&node.number), plain(&node.title), plain(&node.status), hours];
    if !before.is_empty() {
        row.push(faint(format!("after {}", before.join(", "))));
    }
    row
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::client::shown_plain;

    #[test]
    fn a_graph_is_read_layer_by_layer() {
        let id = |n: u128| Uuid::from_u128(n);
        let node = |n: u128, x: usize, y: usize, hours: Option<f64>, critical: bool| {
            json!({
                "id": id(n), "kind": "task", "number": format!("TSK-00{n}"), "title": "Do it", "status": "ready",
                "x": x, "y": y, "hours": hours, "critical": critical,
            })
        };
        let graph = json!({
            "position": 7, "stale": null, "critical_path": [id(1), id(3)],
            "nodes": [node(1, 0, 1, Some(1.5), true), node(2, 0, 0, None, false), node(3, 1, 0, None, true)],
            "edges": [{ "from": id(1), "to": id(3), "kind": "task" }, { "from": id(2), "to": id(3), "kind": "task" }],
        });
        assert_eq!(
            shown_plain(&lines(serde_json::from_value(graph).unwrap())),
            [
                "Layer 0",
                "     TSK-002  Do it  ready  -",
                "  *  TSK-001  Do it  ready  1.5 h",
                "Layer 1",
                "  *  TSK-003  Do it  ready  -  after TSK-001, TSK-002",
                "* critical path: TSK-001 -> TSK-003",
                "as of position 7",
            ]
        );
    }
}
