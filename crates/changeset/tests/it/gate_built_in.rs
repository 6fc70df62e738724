//! Rules that no policy can change, judged by a policy that allows everything.

use std::collections::BTreeSet;
use std::path::Path;

use ftc_changeset::{
    Base, Blob, BlobError, BlobStore, ChangeSet, FileOp, GateVerdict, HealthCheck, HealthCheckKind,
    MemoryBlobs, Mode, OldFile, PlanId, PolicySource, Refusal, RepoPath, State, WriteGate,
};
use ftc_durable::Digest;

use crate::support::{Case, found, health_check, open_policy, path, plan, verdict};

fn denied(case: &Case, expected: &[&str]) {
    let decision = case.judge(&open_policy(""));
    assert_eq!(found(&decision), expected);
    assert_eq!(verdict(&decision), GateVerdict::Deny);
    let built_in = decision
        .findings
        .iter()
        .all(ftc_changeset::Finding::is_built_in);
    assert!(built_in, "{:?}", decision.findings);
}

#[test]
fn an_open_policy_allows_an_ordinary_change() {
    let decision = Case::touching(&["src/a.rs", "docs/b.md"]).judge(&open_policy(""));
    assert_eq!(found(&decision), [] as [&str; 0]);
    assert_eq!(verdict(&decision), GateVerdict::Allow);
    assert_eq!(decision.required.approvals, 0);
}

#[test]
fn a_changeset_without_operations_is_denied() {
    denied(&Case::new(|builder| builder), &["DENY op.empty -"]);
}

#[test]
fn a_changeset_of_another_plan_or_base_is_denied() {
    let mut case = Case::touching(&["a"]);
    case.plan.id = PlanId::generate();
    denied(&case, &["DENY plan.mismatch -"]);
    let mut case = Case::touching(&["a"]);
    case.plan.base = Base::new("example/project").at_commit("ffff");
    denied(&case, &["DENY base.mismatch -"]);
}

#[test]
fn a_path_outside_of_the_plan_is_denied() {
    let mut case = Case::touching(&["src/a.rs", "src/deep/b.rs", "tests/c.rs"]);
    case.plan.scope = vec!["src/*.rs".to_owned()];
    denied(
        &case,
        &[
            "DENY op.outside_plan src/deep/b.rs",
            "DENY op.outside_plan tests/c.rs",
        ],
    );
    case.plan.scope = vec!["src/**".to_owned(), "tests/c.rs".to_owned()];
    assert_eq!(case.found(&open_policy("")), [] as [&str; 0]);
    // A plan that names nothing may touch nothing; spelling counts.
    case.plan.scope = Vec::new();
    assert_eq!(case.judge(&open_policy("")).findings.len(), 3);
    case.plan.scope = vec!["SRC/**".to_owned(), "Tests/*".to_owned()];
    assert_eq!(case.judge(&open_policy("")).findings.len(), 3);
}

#[test]
fn both_ends_of_a_rename_must_be_in_the_plan() {
    let old = OldFile::regular(b"x");
    let mut case = Case::new(|builder| builder.rename(path("a/x"), path("b/x"), old, None, None));
    case.plan.scope = vec!["a/**".to_owned()];
    denied(&case, &["DENY op.outside_plan b/x"]);
    case.plan.scope = vec!["b/**".to_owned()];
    denied(&case, &["DENY op.outside_plan a/x"]);
}

#[test]
fn a_scope_that_cannot_be_read_is_denied() {
    for glob in [
        "", "/src/**", "src/", "../**", "!a", "a**", "a[", "./a", "a//b",
    ] {
        let mut case = Case::touching(&["a"]);
        case.plan.scope.push(glob.to_owned());
        denied(&case, &["DENY plan.invalid -"]);
    }
}

