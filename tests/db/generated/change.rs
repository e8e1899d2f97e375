//! How a schema comes to be, and how it becomes another.

use super::world::{GENES, Kind, Object, Rng, World};

/// What may be added, as often as it is named.
const KINDS: &[Kind] = &[
    Kind::Collation,
    Kind::Enum,
    Kind::Enum,
    Kind::Domain,
    Kind::Domain,
    Kind::Composite,
    Kind::Range,
    Kind::Sequence,
    Kind::Sequence,
    Kind::Pure,
    Kind::Pure,
    Kind::Table,
    Kind::Table,
    Kind::Table,
    Kind::Table,
    Kind::Partition,
    Kind::Partition,
    Kind::Partition,
    Kind::Foreign,
    Kind::Column,
    Kind::Column,
    Kind::Column,
    Kind::Column,
    Kind::Key,
    Kind::Key,
    Kind::Check,
    Kind::Check,
    Kind::ForeignKey,
    Kind::ForeignKey,
    Kind::ForeignKey,
    Kind::Exclude,
    Kind::Index,
    Kind::Index,
    Kind::Index,
    Kind::Index,
    Kind::Statistics,
    Kind::View,
    Kind::View,
    Kind::View,
    Kind::Materialized,
    Kind::Function,
    Kind::Function,
    Kind::Procedure,
    Kind::TriggerFunction,
    Kind::Aggregate,
    Kind::Operator,
    Kind::Cast,
    Kind::Trigger,
    Kind::Trigger,
    Kind::Policy,
    Kind::Policy,
    Kind::Rule,
    Kind::Dictionary,
    Kind::Configuration,
    Kind::Wrapper,
    Kind::Server,
    Kind::Publication,
    Kind::Defaults,
    Kind::EventTrigger,
];

/// Makes a schema; one object, or a table with its columns, of each seed.
pub fn create(pair: usize, seeds: &[u64]) -> World {
    let mut world = World { pair, objects: Vec::new(), next: 0 };
    for seed in 0..2 {
        world.add(Kind::Schema, &mut Rng(seeds.first().copied().unwrap_or_default() ^ seed), Vec::new());
    }
    for seed in seeds {
        add(&mut world, &mut Rng(*seed));
    }
    world
}

/// Changes a schema; once for each seed.
pub fn change(mut world: World, seeds: &[u64]) -> World {
    for seed in seeds {
        change_once(&mut world, &mut Rng(*seed));
    }
    world
}

fn any(world: &World, rng: &mut Rng, fits: impl Fn(&Object) -> bool) -> Option<usize> {
    let found: Vec<usize> = world.objects.iter().filter(|one| fits(one)).map(|one| one.id).collect();
    rng.one(&found).copied()
}

/// Some columns of a relation, each once.
fn some_columns(world: &World, rng: &mut Rng, relation: usize, most: usize) -> Vec<usize> {
    let Some(relation) = world.get(relation) else { return Vec::new() };
    let mut all: Vec<usize> = world.columns(relation).iter().map(|one| one.id).collect();
    let count = 1 + rng.below(most);
    let mut chosen = Vec::new();
    while chosen.len() < count && !all.is_empty() {
        chosen.push(all.remove(rng.below(all.len())));
    }
    chosen
}

