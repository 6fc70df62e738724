//! The project of a world: its tests are a script that prints what cargo prints.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The flaky test.
pub const TEST: &str = "refresh_keeps_the_newest";
/// What it says when it fails.
pub const CAUSE: &str = "the cache keeps an old answer";

/// The files of the first commit.
#[derive(Clone)]
pub struct Project(BTreeMap<String, String>);

impl Project {
    pub fn with(mut self, name: &str, text: &str) -> Self {
        self.0.insert(name.to_owned(), text.to_owned());
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    pub fn text(&self, name: &str) -> String {
        self.0[name].clone()
    }

    pub fn write_to(&self, directory: &Path) {
        for (name, text) in &self.0 {
            let path = directory.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
}

impl Default for Project {
    fn default() -> Self {
        let list = format!("steady adds_a_mirror\nflaky {TEST}\nsteady removes_a_mirror\n");
        let code = "// A cache that asks several mirrors.\n\nfn store(entry: &mut Entry, answer: Answer) {\n    *entry = answer;\n}\n";
        Self(BTreeMap::new())
            .with("run-tests.sh", SCRIPT)
            .with("src/mode", "racy\n")
            .with("src/message", &format!("{CAUSE}\n"))
            .with("src/cache.rs", code)
            .with("tests/list", &list)
            .with("gates.yaml", GATES)
            .with("ftc-policy.yaml", POLICY)
            .with(".gitignore", "/target\n")
    }
}

const GATES: &str = r#"version: 1
gates:
  - id: test
    argv: [sh, run-tests.sh]
    timeout: 1m
    env:
      pass: [FTC_COUNTER]
    rerun: [sh, run-tests.sh, "{test}"]
"#;

const POLICY: &str = r#"version: 1
executor:
  allowed_paths: ["src/**", "tests/**"]
  constraints:
    max_files_touched: 5
    max_patch_lines: 200
"#;

/// `tests/list` names the tests and what they are like: `steady`, `flaky`, `broken` or `ignored`. A flaky one passes at every
/// fourth run, as the file `FTC_COUNTER` counts them, unless `src/mode` says `fixed`. Other modes: `nobuild`, `infra`, and
/// `writes`, which is `fixed` but changes a tracked file.
const SCRIPT: &str = r#"#!/bin/sh
only=${1-}
mode=$(cat src/mode)
case $mode in
nobuild)
    printf '   Compiling mirrors v0.1.0\nerror[E0308]: mismatched types\n --> src/cache.rs:4:14\n\n'
    printf 'error: could not compile `mirrors` (lib) due to 1 previous error\n'
    exit 101
    ;;
infra)
    printf 'error: failed to write `target/debug/x`: No space left on device (os error 28)\n'
    exit 101
    ;;
writes) echo '// seen' >>src/cache.rs ;;
esac
passed=0 failed=0 ignored=0 filtered=0 failures=
if [ -n "$only" ]; then running=$(grep -cxF -e "steady $only" -e "flaky $only" -e "broken $only" -e "ignored $only" tests/list)
else running=$(grep -c . tests/list); fi
if [ "$running" = 1 ]; then printf '\nrunning 1 test\n'; else printf '\nrunning %s tests\n' "$running"; fi
while read -r kind name; do
    if [ -n "$only" ] && [ "$only" != "$name" ]; then
        filtered=$((filtered + 1))
        continue
    fi
    fails=no
    case $kind in
    ignored)
        printf 'test %s ... ignored\n' "$name"
        ignored=$((ignored + 1))
        continue
        ;;
    broken) fails=yes ;;
    flaky)
        if [ "$mode" != fixed ] && [ "$mode" != writes ]; then
            count=$(($(cat "$FTC_COUNTER" 2>/dev/null || echo 0) + 1))
            echo "$count" >"$FTC_COUNTER"
            [ $((count % 4)) = 0 ] || fails=yes
        fi
        ;;
    esac
    if [ "$fails" = yes ]; then
        printf 'test %s ... FAILED\n' "$name"
        failed=$((failed + 1))
        failures="$failures $name"
    else
        printf 'test %s ... ok\n' "$name"
        passed=$((passed + 1))
    fi
done <tests/list
result=ok
if [ "$failed" != 0 ]; then
    result=FAILED
    printf '\nfailures:\n'
    for name in $failures; do
        printf '\n---- %s stdout ----\n\nthread '\''%s'\'' panicked at src/cache.rs:4:5:\n' "$name" "$name"
        cat src/message
        printf 'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n'
    done
    printf '\nfailures:\n'
    for name in $failures; do printf '    %s\n' "$name"; done
fi
printf '\ntest result: %s. %s passed; %s failed; %s ignored; 0 measured; %s filtered out; finished in 0.00s\n\n' \
    "$result" "$passed" "$failed" "$ignored" "$filtered"
[ "$failed" = 0 ] || exit 101
"#;
