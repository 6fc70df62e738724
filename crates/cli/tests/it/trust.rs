//! What a person has allowed.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::thread;

use ftc_cli::trust::{TRUST_VARIABLE, Trust, TrustError, TrustedFile};
use ftc_durable::Digest;
use ftc_process::ParentEnv;
use jiff::Timestamp;
use tempfile::TempDir;

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary directory can be made"))
    }

    fn env(&self, variables: &[(&str, &str)]) -> ParentEnv {
        let home = self.0.path().to_str().expect("temporary names are UTF-8");
        [("HOME", home)].iter().chain(variables).copied().collect()
    }

    fn load(&self) -> Result<Trust, TrustError> {
        Trust::load(&self.env(&[]))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join(".local/state/ftc/trust.json")
    }

    fn write(&self, text: &str) {
        fs::create_dir_all(self.path().parent().expect("it has a directory"))
            .expect("it can be made");
        fs::write(self.path(), text).expect("it can be written");
    }
}

fn digest(text: &str) -> Digest {
    Digest::of_content(text.as_bytes())
}

fn entry(text: &str) -> TrustedFile {
    TrustedFile::new(digest(text), "gates.yaml", Timestamp::UNIX_EPOCH)
}

#[test]
fn nothing_is_trusted_at_first() {
    let home = Home::new();
    let trust = home.load().unwrap();
    assert!(!trust.allows(&digest("a").to_string()));
    assert_eq!(
        (trust.entries().len(), trust.path()),
        (0, Some(home.path().as_path()))
    );
    assert!(!home.path().exists());
}

#[test]
fn what_is_added_is_trusted_until_it_is_removed() {
    let home = Home::new();
    let (a, b) = (digest("a").to_string(), digest("b").to_string());
    let mut trust = home.load().unwrap();
    assert!(trust.add(entry("a")).unwrap());
    assert!(!trust.add(entry("a")).unwrap());
    assert!(trust.add(entry("b")).unwrap());
    assert!(trust.allows(&a) && trust.allows(&b));

    let mut trust = home.load().unwrap();
    assert_eq!(trust.entries(), [entry("a"), entry("b")]);
    assert!(trust.remove(&a).unwrap());
    assert!(!trust.remove(&a).unwrap());
    let trust = home.load().unwrap();
    assert!(!trust.allows(&a) && trust.allows(&b));
}

#[test]
fn only_a_whole_digest_is_trusted() {
    let home = Home::new();
    let mut trust = home.load().unwrap();
    trust.add(entry("a")).unwrap();
    let a = digest("a").to_string();
    for text in [&a[..63], "", "*", &a.to_uppercase(), &format!("{a} ")] {
        assert!(!trust.allows(text), "{text:?}");
    }
    assert!(matches!(
        trust.remove("a"),
        Err(TrustError::NotADigest { .. })
    ));
}

#[test]
fn the_file_is_private() {
    let home = Home::new();
    home.load().unwrap().add(entry("a")).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.path()), 0o600);
    assert_eq!(mode(home.path().parent().unwrap()), 0o700);
    let text = fs::read_to_string(home.path()).unwrap();
    assert!(
        text.contains("\"schema\": \"ftc.trust/1\"") && text.ends_with("}\n"),
        "{text}"
    );
}

#[test]
fn the_environment_adds_digests() {
    let home = Home::new();
    let (a, b) = (digest("a").to_string(), digest("b").to_string());
    let env = home.env(&[(TRUST_VARIABLE, &format!("{a}, {b},"))]);
    let mut trust = Trust::load(&env).unwrap();
    assert!(trust.allows(&a) && trust.allows(&b));
    assert_eq!(trust.from_environment(), [digest("a"), digest("b")]);
    // It is not the person's to remove, and is not written down.
    assert!(!trust.remove(&a).unwrap());
    assert!(trust.allows(&a));
    assert!(!home.load().unwrap().allows(&a));
    assert!(
        Trust::load(&home.env(&[(TRUST_VARIABLE, "")]))
            .unwrap()
            .from_environment()
            .is_empty()
    );
}

#[test]
fn nonsense_in_the_environment_is_an_error() {
    let error = Trust::load(&Home::new().env(&[(TRUST_VARIABLE, "all")])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the environment variable `FTC_TRUST` holds `all`, which is not a digest of 64 lower-case hex digits"
    );
    assert_eq!(
        error.hints(),
        ["`ftc trust --dry-run` prints the digest of a gate file"]
    );
}

#[test]
fn the_state_directory_may_be_elsewhere() {
    let home = Home::new();
    let elsewhere = home.0.path().join("state");
    let env = home.env(&[("XDG_STATE_HOME", elsewhere.to_str().unwrap())]);
    assert_eq!(
        Trust::load(&env).unwrap().path(),
        Some(elsewhere.join("ftc/trust.json").as_path())
    );
    let env = home.env(&[("XDG_STATE_HOME", "relative")]);
    assert_eq!(
        Trust::load(&env).unwrap().path(),
        Some(home.path().as_path())
    );
}

#[test]
fn without_a_home_nothing_can_be_remembered() {
    let env: ParentEnv = [(TRUST_VARIABLE, digest("a").to_string())]
        .into_iter()
        .collect();
    let mut trust = Trust::load(&env).unwrap();
    assert!(trust.allows(&digest("a").to_string()));
    assert!(matches!(trust.add(entry("b")), Err(TrustError::NoPlace)));
}

#[test]
fn a_file_that_others_could_have_written_is_refused() {
    let home = Home::new();
    home.load().unwrap().add(entry("a")).unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o620)).unwrap();
    let error = home.load().unwrap_err();
    assert!(
        matches!(
            error,
            TrustError::Unsafe {
                found: "writable by others",
                ..
            }
        ),
        "{error:?}"
    );

    let home = Home::new();
    home.write("");
    fs::rename(home.path(), home.0.path().join("real")).unwrap();
    symlink(home.0.path().join("real"), home.path()).unwrap();
    let error = home.load().unwrap_err();
    assert!(
        matches!(
            error,
            TrustError::Unsafe {
                found: "a symbolic link",
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn a_file_that_makes_no_sense_is_an_error_and_stays() {
    for text in [
        "",
        "{",
        "[]",
        r#"{"schema": "ftc.trust/1"}"#,
        r#"{"schema": "ftc.trust/1", "trusted": [{"digest": "a"}]}"#,
    ] {
        let home = Home::new();
        home.write(text);
        assert!(
            matches!(home.load(), Err(TrustError::Malformed { .. })),
            "{text}"
        );
        assert_eq!(fs::read_to_string(home.path()).unwrap(), text);
    }
    let home = Home::new();
    home.write(r#"{"schema": "ftc.trust/2", "by": "a newer program"}"#);
    let error = home.load().unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("trust.json` has the schema `ftc.trust/2`"),
        "{error}"
    );
}

#[test]
fn many_at_the_same_time_lose_nothing() {
    let home = Home::new();
    thread::scope(|scope| {
        for number in 0..16 {
            let home = &home;
            scope.spawn(move || {
                home.load()
                    .unwrap()
                    .add(entry(&number.to_string()))
                    .unwrap();
            });
        }
    });
    assert_eq!(home.load().unwrap().entries().len(), 16);
}
