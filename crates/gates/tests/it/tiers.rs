//! Which gates run, in which order, and what follows for the whole.

use std::sync::Mutex;

use ftc_gates::{
    Event, GateRun, Observer, Outcome, RunContext, RunError, Selection, Tier, Verdict, run,
};

use crate::support::{Place, TREE, file, id};

/// Gates whose scripts tell that they ran.
fn gates(lines: &[(&str, &str, &str)]) -> String {
    let gates = lines.iter().map(|(id, script, more)| {
        format!("  - {{id: {id}, argv: [sh, -c, 'echo {id} >> ran; {script}'], {more}}}\n")
    });
    ["version: 1\ngates:\n".to_owned()]
        .into_iter()
        .chain(gates)
        .collect()
}

fn outcomes(run: &GateRun) -> Vec<(&str, &str)> {
    run.gates
        .iter()
        .map(|gate| (gate.id.as_str(), gate.outcome.as_str()))
        .collect()
}

fn ran(place: &Place) -> String {
    std::fs::read_to_string(place.path("ran"))
        .unwrap_or_default()
        .replace('\n', " ")
}

fn run_selected(place: &Place, text: &str, selection: Selection) -> Result<GateRun, RunError> {
    let (worktree, artifacts) = (place.worktree(), place.artifacts());
    let mut context = RunContext::new(&worktree, TREE, &place.env, &artifacts);
    context.selection = selection;
    run(&file(text), &context)
}

#[test]
fn all_fast_gates_come_before_the_first_slow_one() {
    let place = Place::new();
    let run = place.run(&gates(&[
        ("s1", "", "tier: slow"),
        ("f1", "", ""),
        ("s2", "", "tier: slow"),
        ("f2", "", ""),
    ]));
    assert_eq!(ran(&place), "f1 f2 s1 s2 ");
    assert_eq!(
        outcomes(&run),
        [
            ("f1", "pass"),
            ("f2", "pass"),
            ("s1", "pass"),
            ("s2", "pass")
        ]
    );
    assert_eq!(
        (run.verdict, run.whole, run.reasons.len()),
        (Verdict::Pass, true, 0)
    );
    assert_eq!(run.tree, TREE);
    assert_eq!(
        run.gate_file,
        file(&gates(&[
            ("s1", "", "tier: slow"),
            ("f1", "", ""),
            ("s2", "", "tier: slow"),
            ("f2", "", "")
        ]))
        .digest()
    );
}

/// A tier is told whole, so that whoever mends it sees all that is wrong; the next is not started.
#[test]
fn a_red_fast_tier_cancels_the_slow_one() {
    let place = Place::new();
    let run = place.run(&gates(&[
        ("f1", "exit 1", ""),
        ("f2", "", ""),
        ("s1", "", "tier: slow"),
    ]));
    assert_eq!(ran(&place), "f1 f2 ");
    assert_eq!(
        outcomes(&run),
        [("f1", "fail"), ("f2", "pass"), ("s1", "cancelled")]
    );
    assert_eq!(
        run.gates[2].outcome,
        Outcome::Cancelled {
            because: "gate `f1` did not pass".to_owned()
        }
    );
    assert_eq!(run.gates[2].log, None);
    assert_eq!(run.verdict, Verdict::Fail);
    assert_eq!(
        run.reasons,
        [
            "gate `f1`: fail: exit code 1",
            "gate `s1`: cancelled: gate `f1` did not pass"
        ]
    );
}

#[test]
fn an_error_cancels_too_and_is_no_failure() {
    let place = Place::new();
    let text = "version: 1\ngates:\n  - {id: f1, argv: [./absent]}\n  - {id: s1, argv: ['true'], tier: slow}\n";
    let run = place.run(text);
    assert_eq!(outcomes(&run), [("f1", "error"), ("s1", "cancelled")]);
    assert_eq!(run.verdict, Verdict::Error);
}

#[test]
fn what_failed_weighs_more_than_what_is_unknown() {
    let text =
        "version: 1\ngates:\n  - {id: f1, argv: [./absent]}\n  - {id: f2, argv: ['false']}\n";
    assert_eq!(Place::new().run(text).verdict, Verdict::Fail);
}

#[test]
fn a_timeout_is_red() {
    let run = Place::new().run(&gates(&[("f1", "sleep 1000", "timeout: 200ms")]));
    assert_eq!(
        (run.verdict, run.reasons[0].as_str()),
        (
            Verdict::Fail,
            "gate `f1`: timeout: stopped: it ran for 200ms"
        )
    );
}

