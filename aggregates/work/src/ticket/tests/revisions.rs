//! Another version of its plan says something else of a ticket.

use super::*;

fn revise(revision: Revision) -> Command {
    Command::Revise(Box::new(revision))
}

fn with_task(number: u32) -> Revision {
    Revision { attached: vec![(task(number), task_number(number))], ..Revision::default() }
}

#[test]
fn all_that_changes_comes_at_once_and_what_is_so_is_no_news() {
    let history = [created(), attached(1, Phase::Implementation), Event::DependencyAdded { on: OTHER }];
    let revision = Revision {
        title: Some(name("Bills")),
        attached: vec![(task(1), task_number(1)), (task(2), task_number(2))],
        detached: [task(1), task(9)].into(),
        no_longer_after: [OTHER].into(),
        after: [TicketId(Uuid::from_u128(5))].into(),
        ..Revision::default()
    };
    let events = [
        Event::Refined { title: Some(name("Bills")), description: None, priority: None },
        attached(2, Phase::Implementation),
        Event::TaskDetached { task: task(1) },
        Event::DependencyAdded { on: TicketId(Uuid::from_u128(5)) },
        Event::DependencyRemoved { on: OTHER },
    ];
    given::<Ticket>(&history).when(revise(revision.clone())).then(&events);
    let detached = Revision { attached: vec![(task(2), task_number(2))], ..revision };
    given::<Ticket>(&then(&history, &events)).when(revise(detached)).then(&[]);
}

#[test]
fn new_work_takes_a_ticket_back_and_opens_it_again() {
    let in_testing = [created(), entered(Phase::Implementation, Phase::Testing)];
    let back = |from| advanced(from, Phase::Implementation);
    let news = |from| [back(from), attached(2, Phase::Implementation)];
    given::<Ticket>(&in_testing).when(revise(with_task(2))).then(&news(Phase::Testing));
    given::<Ticket>(&finished()).when(revise(with_task(2))).then(&news(Phase::Done));
    let open = ticket(&then(&finished(), &news(Phase::Done)));
    assert!(matches!(open, Ticket::Open(_)) && open.status_name() == "implementation");
    given::<Ticket>(&[create_in_backlog()])
        .when(revise(with_task(2)))
        .then(&[attached(2, Phase::Implementation)]);
}

fn create_in_backlog() -> Event {
    created_in(Phase::Backlog)
}

#[test]
fn what_is_over_is_not_said_otherwise() {
    let other = || Revision { title: Some(name("Bills")), ..Revision::default() };
    given::<Ticket>(&finished()).when(revise(other())).then_rejected("completed");
    let same = Revision { title: Some(name("Invoices")), ..Revision::default() };
    given::<Ticket>(&finished()).when(revise(same)).then(&[]);
    for revision in [other(), with_task(2)] {
        given::<Ticket>(&[created(), cancelled()]).when(revise(revision)).then_rejected("cancelled");
    }
    given::<Ticket>(&[]).when(revise(other())).then_rejected("not_found");
}
