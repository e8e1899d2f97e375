//! Help, usage errors, completions and the manual page.

use insta::assert_snapshot;

use crate::support::run;

#[test]
fn help_of_every_command() {
    assert_snapshot!("pgward", run(&["--help"]));
    for command in ["up", "down", "redo", "status", "new", "verify", "snapshot", "dev", "explain", "completions", "man"]
    {
        assert_snapshot!(command, run(&[command, "--help"]));
    }
}

#[test]
fn a_wrong_command_line_exits_2() {
    assert_snapshot!(run(&["upp"]), @"
    exit: 2
    --- stderr
    error: unrecognized subcommand 'upp'

      tip: a similar subcommand exists: 'up'

    Usage: pgward [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(run(&["up", "--to", "latest"]), @"
    exit: 2
    --- stderr
    error: invalid value 'latest' for '--to <VERSION>': invalid digit found in string

    For more information, try '--help'.
    ");
    assert_snapshot!(run(&["up", "--lock-timeout", "5 parsecs"]), @r#"
    exit: 2
    --- stderr
    error: invalid value '5 parsecs' for '--lock-timeout <TIME>': "parsecs" is no unit of time; use ms, s, min or h

    For more information, try '--help'.
    "#);
    assert_snapshot!(run(&["down", "--all", "--to", "3"]), @"
    exit: 2
    --- stderr
    error: the argument '--all' cannot be used with '--to <VERSION>'

    Usage: pgward down --all

    For more information, try '--help'.
    ");
}

#[test]
fn completions_and_manual_are_generated() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let shown = run(&["completions", shell]);
        assert!(shown.starts_with("exit: 0\n--- stdout\n") && shown.contains("pgward"), "{shown}");
        assert!(!shown.contains("--- stderr"), "{shown}");
    }
    let shown = run(&["man"]);
    assert!(shown.starts_with("exit: 0\n--- stdout\n") && shown.contains(".TH pgward 1"), "{shown}");
}