#[test]
fn a_gate_that_only_advises_decides_nothing() {
    let place = Place::new();
    let run = place.run(&gates(&[
        ("f1", "exit 1", "advisory: true"),
        ("f2", "", ""),
        ("s1", "", "tier: slow"),
    ]));
    assert_eq!(
        outcomes(&run),
        [("f1", "fail"), ("f2", "pass"), ("s1", "pass")]
    );
    assert_eq!(run.verdict, Verdict::Pass);
}

#[test]
fn an_empty_plan_is_an_error() {
    let reason = ["no required gate was to be run, so nothing is proved"];
    let place = Place::new();
    let run = place.run(&gates(&[("f1", "", "advisory: true")]));
    assert_eq!(
        (run.verdict, run.reasons.as_slice()),
        (Verdict::Error, &reason.map(str::to_owned)[..])
    );
    let run = run_selected(
        &place,
        &gates(&[("f1", "", "")]),
        Selection::tier(Tier::Slow),
    )
    .unwrap();
    assert_eq!(
        (run.verdict, run.reasons.as_slice()),
        (Verdict::Error, &reason.map(str::to_owned)[..])
    );
}

#[test]
fn a_part_that_passes_proves_only_that_part() {
    let place = Place::new();
    let text = gates(&[("f1", "", ""), ("s1", "", "tier: slow")]);
    let part = run_selected(&place, &text, Selection::tier(Tier::Fast)).unwrap();
    assert_eq!(ran(&place), "f1 ");
    assert_eq!(outcomes(&part), [("f1", "pass"), ("s1", "skipped")]);
    assert_eq!((part.verdict, part.whole), (Verdict::Pass, false));
    let whole = place.run(&text);
    let digest = file(&text).digest();
    assert!(whole.proves(TREE, &digest));
    assert!(!part.proves(TREE, &digest));
    let part = run_selected(&place, &text, Selection::only([id("s1")])).unwrap();
    assert_eq!(outcomes(&part), [("f1", "skipped"), ("s1", "pass")]);
}

/// A fix of what the slow gate found was merged without the fast gates having seen it.
#[test]
fn loop_w02_a_pass_is_about_one_tree_and_one_gate_file() {
    let place = Place::new();
    let text = gates(&[("f1", "", "")]);
    let run = place.run(&text);
    let digest = file(&text).digest();
    assert!(run.proves(TREE, &digest));
    assert!(!run.proves("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", &digest));
    assert!(!run.proves(TREE, &file(&gates(&[("f2", "", "")])).digest()));
    assert!(
        !place
            .run(&gates(&[("f1", "exit 1", "")]))
            .proves(TREE, &digest)
    );
}

#[test]
fn a_gate_that_is_not_there_is_an_error_before_anything_runs() {
    let place = Place::new();
    let error = run_selected(
        &place,
        &gates(&[("f1", "", ""), ("f2", "", "")]),
        Selection::only([id("f3")]),
    )
    .unwrap_err();
    assert_eq!(error.to_string(), "there is no gate `f3`");
    assert_eq!(error.hints(), ["there are: f1, f2"]);
    assert_eq!(ran(&place), "");
}

#[derive(Default)]
struct Notebook(Mutex<Vec<String>>);

impl Observer for Notebook {
    fn event(&self, event: &Event<'_>) {
        let line = match event {
            Event::Started { gate, argv, log } => {
                format!(
                    "started {} {} {}",
                    gate.id,
                    argv[0],
                    log.file_name().expect("it is a file").display()
                )
            }
            Event::Finished { result } => format!("finished {} {}", result.id, result.outcome),
            Event::Decided { run } => format!("decided {}", run.verdict),
            other => format!("{other:?}"),
        };
        self.0.lock().expect("no observer panics").push(line);
    }
}

#[test]
fn an_observer_sees_it_all() {
    let place = Place::new();
    let (worktree, artifacts) = (place.worktree(), place.artifacts());
    let notebook = Notebook::default();
    let mut context = RunContext::new(&worktree, TREE, &place.env, &artifacts);
    context.observer = Some(&notebook);
    run(
        &file(&gates(&[("f1", "exit 1", ""), ("s1", "", "tier: slow")])),
        &context,
    )
    .unwrap();
    assert_eq!(
        *notebook.0.lock().unwrap(),
        [
            "started f1 sh f1.log",
            "finished f1 fail",
            "finished s1 cancelled",
            "decided fail"
        ]
    );
}
