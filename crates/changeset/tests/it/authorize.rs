//! Who may write, on whose word.

use ftc_changeset::{
    Approval, ApprovalProof, AuthorizeError, Authorized, Decision, Facts, GateVerdict, PlanId,
    Policy, RiskLevel, WriteGate,
};
use jiff::{SignedDuration, Timestamp};

use crate::support::{Case, actor, now, open_policy, path};

fn forge() -> ApprovalProof {
    ApprovalProof::Forge {
        reference: "issues/7".to_owned(),
    }
}

fn case_of(risk: RiskLevel) -> Case {
    let mut case = Case::touching(&["a"]);
    case.plan.risk = risk;
    case
}

fn approval(decision: &Decision, name: &str, proof: ApprovalProof) -> Approval {
    Approval::new(decision, actor(name), proof, now())
}

fn authorize<'a>(
    case: &'a Case,
    policy: &'a Policy,
    approvals: &[Approval],
    time: Timestamp,
) -> Result<Authorized<'a>, AuthorizeError> {
    let decision = case.judge(policy);
    WriteGate::authorize(
        policy,
        &case.plan,
        &case.change_set,
        &decision,
        approvals,
        time,
    )
}

/// Why the only approval does not count.
fn shortfall(case: &Case, policy: &Policy, approval: &Approval) -> String {
    match authorize(case, policy, std::slice::from_ref(approval), now()) {
        Err(AuthorizeError::NeedsApproval {
            needed: 1,
            counted: 0,
            shortfalls,
            ..
        }) => {
            assert_eq!(shortfalls.len(), 1);
            assert_eq!(shortfalls[0].approval_id, approval.id);
            shortfalls[0].reason.clone()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_allowed_change_needs_nobody() {
    let (case, policy) = (Case::touching(&["a"]), open_policy(""));
    let authorized = authorize(&case, &policy, &[], now()).unwrap();
    assert_eq!(authorized.change_set(), &case.change_set);
    assert_eq!(authorized.plan(), &case.plan);
    assert_eq!(authorized.policy().digest(), policy.digest());
    assert_eq!(authorized.decision().verdict, GateVerdict::Allow);
    assert_eq!(authorized.authorized_at(), now());
    assert_eq!(authorized.approvals(), []);
}

#[test]
fn a_denied_change_is_helped_by_nobody() {
    let (case, policy) = (Case::touching(&[".ftc/x"]), open_policy(""));
    let decision = case.judge(&policy);
    let approvals: Vec<_> = ["ada", "bob", "eve"]
        .map(|name| approval(&decision, name, forge()))
        .into();
    match authorize(&case, &policy, &approvals, now()) {
        Err(AuthorizeError::Denied(denied)) => assert_eq!(*denied, decision),
        other => panic!("{other:?}"),
    }
}

#[test]
fn as_many_different_people_approve_as_the_risk_asks_for() {
    let (case, policy) = (case_of(RiskLevel::Critical), open_policy(""));
    let decision = case.judge(&policy);
    let of = |names: &[&str]| {
        let approvals: Vec<_> = names
            .iter()
            .map(|name| approval(&decision, name, forge()))
            .collect();
        authorize(&case, &policy, &approvals, now()).map(|given| given.approvals().len())
    };
    for too_few in [&[][..], &["ada"], &["ada", "ADA"], &["ada", "robot"]] {
        assert!(matches!(
            of(too_few),
            Err(AuthorizeError::NeedsApproval { needed: 2, .. })
        ));
    }
    assert_eq!(of(&["ada", "bob"]).unwrap(), 2);
    assert_eq!(of(&["ada", "Ada", "robot", "bob"]).unwrap(), 2);
}

#[test]
fn what_proves_an_approval_decides_how_far_it_counts() {
    let signed = || ApprovalProof::Signed {
        key: "SHA256:abc".to_owned(),
    };
    let counts = |risk, proof| {
        let policy = open_policy("  always_review_categories: [{id: all, paths: ['**']}]");
        let case = case_of(risk);
        let decision = case.judge(&policy);
        authorize(&case, &policy, &[approval(&decision, "ada", proof)], now()).is_ok()
    };
    for risk in [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High] {
        assert!(counts(risk, forge()));
        assert!(counts(risk, signed()));
        assert_eq!(
            counts(risk, ApprovalProof::Terminal),
            risk < RiskLevel::High
        );
        assert!(!counts(risk, ApprovalProof::Unauthenticated));
    }
}

#[test]
fn nobody_approves_their_own_plan_unless_the_policy_says_so() {
    let case = case_of(RiskLevel::High);
    let strict = open_policy("");
    let own = approval(&case.judge(&strict), "Robot", forge());
    assert_eq!(
        shortfall(&case, &strict, &own),
        "nobody approves their own plan"
    );
    let lax = open_policy("  approval: {self_approval: true}");
    let own = approval(&case.judge(&lax), "Robot", forge());
    assert!(authorize(&case, &lax, &[own], now()).is_ok());
}

#[test]
fn an_approver_needs_the_role_that_the_risk_asks_for() {
    let case = case_of(RiskLevel::High);
    let policy = open_policy("  approval: {roles: {HIGH: [maintainer, owner]}}");
    let mut approval = approval(&case.judge(&policy), "ada", forge());
    let lacks = "the approver lacks the role that this risk asks for";
    assert_eq!(shortfall(&case, &policy, &approval), lacks);
    approval.roles = vec!["writer".to_owned()];
    assert_eq!(shortfall(&case, &policy, &approval), lacks);
    approval.roles.push("owner".to_owned());
    assert!(authorize(&case, &policy, &[approval], now()).is_ok());
}

#[test]
fn an_approval_ends_when_it_says_or_the_policy_says() {
    let case = case_of(RiskLevel::High);
    let policy = open_policy("  approval: {ttl: 1h}");
    let mut approval = approval(&case.judge(&policy), "ada", forge());
    let after = |approval: &Approval, seconds| {
        let time = now() + SignedDuration::from_secs(seconds);
        authorize(&case, &policy, std::slice::from_ref(approval), time).is_ok()
    };
    assert!(after(&approval, 0));
    assert!(after(&approval, 3_599));
    assert!(!after(&approval, 3_600));
    assert!(!after(&approval, -1));
    approval.expires_at = Some(now() + SignedDuration::from_secs(10));
    assert!(after(&approval, 9));
    assert!(!after(&approval, 10));
    // It cannot outlive the policy's limit by its own word.
    approval.expires_at = Some(Timestamp::MAX);
    assert!(!after(&approval, 3_600));
}

#[test]
fn an_approval_is_for_one_changeset_policy_and_outcome() {
    let policy = open_policy("");
    let case = case_of(RiskLevel::High);
    let good = approval(&case.judge(&policy), "ada", forge());
    assert!(authorize(&case, &policy, std::slice::from_ref(&good), now()).is_ok());

    // The same change, read by another ChangeSet.
    let mut other = Case::touching(&["b"]);
    other.plan.risk = RiskLevel::High;
    assert_eq!(
        shortfall(&other, &policy, &good),
        "it is for another ChangeSet"
    );
    // The same change under another wording of the policy.
    let reworded = open_policy("# a comment");
    assert_eq!(
        shortfall(&case, &reworded, &good),
        "it was given under another policy"
    );
    // The same change, judged another way because something else is known now.
    let mut judged_anew = case_of(RiskLevel::High);
    judged_anew.plan = case.plan.clone();
    judged_anew.change_set = case.change_set.clone();
    judged_anew.plan.risk = RiskLevel::Critical;
    let critical = open_policy("");
    let error = authorize(&judged_anew, &critical, std::slice::from_ref(&good), now());
    match error {
        Err(AuthorizeError::NeedsApproval { shortfalls, .. }) => assert_eq!(
            shortfalls[0].reason,
            "the WriteGate said something else when it was given"
        ),
        other => panic!("{other:?}"),
    }
}

/// What a person approved stays approved when nothing that matters has changed.
#[test]
fn an_approval_survives_judging_again_later() {
    let policy = open_policy("");
    let mut case = case_of(RiskLevel::High);
    let approval = approval(&case.judge(&policy), "ada", forge());
    case.facts = Facts::new(now() + SignedDuration::from_mins(5));
    case.plan.rationale = Some("explained better".to_owned());
    assert!(authorize(&case, &policy, &[approval], case.facts.now).is_ok());
}

#[test]
fn each_changed_field_of_an_approval_makes_it_another_one() {
    let case = case_of(RiskLevel::High);
    let policy = open_policy("");
    let approval = approval(&case.judge(&policy), "ada", forge());
    let changes: [fn(&mut Approval); 5] = [
        |approval| approval.id.push('x'),
        |approval| approval.approver = actor("bob"),
        |approval| approval.roles.push("owner".to_owned()),
        |approval| approval.proof = ApprovalProof::Unauthenticated,
        |approval| approval.granted_at = Timestamp::MIN,
    ];
    for change in changes {
        let mut other = approval.clone();
        change(&mut other);
        assert_ne!(
            other.digest().unwrap(),
            approval.digest().unwrap(),
            "{other:?}"
        );
    }
}

#[test]
fn a_decision_about_something_else_gives_no_right() {
    let policy = open_policy("");
    let case = Case::touching(&["a"]);
    let decision = case.judge(&policy);
    let stale = |case: &Case, policy: &Policy| match WriteGate::authorize(
        policy,
        &case.plan,
        &case.change_set,
        &decision,
        &[],
        now(),
    ) {
        Err(AuthorizeError::Stale { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(stale(&Case::touching(&["b"]), &policy), "ChangeSet");
    assert_eq!(stale(&case, &open_policy("# another")), "policy");
    let mut other_plan = Case::touching(&["a"]);
    other_plan.change_set = case.change_set.clone();
    other_plan.plan = case.plan.clone();
    other_plan.plan.scope.push("b".to_owned());
    assert_eq!(stale(&other_plan, &policy), "plan");
    other_plan.plan = case.plan.clone();
    other_plan.plan.id = PlanId::generate();
    assert_eq!(stale(&other_plan, &policy), "plan");
}

#[test]
fn a_changed_decision_gives_no_right() {
    let policy = open_policy("");
    let case = Case::new(|builder| {
        let builder = builder.create(path(".ftc/x"), b"", ftc_changeset::Mode::Regular);
        builder.create(path("a"), b"x\0", ftc_changeset::Mode::Regular)
    });
    let changes: [fn(&mut Decision); 6] = [
        |decision| decision.verdict = GateVerdict::Allow,
        |decision| decision.required.approvals = 0,
        |decision| decision.risk.computed = RiskLevel::Low,
        |decision| decision.findings.clear(),
        |decision| decision.findings[0].path = Some("b".to_owned()),
        |decision| decision.plan_digest = ftc_durable::Digest::of_content(b""),
    ];
    for change in changes {
        let decision = case.judge(&policy);
        let mut forged = decision.clone();
        change(&mut forged);
        if forged == decision {
            continue;
        }
        let given =
            WriteGate::authorize(&policy, &case.plan, &case.change_set, &forged, &[], now());
        assert!(
            matches!(given, Err(AuthorizeError::Forged { .. })),
            "{given:?}"
        );
    }
}