#[test]
fn a_scope_without_end_is_denied() {
    let mut case = Case::touching(&["a"]);
    case.plan.scope = vec!["b".to_owned(); 1_001];
    denied(&case, &["DENY op.outside_plan a", "DENY plan.invalid -"]);
    // Alternatives that multiply: whatever it costs to compile them, the end is no permission.
    case.plan.scope = vec!["{a,b,c,d,e,f,g}".repeat(60); 20];
    let found = case.found(&open_policy(""));
    assert!(
        found.contains(&"DENY op.outside_plan a".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_plan_that_says_too_little_is_denied() {
    let bad_checks: [fn(&mut HealthCheck); 5] = [
        |check| check.id = " ".to_owned(),
        |check| check.timeout_ms = 0,
        |check| {
            check.check = HealthCheckKind::Command {
                argv: Vec::new(),
                success: vec![0],
            };
        },
        |check| {
            check.check = HealthCheckKind::Command {
                argv: vec!["true".to_owned()],
                success: Vec::new(),
            };
        },
        |check| {
            check.check = HealthCheckKind::File {
                path: path("a"),
                exists: false,
                sha256: Some(Digest::of_content(b"")),
            };
        },
    ];
    for bad in bad_checks {
        let mut case = Case::touching(&["a"]);
        case.plan.health_checks.push(health_check());
        bad(&mut case.plan.health_checks[0]);
        denied(&case, &["DENY plan.invalid -"]);
    }
    let mut case = Case::touching(&["a"]);
    case.plan.health_checks = vec![health_check(), health_check()];
    denied(&case, &["DENY plan.invalid -"]);
    let mut case = Case::touching(&["a"]);
    case.plan.intent = " \n".to_owned();
    denied(&case, &["DENY plan.invalid -"]);
    let mut case = Case::touching(&["a"]);
    case.plan.schema = 2;
    denied(&case, &["DENY plan.invalid -"]);
}

#[test]
fn a_plan_without_a_digest_is_denied() {
    let mut case = Case::touching(&["a"]);
    case.plan.health_checks.push(health_check());
    case.plan.health_checks[0].timeout_ms = 1 << 60;
    let decision = case.judge(&open_policy(""));
    assert_eq!(found(&decision), ["DENY plan.invalid -"]);
}

#[test]
fn gates_that_do_not_exist_prove_nothing() {
    let mut case = Case::touching(&["a"]);
    case.plan.verification = vec!["unit".to_owned(), "check core health".to_owned()];
    assert_eq!(case.found(&open_policy("")), [] as [&str; 0]);
    case.facts.known_gates = Some(BTreeSet::from(["unit".to_owned()]));
    denied(&case, &["DENY plan.unknown_gate -"]);
    case.facts.known_gates = None;
    case.plan.verification = vec!["  ".to_owned()];
    denied(&case, &["DENY plan.unknown_gate -"]);
}

#[test]
fn another_changeset_than_the_expected_one_is_denied() {
    let mut case = Case::touching(&["a"]);
    case.facts.expected_checksum = Some(case.change_set.checksum());
    assert_eq!(case.found(&open_policy("")), [] as [&str; 0]);
    case.facts.expected_checksum = Some(Case::touching(&["b"]).change_set.checksum());
    denied(&case, &["DENY checksum.mismatch -"]);
}

#[test]
fn our_own_folders_are_denied_however_they_are_spelled() {
    for text in [
        ".ftc/audit.log",
        ".FTC/x",
        ".ftc",
        ".ftc./x",
        ".ftc /x",
        ".ftc::$INDEX_ALLOCATION/x",
        ".worktrees/1/src/a.rs",
        ".tasks/t.yaml",
    ] {
        let policy = open_policy("  constraints: {windows_names: allow}");
        let decision = Case::touching(&[text]).judge(&policy);
        assert_eq!(found(&decision), [format!("DENY op.state_folder {text}")]);
    }
    // Only at the root, and only the whole name.
    let free = Case::touching(&["docs/.ftc/x", ".ftcx", "ftc/x"]);
    assert_eq!(free.found(&open_policy("")), [] as [&str; 0]);
}

#[test]
fn what_a_changeset_cannot_say_is_denied_by_name() {
    let mut case = Case::touching(&["a"]);
    for text in ["../x", "/etc/passwd", ".git/config", "a\u{202e}b"] {
        let error = RepoPath::new(text).unwrap_err();
        case.facts.refusals.push(Refusal::Path(error));
    }
    let not_utf8 = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff");
    let error = RepoPath::from_path(Path::new::<std::ffi::OsStr>(not_utf8)).unwrap_err();
    case.facts.refusals.push(Refusal::Path(error));
    case.facts.refusals.push(Refusal::SpecialFile {
        path: "link".to_owned(),
        what: "a symbolic link".to_owned(),
    });
    denied(
        &case,
        &[
            "DENY op.special_file link",
            "DENY path.absolute /etc/passwd",
            "DENY path.bidi a\\u{202e}b",
            "DENY path.git_folder .git/config",
            "DENY path.not_utf8 \u{fffd}"
                .replace('\u{fffd}', "\\u{fffd}")
                .as_str(),
            "DENY path.traversal ../x",
        ],
    );
}

#[test]
fn refusals_alone_are_a_denial_too() {
    let mut case = Case::new(|builder| builder);
    let error = RepoPath::new("..").unwrap_err();
    case.facts.refusals.push(Refusal::Path(error));
    denied(&case, &["DENY path.traversal .."]);
}

#[test]
fn a_change_of_the_policy_that_judges_it_is_denied() {
    let mut case = Case::touching(&["Config/policy.yaml"]);
    case.facts.policy_source = PolicySource::File {
        path: Some(path("config/policy.yaml")),
    };
    denied(&case, &["DENY policy.touched Config/policy.yaml"]);
    // Replacing the folder that it is in.
    let mut case = Case::creating("config", b"x");
    case.facts.policy_source = PolicySource::File {
        path: Some(path("config/policy.yaml")),
    };
    denied(&case, &["DENY policy.touched config"]);
    case.facts.policy_source = PolicySource::File { path: None };
    assert_eq!(case.found(&open_policy("")), [] as [&str; 0]);
}

#[test]
fn paths_that_may_be_one_file_are_denied() {
    denied(
        &Case::touching(&["README", "readme"]),
        &["DENY op.path_collision readme"],
    );
    denied(
        &Case::touching(&["café", "cafe\u{301}"]),
        &["DENY op.path_collision café"],
    );
    let old = OldFile::regular(b"x");
    let case = Case::new(|builder| builder.rename(path("A"), path("a"), old, None, None));
    denied(&case, &["DENY op.path_collision a"]);
}

#[test]
fn a_file_in_the_place_of_a_folder_is_denied() {
    let case = Case::new(|builder| {
        builder
            .delete(path("a"), OldFile::regular(b"x"))
            .create(path("A/b/c"), b"y", Mode::Regular)
    });
    denied(&case, &["DENY op.ancestor_conflict A/b/c"]);
    assert_eq!(
        Case::touching(&["a/b", "ab", "a-b"]).found(&open_policy("")),
        [] as [&str; 0]
    );
}

#[test]
fn a_name_that_looks_like_an_option_needs_a_person() {
    let decision = Case::touching(&["-rf", "a/--force"]).judge(&open_policy(""));
    assert_eq!(
        found(&decision),
        [
            "NEED_APPROVAL path.leading_dash -rf",
            "NEED_APPROVAL path.leading_dash a/--force"
        ]
    );
    assert_eq!(decision.required.approvals, 1);
}

/// A store that gives other bytes than it is asked for.
struct Liar<'a>(&'a MemoryBlobs);

impl BlobStore for Liar<'_> {
    fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, BlobError> {
        Ok(self.0.get(digest)?.map(|mut bytes| {
            bytes.push(b'!');
            bytes
        }))
    }

    fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        self.0.put(bytes)
    }
}

