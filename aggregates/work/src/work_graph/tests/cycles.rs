//! Cycles: found exactly when there is one, named in full, and by the shortest way.

use proptest::prelude::*;

use super::*;

fn path_of(rejection: Rejection) -> Vec<Node> {
    match rejection {
        Rejection::Cycle { path } => path,
        other => panic!("expected a cycle, got: {other}"),
    }
}

fn line(of: u16) -> Vec<PlannedNode> {
    let waits = |number| planned(task(number), &[task(number - 1)]);
    std::iter::once(planned(task(1), &[])).chain((2..=of).map(waits)).collect()
}

#[test]
fn a_cycle_is_named_from_the_refused_edge_on() {
    let rejection = refusal(&[edges_planned(&line(3))], add(task(3), task(1)));
    let text = rejection.to_string();
    assert!(text.contains("in a circle: TSK-003 -> TSK-001 -> TSK-002 -> TSK-003;"), "{text}");
    assert_eq!(path_of(rejection), [task(3), task(1), task(2), task(3)]);
    assert_eq!(path_of(refusal(&[], add(task(1), task(1)))), [task(1), task(1)]);
}

#[test]
fn of_several_cycles_the_shortest_is_named() {
    let history = [edges_planned(&line(5)), added(task(1), task(4))];
    assert_eq!(path_of(refusal(&history, add(task(5), task(1)))), [task(5), task(1), task(4), task(5)]);
}

#[test]
fn tickets_have_cycles_of_their_own() {
    let history = [two_tasks(), added(ticket(1), ticket(2))];
    assert_eq!(path_of(refusal(&history, add(ticket(2), ticket(1)))), [ticket(2), ticket(1), ticket(2)]);
}

#[test]
fn what_only_leads_to_a_cycle_of_a_plan_is_not_named() {
    let nodes = [planned(task(1), &[task(2)]), planned(task(2), &[task(3)]), planned(task(3), &[task(2)])];
    let mut path = path_of(refusal(&[], plan(&nodes)));
    assert_eq!(path.pop().as_ref(), path.first());
    path.sort_by(|one, other| one.number.cmp(&other.number));
    assert_eq!(path, [task(2), task(3)]);
}

#[test]
fn a_line_of_ten_thousand_is_searched_to_its_end_and_its_cycle_is_told_briefly() {
    let history = [edges_planned(&line(10_000))];
    let rejection = refusal(&history, add(task(10_000), task(1)));
    let text = rejection.to_string();
    assert!(text.contains("TSK-10000 -> TSK-001 -> TSK-002"), "{text}");
    assert!(text.contains("-> TSK-019 -> (9980 more) -> TSK-10000;"), "{text}");
    assert_eq!(path_of(rejection).len(), 10_001);

    let mut ring = line(10_000);
    ring[0].prerequisites.push(task(10_000));
    assert_eq!(path_of(refusal(&[], plan(&ring))).len(), 10_001);
}

#[test]
fn a_dense_plan_of_ten_thousand_nodes_is_taken_in() {
    let nodes: Vec<_> = (1..=10_000_u16)
        .map(|number| {
            let earlier = [number / 2, number / 3, number.saturating_sub(7)];
            let prerequisites: Vec<_> = earlier.into_iter().filter(|at| *at > 0).map(task).collect();
            planned(task(number), &prerequisites)
        })
        .collect();
    let graph = graph(&[edges_planned(&nodes)]);
    assert_eq!(graph.decide(add(task(1), task(10_000))), Ok(vec![added(task(1), task(10_000))]));
    assert!(graph.decide(add(task(10_000), task(1))).is_err());
}

/// How many edges the shortest way from one node to another has, by Floyd and Warshall.
struct Distances<const N: usize>([[Option<usize>; N]; N]);

impl<const N: usize> Distances<N> {
    fn of(edges: &BTreeSet<(usize, usize)>) -> Self {
        let mut least = [[None; N]; N];
        for &(from, to) in edges {
            least[from][to] = Some(1);
        }
        for via in 0..N {
            for from in 0..N {
                for to in 0..N {
                    let detour = least[from][via].zip(least[via][to]).map(|(one, other)| one + other);
                    least[from][to] = least[from][to].into_iter().chain(detour).min();
                }
            }
        }
        Self(least)
    }

    fn is_acyclic(&self) -> bool {
        (0..N).all(|node| self.0[node][node].is_none())
    }
}

const NODES: usize = 9;

fn at(index: usize) -> Node {
    task(u16::try_from(index).unwrap())
}

fn index(node: &Node) -> usize {
    (0..NODES).find(|candidate| at(*candidate) == *node).unwrap()
}

/// The edges of a path, which must end where it starts.
fn edges_of(path: &[Node]) -> BTreeSet<(usize, usize)> {
    assert_eq!(path.first(), path.last());
    path.windows(2).map(|pair| (index(&pair[0]), index(&pair[1]))).collect()
}

proptest! {
    #[test]
    fn an_edge_is_refused_exactly_when_it_closes_a_cycle(
        steps in proptest::collection::vec((any::<u8>(), 0..NODES, 0..NODES), 0..60),
    ) {
        let mut graph = WorkGraph::default();
        let mut edges = BTreeSet::new();
        for (dice, from, to) in steps {
            if dice % 8 == 0 {
                let events = graph.decide(remove(at(from), at(to))).unwrap();
                prop_assert_eq!(events.len(), usize::from(edges.remove(&(from, to))));
                events.iter().for_each(|event| graph.evolve(event));
                continue;
            }
            let way_back = if from == to { Some(0) } else { Distances::<NODES>::of(&edges).0[to][from] };
            match graph.decide(add(at(from), at(to))) {
                Ok(events) => {
                    prop_assert_eq!(way_back, None);
                    prop_assert_eq!(events.len(), usize::from(edges.insert((from, to))));
                    events.iter().for_each(|event| graph.evolve(event));
                    prop_assert!(Distances::<NODES>::of(&edges).is_acyclic());
                }
                Err(rejection) => {
                    let path = path_of(rejection);
                    prop_assert_eq!(&path[..2], &[at(from), at(to)]);
                    prop_assert_eq!(Some(path.len() - 2), way_back, "it is the shortest");
                    let mut closing = edges_of(&path);
                    closing.remove(&(from, to));
                    prop_assert!(closing.is_subset(&edges), "{closing:?} of {edges:?}");
                }
            }
        }
        for node in 0..NODES {
            let prerequisites: BTreeSet<_> =
                edges.iter().filter(|(_, to)| *to == node).map(|(from, _)| at(*from).id).collect();
            prop_assert!(graph.prerequisites_of(at(node).id).eq(prerequisites));
        }
    }

    #[test]
    fn a_plan_is_refused_exactly_when_it_has_a_cycle(
        edges in proptest::collection::btree_set((0..NODES, 0..NODES), 0..14),
    ) {
        let waits_for = |to| edges.iter().filter(move |edge| edge.1 == to).map(|edge| at(edge.0));
        let nodes: Vec<_> =
            (0..NODES).map(|to| planned(at(to), &waits_for(to).collect::<Vec<_>>())).collect();
        let distances = Distances::<NODES>::of(&edges);
        match WorkGraph::default().decide(plan(&nodes)) {
            Ok(_) => prop_assert!(distances.is_acyclic()),
            Err(rejection) => {
                let path = path_of(rejection);
                let first = index(&path[0]);
                prop_assert!(edges_of(&path).is_subset(&edges));
                prop_assert_eq!(Some(path.len() - 1), distances.0[first][first]);
            }
        }
    }
}
