//! Small file systems, to be filled.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::skipped::skipped;

/// A file system in memory, that goes away.
pub struct Small {
    dir: tempfile::TempDir,
}

impl Small {
    /// Makes one of so many kilobytes. None where this process may not mount, which is noted.
    pub fn new(kilobytes: u64) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k,mode=755"), "tmpfs"]).arg(dir.path());
        let why = match mount.output() {
            Ok(output) if output.status.success() => return Some(Self { dir }),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        skipped("full disks", &format!("nothing can be mounted here: {why}"));
        None
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Mounts it with other options: `ro`, `size=…`.
    pub fn remount(&self, options: &str) {
        let mut mount = Command::new("mount");
        let output = mount.args(["-o", &format!("remount,{options}")]).arg(self.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// How many kilobytes are in use.
    pub fn used(&self) -> u64 {
        let output = Command::new("df").args(["--output=used", "-k"]).arg(self.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().last().unwrap().trim().parse().unwrap()
    }

    /// Fills it to the last byte; removing the file that this returns frees it again.
    pub fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        path
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Lazily: a server that is being stopped may still have files open.
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}
