//! A directed graph, sorted so that each node comes after those it has to, and otherwise by weight.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Nodes with weights, and which comes before which.
#[derive(Debug)]
pub(super) struct Graph<N> {
    weights: BTreeMap<N, (u8, i64)>,
    after: BTreeMap<N, BTreeSet<N>>,
}

impl<N> Default for Graph<N> {
    fn default() -> Self {
        Self { weights: BTreeMap::new(), after: BTreeMap::new() }
    }
}

impl<N: Ord + Copy> Graph<N> {
    /// Adds a node; the lighter come first where nothing else says so.
    pub(super) fn add(&mut self, node: N, weight: (u8, i64)) {
        self.weights.insert(node, weight);
    }

    /// Says that one node comes before another. Counts only between nodes that are there in the end.
    pub(super) fn edge(&mut self, before: N, after: N) {
        if before != after {
            self.after.entry(before).or_default().insert(after);
        }
    }

    /// Returns all nodes in order; or those of which each waits for another, where there are such.
    pub(super) fn sorted(&self) -> Result<Vec<N>, Vec<N>> {
        let mut waiting: BTreeMap<N, usize> = self.weights.keys().map(|node| (*node, 0)).collect();
        for node in self.weights.keys() {
            for after in self.followers(node) {
                *waiting.entry(*after).or_default() += 1;
            }
        }
        let ready = waiting.iter().filter(|(_, count)| **count == 0);
        let mut ready: BinaryHeap<_> = ready.map(|(node, _)| Reverse((self.weights[node], *node))).collect();
        let mut sorted = Vec::with_capacity(self.weights.len());
        while let Some(Reverse((_, node))) = ready.pop() {
            sorted.push(node);
            waiting.remove(&node);
            for after in self.followers(&node) {
                if let Some(count) = waiting.get_mut(after) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(Reverse((self.weights[after], *after)));
                    }
                }
            }
        }
        if waiting.is_empty() { Ok(sorted) } else { Err(self.circle(&waiting)) }
    }

    /// Makes what others wait for as light as the lightest of them, so that it comes right before it is needed.
    pub(super) fn lift(&mut self) -> Result<(), Vec<N>> {
        for node in self.sorted()?.into_iter().rev() {
            let followers = self.after.get(&node).into_iter().flatten();
            let lightest = followers.filter_map(|node| self.weights.get(node)).min().copied();
            if let (Some(weight), Some(lightest)) = (self.weights.get_mut(&node), lightest) {
                *weight = lightest.min(*weight);
            }
        }
        Ok(())
    }

    /// Puts in front what `splits` the nodes that `share` something, where one of these waits for it and it waits for none of
    /// them: they stay together so.
    pub(super) fn advance(&mut self, shares: impl Fn(&N) -> bool, splits: impl Fn(&N) -> bool) -> Result<(), Vec<N>> {
        let sorted = self.sorted()?;
        let mut behind = BTreeSet::new();
        for node in &sorted {
            if shares(node) || behind.contains(node) {
                behind.extend(self.followers(node).copied());
            }
        }
        let mut awaited = BTreeSet::new();
        for node in sorted.iter().rev() {
            if self.followers(node).any(|next| shares(next) || awaited.contains(next)) {
                awaited.insert(*node);
            }
        }
        for node in awaited.difference(&behind).filter(|node| splits(node)) {
            // Behind what there is nothing to do for.
            self.weights.insert(*node, (0, i64::MIN + 1));
        }
        Ok(())
    }

    /// What waits for a node.
    fn followers<'a>(&'a self, node: &N) -> impl Iterator<Item = &'a N> + use<'a, N> {
        self.after.get(node).into_iter().flatten().filter(|node| self.weights.contains_key(node))
    }

    /// Of the nodes that wait, those that wait for themselves in the end.
    fn circle(&self, waiting: &BTreeMap<N, usize>) -> Vec<N> {
        let mut left: BTreeSet<N> = waiting.keys().copied().collect();
        loop {
            // What nobody left waits for is only behind the circle.
            let needed: BTreeSet<N> = left
                .iter()
                .filter(|node| self.after.get(node).is_some_and(|after| after.iter().any(|node| left.contains(node))))
                .copied()
                .collect();
            if needed.len() == left.len() {
                return left.into_iter().collect();
            }
            left = needed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Graph;

    #[test]
    fn sorts_by_need_and_then_by_weight() {
        let mut graph = Graph::default();
        for (node, weight) in [("a", 3), ("b", 1), ("c", 2), ("d", 0)] {
            graph.add(node, (0, weight));
        }
        graph.edge("a", "d");
        graph.edge("x", "b");
        assert_eq!(graph.sorted().unwrap(), ["b", "c", "a", "d"]);
    }

    #[test]
    fn lifts_what_is_needed_to_where_it_is_needed() {
        let mut graph = Graph::default();
        for (node, weight) in [("table", 1), ("index", 2), ("view", 5), ("function", 7), ("other", 7)] {
            graph.add(node, (0, weight));
        }
        graph.edge("table", "index");
        graph.edge("function", "index");
        graph.lift().unwrap();
        assert_eq!(graph.sorted().unwrap(), ["table", "function", "index", "view", "other"]);
    }

    #[test]
    fn what_splits_others_comes_before_them() {
        let mut graph = Graph::default();
        for (node, weight) in [("drop", 1), ("label", 9), ("view", 2), ("index", 9), ("column", 3), ("key", 4)] {
            graph.add(node, (1, weight));
        }
        for (before, after) in [("drop", "view"), ("label", "view"), ("column", "index"), ("index", "key")] {
            graph.edge(before, after);
        }
        graph.advance(|node| !["label", "index"].contains(node), |node| ["label", "index"].contains(node)).unwrap();
        assert_eq!(graph.sorted().unwrap(), ["label", "drop", "view", "column", "index", "key"]);
    }

    #[test]
    fn names_a_circle_and_not_what_is_behind_it() {
        let mut graph = Graph::default();
        for node in ["a", "b", "c", "d"] {
            graph.add(node, (0, 0));
        }
        for (before, after) in [("a", "b"), ("b", "a"), ("b", "c"), ("c", "d")] {
            graph.edge(before, after);
        }
        assert_eq!(graph.sorted().unwrap_err(), ["a", "b"]);
    }
}
