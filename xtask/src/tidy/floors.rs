//! The floors of the house: an arrow between our crates points down, or it does not exist.

use super::tree::Crate;

/// A crate of the house, built or still to come.
struct Place {
    name: &'static str,
    floor: u8,
    /// The crates of ours that its product code may use.
    may_use: &'static [&'static str],
}

const fn place(name: &'static str, floor: u8, may_use: &'static [&'static str]) -> Place {
    Place { name, floor, may_use }
}

/// The same table as in docs/ARCHITECTURE.md.
#[rustfmt::skip]
const HOUSE: &[Place] = &[
    place("api",         5, &["accounts", "workers", "commands", "projections", "adapters", "simulators", "oauth", "eventstore",
                              "bus", "embedded", "agent-worker",
                              "identity", "planning", "work", "execution", "oversight", "commerce", "plan", "vocabulary",
                              "ports", "vault", "kernel"]),
    place("accounts",    4, &["commands", "oauth", "eventstore",
                              "identity", "planning", "work", "execution", "oversight", "commerce", "plan", "vocabulary",
                              "ports", "vault", "kernel"]),
    place("workers",     4, &["commands", "projections", "eventstore", "bus",
                              "identity", "planning", "work", "execution", "oversight", "commerce", "plan", "vocabulary",
                              "ports", "kernel"]),
    place("agent-worker", 4, &["ports", "kernel"]),
    place("commands",    3, &["eventstore",
                              "identity", "planning", "work", "execution", "oversight", "commerce", "plan", "vocabulary",
                              "ports", "kernel"]),
    place("projections", 3, &["eventstore",
                              "identity", "planning", "work", "execution", "oversight", "commerce", "plan", "vocabulary",
                              "kernel"]),
    place("adapters",    2, &["ports", "children", "kernel"]),
    place("eventstore",  2, &["kernel"]),
    place("bus",         2, &["kernel"]),
    place("simulators",  2, &["kernel"]),
    place("oauth",       2, &["vault", "kernel"]),
    place("embedded",    2, &["children"]),
    place("identity",    1, &["vocabulary", "kernel"]),
    place("planning",    1, &["plan", "vocabulary", "kernel"]),
    place("work",        1, &["vocabulary", "kernel"]),
    place("execution",   1, &["vocabulary", "kernel"]),
    place("oversight",   1, &["vocabulary", "kernel"]),
    place("commerce",    1, &["vocabulary", "kernel"]),
    place("plan",        1, &["vocabulary", "kernel"]),
    place("vocabulary",  1, &["kernel"]),
    place("ports",       1, &["kernel"]),
    place("vault",       1, &["kernel"]),
    place("children",    0, &[]),
    place("kernel",      0, &[]),
];

/// They may use everything; nothing depends on them.
const OUTSIDE: &[&str] = &["xtask", "benches"];

/// From here up, tests may use real machinery; the floors below are tested without it.
const FIRST_FLOOR_WITH_SERVICES: u8 = 2;

pub(super) fn faults(crates: &[Crate]) -> Vec<String> {
    let mut faults = Vec::new();
    for member in crates {
        let name = member.name.as_str();
        if member.folder.rsplit('/').next() != Some(name) {
            faults
                .push(format!("the crate {name} lies in {}: folder and crate have one name", member.folder));
        }
        let outside = OUTSIDE.contains(&name);
        let place = find(name);
        if place.is_none() && !outside {
            faults.push(format!(
                "the crate {name} has no floor: add it to xtask/src/tidy/floors.rs and docs/ARCHITECTURE.md"
            ));
            continue;
        }
        for edge in member.dependencies.iter().filter(|edge| edge.ours) {
            let target = edge.name.as_str();
            if OUTSIDE.contains(&target) {
                faults.push(format!("{name} -> {target}: nothing depends on {target}"));
            } else if let Some(place) = place {
                let allowed = place.may_use.contains(&target) || (edge.dev && tests_may_use(place, target));
                if !allowed {
                    faults.push(forbidden(place, target, edge.dev));
                }
            }
        }
    }
    faults
}

fn find(name: &str) -> Option<&'static Place> {
    HOUSE.iter().find(|place| place.name == name)
}

