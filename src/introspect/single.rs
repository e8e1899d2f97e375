//! The columns of a query's only relation: up to 15 the server writes `users.id` in a view, since 16 `id`.
//!
//! Takes a deparsed query apart as far as names and parentheses go, and no further.

use super::equivalences::parts;

/// What ends the FROM of a query.
const AFTER_FROM: &[&str] = &["WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"];

/// What puts queries together.
const SET_OPERATIONS: &[&str] = &["UNION", "INTERSECT", "EXCEPT"];

/// What a query in parentheses begins with.
const QUERIES: &[&str] = &["SELECT", "WITH", "VALUES"];

/// The query without the name of its only relation before columns; as it is, where it has several or none. Queries within it
/// keep theirs, as from 16 on, and so do columns that it is sorted by where something else has their name in the result:
/// there, the name alone would mean that.
pub(super) fn unqualified(query: &str) -> String {
    rewritten(query).unwrap_or_else(|| query.to_owned())
}

fn rewritten(query: &str) -> Option<String> {
    let pieces = pieces(query);
    let outer = |words: &[&str]| pieces.iter().position(|piece| piece.depth == 0 && words.contains(&piece.text));
    if !matches!(pieces.first()?.text, "SELECT" | "WITH") || outer(SET_OPERATIONS).is_some() {
        return None;
    }
    let (select, from) = (outer(&["SELECT"])?, outer(&["FROM"])?);
    let end = pieces[from..].iter().position(|piece| piece.depth == 0 && AFTER_FROM.contains(&piece.text));
    let end = end.map_or(pieces.len(), |n| from + n);
    let name = name_of_only(&pieces[from + 1..end])?;
    let given = |column: &str| {
        let outer = pieces[select..from].windows(2).filter(|pair| pair[0].depth == 0 && pair[0].text == "AS");
        outer.into_iter().any(|pair| pair[1].text == column)
    };
    let order = outer(&["ORDER"]).unwrap_or(pieces.len());
    let is_distinct_on = pieces[select..from].iter().skip(1).map(|piece| piece.text).take(2).eq(["DISTINCT", "ON"]);
    let distinct_on =
        pieces[select..from].iter().position(|piece| is_distinct_on && piece.depth == 0 && piece.text == ")");
    let distinct_on = select + distinct_on.unwrap_or(0);
    let sorts = |n: usize| n > order && pieces[n].depth == 0 || n < distinct_on && pieces[n].depth == 1;
    let mut text = String::with_capacity(query.len());
    let mut kept = 0;
    for n in (select..from).chain(end..pieces.len()).filter(|n| !pieces[*n].nested && pieces[*n].text == name) {
        let [Some(dot), Some(column)] = [pieces.get(n + 1), pieces.get(n + 2)] else { continue };
        // A function, a type or a collation may be in a schema of that name.
        let is_other = pieces.get(n + 3).is_some_and(|next| next.text == "(")
            || n.checked_sub(1).is_some_and(|before| matches!(pieces[before].text, "." | ":" | "COLLATE"));
        if dot.text == "." && column.is_name() && !is_other && !(sorts(n) && given(column.text)) {
            text.push_str(&query[kept..pieces[n].at]);
            kept = column.at;
        }
    }
    text.push_str(&query[kept..]);
    Some(text)
}

/// What the only relation of a FROM is called; none where there are several.
fn name_of_only<'a>(from: &[Piece<'a>]) -> Option<&'a str> {
    let sampled = from.iter().position(|piece| piece.depth == 0 && piece.text == "TABLESAMPLE");
    let from = &from[..sampled.unwrap_or(from.len())];
    let is_join = from.first()?.text == "(" && !from.get(1).is_some_and(|next| QUERIES.contains(&next.text));
    let mut outer = from.iter().filter(|piece| piece.depth == 0);
    if is_join || outer.clone().any(|piece| piece.text == ",") {
        return None;
    }
    // `s.t`, `s.t x`, `f(1) x(a)`: the last name is what it is called.
    outer.rfind(|piece| piece.is_name()).map(|piece| piece.text)
}

/// A name, a word or a sign, and where it is.
#[derive(Clone, Copy)]
struct Piece<'a> {
    at: usize,
    text: &'a str,
    /// How many parentheses are around it.
    depth: usize,
    /// Whether one of them holds a query.
    nested: bool,
}

impl Piece<'_> {
    fn is_name(&self) -> bool {
        self.text.starts_with(|sign: char| sign == '"' || is_of_word(sign))
    }
}

fn is_of_word(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '$')
}

