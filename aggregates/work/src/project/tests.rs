use kernel::{Decider as _, EventKind as _, given};
use serde_json::json;
use vocabulary::{BranchName, Column, CommandLine, Criterion, Phase, RepositoryPlace};

use super::*;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn created() -> Event {
    Event::Created { name: name("Billing"), slug: slug("billing"), description: None }
}

fn create() -> Command {
    Command::Create { name: name("Billing"), slug: slug("billing"), description: None }
}

fn rename(to: &str) -> Command {
    Command::Rename { name: name(to) }
}

/// Every setting at once.
fn changes() -> Changes {
    Changes {
        max_concurrent_runs: Some(ConcurrentRuns::new(8).unwrap()),
        agent: Some(DefaultAgent::Profile { name: name("careful") }),
        verify: Some(VerifyCommands::new(vec![CommandLine::new("make test").unwrap()]).unwrap()),
        hosts: Some(AllowedHosts::new(vec![AllowedHost::new("*.npmjs.org").unwrap()]).unwrap()),
    }
}

/// The whole board as one column.
fn board() -> Board {
    let phases = Phase::ALL.to_vec();
    Board::new(vec![Column { id: slug("all"), title: name("All"), phases, wip_limit: None }]).unwrap()
}

fn gates() -> Gates {
    Gates::new([(Phase::Testing, vec![Criterion::TasksDone, Criterion::Approval])].into()).unwrap()
}

fn place() -> RepositoryPlace {
    RepositoryPlace::new("https://git.example.org/acme/billing.git").unwrap()
}

fn link(branch: Option<&str>) -> Command {
    Command::LinkRepository { place: place(), branch: branch.map(|name| BranchName::new(name).unwrap()) }
}

fn linked(branch: Option<&str>) -> Event {
    Event::RepositoryLinked { place: place(), branch: branch.map(|name| BranchName::new(name).unwrap()) }
}

/// An order to change something of a project that is as it was created, with the event it causes.
fn change_requests() -> [(Command, Event); 7] {
    [
        (rename("Invoices"), Event::Renamed { name: name("Invoices") }),
        (
            Command::Describe { description: Some(text("Money in.")) },
            Event::Described { description: Some(text("Money in.")) },
        ),
        (Command::SetSettings { changes: changes() }, Event::SettingsChanged(changes())),
        (Command::ConfigureBoard { board: board() }, Event::BoardConfigured { columns: board() }),
        (Command::ConfigureGates { gates: gates() }, Event::GatesConfigured { gates: gates() }),
        (Command::SetAutonomy { on: true }, Event::AutonomyChanged { on: true }),
        (link(Some("main")), linked(Some("main"))),
    ]
}

fn project(history: &[Event]) -> Project {
    given::<Project>(history).state().clone()
}

#[test]
fn a_project_is_created_with_its_name_and_slug() {
    given::<Project>(&[]).when(create()).then(&[created()]);
    let (name, slug, description) = (name("Billing"), slug("billing"), Some(text("Money in.\nAnd out.")));
    given::<Project>(&[])
        .when(Command::Create { name: name.clone(), slug: slug.clone(), description: description.clone() })
        .then(&[Event::Created { name, slug, description }]);
}

#[test]
fn a_created_project_has_the_default_board_and_starts_nothing_by_itself() {
    let profile = project(&[created()]).profile().cloned().unwrap();
    assert_eq!((profile.board, profile.gates), (Board::default(), Gates::default()));
    assert_eq!(profile.settings, Settings::default());
    assert!(!profile.autonomy);
}

#[test]
fn an_active_project_is_changed_in_each_respect() {
    for (command, event) in change_requests() {
        given::<Project>(&[created()]).when(command).then(std::slice::from_ref(&event));
        assert_ne!(project(&[created(), event]), project(&[created()]));
    }
    let history: Vec<_> = [created()].into_iter().chain(change_requests().map(|(_, event)| event)).collect();
    let profile = Profile {
        name: name("Invoices"),
        slug: slug("billing"),
        description: Some(text("Money in.")),
        settings: Settings {
            max_concurrent_runs: ConcurrentRuns::new(8).unwrap(),
            agent: Some(name("careful")),
            verify: changes().verify.unwrap(),
            hosts: changes().hosts.unwrap(),
        },
        board: board(),
        gates: gates(),
        autonomy: true,
        repository: Some(Repository { place: place(), branch: Some(BranchName::new("main").unwrap()) }),
    };
    assert_eq!(project(&history), Project::Active(profile));
}

