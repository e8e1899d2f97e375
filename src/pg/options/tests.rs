//! Tests of how options are read: URLs, connection strings, variables, files, and which of them wins.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::{ChannelBinding, Options, Password, Place, SslMode, TargetSession};
use crate::pg::Environment;

/// An environment whose home is empty, so that this machine's own files don't matter.
fn bare() -> Environment {
    Environment::empty().with("HOME", "/nonexistent").with("PGSYSCONFDIR", "/nonexistent").with("PGUSER", "me")
}

fn parse(text: &str) -> Options {
    Options::parse(text, &bare()).unwrap()
}

fn refused(text: &str) -> String {
    let error = Options::parse(text, &bare()).unwrap_err();
    assert!(!format!("{error:?}").contains("secret"), "a password is quoted: {error:?}");
    error.message().to_owned()
}

#[test]
fn urls_are_read_as_libpq_does() {
    for (url, shown) in [
        ("postgres://", "postgresql://me@/me?port=5432"),
        ("postgresql://localhost", "postgresql://me@localhost:5432/me"),
        ("postgresql://localhost/mydb", "postgresql://me@localhost:5432/mydb"),
        ("postgresql://user:secret@h/db", "postgresql://user@h:5432/db"),
        ("postgresql://u%40x:s%2Fecret@h:5433/my%20db", "postgresql://u%40x@h:5433/my%20db"),
        ("postgresql://[2001:db8::1234]/db", "postgresql://me@[2001:db8::1234]:5432/db"),
        ("postgresql://[::1]:77/db", "postgresql://me@[::1]:77/db"),
        ("postgresql:///db?host=/tmp/x&port=7", "postgresql://me@/db?host=/tmp/x&port=7"),
        ("postgresql://%2Ftmp%2Fx:7/db", "postgresql://me@/db?host=/tmp/x&port=7"),
        ("postgres://a:1,b,c:3/db", "postgresql://me@/db?host=a,b,c&port=1,5432,3"),
        ("postgres://h/db?sslmode=disable&ssl=true", "postgresql://me@h:5432/db?sslmode=require"),
        ("postgres://h?user=a@b&password=secret", "postgresql://a%40b@h:5432/a%40b"),
        ("postgres://h/db?options=-c%20x%3Dy", "postgresql://me@h:5432/db?options=-c%20x%3Dy"),
        ("postgres://h/db?hostaddr=10.0.0.1", "postgresql://me@h:5432/db?hostaddr=10.0.0.1"),
        ("  postgres://h/db\n", "postgresql://me@h:5432/db"),
    ] {
        let options = parse(url);
        assert_eq!(options.to_string(), shown, "{url}");
        assert_eq!(parse(&options.url()), options, "reading the URL back: {url}");
    }
}

#[test]
fn keyword_strings_are_read_as_libpq_does() {
    for (text, shown) in [
        ("host=h port=7 dbname=db", "postgresql://me@h:7/db"),
        (" host = 'h'  dbname = 'my \\'db\\''", "postgresql://me@h:5432/my%20%27db%27"),
        ("dbname=a\\ b password=secret", "postgresql://me@/a%20b?port=5432"),
        ("host='' dbname=''", "postgresql://me@/me?port=5432"),
        ("", "postgresql://me@/me?port=5432"),
    ] {
        assert_eq!(parse(text).to_string(), shown, "{text}");
    }
}

#[test]
fn the_password_is_kept_and_never_shown() {
    let options = parse("postgres://u:%73ecr%65t@h/db");
    assert_eq!(options.hosts()[0].password, Some(Password::new("secret")));
    assert!(!format!("{options} {options:?}").contains("secret"));
    assert!(options.url().contains(":secret@"));
}

