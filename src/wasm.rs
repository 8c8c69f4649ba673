//! The JavaScript boundary: converts, calls, converts back. No logic.
//!
//! Hot calls (`step`, `ask`) take and give bytes. Cold calls (`check`, `compile`, `catalogue`) take
//! JavaScript values. Instants cross as milliseconds in a double, which holds them exactly.
//!
//! Environments live here under a number, so that nothing has to be freed by JavaScript but them.
//! They are inputs and can be opened again at any time: no state lives only in Wasm.

mod matcher;

use crate::engine::{Env, ask_bytes, step_bytes};
use crate::model::{Catalogue, Model, Product};
use crate::program::Program;
use crate::replay::{Responses, replay as replay_core};
use crate::time::Instant;
use serde::Serialize;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::prelude::*;

/// What is open, by number, and the last number given.
type Opened<T> = RefCell<(u32, BTreeMap<u32, T>)>;

thread_local! {
    static ENVS: Opened<Rc<Env>> = const { RefCell::new((0, BTreeMap::new())) };
    static MODELS: Opened<Arc<Model>> = const { RefCell::new((0, BTreeMap::new())) };
}

fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsError> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// The core's version.
#[wasm_bindgen]
pub fn version() -> String {
    crate::VERSION.to_owned()
}

/// Asks for a fresh instance: the next call runs in one. Called after a trap, when this one's memory
/// can no longer be trusted.
#[wasm_bindgen]
pub fn replace_instance() {
    wasm_bindgen::handler::schedule_reinit();
}

/// Traps, for tests of the host's recovery: what a defect of ours would do.
#[wasm_bindgen]
pub fn trap() {
    panic!("a trap was asked for");
}

/// Every problem of a program's tree.
#[wasm_bindgen]
pub fn check(tree: JsValue) -> Result<JsValue, JsError> {
    let tree: Value = serde_wasm_bindgen::from_value(tree)?;
    to_js(&Program::check(&tree).1)
}

/// The compiled blob of a program without errors; nothing when it has some.
#[wasm_bindgen]
pub fn compile(tree: JsValue) -> Result<Option<Vec<u8>>, JsError> {
    let tree: Value = serde_wasm_bindgen::from_value(tree)?;
    Ok(Program::check(&tree).0.map(|program| program.blob()))
}

/// A catalogue snapshot from products.
#[wasm_bindgen]
pub fn catalogue(products: JsValue) -> Result<Vec<u8>, JsError> {
    let products: Vec<Product> = serde_wasm_bindgen::from_value(products)?;
    Ok(Catalogue::new(products).bytes())
}

/// The 128-bit hash of bytes, in hexadecimal: the name of a blob.
#[wasm_bindgen]
pub fn hash(bytes: &[u8]) -> String {
    crate::id::Id::of(&[bytes]).to_string()
}

/// Opens a model for one or more environments and returns its number. It is not checked; see `model_check`.
#[wasm_bindgen]
pub fn model_open(model: Vec<u8>) -> Result<u32, JsError> {
    let model = Arc::new(Model::open_unchecked(model)?);
    MODELS.with_borrow_mut(|(last, models)| {
        *last += 1;
        models.insert(*last, model);
        Ok(*last)
    })
}

/// Whether every byte of a model is as it was written.
#[wasm_bindgen]
pub fn model_check(model: u32) -> Result<(), JsError> {
    Ok(opened_model(model)?.check()?)
}

/// Forgets a model; environments that use it keep it.
#[wasm_bindgen]
pub fn model_close(model: u32) {
    MODELS.with_borrow_mut(|(_, models)| models.remove(&model));
}

fn opened_model(model: u32) -> Result<Arc<Model>, JsError> {
    MODELS.with_borrow(|(_, models)| models.get(&model).cloned()).ok_or_else(|| JsError::new("this model is not open"))
}

