//! What befalls somebody who is new here: wrong names, gates that say nothing, a toolchain that is not there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use ftc_state::{LifecycleState, Transition};
use jiff::Timestamp;

use crate::support::{Run, World, program, run};

const POLICY: &str = "version: 1\nexecutor:\n  allowed_paths: [\"src/**\"]\n";

/// A world whose gate file is `gates`.
fn world_with(gates: &str) -> World {
    World::new(&[
        ("src/lib", "nothing\n"),
        ("ftc-policy.yaml", POLICY),
        ("gates.yaml", gates),
    ])
}

fn says(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, Some(code), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
}

#[test]
fn a_forge_of_another_repository_is_refused() {
    let world = World::scripted();
    let run = world.run(&["--once", "--source", "runs:4", "--repo", "acme/widget"]);
    says(&run, 2, &["`demo/mirrors`", "`acme/widget`", "--repo"]);
    assert!(!world.path("counted/runs").exists(), "nothing ran");
    assert!(!world.path("forge/issues").exists());
}

#[test]
fn a_gate_that_is_not_there() {
    let world = World::scripted();
    let run = world.run(&["--once", "--source", "runs:2", "--gate", "unit"]);
    says(&run, 2, &["no gate `unit`", "the gates are `test`"]);
}

#[test]
fn a_gate_whose_program_is_missing() {
    let world =
        world_with("version: 1\ngates:\n  - {id: test, argv: [no-such-program], timeout: 1m}\n");
    let run = world.run(&["--once", "--source", "runs:2"]);
    says(&run, 2, &["`no-such-program`", "hint: ", "`PATH`"]);
}

#[test]
fn a_base_branch_that_is_not_there() {
    let world = World::scripted();
    for branch in ["trunk", "a..b"] {
        let run = world.run(&["--once", "--source", "runs:2", "--base", branch]);
        says(&run, 2, &[branch, "`--base`"]);
    }
}

#[test]
fn a_profile_that_is_not_there() {
    let world = World::scripted();
    let run = world.run(&["--once", "--agent", "typo.toml"]);
    says(&run, 2, &["typo.toml", "hint: ", "clean.agent"]);
}

#[test]
fn red_runs_say_why() {
    let world = world_with(
        "version: 1\ngates:\n  - {id: test, argv: [sh, -c, \"echo no compiler here; exit 3\"], timeout: 1m}\n",
    );
    let run = world.done(&["--once", "--source", "runs:2"]);
    for word in [
        "2 runs were red without saying what failed",
        "exit code 3",
        "no compiler here",
    ] {
        assert!(run.stdout.contains(word), "{word}: {}", run.stdout);
    }
    let json = world
        .done(&["--once", "--source", "runs:1", "--format", "json"])
        .json();
    let discovery = &json["discovery"];
    assert_eq!(discovery["unexplained"], 1, "{json}");
    let why = discovery["first_unexplained"].as_str().unwrap();
    assert!(why.contains("no compiler here"), "{why}");
}

#[test]
fn runs_that_hang_say_so() {
    let world =
        world_with("version: 1\ngates:\n  - {id: test, argv: [sleep, \"600\"], timeout: 100ms}\n");
    let run = world.done(&["--once", "--source", "runs:1"]);
    assert!(
        run.stdout.contains("1 run was red") && run.stdout.contains("100ms"),
        "{}",
        run.stdout
    );
}

/// The fate of the last run is not that of all.
#[test]
fn the_narration_does_not_sum_up_what_it_has_not_counted() {
    let world = World::scripted();
    let run = world.done(&["--once", "--source", "runs:4"]);
    assert!(!run.stderr.contains("all passed"), "{}", run.stderr);
    assert!(run.stdout.contains("4 runs read"), "{}", run.stdout);
}

