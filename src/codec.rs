//! Versioned bytes. Each room encodes its own part of the state; this room frames the parts.
//!
//! Not a general serialisation library: a frame is a version byte and a list of parts, each with a
//! tag, a version of its own and its bytes. A part that this version does not know is refused
//! rather than dropped, because dropping it would lose a customer's history on a roll-back.

pub mod number;
mod stored;

pub use stored::{Stored, StoredForm};

use serde::{Serialize, de::DeserializeOwned};

/// The version of the frame itself. Parts have versions of their own.
const FRAME_VERSION: u8 = 1;

/// What is wrong with stored bytes. Stored bytes are ours, so this means damage or a newer writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodecError {
    /// Written by a newer release of the core.
    Newer {
        /// What was being read.
        what: &'static str,
        /// The version found.
        version: u8,
    },
    /// Not bytes that any release wrote.
    Damaged {
        /// What was being read.
        what: &'static str,
    },
}

impl std::fmt::Display for CodecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CodecError::Newer { what, version } => {
                write!(
                    f,
                    "{what} has version {version}, written by a newer release; run that release or restore a backup"
                )
            }
            CodecError::Damaged { what } => write!(f, "{what} is damaged; restore this customer from the journal"),
        }
    }
}

/// Builds a frame.
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty frame.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Writer {
        Writer { bytes: vec![FRAME_VERSION] }
    }

    /// Adds one part.
    pub fn part<T: Serialize>(&mut self, tag: u8, version: u8, value: &T) {
        // A failure here is a defect of ours that any test of the part shows.
        let body = postcard::to_allocvec(value).expect("our own plain structs serialise");
        self.raw(tag, version, &body);
    }

    fn raw(&mut self, tag: u8, version: u8, body: &[u8]) {
        self.bytes.extend([tag, version]);
        self.bytes.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.bytes.extend(body);
    }

    /// The finished bytes.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// One part as found in a frame.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// Which room's part.
    pub tag: u8,
    /// The version it was written with.
    pub version: u8,
    /// Its bytes.
    pub body: &'a [u8],
}

impl Part<'_> {
    /// Decodes the body as the shape of its version.
    pub fn decode<T: DeserializeOwned>(&self, what: &'static str) -> Result<T, CodecError> {
        postcard::from_bytes(self.body).map_err(|_| CodecError::Damaged { what })
    }
}

/// Splits a frame into its parts.
pub fn parts(bytes: &[u8]) -> Result<Vec<Part<'_>>, CodecError> {
    let what = "the stored state";
    let (&version, mut rest) = bytes.split_first().ok_or(CodecError::Damaged { what })?;
    if version > FRAME_VERSION {
        return Err(CodecError::Newer { what, version });
    }
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (part, tail) = split_part(rest).ok_or(CodecError::Damaged { what })?;
        found.push(part);
        rest = tail;
    }
    Ok(found)
}

fn split_part(bytes: &[u8]) -> Option<(Part<'_>, &[u8])> {
    let (head, rest) = bytes.split_at_checked(6)?;
    let length = u32::from_le_bytes(head[2..6].try_into().ok()?);
    let (body, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((Part { tag: head[0], version: head[1], body }, rest))
}
