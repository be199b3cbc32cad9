//! What a room is about: how it is read, and as which entities it is told.

use eventstore::Unavailable;
use kernel::{OrgId, ProjectId};
use projections::board::{Board, BoardAnswer, CardAnswer};
use projections::task_graph::{TaskGraph, TaskGraphAnswer};
use projections::{Projection, ReadModels};
use serde::Serialize;

use super::picture::{Seen, entity};

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Board(ProjectId),
    Graph(ProjectId),
}

impl Subject {
    /// Whether it may look different after an event of this kind of aggregate.
    pub(super) fn reads(self, aggregate_type: &str) -> bool {
        match self {
            Self::Board(_) => Board::READS.contains(&aggregate_type),
            Self::Graph(_) => TaskGraph::READS.contains(&aggregate_type),
        }
    }

    /// How far the read model is.
    pub(super) async fn position(self, read_models: &ReadModels) -> Result<i64, Unavailable> {
        match self {
            Self::Board(_) => read_models.position::<Board>().await,
            Self::Graph(_) => read_models.position::<TaskGraph>().await,
        }
    }

    /// Everything there is to see, and up to which position; `None` without such a project.
    pub(super) async fn read(
        self,
        org: OrgId,
        read_models: &ReadModels,
    ) -> Result<Option<Seen>, Unavailable> {
        Ok(match self {
            Self::Board(project) => {
                read_models.board(org, project).await?.map(|board| of_board(project, &board))
            }
            Self::Graph(project) => {
                read_models.task_graph(org, project).await?.map(|graph| of_graph(project, &graph))
            }
        })
    }
}

fn of_board(project: ProjectId, board: &BoardAnswer) -> Seen {
    #[derive(Serialize)]
    struct Column<'a> {
        id: &'a str,
        title: &'a str,
        phases: &'a [vocabulary::Phase],
        wip_limit: Option<u32>,
    }
    #[derive(Serialize)]
    struct Card<'a> {
        column: &'a str,
        #[serde(flatten)]
        card: &'a CardAnswer,
    }
    let columns: Vec<Column<'_>> = board
        .columns
        .iter()
        .map(|column| Column {
            id: column.id.as_str(),
            title: column.title.as_str(),
            phases: &column.phases,
            wip_limit: column.wip_limit,
        })
        .collect();
    let whole = serde_json::json!({ "stale": board.stale, "columns": columns });
    let mut entities = vec![entity("board", project.to_string(), &whole)];
    for column in &board.columns {
        let cards = column.cards.iter().map(|card| Card { column: column.id.as_str(), card });
        entities.extend(cards.map(|card| entity("card", card.card.id.to_string(), &card)));
    }
    Seen { position: board.position, entities }
}

fn of_graph(project: ProjectId, graph: &TaskGraphAnswer) -> Seen {
    let whole = serde_json::json!({ "stale": graph.stale, "critical_path": graph.critical_path });
    let mut entities = vec![entity("graph", project.to_string(), &whole)];
    entities.extend(graph.nodes.iter().map(|node| entity("node", node.id.to_string(), node)));
    let edges = graph.edges.iter().map(|edge| entity("edge", format!("{}>{}", edge.from, edge.to), edge));
    entities.extend(edges);
    Seen { position: graph.position, entities }
}
