//! What holds for every policy and every change.

use ftc_changeset::{GateVerdict, OldFile, Policy};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::support::{Case, found, path, policy};

const PATHS: [&str; 10] = [
    "src/a.rs",
    "src/deep/b.rs",
    "docs/c.md",
    ".env",
    "a/.ENV",
    "keys/k.pem",
    "Cargo.lock",
    "schema/x.sql",
    "build.rs",
    "README.md",
];

const PATTERNS: [&str; 12] = [
    "**",
    "src/**",
    "*.md",
    "**/*.pem",
    ".env",
    "docs/*",
    "**/*schema*",
    "a",
    "[sk]*/**",
    "src",
    "{src,docs}/**",
    "*/?.*",
];

const RISK_RULES: [&str; 4] = [
    "{id: one, when: {paths: [src]}, at_least: MEDIUM}",
    "{id: two, when: {patch_lines_over: 3}, at_least: HIGH}",
    "{id: three, when: {files_over: 2}, at_least: CRITICAL}",
    "{id: four, when: {operations: [delete]}, at_least: MEDIUM}",
];

const CATEGORIES: [&str; 3] = [
    "{id: five, paths: [docs]}",
    "{id: six, paths: ['*.sql'], at_least: HIGH}",
    "{id: seven, paths: ['**']}",
];

/// The lists of a policy.
#[derive(Debug, Clone)]
struct Parts {
    allowed: Vec<&'static str>,
    forbidden: Vec<&'static str>,
    read_only: Vec<&'static str>,
    risk: Vec<&'static str>,
    categories: Vec<&'static str>,
    operations: Vec<&'static str>,
    max_files: u8,
}

impl Parts {
    fn policy(&self) -> Policy {
        let quoted = |list: &[&str]| {
            let quoted: Vec<_> = list.iter().map(|item| format!("'{item}'")).collect();
            quoted.join(", ")
        };
        policy(&format!(
            "version: 1
executor:
  allowed_paths: [{}]
  forbidden_paths: [{}]
  constraints: {{max_files_touched: {}}}
  risk: {{rules: [{}]}}
  always_review_categories: [{}]
read_only_paths: [{}]
forbidden_operations: [{}]
",
            quoted(&self.allowed),
            quoted(&self.forbidden),
            self.max_files,
            self.risk.join(", "),
            self.categories.join(", "),
            quoted(&self.read_only),
            self.operations.join(", "),
        ))
    }
}

fn parts() -> impl Strategy<Value = Parts> {
    let some = |list: &'static [&'static str]| subsequence(list, 0..=list.len());
    (
        subsequence(&PATTERNS[..], 1..=6),
        subsequence(&PATTERNS[1..], 0..=4),
        subsequence(&PATTERNS[1..], 0..=2),
        some(&RISK_RULES),
        some(&CATEGORIES),
        subsequence(&["delete", "rename", "set_mode"][..], 0..=2),
        0..6_u8,
    )
        .prop_map(
            |(allowed, forbidden, read_only, risk, categories, operations, max_files)| Parts {
                allowed,
                forbidden,
                read_only,
                risk,
                categories,
                operations,
                max_files,
            },
        )
}

