//! What a run leaves.

use ftc_gates::{GateRun, LoadError, RUN_FILE, SCHEMA, Verdict};
use serde_json::Value;

use crate::support::{Place, TREE, read};

const GATES: &str = "version: 1\ngates:\n  \
    - {id: f1, argv: [sh, -c, 'echo hello']}\n  \
    - {id: f2, argv: [sh, -c, 'exit 7']}\n  \
    - {id: f3, argv: [./absent]}\n  \
    - {id: s1, argv: ['true'], tier: slow}\n";

#[test]
fn what_is_written_can_be_read_again() {
    let place = Place::new();
    let run = place.run(GATES);
    let loaded = GateRun::load(&place.artifacts().join(RUN_FILE)).unwrap();
    assert_eq!(loaded, run);
}

#[test]
fn the_file_is_what_it_is_documented_to_be() {
    let place = Place::new();
    place.run(GATES);
    let json: Value = serde_json::from_str(&read(&place.artifacts().join(RUN_FILE))).unwrap();
    assert_eq!(json["schema"], "ftc.gate-run/2");
    assert_eq!(json["schema"], SCHEMA);
    assert_eq!(json["tree"], TREE);
    assert_eq!(json["base"], Value::Null);
    assert_eq!(json["verdict"], "fail");
    assert_eq!(json["whole"], true);
    assert_eq!(json["gates"][0]["outcome"]["status"], "pass");
    assert_eq!(json["gates"][0]["exit"]["code"], 0);
    assert_eq!(json["gates"][0]["tier"], "fast");
    assert_eq!(json["gates"][1]["exit"]["code"], 7);
    assert_eq!(json["gates"][2]["exit"], Value::Null);
    assert_eq!(json["gates"][3]["outcome"]["status"], "cancelled");
    assert_eq!(
        json["gates"][3]["outcome"]["because"],
        "gate `f2` did not pass"
    );
}

/// A field called `duration_ms` held nanoseconds.
#[test]
fn loop_w05_milliseconds_are_milliseconds() {
    let run = Place::new()
        .run("version: 1\ngates:\n  - {id: a, argv: [sleep, '1000'], timeout: 200ms}\n");
    // As nanoseconds the least it can be is 200,000,000.
    assert!(
        (200..100_000_000).contains(&run.gates[0].duration_ms),
        "{}",
        run.gates[0].duration_ms
    );
    assert!(run.duration_ms >= run.gates[0].duration_ms);
}

/// A run that was killed must not be taken for the one before.
#[test]
fn the_answer_of_an_earlier_run_is_gone_before_the_first_gate() {
    let place = Place::new();
    assert_eq!(place.run(GATES).verdict, Verdict::Fail);
    let answer = place.artifacts().join(RUN_FILE);
    let text = format!(
        "version: 1\ngates:\n  - {{id: a, argv: [test, '!', -e, '{}']}}\n",
        answer.display()
    );
    assert_eq!(place.run(&text).verdict, Verdict::Pass);
    assert!(answer.exists());
}

#[test]
fn a_file_that_is_no_run_is_an_error_that_names_it() {
    let place = Place::new();
    let path = place.outside("run.json");
    let load = |text: &str| {
        std::fs::write(&path, text).unwrap();
        GateRun::load(&path).unwrap_err()
    };
    assert!(matches!(load("{"), LoadError::Malformed { .. }));
    assert!(matches!(load("{}"), LoadError::Malformed { .. }));
    for schema in ["ftc.gate-run/1", "ftc.gate-run/2"] {
        assert!(matches!(
            load(&format!(r#"{{"schema": "{schema}"}}"#)),
            LoadError::Malformed { .. }
        ));
    }
    let error = load(r#"{"schema": "ftc.gate-run/9", "verdict": "maybe"}"#);
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` has the schema `ftc.gate-run/9`, not `ftc.gate-run/2`",
            path.display()
        )
    );
    assert!(matches!(
        GateRun::load(&place.outside("absent")),
        Err(LoadError::Read { .. })
    ));
}

/// As version 1 wrote it, which knew nothing of containment.
const BEFORE: &str = r#"{
  "schema": "ftc.gate-run/1", "run_id": "01990000-0000-7000-8000-000000000000",
  "tree": "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "base": null,
  "gate_file": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "started_at": "2026-10-01T09:15:02Z", "duration_ms": 1200, "whole": true, "verdict": "pass", "reasons": [],
  "gates": [{
    "id": "unit", "tier": "fast", "advisory": false, "argv": ["make", "test"], "outcome": {"status": "pass"},
    "reasons": [], "notes": [], "exit": {"code": 0}, "duration_ms": 1100, "tests_run": 3, "failed": [],
    "failed_omitted": 0, "log": null, "log_bytes": 0, "log_truncated": false, "tail": ""
  }]
}"#;

#[test]
fn a_run_of_the_version_before_can_be_read_and_knows_nothing_of_containment() {
    let place = Place::new();
    let path = place.outside("run.json");
    std::fs::write(&path, BEFORE).unwrap();
    let run = GateRun::load(&path).unwrap();
    assert_eq!((run.schema.as_str(), run.verdict), (SCHEMA, Verdict::Pass));
    assert!(run.proves(TREE, &run.gate_file));
    let gate = &run.gates[0];
    assert_eq!(gate.tests_run, Some(3));
    assert_eq!(
        (
            gate.containment,
            gate.usage,
            gate.leaked,
            gate.survivors_killed
        ),
        (None, None, false, 0)
    );
    assert_eq!(gate.confined, None);
    // What is written of it is of this version, and says the same.
    std::fs::write(&path, serde_json::to_string(&run).unwrap()).unwrap();
    assert_eq!(GateRun::load(&path).unwrap(), run);
}
