//! What the tests share: secrets of every kind, none of them real.

use ftc_redact::{Redactor, scrub};

/// Secrets with a form of their own, which are found whatever is glued to them. Put together at run time, so that no scanner
/// takes this file for a leak.
pub fn tokens() -> Vec<String> {
    tokens_of("aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC2eF4hJ6", "Q7ZT4XKDL2MPWB3R")
}

/// Other secrets than [`tokens`], to be looked for in texts that contain those, each with a part that is random.
pub fn planted_tokens() -> Vec<(String, &'static str)> {
    let (run, id) = ("zY8xW6vU4tS2rQ9pO7nM5lK3jI1hG8fE6dC4", "Z9YX8WVU7TSR6QPO");
    tokens_of(run, id)
        .into_iter()
        .map(|token| {
            let part = if token.contains(id) { id } else { &run[12..24] };
            assert!(token.contains(part), "{token}");
            (token, part)
        })
        .collect()
}

fn tokens_of(run: &str, id: &str) -> Vec<String> {
    let gh = ["p", "o", "u", "s", "r"].map(|kind| format!("gh{kind}_{run}"));
    let mut tokens = gh.to_vec();
    tokens.extend([
        format!("github_pat_11ABCDEFG0abcdefghijkl_{run}mN1pQ3sT5vW7yZ9bC2eF4hJ"),
        format!("AKIA{id}"),
        format!("ASIA{id}"),
        format!("AIza{}", &run[..35]),
        format!("ya29.a0{run}"),
        format!("xoxb-123456789012-{run}"),
        format!("xoxe.xoxp-1-{run}"),
        format!("xapp-1-A012-{run}"),
        format!("hooks.slack.com/services/T0{0}/B0{0}/{run}", &run[..9]),
        format!("npm_{run}"),
        format!("pypi-AgEIcHlwaS5vcmcCJ{run}{run}"),
        format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{run}"),
        format!("-----BEGIN PRIVATE KEY-----\\n{run}{run}\\n-----END PRIVATE KEY-----"),
    ]);
    tokens
}

/// Secrets that are found by what stands before them, and end where the text goes on.
pub fn named() -> Vec<(String, String)> {
    named_of("hunter2X9secret")
}

/// Other secrets than [`named`].
pub fn planted_named() -> Vec<(String, String)> {
    named_of("geheim4Y7wort")
}

fn named_of(secret: &str) -> Vec<(String, String)> {
    [
        "password={}",
        "passwd: {}",
        "DB_PASSWORD={}",
        "secret={}",
        "SECRET: {}",
        "token={}",
        "GITHUB_TOKEN={}",
        "access_token: {}",
        "api_key={}",
        "X-Api-Key: {}",
        "apikey: {}",
        "--password {}",
        "--token={}",
        "--api-key '{}'",
        "password = \"{}\"",
        "{\"password\": \"{}\"}",
        "{\"token\":\"{}\"}",
        "{\\\"client_secret\\\":\\\"{}\\\"}",
        "'secret': '{}'",
        "https://host/path?x=1&token={}&y=2",
        "//registry.npmjs.org/:_authToken={}",
        "postgres://user:{}@host:5432/db",
        "https://{}-9a8b7c:x-oauth-basic@host/",
        "Authorization: Bearer {}",
        "Authorization: {}",
        "authorization: Basic {}",
        "proxy-authorization: Custom {}",
        "\"Authorization\": \"Basic {}\"",
        "curl -H 'Authorization: token {}' http://h/",
        "map[Authorization:[Bearer {}] Accept:[*/*]]",
        "authorization: Some(\"Bearer {}\")",
        "{'Authorization': b'Basic {}'}",
        "aws_secret_access_key = {}",
        "AWS_SECRET_ACCESS_KEY={}",
        "<password>{}</password>",
        "AccountKey={};Endpoint=x",
        "Password: Some(\"{}\")",
        "params[password]={}",
        "\"password\"=>\"{}\"",
        "Uid=sa;Pwd={};",
    ]
    .map(|template| (template.replace("{}", secret), secret.to_owned()))
    .to_vec()
}

/// A private key over several lines, each behind `prefix`.
pub fn key(prefix: &str) -> Vec<String> {
    let body = "MIIEowIBAAKCAQEAx7VnPq3kz8JmT1rYw5uB2cD4eF6gH8iJ0kL2mN4oP6qR8sT0";
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        body,
        body,
        "aGVsbG8gd29ybGQ=",
        "-----END RSA PRIVATE KEY-----",
    ]
    .map(|line| format!("{prefix}{line}"))
    .to_vec()
}

/// What a stream gives for `text` cut at `cuts`.
pub fn stream(mut redactor: Redactor, text: &str, cuts: &[usize]) -> String {
    let mut output = String::new();
    let mut start = 0;
    for cut in cuts {
        if *cut > start && *cut < text.len() && text.is_char_boundary(*cut) {
            redactor.push(&text[start..*cut], &mut output);
            start = *cut;
        }
    }
    redactor.push(&text[start..], &mut output);
    redactor.finish(&mut output);
    output
}

#[track_caller]
pub fn check(text: &str, expected: &str) {
    assert_eq!(scrub(text), expected, "{text}");
    assert_eq!(scrub(expected), expected, "scrubbed twice: {text}");
}