#[test]
fn what_is_wrong_is_named_without_the_password() {
    for (text, message) in [
        ("postgres://u:secret@h:abc/db", "what follows the host's colon in the URL is no port"),
        ("postgres://u:secret/db", "what follows the host's colon in the URL is no port"),
        ("host=h port=abc", "\"abc\" is no port"),
        ("postgres://h:0/db", "\"0\" is no port"),
        ("postgres://[::1/db", "\"]\" is missing in the URL's address \"[::1\""),
        ("postgres://::1/db", "the URL's host \"::1\" has more than one colon"),
        ("postgres://u:secret%zz@h/db", "a percent sign in the URL is not followed by two hexadecimal digits"),
        ("postgres://u:%00secret@h/db", "a percent sign in the URL is not followed by two hexadecimal digits"),
        ("postgres://h/db?sslmod=require", "\"sslmod\" is no connection parameter"),
        ("postgres://h/db?sslmode", "the URL's parameter \"sslmode\" has no \"=\" and no value"),
        ("postgres://h/db?sslmode=on", "\"on\" is no value for sslmode"),
        ("postgres://h/db?sslcrldir=x", "the connection parameter sslcrldir is not supported"),
        ("postgres://h/db?connect_timeout=soon", "\"soon\" is no value for connect_timeout"),
        ("postgres://a,b/db?port=1,2,3", "there are 3 values of port for 2 hosts"),
        ("postgres://h/db?hostaddr=h", "hostaddr \"h\" is no IP address"),
        ("postgres://h/db?sslrootcert=system&sslmode=require", "sslmode=require is too weak for sslrootcert=system"),
        ("host=h password='secret", "the quote around the value of password is never closed in the connection string"),
        ("password=a secret", "what follows the password in the connection string is no connection parameter"),
        ("password=a secret=b host=h", "what follows the password in the connection string is no connection parameter"),
        ("password=a host", "\"=\" is missing after \"host\" in the connection string"),
        ("host=h gssencmode=require", "gssencmode=require is not supported"),
        ("host=h ssl_min_protocol_version=TLSv1.3", "ssl_min_protocol_version=TLSv1.3 is not supported"),
        ("host", "\"=\" is missing after \"host\" in the connection string"),
        ("secret/1", "the connection string is neither a URL nor a list of keyword=value"),
        ("mysql://u:secret@h/db", "the connection string is neither a URL nor a list of keyword=value"),
    ] {
        assert_eq!(refused(text), message, "{text}");
    }
}

#[test]
fn passwords_that_should_have_been_encoded_are_not_quoted() {
    for url in [
        "postgres://u:sec@secret@h/db",
        "postgres://u:sec/secret@h/db",
        "postgres://u:sec?secret@h/db",
        "postgres://u:5/secret@h/db",
        "postgres://u:5?secret@h/db",
        "postgres://u:5?secret=more@h/db",
    ] {
        assert_eq!(refused(url), "the URL's user or password holds a character that must be percent-encoded", "{url}");
    }
}

#[test]
fn unknown_schemes_and_words_get_hints() {
    let error = Options::parse("postgres://h/db?database=x", &bare()).unwrap_err();
    assert_eq!(error.hints(), ["did you mean dbname?"]);
}

#[test]
fn explicit_beats_service_beats_environment_beats_default() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".pg_service.conf"), "[s]\nhost=service\nport=2\ndbname=service\n").unwrap();
    let env = bare()
        .with("HOME", home.path().to_str().unwrap())
        .with("PGSERVICE", "s")
        .with("PGPORT", "3")
        .with("PGDATABASE", "env")
        .with("PGAPPNAME", "env")
        .with("PGSSLMODE", "verify-full")
        .with("PGCHANNELBINDING", "require")
        .with("PGTARGETSESSIONATTRS", "read-write")
        .with("PGCONNECT_TIMEOUT", "3")
        .with("PGOPTIONS", "-c a=b");
    let options = Options::parse("postgres://explicit", &env).unwrap();
    assert_eq!(options.hosts()[0].place, Place::Tcp { name: "explicit".to_owned(), addr: None });
    assert_eq!(options.hosts()[0].port, 2);
    assert_eq!(options.database(), "service");
    assert_eq!(options.user(), "me");
    assert_eq!(options.application_name, "env");
    assert_eq!(options.tls().mode, SslMode::VerifyFull);
    assert_eq!(options.channel_binding, ChannelBinding::Require);
    assert_eq!(options.target_session, TargetSession::ReadWrite);
    assert_eq!(options.connect_timeout, Some(Duration::from_secs(3)));
    assert_eq!(options.settings.as_deref(), Some("-c a=b"));

    let options = Options::from_environment(&env).unwrap();
    assert_eq!(options.to_string(), "postgresql://me@service:2/service?sslmode=verify-full&options=-c%20a%3Db");
}

