use vocabulary::{
    Board, BranchName, CommandLine, Criterion, EvidenceLevel, Gates, Name, Phase, RepositoryPlace, Slug, Text,
};
use work::project::{
    AllowedHost, AllowedHosts, Changes, Command, ConcurrentRuns, DefaultAgent, Event, Project, VerifyCommands,
};

use super::super::event::{self, Lane, Registration};
use super::Published;

pub(super) fn events() -> Published {
    let registered =
        |event_type, history, command| Registration { event_type, history, command, lane: Lane::Events };

    event::of::<Project>(vec![
        registered("project.created", vec![], create()),
        registered("project.renamed", vec![created()], Command::Rename { name: name("Invoices & usage") }),
        registered(
            "project.described",
            vec![created()],
            Command::Describe { description: Some(text("Money in, money out.")) },
        ),
        registered("project.settings_changed", vec![created()], Command::SetSettings { changes: changes() }),
        registered("project.board_configured", vec![created()], Command::ConfigureBoard { board: board() }),
        registered("project.gates_configured", vec![created()], Command::ConfigureGates { gates: gates() }),
        registered("project.autonomy_changed", vec![created()], Command::SetAutonomy { on: true }),
        registered("project.repository_linked", vec![created()], link()),
        registered(
            "project.repository_unlinked",
            vec![created(), Event::RepositoryLinked { place: place(), branch: None }],
            Command::UnlinkRepository,
        ),
        registered("project.archived", vec![created()], Command::Archive),
        registered("project.restored", vec![created(), Event::Archived], Command::Restore),
    ])
}

fn create() -> Command {
    Command::Create { name: name("Billing"), slug: slug("billing"), description: None }
}

fn created() -> Event {
    Event::Created { name: name("Billing"), slug: slug("billing"), description: None }
}

fn link() -> Command {
    let main = BranchName::new("main").expect("a literal that is a line");
    Command::LinkRepository { place: place(), branch: Some(main) }
}

fn place() -> RepositoryPlace {
    RepositoryPlace::new("https://git.example.org/acme/billing.git").expect("a literal that is a place")
}

fn changes() -> Changes {
    let host = AllowedHost::new("registry.npmjs.org").expect("a literal that is a host");
    let make = CommandLine::new("make test").expect("a literal that is a line");
    Changes {
        max_concurrent_runs: Some(ConcurrentRuns::new(8).expect("a literal within the limits")),
        agent: Some(DefaultAgent::Profile { name: name("careful") }),
        verify: Some(VerifyCommands::new(vec![make]).expect("one is not too many")),
        hosts: Some(AllowedHosts::new(vec![host]).expect("one is not too many")),
    }
}

/// The default board, its first column called otherwise.
fn board() -> Board {
    let mut columns = Board::default().columns().to_vec();
    columns[0].title = name("Ideas");
    Board::new(columns).expect("a title may be any name")
}

fn gates() -> Gates {
    let verified = Criterion::Evidence { level: EvidenceLevel::Verified };
    let criteria = vec![Criterion::TasksDone, verified, Criterion::Approval];
    Gates::new([(Phase::Testing, criteria)].into()).expect("three different criteria")
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a literal that is a name")
}

fn slug(text: &str) -> Slug {
    Slug::new(text).expect("a literal that is a slug")
}

fn text(text: &str) -> Text {
    Text::new(text).expect("a literal that is a text")
}