/// Takes a deparsed text apart.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for (quoted, part) in parts(text) {
        if quoted {
            match spans.last_mut() {
                // `"a""b"` comes in two parts.
                Some(last) if part.starts_with('"') && last.1 == at && text[..at].ends_with('"') => {
                    last.1 += part.len()
                }
                _ => spans.push((at, at + part.len())),
            }
        } else {
            let mut in_word = false;
            for (n, sign) in part.char_indices().map(|(n, sign)| (at + n, sign)) {
                let end = n + sign.len_utf8();
                match spans.last_mut() {
                    Some(last) if in_word && is_of_word(sign) => last.1 = end,
                    _ if !sign.is_whitespace() => spans.push((n, end)),
                    _ => {}
                }
                in_word = is_of_word(sign);
            }
        }
        at += part.len();
    }
    let mut open: Vec<bool> = Vec::new();
    let mut found = Vec::with_capacity(spans.len());
    for (n, (start, end)) in spans.iter().enumerate() {
        let piece = &text[*start..*end];
        if piece == ")" {
            open.pop();
        }
        found.push(Piece { at: *start, text: piece, depth: open.len(), nested: open.contains(&true) });
        if piece == "(" {
            open.push(spans.get(n + 1).is_some_and(|(start, end)| QUERIES.contains(&&text[*start..*end])));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::unqualified;

    #[test]
    fn columns_of_the_only_relation() {
        for (text, expected) in [
            ("SELECT t.a\n   FROM s.t", "SELECT a\n   FROM s.t"),
            (
                "SELECT t.a AS t\n   FROM s.t\n  WHERE (t.a > 1)\n  ORDER BY t.b",
                "SELECT a AS t\n   FROM s.t\n  WHERE (a > 1)\n  ORDER BY b",
            ),
            ("SELECT x.a\n   FROM s.t x", "SELECT a\n   FROM s.t x"),
            ("SELECT \"T\"\"x\".\"A b\"\n   FROM s.\"T\"\"x\"", "SELECT \"A b\"\n   FROM s.\"T\"\"x\""),
            ("SELECT g.g\n   FROM generate_series(1, 2) g(g)", "SELECT g\n   FROM generate_series(1, 2) g(g)"),
            ("SELECT f.a\n   FROM s.f() WITH ORDINALITY f(a, n)", "SELECT a\n   FROM s.f() WITH ORDINALITY f(a, n)"),
            (
                "SELECT t.*::text AS t,\n    (t.c).f AS f\n   FROM t",
                "SELECT t.*::text AS t,\n    (c).f AS f\n   FROM t",
            ),
            (
                "SELECT 't.a' AS x,\n    EXTRACT(year FROM t.at) AS y\n   FROM t",
                "SELECT 't.a' AS x,\n    EXTRACT(year FROM at) AS y\n   FROM t",
            ),
            (
                "SELECT count(*) FILTER (WHERE (t.a > 1)) AS n\n   FROM ONLY t\n  GROUP BY t.a",
                "SELECT count(*) FILTER (WHERE (a > 1)) AS n\n   FROM ONLY t\n  GROUP BY a",
            ),
            ("SELECT t.a\n   FROM t TABLESAMPLE system (1)", "SELECT a\n   FROM t TABLESAMPLE system (1)"),
            // What is sorted by the name alone would be the result's.
            (
                "SELECT t.b AS a,\n    t.a AS c,\n    t.d\n   FROM t\n  GROUP BY t.a\n  ORDER BY t.a, (t.a + 1), t.d",
                "SELECT b AS a,\n    a AS c,\n    d\n   FROM t\n  GROUP BY a\n  ORDER BY t.a, (a + 1), d",
            ),
            (
                "SELECT DISTINCT ON (t.a, t.d) (t.a + 1) AS a,\n    t.d\n   FROM t\n  ORDER BY t.a, t.d",
                "SELECT DISTINCT ON (t.a, d) (a + 1) AS a,\n    d\n   FROM t\n  ORDER BY t.a, d",
            ),
            // What is in a schema of that name.
            (
                "SELECT app.f(app.id) AS f,\n    'x'::app.mood AS m,\n    (app.n COLLATE app.c) AS n\n   FROM s.app",
                "SELECT app.f(id) AS f,\n    'x'::app.mood AS m,\n    (n COLLATE app.c) AS n\n   FROM s.app",
            ),
            (
                "SELECT (app.a OPERATOR(app.+) 1) AS a\n   FROM s.app",
                "SELECT (a OPERATOR(app.+) 1) AS a\n   FROM s.app",
            ),
            // Queries within it keep theirs.
            (
                "SELECT t.a\n   FROM t\n  WHERE (EXISTS ( SELECT 1\n           FROM u\n          WHERE (u.a = t.a)))",
                "SELECT a\n   FROM t\n  WHERE (EXISTS ( SELECT 1\n           FROM u\n          WHERE (u.a = t.a)))",
            ),
            (
                "SELECT q.a\n   FROM ( SELECT t.a\n           FROM t) q",
                "SELECT a\n   FROM ( SELECT t.a\n           FROM t) q",
            ),
            (
                " WITH w AS (\n         SELECT t.a\n           FROM t\n        )\n SELECT w.a\n   FROM w",
                " WITH w AS (\n         SELECT t.a\n           FROM t\n        )\n SELECT a\n   FROM w",
            ),
        ] {
            assert_eq!(unqualified(text), expected);
            assert_eq!(unqualified(expected), expected);
        }
    }

    #[test]
    fn several_keep_their_names() {
        for text in [
            "SELECT a.i,\n    b.j\n   FROM (s.a\n     JOIN s.b ON ((a.i = b.j)))",
            "SELECT a.i\n   FROM a,\n    b",
            "SELECT t.a\n   FROM t\nUNION\n SELECT u.a\n   FROM u",
            "SELECT 1 AS a",
            "(t.a > 1)",
            "",
        ] {
            assert_eq!(unqualified(text), text);
        }
    }
}
