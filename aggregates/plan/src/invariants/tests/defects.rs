//! Faults planted in any valid plan.

use proptest::sample::Index;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Defect {
    TaskCycle,
    TicketCycle,
    RequirementCycle,
    WaitsForItself,
    ContradictingOrder,
    DanglingRequirement,
    DanglingTaskOfTicket,
    DanglingBlockedBy,
    DanglingTicketBlocks,
    DanglingParent,
    DanglingDependsOn,
    DanglingBlocks,
    DanglingTicketRequirement,
    DanglingLink,
    DanglingCriterion,
    DanglingComponent,
    UncoveredRequirement,
    UncoveredComponent,
    DuplicateRequirement,
    DuplicateTicket,
    DuplicateTask,
    DuplicateComponent,
    InvalidRequirementId,
    InvalidTicketId,
    InvalidTaskId,
    TicketlessTask,
    UnlistedTask,
    TaskOfTwoTickets,
    EmptyTicket,
    Effort(Option<f64>),
}

const DEFECTS: &[Defect] = &[
    Defect::TaskCycle,
    Defect::TicketCycle,
    Defect::RequirementCycle,
    Defect::WaitsForItself,
    Defect::ContradictingOrder,
    Defect::DanglingRequirement,
    Defect::DanglingTaskOfTicket,
    Defect::DanglingBlockedBy,
    Defect::DanglingTicketBlocks,
    Defect::DanglingParent,
    Defect::DanglingDependsOn,
    Defect::DanglingBlocks,
    Defect::DanglingTicketRequirement,
    Defect::DanglingLink,
    Defect::DanglingCriterion,
    Defect::DanglingComponent,
    Defect::UncoveredRequirement,
    Defect::UncoveredComponent,
    Defect::DuplicateRequirement,
    Defect::DuplicateTicket,
    Defect::DuplicateTask,
    Defect::DuplicateComponent,
    Defect::InvalidRequirementId,
    Defect::InvalidTicketId,
    Defect::InvalidTaskId,
    Defect::TicketlessTask,
    Defect::UnlistedTask,
    Defect::TaskOfTwoTickets,
    Defect::EmptyTicket,
    Defect::Effort(None),
    Defect::Effort(Some(0.0)),
    Defect::Effort(Some(-1.0)),
    Defect::Effort(Some(f64::NAN)),
    Defect::Effort(Some(f64::INFINITY)),
    Defect::Effort(Some(10_001.0)),
];

