//! From a URL to a store.

use crate::memory::MemoryStore;
use crate::sqlite::{OpenError, SqliteStore};
use crate::store::Store;
use crate::url::{Place, StoreUrl};

/// Opens the store that `url` names; see [`SqliteStore::open`] for what that makes and refuses.
pub fn open(url: &StoreUrl) -> Result<Box<dyn Store>, OpenError> {
    match url.place() {
        Place::Sqlite(path) => Ok(Box::new(SqliteStore::open(path)?)),
        Place::Memory => Ok(Box::new(MemoryStore::new())),
        Place::Mysql(_) => Err(OpenError::MysqlUnsupported { url: url.clone() }),
    }
}

/// Opens a copy of the store that `url` names, to try something on; see [`SqliteStore::open_copy`]. The copy is gone when it is
/// dropped.
pub fn open_copy(url: &StoreUrl) -> Result<Box<dyn Store>, OpenError> {
    match url.place() {
        Place::Sqlite(path) => Ok(Box::new(SqliteStore::open_copy(path)?)),
        Place::Memory => Ok(Box::new(MemoryStore::new())),
        Place::Mysql(_) => Err(OpenError::MysqlUnsupported { url: url.clone() }),
    }
}