/// What names a model, in hexadecimal, from its first bytes.
#[wasm_bindgen]
pub fn model_hash(start: &[u8]) -> Result<String, JsError> {
    Ok(Model::hash_of(start)?.to_string())
}

/// Opens an environment and returns its number. Without a model the shop has no history.
#[wasm_bindgen]
pub fn env_open(program: &[u8], model: Option<u32>, catalogue: &[u8], secret: &[u8]) -> Result<u32, JsError> {
    let model = model.map_or_else(|| Ok(Arc::new(Model::for_small_shop())), opened_model)?;
    let env = Env::with_model(program, model, catalogue, secret).map_err(|error| JsError::new(&error.to_string()))?;
    ENVS.with_borrow_mut(|(last, envs)| {
        *last += 1;
        envs.insert(*last, Rc::new(env));
        Ok(*last)
    })
}

/// The environment's hash, stored with every journal entry.
#[wasm_bindgen]
pub fn env_hash(env: u32) -> Result<String, JsError> {
    Ok(opened(env)?.hash.to_string())
}

/// Forgets an environment.
#[wasm_bindgen]
pub fn env_close(env: u32) {
    ENVS.with_borrow_mut(|(_, envs)| envs.remove(&env));
}

fn opened(env: u32) -> Result<Rc<Env>, JsError> {
    ENVS.with_borrow(|(_, envs)| envs.get(&env).cloned()).ok_or_else(|| JsError::new("this environment is not open"))
}

/// One step; see `engine::step_bytes`.
#[wasm_bindgen]
pub fn step(env: u32, hot: &[u8], purchases: &[u8], input: &[u8], now: f64) -> Result<Vec<u8>, JsError> {
    step_bytes(&*opened(env)?, hot, purchases, input, Instant(now as i64))
        .map_err(|error| JsError::new(&error.to_string()))
}

/// A question; the answer is JSON.
#[wasm_bindgen]
pub fn ask(env: u32, hot: &[u8], purchases: &[u8], question: &[u8], now: f64) -> Result<Vec<u8>, JsError> {
    ask_bytes(&*opened(env)?, hot, purchases, question, Instant(now as i64))
        .map_err(|error| JsError::new(&error.to_string()))
}

/// Replays lines of JSON in a stand-in world; see `replay`. The answer is JSON.
#[wasm_bindgen]
pub fn replay(
    env: u32,
    lines: &str,
    responses: &str,
    explain: Option<String>,
    until: Option<f64>,
) -> Result<String, JsError> {
    let env = opened(env)?;
    let responses =
        Responses::named(responses).ok_or_else(|| JsError::new("`responses` is `cooperative` or `silent`"))?;
    Ok(replay_core(&env, lines, responses, explain.as_deref(), until.map(|at| Instant(at as i64))).to_string())
}

/// Orders from a file; see `import`. Free it when done.
#[wasm_bindgen]
pub struct OrdersImporter {
    inner: crate::import::Importer,
    customer: String,
}

#[wasm_bindgen]
impl OrdersImporter {
    /// An importer for a file that the journal will call `source`; `columns` maps unusual column names.
    #[wasm_bindgen(constructor)]
    pub fn new(source: &str, columns: JsValue) -> Result<OrdersImporter, JsError> {
        Ok(OrdersImporter {
            inner: crate::import::Importer::new(source, columns_of(columns)?),
            customer: String::new(),
        })
    }