fn add(world: &mut World, rng: &mut Rng) {
    let Some(kind) = rng.one(KINDS).copied() else { return };
    let is = |wanted: Kind| move |one: &Object| one.kind == wanted;
    let table = any(world, rng, Object::is_table);
    let pure = if rng.below(3) == 0 { any(world, rng, is(Kind::Pure)) } else { None };
    let refs = match kind {
        Kind::Table => Some(Vec::new()),
        Kind::Partition => any(world, rng, is(Kind::Table)).map(|table| vec![table]),
        Kind::Foreign => any(world, rng, is(Kind::Server)).map(|server| vec![server]),
        Kind::Column => any(world, rng, |one| matches!(one.kind, Kind::Table | Kind::Foreign)).map(|table| {
            let mut refs = vec![table];
            refs.extend((rng.below(3) == 0).then(|| any(world, rng, Object::is_type)).flatten());
            refs.extend((rng.below(4) == 0).then(|| any(world, rng, is(Kind::Sequence))).flatten());
            refs.extend((rng.below(6) == 0).then(|| any(world, rng, is(Kind::Collation))).flatten());
            refs.extend(pure);
            refs
        }),
        Kind::Domain | Kind::Composite => {
            let mut refs: Vec<usize> =
                (rng.below(2) == 0).then(|| any(world, rng, Object::is_type)).flatten().into_iter().collect();
            refs.extend(pure);
            Some(refs)
        }
        Kind::Sequence if rng.below(3) == 0 => any(world, rng, Object::is_column).map(|column| vec![column]),
        Kind::ForeignKey => table.and_then(|from| {
            let target = any(world, rng, |one| matches!(one.kind, Kind::Table | Kind::Partition))?;
            let own = world
                .columns(world.get(from)?)
                .iter()
                .filter(|one| one.kind != Kind::Column)
                .map(|one| one.id)
                .collect::<Vec<_>>();
            Some(vec![from, *rng.one(&own)?, target])
        }),
        Kind::Key | Kind::Check | Kind::Exclude | Kind::Index | Kind::Statistics | Kind::Policy | Kind::Rule => {
            let on = |one: &Object| {
                one.is_table()
                    || (one.kind == Kind::Materialized && kind == Kind::Index)
                    || (one.kind == Kind::View && kind == Kind::Rule)
            };
            any(world, rng, on).map(|table| {
                let mut refs = vec![table];
                refs.extend(some_columns(world, rng, table, 3));
                refs.extend(pure);
                refs
            })
        }
        Kind::View | Kind::Materialized => {
            let on = |one: &Object| one.is_table() || matches!(one.kind, Kind::View | Kind::Materialized);
            any(world, rng, on).map(|table| {
                let mut refs = vec![table];
                refs.extend(some_columns(world, rng, table, 4));
                refs.extend(pure);
                refs
            })
        }
        Kind::Function | Kind::Procedure => {
            let fits = |one: &Object| one.is_type() || one.is_table() || one.kind == Kind::Pure;
            let mut refs: Vec<usize> = any(world, rng, fits).into_iter().collect();
            refs.extend(pure);
            refs.dedup();
            Some(refs)
        }
        Kind::Aggregate | Kind::Operator => any(world, rng, is(Kind::Pure)).map(|one| vec![one]),
        Kind::Cast => {
            any(world, rng, is(Kind::Composite)).and_then(|one| Some(vec![one, any(world, rng, is(Kind::Enum))?]))
        }
        Kind::Trigger => any(world, rng, is(Kind::TriggerFunction)).and_then(|function| {
            let on = any(world, rng, |one| one.is_table() || one.kind == Kind::View)?;
            let mut refs = vec![on, function];
            refs.extend(some_columns(world, rng, on, 2));
            Some(refs)
        }),
        Kind::Server => any(world, rng, is(Kind::Wrapper)).map(|one| vec![one]),
        Kind::Publication => Some(table.into_iter().collect()),
        Kind::EventTrigger => any(world, rng, is(Kind::TriggerFunction)).map(|one| vec![one]),
        Kind::Configuration => Some(any(world, rng, is(Kind::Dictionary)).into_iter().collect()),
        _ => Some(Vec::new()),
    };
    let Some(refs) = refs else { return };
    let refs_len_ok = match kind {
        Kind::Key | Kind::Check | Kind::Exclude | Kind::Index | Kind::View | Kind::Materialized => refs.len() > 1,
        Kind::Statistics => refs.len() > 2,
        _ => true,
    };
    if !refs_len_ok {
        return;
    }
    let id = world.add(kind, rng, refs);
    if kind == Kind::Table || kind == Kind::Foreign {
        world.add(Kind::Id, rng, vec![id]);
        if rng.below(2) == 0 {
            world.add(Kind::Reference, rng, vec![id]);
        }
        for _ in 0..rng.below(4) {
            let mut refs = vec![id];
            refs.extend((rng.below(3) == 0).then(|| any(world, rng, Object::is_type)).flatten());
            refs.extend(pure);
            world.add(Kind::Column, rng, refs);
        }
    }
}

fn change_once(world: &mut World, rng: &mut Rng) {
    let what = rng.below(20);
    if what < 5 {
        return add(world, rng);
    }
    let Some(id) = any(world, rng, |_| true) else { return };
    if what < 8 {
        if world.get(id).is_some_and(|one| one.kind != Kind::Schema) {
            world.remove(id);
        }
        return;
    }
    if what == 8 {
        // Two columns change places; anything else that does is made in another order only.
        let at: Vec<usize> = (0..world.objects.len()).filter(|at| world.objects[*at].is_column()).collect();
        if let (Some(a), Some(b)) = (rng.one(&at).copied(), rng.one(&at).copied())
            && world.objects[a].refs[0] == world.objects[b].refs[0]
        {
            world.objects.swap(a, b);
        }
        return;
    }
    let (style, gene) = (rng.below(60), rng.below(GENES));
    let extra: Vec<usize> = (0..rng.below(3)).map(|_| rng.below(GENES)).collect();
    let values: Vec<u16> = (0..=extra.len()).map(|_| rng.below(1 << 16) as u16).collect();
    let Some(object) = world.objects.iter_mut().find(|one| one.id == id) else { return };
    match what {
        9 => object.style = style,
        10 => object.schema ^= 1,
        11 => {
            // Columns of keys, indexes and views in another order.
            if object.refs.len() > 2 && !matches!(object.kind, Kind::Trigger | Kind::ForeignKey | Kind::Cast) {
                object.refs[1..].rotate_left(1);
            }
        }
        _ => {
            object.genes[gene] = values[0];
            for (gene, value) in extra.iter().zip(&values[1..]) {
                object.genes[*gene] = *value;
            }
        }
    }
}
