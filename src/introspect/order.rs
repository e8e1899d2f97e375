//! The order of identities, found by looking at each name once or twice: in a large catalog most comparisons of whole paths
//! would go over the same schemas and tables again.

use rustc_hash::FxHashMap;

use crate::model::ObjectId;

/// From this many on, what has the same name at one place is put together before it is sorted.
const MANY: usize = 64;

/// The places of identities in their order; of equal ones the first comes first.
pub(super) fn in_order(ids: &[&ObjectId]) -> Vec<u32> {
    let all = (0..).zip(ids).map(|(number, _)| number).collect();
    let mut sorted = Vec::with_capacity(ids.len());
    sort(ids, all, 0, &mut sorted);
    sorted
}

/// Sorts what has the same path up to `depth`.
fn sort(ids: &[&ObjectId], mut numbers: Vec<u32>, depth: usize, sorted: &mut Vec<u32>) {
    let id = |number: u32| ids[number as usize];
    if numbers.len() < MANY {
        let key = |number: u32| (id(number).path.get(depth..), &id(number).kind);
        numbers.sort_by(|a, b| key(*a).cmp(&key(*b)));
        sorted.append(&mut numbers);
        return;
    }
    let mut ends = Vec::new();
    let mut names: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    for number in numbers {
        match id(number).path.get(depth) {
            Some(name) => names.entry(name).or_default().push(number),
            None => ends.push(number),
        }
    }
    ends.sort_by(|a, b| id(*a).kind.cmp(&id(*b).kind));
    sorted.append(&mut ends);
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable_by_key(|(name, _)| *name);
    for (_, numbers) in names {
        sort(ids, numbers, depth + 1, sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::in_order;
    use crate::model::ObjectId;

    #[test]
    fn is_the_order_of_identities() {
        let mut ids = Vec::new();
        for schema in ["b", "a b", "a", "B", "é"] {
            ids.push(ObjectId::new("schema", [schema]));
            ids.push(ObjectId::new("extension", [schema]));
            for table in 0..90 {
                let table = format!("t{}", table * 37 % 90);
                ids.push(ObjectId::new("user mapping", [schema, &table]));
                ids.push(ObjectId::new("table", [schema, &table]));
                ids.push(ObjectId::new("column", [schema, &table, "x"]));
                ids.push(ObjectId::new("column", [schema, &table, "a"]));
            }
            for column in 0..200 {
                ids.push(ObjectId::new("column", [schema, "t1", &format!("c{}", column * 77 % 200)]));
            }
            ids.push(ObjectId::new("function", [schema, "t1", "(integer)"]));
        }
        let mut expected = ids.clone();
        expected.sort();
        let places = in_order(&ids.iter().collect::<Vec<_>>());
        let sorted: Vec<_> = places.into_iter().map(|place| ids[place as usize].clone()).collect();
        assert_eq!(sorted, expected);
    }
}
