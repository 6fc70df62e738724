use ftc_changeset::{Actor, ChangePlan, JsonError, PlanId, RiskLevel};

use crate::support::{actor, health_check, plan};

#[test]
fn a_plan_is_the_same_after_writing_and_reading() {
    let mut plan = plan();
    plan.health_checks.push(health_check());
    plan.verification.push("unit".to_owned());
    plan.rationale = Some("two threads share a port".to_owned());
    plan.risk = RiskLevel::High;
    let read = ChangePlan::from_json(&plan.to_json()).unwrap();
    assert_eq!(read, plan);
    assert_eq!(read.digest().unwrap(), plan.digest().unwrap());
}

#[test]
fn a_plan_is_read_strictly() {
    let good = plan().to_json();
    let read = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        ChangePlan::from_json(&good.replacen(from, to, 1)).unwrap_err()
    };
    assert!(matches!(
        read("\"schema\": 1", "\"schema\": 1, \"schema\": 1"),
        JsonError::Syntax(_)
    ));
    assert!(matches!(
        read("\"schema\": 1", "\"schema\": 1, \"approved\": true"),
        JsonError::Shape { .. }
    ));
    assert!(matches!(
        read("\"schema\": 1", "\"schema\": 7"),
        JsonError::Schema { found: 7, .. }
    ));
    assert!(matches!(
        read("\"LOW\"", "\"low\""),
        JsonError::Shape { .. }
    ));
    assert!(matches!(read("\"robot\"", "\"\""), JsonError::Shape { .. }));
}

#[test]
fn words_for_people_and_the_time_take_no_part_in_the_digest() {
    let plan = plan();
    let mut other = plan.clone();
    other.rationale = Some("on second thought".to_owned());
    other.created_at = crate::support::at("2030-01-01T00:00:00Z");
    assert_eq!(plan.digest().unwrap(), other.digest().unwrap());
    let changes: [fn(&mut ChangePlan); 7] = [
        |plan| plan.id = PlanId::generate(),
        |plan| plan.intent.push('!'),
        |plan| plan.author = actor("other"),
        |plan| plan.scope.clear(),
        |plan| plan.risk = RiskLevel::Critical,
        |plan| plan.health_checks.push(health_check()),
        |plan| plan.verification.push("unit".to_owned()),
    ];
    for change in changes {
        let mut other = plan.clone();
        change(&mut other);
        assert_ne!(plan.digest().unwrap(), other.digest().unwrap(), "{other:?}");
    }
}

#[test]
fn a_plan_is_named_so_that_it_can_name_a_folder() {
    assert_ne!(PlanId::generate(), PlanId::generate());
    for good in ["plan_0123456789ab", "a", "7", &"x".repeat(128)] {
        assert_eq!(PlanId::new(good).unwrap().as_str(), good);
    }
    for bad in [
        "",
        ".",
        "..",
        ".hidden",
        "-rf",
        "_a",
        "a/b",
        "a b",
        "a\n",
        "é",
        &"x".repeat(129),
    ] {
        assert!(PlanId::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn people_are_the_same_whatever_the_case_of_their_name() {
    assert_eq!(actor("Ada"), actor("ada"));
    assert_ne!(actor("ada"), actor("adah"));
    for bad in [
        "",
        "two words",
        "ada\u{202e}",
        "adа",
        "a\n",
        &"x".repeat(201),
    ] {
        assert!(Actor::new(bad).is_err(), "{bad:?}");
    }
}
