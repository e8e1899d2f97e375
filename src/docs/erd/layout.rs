//! Where boxes and lines go: layers from left to right, what is referred to before what refers to it.
//!
//! Knows boxes and edges by number, nothing of tables. Long edges go through bends that take a place in each layer between,
//! so that no line runs behind a box.

use std::collections::BTreeMap;

use super::place::{self, Node};

/// The room between two layers, where lines run.
const BETWEEN: f64 = 90.0;
/// The room between two drawings that nothing connects.
const APART: f64 = 48.0;
/// A layer that would be higher is broken into several.
const HIGHEST: f64 = 1500.0;

/// A box's size.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A line from a box that refers to one that is referred to, with the heights at which it leaves and arrives.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) from_y: f64,
    pub(super) to_y: f64,
}

/// A stretch of a layer that a long line crosses.
#[derive(Clone, Copy)]
pub(super) struct Bend {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) y: f64,
}

/// The result: the upper left corner of each box, the bends of each edge from its left end to its right one.
pub(super) struct Layout {
    pub(super) boxes: Vec<(f64, f64)>,
    pub(super) bends: Vec<Vec<Bend>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Lays out boxes.
pub(super) fn layout(sizes: &[Size], edges: &[Edge]) -> Layout {
    let mut result =
        Layout { boxes: vec![(0.0, 0.0); sizes.len()], bends: vec![Vec::new(); edges.len()], width: 0.0, height: 0.0 };
    let mut drawn: Vec<Component> =
        components(sizes.len(), edges).into_iter().map(|members| component(sizes, edges, &members)).collect();
    // The largest first; what stands alone last. Equal ones keep their order.
    drawn.sort_by(|a, b| (b.boxes.len() > 1).cmp(&(a.boxes.len() > 1)).then(b.height.total_cmp(&a.height)));
    let area: f64 = drawn.iter().map(|c| (c.width + APART) * (c.height + APART)).sum();
    let widest = drawn.iter().map(|c| c.width).fold((area * 1.8).sqrt(), f64::max);
    let (mut x, mut y, mut row) = (0.0, 0.0, 0.0_f64);
    for component in drawn {
        if x > 0.0 && x + component.width > widest {
            x = 0.0;
            y += row + APART;
            row = 0.0;
        }
        for (n, (left, top)) in component.boxes {
            result.boxes[n] = (left + x, top + y);
        }
        for (n, bends) in component.bends {
            let moved = |bend: Bend| Bend { left: bend.left + x, right: bend.right + x, y: bend.y + y };
            result.bends[n] = bends.into_iter().map(moved).collect();
        }
        row = row.max(component.height);
        result.width = result.width.max(x + component.width);
        result.height = result.height.max(y + component.height);
        x += component.width + APART;
    }
    result
}

/// Boxes that lines connect, placed among themselves.
struct Component {
    boxes: BTreeMap<usize, (f64, f64)>,
    bends: BTreeMap<usize, Vec<Bend>>,
    width: f64,
    height: f64,
}

/// The sets of boxes that lines connect, each in order.
fn components(count: usize, edges: &[Edge]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..count).collect();
    fn find(root: &mut [usize], mut n: usize) -> usize {
        while root[n] != n {
            root[n] = root[root[n]];
            n = root[n];
        }
        n
    }
    for edge in edges {
        let (a, b) = (find(&mut root, edge.from), find(&mut root, edge.to));
        root[a.max(b)] = a.min(b);
    }
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for n in 0..count {
        sets.entry(find(&mut root, n)).or_default().push(n);
    }
    sets.into_values().collect()
}

fn component(sizes: &[Size], edges: &[Edge], members: &[usize]) -> Component {
    let inside: Vec<usize> = (0..edges.len())
        .filter(|n| edges[*n].from != edges[*n].to && members.binary_search(&edges[*n].from).is_ok())
        .collect();
    let ranks = broken_up(sizes, &ranks(edges, &inside, members));
    let last = ranks.values().copied().max().unwrap_or_default();
    let mut layers: Vec<Vec<Node>> = vec![Vec::new(); last + 1];
    let mut at: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for n in members {
        let layer = &mut layers[ranks[n]];
        at.insert(*n, (ranks[n], layer.len()));
        layer.push(Node::of_box(*n, sizes[*n].height));
    }
    let mut bend_nodes: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for n in &inside {
        let edge = edges[*n];
        let mut ends = [(at[&edge.to], edge.to_y), (at[&edge.from], edge.from_y)];
        ends.sort_by_key(|((rank, _), _)| *rank);
        let [(left, left_y), (right, right_y)] = ends;
        let mut before = (left, left_y);
        for rank in left.0 + 1..right.0 {
            let node = (rank, layers[rank].len());
            layers[rank].push(Node::of_bend());
            place::join(&mut layers, before, (node, 0.0));
            bend_nodes.entry(*n).or_default().push(node);
            before = (node, 0.0);
        }
        place::join(&mut layers, before, (right, right_y));
    }
    let tops = place::place(&mut layers);
    finished(sizes, members, &layers, &tops, &at, &bend_nodes)
}

