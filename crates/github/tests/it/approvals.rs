//! What counts as an approval.

use std::sync::Arc;

use ftc_github::{
    APPROVAL_LABEL, ApprovalHow, DryRun, Forge, IssueNumber, IssuesWrite as _, Refusal,
    has_approval_command,
};

use crate::support::{World, login, open_issue, wait};

fn approved_by(forge: &dyn Forge, number: IssueNumber) -> Vec<(String, ApprovalHow)> {
    wait(forge.approvals(number))
        .unwrap()
        .into_iter()
        .map(|signal| {
            assert!(signal.verified);
            (signal.by.to_string(), signal.how)
        })
        .collect()
}

fn comment(world: &World, by: &str, number: IssueNumber, text: &str) {
    wait(world.by(by).create_comment(number, text)).unwrap();
}

#[test]
fn cleaner_w14_approval_needs_write_permission_and_whole_line() {
    let world = World::new();
    let number = open_issue(&world.forge, "flaky").number;
    // Beyond the first page, which is all that was once read.
    for index in 0..120 {
        comment(&world, "rita", number, &format!("me too {index}"));
    }
    comment(&world, "rita", number, "/ai-fix");
    comment(&world, "tina", number, "/ai-fix");
    comment(&world, "robot[bot]", number, "/ai-fix");
    comment(&world, "cleaner", number, "/ai-fix");
    comment(&world, "bob", number, "please /ai-fix");
    comment(&world, "bob", number, "/ai-fixes");
    comment(&world, "bob", number, "> /ai-fix");
    assert_eq!(approved_by(&world.forge, number), []);
    let dry = DryRun::new(Arc::new(world.forge.clone()));
    assert_eq!(approved_by(&dry, number), []);

    comment(&world, "bob", number, "Looks right.\r\n/ai-fix \r\nThanks!");
    let expected = [("bob".to_owned(), ApprovalHow::Comment)];
    assert_eq!(approved_by(&world.forge, number), expected);
    assert_eq!(approved_by(&dry, number), expected);
    // Who no longer may write has approved nothing.
    world
        .forge
        .set_permission(&login("bob"), ftc_github::Permission::Triage)
        .unwrap();
    assert_eq!(approved_by(&world.forge, number), []);
}

#[test]
fn cleaner_w14_an_edited_comment_is_no_approval() {
    let world = World::new();
    let number = open_issue(&world.forge, "flaky").number;
    let said = wait(world.by("bob").create_comment(number, "never!")).unwrap();
    wait(world.by("alice").edit_comment(said.id, "/ai-fix")).unwrap();
    assert_eq!(approved_by(&world.forge, number), []);
    let judged = world.forge.judge_approvals(number, None).unwrap();
    assert_eq!(judged[0].refused, Some(Refusal::Edited));
}

#[test]
fn a_label_counts_for_whoever_put_it_there() {
    let world = World::new();
    let number = open_issue(&world.forge, "flaky").number;
    let label = [APPROVAL_LABEL.to_owned()];
    wait(world.by("tina").add_labels(number, &label)).unwrap();
    // The label is there already, so this adds nothing.
    wait(world.by("alice").add_labels(number, &label)).unwrap();
    assert_eq!(approved_by(&world.forge, number), []);
    wait(world.by("tina").remove_label(number, APPROVAL_LABEL)).unwrap();
    wait(world.by("alice").add_labels(number, &label)).unwrap();
    let expected = [("alice".to_owned(), ApprovalHow::Label)];
    assert_eq!(approved_by(&world.forge, number), expected);

    let dry = DryRun::new(Arc::new(world.forge.clone()));
    wait(dry.remove_label(number, APPROVAL_LABEL)).unwrap();
    assert_eq!(approved_by(&dry, number), []);
    assert_eq!(approved_by(&world.forge, number), expected);
}

#[test]
fn an_outright_approval_needs_a_person_who_may_write() {
    let world = World::new();
    let number = open_issue(&world.forge, "flaky").number;
    for name in ["rita", "tina", "nobody", "robot[bot]"] {
        assert!(world.forge.approve(number, &login(name)).is_err(), "{name}");
    }
    assert!(world.forge.approve(IssueNumber(9), &login("bob")).is_err());
    world.forge.approve(number, &login("bob")).unwrap();
    world.forge.approve(number, &login("cleaner")).unwrap();
    let expected = [("bob".to_owned(), ApprovalHow::Approve)];
    assert_eq!(approved_by(&world.forge, number), expected);
    // A third party sees both, and who asks is what makes the difference.
    let judged = world.forge.judge_approvals(number, None).unwrap();
    assert!(judged.iter().all(|judged| judged.refused.is_none()));
    assert_eq!(judged.len(), 2);
}

#[test]
fn approvals_come_in_the_order_of_time() {
    let world = World::new();
    let number = open_issue(&world.forge, "flaky").number;
    world.forge.approve(number, &login("bob")).unwrap();
    comment(&world, "alice", number, "/ai-fix");
    world.forge.approve(number, &login("bob")).unwrap();
    let by: Vec<String> = approved_by(&world.forge, number)
        .into_iter()
        .map(|(by, _)| by)
        .collect();
    assert_eq!(by, ["bob", "alice", "bob"]);
}

#[test]
fn the_command_is_where_people_see_it() {
    for (text, expected) in [
        ("/ai-fix", true),
        ("/ai-fix\t ", true),
        ("a\n/ai-fix\nb", true),
        ("a\r\n/ai-fix\r\nb", true),
        ("```\ncode\n```\n/ai-fix", true),
        ("`` `a` ``\n/ai-fix", true),
        ("<!-- x --> y\n/ai-fix", true),
        ("", false),
        (" /ai-fix", false),
        ("/ai-fix now", false),
        ("/AI-FIX", false),
        ("//ai-fix", false),
        ("`/ai-fix`", false),
        ("> /ai-fix", false),
        ("- /ai-fix", false),
        ("```\n/ai-fix\n```", false),
        ("~~~~\n```\n~~~\n/ai-fix\n", false),
        ("````text\n```\n/ai-fix\n````", false),
        ("<!--\n/ai-fix\n-->", false),
        ("a <!-- b --> <!-- c\n/ai-fix", false),
        ("/ai-fix\u{200b}", false),
    ] {
        assert_eq!(has_approval_command(text), expected, "{text:?}");
    }
}