#[test]
fn what_is_so_already_changes_nothing() {
    for (command, event) in change_requests() {
        given::<Project>(&[created(), event]).when(command).then(&[]);
    }
    let as_created = [
        rename("  Billing "),
        Command::Describe { description: None },
        Command::SetSettings { changes: Changes::default() },
        Command::SetSettings { changes: Changes { agent: Some(DefaultAgent::None), ..Changes::default() } },
        Command::ConfigureBoard { board: Board::default() },
        Command::ConfigureGates { gates: Gates::default() },
        Command::SetAutonomy { on: false },
        Command::UnlinkRepository,
    ];
    for command in as_created {
        given::<Project>(&[created()]).when(command).then(&[]);
    }
}

#[test]
fn only_the_settings_that_differ_are_news() {
    let other = Changes { max_concurrent_runs: Some(ConcurrentRuns::default()), ..changes() };
    let news = Changes { max_concurrent_runs: Some(ConcurrentRuns::default()), ..Changes::default() };
    given::<Project>(&[created(), Event::SettingsChanged(changes())])
        .when(Command::SetSettings { changes: other })
        .then(&[Event::SettingsChanged(news)]);
}

#[test]
fn the_default_agent_and_the_description_can_be_taken_away() {
    let no_agent = Changes { agent: Some(DefaultAgent::None), ..Changes::default() };
    let history = [created(), Event::SettingsChanged(changes())];
    given::<Project>(&history)
        .when(Command::SetSettings { changes: no_agent.clone() })
        .then(&[Event::SettingsChanged(no_agent.clone())]);
    let [created, changed] = history;
    let profile = project(&[created, changed, Event::SettingsChanged(no_agent)]).profile().cloned().unwrap();
    assert_eq!((profile.settings.agent, profile.settings.max_concurrent_runs.get()), (None, 8));

    let described = Event::Described { description: Some(text("Money in.")) };
    given::<Project>(&[self::created(), described])
        .when(Command::Describe { description: None })
        .then(&[Event::Described { description: None }]);
}

#[test]
fn a_repository_is_linked_in_place_of_another_and_unlinked() {
    let history = [created(), linked(Some("main"))];
    given::<Project>(&history).when(link(None)).then(&[linked(None)]);
    given::<Project>(&history).when(Command::UnlinkRepository).then(&[Event::RepositoryUnlinked]);
    let [created, linked] = history;
    assert_eq!(project(&[created.clone(), linked, Event::RepositoryUnlinked]), project(&[created]));
}

/// What was stored before a project could have a repository.
#[test]
fn a_snapshot_without_a_repository_is_read_as_such() {
    let mut snapshot = serde_json::to_value(project(&[created(), linked(None)])).unwrap();
    snapshot.as_object_mut().unwrap().remove("repository").expect("it was there");
    assert_eq!(serde_json::from_value::<Project>(snapshot).unwrap(), project(&[created()]));
}

#[test]
fn a_project_is_archived_and_restored_as_it_was() {
    given::<Project>(&[created()]).when(Command::Archive).then(&[Event::Archived]);
    given::<Project>(&[created(), Event::Archived]).when(Command::Restore).then(&[Event::Restored]);

    assert_eq!(project(&[created(), Event::Archived, Event::Restored]), project(&[created()]));
}

#[test]
fn every_illegal_pair_of_state_and_command_is_refused_for_what_is_so() {
    let absent: &[Event] = &[];
    let active = &[created()][..];
    let archived = &[created(), Event::Archived][..];
    let mut illegal = vec![
        (absent, Command::Archive, "not_found"),
        (absent, Command::Restore, "not_found"),
        (active, create(), "already_exists"),
        (active, Command::Restore, "not_archived"),
        (archived, create(), "already_exists"),
        (archived, Command::Archive, "archived"),
    ];
    for (command, _) in change_requests() {
        illegal.push((absent, command.clone(), "not_found"));
        illegal.push((archived, command, "archived"));
    }
    illegal.push((absent, Command::UnlinkRepository, "not_found"));
    illegal.push((archived, Command::UnlinkRepository, "archived"));
    // Of 3 states x 11 commands 11 pairs are legal.
    assert_eq!(illegal.len(), 3 * 11 - 11);
    // That it would change nothing is no excuse.
    illegal.push((archived, rename("Billing"), "archived"));
    for (history, command, code) in illegal {
        given::<Project>(history).when(command).then_rejected(code);
    }
}

