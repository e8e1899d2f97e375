//! Certificates, keys and revocation lists from PEM files.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

use crate::base::{Error, Result};

/// All certificates of a file, in order.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    read_all(path, "certificate")
}

/// All revocation lists of a file.
pub(super) fn revocations(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>> {
    read_all(path, "certificate revocation list")
}

fn read_all<T: PemObject>(path: &Path, what: &str) -> Result<Vec<T>> {
    let text = read(path, what)?;
    let found = T::pem_slice_iter(&text).collect::<Result<Vec<_>, pem::Error>>();
    let found = found.map_err(|error| Error::input(format!("{} is no PEM file: {error}", path.display())))?;
    if found.is_empty() {
        return Err(Error::input(format!("{} holds no {what} in PEM form", path.display())));
    }
    Ok(found)
}

/// The key of a file, which nobody else may be able to read, as libpq demands.
pub(super) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>> {
    let text = read(path, "client key")?;
    if let Ok(metadata) = fs::metadata(path) {
        // A key that root keeps for a group may be readable by that group.
        let forbidden = if metadata.uid() == 0 { 0o027 } else { 0o077 };
        if metadata.permissions().mode() & forbidden != 0 {
            return Err(Error::input(format!("the client key {} can be read by others", path.display()))
                .with_hint(format!("chmod 0600 {}", path.display())));
        }
    }
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
        let encrypted = text.windows(9).any(|window| window == b"ENCRYPTED");
        let error = Error::input(format!("{} holds no usable private key: {error}", path.display()));
        if encrypted {
            error.with_hint("encrypted keys can't be read: openssl pkey removes the passphrase")
        } else {
            error
        }
    })
}

/// The roots that the operating system trusts.
pub(super) fn system_roots() -> Result<Vec<CertificateDer<'static>>> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let error = Error::environment("the system has no trusted root certificates");
        let error = found.errors.iter().fold(error, |error, cause| error.with_note(cause.to_string()));
        return Err(error.with_hint("install the package ca-certificates, or name a file with sslrootcert"));
    }
    Ok(found.certs)
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::input(format!("cannot read the {what} {}: {error}", path.display())))
}
