#!/usr/bin/env python3
"""Makes checksum-vectors.json, or with --check compares it.

A second implementation of the checksum of a ChangeSet, written from its description and sharing nothing with the crate:

    "ftc1:" + hex(sha256("ftc.changeset.v1\\0" || J)),  J = RFC 8785 JSON of {schema, plan_id, base, ops}

Every key and every string that can stand in a ChangeSet is a JSON string, and every number an integer below 2^53. For those
RFC 8785 is: no white space, keys sorted by UTF-16 code units, and in strings only the escapes that Python writes too.
"""

import hashlib
import json
import pathlib
import sys

PLACE = pathlib.Path(__file__).with_name("checksum-vectors.json")


def canonical(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return str(value)
    raise ValueError(f"no ChangeSet holds {value!r}")


def checksum(body):
    data = b"ftc.changeset.v1\0" + canonical(body).encode("utf-8")
    return "ftc1:" + hashlib.sha256(data).hexdigest()


def blob(content):
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def state(content, mode="regular"):
    return {**blob(content), "mode": mode}


def vector(name, plan_id, base, ops):
    body = {"schema": 1, "plan_id": plan_id, "base": base, "ops": ops}
    return {"name": name, "change_set": {**body, "checksum": checksum(body)}, "canonical": canonical(body)}


def vectors():
    plain = {"repository": "example/project"}
    yield vector("no operations", "plan_0", plain, [])
    yield vector(
        "one new file",
        "plan_1",
        {"repository": "example/project", "commit": "0123456789abcdef0123456789abcdef01234567"},
        [{"op": "create", "path": "src/lib.rs", "new": blob(b"pub fn one() {}\n"), "mode": "regular"}],
    )
    yield vector(
        "every operation",
        "plan_2.every-op",
        {"repository": "example/project", "commit": "ab" * 32, "worktree": "slot-3"},
        [
            {"op": "create", "path": "a/new.sh", "new": blob(b"#!/bin/sh\n"), "mode": "executable"},
            {"op": "delete", "path": "b/old.txt", "old": state(b"")},
            {"op": "modify", "path": "c/kept-mode.rs", "old": state(b"one\r\n", "executable"), "new": blob(b"two\r\n")},
            {"op": "modify", "path": "c/new-mode.rs", "old": state(b"one"), "new": blob(b"\xef\xbb\xbftwo"), "mode": "executable"},
            {"op": "rename", "from": "d/from.bin", "to": "e/to.bin", "old": state(b"\0\1\2")},
            {
                "op": "rename", "from": "d/from.txt", "to": "a/to.txt", "old": state(b"x"),
                "new": blob(b"y"), "mode": "executable",
            },
            {"op": "set_mode", "path": "run", "old": state(b"exit 0\n"), "mode": "executable"},
        ],
    )
    yield vector(
        "text beyond ASCII, and characters that JSON escapes",
        "plan_3",
        {"repository": "quote \" backslash \\ slash / tab \t bell \x07 delete \x7f line \u2028 caf\u00e9 \U0001f980"},
        [
            {"op": "create", "path": "cafe\u0301.rs", "new": blob(b""), "mode": "regular"},
            {"op": "create", "path": "caf\u00e9/\U0001f980.rs", "new": blob("\u00e9".encode()), "mode": "regular"},
        ],
    )
    # Sorted by bytes of UTF-8, in which U+FF5E comes before U+1F980; by UTF-16 code units it would come after.
    yield vector(
        "order of paths",
        "plan_4",
        plain,
        [
            {"op": "delete", "path": path, "old": {**state(b"x"), "size": 9007199254740991}}
            for path in ["B", "a", "a-b", "a/b", "\uff5e", "\U0001f980"]
        ],
    )


def main():
    text = json.dumps(list(vectors()), ensure_ascii=False, indent=2) + "\n"
    if sys.argv[1:] == ["--check"]:
        if PLACE.read_text(encoding="utf-8") != text:
            sys.exit(f"{PLACE.name} is not what this script makes")
    else:
        PLACE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
