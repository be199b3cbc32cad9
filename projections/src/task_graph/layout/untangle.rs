//! Crossings as they are seen: of straight lines from place to place, also past the layers between.

use super::Place;
use super::picture::{Line, Picture};

/// Swaps two nodes of a layer if fewer lines cross then. Does nothing when the comparisons are used up.
pub(super) fn swap(picture: &mut Picture<'_>, a: usize, b: usize) -> bool {
    let lines: Vec<Line> = picture.lines_at(a).chain(picture.lines_at(b)).collect();
    let needed = 2 * lines.len() * picture.lines.len();
    picture.comparisons = picture.comparisons.saturating_sub(needed);
    let crossings = if picture.comparisons > 0 { crossings_at(picture, &lines, [a, b]) } else { 0 };
    if crossings == 0 {
        return false;
    }
    picture.places.swap(a, b);
    if crossings_at(picture, &lines, [a, b]) < crossings {
        let Place { x, y } = picture.places[a];
        picture.layers[x].swap(y, picture.places[b].y);
        return true;
    }
    picture.places.swap(a, b);
    false
}

/// Crossings of the lines at two nodes with all lines.
fn crossings_at(picture: &Picture<'_>, lines: &[Line], nodes: [usize; 2]) -> usize {
    let ends_here = |(from, to): Line| nodes.contains(&from) || nodes.contains(&to);
    let with_others = |line: &Line| {
        // Two lines that both end here are met twice; they count once.
        let counts = |other: Line| other < *line || !ends_here(other);
        let crossed = |other: &&Line| cross(&picture.places, *line, **other) && counts(**other);
        picture.lines.iter().filter(crossed).count()
    };
    lines.iter().map(with_others).sum()
}

/// Whether two lines have a point in common that is no end of either.
pub(super) fn cross(places: &[Place], (a, b): Line, (c, d): Line) -> bool {
    let [a, b, c, d] = [a, b, c, d].map(|node| places[node]);
    a.x < d.x && c.x < b.x && side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0
}

/// On which side of the line from `a` to `b` the place `c` lies; 0 on the line.
fn side(a: Place, b: Place, c: Place) -> isize {
    let [ax, ay, bx, by, cx, cy] = [a.x, a.y, b.x, b.y, c.x, c.y].map(usize::cast_signed);
    ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)).signum()
}