fn case() -> impl Strategy<Value = Case> {
    let operation = prop_oneof![Just('m'), Just('d'), Just('c'), Just('x')];
    let touched = subsequence(&PATHS[..], 1..=5);
    (touched, proptest::collection::vec(operation, 5)).prop_map(|(paths, operations)| {
        Case::new(|builder| {
            paths
                .iter()
                .zip(operations)
                .fold(builder, |builder, (text, operation)| {
                    let old = OldFile::regular(b"old\n");
                    match operation {
                        'd' => builder.delete(path(text), old),
                        'c' => builder.create(path(text), b"1\n2\n", ftc_changeset::Mode::Regular),
                        'x' => builder.set_mode(path(text), old, ftc_changeset::Mode::Executable),
                        _ => builder.modify(path(text), old, b"new\n", None),
                    }
                })
        })
    })
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.change_set.ops()).finish()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The verdict and everything an approval is bound to but the policy's digest is the same in whatever order rules stand.
    #[test]
    fn the_order_of_rules_does_not_matter(parts in parts(), case in case(), seed in any::<u64>()) {
        let mut shuffled = parts.clone();
        let turn = |list: &mut Vec<&str>| {
            let length = list.len().max(1) as u64;
            let steps = usize::try_from(seed % length).unwrap();
            list.rotate_left(steps);
            if seed & 1 == 1 {
                list.reverse();
            }
        };
        for list in [
            &mut shuffled.allowed,
            &mut shuffled.forbidden,
            &mut shuffled.read_only,
            &mut shuffled.risk,
            &mut shuffled.categories,
            &mut shuffled.operations,
        ] {
            turn(list);
        }
        let (first, second) = (case.judge(&parts.policy()), case.judge(&shuffled.policy()));
        prop_assert_eq!(first.verdict, second.verdict);
        prop_assert_eq!(&first.risk, &second.risk);
        prop_assert_eq!(&first.required, &second.required);
        prop_assert_eq!(found(&first), found(&second));
    }

    /// One more prohibition, review, rule or smaller limit never makes a verdict, a risk or the need for people smaller.
    #[test]
    fn a_stricter_policy_never_says_less(
        parts in parts(),
        case in case(),
        pattern in select(&PATTERNS[1..]),
        what in 0..7_u8,
    ) {
        let mut stricter = parts.clone();
        match what {
            0 => stricter.forbidden.push(pattern),
            1 => stricter.read_only.push(pattern),
            2 => stricter.risk = RISK_RULES.to_vec(),
            3 => stricter.categories = CATEGORIES.to_vec(),
            4 => stricter.operations = vec!["delete", "rename", "set_mode", "modify"],
            5 => stricter.max_files = stricter.max_files.saturating_sub(1),
            _ => {
                stricter.allowed.pop();
            }
        }
        let (before, after) = (case.judge(&parts.policy()), case.judge(&stricter.policy()));
        prop_assert!(after.verdict >= before.verdict, "{:?} {:?}", found(&before), found(&after));
        prop_assert!(after.risk.computed >= before.risk.computed);
        prop_assert!(after.required.approvals >= before.required.approvals);
        for finding in found(&before) {
            prop_assert!(found(&after).contains(&finding), "{} is gone", finding);
        }
    }

    /// The strictest finding decides, and each finding of the policy says where in the policy it comes from.
    #[test]
    fn the_strictest_finding_decides(parts in parts(), case in case()) {
        let policy = parts.policy();
        let decision = case.judge(&policy);
        let strictest = decision.findings.iter().map(|finding| finding.verdict).max();
        prop_assert_eq!(decision.verdict, strictest.unwrap_or(GateVerdict::Allow));
        prop_assert!(decision.findings.iter().all(|finding| finding.is_built_in() == finding.rule_id.contains('.')));
        prop_assert_eq!(case.judge(&policy), decision);
    }

    /// Lines are counted as by another implementation of the same algorithm.
    #[test]
    fn lines_are_counted_as_others_count_them(old in "[ab\n]{0,40}", new in "[ab\n]{0,40}") {
        prop_assume!(old != new);
        let expected = similar::TextDiff::configure()
            .algorithm(similar::Algorithm::Lcs)
            .diff_lines(old.as_str(), new.as_str())
            .iter_all_changes()
            .filter(|change| change.tag() != similar::ChangeTag::Equal)
            .count();
        let case = Case::new(|builder| {
            builder.modify(path("a"), OldFile::regular(old.as_bytes()), new.as_bytes(), None)
        });
        let policy = crate::support::open_policy("  constraints: {max_patch_lines: 0}");
        let observed = case.judge(&policy).findings[0].observed.clone().unwrap();
        prop_assert_eq!(observed, expected.to_string());
    }
}