#[test]
fn any_event_may_follow_any_other() {
    let mut events = vec![created(), Event::Archived, Event::Restored, Event::RepositoryUnlinked];
    events.extend(change_requests().map(|(_, event)| event));
    let mut histories: Vec<Vec<Event>> = vec![Vec::new()];
    for _ in 0..4 {
        let longer = histories.iter().flat_map(|history| {
            events.iter().map(|event| history.iter().cloned().chain([event.clone()]).collect())
        });
        histories = longer.collect();
    }
    assert_eq!(histories.len(), 11 * 11 * 11 * 11);
    for history in histories {
        let exists = history.contains(&created());
        assert_eq!(project(&history) != Project::Absent, exists, "{history:?}");
    }
}

#[test]
fn a_snapshot_reads_back_as_the_same_state() {
    let changed: Vec<_> = [created()].into_iter().chain(change_requests().map(|(_, event)| event)).collect();
    for history in [&[][..], &[created()], &[created(), Event::Archived], &changed] {
        let state = project(history);
        let snapshot = serde_json::to_value(&state).unwrap();
        assert_eq!(serde_json::from_value::<Project>(snapshot).unwrap(), state);
    }
}

#[test]
fn the_stored_payload_is_the_fields_and_the_type() {
    let stored = [
        (created(), json!({"$type": "project.created", "name": "Billing", "slug": "billing"})),
        (Event::Renamed { name: name("Invoices") }, json!({"$type": "project.renamed", "name": "Invoices"})),
        (
            Event::Described { description: Some(text("Money in.")) },
            json!({"$type": "project.described", "description": "Money in."}),
        ),
        (
            Event::SettingsChanged(changes()),
            json!({
                "$type": "project.settings_changed",
                "max_concurrent_runs": 8,
                "agent": {"kind": "profile", "name": "careful"},
                "verify": ["make test"],
                "hosts": ["*.npmjs.org"],
            }),
        ),
        (
            Event::BoardConfigured { columns: board() },
            json!({
                "$type": "project.board_configured",
                "columns": [{"id": "all", "title": "All", "phases": Phase::ALL}],
            }),
        ),
        (
            Event::GatesConfigured { gates: gates() },
            json!({
                "$type": "project.gates_configured",
                "gates": {"testing": [{"kind": "tasks_done"}, {"kind": "approval"}]},
            }),
        ),
        (Event::AutonomyChanged { on: true }, json!({"$type": "project.autonomy_changed", "on": true})),
        (
            linked(Some("main")),
            json!({
                "$type": "project.repository_linked",
                "place": "https://git.example.org/acme/billing.git",
                "branch": "main",
            }),
        ),
        (Event::RepositoryUnlinked, json!({"$type": "project.repository_unlinked"})),
        (Event::Archived, json!({"$type": "project.archived"})),
        (Event::Restored, json!({"$type": "project.restored"})),
    ];
    for (event, payload) in &stored {
        assert_eq!(serde_json::to_value(event).unwrap(), *payload);
        assert_eq!(serde_json::from_value::<Event>(payload.clone()).unwrap(), *event);
        assert_eq!(payload["$type"], event.event_type());
        assert_eq!(event.schema_version(), 1);
    }
    let types: Vec<_> =
        stored.iter().map(|(event, _)| (event.event_type(), event.schema_version())).collect();
    assert_eq!(types, Event::TYPES);
}

#[test]
fn what_is_left_out_of_a_payload_is_none() {
    let (name, slug, description) = (name("Billing"), slug("billing"), Some(text("Money in.")));
    let stored = [
        (
            Event::Created { name, slug, description },
            json!({"$type": "project.created", "name": "Billing", "slug": "billing", "description": "Money in."}),
        ),
        (Event::Described { description: None }, json!({"$type": "project.described"})),
        (
            linked(None),
            json!({"$type": "project.repository_linked", "place": "https://git.example.org/acme/billing.git"}),
        ),
        (
            Event::SettingsChanged(Changes { agent: Some(DefaultAgent::None), ..Changes::default() }),
            json!({"$type": "project.settings_changed", "agent": {"kind": "none"}}),
        ),
    ];
    for (event, payload) in stored {
        assert_eq!(serde_json::to_value(&event).unwrap(), payload);
        assert_eq!(serde_json::from_value::<Event>(payload).unwrap(), event);
    }
}

#[test]
fn a_payload_with_a_hostile_name_is_not_an_event() {
    let payload = json!({"$type": "project.renamed", "name": "a\u{0}b"});
    assert!(serde_json::from_value::<Event>(payload).is_err());
}

#[test]
fn every_type_belongs_to_the_aggregate() {
    for (event_type, _) in Event::TYPES {
        assert_eq!(event_type.split('.').next(), Some(Project::TYPE));
    }
}