    /// Takes the next piece of the file.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        self.inner.push(bytes).map_err(|error| JsError::new(&error.to_string()))
    }

    /// Ends the file; the report has `rows`, `bad_rows`, `examples` and `customers`, `returns_left_out`.
    pub fn finish(&mut self) -> Result<JsValue, JsError> {
        let report = self.inner.finish().map_err(|error| JsError::new(&error.to_string()))?;
        to_js(&json!({
            "rows": report.rows, "bad_rows": report.bad_rows, "examples": report.examples,
            "customers": self.inner.customers(), "returns_left_out": self.inner.returns_left_out(),
        }))
    }

    /// Rows read so far.
    pub fn rows(&self) -> usize {
        self.inner.rows()
    }

    /// The next customer's batch, an input for `step`; nothing after the last. Its key is in `customer`.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let (customer, batch) = self.inner.take()?;
        self.customer = customer;
        Some(batch)
    }

    /// The key of the batch taken last.
    #[wasm_bindgen(getter)]
    pub fn customer(&self) -> String {
        self.customer.clone()
    }
}

/// Builds a model from orders; see `model::builder`. Free it when done.
#[wasm_bindgen]
pub struct ModelBuilder {
    reading: Option<crate::model::builder::ModelBuilder>,
    learning: Option<crate::model::builder::Learning>,
}

#[wasm_bindgen]
impl ModelBuilder {
    /// A builder that sees rows before `until` (milliseconds), or all.
    #[wasm_bindgen(constructor)]
    pub fn new(until: Option<f64>, columns: JsValue) -> Result<ModelBuilder, JsError> {
        let options = crate::model::builder::BuildOptions {
            until_s: until.map(|at| (at / 1000.0) as i64),
            columns: columns_of(columns)?,
        };
        Ok(ModelBuilder { reading: Some(crate::model::builder::ModelBuilder::new(options)), learning: None })
    }

    /// Takes the next piece of a history; see `model::history`.
    pub fn push_history(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        let Some(reading) = &mut self.reading else { return Ok(()) };
        Ok(reading.push_history(bytes)?)
    }

    /// Ends the history.
    pub fn end_history(&mut self) -> Result<(), JsError> {
        let Some(reading) = &mut self.reading else { return Ok(()) };
        Ok(reading.end_history()?)
    }

    /// A piece of the history to keep; nothing after the last.
    pub fn history_piece(&self, at: usize) -> Option<Vec<u8>> {
        self.reading.as_ref()?.history_piece(at)
    }

    /// Takes the next piece of the orders.
    pub fn push_orders(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        let Some(reading) = &mut self.reading else { return Ok(()) };
        Ok(reading.push_orders(bytes)?)
    }

    /// Ends a file of orders, so that another may follow; returns what became of its rows.
    pub fn end_orders(&mut self) -> Result<JsValue, JsError> {
        let reading = self.reading.as_mut().ok_or_else(|| JsError::new("this builder has ended its reading"))?;
        to_js(&reading.end_orders()?)
    }

    /// Takes the next piece of the products.
    pub fn push_products(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        let Some(reading) = &mut self.reading else { return Ok(()) };
        Ok(reading.push_products(bytes)?)
    }

    /// Purchases gathered so far.
    pub fn gathered(&self) -> usize {
        self.reading.as_ref().map_or(0, crate::model::builder::ModelBuilder::gathered)
    }

    /// Ends the reading; returns the steps to do. With an older model only its tables and its latest weeks are renewed.
    pub fn learn(&mut self, older: Option<Vec<u8>>) -> Result<usize, JsError> {
        let reading = self.reading.take().ok_or_else(|| JsError::new("this builder has ended its reading"))?;
        let older = older.map(Model::open).transpose()?;
        let learning = reading.learn(older)?;
        let (_, steps) = learning.progress();
        self.learning = Some(learning);
        Ok(steps)
    }

    /// Takes a step; says no when only `finish` is left.
    pub fn step(&mut self) -> bool {
        self.learning.as_mut().is_some_and(crate::model::builder::Learning::step)
    }

