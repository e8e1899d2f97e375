//! Why TLS failed, in words that lead somewhere.

use rustls::{AlertDescription, CertificateError, Error as TlsError};

use crate::base::{Error, ErrorKind};

/// Explains a TLS failure while connecting to a place such as `db.example.com:5432`.
pub(in crate::pg) fn explain(error: &TlsError, place: &str) -> Error {
    let failed = |why: &str| Error::new(ErrorKind::Connection, format!("no TLS connection to {place}: {why}"));
    match error {
        TlsError::InvalidCertificate(certificate) => explain_certificate(certificate, failed),
        TlsError::AlertReceived(AlertDescription::CertificateRequired) => {
            failed("the server asks for a client certificate").with_hint("give sslcert and sslkey")
        }
        TlsError::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::DecryptError,
        ) => failed("the server refuses the client certificate").with_note(error.to_string()).with_hint(
            "the certificate in sslcert must be in date and signed by an authority in the server's ssl_ca_file",
        ),
        TlsError::InvalidMessage(_) => {
            failed("what answers does not speak TLS").with_hint("is there a PostgreSQL server on this port?")
        }
        other => failed(&other.to_string()),
    }
}

fn explain_certificate(error: &CertificateError, failed: impl Fn(&str) -> Error) -> Error {
    use CertificateError as E;

    match error {
        E::Expired | E::ExpiredContext { .. } => failed("the server's certificate has expired")
            .with_hint("renew the server's certificate; is this machine's clock right?"),
        E::NotValidYet | E::NotValidYetContext { .. } => {
            failed("the server's certificate is not valid yet").with_hint("is this machine's clock right?")
        }
        E::UnknownIssuer | E::BadSignature => failed("the server's certificate is signed by an unknown authority")
            .with_hint("name the authority's certificate with sslrootcert=FILE, or use sslrootcert=system"),
        E::NotValidForNameContext { expected, presented } => {
            let names = match presented.is_empty() {
                true => "no host in subjectAltName (a common name doesn't count)".to_owned(),
                false => presented.join(", "),
            };
            let error = failed(&format!("the server's certificate is not for {}", expected.to_str()));
            error.with_note(format!("it names {names}")).with_hint(
                "connect by a name that the certificate has; sslmode=verify-ca checks the authority but not the name",
            )
        }
        E::NotValidForName => failed("the server's certificate is for another host"),
        E::Revoked => failed("the server's certificate was revoked"),
        other => failed(&format!("the server's certificate is refused: {other}")),
    }
}
