//! The migrations that are embedded in the program.

use std::path::Path;

use super::directory::{layout_of, parse};
use super::migration::SqlFile;
use super::set::{Migrations, Origin};
use crate::base::Result;

/// Embeds files of the `migrations` directory under their names.
macro_rules! files {
    ($($file:literal),* $(,)?) => { &[$(($file, include_str!(concat!("../../migrations/", $file)))),*] };
}

/// The files of the bundle `ops`, all that are in the directory; a test holds the two together.
const OPS: &[(&str, &str)] = files![
    "V20260213000000__ops_platform.down.sql",
    "V20260213000000__ops_platform.sql",
    "V20260213000001__ops_rename_agent_tables.down.sql",
    "V20260213000001__ops_rename_agent_tables.sql",
    "V20260213000100__ops_core_schema.down.sql",
    "V20260213000100__ops_core_schema.sql",
    "V20260213000200__ops_rpc_functions.down.sql",
    "V20260213000200__ops_rpc_functions.sql",
    "V20260213000300__ops_rls_policies.down.sql",
    "V20260213000300__ops_rls_policies.sql",
    "V20260213000400__ops_indexes_constraints.down.sql",
    "V20260213000400__ops_indexes_constraints.sql",
    "V20260214000001__ops_environments.down.sql",
    "V20260214000001__ops_environments.sql",
    "V20260214000100__ops_queue_storage.down.sql",
    "V20260214000100__ops_queue_storage.sql",
    "V20260214000200__ops_worker_functions.down.sql",
    "V20260214000200__ops_worker_functions.sql",
    "V20260214000300__ops_queue_operations.down.sql",
    "V20260214000300__ops_queue_operations.sql",
    "V20260215000000__ops_queue_speed.down.sql",
    "V20260215000000__ops_queue_speed.sql",
    "V20260216000000__ops_claim_walks.down.sql",
    "V20260216000000__ops_claim_walks.sql",
    "V20260217000000__ops_claim_and_start.down.sql",
    "V20260217000000__ops_claim_and_start.sql",
];

pub(super) fn load() -> Result<Migrations> {
    let paths: Vec<_> = OPS.iter().map(|(file, _)| Path::new(file).to_owned()).collect();
    let names = parse(&paths, layout_of(&paths))?;
    let files = names
        .into_iter()
        .zip(OPS)
        .map(|(name, (file, text))| (name, SqlFile { file: format!("migrations/{file}"), text: (*text).to_owned() }));
    Migrations::from_files(files.collect(), Origin::Bundle("ops"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::directory::sql_files;

    #[test]
    fn list_and_directory_agree() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let found: Vec<_> = sql_files(&dir).unwrap();
        let found: Vec<_> = found.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(OPS.iter().map(|(file, _)| *file).collect::<Vec<_>>(), found);
    }

    #[test]
    fn every_migration_has_a_down_and_parses() {
        for migration in &Migrations::bundle().unwrap() {
            for file in [migration.up(), migration.down().unwrap()] {
                crate::sql::Script::parse(&file.file, &file.text).unwrap();
            }
        }
    }
}
