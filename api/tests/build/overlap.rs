//! Work that overlaps, made up so that everybody knows which of it conflicts: each task writes a token of its own into each of its places,
//! and two that write into the same line do not go together, unless one stands on the other.
//!
//! What is in the way of each other is of four kinds: a line that several want; one task that is in the way of many, which are not in each
//! other's way; a chain, each in the way of the next; and neighbours in a file, which are in nobody's way. `overlap/written.rs` is the same
//! as a repository and a plan.

mod written;

use std::collections::BTreeSet;

use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;

/// Lines of a file that tasks write into; between two of them is room enough for git to tell them apart.
const LINES: usize = 6;
/// The task that others wait for from the beginning, and the one that is in their way; then they come.
const GROUND: usize = 0;
const HUB: usize = 1;
const LEAVES: usize = 3;
/// How often a task stands on others, in percent.
const STANDS: u32 = 40;

/// Where a task writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// At the end of a line of a file that is there.
    Line { file: usize, line: usize },
    /// Into a file of its own.
    Note,
}

/// A task that was made up.
#[derive(Clone, Debug, Default)]
struct Task {
    places: BTreeSet<Place>,
    /// The tasks that it says it waits for.
    after: BTreeSet<usize>,
    /// Everything that it stands on, and itself.
    holds: BTreeSet<usize>,
}

/// Work whose conflicts are known. Its tasks are counted from 0, and planned in that order.
#[derive(Clone, Debug)]
pub(crate) struct Overlap {
    tasks: Vec<Task>,
    files: usize,
}

impl Overlap {
    /// So many branches, at least [`LEAVES`] and two. What begins is one task that is in the way of many, which come later: whoever merges
    /// first in, first out has it, and none of them.
    pub(crate) fn make_up(random: &mut StdRng, branches: usize) -> Self {
        let at = |line: usize| Place::Line { file: 0, line };
        let of = |places: Vec<Place>| Task { places: places.into_iter().collect(), ..Task::default() };
        let mut tasks = vec![of(vec![Place::Note]), of((0..LEAVES).map(at).collect())];
        tasks.extend((0..LEAVES).map(|line| Task { after: [GROUND].into(), ..of(vec![at(line)]) }));
        let mut overlap = Self { tasks, files: 1 };
        while overlap.tasks.len() < branches {
            overlap.tangle(random);
        }
        overlap.tasks.truncate(branches);
        overlap.tasks[HUB + 1..].shuffle(random);
        for task in 0..branches {
            let after = overlap.tasks[task].after.clone();
            overlap.tasks[task].holds = after.into_iter().chain([task]).collect();
            if task > HUB && overlap.tasks[task].after.is_empty() && random.random_ratio(STANDS, 100) {
                overlap.stand(random, task);
            }
        }
        overlap
    }

    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Some tasks that have to do with each other.
    fn tangle(&mut self, random: &mut StdRng) {
        let file = self.files;
        let at = |line: usize| Place::Line { file: file + line / LINES, line: line % LINES };
        let places: Vec<Vec<Place>> = match random.random_range(0..6) {
            0 => vec![vec![at(random.random_range(0..LINES))]; random.random_range(2..=4)],
            1 => {
                // It may be in the way in several files.
                let many = random.random_range(3..=LINES + 2);
                let each = (0..many).map(|line| vec![at(line)]);
                std::iter::once((0..many).map(at).collect()).chain(each).collect()
            }
            2 => (0..random.random_range(3..LINES)).map(|line| vec![at(line), at(line + 1)]).collect(),
            3 => (0..random.random_range(2..=LINES)).map(|line| vec![at(line)]).collect(),
            _ => vec![vec![Place::Note]; random.random_range(1..=3)],
        };
        self.files += 2;
        for places in places {
            let mut task = Task { places: places.into_iter().collect(), ..Task::default() };
            if random.random_ratio(1, 4) {
                task.places.insert(Place::Note);
            }
            self.tasks.push(task);
        }
    }

    /// Lets a task stand on one or two before it, where these go together; and sometimes write into a line of one of them.
    fn stand(&mut self, random: &mut StdRng, task: usize) {
        let mut after = BTreeSet::new();
        for _ in 0..random.random_range(1..=2) {
            after.insert(random.random_range(0..task));
        }
        // It stays alone, so that it is in the way of more than are in its way.
        after.remove(&HUB);
        if after.is_empty() {
            return;
        }
        let mut holds: BTreeSet<usize> =
            after.iter().flat_map(|on| &self.tasks[*on].holds).copied().collect();
        let mut places = self.tasks[task].places.clone();
        let below: Vec<Place> = after.iter().flat_map(|on| &self.tasks[*on].places).copied().collect();
        if places.contains(&Place::Note) && random.random_ratio(1, 3) {
            places.insert(below[random.random_range(0..below.len())]);
        }
        holds.insert(task);
        let entangled = holds.iter().filter(|one| self.has_enemies(**one)).count();
        let before = Task { places, after, holds };
        let was = std::mem::replace(&mut self.tasks[task], before);
        // Whoever stands on two that are in somebody's way is in the way of more than anybody can tell at a glance.
        if entangled > 1 || !self.goes_together(task) {
            self.tasks[task] = Task { holds: [task].into(), ..was };
        }
    }

