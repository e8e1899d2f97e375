//! TLS for real, with certificates made on the spot: what each `sslmode` takes, and what it says when it doesn't. And
//! passwords, which need a server that asks for them.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::PathBuf;

use pgward::base::{Error, ErrorKind};
use pgward::pg::{Environment, Options, Session, connect};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer, KeyIdMethod, KeyPair,
    KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};

use super::pg_project::Project;
use super::pg_support::until_asleep;

/// An authority that signs certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate and its key.
    fn sign(&self, params: &CertificateParams) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

fn for_host(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// A server with TLS, reached as `localhost`.
struct Server {
    project: Project,
    url: String,
}

impl Server {
    async fn plain() -> Self {
        let project = Project::new();
        let server = project.server().await;
        server.start().await.unwrap();
        let url = server.url().await.unwrap().replace("@127.0.0.1:", "@localhost:") + "?hostaddr=127.0.0.1";
        Self { project, url }
    }

    async fn with_tls((certificate, key): (String, String)) -> Self {
        let server = Self::plain().await;
        let (certificate, key) = (server.own_file("server.crt", &certificate), server.own_file("server.key", &key));
        server
            .configure(&[
                &format!("alter system set ssl_cert_file = '{}'", certificate.display()),
                &format!("alter system set ssl_key_file = '{}'", key.display()),
                "alter system set ssl = on",
            ])
            .await;
        while server.connect("sslmode=require").await.is_err() {}
        server
    }

    /// A file that the server's user owns.
    fn own_file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.file(name, text);
        let owner = fs::metadata(self.project.state().join("data")).unwrap();
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
        path
    }

    /// A file that this process's user owns.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.project.dir.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    }

    async fn admin(&self) -> Session {
        connect(&self.project.server().await.start().await.unwrap().options).await.unwrap()
    }

    async fn configure(&self, statements: &[&str]) {
        let session = self.admin().await;
        for statement in statements {
            session.client().batch_execute(statement).await.unwrap();
        }
        session.client().batch_execute("select pg_reload_conf()").await.unwrap();
    }

    /// Has the server read another `pg_hba.conf`, with the private socket's line kept.
    async fn host_rules(&self, rules: &str) {
        let session = self.admin().await;
        self.own_file("hba.conf", &format!("local all all trust\n{rules}\n"));
        let data = self.project.state().join("data/pg_hba.conf");
        fs::rename(self.project.dir.path().join("hba.conf"), data).unwrap();
        let loaded = "select pg_conf_load_time()::text";
        let before: String = session.client().query_one(loaded, &[]).await.unwrap().get(0);
        session.client().batch_execute("select pg_reload_conf()").await.unwrap();
        // A session's own load time says when it has read it; new sessions come from a server that has then too.
        while session.client().query_one(loaded, &[]).await.unwrap().get::<_, String>(0) == before {}
    }

    async fn connect(&self, parameters: &str) -> Result<Session, Error> {
        let env = Environment::empty().with("HOME", "/nonexistent");
        connect(&Options::parse(&format!("{}&{parameters}", self.url), &env).unwrap()).await
    }

    /// Whether the connection that these parameters give is encrypted.
    async fn encrypted(&self, parameters: &str) -> bool {
        let session = self.connect(parameters).await.unwrap_or_else(|error| panic!("{parameters}: {error:?}"));
        let query = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        session.client().query_one(query, &[]).await.unwrap().get(0)
    }

    async fn refused(&self, parameters: &str) -> String {
        let error = self.connect(parameters).await.expect_err(parameters);
        assert!(matches!(error.kind(), ErrorKind::Connection | ErrorKind::Input), "{error:?}");
        assert!(!error.hints().is_empty(), "no hint: {error:?}");
        // The port differs each time.
        let port = self.url.split_once("localhost:").unwrap().1.split_once('/').unwrap().0;
        error.message().replace(&format!(":{port}"), "")
    }
}

#[tokio::test]
async fn each_mode_takes_a_good_certificate() {
    let authority = Authority::new("good");
    let server = Server::with_tls(authority.sign(&for_host("localhost"))).await;
    let root = server.file("root.crt", &authority.pem).display().to_string();
    assert!(!server.encrypted("sslmode=disable").await);
    assert!(!server.encrypted("sslmode=allow").await);
    for parameters in ["", "sslmode=prefer", "sslmode=require", "channel_binding=require"] {
        assert!(server.encrypted(parameters).await, "{parameters}");
    }
    for mode in ["require", "verify-ca", "verify-full"] {
        assert!(server.encrypted(&format!("sslmode={mode}&sslrootcert={root}")).await, "{mode}");
    }
    assert_eq!(
        server.refused("sslmode=disable&channel_binding=require").await,
        "the server at localhost does not bind the password to the TLS channel"
    );
    assert_eq!(
        server.refused("sslmode=verify-full").await,
        "sslmode=verify-full needs to know which certificates to trust"
    );
}