#[test]
fn what_the_environment_demands_is_not_weakened() {
    assert_eq!(Options::parse("host=h", &bare().with("PGREQUIRESSL", "1")).unwrap().tls().mode, SslMode::Require,);
    let env = bare().with("PGREQUIRESSL", "1").with("PGSSLMODE", "verify-full");
    assert_eq!(Options::parse("host=h", &env).unwrap().tls().mode, SslMode::VerifyFull);
    for (variable, value) in [("PGGSSENCMODE", "require"), ("PGSSLMINPROTOCOLVERSION", "TLSv1.3")] {
        Options::parse("host=h", &bare().with(variable, value)).unwrap_err();
    }
    Options::parse("host=h gssencmode=prefer ssl_min_protocol_version=TLSv1.2", &bare()).unwrap();
}

#[test]
fn services_come_from_the_named_file_the_own_or_the_systems() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("pg_service.conf"), "[sys]\nhost=system\n").unwrap();
    fs::write(dir.path().join("mine"), "[a]\nhost=mine\n").unwrap();
    let path = dir.path().to_str().unwrap();
    let env = bare().with("PGSYSCONFDIR", path);
    assert_eq!(Options::parse("service=sys", &env).unwrap().to_string(), "postgresql://me@system:5432/me");
    let named = env.clone().with("PGSERVICEFILE", format!("{path}/mine"));
    assert_eq!(Options::parse("service=a", &named).unwrap().to_string(), "postgresql://me@mine:5432/me");
    assert_eq!(Options::parse("service=sys", &named).unwrap().to_string(), "postgresql://me@system:5432/me");
    let error = Options::parse("service=none", &env).unwrap_err();
    assert_eq!(error.message(), "no service file defines the service \"none\"");
    let missing = env.with("PGSERVICEFILE", "/nonexistent/file");
    let error = Options::parse("service=sys", &missing).unwrap_err();
    assert!(error.message().starts_with("cannot read the service file /nonexistent/file: "), "{error}");
}

#[test]
fn the_password_file_knows_each_host() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".pgpass");
    fs::write(&path, "a:1:db:me:one\nlocalhost:*:*:*:two\n/own/dir:*:*:*:three\n").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let env = bare().with("HOME", home.path().to_str().unwrap());
    let url = "postgres:///db?host=a,b,/tmp,/own/dir,&port=1";
    let options = Options::parse(url, &env).unwrap();
    let passwords: Vec<_> = options.hosts().iter().map(|host| host.password.as_ref().map(Password::reveal)).collect();
    assert_eq!(passwords, [Some("one"), None, Some("two"), Some("three"), Some("two")]);
    assert_eq!(options.passfile, Some(path.clone()));

    let explicit = Options::parse(&format!("{url}&password=mine"), &env).unwrap();
    assert!(explicit.hosts().iter().all(|host| host.password == Some(Password::new("mine"))));

    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let options = Options::parse(url, &env).unwrap();
    assert!(options.hosts().iter().all(|host| host.password.is_none()));
    assert!(options.warnings()[0].contains("can be read by group or others"), "{:?}", options.warnings());
}

#[test]
fn default_certificate_files_count_where_they_are_there() {
    let home = tempfile::tempdir().unwrap();
    let env = bare().with("HOME", home.path().to_str().unwrap());
    assert_eq!(Options::parse("host=h", &env).unwrap().tls().roots, None);
    fs::create_dir(home.path().join(".postgresql")).unwrap();
    for name in ["root.crt", "postgresql.crt", "postgresql.key"] {
        fs::write(home.path().join(".postgresql").join(name), "").unwrap();
    }
    let options = Options::parse("host=h", &env).unwrap();
    assert!(options.tls().roots.is_some());
    assert!(options.tls().identity.is_some());
    assert_eq!(parse("host=h sslrootcert=system").tls().mode, SslMode::VerifyFull);
}
