//! Frames of Go stacks: which function is the project's own, which is a test.

/// The package path and function of a frame, without its arguments: `example.com/a/b.(*T).run`.
pub(super) fn function(frame: &str) -> Option<&str> {
    let frame = frame.trim();
    let frame = frame.strip_prefix("created by ").unwrap_or(frame);
    let name = match frame.strip_suffix(')') {
        Some(open) => &frame[..open.rfind('(')?],
        None => frame.split(" in goroutine ").next()?,
    };
    (name.contains('.') && !name.contains(' ')).then_some(name)
}

/// Whether a file belongs to the Go installation or to a helper library that only carries the failure.
pub(super) fn is_foreign(function: &str, file: &str) -> bool {
    const PACKAGES: &[&str] = &[
        "testing.",
        "runtime.",
        "runtime/",
        "sync.",
        "sync/",
        "reflect.",
        "panic",
        "internal/",
        "time.",
        "net.",
        "net/",
        "os.",
        "os/",
        "context.",
        "io.",
        "bufio.",
        "bytes.",
        "strings.",
        "fmt.",
        "encoding/",
        "database/",
        "log.",
        "crypto/",
        "errors.",
        "sort.",
        "slices.",
        "maps.",
        "main.main",
        "_testmain.",
        "strconv.",
        "regexp.",
    ];
    PACKAGES.iter().any(|package| function.starts_with(package))
        || function.contains("stretchr/testify")
        || file.contains("_testmain.go")
}

/// The test function in a frame: `TestX` of `example.com/a/b.TestX.func1`.
pub(super) fn test_name(function: &str) -> Option<&str> {
    let base = function.rsplit('/').next()?;
    let mut parts = base.split('.').skip(1);
    let name = parts.next()?;
    let is_test = ["Test", "Benchmark", "Fuzz", "Example"]
        .iter()
        .any(|prefix| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_lowercase()))
        });
    (is_test && name != "TestMain").then_some(name)
}

/// The function without the path of its package: `b.(*T).run`, so that a fork's module path makes no difference.
pub(super) fn short(function: &str) -> &str {
    function.rsplit('/').next().unwrap_or(function)
}
