//! Parts that are read when they are first looked at, and written anew only when they changed.
//!
//! Most steps, such as a view of a product, never look at a customer's orders. They pay for a copy of the bytes, not for
//! their meaning.

use super::{CodecError, Part, Writer};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::{Deref, DerefMut};

/// What can be kept [`Stored`].
pub trait StoredForm: Default {
    /// What this release writes.
    const VERSION: u8;
    /// How it is called when it cannot be read.
    const WHAT: &'static str;

    /// Reads a body of this version or an earlier one.
    fn read_body(version: u8, body: &[u8]) -> Result<Self, CodecError>;

    /// The body in this version.
    fn body(&self) -> Vec<u8>;
}

/// Something as it was stored, read at the first look.
///
/// A look cannot fail: what is damaged reads as empty, and [`damage`](Stored::damage) tells. Whoever looks at a state that was
/// [opened](crate::engine::State::open) asks for the damage before using what came of it.
#[derive(Clone, Debug, Default)]
pub struct Stored<T> {
    /// As it was found, while nobody could have changed it.
    found: Option<Found>,
    read: OnceCell<(T, Option<CodecError>)>,
}

#[derive(Clone, Debug)]
struct Found {
    version: u8,
    body: Vec<u8>,
}

impl<T: StoredForm> Stored<T> {
    /// Not read yet.
    pub fn found(version: u8, body: &[u8]) -> Result<Stored<T>, CodecError> {
        if version > T::VERSION {
            return Err(CodecError::Newer { what: T::WHAT, version });
        }
        Ok(Stored { found: Some(Found { version, body: body.to_vec() }), read: OnceCell::new() })
    }

    /// A part of a frame, not read yet; nothing when it is another's.
    pub fn of(part: &Part<'_>, tag: u8) -> Option<Result<Stored<T>, CodecError>> {
        (part.tag == tag).then(|| Stored::found(part.version, part.body))
    }

    /// What was wrong with the bytes, once somebody looked.
    pub fn damage(&self) -> Option<&CodecError> {
        self.read.get().and_then(|(_, damage)| damage.as_ref())
    }

    /// What was read, if somebody looked.
    pub fn looked_at(&self) -> Option<&T> {
        self.read.get().map(|(value, _)| value)
    }

    /// Version and body: as it was found, or anew when it may have changed.
    pub fn bytes(&self) -> (u8, Cow<'_, [u8]>) {
        match &self.found {
            Some(found) => (found.version, Cow::Borrowed(&found.body)),
            None => (T::VERSION, Cow::Owned(self.body())),
        }
    }

    /// Adds it to a frame.
    pub fn write(&self, tag: u8, writer: &mut Writer) {
        let (version, body) = self.bytes();
        writer.raw(tag, version, &body);
    }

    fn get(&self) -> &(T, Option<CodecError>) {
        self.read.get_or_init(|| match &self.found {
            None => (T::default(), None),
            Some(found) => match T::read_body(found.version, &found.body) {
                Ok(value) => (value, None),
                Err(damage) => (T::default(), Some(damage)),
            },
        })
    }
}

impl<T: StoredForm> Deref for Stored<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.get().0
    }
}

impl<T: StoredForm> DerefMut for Stored<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.get();
        let (value, damage) = self.read.get_mut().expect("it was read just now");
        // What cannot be read stays as it is.
        if damage.is_none() {
            self.found = None;
        }
        value
    }
}

impl<T> From<T> for Stored<T> {
    fn from(value: T) -> Stored<T> {
        Stored { found: None, read: OnceCell::from((value, None)) }
    }
}

impl<T: StoredForm + PartialEq> PartialEq for Stored<T> {
    fn eq(&self, other: &Stored<T>) -> bool {
        **self == **other
    }
}
