//! Asking a service how it is.

mod check;
mod http;
mod tally;
mod target;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::millis;
use serde::{Deserialize, Serialize};

pub(crate) use check::{Surroundings, chain};
pub(crate) use tally::{Answer, Tally, Turn};

/// One probe: what is asked, how often, and how many answers in a row decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProbeSpec {
    /// What is asked.
    pub check: Check,
    /// From one question to the next; ten seconds unless set.
    #[serde(default = "default_period", rename = "period_ms", with = "millis")]
    pub period: Duration,
    /// How long an answer may take, all together; one second unless set.
    #[serde(default = "default_timeout", rename = "timeout_ms", with = "millis")]
    pub timeout: Duration,
    /// How long after the start, or for readiness and liveness after the startup probe has passed, it is first asked; at once
    /// unless set.
    #[serde(default, rename = "initial_delay_ms", with = "millis")]
    pub initial_delay: Duration,
    /// So many good answers in a row, and the probe passes; 1 unless set.
    #[serde(default = "default_success_threshold")]
    pub success_threshold: u32,
    /// So many bad answers in a row, and the probe fails; 3 unless set.
    #[serde(default = "default_failure_threshold")]
    pub failure_threshold: u32,
}

/// What a probe asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Check {
    /// An HTTP/1.1 `GET` without TLS. Redirects are not followed.
    Http {
        /// `http://HOST[:PORT][/PATH][?QUERY]`. The host is `localhost` or an address of the loopback, unless `allow_remote`.
        url: String,
        /// The status that is good; each from 200 to 299 unless set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// Text that the first 64 KiB of the body must contain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contains: Option<String>,
        /// Headers to send besides `Host`, `User-Agent`, `Accept` and `Connection`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// Whether other machines may be asked.
        #[serde(default)]
        allow_remote: bool,
    },
    /// Whether a TCP connection is accepted.
    Tcp {
        /// `HOST:PORT`, the host as for `http`.
        address: String,
        /// Whether other machines may be asked.
        #[serde(default)]
        allow_remote: bool,
    },
    /// Whether a program exits with code 0. It runs in the service's directory and environment, confined as a health check.
    Command {
        /// Program and arguments.
        argv: Vec<String>,
    },
    /// Whether the service has printed a line that contains this text, since it was last started.
    LogLine {
        /// The text, as it is: no pattern.
        contains: String,
    },
}

impl ProbeSpec {
    /// A probe of `check`, everything else as when its key is absent.
    pub fn new(check: Check) -> Self {
        Self {
            check,
            period: default_period(),
            timeout: default_timeout(),
            initial_delay: Duration::ZERO,
            success_threshold: default_success_threshold(),
            failure_threshold: default_failure_threshold(),
        }
    }
}

fn default_period() -> Duration {
    Duration::from_secs(10)
}

fn default_timeout() -> Duration {
    Duration::from_secs(1)
}

fn default_success_threshold() -> u32 {
    1
}

fn default_failure_threshold() -> u32 {
    3
}
