use ftc_redact::scrub;

use crate::support::{check, key, named, tokens};

#[test]
fn every_token_is_found_whatever_it_touches() {
    for token in tokens() {
        let tail = &token[token.len() - 12..];
        for text in [
            token.clone(),
            format!("see {token}, then"),
            format!("\"{token}\""),
            format!("x{token}"),
            format!("key={token}\nnext"),
        ] {
            let scrubbed = scrub(&text);
            assert!(!scrubbed.contains(tail), "{text} -> {scrubbed}");
            assert!(scrubbed.contains("[redacted "), "{text} -> {scrubbed}");
        }
    }
}

#[test]
fn every_named_secret_is_found() {
    for (text, secret) in named() {
        for line in [
            text.clone(),
            format!("2026-01-01T00:00:00Z | {text}"),
            format!("{text} and more\nmore"),
        ] {
            let scrubbed = scrub(&line);
            assert!(!scrubbed.contains(&secret), "{line} -> {scrubbed}");
        }
    }
}

#[test]
fn marks_name_the_kind_and_the_rest_stays() {
    let [ghp, ..] = &tokens()[..] else {
        unreachable!()
    };
    check(&format!("a {ghp} b"), "a [redacted github] b");
    check("id AKIAQ7ZT4XKDL2MPWB3R.", "id [redacted aws].");
    check(
        "AKIAQ7ZT4XKDL2MPWB3R,wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz",
        "[redacted aws],[redacted aws]",
    );
    check(
        "GET https://me:pa:ss@w@host/p",
        "GET https://me:[redacted credential]@host/p",
    );
    check(
        "postgres://u:p/w#1@db/x",
        "postgres://u:[redacted credential]@db/x",
    );
    check("a token=abc, b", "a token=[redacted credential], b");
    check("{token:abc12345678}", "{token:[redacted credential]}");
    check(
        "DB_PASSWORD=p@ss)w!rd]",
        "DB_PASSWORD=[redacted credential]]",
    );
    check(
        "password: hunter2 (from env)",
        "password: [redacted credential] (from env)",
    );
    check("password: correcthorse", "password: [redacted credential]");
    check(
        "https://ghost:pw@h and x",
        "https://ghost:[redacted credential]@h and x",
    );
    check("token=Bearer abc rest", "token=[redacted credential] rest");
}

#[test]
fn authorization_in_every_notation() {
    let mark = "[redacted authorization]";
    for (before, value, after) in [
        ("Authorization: ", "Bearer x", ""),
        ("authorization: ", "Basic dXNlcjpwYXNz", ""),
        ("2026-01-01T00:00:00Z > Authorization: ", "Bearer x", ""),
        ("> Authorization: ", "Bearer x", "\n> Accept: */*"),
        ("sent Authorization: ", "Bearer abc", " to the host"),
        ("Proxy-Authorization: ", "Negotiate YII=", ""),
        (
            "curl -H 'Authorization: ",
            "token abc",
            "' https://example.com",
        ),
        (
            "{\"Authorization\": \"",
            "Basic dXNlcjpwYXNz",
            "\", \"x\": 1}",
        ),
        ("{\\\"authorization\\\":\\\"", "Bearer a.b", "\\\"}"),
        ("authorization=", "Bearer abc", ""),
        (
            "Authorization: ",
            "Digest username=\"M\", realm=\"r\", response=\"6629\"",
            "",
        ),
        (
            "Authorization: ",
            "AWS4-HMAC-SHA256 Credential=A/b, Signature=f0e8",
            "",
        ),
        ("X-Forwarded-Authorization:", "opaque", ""),
    ] {
        check(
            &format!("{before}{value}{after}"),
            &format!("{before}{mark}{after}"),
        );
    }
}

#[test]
fn private_keys_over_many_lines() {
    for prefix in ["", "2026-01-01T00:00:00.0000000Z ", "    ", "job\tstep\t"] {
        let whole = format!("before\n{}\nafter\n", key(prefix).join("\n"));
        check(&whole, &format!("before\n{prefix}[redacted pem]\nafter\n"));

        let cut_off = format!("before\n{}", key(prefix)[..3].join("\n"));
        check(&cut_off, &format!("before\n{prefix}[redacted pem]"));

        let no_end = format!("{}\nall tests passed: 3\n", key(prefix)[..4].join("\n"));
        check(
            &no_end,
            &format!("{prefix}[redacted pem]\nall tests passed: 3\n"),
        );
    }
    let encrypted = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F17\n\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n";
    check(encrypted, "[redacted pem]\n");
    check(
        "-----BEGIN OPENSSH PRIVATE KEY-----\r\nb3BlbnNzaC1rZXktdjEA\r\n-----END OPENSSH PRIVATE KEY-----\r\nok",
        "[redacted pem]\r\nok",
    );
}

#[test]
fn private_keys_in_one_line() {
    check(
        "x -----BEGIN EC PRIVATE KEY-----\\nMHcCAQEEIIGb\\n-----END EC PRIVATE KEY-----\\n y",
        "x [redacted pem]\\n y",
    );
    check(
        "{\"type\": \"service_account\", \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n\", \"x\": 1}",
        "{\"type\": \"service_account\", \"private_key\": \"[redacted pem]\", \"x\": 1}",
    );
}

#[test]
fn a_secret_inside_of_another_does_not_hide_it() {
    let [ghp, ..] = &tokens()[..] else {
        unreachable!()
    };
    check(
        &format!("https://{ghp}:x1@host"),
        "https://[redacted github]:[redacted credential]@host",
    );
    check(
        "password=Authorization: Bearer abc",
        "password=[redacted credential] [redacted authorization]",
    );
    check(&format!("token={ghp}"), "token=[redacted github]");
}

#[test]
fn an_unfinished_end_of_a_key_keeps_nothing_from_being_looked_at() {
    let slack = format!("xapp-1-A012-{}", "a1B2c3".repeat(4));
    assert_eq!(
        scrub(&format!("-----BEGIN PRIVATE KEY-----\n-----END{slack}")),
        "[redacted pem][redacted slack]"
    );
    let next_key = "-----BEGIN PRIVATE KEY-----\\nMIIEowIBAAKCAQEA";
    assert_eq!(
        scrub(&format!("-----BEGIN PRIVATE KEY-----\n-----END{next_key}")),
        "[redacted pem][redacted pem]"
    );
}

#[test]
fn a_secret_in_the_place_of_a_variable_is_scrubbed_once() {
    let [ghp, ..] = &tokens()[..] else {
        unreachable!()
    };
    check(&format!("password=${ghp}"), "password=$[redacted github]");
    check(
        &format!("password=${{{ghp}}} x"),
        "password=${[redacted github]} x",
    );
    check(
        &format!("password=\"${ghp}\""),
        "password=\"$[redacted github]\"",
    );
    check(
        &format!("password: <{ghp}>"),
        "password: <[redacted github]>",
    );
}