/// Gives heights a place: layers from left to right, each as wide as its widest box.
fn finished(
    sizes: &[Size],
    members: &[usize],
    layers: &[Vec<Node>],
    tops: &[Vec<f64>],
    at: &BTreeMap<usize, (usize, usize)>,
    bend_nodes: &BTreeMap<usize, Vec<(usize, usize)>>,
) -> Component {
    let mut lefts = Vec::new();
    let mut widths = Vec::new();
    let mut x = 0.0;
    for layer in layers {
        let width = layer.iter().filter_map(|node| node.of).map(|n| sizes[n].width).fold(0.0, f64::max);
        lefts.push(x);
        widths.push(width);
        x += width + BETWEEN;
    }
    let boxes: BTreeMap<_, _> = members
        .iter()
        .map(|n| {
            let (rank, index) = at[n];
            (*n, (lefts[rank], tops[rank][index]))
        })
        .collect();
    let bend = |(rank, index): &(usize, usize)| Bend {
        left: lefts[*rank],
        right: lefts[*rank] + widths[*rank],
        y: tops[*rank][*index],
    };
    let bends = bend_nodes.iter().map(|(edge, nodes)| (*edge, nodes.iter().map(bend).collect())).collect();
    let bottom = boxes.iter().map(|(n, (_, top))| top + sizes[*n].height);
    let height = bottom.chain(tops.iter().flatten().copied()).fold(0.0, f64::max);
    Component { boxes, bends, width: x - BETWEEN, height }
}

/// The layer of each box: after all that it refers to. In a ring, the box with the fewest open references goes first.
fn ranks(edges: &[Edge], inside: &[usize], members: &[usize]) -> BTreeMap<usize, usize> {
    let mut rank: BTreeMap<usize, usize> = members.iter().map(|n| (*n, 0)).collect();
    let mut open: BTreeMap<usize, usize> = members.iter().map(|n| (*n, 0)).collect();
    let mut neighbours: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for n in inside {
        let edge = edges[*n];
        *open.entry(edge.from).or_default() += 1;
        neighbours.entry(edge.from).or_default().push(edge.to);
        neighbours.entry(edge.to).or_default().push(edge.from);
    }
    let mut order = Vec::new();
    while let Some(n) = open.iter().min_by_key(|(n, count)| (**count, **n)).map(|(n, _)| *n) {
        open.remove(&n);
        order.push(n);
        for other in neighbours.get(&n).into_iter().flatten() {
            if let Some(count) = open.get_mut(other) {
                *count = count.saturating_sub(1);
                let after = rank[&n] + 1;
                rank.entry(*other).and_modify(|rank| *rank = (*rank).max(after));
            }
        }
    }
    // What refers to nothing moves next to the first that refers to it: shorter lines.
    for n in order.iter().rev() {
        let nearest = neighbours.get(n).into_iter().flatten().map(|other| rank[other]).min();
        if rank[n] == 0
            && let Some(nearest) = nearest.filter(|nearest| *nearest > 1)
        {
            rank.insert(*n, nearest - 1);
        }
    }
    rank
}

/// Breaks up layers that would be too high.
fn broken_up(sizes: &[Size], ranks: &BTreeMap<usize, usize>) -> BTreeMap<usize, usize> {
    let mut layers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (n, rank) in ranks {
        layers.entry(*rank).or_default().push(*n);
    }
    let mut broken = BTreeMap::new();
    let mut next = 0;
    for members in layers.into_values() {
        let total: f64 = members.iter().map(|n| sizes[*n].height + place::GAP).sum();
        let each = total / (total / HIGHEST).ceil().max(1.0);
        let mut filled = 0.0;
        for n in members {
            if filled >= each {
                next += 1;
                filled = 0.0;
            }
            filled += sizes[n].height + place::GAP;
            broken.insert(n, next);
        }
        next += 1;
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::{Edge, Size, layout};

    fn overlap(a: (f64, f64), b: (f64, f64), size: Size) -> bool {
        (a.0 - b.0).abs() < size.width && (a.1 - b.1).abs() < size.height
    }

    #[test]
    fn boxes_never_overlap_and_what_is_referred_to_stands_left() {
        let size = Size { width: 200.0, height: 100.0 };
        let edge = |from, to| Edge { from, to, from_y: 30.0, to_y: 30.0 };
        // A fan, a chain with a shortcut, a ring, a box that refers to itself, one alone.
        let edges: Vec<_> = [(1, 0), (2, 0), (3, 0), (4, 3), (5, 4), (5, 0), (6, 7), (7, 6), (8, 8)]
            .map(|(from, to)| edge(from, to))
            .into();
        let found = layout(&[size; 10], &edges);
        for a in 0..10 {
            for b in 0..a {
                assert!(!overlap(found.boxes[a], found.boxes[b], size), "{a} and {b}: {:?}", found.boxes);
            }
        }
        assert!(found.boxes[0].0 < found.boxes[3].0 && found.boxes[3].0 < found.boxes[4].0);
        assert_eq!(found.bends[5].len(), 2);
        assert!(found.boxes.iter().all(|(x, y)| x + 200.0 <= found.width && y + 100.0 <= found.height));
    }

    #[test]
    fn draws_nothing_of_nothing() {
        assert_eq!(layout(&[], &[]).boxes.len(), 0);
    }
}
