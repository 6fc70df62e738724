//! Trouble with the machine, the network and the services, as the tools tell it.
//!
//! The lines are those of the tools: of real runs where `fixtures/ci-logs/infra` has them, else of their sources, named in
//! the tables of the recogniser.

use ftc_fingerprint::{Class, Kind};

use crate::support::{brief, github, only_failure, scan};

/// Checks that each log is one infrastructure failure with this message.
#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (log, message) in cases {
        let scan = scan(log);
        let said: Vec<&str> = scan.failures.iter().map(|f| f.message.as_str()).collect();
        assert_eq!(said, [*message], "{log}");
        assert_eq!(scan.failures[0].kind, Kind::Infra, "{log}");
        assert_eq!(scan.failures[0].test, None, "{log}");
        assert_eq!(scan.class, Class::Infra, "{log}");
        let mut wrapped = github(log.as_bytes());
        wrapped.extend_from_slice(
            b"2026-03-01T01:00:00.1234567Z ##[error]Process completed with exit code 1.\n",
        );
        let wrapped = only_failure(wrapped);
        assert_eq!(
            wrapped.keys.exact, scan.failures[0].keys.exact,
            "wrapped: {log}"
        );
    }
}

/// Checks that none of the logs tells of a failure.
#[track_caller]
fn check_none(cases: &[&str]) {
    for log in cases {
        assert_eq!(scan(log).failures, [], "{log}");
    }
}

#[test]
fn fetching_fails() {
    check(&[
        (
            "curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to x.example.com:443\n",
            "curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to x.example.com:443",
        ),
        (
            "curl: (6) Could not resolve host: x.example.com\n",
            "curl: (6) Could not resolve host: x.example.com",
        ),
        (
            "curl: (22) The requested URL returned error: 502 Bad Gateway\n",
            "curl: (22) The requested URL returned error: 502 Bad Gateway",
        ),
        (
            "wget: unable to resolve host address ‘x.example.com’\n",
            "wget: unable to resolve host address ‘x.example.com’",
        ),
        (
            "Connecting to x.example.com (x.example.com)|10.0.0.1|:443... failed: Connection timed out.\n",
            "wget: x.example.com (x.example.com)|10.0.0.1|:443... failed: Connection timed out",
        ),
        (
            "error: RPC failed; curl 56 GnuTLS recv error (-9): Error decoding the received TLS packet.\n\
             error: 4523 bytes of body are still expected\n\
             fetch-pack: unexpected disconnect while reading sideband packet\n\
             fatal: early EOF\nfatal: fetch-pack: invalid index-pack output\n",
            "git: RPC failed; curl 56 GnuTLS recv error (-9): Error decoding the received TLS packet",
        ),
        (
            "ssh: Could not resolve hostname git.example.com: Temporary failure in name resolution\n\
             fatal: Could not read from remote repository.\n",
            "ssh: Could not resolve hostname git.example.com: Temporary failure in name resolution",
        ),
        (
            "Host key verification failed.\nfatal: Could not read from remote repository.\n",
            "ssh: Host key verification failed",
        ),
        (
            "E: Failed to fetch http://deb.example.com/pool/main/z/zlib/zlib1g-dev_1.2.13_amd64.deb  Hash Sum mismatch\n",
            "apt: Failed to fetch http://deb.example.com  Hash Sum mismatch",
        ),
        (
            "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 2201 (unattended-upgr)\n\
             E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?\n",
            "apt: Could not get lock /var/lib/dpkg/lock-frontend",
        ),
    ]);
}

