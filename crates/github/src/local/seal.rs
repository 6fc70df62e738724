//! Seals: what tells a file that the program wrote from one that somebody edited.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use ftc_durable::{Digest, write_atomic_with};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rustix::fs::OFlags;
use sha2::Sha256;

const DOMAIN: &str = "ftc.forge.seal/1";
const KEY_BYTES: usize = 32;

/// The key under which files are sealed.
pub(super) struct SealKey([u8; KEY_BYTES]);

impl SealKey {
    /// Makes a new key and writes it.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
        let text = format!("{}\n", Digest::from_bytes(key));
        let options = ftc_durable::Options {
            mode: Some(0o600),
            ..ftc_durable::Options::default()
        };
        write_atomic_with(path, options, &mut |file| file.write_all(text.as_bytes()))
            .map_err(io::Error::other)?;
        Ok(Self(key))
    }

    /// Reads the key. A file that others may read or write, or that is not ours, holds no secret.
    pub(super) fn load(path: &Path) -> io::Result<Self> {
        let file = open_regular(path)?;
        let metadata = file.metadata()?;
        if metadata.permissions().mode() & 0o077 != 0
            || metadata.uid() != rustix::process::geteuid().as_raw()
        {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "other users may read or write it; it has to be ours alone, with mode 0600",
            ));
        }
        let mut text = String::new();
        file.take(100).read_to_string(&mut text)?;
        let digest: Digest = text
            .trim_end()
            .parse()
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it does not hold a key"))?;
        Ok(Self(*digest.as_bytes()))
    }

    /// The seal of the file at `path`, relative to the forge, with `text`, which has no seal in it.
    pub(super) fn seal(&self, path: &str, text: &[&str]) -> String {
        let bytes: [u8; 32] = self.mac(path, text).finalize().into_bytes().into();
        Digest::from_bytes(bytes).to_string()
    }

    /// Whether `seal` is the seal of that file. Takes the same time for every wrong one.
    pub(super) fn verifies(&self, path: &str, text: &[&str], seal: &str) -> bool {
        seal.parse::<Digest>()
            .is_ok_and(|digest| self.mac(path, text).verify_slice(digest.as_bytes()).is_ok())
    }

    fn mac(&self, path: &str, text: &[&str]) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for field in [DOMAIN, path].iter().chain(text) {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field.as_bytes());
        }
        mac
    }
}

/// Opens a regular file without following a link and without waiting for a pipe.
pub(super) fn open_regular(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
        .open(path)?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "it is not a regular file",
    ))
}

/// Keeps other users out of a directory that we have just made.
pub(super) fn make_private(directory: &Path) -> io::Result<()> {
    std::fs::set_permissions(directory, Permissions::from_mode(0o700))
}
