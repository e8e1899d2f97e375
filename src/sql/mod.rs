//! SQL as text: statements with their places, what can be told from their first words, and directives in comments.
//!
//! The one room that names the parser. Reads text only: what a statement really does, the server says.

mod classify;
mod directive;
mod lex;
mod psql;
mod roles;
mod script;
#[cfg(test)]
mod tests;
pub mod tree;

pub use classify::{ConcurrentIndex, Step, steps, transaction_control};
pub use classify::{Control, Loss, control, index_built_concurrently, loss, no_transaction_reason, sets_session};
pub use directive::{Directives, Waiver, directives, is_blank, waivers};
pub(crate) use lex::{Kind as TokenKind, Token, lex};
pub use psql::without_psql;
pub use roles::{keeping_role, keeping_roles};
pub use script::{Script, Statement, token_span};