fn tests_may_use(place: &Place, target: &str) -> bool {
    place.floor >= FIRST_FLOOR_WITH_SERVICES
        && find(target).is_some_and(|target| target.floor <= FIRST_FLOOR_WITH_SERVICES)
}

fn forbidden(from: &Place, target: &str, dev: bool) -> String {
    let kind = if dev { " (in tests)" } else { "" };
    let floor = find(target).map_or_else(|| "no floor".to_owned(), |place| format!("floor {}", place.floor));
    format!(
        "{} -> {target}{kind}: {} is on floor {} and may use only [{}]; {target} is on {floor}",
        from.name,
        from.name,
        from.floor,
        from.may_use.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::super::tree::Dependency;
    use super::*;

    fn member(name: &str, edges: &[(&str, bool)]) -> Crate {
        let edge =
            |(name, dev): &(&str, bool)| Dependency { name: (*name).to_owned(), ours: true, dev: *dev };
        Crate {
            name: name.to_owned(),
            folder: format!("crates/{name}"),
            dependencies: edges.iter().map(edge).collect(),
        }
    }

    fn fault(name: &str, edges: &[(&str, bool)]) -> String {
        faults(&[member(name, edges)]).join("\n")
    }

    #[test]
    fn the_table_itself_has_no_arrow_upwards_and_no_arrow_between_contexts() {
        for place in HOUSE {
            for target in place.may_use {
                let target = find(target).unwrap();
                // Values: they use no context.
                let shared = place.floor == 1 && matches!(target.name, "vocabulary" | "plan");
                assert!(target.floor < place.floor || shared, "{} -> {}", place.name, target.name);
            }
        }
    }

    #[test]
    fn arrows_down_are_fine() {
        let house = [
            member("commands", &[("work", false), ("eventstore", false), ("kernel", false)]),
            member("work", &[("vocabulary", false), ("kernel", false)]),
            member("xtask", &[("api", false), ("embedded", false)]),
        ];
        assert_eq!(faults(&house), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_up_names_both_ends() {
        let fault = fault("eventstore", &[("commands", false)]);
        assert!(fault.contains("eventstore -> commands") && fault.contains("floor 3"), "{fault}");
    }

    #[test]
    fn siblings_and_contexts_do_not_know_each_other() {
        assert!(fault("commands", &[("projections", false)]).contains("commands -> projections"));
        assert!(fault("planning", &[("work", false)]).contains("planning -> work"));
    }

    #[test]
    fn accounts_serve_the_edge_and_nobody_else() {
        assert_eq!(fault("api", &[("accounts", false)]), "");
        for place in HOUSE.iter().filter(|place| place.name != "api") {
            assert!(!place.may_use.contains(&"accounts"), "{} -> accounts", place.name);
        }
        assert!(fault("accounts", &[("projections", false)]).contains("accounts -> projections"));
    }

    #[test]
    fn an_unknown_crate_is_named() {
        assert!(fault("utils", &[]).contains("utils has no floor"));
        assert!(fault("work", &[("utils", false)]).contains("work -> utils"));
    }

    #[test]
    fn nothing_depends_on_the_tools() {
        assert!(fault("api", &[("benches", false)]).contains("nothing depends on benches"));
        assert!(fault("benches", &[("xtask", true)]).contains("nothing depends on xtask"));
    }

    #[test]
    fn tests_of_machinery_use_embedded_and_tests_of_aggregates_do_not() {
        assert_eq!(fault("eventstore", &[("embedded", true)]), "");
        assert!(fault("eventstore", &[("embedded", false)]).contains("eventstore -> embedded"));
        assert!(fault("work", &[("embedded", true)]).contains("work -> embedded (in tests)"));
        assert!(fault("eventstore", &[("commands", true)]).contains("eventstore -> commands (in tests)"));
    }

    #[test]
    fn folder_and_crate_have_one_name() {
        let mut member = member("work", &[]);
        member.folder = "aggregates/job".to_owned();
        assert!(faults(&[member])[0].contains("one name"));
    }
}
