//! What `[P]` and the written order say: the tasks of a phase that are marked run at the same time, the others wait for
//! everything before them, and a phase waits for the one before it.

use super::super::edges::{self, Edges};

/// Which tasks wait for which; `phases` has the tasks of each phase, counted through.
pub(super) fn edges(phases: &[Vec<usize>], parallel: &[bool]) -> Edges {
    let mut edges =
        Edges { tasks: vec![Vec::new(); parallel.len()], tickets: edges::one_after_another(phases.len()) };
    let mut before: Vec<usize> = Vec::new();
    for phase in phases.iter().filter(|phase| !phase.is_empty()) {
        // What a task of this phase waits for: the last one that is not marked, and the marked ones since.
        let mut last = before.clone();
        let mut since: Vec<usize> = Vec::new();
        for task in phase.iter().copied() {
            if parallel[task] {
                edges.tasks[task].clone_from(&last);
                since.push(task);
            } else {
                edges.tasks[task] = if since.is_empty() { last } else { std::mem::take(&mut since) };
                last = vec![task];
            }
        }
        before = if since.is_empty() { last } else { since };
    }
    edges
}

/// The marks by which [`edges`] gives these prerequisites, if there are any.
pub(super) fn marks(phases: &[Vec<usize>], wanted: &Edges) -> Option<Vec<bool>> {
    let mut marks = vec![false; wanted.tasks.len()];
    for phase in phases {
        for (place, task) in phase.iter().copied().enumerate() {
            let next = phase.get(place + 1).map(|next| &wanted.tasks[*next]);
            let previous = place.checked_sub(1).map(|at| phase[at]);
            let own = &wanted.tasks[task];
            let like_the_previous = previous.is_some_and(|at| marks[at] && wanted.tasks[at] == *own);
            // Of the last tasks of a phase, only what the next phase waits for tells whether they are marked.
            marks[task] = next == Some(own) || like_the_previous;
        }
    }
    (edges(phases, &marks).sorted() == *wanted).then_some(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> (Vec<Vec<usize>>, Vec<bool>) {
        let parallel: Vec<bool> = text.chars().filter(|c| *c != '|').map(|c| c == 'P').collect();
        let mut next = 0;
        let phases = text.split('|').map(|phase| {
            let first = next;
            next += phase.len();
            (first..next).collect()
        });
        (phases.collect(), parallel)
    }

    #[test]
    fn marked_tasks_run_at_the_same_time_and_the_others_wait_for_everything() {
        let cases: [(&str, &[&[usize]]); 6] = [
            ("..", &[&[], &[0]]),
            ("PP.", &[&[], &[], &[0, 1]]),
            (".PP.", &[&[], &[0], &[0], &[1, 2]]),
            (".PP|P.", &[&[], &[0], &[0], &[1, 2], &[3]]),
            ("PP|PP", &[&[], &[], &[0, 1], &[0, 1]]),
            (".||P", &[&[], &[0]]),
        ];
        for (text, expected) in cases {
            let (phases, parallel) = marked(text);
            assert_eq!(edges(&phases, &parallel).tasks, expected, "{text}");
        }
    }

    #[test]
    fn marks_are_found_for_whatever_marks_say() {
        for code in 0..3_usize.pow(6) {
            let text: String = (0..6).map(|at| ['.', 'P', '|'][code / 3_usize.pow(at) % 3]).collect();
            let (phases, parallel) = marked(&text);
            let wanted = edges(&phases, &parallel).sorted();
            let found = marks(&phases, &wanted).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(edges(&phases, &found).sorted(), wanted, "{text}");
        }
        let (phases, _) = marked("...");
        let apart = Edges { tasks: vec![vec![], vec![], vec![0]], tickets: vec![vec![]] };
        assert_eq!(marks(&phases, &apart), None);
    }
}
