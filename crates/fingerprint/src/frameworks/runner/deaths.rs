//! What CI systems say when they, and not the code, ended a job.
//!
//! Texts: actions/runner `src/Runner.Worker` and issues 2427 and 2662 of that repository, 2023 to 2024; Azure Pipelines agent
//! 3; GitLab Runner 15 to 17 `common/build.go` and `executors/kubernetes`; Jenkins 2.3xx `hudson.model.Run`, remoting and
//! workflow-durable-task-step; Buildkite agent 3; Prow `pkg/entrypoint`; Taskcluster docker-worker and generic-worker.

/// One way for a job to die.
pub(super) struct Death {
    /// Who says it.
    pub(super) system: &'static str,
    /// The failure's detail.
    pub(super) detail: &'static str,
    /// What the line begins with, after the runner's mark.
    pub(super) start: &'static str,
    /// The whole condition.
    pub(super) pattern: &'static str,
    /// The primary message; empty where the line is the message.
    pub(super) message: &'static str,
    /// It only says that something took too long, of which something else may say more.
    pub(super) follows: bool,
}

const fn death(
    system: &'static str,
    detail: &'static str,
    start: &'static str,
    pattern: &'static str,
    message: &'static str,
) -> Death {
    Death {
        system,
        detail,
        start,
        pattern,
        message,
        follows: false,
    }
}

const fn follows(mut death: Death) -> Death {
    death.follows = true;
    death
}

const GITHUB: &str = "github-actions";
const LOST: &str = "the runner lost communication with the server";
const JOB_LIMIT: &str = "the job exceeded its maximum execution time";

pub(super) const DEATHS: &[Death] = &[
    death(
        GITHUB,
        "runner-shutdown",
        "The runner has received a shutdown signal",
        "",
        "",
    ),
    death(
        GITHUB,
        "runner-lost",
        "The hosted runner",
        r"^The hosted runner(?:: .*)? lost communication",
        LOST,
    ),
    death(
        GITHUB,
        "runner-lost",
        "The self-hosted runner",
        r"^The self-hosted runner(?:: .*)? lost communication",
        LOST,
    ),
    death(
        GITHUB,
        "runner-error",
        "The hosted runner encountered an error while running your job",
        "",
        "the hosted runner encountered an error",
    ),
    death(
        GITHUB,
        "runner-error",
        "GitHub Actions has encountered an internal error",
        "",
        "",
    ),
    death(
        GITHUB,
        "runner-error",
        "The job was not acquired by Runner of type hosted",
        "",
        "",
    ),
    death(
        GITHUB,
        "disk-full",
        "System.IO.IOException: No space left on device",
        "",
        "",
    ),
    death(
        GITHUB,
        "job-time-limit",
        "The job running on runner ",
        "has exceeded the maximum execution time",
        JOB_LIMIT,
    ),
    follows(death(
        GITHUB,
        "step-time-limit",
        "The action '",
        r"^The action '.*' has timed out after \d+ minutes",
        "",
    )),
    follows(death(
        GITHUB,
        "step-time-limit",
        "The action ",
        r"^The action .* has timed out after \d+ minutes\.$",
        "",
    )),
    death(
        "azure-pipelines",
        "runner-lost",
        "We stopped hearing from agent ",
        "",
        "the agent stopped being heard from",
    ),
    death(
        "azure-pipelines",
        "runner-lost",
        "The agent: ",
        "lost communication with the server",
        LOST,
    ),
    death(
        "azure-pipelines",
        "job-time-limit",
        "The job running on agent ",
        "ran longer than the maximum time of",
        JOB_LIMIT,
    ),
    follows(death(
        "gitlab",
        "job-time-limit",
        "ERROR: Job failed: execution took longer than ",
        "",
        JOB_LIMIT,
    )),
    death(
        "gitlab",
        "runner-error",
        "ERROR: Job failed (system failure)",
        "",
        "",
    ),
    death(
        "gitlab",
        "runner-error",
        "ERROR: Preparation failed: ",
        "",
        "",
    ),
    death(
        "jenkins",
        "runner-lost",
        "FATAL: Unable to delete script file ",
        "",
        "the agent's channel was closed",
    ),
    follows(death(
        "jenkins",
        "runner-lost",
        "Cannot contact ",
        r"^Cannot contact \S+: (?:java|hudson|org)\.",
        "the agent's channel was closed",
    )),
    death(
        "jenkins",
        "runner-lost",
        "hudson.remoting.",
        r"^hudson\.remoting\.(?:ChannelClosedException|RequestAbortedException)",
        "the agent's channel was closed",
    ),
    death(
        "jenkins",
        "runner-lost",
        "java.nio.channels.ClosedChannelException",
        r"^java\.nio\.channels\.ClosedChannelException$",
        "the agent's channel was closed",
    ),
    death(
        "jenkins",
        "runner-lost",
        "Agent went offline during the build",
        "",
        "the agent's channel was closed",
    ),
    death(
        "jenkins",
        "runner-lost",
        "ERROR: Connection was broken",
        "",
        "the agent's channel was closed",
    ),
    death("jenkins", "runner-lost", "ERROR: missing workspace", "", ""),
    follows(death(
        "jenkins",
        "job-time-limit",
        "Timeout has been exceeded",
        r"^Timeout has been exceeded$",
        JOB_LIMIT,
    )),
    death(
        "buildkite",
        "runner-lost",
        "🚨 Error: ",
        r"^🚨 Error: (?:The agent|Agent) (?:was lost|lost)",
        LOST,
    ),
    death(
        "prow",
        "runner-shutdown",
        "{\"component\":\"entrypoint\"",
        r#""msg":"Entrypoint received interrupt: "#,
        "the entrypoint received an interrupt",
    ),
    follows(death(
        "prow",
        "job-time-limit",
        "{\"component\":\"entrypoint\"",
        r#""msg":"Process did not finish before "#,
        JOB_LIMIT,
    )),
    follows(death(
        "taskcluster",
        "job-time-limit",
        "[taskcluster:error] ",
        r"^\[taskcluster:error\] (?:Task aborted|Aborting task)(?: -|\.\.\.) max run time exceeded",
        JOB_LIMIT,
    )),
    death(
        "taskcluster",
        "runner-shutdown",
        "[taskcluster:error] ",
        r"^\[taskcluster:error\] .*(?:claim-expired|worker-shutdown|spot[- ]termination|resource-unavailable)",
        "",
    ),
];
