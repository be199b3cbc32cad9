//! What a ticket holds back is not chosen, and takes no place; when the ticket lets it go, it is.

use kernel::Timestamp;
use projections::ReadModels;
use projections::projects::Projects;
use projections::ready_queue::ReadyQueue;
use projections::task_graph::TaskGraph;
use vocabulary::{Name, Phase};

use crate::support::TestDb;
use crate::tables::{fill, serve};
use crate::tickets::{Stands, TicketCase};
use crate::world::{KNOWN, ProjectCase};

#[tokio::test]
async fn a_task_is_chosen_when_its_ticket_lets_it_go() {
    let db = TestDb::new().await;
    let mut admin = db.admin().await;
    serve(&mut admin, &["ready_queue", "projects", "task_graph"]).await;
    let read_models = ReadModels::new(&db.store());
    let agents = KNOWN.map(|agent| Name::new(agent).unwrap());
    let free = TicketCase::free();
    let own = |own| TicketCase { own, ..TicketCase::free() };
    let behind = |others: &[Stands]| TicketCase { others: others.to_vec(), ..TicketCase::free() };
    let of = |task, own| TicketCase { task, own, others: Vec::new() };
    use Stands::{Blocked, Cancelled, Completed, MovedBack, Open, OpenAgain, Unblocked};
    for (held, let_go) in [
        (own(Blocked), own(Unblocked)),
        (own(Cancelled), own(Open)),
        (behind(&[Open]), behind(&[Completed])),
        (behind(&[Completed, Blocked]), behind(&[Completed, Completed])),
        (behind(&[OpenAgain]), behind(&[Completed])),
        (behind(&[Cancelled]), free),
        (of(Phase::Testing, Open), of(Phase::Testing, Completed)),
        (of(Phase::Implementation, MovedBack), of(Phase::Design, MovedBack)),
        (of(Phase::Done, OpenAgain), of(Phase::Backlog, OpenAgain)),
    ] {
        // One place, and a task that matters less and is held back by nothing.
        let mut chosen = Vec::new();
        for case in [&held, &let_go] {
            let (told, _) = ProjectCase::with_two_tasks(case).story(0, Timestamp::default());
            fill::<Projects>(&mut admin, &told).await;
            fill::<TaskGraph>(&mut admin, &told).await;
            fill::<ReadyQueue>(&mut admin, &told).await;
            let found = read_models.ready(&agents, 10).await.unwrap();
            chosen.push(found.iter().map(|one| one.terms.priority.as_str()).collect::<Vec<_>>());
        }
        assert_eq!(chosen, [["low"], ["critical"]], "{held:?}, then {let_go:?}");
    }
}
