//! What a forge holds, as text that two worlds can be compared by.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use ftc_github::{
    ChecksRead as _, Comment, IssueFilter, IssueNumber, IssuesRead as _, LocalForge, PageRequest,
    PullFilter, PullsRead as _,
};
use regex::Regex;

use super::world::wait;

fn page() -> PageRequest {
    PageRequest::first(PageRequest::MAX_LIMIT)
}

/// Issues, pull requests, comments, reviews and checks with their authors, labels and texts. Ids, times and hashes are left out.
pub fn forge_story(forge: &LocalForge) -> String {
    let mut text = String::new();
    let mut issues = wait(forge.issues(&IssueFilter::default(), page()))
        .unwrap()
        .items;
    issues.reverse();
    for issue in issues {
        writeln!(
            text,
            "issue {} {:?} by {} {:?}\n{}\n{}",
            issue.number, issue.state, issue.author, issue.labels, issue.title, issue.body
        )
        .unwrap();
        comments(forge, issue.number, &mut text);
    }
    let mut pulls = wait(forge.pulls(&PullFilter::default(), page()))
        .unwrap()
        .items;
    pulls.reverse();
    for pull in pulls {
        writeln!(
            text,
            "pull {} {:?} {} into {} by {} {:?}\n{}\n{}",
            pull.number,
            pull.state,
            pull.head,
            pull.base,
            pull.author,
            pull.labels,
            pull.title,
            pull.body
        )
        .unwrap();
        comments(forge, pull.number, &mut text);
        for review in wait(forge.reviews(pull.number, page())).unwrap().items {
            writeln!(
                text,
                "review by {} {:?}\n{}",
                review.author, review.state, review.body
            )
            .unwrap();
        }
        for check in wait(forge.checks(&pull.head_sha, page())).unwrap().items {
            writeln!(
                text,
                "check {} {:?}\n{}",
                check.name, check.conclusion, check.summary
            )
            .unwrap();
        }
    }
    normal(&text)
}

fn comments(forge: &LocalForge, number: IssueNumber, text: &mut String) {
    for Comment { author, body, .. } in wait(forge.comments(number, page())).unwrap().items {
        writeln!(text, "comment by {author}\n{body}").unwrap();
    }
}

/// A text without what differs from world to world.
pub fn normal(text: &str) -> String {
    let uuid = Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
    let hex = Regex::new("\\b(ftc1:)?[0-9a-f]{12,}\\b").unwrap();
    // When a run was made is read off the machine's clock.
    let time = Regex::new("\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2} UTC").unwrap();
    let text = uuid.replace_all(text, "UUID");
    let text = time.replace_all(&text, "TIME");
    hex.replace_all(&text, "HEX").into_owned()
}

/// Every file below `folder` with its bytes, the registers of locks left out.
pub fn tree_of_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let name = entry.path().strip_prefix(folder).unwrap().to_owned();
            files.insert(
                name.to_str().unwrap().to_owned(),
                std::fs::read(entry.path()).unwrap(),
            );
        }
    }
    files
}
