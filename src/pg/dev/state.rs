//! The development server's folder: what is in it, where it is, and who may change it now.
//!
//! ```text
//! .pgward/
//!   data/        the cluster
//!   run/         the unix socket, unless its path would be too long
//!   server.log   what the server says
//!   password     of role postgres over TCP, readable by its owner alone
//!   port         chosen once and kept
//!   ready        the run of the server that is set up completely
//!   version      of the server that ran last
//!   docker       the image, where the databases are in a container
//!   lock         held while anything here changes
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio::time::sleep;

use super::account::Account;
use crate::base::{Error, ErrorKind, Result};
use crate::pg::Password;

/// What `sun_path` holds on Linux, without the final zero; 104 bytes on macOS.
const SOCKET_PATH_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// How long another pgward may take to start or stop the server.
const LOCK_PATIENCE: Duration = Duration::from_secs(120);

/// The folder.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) dir: PathBuf,
}

impl State {
    pub(super) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.dir.join("server.log")
    }

    /// Makes the folder, with an ignore file in it so that no repository takes it up.
    pub(super) fn create(&self, account: &Account) -> Result<()> {
        // Where root runs pgward the server's user must get through; nothing secret is readable to it or others.
        let mode = if account.switch { 0o755 } else { 0o700 };
        DirBuilder::new().recursive(true).mode(mode).create(&self.dir).map_err(|error| self.cannot("make", &error))?;
        let ignore = self.dir.join(".gitignore");
        // Never through a symbolic link, also one that leads nowhere yet.
        match OpenOptions::new().write(true).create_new(true).open(ignore).and_then(|mut file| file.write_all(b"*\n")) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(self.cannot("write to", &error)),
            _ => Ok(()),
        }
    }

    pub(super) fn cannot(&self, what: &str, error: &io::Error) -> Error {
        let made = Error::environment(format!(
            "cannot {what} the development server's folder {}: {error}",
            self.dir.display()
        ));
        match error.kind() {
            io::ErrorKind::PermissionDenied => made.with_hint(
                "it belongs to another user: run pgward as that user, or name another folder in PGWARD_STATE_DIR",
            ),
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                made.with_hint("name a folder on a disk with room in PGWARD_STATE_DIR")
            }
            _ => made,
        }
    }

    /// Waits until nobody else starts, stops or resets this server; held until the file is dropped.
    pub(super) async fn lock(&self) -> Result<File> {
        let path = self.dir.join("lock");
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(|error| self.cannot("open the lock in", &error))?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if started.elapsed() < LOCK_PATIENCE => {
                    sleep(Duration::from_millis(20)).await
                }
                Err(TryLockError::WouldBlock) => {
                    let message = format!("another pgward has held {} for {LOCK_PATIENCE:?}", path.display());
                    return Err(Error::new(ErrorKind::Lock, message)
                        .with_hint("is one still starting or stopping the development server?"));
                }
                Err(TryLockError::Error(error)) => return Err(self.cannot("lock", &error)),
            }
        }
    }

    /// The directory for the unix socket, made private: access to it is access to the server.
    pub(super) fn socket_dir(&self, account: &Account) -> Result<PathBuf> {
        let own = self.dir.join("run");
        // PostgreSQL's setting is a list with commas and quotes, so a plain path is the only kind to be sure of.
        let plain =
            own.as_os_str().as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(byte));
        let dir = match plain && own.join(".s.PGSQL.65535.lock").as_os_str().len() <= SOCKET_PATH_MAX {
            true => own,
            false => PathBuf::from(format!("/tmp/pgward-{}-{}", account.uid, short_hash(&self.dir))),
        };
        match DirBuilder::new().mode(0o700).create(&dir) {
            Ok(()) => account.own(&dir).map_err(|error| self.cannot("hand over", &error))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::environment(format!("cannot make the folder {}: {error}", dir.display()))),
        }
        // In /tmp anyone could have been here first.
        let found = fs::symlink_metadata(&dir).map_err(|error| self.cannot("look into", &error))?;
        if !found.is_dir() || found.uid() != account.uid || found.permissions().mode() & 0o077 != 0 {
            return Err(Error::environment(format!(
                "{} is not a private folder of user {}",
                dir.display(),
                account.name
            ))
            .with_hint("somebody else made it; remove it and try again"));
        }
        Ok(dir)
    }

    /// The password over TCP, made at the first call.
    pub(super) fn password(&self) -> Result<Password> {
        let path = self.dir.join("password");
        match fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() => return Ok(Password::new(text.trim())),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(self.cannot("read the password in", &error)),
        }
        let mut random = [0; 18];
        File::open("/dev/urandom")
            .and_then(|mut file| file.read_exact(&mut random))
            .map_err(|error| Error::environment(format!("cannot read /dev/urandom: {error}")))?;
        let password = hex(&random);
        self.replace("password", &password, 0o600)?;
        Ok(Password::new(password))
    }

    /// A one-line file's content, without the end of the line.
    pub(super) fn line(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.dir.join(name)).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Removes a one-line file.
    pub(super) fn remove(&self, name: &str) -> Result<()> {
        match fs::remove_file(self.dir.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.cannot("write to", &error)),
            _ => Ok(()),
        }
    }

    /// Writes a one-line file at once: readers see the old line or the new one.
    pub(super) fn replace(&self, name: &str, line: &str, mode: u32) -> Result<()> {
        write_new(&self.dir, name, &format!("{line}\n"), mode, None).map_err(|error| self.cannot("write to", &error))
    }
}

/// Writes a file beside the place and renames it there, for an owner where that isn't this process's user. Follows no
/// symbolic link that somebody may have put there, and hands over the very file that it made, not whatever has its name.
pub(super) fn write_new(dir: &Path, name: &str, text: &str, mode: u32, owner: Option<&Account>) -> io::Result<()> {
    let temporary = dir.join(format!(".{name}.{}", std::process::id()));
    // One that is left of a process that had the same id and died.
    let _ = fs::remove_file(&temporary);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary)?;
    file.write_all(text.as_bytes())?;
    if let Some(owner) = owner {
        owner.own_file(&file)?;
    }
    fs::rename(&temporary, dir.join(name))
}

/// Eight hexadecimal digits that stand for a path, the same in every version.
pub(super) fn short_hash(path: &Path) -> String {
    hex(&Sha256::digest(path.as_os_str().as_bytes())[..4])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::{Account, State};
    use crate::pg::Environment;

    #[test]
    fn the_folder_is_made_without_following_a_link_that_leads_nowhere() {
        let dir = tempfile::tempdir().unwrap();
        let (elsewhere, state) = (dir.path().join("elsewhere"), State { dir: dir.path().join("state") });
        let account = Account::choose(&state.data(), &Environment::empty()).unwrap();
        fs::create_dir(&state.dir).unwrap();
        symlink(&elsewhere, state.dir.join(".gitignore")).unwrap();
        state.create(&account).unwrap();
        assert!(!elsewhere.exists());
        fs::remove_file(state.dir.join(".gitignore")).unwrap();
        for _ in 0..2 {
            state.create(&account).unwrap();
            assert_eq!(fs::read_to_string(state.dir.join(".gitignore")).unwrap(), "*\n");
        }
    }
}
