use kernel::{ActorId, Uuid};
use vocabulary::{Reason, Slug, TaskNumber};
use work::ticket::TaskOutcome;

use super::answer::render;
use super::*;
use crate::testing::{Folded, PROJECT};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A log about one project, and its board.
#[derive(Default)]
struct Log(Folded<Board>);

impl Log {
    fn project(&mut self, event: project::Event) {
        self.0.append(PROJECT, "project", Fact::Project(event));
    }

    fn ticket(&mut self, id: u128, event: ticket::Event) {
        self.0.append(Uuid::from_u128(id), "ticket", Fact::Ticket(event));
    }

    fn answer(&self) -> Option<BoardAnswer> {
        render(self.0.answer())
    }
}

fn with_project() -> Log {
    let mut log = Log::default();
    let slug = Slug::new("billing").unwrap();
    log.project(project::Event::Created { name: name("Billing"), slug, description: None });
    log
}

fn created(number: u32, phase: Phase) -> ticket::Event {
    ticket::Event::Created {
        number: TicketNumber::new(number).unwrap(),
        title: name("Send invoices"),
        description: None,
        priority: Priority::High,
        phase,
        spec: None,
    }
}

fn cards(board: &BoardAnswer) -> Vec<(&str, Vec<String>)> {
    let numbers = |column: &ColumnAnswer| column.cards.iter().map(|card| card.number.to_string()).collect();
    board
        .columns
        .iter()
        .filter(|column| !column.cards.is_empty())
        .map(|column| (column.id.as_str(), numbers(column)))
        .collect()
}

#[test]
fn without_a_project_there_is_no_board() {
    assert_eq!(Log::default().answer(), None);
}

#[test]
fn a_new_project_has_the_default_columns_and_no_card() {
    let board = with_project().answer().unwrap();
    let columns: Vec<_> = board.columns.iter().map(|column| (column.id.as_str(), column.wip_limit)).collect();
    let expected = [
        ("backlog", None),
        ("design", Some(5)),
        ("implementation", Some(10)),
        ("testing", Some(8)),
        ("deployment", Some(3)),
        ("done", None),
    ];
    assert_eq!(columns, expected);
    assert_eq!(cards(&board), []);
}

#[test]
fn a_ticket_is_a_card_in_the_column_of_its_phase() {
    let mut log = with_project();
    log.ticket(10, created(1, Phase::Backlog));
    log.ticket(11, created(2, Phase::Design));
    log.ticket(12, created(3, Phase::Requirements));
    let by = Some(ActorId::default());
    let entered = |from, to| ticket::Event::PhaseEntered { from, to, forced: false, by };
    assert_eq!(
        cards(&log.answer().unwrap()),
        [("backlog", vec!["TKT-001".into()]), ("design", vec!["TKT-002".into(), "TKT-003".into()])]
    );
    log.ticket(10, entered(Phase::Backlog, Phase::Done));
    assert_eq!(cards(&log.answer().unwrap())[1], ("done", vec!["TKT-001".into()]));
}

#[test]
fn cards_stand_by_rank_and_those_without_one_follow_by_number() {
    let mut log = with_project();
    for number in 1..=4 {
        log.ticket(u128::from(number) + 10, created(number, Phase::Backlog));
    }
    log.ticket(14, ticket::Event::Reordered { rank: "b".parse().unwrap() });
    log.ticket(13, ticket::Event::Reordered { rank: "m".parse().unwrap() });
    let order = ["TKT-004", "TKT-003", "TKT-001", "TKT-002"].map(String::from).to_vec();
    assert_eq!(cards(&log.answer().unwrap()), [("backlog", order)]);
}

#[test]
fn a_card_counts_its_tasks_without_the_cancelled() {
    let mut log = with_project();
    log.ticket(10, created(1, Phase::Backlog));
    for task in 1..=4_u32 {
        let number = TaskNumber::new(task).unwrap();
        let id = TaskId(Uuid::from_u128(u128::from(task)));
        log.ticket(10, ticket::Event::TaskAttached { task: id, number, phase: Phase::Backlog });
    }
    let noted = |task, outcome| ticket::Event::TaskOutcomeNoted {
        task: TaskId(Uuid::from_u128(task)),
        outcome,
        evidence: None,
    };
    log.ticket(10, noted(1, TaskOutcome::Completed));
    log.ticket(10, noted(2, TaskOutcome::Failed));
    log.ticket(10, noted(3, TaskOutcome::Cancelled));
    let card = &log.answer().unwrap().columns[0].cards[0];
    assert_eq!(card.tasks, TaskCounts { total: 3, completed: 1, failed: 1 });
    assert_eq!(card.position, log.0.position);
    log.ticket(10, ticket::Event::TaskDetached { task: TaskId(Uuid::from_u128(4)) });
    assert_eq!(log.answer().unwrap().columns[0].cards[0].tasks.total, 2);
}

#[test]
fn a_blocked_card_says_why_and_a_cancelled_one_is_gone() {
    let mut log = with_project();
    log.ticket(10, created(1, Phase::Testing));
    let (by, reason) = (ActorId::default(), Reason::new("no test account").unwrap());
    log.ticket(10, ticket::Event::Blocked { reason, by });
    let blocked = |log: &Log| log.answer().unwrap().columns[3].cards[0].blocked.clone();
    assert_eq!(blocked(&log), Some("no test account".into()));
    log.ticket(10, ticket::Event::Unblocked { by });
    assert_eq!(blocked(&log), None);
    log.ticket(10, ticket::Event::Cancelled { reason: None });
    assert_eq!(cards(&log.answer().unwrap()), []);
}

#[test]
fn another_configuration_shows_the_same_cards_in_other_columns() {
    let mut log = with_project();
    log.ticket(10, created(1, Phase::Testing));
    let one = vocabulary::Column {
        id: Slug::new("all").unwrap(),
        title: name("All"),
        phases: Phase::ALL.to_vec(),
        wip_limit: None,
    };
    let columns = vocabulary::Board::new(vec![one]).unwrap();
    log.project(project::Event::BoardConfigured { columns });
    assert_eq!(cards(&log.answer().unwrap()), [("all", vec!["TKT-001".into()])]);
}

#[test]
fn a_row_reads_back_as_it_was_written() {
    let mut log = with_project();
    log.ticket(10, created(1, Phase::Testing));
    for (_, row) in log.0.rows.values() {
        let text = serde_json::to_string(row).unwrap();
        assert_eq!(serde_json::from_str::<Option<BoardRow>>(&text).unwrap(), *row);
    }
}
