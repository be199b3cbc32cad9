//! The total table: every state with every command.

use kernel::Decider as _;

use super::*;

/// One of each command; on an open ticket with a task and a pending approval all but `Create`, `Plan` and `Unblock`
/// are legal.
fn commands() -> Vec<Command> {
    let phase = Phase::Implementation;
    vec![
        create_in(phase),
        planned(),
        Command::Refine { title: Some(name("Bills")), description: None, priority: None },
        Command::AttachTask { task: task(2), number: task_number(2), phase },
        Command::DetachTask { task: task(1) },
        note(1, TaskOutcome::Failed),
        move_to(Phase::Design),
        Command::Advance { gates: Gates::default() },
        Command::RequestApproval { phase: None },
        Command::GrantApproval { phase, by: ADA },
        Command::RejectApproval { phase, by: ADA, reason: reason("no") },
        Command::Block { reason: reason("no budget"), by: ADA },
        Command::Unblock { by: ADA },
        Command::Reorder { rank: rank("i") },
        Command::Comment { comment: COMMENT, text: text("Fine."), by: ADA },
        Command::LinkCommit { sha: sha(), url: None },
        Command::LinkPullRequest { number: NonZeroU32::MIN, url: url("pull/1") },
        Command::AddDependency { on: OTHER },
        Command::RemoveDependency { on: OTHER },
        Command::Cancel { reason: None },
        Command::Revise(Box::new(Revision { title: Some(name("Bills")), ..Revision::default() })),
    ]
}

/// A state and the codes of [`commands`] in their order; nothing where a command is legal.
type Row = (Vec<Event>, [&'static str; 21]);

#[rustfmt::skip]
fn table() -> [Row; 5] {
    let open = vec![created(), attached(1, Phase::Implementation), requested(Phase::Implementation)];
    let blocked = then(&open, &[blocked()]);
    let completed = then(&open, &[entered(Phase::Implementation, Phase::Done), Event::Completed]);
    let cancelled = then(&open, &[cancelled()]);
    const NONE: &str = "not_found";
    const HAVE: &str = "already_exists";
    const DONE: &str = "completed";
    const GONE: &str = "cancelled";
    [
        (vec![], ["", "", NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
                  NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE]),
        (open, [HAVE, HAVE, "", "", "", "", "", "", "", "", "",
                "", "not_blocked", "", "", "", "", "", "", "", ""]),
        (blocked, [HAVE, HAVE, "", "", "", "", "blocked", "", "", "", "",
                   "blocked", "", "", "", "", "", "", "", "", ""]),
        (completed, [HAVE, HAVE, DONE, DONE, DONE, "", "", "", DONE, DONE, DONE,
                     DONE, DONE, "", "", "", "", DONE, DONE, DONE, DONE]),
        (cancelled, [HAVE, HAVE, GONE, GONE, GONE, "", GONE, GONE, GONE, GONE, GONE,
                     GONE, GONE, GONE, "", "", "", GONE, GONE, GONE, GONE]),
    ]
}

#[test]
fn every_illegal_pair_of_state_and_command_is_refused_for_what_is_so() {
    let (mut legal, mut illegal) = (0, 0);
    for (history, codes) in table() {
        for (command, code) in commands().into_iter().zip(codes) {
            if code.is_empty() {
                let decision = ticket(&history).decide(command.clone());
                assert!(decision.is_ok(), "{command:?} after {history:?}: {decision:?}");
                legal += 1;
            } else {
                given::<Ticket>(&history).when(command).then_rejected(code);
                illegal += 1;
            }
        }
    }
    // Absent takes 2 commands, open 18, blocked 17, completed 7, cancelled 4.
    assert_eq!(legal, 2 + 18 + 17 + 7 + 4);
    assert_eq!(illegal, 5 * 21 - legal);
}

#[test]
fn the_possible_verbs_are_those_that_are_not_refused() {
    let verb = |command: &Command| match command {
        Command::Refine { .. } => Some("refine"),
        Command::Move { .. } => Some("move"),
        Command::RequestApproval { .. } => Some("request-approval"),
        Command::GrantApproval { .. } => Some("grant-approval"),
        Command::RejectApproval { .. } => Some("reject-approval"),
        Command::Block { .. } => Some("block"),
        Command::Unblock { .. } => Some("unblock"),
        Command::Reorder { .. } => Some("reorder"),
        Command::Comment { .. } => Some("comment"),
        Command::AddDependency { .. } => Some("depend"),
        Command::RemoveDependency { .. } => Some("undepend"),
        Command::Cancel { .. } => Some("cancel"),
        // What processes and other systems report, and what brings the ticket into being.
        Command::Create { .. }
        | Command::AttachTask { .. }
        | Command::DetachTask { .. }
        | Command::NoteTaskOutcome { .. }
        | Command::Advance { .. }
        | Command::LinkCommit { .. }
        | Command::LinkPullRequest { .. }
        | Command::Revise(_)
        | Command::Plan(_) => None,
    };
    for (history, codes) in table() {
        let ticket = ticket(&history);
        let possible = ticket.possible();
        for (command, code) in commands().into_iter().zip(codes) {
            let Some(verb) = verb(&command) else { continue };
            // A success that changes nothing is no offer.
            let changes = code.is_empty() && ticket.decide(command).is_ok_and(|events| !events.is_empty());
            assert_eq!(possible.contains(&verb), changes, "{verb} when {}", ticket.status_name());
        }
    }
}

#[test]
fn a_refusal_says_what_is_possible_instead() {
    let refusals = [
        (Rejection::Completed, "move it back"),
        (Rejection::Cancelled, "comments and links"),
        (Rejection::Blocked { reason: reason("no budget") }, "no budget; unblock it first"),
        (Rejection::NoWorkInDone, "choose an earlier phase"),
        (Rejection::UnknownTask { task: task(1) }, "attach it first"),
        (Rejection::NoApprovalPending { phase: Phase::Design }, "of design is pending; request it first"),
    ];
    for (refusal, hint) in refusals {
        assert!(refusal.to_string().contains(hint), "{refusal}");
    }
}
