use execution::repository::{self, of_place};
use vocabulary::{Name, Reason, RepositoryPlace, Slug};
use work::project::Event;

use super::*;
use crate::testing::{Folded, PROJECT as PROJECT_ID};

#[test]
fn a_project_is_shown_as_its_events_made_it() {
    let name = |text| Name::new(text).unwrap();
    let slug = Slug::new("billing").unwrap();
    let place = RepositoryPlace::new("/srv/billing").unwrap();
    let mut folded = Folded::<Projects>::default();
    for event in [
        Event::Created { name: name("Billing"), slug, description: None },
        Event::Renamed { name: name("Payments") },
        Event::AutonomyChanged { on: true },
        Event::RepositoryLinked { place: place.clone(), branch: None },
        Event::Archived,
    ] {
        folded.append(PROJECT_ID, Project::TYPE, Fact::Project(event));
    }
    let row = folded.answer().rows.remove(0);
    assert_eq!(row.position, 5);
    let shown = row.row.answer(ProjectId(PROJECT_ID)).expect("it exists");
    assert_eq!((shown.name, shown.slug.to_string()), (name("Payments"), "billing".to_owned()));
    assert_eq!((shown.status, shown.autonomy), ("archived", true));
    let health = Health::Linked;
    assert_eq!(shown.repository, Some(RepositoryAnswer { url: place, branch: None, health }));
}

#[test]
fn what_is_known_of_its_repository_stands_beside_it_and_changes_nothing_of_the_project() {
    let place = |path: &str| RepositoryPlace::new(path).unwrap();
    let broken = |why: &str| repository::Event::SyncFailed { reason: Reason::new(why).unwrap() };
    let of = |path: &str| of_place(ProjectId(PROJECT_ID), &place(path));
    let name = Name::new("Billing").unwrap();
    let slug = Slug::new("billing").unwrap();
    let linked = |path: &str| Event::RepositoryLinked { place: place(path), branch: None };
    let mut folded = Folded::<Projects>::default();
    for event in [Event::Created { name, slug, description: None }, linked("/a"), linked("/b")] {
        folded.append(PROJECT_ID, Project::TYPE, Fact::Project(event));
    }
    let version = folded.answer().rows.remove(0).row.version;
    let broken_since = |why: &str, at| Health::Broken {
        reason: Reason::new(why).unwrap(),
        since: Timestamp::from_micros(at),
    };
    for (path, at, fact, expected) in [
        ("/b", 1, repository::Event::Linked { place: place("/b"), branch: None }, Health::Linked),
        ("/b", 10, broken("gone"), broken_since("gone", 10)),
        ("/a", 20, repository::Event::Repaired, broken_since("gone", 10)),
        ("/b", 30, broken("refused"), broken_since("refused", 10)),
        ("/b", 40, repository::Event::Repaired, Health::Linked),
        ("/a", 50, broken("gone"), Health::Linked),
        ("/b", 60, broken("gone"), broken_since("gone", 60)),
    ] {
        folded.at = Timestamp::from_micros(at);
        folded.append(of(path), "repository", Fact::Repository(fact));
        let row = folded.answer().rows.remove(0).row;
        assert_eq!((&row.repository, row.version), (&expected, version), "{path} at {at}");
    }
    folded.append(PROJECT_ID, Project::TYPE, Fact::Project(linked("/b")));
    assert_eq!(folded.answer().rows.remove(0).row.repository, Health::Linked, "it was read");
}
