//! Which user of the system runs the server's programs: PostgreSQL refuses to run as root.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, fchown, lchown};
use std::path::{Path, PathBuf};

use nix::unistd::{User, getegid, geteuid};
use tokio::process::Command;

use crate::base::{Error, Result};
use crate::pg::Environment;

/// The users that PostgreSQL's packages make on Debian, Red Hat, macOS and the BSDs.
const SERVER_USERS: [&str; 3] = ["postgres", "_postgres", "pgsql"];

/// A user of the system.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    gid: u32,
    home: PathBuf,
    /// Whether this process is another user, root, and must change.
    pub(super) switch: bool,
}

impl Account {
    /// The user for a cluster: this process's own, or as root the owner of the data that is there, else an
    /// unprivileged user.
    ///
    /// # Errors
    ///
    /// As root on a system without any such user.
    pub(super) fn choose(data: &Path, env: &Environment) -> Result<Self> {
        let uid = geteuid();
        if !uid.is_root() {
            let user = User::from_uid(uid).ok().flatten();
            return Ok(Self {
                name: user.as_ref().map_or_else(|| uid.to_string(), |user| user.name.clone()),
                uid: uid.as_raw(),
                gid: getegid().as_raw(),
                home: env.home().unwrap_or_else(|| PathBuf::from("/")),
                switch: false,
            });
        }
        let owner = fs::symlink_metadata(data).ok().filter(|data| data.is_dir() && data.uid() != 0);
        let owner = owner.and_then(|data| User::from_uid(data.uid().into()).ok().flatten());
        let named = |name: &str| User::from_name(name).ok().flatten().filter(|user| !user.uid.is_root());
        owner
            .or_else(|| SERVER_USERS.into_iter().find_map(named))
            .or_else(|| env.get("SUDO_USER").and_then(named))
            .or_else(|| named("nobody"))
            .map(|user| Self {
                name: user.name,
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
                home: user.dir,
                switch: true,
            })
            .ok_or_else(|| {
                Error::environment("PostgreSQL does not run as root, and there is no user postgres to run it as")
                    .with_hint("run pgward as another user, or add one: useradd --system postgres")
            })
    }

    /// A program to be run as this user, in a process group of its own so that Ctrl-C at the terminal doesn't reach
    /// it, with an environment that holds nothing to surprise PostgreSQL.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", &self.home).env("LC_ALL", "C");
        command.current_dir("/").process_group(0).stdin(std::process::Stdio::null());
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether this user can enter a directory; asked of the kernel, which knows about groups and access lists.
    pub(super) async fn can_enter(&self, dir: &Path) -> bool {
        let mut command = self.command("/bin/sh");
        command.args(["-c", "cd -- \"$1\" 2>/dev/null", "sh"]).arg(dir);
        command.status().await.is_ok_and(|status| status.success())
    }

    /// Gives this user an open file.
    pub(super) fn own_file(&self, file: &File) -> io::Result<()> {
        if self.switch { fchown(file, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// Gives this user something that was just made; never follows a symbolic link.
    pub(super) fn own(&self, path: &Path) -> io::Result<()> {
        if self.switch { lchown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }
}
