//! What tests of connections look at.

use tokio_postgres::Client;

/// Waits until another session of the same database is in a statement's `pg_sleep`: one that is cancelled before it has
/// begun goes on.
pub async fn until_asleep(observer: &Client) {
    let query = "select count(*) > 0 from pg_stat_activity
                 where datname = current_database() and wait_event = 'PgSleep'";
    while !observer.query_one(query, &[]).await.unwrap().get::<_, bool>(0) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
