//! Kinds of secrets and the marks that replace them.

/// What kind of secret was found. The mark says no more than this, so that it can be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The value of an `Authorization` or `Proxy-Authorization` header, or a bearer token.
    Authorization,
    /// An access key of Amazon Web Services, or a secret key beside one.
    Aws,
    /// The value of something called password, secret, token, key and the like, or a password in a URL.
    Credential,
    /// A key or token of Google Cloud.
    Gcp,
    /// A GitHub token.
    GitHub,
    /// A JSON web token.
    Jwt,
    /// An npm token.
    Npm,
    /// A private key in PEM form.
    PrivateKey,
    /// A `PyPI` token.
    PyPi,
    /// A Slack token or webhook address.
    Slack,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Authorization,
        Self::Aws,
        Self::Credential,
        Self::Gcp,
        Self::GitHub,
        Self::Jwt,
        Self::Npm,
        Self::PrivateKey,
        Self::PyPi,
        Self::Slack,
    ];

    /// The text that stands in the place of a secret: `[redacted <kind>]`.
    ///
    /// No mark ends with a word that introduces a secret (`token`, `key`), or scrubbing twice would differ from once.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Authorization => "[redacted authorization]",
            Self::Aws => "[redacted aws]",
            Self::Credential => "[redacted credential]",
            Self::Gcp => "[redacted gcp]",
            Self::GitHub => "[redacted github]",
            Self::Jwt => "[redacted jwt]",
            Self::Npm => "[redacted npm]",
            Self::PrivateKey => "[redacted pem]",
            Self::PyPi => "[redacted pypi]",
            Self::Slack => "[redacted slack]",
        }
    }
}

/// The length of the mark at the beginning of `text`, if there is one.
pub(crate) fn leading_mark(text: &str) -> Option<usize> {
    Kind::ALL
        .iter()
        .map(|kind| kind.mark())
        .find(|mark| text.starts_with(mark))
        .map(str::len)
}