/// Plants it at an entry of the plan; answers the code it is refused by, or nothing where the plan is too small for it.
fn plant(plan: &mut Plan, defect: Defect, at: Index) -> Option<&'static str> {
    let all = &mut plan.requirements.requirements;
    let components = &mut plan.design.as_mut()?.components;
    let Tasks { tickets, tasks, .. } = &mut plan.tasks;
    let requirement = at.index(all.len());
    let (ticket, task) = (at.index(tickets.len()), at.index(tasks.len()));
    let other_task = (task + 1) % tasks.len();
    let other_ticket = (ticket + 1) % tickets.len();
    let other_requirement = (requirement + 1) % all.len();
    Some(match defect {
        Defect::TaskCycle => {
            // Written on both sides, so that it takes both to see the circle.
            let other = tasks[other_task].id.clone();
            tasks[task].dependencies.depends_on.push(other.clone());
            tasks[task].dependencies.blocks.push(other);
            code::CYCLE
        }
        Defect::TicketCycle => {
            let (one, other) = (tickets[ticket].id.clone(), tickets[other_ticket].id.clone());
            tickets[ticket].dependencies.blocked_by.push(other);
            tickets[other_ticket].dependencies.blocked_by.push(one);
            code::CYCLE
        }
        Defect::RequirementCycle => {
            let (one, other) = (all[requirement].id.clone(), all[other_requirement].id.clone());
            all[requirement].dependencies.push(other);
            all[other_requirement].dependencies.push(one);
            code::CYCLE
        }
        Defect::WaitsForItself => {
            let id = tasks[task].id.clone();
            tasks[task].dependencies.depends_on.push(id);
            code::CYCLE
        }
        Defect::ContradictingOrder => {
            tasks.iter_mut().for_each(|task| task.dependencies = Default::default());
            tickets.iter_mut().for_each(|ticket| ticket.dependencies = Default::default());
            let (one, other) = (tickets[ticket].id.clone(), tickets[other_ticket].id.clone());
            if one == other {
                return None;
            }
            let earlier = tasks.iter().find(|task| task.parent_ticket == one)?.id.clone();
            let later = tasks.iter_mut().find(|task| task.parent_ticket == other)?;
            later.dependencies.depends_on.push(earlier);
            tickets[ticket].dependencies.blocked_by.push(other);
            code::CONTRADICTING_ORDER
        }
        Defect::DanglingRequirement => dangling(&mut all[requirement].dependencies, "REQ-X-FUNC-001"),
        Defect::DanglingTaskOfTicket => dangling(&mut tickets[ticket].tasks, "TSK-9999"),
        Defect::DanglingBlockedBy => dangling(&mut tickets[ticket].dependencies.blocked_by, "TKT-9999"),
        Defect::DanglingTicketBlocks => dangling(&mut tickets[ticket].dependencies.blocks, "TKT-9999"),
        Defect::DanglingParent => {
            tasks[task].parent_ticket = "TKT-9999".to_owned();
            code::DANGLING_REFERENCE
        }
        Defect::DanglingDependsOn => dangling(&mut tasks[task].dependencies.depends_on, "TSK-9999"),
        Defect::DanglingBlocks => dangling(&mut tasks[task].dependencies.blocks, "TSK-9999"),
        Defect::DanglingTicketRequirement => dangling(&mut tickets[ticket].requirements, "REQ-X-FUNC-001"),
        Defect::DanglingLink => dangling(&mut tasks[task].requirements_addressed, "REQ-X-FUNC-001"),
        Defect::DanglingCriterion => {
            let beyond = all[requirement].acceptance_criteria.len() + 1;
            let link = format!("{}.{beyond}", all[requirement].id);
            dangling(&mut tasks[task].requirements_addressed, &link)
        }
        Defect::DanglingComponent => dangling(&mut tasks[task].components, "Nothing"),
        Defect::UncoveredRequirement => {
            let id = all[requirement].id.clone();
            let links = tasks.iter_mut().map(|task| &mut task.requirements_addressed);
            links.for_each(|links| links.retain(|link| !link.starts_with(&id)));
            code::UNCOVERED_REQUIREMENT
        }
        Defect::UncoveredComponent => {
            let name = components.get(at.index(components.len().max(1)))?.name.clone();
            tasks.iter_mut().for_each(|task| task.components.retain(|component| *component != name));
            code::UNCOVERED_COMPONENT
        }
        Defect::DuplicateRequirement => duplicate(all, requirement),
        Defect::DuplicateTicket => duplicate(tickets, ticket),
        Defect::DuplicateTask => duplicate(tasks, task),
        Defect::DuplicateComponent if components.is_empty() => return None,
        Defect::DuplicateComponent => duplicate(components, 0),
        Defect::InvalidRequirementId => {
            all[requirement].id = "REQ-001".to_owned();
            code::INVALID_ID
        }
        Defect::InvalidTicketId => {
            tickets[ticket].id = "TICKET-001".to_owned();
            code::INVALID_ID
        }
        Defect::InvalidTaskId => {
            tasks[task].id = "TASK-001".to_owned();
            code::INVALID_ID
        }
        Defect::TicketlessTask => {
            tasks[task].parent_ticket.clear();
            code::TICKETLESS_TASK
        }
        Defect::UnlistedTask => {
            let id = tasks[task].id.clone();
            tickets.iter_mut().for_each(|ticket| ticket.tasks.retain(|task| *task != id));
            code::MEMBERSHIP_MISMATCH
        }
        Defect::TaskOfTwoTickets => {
            let id = tasks[task].id.clone();
            tickets.iter_mut().find(|ticket| !ticket.tasks.contains(&id))?.tasks.push(id);
            code::MEMBERSHIP_MISMATCH
        }
        Defect::EmptyTicket => {
            tickets.push(crate::phases::PlannedTicket {
                id: "TKT-9999".to_owned(),
                title: "Nothing".to_owned(),
                ..Default::default()
            });
            code::EMPTY_TICKET
        }
        Defect::Effort(hours) => {
            tasks[task].estimated_hours = hours;
            code::INVALID_EFFORT
        }
    })
}

fn dangling(list: &mut Vec<String>, name: &str) -> &'static str {
    list.push(name.to_owned());
    code::DANGLING_REFERENCE
}

fn duplicate<T: Clone>(list: &mut Vec<T>, at: usize) -> &'static str {
    list.push(list[at].clone());
    code::DUPLICATE_ID
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_fault_is_refused_by_its_code(plan in valid_plan(), at in any::<Index>()) {
        let mut planted = 0;
        for defect in DEFECTS {
            let mut plan = plan.clone();
            let Some(code) = plant(&mut plan, *defect, at) else { continue };
            planted += 1;
            let found = vetoes(&plan, Writer::Model);
            prop_assert!(found.iter().any(|found| found == code), "{:?} is not refused by {}: {:?}", defect, code, found);
        }
        // Only a plan of one ticket or without components is too small for some of them.
        prop_assert!(planted >= DEFECTS.len() - 4);
    }
}
