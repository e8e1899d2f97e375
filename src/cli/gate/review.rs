//! `--base REV`: what differs between the schema at a revision and here.

use super::Gating;
use super::checks::Trouble;
use crate::base::{Error, Result};
use crate::cli::diff::review_of;
use crate::cli::source::{Loaded, Source, SourceOptions, load, without_builder};
use crate::report::Review;

/// Compares the schema at a revision with the one here.
///
/// # Errors
///
/// A revision that can't be read or applied. That the migrations here can't be is said by their check.
pub(super) async fn of(gating: &Gating<'_>, revision: &str) -> Result<Review> {
    let context = gating.context;
    let source = Source::Git { revision: revision.to_owned(), path: None };
    let mut before = load(context, &source, &SourceOptions::default()).await?;
    let review = async {
        let applied = gating.ground.applied().await.map_err(|trouble| match trouble {
            Trouble::Error(error) => error,
            Trouble::Blocked(why) => Error::input(why),
        })?;
        let filter = context.schemas();
        before.catalog = filter.apply(std::mem::take(&mut before.catalog));
        let here = filter.apply(without_builder(applied.catalog.clone(), &applied.builder));
        let mut here = Loaded::of(here, true, &filter).built_by(&applied.builder).called("here");
        review_of(context, &mut before, &mut here)
    };
    let review = review.await;
    let closed = before.close().await;
    let review = review?;
    closed?;
    Ok(review)
}
