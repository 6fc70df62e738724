//! Containers and clusters. Texts: Docker Engine 20 to 27, `BuildKit` 0.9 to 0.16, containers/image 5 (podman, buildah,
//! skopeo), kubectl 1.20 to 1.31, Helm 3, Terraform 1.x, Prow; issues bitcoin/bitcoin 31797, docker/hub-feedback 2429.

use super::{Row, machine, network, trouble};

pub(super) const ROWS: &[Row] = &[
    network(
        1,
        "docker",
        "toomanyrequests: ",
        r#"^(?:docker: |Error: |ERROR: |error: |time="|Get |received unexpected|failed to |unable to |\S+: |=> )?.*?(?P<m>toomanyrequests: You have reached your (?:unauthenticated )?pull rate limit)"#,
    ),
    network(
        1,
        "docker",
        "toomanyrequests",
        r"^(?:docker: |ERROR: |Error: |error: )*(?:Error response from daemon: |failed to solve: )?.*(?P<m>toomanyrequests: [^.]*|429 Too Many Requests.*)",
    ),
    network(
        1,
        "docker",
        "rror response from daemon: ",
        concat!(
            r#"^(?:docker: |ERROR: |Error: )*[Ee]rror response from daemon: (?P<m>.*"#,
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "docker",
        "failed to do request",
        concat!(
            r"^(?:ERROR: |error: )?.*?(?P<m>failed to do request: .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        2,
        "docker",
        "failed to ",
        concat!(
            r"^(?:ERROR: |error: |docker: )+(?:failed to solve|failed to (?:copy|fetch|resolve|authorize|pull|push)|unable to).*?(?P<m>(?:failed to |unexpected status|received unexpected HTTP status).*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        2,
        "docker",
        "rror initializing source",
        concat!(
            r"^Error: (?:.*: )?(?P<m>(?:initializing source|pinging container registry|reading manifest).*",
            trouble!(),
            ".*)"
        ),
    ),
    machine(
        "docker",
        "Cannot connect to the Docker daemon",
        r"^(?:docker: |ERROR: |error: |Error: )*(?P<m>Cannot connect to the Docker daemon) at",
    ),
    machine(
        "docker",
        "error during connect",
        r"^(?:docker: |ERROR: )*(?P<m>error during connect: .*)",
    ),
    machine(
        "docker",
        "failed to connect to the docker API",
        r"^(?:docker: |ERROR: )*(?P<m>failed to connect to the docker API)",
    ),
    network(
        1,
        "kubectl",
        "Unable to connect to the server: ",
        concat!(
            r"^(?P<m>Unable to connect to the server: .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "kubectl",
        "The connection to the server ",
        r"^(?P<m>The connection to the server \S+ was refused)",
    ),
    network(
        1,
        "helm",
        "is not a valid chart repository",
        concat!(
            r"^(?:Error: )?(?P<m>looks like .* is not a valid chart repository or cannot be reached: .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "terraform",
        "Failed to ",
        r"^(?P<m>(?:Could not|Failed to) (?:query available provider packages|install provider|retrieve available versions|download module))",
    ),
    network(
        1,
        "terraform",
        "could not connect to registry",
        r"^(?:.*: )?(?P<m>could not connect to registry\.\S+)",
    ),
    machine(
        "kubernetes",
        "low on resource",
        r"^(?:.*Evicted.*|.*evicted.*|)(?P<m>The node was low on resource: \S+)",
    ),
    machine(
        "kubernetes",
        "ImagePullBackOff",
        r"^(?:ERROR: Job failed \(system failure\): |Error: |WARNING: Failed to pull image .*|.*waiting for pod running: |.*: )?(?P<m>(?:ErrImagePull|ImagePullBackOff)\b.*)",
    ),
];