    /// Builds: `{model, read}`, where `read` tells of rows used and not used.
    pub fn finish(&mut self) -> Result<JsValue, JsError> {
        if self.reading.is_some() {
            self.learn(None)?;
        }
        let learning = self.learning.take().ok_or_else(|| JsError::new("this builder has finished"))?;
        let (model, read) = learning.finish();
        let answer = js_sys::Object::new();
        let set = |name: &str, value: &JsValue| {
            js_sys::Reflect::set(&answer, &name.into(), value)
                .map(|_| ())
                .map_err(|_| JsError::new("no answer could be made"))
        };
        set("model", &js_sys::Uint8Array::from(model.as_slice()))?;
        set("read", &to_js(&read)?)?;
        Ok(answer.into())
    }
}

/// The accuracy report inside a model, as JSON.
#[wasm_bindgen]
pub fn model_report(model: Vec<u8>) -> Result<String, JsError> {
    let model = Model::open(model)?;
    Ok(String::from_utf8_lossy(model.report_json()).into_owned())
}

/// The same in words; nothing where the model has none.
#[wasm_bindgen]
pub fn model_report_text(model: Vec<u8>) -> Result<Option<String>, JsError> {
    let model = Model::open(model)?;
    let report: Option<crate::model::report::AccuracyReport> = serde_json::from_slice(model.report_json()).ok();
    Ok(report.map(|report| report.to_string()))
}

/// Predicts from orders; see `recommend::predictor`. Free it when done.
#[wasm_bindgen]
pub struct Predictor {
    reading: Option<crate::recommend::predictor::Predictor>,
    lines: Option<crate::recommend::predictor::Predictions>,
}

#[wasm_bindgen]
impl Predictor {
    /// Predicts at an instant (milliseconds); `task` is `week` or `next-order`.
    #[wasm_bindgen(constructor)]
    pub fn new(model: Vec<u8>, at: f64, task: &str, top: usize, columns: JsValue) -> Result<Predictor, JsError> {
        use crate::recommend::predictor::{PredictOptions, Predictor as Inner, Task};
        let model = Model::open(model)?;
        let task = match task {
            "week" => Task::Week,
            "next-order" => Task::NextOrder,
            _ => return Err(JsError::new("`task` is `week` or `next-order`")),
        };
        let options = PredictOptions { at_s: (at / 1000.0) as i64, task, top, columns: columns_of(columns)? };
        Ok(Predictor { reading: Some(Inner::new(model, options)), lines: None })
    }

    /// Takes the next piece of the orders.
    pub fn push_orders(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        let Some(reading) = &mut self.reading else { return Ok(()) };
        reading.push_orders(bytes).map_err(|error| JsError::new(&error.to_string()))
    }

    /// Ends the reading; returns what became of the rows.
    pub fn finish(&mut self) -> Result<JsValue, JsError> {
        let reading = self.reading.take().ok_or_else(|| JsError::new("this predictor has finished"))?;
        let lines = reading.finish().map_err(|error| JsError::new(&error.to_string()))?;
        let report = to_js(lines.read_report())?;
        self.lines = Some(lines);
        Ok(report)
    }

    /// The next customer's line of JSON; nothing after the last.
    pub fn next_line(&mut self) -> Option<String> {
        self.lines.as_mut()?.next()
    }
}

/// Column names as `{order_id: "Invoice", …}`.
fn columns_of(columns: JsValue) -> Result<crate::model::orders_csv::Columns, JsError> {
    let names: BTreeMap<String, String> = if columns.is_undefined() || columns.is_null() {
        BTreeMap::new()
    } else {
        serde_wasm_bindgen::from_value(columns)?
    };
    let name = |field: &str| names.get(field).cloned();
    Ok(crate::model::orders_csv::Columns {
        order_id: name("order_id"),
        customer_id: name("customer_id"),
        product_id: name("product_id"),
        ordered_at: name("ordered_at"),
        quantity: name("quantity"),
        unit_price: name("unit_price"),
        line_total: name("line_total"),
    })
}

/// Runs one vector of `tests/vectors`.
#[wasm_bindgen]
pub fn run_vector(vector: &str) -> String {
    crate::replay::vectors::run_vector(vector)
}
