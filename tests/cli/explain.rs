//! `pgward explain`.

use insta::assert_snapshot;

use crate::support::run;

#[test]
fn lists_and_explains_codes() {
    assert_snapshot!("codes", run(&["explain"]));
    assert_snapshot!(run(&["explain", "vf003"]), @r#"
    exit: 0
    --- stdout
    VF003 undeclared-object (error)

    A managed schema holds an object that the manifest does not declare: made by hand, left behind, or
    forgotten in the manifest. `pgward verify --write` writes a manifest of what is there; `partial =
    true` on its parent says that undeclared parts are accepted.

    Finds
      [schemas.ops]
      # and a table ops.scratch in the database

    Does not find
      [schemas.ops]
      
      [tables."ops.scratch"]
      partial = true
    "#);
    assert_eq!(run(&["explain", "undeclared-object"]), run(&["explain", "VF003"]));
    assert_snapshot!(run(&["explain", "PR001", "--format", "json"]), @r#"
    exit: 0
    --- stdout
    {
      "code": {
        "bad": "-- up\ncreate table a (id integer);\ncreate type mood as enum ('sad', 'ok');\n-- down\ndrop table a;",
        "code": "PR001",
        "description": "After a migration went up and down again, the catalog is not what it was before: the down leaves something behind, or takes away something that was there. Going down would then leave a schema that no version describes. Make the down undo exactly what its up does.",
        "good": "-- down\ndrop table a;\ndrop type mood;",
        "name": "down-differs",
        "off_by_default": false,
        "severity": "error"
      },
      "command": "explain",
      "findings": [],
      "format_version": 1
    }
    "#);
    assert_snapshot!(run(&["explain", "XX999"]), @r#"
    exit: 2
    --- stderr
    error: there is no code "XX999"

    hint: `pgward explain` lists all codes
    "#);
}
