//! The table of keys: a new key is one line here.

use std::num::NonZeroUsize;

use super::forge_url::ForgeUrl;
use super::key::Scope::{Anybody, Person};
use super::key::{Key, KeySpec};
use super::masks::{MaskPatterns, MaskWords};
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
    CLEAN_AGENT: String = "clean.agent", Person, "FTC_CLEAN_AGENT", None, "the profile (a TOML file) of the coding agent that writes fixes";
    CLEAN_BASE: String = "clean.base", Person, "FTC_CLEAN_BASE", Some("main"), "the branch that flaky tests are looked for on and fixes are proposed for";
    CLEAN_DIRECTORY: String = "clean.directory", Person, "FTC_CLEAN_DIRECTORY", None, "the local repository; the current directory when not set";
    CLEAN_GATE: String = "clean.gate", Person, "FTC_CLEAN_GATE", None, "the gate that runs the tests; `test` or the first when not set";
    CLEAN_LOGIN: String = "clean.login", Person, "FTC_CLEAN_LOGIN", Some("ftc-bot"), "the account that the cleaner acts as on a local forge";
    CLEAN_REMOTE: String = "clean.remote", Person, "FTC_CLEAN_REMOTE", None, "where the base branch is fetched from; the branches of a local forge when not set";
    CLEAN_SCOPE: String = "clean.scope", Person, "FTC_CLEAN_SCOPE", Some("**"), "what an agent may change, as globs with commas between them";
    CLEAN_SOURCE: String = "clean.source", Person, "FTC_CLEAN_SOURCE", None, "where failures are looked for: runs:N or dir:PATH";
    CLEAN_WORK: String = "clean.work", Person, "FTC_CLEAN_WORK", None, "the folder of logs and transcripts; in the state directory when not set";
    FORGE: ForgeUrl = "forge", Person, "FTC_FORGE", None, "where issues and pull requests are: local:DIR for a forge in a directory";
    FORGE_LOGIN: String = "forge_login", Person, "FTC_FORGE_LOGIN", None, "the account that you act as on the local forge";
    OUTPUT_COLOR: ColorChoice = "output.color", Person, "FTC_OUTPUT_COLOR", Some("auto"), "when to use colour";
    REPOSITORY: RepositoryName = "repository", Person, "FTC_REPOSITORY", None, "the repository on the forge, as owner/name";
    SCAN_FORMAT: ScanFormat = "scan.format", Anybody, "FTC_SCAN_FORMAT", Some("human"), "the form in which findings are printed";
    SCAN_JOBS: NonZeroUsize = "scan.jobs", Anybody, "FTC_SCAN_JOBS", None, "how many files are scanned at once; one per processor when not set";
    SCAN_MASKS: MaskPatterns = "scan.masks", Anybody, "FTC_SCAN_MASKS", None, "regular expressions with one capture group around a value that changes from run to run, for the messages of this project";
    SCAN_PLATFORM: String = "scan.platform", Anybody, "FTC_SCAN_PLATFORM", None, "the platform that the logs come from, part of a failure's identity where it matters";
    SCAN_WORDS: MaskWords = "scan.words", Anybody, "FTC_SCAN_WORDS", None, "words after which a number means something in the messages of this project";
    STORE: StoreUrl = "store", Person, "FTC_STORE", None, "where findings are remembered: sqlite:PATH, mysql://USER@HOST/DATABASE or memory:";
}
