//! The bundle has nothing that the advisors object to.

use pgward::advise::{Options, advise};
use pgward::base::Severity;
use pgward::model::SchemaFilter;
use pgward::runner::Runner;
use pgward::source::Migrations;

use crate::support::TestDb;

#[tokio::test]
async fn the_bundle_is_clean() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    Runner::new(Migrations::bundle().unwrap()).up(&mut client).await.unwrap();
    let outcome = advise(&mut client, &SchemaFilter::only(["ops"]), &Options::default()).await.unwrap();
    assert_eq!(outcome.api_roles, ["anon", "authenticated", "public"]);
    assert_eq!(outcome.not_evaluated, []);
    let warnings: Vec<_> = outcome.findings.iter().filter(|finding| finding.severity >= Severity::Warning).collect();
    assert!(warnings.is_empty(), "{warnings:#?}");
}