#[test]
fn packages_cannot_be_had() {
    check(&[
        (
            "npm ERR! code ETIMEDOUT\nnpm ERR! errno ETIMEDOUT\n\
             npm ERR! network request to https://registry.npmjs.org/left-pad failed, reason: connect ETIMEDOUT 104.16.3.35:443\n",
            "npm: request to https://registry.npmjs.org failed, reason: connect ETIMEDOUT 104.16.3.35:443",
        ),
        (
            "npm ERR! code EAI_AGAIN\nnpm ERR! syscall getaddrinfo\n",
            "npm: code EAI_AGAIN",
        ),
        (
            "error An unexpected error occurred: \"https://registry.yarnpkg.com/react/-/react-18.2.0.tgz: ESOCKETTIMEDOUT\".\n",
            "yarn: https://registry.yarnpkg.com: ESOCKETTIMEDOUT",
        ),
        (
            " ERR_PNPM_FETCH_503  GET https://registry.npmjs.org/react: Service Unavailable - 503\n",
            "pnpm: ERR_PNPM_FETCH_503  GET https://registry.npmjs.org: Service Unavailable - 503",
        ),
        (
            "ERROR: Could not install packages due to an OSError: HTTPSConnectionPool(host='pypi.org', port=443): \
             Max retries exceeded with url: /simple/requests/ (Caused by ReadTimeoutError(\"x\"))\n",
            "pip: HTTPSConnectionPool(host='pypi.org', port=443): Max retries exceeded with url: \
             /simple/requests/ (Caused by ReadTimeoutError(\"x\"))",
        ),
        (
            "CondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://conda.anaconda.org/conda-forge/linux-64/repodata.json>\n",
            "conda: CondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://conda.anaconda.org>",
        ),
        (
            "go: github.com/acme/left@v1.2.0: Get \"https://proxy.golang.org/github.com/acme/left/@v/v1.2.0.mod\": \
             dial tcp: lookup proxy.golang.org on 127.0.0.53:53: server misbehaving\n",
            "go: Get \"https://proxy.golang.org\": dial tcp: lookup proxy.golang.org on 127.0.0.53:53: server misbehaving",
        ),
        (
            "[ERROR] Failed to execute goal on project shop: Could not resolve dependencies for project x:shop:jar:1: \
             Failed to collect dependencies at junit:junit:jar:4: Could not transfer artifact junit:junit:pom:4 from/to \
             central (https://repo.maven.apache.org/maven2): Connection reset -> [Help 1]\n",
            "maven: Could not transfer artifact junit:junit:pom:4 from/to central (https://repo.maven.apache.org): \
             Connection reset -> [Help 1]",
        ),
        (
            "FAILURE: Build failed with an exception.\n\n* What went wrong:\nCould not resolve all files for configuration ':app'.\n\
             > Could not resolve junit:junit:4.13.\n  Required by:\n      project :app\n   > Could not GET \
             'https://repo.maven.apache.org/maven2/junit/junit-4.13.pom'. Received status code 503 from server: Service Unavailable\n",
            "gradle: Could not GET 'https://repo.maven.apache.org'. Received status code 503 from server: Service Unavailable",
        ),
        (
            "Could not reach host index.rubygems.org. Check your network connection and try again.\n",
            "bundler: Could not reach host index.rubygems.org. Check your network connection and try again",
        ),
        (
            "/src/App.csproj : error NU1301: Unable to load the service index for source https://api.nuget.org/v3/index.json. [/src/App.sln]\n",
            "nuget: NU1301: Unable to load the service index for source https://api.nuget.org",
        ),
    ]);
}

#[test]
fn containers_cannot_be_had() {
    check(&[
        (
            "docker: Error response from daemon: Get \"https://registry-1.docker.io/v2/\": net/http: TLS handshake timeout.\n\
             See 'docker run --help'.\n",
            "docker: Get \"https://registry-1.docker.io\": net/http: TLS handshake timeout",
        ),
        (
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
            "docker: Cannot connect to the Docker daemon",
        ),
        (
            "ERROR: failed to solve: debian:12: failed to resolve source metadata for docker.io/library/debian:12: failed to \
             do request: Head \"https://registry-1.docker.io/v2/library/debian/manifests/12\": dial tcp: lookup \
             registry-1.docker.io: i/o timeout\n",
            "docker: failed to do request: Head \"https://registry-1.docker.io\": dial tcp: lookup registry-1.docker.io: i/o timeout",
        ),
        (
            "Unable to connect to the server: dial tcp 10.1.2.3:6443: i/o timeout\n",
            "kubectl: Unable to connect to the server: dial tcp 10.1.2.3:6443: i/o timeout",
        ),
    ]);
}

#[test]
fn a_disk_is_full() {
    check(&[
        (
            "/usr/bin/ld: final link failed: No space left on device\ncollect2: error: ld returned 1 exit status\n",
            "ld: final link failed: No space left on device",
        ),
        (
            "npm error code ENOSPC\nnpm error syscall write\nnpm error nospc ENOSPC: no space left on device, write\n",
            "npm: ENOSPC",
        ),
        (
            "java.io.IOException: No space left on device\n",
            "java: No space left on device",
        ),
        (
            "fatal: cannot create directory at 'src/x': No space left on device\n",
            "git: No space left on device",
        ),
        (
            "mkdir: cannot create directory ‘out’: No space left on device\n",
            "mkdir: No space left on device",
        ),
    ]);
}

#[test]
fn memory_runs_out() {
    check(&[
        (
            "[ 1234.567890] Out of memory: Killed process 4321 (cc1plus) total-vm:123kB, anon-rss:1kB\n",
            "kernel: Out of memory: Killed process",
        ),
        (
            "c++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n",
            "gcc: Killed signal terminated program cc1plus",
        ),
        (
            "/usr/local/go/pkg/tool/linux_amd64/link: signal: killed\n",
            "go: link: signal: killed",
        ),
        ("make[2]: *** [build] Error 137\n", "make: build] Error 137"),
        (
            "FATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory\n",
            "node: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory",
        ),
    ]);
}

#[test]
fn what_the_code_asks_for_in_vain_is_not_infrastructure() {
    check_none(&[
        "curl: (22) The requested URL returned error: 404\n",
        "npm error code E404\nnpm error 404 Not Found - GET https://registry.npmjs.org/left-pat - Not found\n",
        "npm error code ERESOLVE\n",
        "fatal: repository 'https://git.example.com/x.git/' not found\n",
        "go: example.com/x@v1.0.0: reading https://proxy.golang.org/example.com/x/@v/v1.0.0.mod: 410 Gone\n",
        "docker: Error response from daemon: manifest for debian:99 not found: manifest unknown.\n",
        "Error response from daemon: pull access denied for acme/shop, repository does not exist\n",
        "env:\n  CURL_RETRY_ON: connection refused\n  MESSAGE: no space left on device\n",
        "I think curl: (7) Failed to connect is what we saw\n",
    ]);
}