#[test]
fn contents_are_hashed_and_not_believed() {
    let case = Case::touching(&["a"]);
    let policy = open_policy("");
    let judge = |blobs: &dyn BlobStore| {
        WriteGate::evaluate(&policy, &case.plan, &case.change_set, &case.facts, blobs)
    };
    let lied = judge(&Liar(&case.blobs));
    assert_eq!(
        found(&lied),
        ["DENY blob.mismatch a", "DENY blob.mismatch a"]
    );
    let empty = judge(&MemoryBlobs::new());
    assert_eq!(
        found(&empty),
        ["DENY blob.missing a", "DENY blob.missing a"]
    );
    let messages: Vec<_> = empty
        .findings
        .iter()
        .map(|finding| &finding.message)
        .collect();
    assert_eq!(
        messages,
        [
            "the new content is not in the blob store",
            "the old content is not in the blob store"
        ]
    );
}

#[test]
fn a_wrong_size_is_a_mismatch_and_a_huge_one_is_not_read() {
    let blobs = MemoryBlobs::new();
    let sha256 = blobs.put(b"four").unwrap();
    let create = |size| FileOp::Create {
        path: path("a"),
        new: Blob { sha256, size },
        mode: Mode::Regular,
    };
    let plan = plan();
    let judge = |op| {
        let set = ChangeSet::new(plan.id.clone(), plan.base.clone(), vec![op]).unwrap();
        let facts = ftc_changeset::Facts::new(crate::support::now());
        found(&WriteGate::evaluate(
            &open_policy(""),
            &plan,
            &set,
            &facts,
            &blobs,
        ))
    };
    assert_eq!(judge(create(4)), [] as [&str; 0]);
    assert_eq!(judge(create(3)), ["DENY blob.mismatch a"]);
    assert_eq!(
        judge(create(1 << 40)),
        [
            "DENY blob.too_large a",
            "DENY max_file_bytes a",
            "DENY max_total_bytes -"
        ]
    );
    // The old content is looked at too, also where it is only removed, moved or given a mode.
    let old = State {
        size: 5,
        ..State::of(b"four", Mode::Regular)
    };
    let others = [
        FileOp::Delete {
            path: path("a"),
            old,
        },
        FileOp::Rename {
            from: path("a"),
            to: path("b"),
            old,
            new: None,
            mode: None,
        },
    ];
    for op in others {
        assert_eq!(judge(op), ["DENY blob.mismatch a"]);
    }
}

