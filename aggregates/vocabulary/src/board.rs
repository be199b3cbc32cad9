//! The columns in which a project shows its tickets.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Name, Phase, Slug};

/// A column: the tickets of one or several phases in a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Column {
    /// Its part of addresses; unique on the board.
    pub id: Slug,
    /// What people call it.
    pub title: Name,
    /// The phases it shows, in order.
    pub phases: Vec<Phase>,
    /// How many tickets it takes from people who move them; without one, any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wip_limit: Option<NonZeroU32>,
}

/// The columns from left to right: together they hold every phase exactly once, in the order of phases.
/// No column is empty, so there are 1 to 7.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<Column>", into = "Vec<Column>")]
#[schemars(inline)]
pub struct Board(Vec<Column>);

/// Why some columns are no [`Board`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBoard {
    /// A column that could never show a ticket.
    #[error("the column {column} has no phase; give it one, or leave it out")]
    EmptyColumn {
        /// The column.
        column: Slug,
    },
    /// Two columns with one id.
    #[error("two columns have the id {column}")]
    DuplicateColumn {
        /// Their id.
        column: Slug,
    },
    /// A phase that stands in two columns, or before one that precedes it.
    #[error("{phase} is out of place in the column {column}: columns hold the phases in order, each once")]
    PhaseOutOfPlace {
        /// The column.
        column: Slug,
        /// The phase.
        phase: Phase,
    },
    /// A phase whose tickets would be nowhere.
    #[error("the phase {phase} is in no column")]
    MissingPhase {
        /// The phase.
        phase: Phase,
    },
}

impl Board {
    /// Checks `columns`, left to right.
    ///
    /// # Errors
    /// [`InvalidBoard`] names the first column or phase that breaks a rule.
    pub fn new(columns: Vec<Column>) -> Result<Self, InvalidBoard> {
        check_columns(&columns)?;
        check_phases(&columns)?;
        Ok(Self(columns))
    }

    /// The columns, left to right.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.0
    }

    /// The column that shows the tickets of `phase`.
    #[must_use]
    pub fn column_of(&self, phase: Phase) -> &Column {
        let shows = |column: &&Column| column.phases.contains(&phase);
        self.0.iter().find(shows).expect("every phase is in a column: checked in new")
    }
}

fn check_columns(columns: &[Column]) -> Result<(), InvalidBoard> {
    let mut ids = BTreeSet::new();
    for column in columns {
        if column.phases.is_empty() {
            return Err(InvalidBoard::EmptyColumn { column: column.id.clone() });
        }
        if !ids.insert(&column.id) {
            return Err(InvalidBoard::DuplicateColumn { column: column.id.clone() });
        }
    }
    Ok(())
}

fn check_phases(columns: &[Column]) -> Result<(), InvalidBoard> {
    let shown = |phase: &Phase| columns.iter().any(|column| column.phases.contains(phase));
    if let Some(phase) = Phase::ALL.iter().copied().find(|phase| !shown(phase)) {
        return Err(InvalidBoard::MissingPhase { phase });
    }
    let mut order = Phase::ALL.iter().copied();
    for column in columns {
        if let Some(&phase) = column.phases.iter().find(|phase| order.next() != Some(**phase)) {
            return Err(InvalidBoard::PhaseOutOfPlace { column: column.id.clone(), phase });
        }
    }
    Ok(())
}

impl Default for Board {
    /// Six columns; the limits are those of the domain's page: design 5, implementation 10, testing 8,
    /// deployment 3.
    fn default() -> Self {
        Self(vec![
            column("Backlog", &[Phase::Backlog], None),
            column("Design", &[Phase::Requirements, Phase::Design], NonZeroU32::new(5)),
            column("Implementation", &[Phase::Implementation], NonZeroU32::new(10)),
            column("Testing", &[Phase::Testing], NonZeroU32::new(8)),
            column("Deployment", &[Phase::Deployment], NonZeroU32::new(3)),
            column("Done", &[Phase::Done], None),
        ])
    }
}

fn column(title: &str, phases: &[Phase], wip_limit: Option<NonZeroU32>) -> Column {
    let title = Name::new(title).expect("a literal that is a name");
    let id = Slug::from_name(&title).expect("a literal with letters");
    Column { id, title, phases: phases.to_vec(), wip_limit }
}