#[test]
fn what_was_tried_again_with_success_is_no_failure() {
    check_none(&[
        "curl: (7) Failed to connect to x.example.com port 443: Connection refused\n\
         Warning: Problem: connection refused. Will retry in 1 seconds. 3 retries left.\ndone\n",
        "warning: spurious network error (2 tries remaining): [6] Couldn't resolve host name\n   Compiling shop v0.1.0\n",
        "WARNING: Retrying (Retry(total=4, connect=None, read=None)) after connection broken by \
         'ReadTimeoutError(\"Read timed out.\")': /simple/x/\nSuccessfully installed x-1.0\n",
        "fatal: unable to access 'https://git.example.com/x/': Could not resolve host: git.example.com\n\
         attempt 1/3 failed, retrying in 5 s\nCloning into 'x'...\n",
        "curl: (28) Operation timed out\nok  \texample.com/shop\t0.004s\n",
    ]);
}

#[test]
fn the_last_of_several_tries_is_a_failure() {
    let log = "fatal: unable to access 'https://git.example.com/x/': Could not resolve host: git.example.com\n\
               attempt 1/2 failed, retrying in 5 s\n\
               fatal: unable to access 'https://git.example.com/x/': Could not resolve host: git.example.com\n\
               attempt 2/2 failed\n";
    insta::assert_snapshot!(brief(log), @"
    infra
    - | infra | git: unable to access 'https://git.example.com': Could not resolve host: git.example.com
    ");
}

#[test]
fn only_the_step_that_failed_counts() {
    let passed = "2026-03-01T01:00:00.1234567Z ##[group]Run ./warm-cache || true\n\
                  2026-03-01T01:00:01.1234567Z ##[endgroup]\n\
                  2026-03-01T01:00:02.1234567Z curl: (7) Failed to connect to x.example.com port 443: Connection refused\n\
                  2026-03-01T01:00:03.1234567Z ##[group]Run ./check\n\
                  2026-03-01T01:00:04.1234567Z ##[endgroup]\n";
    let failed = format!(
        "{passed}2026-03-01T01:00:05.1234567Z ##[error]Process completed with exit code 1.\n"
    );
    assert_eq!(scan(failed).failures, []);
}

#[test]
fn a_test_keeps_the_trouble_that_it_tells_of() {
    let log = "=== RUN   TestFetch\n    fetch_test.go:9: no answer\n\
               curl: (7) Failed to connect to x.example.com port 443: Connection refused\n\
               --- FAIL: TestFetch (0.00s)\nFAIL\nFAIL\texample.com/shop\t0.004s\nFAIL\n";
    assert_eq!(only_failure(log).test.as_deref(), Some("TestFetch"));
}

#[test]
fn an_exit_code_of_a_killed_process_gives_way_to_what_failed() {
    let log = "--- FAIL: TestFetch (0.00s)\n    fetch_test.go:9: no answer\nFAIL\nmake: *** [test] Error 137\n";
    assert_eq!(only_failure(log).test.as_deref(), Some("TestFetch"));
}

#[test]
fn several_words_of_one_trouble_are_one_failure() {
    let log = "write /tmp/go-build1/b001/vet.cfg: no space left on device\n\
               write /tmp/go-build1/b002/vet.cfg: no space left on device\n\
               FAIL\texample.com/shop [build failed]\nFAIL\n";
    insta::assert_snapshot!(brief(log), @"
    infra
    - | infra | go: no space left on device
    ");
}

#[test]
fn the_same_trouble_elsewhere_has_the_same_fingerprint_and_another_has_not() {
    let key = |log: &str| only_failure(log).keys.exact;
    let reset = key(
        "npm error network request to http://127.0.0.1:4873/react failed, reason: read ECONNRESET\n",
    );
    assert_eq!(
        reset,
        key(
            "npm ERR! network request to http://127.0.0.1:39121/vue failed, reason: read ECONNRESET\n"
        )
    );
    assert_ne!(
        reset,
        key(
            "npm error network request to http://127.0.0.1:4873/react failed, reason: connect ECONNREFUSED 127.0.0.1:4873\n"
        )
    );
    assert_ne!(
        key("curl: (22) The requested URL returned error: 502\n"),
        key("curl: (22) The requested URL returned error: 503\n")
    );
}

#[test]
fn package_lists_that_apt_goes_without_are_no_failure() {
    let log = "\
Err:5 http://archive.ubuntu.com/ubuntu jammy-updates InRelease
  503  Service Unavailable [IP: 91.189.91.81 80]
W: Failed to fetch http://archive.ubuntu.com/ubuntu/dists/jammy-updates/InRelease  503  Service Unavailable [IP: 91.189.91.81 80]
W: Some index files failed to download. They have been ignored, or old ones used instead.
Reading package lists...
Setting up jq (1.6-2.1ubuntu3) ...
";
    assert!(scan(log).failures.is_empty(), "{}", brief(log));
}
