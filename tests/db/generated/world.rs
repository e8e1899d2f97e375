//! A schema as a value: objects with genes, and what each refers to.
//!
//! What an object is like follows from its genes alone, one for each attribute; a change of a gene is a change of that
//! attribute. Names follow from a style and the object's number, so that an object that has gone and one that has come
//! may have the same.

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Schema,
    Collation,
    Enum,
    Domain,
    Composite,
    Range,
    Sequence,
    /// An immutable function of a bigint, which anything may call.
    Pure,
    Table,
    /// A partition, or an heir where its parent has no partitions.
    Partition,
    Foreign,
    /// A table's bigint that keys are about.
    Id,
    /// A table's bigint that refers to another table.
    Reference,
    Column,
    Key,
    Check,
    ForeignKey,
    Exclude,
    Index,
    Statistics,
    View,
    Materialized,
    Function,
    Procedure,
    TriggerFunction,
    Aggregate,
    Operator,
    Cast,
    Trigger,
    Policy,
    Rule,
    Dictionary,
    Configuration,
    Wrapper,
    Server,
    Publication,
    Defaults,
    EventTrigger,
}

/// How many genes an object has.
pub const GENES: usize = 14;

#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    pub id: usize,
    pub kind: Kind,
    /// Which of the schemas it is in.
    pub schema: usize,
    /// How its name looks.
    pub style: usize,
    pub genes: [u16; GENES],
    pub refs: Vec<usize>,
}

impl Object {
    /// One of several, by a gene.
    pub fn pick<'a>(&self, gene: usize, of: &[&'a str]) -> &'a str {
        of[usize::from(self.genes[gene]) % of.len()]
    }

    /// One of several or, more often, none.
    pub fn maybe<'a>(&self, gene: usize, of: &[&'a str]) -> Option<&'a str> {
        let gene = usize::from(self.genes[gene]);
        (gene % 5 > 2).then(|| of[gene / 5 % of.len()])
    }

    pub fn number(&self, gene: usize, below: usize) -> usize {
        usize::from(self.genes[gene]) % below
    }

    pub fn is_column(&self) -> bool {
        matches!(self.kind, Kind::Id | Kind::Reference | Kind::Column)
    }

    pub fn is_table(&self) -> bool {
        matches!(self.kind, Kind::Table | Kind::Partition | Kind::Foreign)
    }

    pub fn is_type(&self) -> bool {
        matches!(self.kind, Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range)
    }

    /// How many references it can't do without: the first ones.
    fn needs(&self) -> usize {
        match self.kind {
            Kind::Column
            | Kind::Id
            | Kind::Reference
            | Kind::Partition
            | Kind::Policy
            | Kind::Rule
            | Kind::Aggregate
            | Kind::Operator
            | Kind::Foreign
            | Kind::Server
            | Kind::EventTrigger => 1,
            Kind::Key
            | Kind::Check
            | Kind::Exclude
            | Kind::Index
            | Kind::View
            | Kind::Materialized
            | Kind::Trigger
            | Kind::Cast => 2,
            Kind::ForeignKey | Kind::Statistics => 3,
            _ => 0,
        }
    }
}

/// A name as SQL writes it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as SQL writes it.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// The pair that it is one half of; its schemas' names say so.
    pub pair: usize,
    pub objects: Vec<Object>,
    pub next: usize,
}

const RESERVED: &[&str] = &["user", "order", "table", "select", "all", "end", "Group", "default"];

impl World {
    pub fn get(&self, id: usize) -> Option<&Object> {
        self.objects.iter().find(|object| object.id == id)
    }

    /// What an object refers to that fits.
    pub fn refs<'a>(&'a self, object: &'a Object, fits: impl Fn(&Object) -> bool + 'a) -> Vec<&'a Object> {
        object.refs.iter().filter_map(|id| self.get(*id)).filter(|object| fits(object)).collect()
    }

    /// The first thing that an object refers to.
    pub fn first<'a>(&'a self, object: &Object) -> Option<&'a Object> {
        self.get(*object.refs.first()?)
    }

    pub fn pure<'a>(&'a self, object: &'a Object) -> Option<&'a Object> {
        self.refs(object, |one| one.kind == Kind::Pure).into_iter().next()
    }

    /// The columns that a relation of any kind has.
    pub fn columns<'a>(&'a self, relation: &'a Object) -> Vec<&'a Object> {
        match relation.kind {
            Kind::View | Kind::Materialized => self.refs(relation, Object::is_column),
            _ => {
                let parent = (relation.kind == Kind::Partition).then(|| relation.refs[0]);
                let of = |one: &&Object| one.is_column() && (one.refs[0] == relation.id || Some(one.refs[0]) == parent);
                self.objects.iter().filter(of).collect()
            }
        }
    }

    /// The name alone.
    pub fn bare(&self, object: &Object) -> String {
        let id = object.id;
        let mark = format!("p{}x", self.pair);
        match object.kind {
            Kind::Schema | Kind::Wrapper | Kind::Server | Kind::Publication | Kind::EventTrigger => {
                match object.style % 7 {
                    0..=2 => format!("{mark}{id}"),
                    3 => format!("{mark} Select {id}"),
                    4 => format!("{mark}\"quote'{id}"),
                    5 => format!("{mark}ünï{id}"),
                    _ => format!("{mark}{id:_>0$}", 63 - mark.len()),
                }
            }
            _ => match object.style % 12 {
                0..=2 => format!("o{id}"),
                3 => format!("Mixed Case {id}"),
                4 => format!("q\"uo'te{id}"),
                5 => format!("größe_日本_{id}"),
                6 => RESERVED[id % RESERVED.len()].to_owned(),
                7 => format!("l{id:0>62}"),
                8 => format!("a.b$1\\{id}"),
                9 => format!("{id}%s; --"),
                10 => format!("({id})"),
                _ => format!("O{}", id % 9),
            },
        }
    }

    pub fn name(&self, object: &Object) -> String {
        quoted(&self.bare(object))
    }

    pub fn schema_name(&self, object: &Object) -> String {
        let schemas: Vec<&Object> = self.objects.iter().filter(|one| one.kind == Kind::Schema).collect();
        self.name(schemas[object.schema % schemas.len()])
    }

    /// The name with the schema.
    pub fn full(&self, object: &Object) -> String {
        format!("{}.{}", self.schema_name(object), self.name(object))
    }

    pub fn add(&mut self, kind: Kind, rng: &mut Rng, refs: Vec<usize>) -> usize {
        let mut genes = [0; GENES];
        genes.fill_with(|| rng.below(1 << 16) as u16);
        let object = Object { id: self.next, kind, schema: rng.below(2), style: rng.below(60), genes, refs };
        self.next += 1;
        self.objects.push(object);
        self.next - 1
    }

    /// Takes an object out, and what can't do without it.
    pub fn remove(&mut self, id: usize) {
        let mut gone = vec![id];
        while let Some(id) = gone.pop() {
            self.objects.retain(|object| object.id != id);
            for object in &mut self.objects {
                if let Some(at) = object.refs.iter().position(|one| *one == id) {
                    let first = matches!(object.kind, Kind::Trigger | Kind::ForeignKey | Kind::Cast) || at == 0;
                    object.refs.remove(at);
                    if object.refs.len() < object.needs() || (first && object.needs() > 0) {
                        gone.push(object.id);
                    }
                }
            }
        }
    }
}

/// Numbers that follow from a seed.
#[derive(Debug)]
pub struct Rng(pub u64);

impl Rng {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 16).unwrap() % end
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { of.get(self.below(of.len())) }
    }
}
