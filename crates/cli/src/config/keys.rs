//! The table of keys: a new key is one line here.

use std::num::NonZeroUsize;

use super::key::Scope::{Anybody, Person};
use super::key::{Key, KeySpec};
use super::repository_name::RepositoryName;
use super::store_url::StoreUrl;
use super::value::ScanFormat;
use crate::terminal::ColorChoice;

macro_rules! keys {
    ($($ident:ident: $type:ty = $name:literal, $scope:ident, $variable:literal, $default:expr, $help:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`: ", $help, ".")]
            pub static $ident: Key<$type> = Key::new($name, $scope, $variable, $default, $help);
        )*

        /// Every key, in the order of their names.
        pub static ALL: &[&KeySpec] = &[$($ident.spec()),*];
    };
}

keys! {
    OUTPUT_COLOR: ColorChoice = "output.color", Person, "FTC_OUTPUT_COLOR", Some("auto"), "when to use colour";
    REPOSITORY: RepositoryName = "repository", Person, "FTC_REPOSITORY", None, "the repository on the forge, as owner/name";
    SCAN_FORMAT: ScanFormat = "scan.format", Anybody, "FTC_SCAN_FORMAT", Some("human"), "the form in which findings are printed";
    SCAN_JOBS: NonZeroUsize = "scan.jobs", Anybody, "FTC_SCAN_JOBS", None, "how many files are scanned at once; one per processor when not set";
    SCAN_PLATFORM: String = "scan.platform", Anybody, "FTC_SCAN_PLATFORM", None, "the platform that the logs come from, part of a failure's identity where it matters";
    STORE: StoreUrl = "store", Person, "FTC_STORE", None, "where findings are remembered: sqlite:PATH, mysql://USER@HOST/DATABASE or memory:";
}