impl TryFrom<Vec<Column>> for Board {
    type Error = InvalidBoard;

    fn try_from(columns: Vec<Column>) -> Result<Self, Self::Error> {
        Self::new(columns)
    }
}

impl From<Board> for Vec<Column> {
    fn from(board: Board) -> Self {
        board.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn slug(text: &str) -> Slug {
        Slug::new(text).unwrap()
    }

    /// The columns of a board with these phases.
    fn columns(of: &[&[Phase]]) -> Vec<Column> {
        of.iter().enumerate().map(|(index, phases)| column(&format!("c{index}"), phases, None)).collect()
    }

    #[test]
    fn the_default_board_shows_every_phase_in_six_columns() {
        let board = Board::default();
        assert_eq!(Board::new(board.columns().to_vec()), Ok(board.clone()));
        let ids: Vec<_> = board.columns().iter().map(|column| column.id.as_str()).collect();
        assert_eq!(ids, ["backlog", "design", "implementation", "testing", "deployment", "done"]);
        let limits: Vec<_> =
            board.columns().iter().map(|column| column.wip_limit.map(NonZeroU32::get)).collect();
        assert_eq!(limits, [None, Some(5), Some(10), Some(8), Some(3), None]);
    }

    #[test]
    fn every_phase_has_its_column() {
        let board = Board::default();
        for phase in Phase::ALL.iter().copied() {
            assert!(board.column_of(phase).phases.contains(&phase));
        }
        assert_eq!(board.column_of(Phase::Requirements).id, slug("design"));
    }

    #[test]
    fn a_board_has_one_to_seven_columns() {
        let all: Vec<Phase> = Phase::ALL.to_vec();
        assert!(Board::new(columns(&[&all])).is_ok());
        let one_each: Vec<&[Phase]> = all.chunks(1).collect();
        assert!(Board::new(columns(&one_each)).is_ok());
        assert_eq!(Board::new(Vec::new()), Err(InvalidBoard::MissingPhase { phase: Phase::Backlog }));
    }

    #[test]
    fn a_column_without_a_phase_is_refused() {
        let all: Vec<Phase> = Phase::ALL.to_vec();
        let refused = InvalidBoard::EmptyColumn { column: slug("c1") };
        assert_eq!(Board::new(columns(&[&all, &[]])), Err(refused));
    }

    #[test]
    fn an_id_stands_once_on_a_board() {
        let mut twins = Board::default().columns().to_vec();
        twins[3].id = slug("design");
        assert_eq!(Board::new(twins), Err(InvalidBoard::DuplicateColumn { column: slug("design") }));
    }

    #[test]
    fn a_phase_without_a_column_is_named() {
        let mut columns = Board::default().columns().to_vec();
        columns.remove(3);
        assert_eq!(Board::new(columns), Err(InvalidBoard::MissingPhase { phase: Phase::Testing }));
    }

    #[test]
    fn phases_stand_in_order_and_once() {
        let mut swapped = Board::default().columns().to_vec();
        swapped.swap(2, 3);
        let testing = InvalidBoard::PhaseOutOfPlace { column: slug("testing"), phase: Phase::Testing };
        assert_eq!(Board::new(swapped), Err(testing));

        let mut twice = Board::default().columns().to_vec();
        twice[5].phases.push(Phase::Done);
        let done = InvalidBoard::PhaseOutOfPlace { column: slug("done"), phase: Phase::Done };
        assert_eq!(Board::new(twice), Err(done));
    }

    #[test]
    fn a_board_is_a_list_of_columns_on_the_wire() {
        let wire = serde_json::to_value(Board::default()).unwrap();
        assert_eq!(wire[0], json!({"id": "backlog", "title": "Backlog", "phases": ["backlog"]}));
        assert_eq!(
            wire[1],
            json!({"id": "design", "title": "Design", "phases": ["requirements", "design"], "wip_limit": 5})
        );
        assert_eq!(serde_json::from_value::<Board>(wire).unwrap(), Board::default());
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        let refused = serde_json::from_value::<Board>(json!([])).unwrap_err();
        assert!(refused.to_string().contains("in no column"), "{refused}");
        let mut zero = serde_json::to_value(Board::default()).unwrap();
        zero[1]["wip_limit"] = json!(0);
        assert!(serde_json::from_value::<Board>(zero).is_err());
    }
}