#[tokio::test]
async fn the_host_must_be_named_for_verify_full_alone() {
    let authority = Authority::new("good");
    let server = Server::with_tls(authority.sign(&for_host("other.example"))).await;
    let root = server.file("root.crt", &authority.pem).display().to_string();
    assert!(server.encrypted(&format!("sslmode=verify-ca&sslrootcert={root}")).await);
    let error = server.connect(&format!("sslmode=verify-full&sslrootcert={root}")).await.unwrap_err();
    assert!(error.message().ends_with("the server's certificate is not for localhost"), "{error}");
    assert!(error.notes()[0].contains("other.example"), "{error:?}");
}

#[tokio::test]
async fn an_unknown_authority_is_refused_where_roots_are_known() {
    let server = Server::with_tls(Authority::new("good").sign(&for_host("localhost"))).await;
    let root = server.file("root.crt", &Authority::new("good").pem).display().to_string();
    for mode in ["require", "verify-ca", "verify-full"] {
        assert_eq!(
            server.refused(&format!("sslmode={mode}&sslrootcert={root}")).await,
            "no TLS connection to localhost: the server's certificate is signed by an unknown authority",
            "{mode}"
        );
    }
    assert!(server.encrypted("sslmode=require").await, "nothing to check against");
    // As libpq, `prefer` doesn't look.
    assert!(server.encrypted(&format!("sslmode=prefer&sslrootcert={root}")).await);
    let none = server.file("none.crt", "").display().to_string();
    let message = server.connect(&format!("sslmode=verify-ca&sslrootcert={none}")).await.unwrap_err();
    assert!(message.message().ends_with("none.crt holds no certificate in PEM form"), "{message}");
}

#[tokio::test]
async fn dates_count() {
    let authority = Authority::new("good");
    let mut old = for_host("localhost");
    (old.not_before, old.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let server = Server::with_tls(authority.sign(&old)).await;
    let root = server.file("root.crt", &authority.pem).display().to_string();
    assert_eq!(
        server.refused(&format!("sslmode=verify-ca&sslrootcert={root}")).await,
        "no TLS connection to localhost: the server's certificate has expired"
    );
}

#[tokio::test]
async fn revoked_certificates_are_refused() {
    let authority = Authority::new("good");
    let mut params = for_host("localhost");
    params.serial_number = Some(SerialNumber::from(7_u64));
    let server = Server::with_tls(authority.sign(&params)).await;
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2020, 1, 1),
        next_update: date_time_ymd(2100, 1, 1),
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from(7_u64),
            revocation_time: date_time_ymd(2020, 1, 1),
            reason_code: None,
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let root = server.file("root.crt", &authority.pem).display().to_string();
    let list = server.file("root.crl", &list.signed_by(&authority.issuer).unwrap().pem().unwrap());
    let error = server.connect(&format!("sslmode=verify-ca&sslrootcert={root}&sslcrl={}", list.display())).await;
    assert!(error.unwrap_err().message().ends_with("the server's certificate was revoked"));
}

/// As the manual's recipe makes it: a certificate that is its own authority.
#[tokio::test]
async fn a_self_signed_certificate_may_be_trusted_itself() {
    let own = |mut params: CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    };
    let (certificate, key) = own(for_host("localhost"));
    let server = Server::with_tls((certificate.clone(), key)).await;
    let root = server.file("root.crt", &certificate).display().to_string();
    assert!(server.encrypted(&format!("sslmode=verify-full&sslrootcert={root}")).await);
    let other = server.file("other.crt", &own(for_host("localhost")).0).display().to_string();
    assert!(server.connect(&format!("sslmode=verify-ca&sslrootcert={other}")).await.is_err());

    let (certificate, key) = own(for_host("other.example"));
    let server = Server::with_tls((certificate.clone(), key)).await;
    let root = server.file("root.crt", &certificate).display().to_string();
    assert!(server.encrypted(&format!("sslmode=verify-ca&sslrootcert={root}")).await);
    let refused = server.refused(&format!("sslmode=verify-full&sslrootcert={root}")).await;
    assert!(refused.ends_with("is not for localhost"), "{refused}");
}

#[tokio::test]
async fn a_server_without_tls() {
    let server = Server::plain().await;
    assert!(!server.encrypted("sslmode=prefer").await);
    assert!(!server.encrypted("sslmode=allow").await);
    assert_eq!(server.refused("sslmode=require").await, "no TLS connection to localhost: the server has no TLS");
}

