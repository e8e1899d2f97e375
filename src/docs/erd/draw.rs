//! The drawing: boxes with columns, lines with their cardinality, colours by class.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Mark;
use super::layout::{Bend, Edge, Layout, Size, layout};
use crate::docs::relation::{Column, Database, ForeignKey, Relation};
use crate::model::ObjectId;

/// The height of a table's name and of a column.
const HEAD: f64 = 30.0;
const ROW: f64 = 20.0;
/// The width of a letter of the font, near enough in every fixed-width font at this size.
const LETTER: f64 = 7.3;
/// Room at the sides, and before the columns' names for one and for two keys.
const SIDE: f64 = 10.0;
const KEYS: [f64; 2] = [30.0, 44.0];
const MARGIN: f64 = 24.0;
/// Longer texts are cut; the whole is in the tooltip.
const LONGEST: usize = 36;

const STYLE: &str = "
.erd{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
--bg:#fff;--box:#fff;--head:#eef2f7;--edge:#c9d1db;--ink:#1b2430;--soft:#66717f;--line:#8793a1;--key:#9a6700;\
--add:#1a7f37;--add-bg:#dafbe1;--del:#cf222e;--del-bg:#ffebe9;--chg:#9a6700;--chg-bg:#fff3c4}
@media(prefers-color-scheme:dark){.erd{--bg:#0d1117;--box:#151b23;--head:#202a37;--edge:#3a4553;--ink:#e4eaf1;\
--soft:#93a0ae;--line:#7b8794;--key:#d9a53a;--add:#3fb950;--add-bg:#12341e;--del:#f85149;--del-bg:#421619;--chg:#d29922;\
--chg-bg:#3b2e0a}}
.erd .bg{fill:var(--bg)}.erd .box{fill:var(--box);stroke:var(--edge)}.erd .head{fill:var(--head)}
.erd text{fill:var(--ink)}.erd .name{font-weight:600}.erd .soft{fill:var(--soft)}.erd .key{fill:var(--key);font-size:9.5px}
.erd .rule{stroke:var(--edge)}.erd .fk{fill:none;stroke:var(--line);stroke-width:1.4}.erd .fk .end{fill:var(--bg)}
.erd .added .box{stroke:var(--add);stroke-width:2}.erd .removed .box{stroke:var(--del);stroke-width:2}
.erd .changed .box{stroke:var(--chg);stroke-width:2}.erd .added .head,.erd .row.added{fill:var(--add-bg)}
.erd .removed .head,.erd .row.removed{fill:var(--del-bg)}.erd .changed .head,.erd .row.changed{fill:var(--chg-bg)}
.erd .sign{font-weight:700}.erd .sign.added{fill:var(--add)}.erd .sign.removed{fill:var(--del)}.erd .sign.changed{fill:var(--chg)}
.erd .struck{text-decoration:line-through}
.erd .fk.added{stroke:var(--add);stroke-width:2}.erd .fk.removed{stroke:var(--del);stroke-width:2;stroke-dasharray:5 4}\
.erd .fk.changed{stroke:var(--chg);stroke-width:2}
";

/// A table as it is drawn.
struct Drawn<'a, 'd> {
    table: &'d Relation<'a>,
    title: String,
    /// Where the columns' names begin.
    names_at: f64,
    /// Where their types begin.
    types_at: f64,
    size: Size,
}

pub(super) fn svg(database: &Database<'_>, tables: &[&Relation<'_>], marks: &BTreeMap<ObjectId, Mark>) -> String {
    let with_schema = database.has_many_schemas();
    let drawn: Vec<_> = tables.iter().map(|table| measured(table, with_schema)).collect();
    let places: BTreeMap<_, _> = tables.iter().enumerate().map(|(n, table)| (table.entry.id, n)).collect();
    let mut keys = Vec::new();
    let mut edges = Vec::new();
    for (from, table) in tables.iter().enumerate() {
        for key in &table.foreign_keys {
            let Some(to) = key.target.and_then(|target| places.get(target)).copied() else { continue };
            let from_y = row_of(table, key.columns.first().copied());
            let to_y = row_of(tables[to], key.target_columns.first().copied());
            edges.push(Edge { from, to, from_y, to_y });
            keys.push(key);
        }
    }
    let sizes: Vec<_> = drawn.iter().map(|drawn| drawn.size).collect();
    let layout = layout(&sizes, &edges);
    let legend = if marks.is_empty() { 0.0 } else { 28.0 };
    let (width, height) =
        (layout.width.max(320.0) + MARGIN * 2.0 + 40.0, layout.height.max(20.0) + MARGIN * 2.0 + legend);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"erd\" role=\"img\" aria-label=\"entity relationship diagram\" \
         width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n<style>{STYLE}</style>\n\
         <rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n"
    );
    if drawn.is_empty() {
        let _ = writeln!(text, "<text class=\"soft\" x=\"{MARGIN}\" y=\"{}\">no tables</text>", MARGIN + 14.0);
    }
    if legend > 0.0 {
        write_legend(&mut text, height - 18.0);
    }
    let _ = writeln!(text, "<g transform=\"translate({MARGIN} {MARGIN})\">");
    for (n, key) in keys.iter().enumerate() {
        write_line(&mut text, key, edges[n], &sizes, &layout, &layout.bends[n], marks.get(key.entry.id).copied());
    }
    for (drawn, (x, y)) in drawn.iter().zip(&layout.boxes) {
        write_box(&mut text, drawn, *x, *y, marks);
    }
    text.push_str("</g>\n</svg>\n");
    text
}

fn measured<'a, 'd>(table: &'d Relation<'a>, with_schema: bool) -> Drawn<'a, 'd> {
    let title = if with_schema { format!("{}.{}", table.schema(), table.name()) } else { table.name().to_owned() };
    let title = cut(&title);
    let longest = |texts: &mut dyn Iterator<Item = String>| texts.map(|text| width_of(&cut(&text))).fold(0.0, f64::max);
    let names = longest(&mut table.columns.iter().map(|column| column.name.to_owned()));
    let types = longest(&mut table.columns.iter().map(|column| shown_type(column)));
    let two_keys = table.columns.iter().any(|column| keys_of(table, column).contains(' '));
    let names_at = SIDE + KEYS[usize::from(two_keys)];
    let types_at = names_at + names + 14.0;
    let width = (types_at + types + SIDE).max(width_of(&title) * 1.06 + SIDE * 2.0 + 16.0);
    let count = u32::try_from(table.columns.len()).unwrap_or(u32::MAX);
    let height = HEAD + f64::from(count) * ROW + 6.0;
    Drawn { table, title, names_at, types_at, size: Size { width: width.ceil(), height } }
}

fn shown_type(column: &Column<'_>) -> String {
    format!("{}{}", column.ty, if column.not_null { "" } else { "?" })
}

/// The height of a column's middle in its table's box.
fn row_of(table: &Relation<'_>, column: Option<&str>) -> f64 {
    let at = table.columns.iter().position(|other| Some(other.name) == column);
    at.map_or(HEAD / 2.0, |at| HEAD + 3.0 + ROW / 2.0 + f64::from(u32::try_from(at).unwrap_or(0)) * ROW)
}

fn write_box(text: &mut String, drawn: &Drawn<'_, '_>, x: f64, y: f64, marks: &BTreeMap<ObjectId, Mark>) {
    let Size { width, height } = drawn.size;
    let table = drawn.table;
    let mark = marks.get(table.entry.id).copied();
    let _ = writeln!(
        text,
        "<g class=\"table{}\" transform=\"translate({x:.0} {y:.0})\"><title>{}</title>",
        class(mark),
        escaped(&tooltip(table))
    );
    let _ = writeln!(text, "<rect class=\"box\" width=\"{width:.0}\" height=\"{height:.0}\" rx=\"6\"/>");
    let (right, inner) = (width - 0.5, HEAD - 0.5);
    let _ = writeln!(
        text,
        "<path class=\"head\" d=\"M.5 {inner}V6a5.5 5.5 0 0 1 5.5-5.5H{:.1}a5.5 5.5 0 0 1 5.5 5.5V{inner}z\"/>",
        right - 5.5
    );
    let _ = writeln!(text, "<path class=\"rule\" d=\"M.5 {HEAD}H{right:.1}\"/>");
    write_sign(text, mark, SIDE, 20.0);
    let shift = if mark.is_some() { 14.0 } else { 0.0 };
    let struck = if mark == Some(Mark::Removed) { " struck" } else { "" };
    let _ = writeln!(
        text,
        "<text class=\"name{struck}\" x=\"{:.0}\" y=\"20\">{}</text>",
        SIDE + shift,
        escaped(&drawn.title)
    );
    for (n, column) in table.columns.iter().enumerate() {
        let middle = HEAD + 3.0 + ROW * f64::from(u32::try_from(n).unwrap_or(0));
        let mark = marks.get(column.entry.id).copied();
        if mark.is_some() {
            let _ = writeln!(
                text,
                "<rect class=\"row{}\" x=\"1\" y=\"{middle:.0}\" width=\"{:.0}\" height=\"{ROW}\"/>",
                class(mark),
                width - 2.0
            );
        }
        let baseline = middle + 14.0;
        write_sign(text, mark, 2.5, baseline);
        let keys = keys_of(table, column);
        if !keys.is_empty() {
            let _ = writeln!(text, "<text class=\"key\" x=\"{SIDE}\" y=\"{baseline:.0}\">{keys}</text>");
        }
        let struck = if mark == Some(Mark::Removed) { " class=\"struck\"" } else { "" };
        let _ = writeln!(
            text,
            "<text{struck} x=\"{:.0}\" y=\"{baseline:.0}\">{}</text><text class=\"soft\" x=\"{:.0}\" y=\"{baseline:.0}\">{}</text>",
            drawn.names_at,
            with_title(column.name),
            drawn.types_at,
            with_title(&shown_type(column)),
        );
    }
    text.push_str("</g>\n");
}

fn write_sign(text: &mut String, mark: Option<Mark>, x: f64, y: f64) {
    let Some(mark) = mark else { return };
    let sign = match mark {
        Mark::Added => "+",
        Mark::Removed => "\u{2212}",
        Mark::Changed => "~",
    };
    let _ = writeln!(text, "<text class=\"sign{}\" x=\"{x}\" y=\"{y:.0}\">{sign}</text>", class(Some(mark)));
}

fn write_legend(text: &mut String, y: f64) {
    let mut x = MARGIN;
    for (mark, word) in [(Mark::Added, "added"), (Mark::Removed, "removed"), (Mark::Changed, "changed")] {
        write_sign(text, Some(mark), x, y);
        let _ = writeln!(text, "<text class=\"soft\" x=\"{:.0}\" y=\"{y:.0}\">{word}</text>", x + 14.0);
        x += 90.0;
    }
}

fn keys_of(table: &Relation<'_>, column: &Column<'_>) -> String {
    let primary = table.primary_key().is_some_and(|key| key.list("columns").contains(&column.name));
    let foreign = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    let unique = !primary && table.unique_sets().iter().any(|set| *set == [column.name]);
    let words = [(primary, "PK"), (foreign, "FK"), (unique, "UK")];
    words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn tooltip(table: &Relation<'_>) -> String {
    let mut lines = vec![table.entry.id.to_string()];
    lines.extend(table.entry.comment().map(str::to_owned));
    lines.extend(crate::docs::notes::nature(table));
    lines.join("\n")
}

/// A line from the table that refers, with a crow's foot there where many rows may, to the one referred to.
fn write_line(
    text: &mut String,
    key: &ForeignKey<'_>,
    edge: Edge,
    sizes: &[Size],
    layout: &Layout,
    bends: &[Bend],
    mark: Option<Mark>,
) {
    let (from, to) = (layout.boxes[edge.from], layout.boxes[edge.to]);
    let (from_width, to_width) = (sizes[edge.from].width, sizes[edge.to].width);
    let (mut from_y, mut to_y) = (from.1 + edge.from_y, to.1 + edge.to_y);
    if edge.from == edge.to && (from_y - to_y).abs() < 1.0 {
        // A column that refers to itself: a loop that can be seen.
        (from_y, to_y) = (from_y + 6.0, to_y - 6.0);
    }
    // Which sides the line leaves: -1 is left, 1 is right.
    let (from_side, to_side) = if to.0 + to_width < from.0 {
        (-1.0, 1.0)
    } else if from.0 + from_width < to.0 {
        (1.0, -1.0)
    } else {
        (1.0, 1.0)
    };
    let edge_of = |x: f64, width: f64, side: f64| if side > 0.0 { x + width } else { x };
    let (from_x, to_x) = (edge_of(from.0, from_width, from_side), edge_of(to.0, to_width, to_side));
    // The lines' ends are straight, for the signs on them.
    let (start, end) = (from_x + 14.0 * from_side, to_x + 14.0 * to_side);
    let mut path = format!("M{from_x:.0} {from_y:.0}H{start:.0}");
    let mut at = (start, from_y);
    let mut curve = |x: f64, y: f64, side: f64, other: f64| {
        let reach = ((x - at.0).abs() / 2.0).max(24.0);
        let _ = write!(path, "C{:.0} {:.0} {:.0} {y:.0} {x:.0} {y:.0}", at.0 + reach * side, at.1, x + reach * other);
        at = (x, y);
    };
    let mut through: Vec<Bend> = bends.to_vec();
    if from_side < 0.0 {
        through.reverse();
    }
    let mut stops = Vec::new();
    for bend in through {
        let (near, far) = if from_side < 0.0 { (bend.right, bend.left) } else { (bend.left, bend.right) };
        stops.push((near, far, bend.y));
    }
    for (near, far, y) in &stops {
        curve(*near, *y, from_side, -from_side);
        curve(*far, *y, from_side, -from_side);
    }
    curve(end, to_y, from_side, to_side);
    let _ = write!(path, "H{to_x:.0}");
    let _ = writeln!(
        text,
        "<g class=\"fk{}\"><title>{}</title><path d=\"{path}\"/>",
        class(mark),
        escaped(&crate::docs::notes::foreign_key(key))
    );
    // At the end that refers: a crow's foot for many rows, a bar for one.
    if key.unique {
        let _ = write!(text, "<path d=\"M{:.0} {:.0}v10\"/>", from_x + 7.0 * from_side, from_y - 5.0);
    } else {
        let foot = from_x + 10.0 * from_side;
        let _ = write!(
            text,
            "<path d=\"M{from_x:.0} {:.0}L{foot:.0} {from_y:.0}L{from_x:.0} {:.0}\"/>",
            from_y - 5.0,
            from_y + 5.0
        );
    }
    // At the other: a bar for exactly one row, a circle for none or one.
    if key.optional {
        let _ = write!(text, "<circle class=\"end\" cx=\"{:.0}\" cy=\"{to_y:.0}\" r=\"4\"/>", to_x + 8.0 * to_side);
    } else {
        let _ = write!(text, "<path d=\"M{:.0} {:.0}v10\"/>", to_x + 7.0 * to_side, to_y - 5.0);
    }
    text.push_str("</g>\n");
}

fn class(mark: Option<Mark>) -> &'static str {
    match mark {
        None => "",
        Some(Mark::Added) => " added",
        Some(Mark::Removed) => " removed",
        Some(Mark::Changed) => " changed",
    }
}

/// Cut where it is long.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}\u{2026}", &text[..at]),
        None => text.to_owned(),
    }
}

/// Cut where it is long, with a tooltip that has it all.
fn with_title(text: &str) -> String {
    let short = cut(text);
    if short == text { escaped(text) } else { format!("{}<title>{}</title>", escaped(&short), escaped(text)) }
}

/// Letters beyond Latin are taken for wide ones.
fn width_of(text: &str) -> f64 {
    text.chars().map(|c| if c > '\u{2e7f}' { LETTER * 1.7 } else { LETTER }).sum()
}

/// As text of an XML document, which knows no control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            c if c.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&c) => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