#[test]
fn a_memo_that_cannot_be_read_hides_nothing_else() {
    let world = World::scripted();
    world.done(&["--once", "--source", "runs:4"]);
    let lifecycle = world.lifecycle();
    let spoil = Transition::new(&lifecycle, LifecycleState::WaitingForSignal, "spoilt")
        .with_memo(r#"{"version":99}"#);
    world.store().transition(&spoil, Timestamp::now()).unwrap();
    let fingerprint = lifecycle.fingerprint.short();

    let status = world.run(&["status"]);
    says(&status, 3, &[&fingerprint, "hint: "]);
    assert!(
        status.stdout.contains("refresh_keeps_the_newest"),
        "{}",
        status.stdout
    );
    let show = world.run(&["show", &fingerprint]);
    says(&show, 3, &["hint: "]);
    assert!(
        show.stdout.contains("comment on #1 (analysis)"),
        "{}",
        show.stdout
    );
    let pass = world.run(&["--once", "--source", "runs:4"]);
    says(&pass, 3, &[&fingerprint, "stays in WAITING_FOR_SIGNAL"]);
    assert!(pass.stdout.contains("4 runs read"), "{}", pass.stdout);
}

#[test]
fn trust_that_is_missing_when_a_fix_is_tried_is_asked_for() {
    let world = World::scripted();
    world.done(&["--once", "--source", "runs:4"]);
    world.approve();
    let run = run(world.command(&["--once"]).env_remove("FTC_TRUST"));
    says(&run, 4, &["APPROVED_TO_FIX", "ftc trust"]);
    // The approval is not lost.
    world.done(&["--once"]);
    assert_eq!(world.lifecycle().state, LifecycleState::PrOpen);
}

#[test]
fn who_holds_the_claim_is_said_in_words() {
    let world = World::scripted();
    world.done(&["--once", "--source", "runs:4"]);
    let owner = ftc_process::ProcessIdentity::current().unwrap();
    let request = ftc_state::ClaimRequest::new(
        "clean/demo/mirrors",
        serde_json::to_string(&owner).unwrap(),
        std::time::Duration::from_secs(600),
    );
    world.store().claim(&request, Timestamp::now()).unwrap();
    let run = world.run(&["--once"]);
    says(&run, 75, &[&format!("process {} on ", owner.pid), "hint: "]);
    assert!(!run.stderr.contains('{'), "{}", run.stderr);
}

/// As much of a long name as a table can bear; `show` has all of it.
#[test]
fn a_long_name_does_not_break_the_table() {
    let name = format!("tests.{}.test_the_end", "deep.".repeat(40));
    let report = format!(
        r#"<testsuites><testsuite name="x" tests="1" failures="@"><testcase classname="{}" name="test_the_end">$</testcase></testsuite></testsuites>"#,
        name.trim_end_matches(".test_the_end")
    );
    let red = report
        .replace('@', "1")
        .replace('$', r#"<failure message="no"/>"#);
    let green = report.replace('@', "0").replace('$', "");
    let world = World::new(&[
        ("ftc-policy.yaml", POLICY),
        ("red.xml", &red),
        ("green.xml", &green),
        (
            "run.sh",
            "if [ -e \"$FTC_COUNTER\" ]; then cp green.xml report.xml; exit 0; fi\n: >\"$FTC_COUNTER\"; cp red.xml report.xml; exit 1\n",
        ),
        (
            "gates.yaml",
            "version: 1\ngates:\n  - {id: test, argv: [sh, run.sh], timeout: 1m, env: {pass: [FTC_COUNTER]}, reports: [{path: report.xml, format: junit}]}\n",
        ),
    ]);
    world.done(&["--once", "--source", "runs:4"]);
    let table = world.done(&["status"]).stdout;
    assert!(table.contains("…"), "{table}");
    assert!(table.contains("test_the_end  "), "{table}");
    assert!(
        table.lines().all(|line| line.chars().count() <= 160),
        "{table}"
    );
    let fingerprint = world.lifecycle().fingerprint.short();
    let story = world.done(&["show", &fingerprint]).stdout;
    assert!(story.contains(&name), "{story}");
}

#[test]
fn the_demo_begins_nothing_without_a_toolchain() {
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("bin");
    fs::create_dir(&programs).unwrap();
    let git = ftc_vcs::GitProgram::find(&ftc_process::ParentEnv::capture()).unwrap();
    std::os::unix::fs::symlink(git.path(), programs.join("git")).unwrap();
    let demo = || run(program(folder.path(), &["demo", "--keep", "story"]).env("PATH", &programs));
    says(&demo(), 2, &["needs a Rust toolchain", "`cargo`", "`PATH`"]);

    // A proxy of rustup without a toolchain behind it is no better, and its words are the ones that help.
    let cargo = programs.join("cargo");
    fs::write(
        &cargo,
        "#!/bin/sh\necho 'no default is configured' >&2\nexit 1\n",
    )
    .unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    says(&demo(), 2, &["no default is configured", "hint: "]);
    assert_eq!(
        fs::read_dir(folder.path().join("story")).unwrap().count(),
        0
    );
}

#[test]
fn the_demo_takes_an_empty_folder_only() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/file"), "").unwrap();
    for keep in ["full", "full/file", "full/file/below"] {
        let run = run(&mut program(folder.path(), &["demo", "--keep", keep]));
        says(&run, 2, &[keep, "hint: "]);
    }
}
