//! The order and the heights within layers: near to what a line leads to, and never one over the other.

/// The room between two boxes of a layer.
pub(super) const GAP: f64 = 28.0;
/// The room that a line takes.
const LANE: f64 = 14.0;
/// How often layers are gone over; more changes nothing that is seen.
const ROUNDS: usize = 8;

/// A place in a layer: a box, or a bend of a line.
#[derive(Clone)]
pub(super) struct Node {
    /// The box's number; none for a bend.
    pub(super) of: Option<usize>,
    height: f64,
    /// To the layer on the left: place there, height there, height here.
    left: Vec<(usize, f64, f64)>,
    /// To the layer on the right.
    right: Vec<(usize, f64, f64)>,
}

impl Node {
    pub(super) fn of_box(n: usize, height: f64) -> Self {
        Self { of: Some(n), height, left: Vec::new(), right: Vec::new() }
    }

    pub(super) fn of_bend() -> Self {
        Self { of: None, height: 0.0, left: Vec::new(), right: Vec::new() }
    }
}

/// Layer and index of a node, and the height at which a line touches it.
type End = ((usize, usize), f64);

/// Joins two nodes of neighbouring layers by a line.
pub(super) fn join(layers: &mut [Vec<Node>], left: End, right: End) {
    let ((left_layer, left_index), left_y) = left;
    let ((right_layer, right_index), right_y) = right;
    layers[left_layer][left_index].right.push((right_index, right_y, left_y));
    layers[right_layer][right_index].left.push((left_index, left_y, right_y));
}

/// Returns the top of every node.
pub(super) fn place(layers: &mut [Vec<Node>]) -> Vec<Vec<f64>> {
    // The order of each layer, from the top; nodes keep their index.
    let mut orders: Vec<Vec<usize>> = layers.iter().map(|layer| (0..layer.len()).collect()).collect();
    let mut tops: Vec<Vec<f64>> = layers.iter().zip(&orders).map(|(layer, order)| stacked(layer, order)).collect();
    for round in 0..ROUNDS * 2 {
        let to_right = round % 2 == 0;
        let sequence: Vec<usize> =
            if to_right { (0..layers.len()).collect() } else { (0..layers.len()).rev().collect() };
        for n in sequence {
            let wishes = wishes(&layers[n], n, &tops, to_right, round >= ROUNDS);
            // Only the first rounds change the order: the later ones settle heights.
            if round < ROUNDS {
                let middle = |index: &usize| wishes[*index] + layers[n][*index].height / 2.0;
                orders[n].sort_by(|a, b| middle(a).total_cmp(&middle(b)));
            }
            tops[n] = settled(&layers[n], &orders[n], &wishes);
        }
    }
    let highest = tops.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    for top in tops.iter_mut().flatten() {
        *top -= highest;
    }
    tops
}

fn stacked(layer: &[Node], order: &[usize]) -> Vec<f64> {
    settled(layer, order, &vec![0.0; layer.len()])
}

/// The top that each node would like: its lines straight. With `both`, to either side.
fn wishes(layer: &[Node], n: usize, tops: &[Vec<f64>], to_right: bool, both: bool) -> Vec<f64> {
    let wish = |(index, node): (usize, &Node)| {
        let mut sum = 0.0;
        let mut count = 0.0;
        if to_right || both {
            for (other, there, here) in &node.left {
                sum += tops[n - 1][*other] + there - here;
                count += 1.0;
            }
        }
        if !to_right || both {
            for (other, there, here) in &node.right {
                sum += tops[n + 1][*other] + there - here;
                count += 1.0;
            }
        }
        if count > 0.0 { sum / count } else { tops[n][index] }
    };
    layer.iter().enumerate().map(wish).collect()
}

/// Heights near to the wishes that keep the order and the room between: the mean of pushing down and pushing up, each
/// of which keeps them.
fn settled(layer: &[Node], order: &[usize], wishes: &[f64]) -> Vec<f64> {
    let room = |above: usize, below: usize| {
        let both_boxes = layer[above].of.is_some() && layer[below].of.is_some();
        layer[above].height + if both_boxes { GAP } else { LANE }
    };
    let mut down = vec![0.0; layer.len()];
    for (at, n) in order.iter().enumerate() {
        let free = if at == 0 { f64::NEG_INFINITY } else { down[order[at - 1]] + room(order[at - 1], *n) };
        down[*n] = wishes[*n].max(free);
    }
    let mut up = vec![0.0; layer.len()];
    for (at, n) in order.iter().enumerate().rev() {
        let free = if at + 1 == order.len() { f64::INFINITY } else { up[order[at + 1]] - room(*n, order[at + 1]) };
        up[*n] = wishes[*n].min(free);
    }
    down.iter().zip(&up).map(|(down, up)| (down + up) / 2.0).collect()
}
