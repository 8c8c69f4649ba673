//! The versioned inputs of every step: program, model, catalogue. Named by one hash.

use crate::codec::CodecError;
use crate::id::Id;
use crate::journey::Machine;
use crate::model::{Catalogue, Model, ModelError};
use crate::program::Program;
use crate::time::{Zone, Zones};
use std::sync::Arc;

/// Everything a step needs besides the customer.
#[allow(missing_docs)]
pub struct Env {
    pub program: Program,
    pub machine: Machine,
    pub model: Arc<Model>,
    pub catalogue: Catalogue,
    /// Where the shop's customers live.
    pub zones: Zones,
    /// Stored with every journal entry.
    pub hash: Id,
    /// Makes coupon codes that nobody outside can compute. From the host; never leaves.
    pub secret: Vec<u8>,
}

/// Why an environment could not be opened.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum EnvError {
    Codec(CodecError),
    Model(ModelError),
}

impl std::fmt::Display for EnvError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EnvError::Codec(error) => error.fmt(f),
            EnvError::Model(error) => write!(f, "{error}"),
        }
    }
}

impl From<CodecError> for EnvError {
    fn from(error: CodecError) -> EnvError {
        EnvError::Codec(error)
    }
}

impl From<ModelError> for EnvError {
    fn from(error: ModelError) -> EnvError {
        EnvError::Model(error)
    }
}

impl Env {
    /// Opens compiled blobs. An empty model means a shop without history; another one is believed to be as it was written,
    /// see [`Model::check`].
    pub fn open(program: &[u8], model: impl Into<Vec<u8>>, catalogue: &[u8], secret: &[u8]) -> Result<Env, EnvError> {
        let model = model.into();
        let model = if model.is_empty() { Model::for_small_shop() } else { Model::open_unchecked(model)? };
        Env::with_model(program, Arc::new(model), catalogue, secret)
    }

    /// The same with a model that other environments use too.
    pub fn with_model(program: &[u8], model: Arc<Model>, catalogue: &[u8], secret: &[u8]) -> Result<Env, EnvError> {
        let hash = Id::of(&[program, &model.hash().bytes(), catalogue, crate::VERSION.as_bytes()]);
        let program = Program::open(program)?;
        let catalogue = Catalogue::open(catalogue)?;
        let machine = Machine::new(&program.all_journeys());
        let zones = program.shop.zones();
        Ok(Env { program, machine, model, catalogue, zones, hash, secret: secret.to_vec() })
    }

    /// The zone of the shop's staff.
    pub fn zone(&self) -> Zone {
        self.zones.first()
    }
}