#[test]
fn a_store_that_fails_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let case = Case::touching(&["a"]);
    let blobs = ftc_changeset::DirBlobs::new(folder.path());
    let new = Digest::of_content(b"new\n");
    blobs.put(b"old\n").unwrap();
    std::fs::write(blobs.file(&new), b"changed on the disk").unwrap();
    let decision = WriteGate::evaluate(
        &open_policy(""),
        &case.plan,
        &case.change_set,
        &case.facts,
        &blobs,
    );
    assert_eq!(found(&decision), ["DENY blob.unreadable a"]);
}

/// Three wrongs are three findings: nothing hides behind the first.
#[test]
fn all_findings_are_reported() {
    let mut case = Case::touching(&[".ftc/x", "-x", "b", "B"]);
    case.plan.scope = vec!["b".to_owned()];
    case.plan.intent = String::new();
    denied_with(&case);
}

fn denied_with(case: &Case) {
    assert_eq!(
        case.found(&open_policy("")),
        [
            "DENY op.outside_plan -x",
            "DENY op.outside_plan .ftc/x",
            "DENY op.outside_plan B",
            "DENY op.path_collision b",
            "DENY op.state_folder .ftc/x",
            "DENY plan.invalid -",
            "NEED_APPROVAL path.leading_dash -x",
        ]
    );
}
