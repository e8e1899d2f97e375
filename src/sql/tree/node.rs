//! Looking around in a syntax tree: children by kind, names, words.

use std::ops::Range;

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::{SyntaxElement, SyntaxNode, SyntaxToken};

use super::{Expression, Name};

/// The first child of a kind.
pub(super) fn child(node: &SyntaxNode, kind: K) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

/// All children of a kind.
pub(super) fn children(node: &SyntaxNode, kind: K) -> impl Iterator<Item = SyntaxNode> {
    node.children().filter(move |child| child.kind() == kind)
}

/// The first node of a kind at any depth.
pub(super) fn inside(node: &SyntaxNode, kind: K) -> Option<SyntaxNode> {
    node.descendants().find(|inner| inner.kind() == kind)
}

/// Whether there is a child of a kind.
pub(super) fn has(node: &SyntaxNode, kind: K) -> bool {
    child(node, kind).is_some()
}

/// Whether a token of a kind stands right in a node.
pub(super) fn has_token(node: &SyntaxNode, kind: K) -> bool {
    tokens(node).any(|token| token.kind() == kind)
}

/// The tokens right in a node, without white space and comments.
pub(super) fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> {
    node.children_with_tokens().filter_map(SyntaxElement::into_token).filter(|token| !is_trivia(token.kind()))
}

/// All tokens of a node at any depth, without white space and comments.
pub(super) fn all_tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> {
    node.descendants_with_tokens().filter_map(SyntaxElement::into_token).filter(|token| !is_trivia(token.kind()))
}

fn is_trivia(kind: K) -> bool {
    matches!(kind, K::WHITESPACE | K::COMMENT)
}

/// The words of a syntax kind: `drop materialized view`.
pub(super) fn words(kind: K) -> String {
    format!("{kind:?}").to_ascii_lowercase().replace('_', " ")
}

/// A name as the server folds it.
pub(super) fn folded(text: &str) -> String {
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => text.to_ascii_lowercase(),
    }
}

/// The parts of the name that a node is: `ops.runs` in `(TABLE_NAME_REF (PATH_REF …))`.
pub(super) fn name(node: &SyntaxNode) -> Name {
    all_tokens(node)
        .filter(|token| !matches!(token.kind(), K::DOT | K::ONLY_KW | K::STAR | K::L_PAREN | K::R_PAREN))
        .map(|token| folded(token.text()))
        .collect()
}

/// The last part of the name of a child of a kind.
pub(super) fn last_name(node: &SyntaxNode, kind: K) -> Option<String> {
    name(&child(node, kind)?).pop()
}

/// All words and names of a node, folded.
pub(super) fn all_words(node: &SyntaxNode) -> Vec<String> {
    all_tokens(node).map(|token| folded(token.text())).collect()
}

/// The bytes of a node in the file, without white space and comments before it.
pub(super) fn span(node: &SyntaxNode, base: usize) -> Range<usize> {
    let first = all_tokens(node).next().map_or(node.text_range().start(), |token| token.text_range().start());
    base + usize::from(first)..base + usize::from(node.text_range().end())
}

/// The text of a string literal without its quotes; only of plain and dollar-quoted ones without escapes.
pub(super) fn literal(node: &SyntaxNode) -> Option<(String, Range<usize>)> {
    let token = all_tokens(node).find(|token| matches!(token.kind(), K::STRING | K::DOLLAR_QUOTED_STRING))?;
    let (text, start) = (token.text(), usize::from(token.text_range().start()));
    let quote = match text.strip_prefix('$') {
        Some(rest) => rest.find('$')? + 2,
        None => 1,
    };
    let inner = text.get(quote..text.len().checked_sub(quote)?)?;
    (quote > 1 || text.starts_with('\'') && !inner.contains('\''))
        .then(|| (inner.to_owned(), start + quote..start + quote + inner.len()))
}

/// What an expression calls and names.
pub(super) fn expression(node: &SyntaxNode) -> Expression {
    let calls = node
        .descendants()
        .filter(|inner| inner.kind() == K::CALL_EXPR)
        .filter_map(|call| call.children().find(|child| child.kind() != K::ARG_LIST))
        .map(|callee| name(&callee))
        .collect();
    let called = |inner: &SyntaxNode| {
        let parent =
            inner.parent().map(|parent| if parent.kind() == K::FIELD_EXPR { parent.parent() } else { Some(parent) });
        parent.flatten().is_some_and(|parent| {
            parent.kind() == K::CALL_EXPR
                && parent.children().next().is_some_and(|callee| callee.text_range().contains_range(inner.text_range()))
        })
    };
    let names = node
        .descendants()
        .filter(|inner| inner.kind() == K::NAME_REF && !called(inner))
        .filter_map(|inner| name(&inner).pop())
        .collect();
    Expression { text: node.text().to_string().trim().to_owned(), calls, names }
}