#[tokio::test]
async fn allow_and_prefer_take_the_way_that_the_server_leaves() {
    let server = Server::with_tls(Authority::new("good").sign(&for_host("localhost"))).await;
    server.host_rules("hostssl all all 127.0.0.1/32 scram-sha-256").await;
    assert!(server.encrypted("sslmode=allow").await);
    let refused = server.refused("sslmode=disable").await;
    assert!(refused.contains("no pg_hba.conf entry for host \"127.0.0.1\""), "{refused}");
    server.host_rules("hostnossl all all 127.0.0.1/32 scram-sha-256").await;
    assert!(!server.encrypted("sslmode=prefer").await);
    assert!(server.refused("sslmode=require").await.contains("no pg_hba.conf entry"));
}

#[tokio::test]
async fn client_certificates() {
    let authority = Authority::new("good");
    let server = Server::with_tls(authority.sign(&for_host("localhost"))).await;
    let root = server.own_file("clients.crt", &authority.pem);
    server.configure(&[&format!("alter system set ssl_ca_file = '{}'", root.display())]).await;
    server.host_rules("hostssl all all 127.0.0.1/32 cert").await;

    let identity = |name: &str, authority: &Authority| {
        let (certificate, key) = authority.sign(&for_host("postgres"));
        let (certificate, key) =
            (server.file(&format!("{name}.crt"), &certificate), server.file(&format!("{name}.key"), &key));
        (format!("sslmode=require&sslcert={}&sslkey={}", certificate.display(), key.display()), key)
    };
    let (good, key) = identity("good", &authority);
    assert!(server.encrypted(&good).await);
    let refused = server.refused("sslmode=require").await;
    assert!(refused.contains("connection requires a valid client certificate"), "{refused}");
    let (bad, _) = identity("bad", &Authority::new("bad"));
    let refused = server.refused(&bad).await;
    assert_eq!(refused, "no TLS connection to localhost: the server refuses the client certificate");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let refused = server.refused(&good).await;
    assert!(refused.ends_with("good.key can be read by others"), "{refused}");
}

#[tokio::test]
async fn cancelling_goes_through_tls_too() {
    let server = Server::with_tls(Authority::new("good").sign(&for_host("localhost"))).await;
    let session = server.connect("sslmode=require").await.unwrap();
    let canceller = session.canceller();
    let observer = server.connect("sslmode=require").await.unwrap();
    let (slept, cancelled) = tokio::join!(session.client().batch_execute("select pg_sleep(60)"), async {
        until_asleep(observer.client()).await;
        canceller.cancel().await
    });
    cancelled.unwrap();
    assert_eq!(session.error(slept.unwrap_err(), "sleep").sqlstate(), Some("57014"));
}

#[tokio::test]
async fn passwords_come_from_the_file_and_wrong_ones_are_not_shown() {
    let server = Server::plain().await;
    let (before, after) = server.url.split_once("postgres:").unwrap();
    let (password, after) = after.split_once('@').unwrap();
    let bare = format!("{before}postgres@{after}");
    let home = server.project.dir.path();
    let env = Environment::empty().with("HOME", home.to_str().unwrap());

    let pgpass = server.file(".pgpass", &format!("localhost:*:pgward:postgres:{password}\n"));
    connect(&Options::parse(&bare, &env).unwrap()).await.unwrap();
    let wrong = env.clone().with("PGPASSWORD", "hush-hush");
    let error = connect(&Options::parse(&bare, &wrong).unwrap()).await.unwrap_err();
    assert!(error.message().ends_with("password authentication failed for user \"postgres\""), "{error}");
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Connection, Some("28P01")));
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");

    fs::write(&pgpass, "localhost:*:*:*:wrong\n").unwrap();
    let error = connect(&Options::parse(&bare, &env).unwrap()).await.unwrap_err();
    assert_eq!(error.notes(), [format!("the password came from {}", pgpass.display())]);
    fs::remove_file(&pgpass).unwrap();
    let error = connect(&Options::parse(&bare, &env).unwrap()).await.unwrap_err();
    assert!(error.message().contains("asks for the password of role \"postgres\""), "{error}");
}

#[tokio::test]
async fn too_many_connections() {
    let server = Server::plain().await;
    server.configure(&["create role guest login password 'x' connection limit 0"]).await;
    let url = server.url.replace("postgres:", "guest:");
    let (before, after) = url.split_once("guest:").unwrap();
    let url = format!("{before}guest:x@{}", after.split_once('@').unwrap().1);
    let error = connect(&Options::parse(&url, &Environment::empty()).unwrap()).await.unwrap_err();
    assert!(error.message().ends_with("too many connections for role \"guest\""), "{error}");
    assert!(error.hints()[0].contains("max_connections"), "{error:?}");
}
