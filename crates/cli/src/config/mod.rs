//! Layered configuration in which every value knows where it comes from.
//!
//! Precedence, lowest first: defaults, the repository's `ftc.toml`, the user's file (or the one of `--config`), `FTC_*`
//! variables, flags. A repository's file is not trusted, and may set only keys with [`Scope::Anybody`].

mod error;
mod explain;
mod file;
mod forge_url;
mod key;
pub mod keys;
mod masks;
mod origin;
mod repository_name;
mod settings;
mod sources;
mod store_url;
mod value;

pub use error::ConfigError;
pub use explain::{ExplainedOrigin, Explanation, Replaced};
pub use forge_url::ForgeUrl;
pub use key::{FlagValue, Key, KeySpec, Scope};
pub use masks::{MaskPatterns, MaskWords};
pub use origin::{FilePosition, Origin};
pub use repository_name::RepositoryName;
pub use settings::{Config, Setting};
pub use sources::{REPOSITORY_FILE, Sources, UserFile};
pub use store_url::StoreUrl;
pub use value::{ConfigValue, InvalidValue, ScanFormat, Secrecy, TomlType};
