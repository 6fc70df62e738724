//! How CI systems end jobs.

use ftc_fingerprint::{Class, Kind};

use crate::support::{only_failure, scan};

#[test]
fn deaths_of_runners() {
    for (log, detail, system) in [
        (
            "##[error]The hosted runner: GitHub Actions 12 lost communication with the server. Anything in your workflow\n",
            "runner-lost",
            "github-actions",
        ),
        (
            "##[error]The hosted runner encountered an error while running your job. (Error Type: Disconnect).\n",
            "runner-error",
            "github-actions",
        ),
        (
            "##[error]The job running on runner GitHub Actions 3 has exceeded the maximum execution time of 360 minutes.\n",
            "job-time-limit",
            "github-actions",
        ),
        (
            "##[error]The action 'Run tests' has timed out after 10 minutes.\n",
            "step-time-limit",
            "github-actions",
        ),
        (
            "##[error]We stopped hearing from agent Hosted Agent 4. Verify the agent machine is running and has a healthy network connection.\n",
            "runner-lost",
            "azure-pipelines",
        ),
        (
            "ERROR: Job failed: execution took longer than 1h0m0s seconds\n",
            "job-time-limit",
            "gitlab",
        ),
        (
            "ERROR: Job failed (system failure): prepare environment: waiting for pod running: timed out waiting for pod to start.\n",
            "runner-error",
            "gitlab",
        ),
        (
            "java.nio.channels.ClosedChannelException\n\tat org.jenkinsci.remoting.protocol.NetworkLayer.onRecvClosed(NetworkLayer.java:154)\n",
            "runner-lost",
            "jenkins",
        ),
        (
            "{\"component\":\"entrypoint\",\"file\":\"k8s.io/test-infra/prow/entrypoint/run.go:169\",\"func\":\"x\",\"level\":\"error\",\"msg\":\"Entrypoint received interrupt: terminated\",\"severity\":\"error\",\"time\":\"2023-01-01T00:00:00Z\"}\n",
            "runner-shutdown",
            "prow",
        ),
        (
            "[taskcluster:error] Task aborted - max run time exceeded\n",
            "job-time-limit",
            "taskcluster",
        ),
        (
            "Too long with no output (exceeded 10m0s): context deadline exceeded\n",
            "job-time-limit",
            "infra",
        ),
    ] {
        let failure = only_failure(log);
        assert_eq!(failure.kind, Kind::Infra, "{log}");
        assert_eq!(failure.detail.as_deref(), Some(detail), "{log}");
        assert_eq!(failure.framework.name, system, "{log}");
        assert_eq!(scan(log).class, Class::Infra, "{log}");
    }
}

#[test]
fn a_time_limit_gives_way_to_the_test_that_hung() {
    let log = "--- FAIL: TestFetch (600.00s)\n    fetch_test.go:9: no answer\nFAIL\n\
               ##[error]The action 'Run tests' has timed out after 10 minutes.\n";
    assert_eq!(only_failure(log).test.as_deref(), Some("TestFetch"));
}

#[test]
fn words_inside_a_line_are_no_death() {
    for log in [
        "we tell the user: The hosted runner lost communication with the server\n",
        "  java.nio.channels.ClosedChannelException in the notes\n",
        "the pod said ERROR: Job failed (system failure) yesterday\n",
    ] {
        assert_eq!(scan(log).failures, [], "{log}");
    }
}
