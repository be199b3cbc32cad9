use kernel::{EventKind as _, given};

use super::*;

const RUN: RunId = RunId(Uuid::from_u128(7));

fn place() -> RepositoryPlace {
    RepositoryPlace::new("/srv/billing").unwrap()
}

fn branch(name: &str) -> BranchName {
    BranchName::new(name).unwrap()
}

fn commit(digit: char) -> CommitId {
    CommitId::new(&digit.to_string().repeat(40)).unwrap()
}

fn reason(text: &str) -> Reason {
    Reason::new(text).unwrap()
}

fn link(name: Option<&str>) -> Command {
    Command::Link { place: place(), branch: name.map(branch) }
}

fn linked(name: Option<&str>) -> Event {
    Event::Linked { place: place(), branch: name.map(branch) }
}

fn fail(why: &str) -> Command {
    Command::NoteFailure { reason: reason(why) }
}

fn failed(why: &str) -> Event {
    Event::SyncFailed { reason: reason(why) }
}

fn pushed(digit: char) -> Pushed {
    Pushed { branch: branch("omoi/TSK-001-parse"), run: RUN, commit: commit(digit) }
}

fn push(digit: char, base: Option<char>) -> Command {
    Command::NotePush { pushed: pushed(digit), base: base.map(commit) }
}

#[test]
fn a_repository_begins_when_it_is_linked() {
    given::<Repository>(&[]).when(link(None)).then(&[linked(None)]);
    for command in [Command::Unlink, push('b', None), fail("gone"), Command::NoteRead] {
        given::<Repository>(&[]).when(command).then_rejected("not_found");
    }
    given::<Repository>(&[linked(None)]).when(link(None)).then(&[]);
    given::<Repository>(&[linked(None)]).when(link(Some("next"))).then(&[linked(Some("next"))]);
}

#[test]
fn failures_in_a_row_are_one_state_with_the_newest_reason() {
    let broken = [linked(None), failed("gone")];
    given::<Repository>(&broken[..1]).when(fail("gone")).then(&[failed("gone")]);
    given::<Repository>(&broken).when(fail("gone")).then(&[]);
    given::<Repository>(&broken).when(fail("refused")).then(&[failed("refused")]);
    let state = given::<Repository>(&[linked(None), failed("gone"), failed("refused")]).state().clone();
    let Repository::Known { status, .. } = state else { panic!("{state:?}") };
    assert_eq!(status, Status::Broken { reason: reason("refused") });
}

#[test]
fn whoever_reads_it_again_or_links_it_again_has_repaired_it() {
    let broken = [linked(None), failed("gone")];
    given::<Repository>(&broken).when(Command::NoteRead).then(&[Event::Repaired]);
    given::<Repository>(&broken).when(link(None)).then(&[linked(None)]);
    let repaired = [linked(None), failed("gone"), Event::Repaired];
    given::<Repository>(&repaired).when(Command::NoteRead).then(&[]);
    given::<Repository>(&repaired).when(fail("gone")).then(&[failed("gone")]);
}

#[test]
fn what_is_not_linked_cannot_be_broken_and_goes_on_when_it_is_linked_again() {
    for before in [vec![linked(None)], vec![linked(None), failed("gone")]] {
        given::<Repository>(&before).when(Command::Unlink).then(&[Event::Unlinked]);
        let unlinked = [before, vec![Event::Unlinked]].concat();
        for nothing in [Command::Unlink, fail("gone"), Command::NoteRead] {
            given::<Repository>(&unlinked).when(nothing).then(&[]);
        }
        given::<Repository>(&unlinked).when(link(None)).then(&[linked(None)]);
    }
}

#[test]
fn a_push_is_told_once_and_a_branch_when_it_is_new() {
    let created = Event::BranchCreated { branch: branch("omoi/TSK-001-parse"), run: RUN, base: commit('a') };
    let told = |digit| Event::CommitPushed(pushed(digit));
    given::<Repository>(&[linked(None)]).when(push('b', Some('a'))).then(&[created.clone(), told('b')]);
    for history in [
        vec![linked(None), created.clone(), told('b')],
        vec![linked(None), created.clone(), told('b'), failed("gone")],
        vec![linked(None), created, told('b'), Event::Unlinked, linked(None), Event::Unlinked],
    ] {
        given::<Repository>(&history).when(push('b', Some('a'))).then(&[]);
        given::<Repository>(&history).when(push('c', None)).then(&[told('c')]);
    }
}

#[test]
fn a_place_of_a_project_has_one_stream() {
    let project = |id| ProjectId(Uuid::from_u128(id));
    assert_eq!(of_place(project(1), &place()), of_place(project(1), &place()));
    assert_ne!(of_place(project(1), &place()), of_place(project(2), &place()));
    let other = RepositoryPlace::new("/srv/billing2").unwrap();
    assert_ne!(of_place(project(1), &place()), of_place(project(1), &other));
}

#[test]
fn state_events_and_commands_survive_json() {
    let created = Event::BranchCreated { branch: branch("omoi/TSK-001-parse"), run: RUN, base: commit('a') };
    let told = Event::CommitPushed(pushed('b'));
    let history = [linked(Some("next")), created, told, failed("gone"), Event::Repaired, Event::Unlinked];
    for (until, event) in history.iter().enumerate() {
        let state = given::<Repository>(&history[..=until]).state().clone();
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<Repository>(&text).unwrap(), state);
        let json = serde_json::to_value(event).unwrap();
        assert_eq!(json["$type"], event.event_type());
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), *event);
    }
    for command in
        [link(Some("next")), Command::Unlink, push('b', Some('a')), fail("gone"), Command::NoteRead]
    {
        let text = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), command);
    }
    // What follows on nothing changes nothing.
    assert_eq!(*given::<Repository>(&[Event::Repaired]).state(), Repository::Absent);
}
