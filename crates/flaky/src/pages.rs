//! Lists of the forge, page by page.

use ftc_github::{Check, Error, Forge, IssueNumber, PageRequest, Review};

/// All reviews of a pull request.
pub(crate) async fn all_reviews(
    forge: &dyn Forge,
    number: IssueNumber,
) -> Result<Vec<Review>, Error> {
    let mut reviews = Vec::new();
    let mut request = PageRequest::first(PageRequest::MAX_LIMIT);
    loop {
        let page = forge.reviews(number, request).await?;
        reviews.extend(page.items);
        match page.next {
            Some(next) => request = PageRequest::first(PageRequest::MAX_LIMIT).after(next),
            None => return Ok(reviews),
        }
    }
}

/// All checks of a commit.
pub(crate) async fn all_checks(forge: &dyn Forge, sha: &str) -> Result<Vec<Check>, Error> {
    let mut checks = Vec::new();
    let mut request = PageRequest::first(PageRequest::MAX_LIMIT);
    loop {
        let page = forge.checks(sha, request).await?;
        checks.extend(page.items);
        match page.next {
            Some(next) => request = PageRequest::first(PageRequest::MAX_LIMIT).after(next),
            None => return Ok(checks),
        }
    }
}
