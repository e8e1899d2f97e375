//! `pgward completions SHELL` and `pgward man`: generated from the command line's own definition.

use clap::CommandFactory as _;

use super::Cli;
use super::context::Context;
use crate::base::{Error, Exit, Result};

/// Print a shell's completion script
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// Which shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "pgward", &mut script);
        context.output.data(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Clean)
    }
}

/// Print the manual page
#[derive(Debug, clap::Args)]
pub(super) struct Man {}

impl Man {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let mut page = Vec::new();
        let mut render = |command: clap::Command| {
            clap_mangen::Man::new(command)
                .render(&mut page)
                .map_err(|error| Error::environment("the manual page can't be made").with_source(error))
        };
        render(Cli::command())?;
        context.output.data(&String::from_utf8_lossy(&page))?;
        Ok(Exit::Clean)
    }
}
