use std::borrow::Cow;

use ftc_redact::scrub;

/// What logs say without a secret. Every line comes back borrowed.
const ORDINARY: &str = r#"
error: expected expression, found token: expected ;
unexpected token: `;`
SyntaxError: Unexpected token: identifier
parse error: token: 'foo' at main.rs:12:5
note: token: src/lexer2.rs:120:9
token: test_case_12
invalid token :: Ident
let token = lexer.next_token();
if token == expected_token1 {
token := scanner.Scan2()
std::token::Kind1
max_token=512
tokenizer=fast
token-bucket: 17 refills2
tokens: 4096k1
password reset passed
test password_is_checked ... ok
test auth::password::tests::rejects_short1 ... FAILED
FAIL: TestPasswordReset12345 (0.00s)
password: must contain at least 8 characters
Enter password:
password: ***
secret=***
secret=$SECRET
--password "$DB_PASSWORD"
password=${{ secrets.DB_PASSWORD }}
password={{ password }}
token=<token>
"token": null
"password": ""
password=getpass.getpass()
error: --token is required
--token TOKEN   the token to use
--password <PASSWORD>
usage: --api-key string
secretary: Bob9
passwordless: enabled1
PWD=/home/runner/work/repo1
OLDPWD=/tmp/a1
author: x
authored by x
authorization failed for user bob
Authorization is required
authorization_code flow
commit 3f786850e387550fdab836ed7e6dc881de23001b
id 123e4567-e89b-12d3-a456-426614174000
sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
https://github.com/owner/repo/pull/12#discussion_r1
http://localhost:8080/path@2x.png
http://[::1]:9000/a@b
ssh://git@github.com/owner/repo.git
git@github.com:owner/repo.git
https://user:***@host/
image@sha256:abc
Asia/Tokyo is akin to ASIA
npm_config_registry=https://registry.npmjs.org/
npm_lifecycle_event=test
pypi-publish-action-with-a-long-name-v1
test_github_pat_tokens_are_never_written_to_logs_1
github_pat_prefix_is_documented_here_1
xoxo and hugs
xoxr.r.n0hnhn.a
eyJ is how a JSON object begins
bearer of bad news about the connection
-----BEGIN CERTIFICATE-----
error: no -----BEGIN PRIVATE KEY----- found in key.pem
-----BEGIN PUBLIC KEY-----
hooks.slack.com/services is unreachable
the private_key_id field
key: value
"#;

#[test]
fn ordinary_text_is_borrowed_byte_for_byte() {
    for line in ORDINARY.lines() {
        let scrubbed = scrub(line);
        assert_eq!(scrubbed, line);
        assert!(matches!(scrubbed, Cow::Borrowed(_)), "{line}");
    }
    assert_eq!(scrub(ORDINARY), ORDINARY);
}
