//! Lists by page.

use std::fmt::Display;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::forge::BoxFuture;

/// Where a page ended: a text that only the forge that made it understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// Which part of a list to return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    after: Option<Cursor>,
    limit: usize,
}

impl PageRequest {
    /// The most entries that one page holds; GitHub gives no more.
    pub const MAX_LIMIT: usize = 100;

    /// The first `limit` entries; `limit` is brought into 1 to [`PageRequest::MAX_LIMIT`].
    pub fn first(limit: usize) -> Self {
        Self {
            after: None,
            limit: limit.clamp(1, Self::MAX_LIMIT),
        }
    }

    /// The entries after those of the page that gave `cursor`, from the same list.
    #[must_use]
    pub fn after(self, cursor: Cursor) -> Self {
        Self {
            after: Some(cursor),
            ..self
        }
    }

    /// Where the page begins; `None` for the first.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.after.as_ref()
    }

    /// Entries wanted.
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl Default for PageRequest {
    /// The first hundred entries.
    fn default() -> Self {
        Self::first(Self::MAX_LIMIT)
    }
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where to go on; `None` when the list ends here.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A page, for whoever implements a forge.
    pub fn new(items: Vec<T>, next: Option<Cursor>) -> Self {
        Self { items, next }
    }
}

/// Every entry of a list, page by page.
pub async fn all_pages<'a, T>(
    list: impl Fn(PageRequest) -> BoxFuture<'a, Result<Page<T>>>,
) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let mut request = PageRequest::default();
    loop {
        let page = list(request).await?;
        items.extend(page.items);
        match page.next {
            Some(cursor) => request = PageRequest::default().after(cursor),
            None => return Ok(items),
        }
    }
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

/// One page of the things that `keys` name, in the order in which they come; `load` leaves out what does not belong.
pub(crate) fn paginate<K, T>(
    keys: impl IntoIterator<Item = K>,
    order: Order,
    request: &PageRequest,
    mut load: impl FnMut(&K) -> Result<Option<T>>,
) -> Result<Page<T>>
where
    K: Ord + Display + FromStr,
{
    let after: Option<K> = match request.cursor() {
        Some(cursor) => {
            let parsed = cursor.0.parse();
            Some(parsed.map_err(|_| Error::invalid("the cursor", "is not from this list"))?)
        }
        None => None,
    };
    let mut items = Vec::new();
    let mut last: Option<K> = None;
    for key in keys {
        let seen = after.as_ref().is_some_and(|after| match order {
            Order::Ascending => key <= *after,
            Order::Descending => key >= *after,
        });
        if seen {
            continue;
        }
        let Some(item) = load(&key)? else { continue };
        if items.len() == request.limit() {
            let next = last.map(|key| Cursor(key.to_string()));
            return Ok(Page::new(items, next));
        }
        items.push(item);
        last = Some(key);
    }
    Ok(Page::new(items, None))
}
