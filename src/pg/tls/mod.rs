//! TLS as `sslmode` means it, through rustls.
//!
//! Encrypts and checks who the server is; says nothing about roles and passwords. What to trust is decided here, how a
//! chain is checked in [`verifier`].

mod files;
mod refusal;
mod verifier;

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use tokio_postgres_rustls::MakeRustlsConnect;

pub(super) use refusal::explain;

use super::options::{Roots, SslMode, SslNegotiation, TlsOptions};
use crate::base::{Error, Result};

/// How to get an encrypted stream, or that there is none.
#[derive(Clone)]
pub(super) enum Connector {
    Plain,
    Tls(MakeRustlsConnect),
}

/// Reads the certificates and makes the connector.
///
/// # Errors
///
/// When a file can't be read or holds no certificate, or when there is nothing to verify against.
pub(super) fn connector(options: &TlsOptions) -> Result<Connector> {
    let provider = Arc::new(ring::default_provider());
    let verifier = verifier(options, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::environment("TLS can't be set up").with_source(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match &options.identity {
        None => builder.with_no_client_auth(),
        Some((cert, key)) => {
            builder.with_client_auth_cert(files::certificates(cert)?, files::private_key(key)?).map_err(|error| {
                Error::input(format!("the client certificate {} can't be used: {error}", cert.display()))
                    .with_hint(format!("does the key {} belong to it?", key.display()))
            })?
        }
    };
    if options.negotiation == SslNegotiation::Direct {
        // Servers insist on this name when nothing else tells TLS for PostgreSQL from other TLS.
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(Connector::Tls(MakeRustlsConnect::new(config)))
}

/// What to check of the server's certificate: libpq checks the chain in mode `require` too, where roots are there.
fn verifier(options: &TlsOptions, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
    match (options.mode, &options.roots) {
        (SslMode::VerifyCa | SslMode::VerifyFull, None) => {
            let message = format!("sslmode={} needs to know which certificates to trust", options.mode.name());
            Err(Error::input(message)
                .with_note("there is no ~/.postgresql/root.crt and no sslrootcert")
                .with_hint("name the authority's certificate with sslrootcert=FILE, or use sslrootcert=system"))
        }
        (SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull, Some(roots)) => {
            let roots = match roots {
                Roots::System => files::system_roots()?,
                Roots::File(path) => files::certificates(path)?,
            };
            let revoked = options.revoked.as_deref().map(files::revocations).transpose()?.unwrap_or_default();
            verifier::chain(roots, revoked, options.mode == SslMode::VerifyFull, provider)
        }
        _ => Ok(verifier::none(provider)),
    }
}