    /// Whether anybody writes where this one does.
    fn has_enemies(&self, task: usize) -> bool {
        let others = self.tasks.iter().enumerate().filter(|(other, _)| *other != task);
        others.into_iter().any(|(_, other)| shares(&other.places, &self.tasks[task].places))
    }

    /// Whether what it holds goes together: what writes into the same line stands on each other.
    fn goes_together(&self, task: usize) -> bool {
        let holds: Vec<usize> = self.tasks[task].holds.iter().copied().collect();
        holds.iter().enumerate().all(|(at, one)| {
            holds[at + 1..].iter().all(|other| {
                !shares(&self.tasks[*one].places, &self.tasks[*other].places)
                    || self.tasks[*other].holds.contains(one)
            })
        })
    }

    /// Whether a task does not go with a head that holds these: each has what the other has not in the same line.
    fn conflicts(&self, task: usize, head: &BTreeSet<usize>) -> bool {
        let holds = &self.tasks[task].holds;
        let places = |those: BTreeSet<usize>| -> BTreeSet<Place> {
            those.iter().flat_map(|one| &self.tasks[*one].places).copied().collect()
        };
        shares(&places(holds - head), &places(head - holds))
    }

    /// How many are left over when they are merged as they come, first in, first out.
    pub(crate) fn left_first_in_first_out(&self, arrived: &[usize]) -> usize {
        let mut head = BTreeSet::new();
        let mut left = 0;
        for task in arrived {
            if self.conflicts(*task, &head) {
                left += 1;
            } else {
                head.extend(&self.tasks[*task].holds);
            }
        }
        left
    }
}

fn shares(one: &BTreeSet<Place>, other: &BTreeSet<Place>) -> bool {
    one.intersection(other).any(|place| matches!(place, Place::Line { .. }))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    impl Overlap {
        /// How many are left over when, again and again, those are merged together that are in the way of the fewest.
        fn left_least_conflicting_first(&self, arrived: &[usize]) -> usize {
            let mut head = BTreeSet::new();
            let mut waiting = arrived.to_vec();
            loop {
                let clean: Vec<usize> =
                    waiting.iter().copied().filter(|task| !self.conflicts(*task, &head)).collect();
                if clean.is_empty() {
                    return waiting.len();
                }
                let mut left = clean.clone();
                while let Some(best) = left.iter().copied().min_by_key(|one| self.ways(*one, &left)) {
                    left.retain(|other| *other != best && !self.conflicts(*other, &self.tasks[best].holds));
                    head.extend(&self.tasks[best].holds);
                    waiting.retain(|other| *other != best);
                }
            }
        }

        fn ways(&self, task: usize, among: &[usize]) -> usize {
            among.iter().filter(|other| self.conflicts(**other, &self.tasks[task].holds)).count()
        }
    }

    /// In some order that their dependencies allow.
    fn arrivals(random: &mut StdRng, overlap: &Overlap) -> Vec<usize> {
        let mut arrived: Vec<usize> = Vec::new();
        while arrived.len() < overlap.len() {
            let come = |task: &usize| {
                !arrived.contains(task) && overlap.tasks[*task].after.iter().all(|on| arrived.contains(on))
            };
            let next: Vec<usize> = (0..overlap.len()).filter(come).collect();
            arrived.push(next[random.random_range(0..next.len())]);
        }
        arrived
    }

    #[test]
    fn the_order_is_never_worse_than_first_in_first_out_and_often_better() {
        let mut random = StdRng::seed_from_u64(7);
        let (mut ours, mut fifo) = (0, 0);
        for _ in 0..60 {
            let branches = random.random_range(10..40);
            let overlap = Overlap::make_up(&mut random, branches);
            let arrived = arrivals(&mut random, &overlap);
            let (least, first) =
                (overlap.left_least_conflicting_first(&arrived), overlap.left_first_in_first_out(&arrived));
            assert!(least <= first, "{least} > {first}: {overlap:?} {arrived:?}");
            ours += least;
            fifo += first;
        }
        assert!(ours < fifo && ours > 0, "{ours} {fifo}");
    }

    #[test]
    fn what_stands_on_others_goes_together() {
        let mut random = StdRng::seed_from_u64(8);
        let mut standing = 0;
        for _ in 0..100 {
            let overlap = Overlap::make_up(&mut random, 40);
            assert!((0..40).all(|task| overlap.goes_together(task)));
            standing += overlap.tasks.iter().filter(|task| !task.after.is_empty()).count();
        }
        assert!(standing > 400, "{standing}");
    }
}
