import * as wasm from "./pkg/comeback.js";
import { loadModule } from "./load.js";
import { Matcher } from "./matcher.js";
import type { Problem, Product, Question, StateBytes, StepInput, StepResult } from "./types.js";

/** A program that cannot be used, with every problem it has. */
export class ProgramError extends Error {
  constructor(readonly problems: Problem[]) {
    const errors = problems.filter((problem) => problem.severity === "error");
    super(
      `the program has ${errors.length} error(s): ${errors.map((each) => `${each.path}: ${each.message}`).join("; ")}`,
    );
    this.name = "ProgramError";
  }
}

/** The core refused stored bytes or an environment; trying again gives the same. */
export class CoreError extends Error {
  override name = "CoreError";
}

/**
 * The core trapped: a defect of ours. The instance has been replaced and every environment opened
 * again, so the next call works; the customer whose step it was should be parked.
 */
export class CoreTrap extends Error {
  override name = "CoreTrap";
}

/** What an environment is made of. Kept, so that it can be opened again after a trap. */
export interface EnvParts {
  program: Uint8Array;
  /** Environments that are given the same array share what is opened of it. */
  model: Uint8Array | null;
  catalogue: Uint8Array;
  /** Makes coupon codes that nobody outside can compute. */
  secret?: Uint8Array;
}

/** Names of unusual columns of an orders file. */
export type ColumnNames = Partial<
  Record<"order_id" | "customer_id" | "product_id" | "ordered_at" | "quantity" | "unit_price" | "line_total", string>
>;

/** How a stand-in host answers effects in a replay. */
export type Responses = "cooperative" | "silent";

export interface ReplayResult {
  effects: (import("./types.js").Effect & { at: string })[];
  refused: { line: number; refused: import("./types.js").Refusal }[];
  explanations: { at: string; customer: string; input: string; lines: import("./types.js").TraceLine[] }[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const empty = new Uint8Array();
/** More than a model's header has. */
const modelStartBytes = 256;

/**
 * The one core of a process. It holds no state of customers: those bytes go in and out of every
 * call. One instance serves all environments.
 */
export class Core {
  readonly #open = new Set<Env | Matcher>();
  /** Models by their bytes, with how many environments use them. */
  readonly #models = new Map<Uint8Array, { number: number; users: number }>();

  private constructor() {}

  /** Loads `core.wasm`, from beside this file unless a module or its bytes are given. */
  static async load(module?: WebAssembly.Module | BufferSource): Promise<Core> {
    wasm.initSync({ module: module ?? (await loadModule()) });
    return new Core();
  }

  get version(): string {
    return wasm.version();
  }

  /** Every problem of a program's tree, errors and warnings, in the order of their places. */
  check(tree: unknown): { problems: Problem[] } {
    return { problems: this.guard(() => wasm.check(tree) as Problem[]) };
  }

  /** The compiled blob. Throws `ProgramError` with all problems. */
  compile(tree: unknown): Uint8Array {
    const blob = this.guard(() => wasm.compile(tree));
    if (!blob) throw new ProgramError(this.check(tree).problems);
    return blob;
  }

  /** The catalogue snapshot of these products. Equal products give equal bytes. */
  catalogue(products: Product[]): Uint8Array {
    return this.guard(() => wasm.catalogue(products));
  }

  /** 32 hexadecimal digits that name these bytes. */
  hash(bytes: Uint8Array): string {
    return this.guard(() => wasm.hash(bytes));
  }

  /** What names a model: its contents' hash, which is written at its start. */
  modelHash(model: Uint8Array): string {
    return this.guard(() => wasm.model_hash(model.subarray(0, modelStartBytes)));
  }

  /** Opens an environment. Close it when its last step is done. */
  open(parts: EnvParts): Env {
    const env = new Env(this, parts);
    this.#open.add(env);
    return env;
  }

  /** A program's rules for `matcher`, as bytes that load without parsing. Throws `ProgramError` with all problems. */
  compileMatcher(tree: unknown): Uint8Array {
    const program = this.compile(tree);
    return this.guard(() => wasm.matcher_compile(program));
  }

  /** Which journeys an event would begin, from the event alone. Takes a program's tree, or what `compileMatcher` made of it. */
  matcher(rules: unknown): Matcher {
    const matcher = new Matcher(this, rules instanceof Uint8Array ? rules : this.compileMatcher(rules));
    this.#open.add(matcher);
    return matcher;
  }

  /** Reads an orders file into batches; see `Importer`. */
  importer(source: string, columns?: ColumnNames): Importer {
    return new Importer(this, source, columns);
  }

  /** Builds a model from an orders file; rows at `until` (milliseconds) or later are not seen. */
  modelBuilder(options: { until?: number; columns?: ColumnNames } = {}): ModelBuilder {
    return new ModelBuilder(this, options);
  }

  /** Predicts for every customer of an orders file from rows strictly before `at` (milliseconds). */
  predictor(options: { model: Uint8Array; at: number; task?: Task; top?: number; columns?: ColumnNames }): Predictor {
    return new Predictor(this, options);
  }

  /** The accuracy report that `ModelBuilder.finish` left inside a model. */
  modelReport(model: Uint8Array): unknown {
    return JSON.parse(this.guard(() => wasm.model_report(model)) || "null");
  }

  /** The same in words, for the owner of the shop; `null` where the model has none. */
  modelReportText(model: Uint8Array): string | null {
    return this.guard(() => wasm.model_report_text(model)) ?? null;
  }

  /** The number of an open model, for an environment that uses it until it releases it. @internal */
  useModel(bytes: Uint8Array): number {
    const model = this.#models.get(bytes) ?? { number: wasm.model_open(bytes), users: 0 };
    model.users++;
    this.#models.set(bytes, model);
    return model.number;
  }

  /** @internal */
  releaseModel(bytes: Uint8Array): void {
    const model = this.#models.get(bytes);
    if (!model || --model.users > 0) return;
    this.#models.delete(bytes);
    wasm.model_close(model.number);
  }

  /** @internal */
  forget(opened: Env | Matcher): void {
    this.#open.delete(opened);
  }

  /** The memory of the instance now in use. @internal */
  get memory(): WebAssembly.Memory {
    // Initialising again returns the instance there is.
    return wasm.initSync(undefined as never).memory;
  }

  /**
   * Runs a call. A trap replaces the instance and opens every environment again before it is thrown on.
   * @internal
   */
  guard<T>(call: () => T): T {
    try {
      return call();
    } catch (cause) {
      if (cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError) {
        wasm.replace_instance();
        // The fresh instance is made by the next call, and calls with arrays would write them into the dead one first.
        wasm.version();
        this.#models.clear();
        for (const opened of this.#open) opened.reopen();
        throw new CoreTrap("the core trapped; its instance was replaced", { cause });
      }
      throw new CoreError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }
}

/** Program, model and catalogue together: what a decision depends on besides the customer. */
export class Env {
  #number: number;
  #model: number | undefined;
  readonly hash: string;

  /** @internal Use `core.open`. */
  constructor(
    private readonly core: Core,
    private readonly parts: EnvParts,
  ) {
    this.#number = core.guard(() => this.openInstance());
    this.hash = core.guard(() => wasm.env_hash(this.#number));
  }

  /**
   * One step of one customer. The input is a value or its bytes: JSON, or a batch of an `Importer`.
   * `now` is in milliseconds.
   */
  step(state: StateBytes, input: StepInput | Uint8Array, now: number): StepResult {
    const bytes = input instanceof Uint8Array ? input : encoder.encode(JSON.stringify(input));
    const frame = this.core.guard(() => wasm.step(this.#number, state.hot, state.purchases, bytes, now));
    return readFrame(frame);
  }

  /** A question about one customer; it changes nothing. */
  ask<T>(state: StateBytes, question: Question, now: number): T {
    const bytes = encoder.encode(JSON.stringify(question));
    const answer = this.core.guard(() => wasm.ask(this.#number, state.hot, state.purchases, bytes, now));
    return JSON.parse(decoder.decode(answer)) as T;
  }

  /**
   * Replays events (JSON lines; `by` and `received_at` may stand beside the envelope) from empty
   * states in a stand-in world with a virtual clock. With `explain`, that customer's steps are traced.
   */
  replay(lines: string, options: { responses?: Responses; explain?: string; until?: number } = {}): ReplayResult {
    const { responses = "cooperative", explain, until } = options;
    return JSON.parse(
      this.core.guard(() => wasm.replay(this.#number, lines, responses, explain, until)),
    ) as ReplayResult;
  }

  /** Reads the whole model and throws where a byte is not as it was written. For a model seen for the first time. */
  checkModel(): void {
    const model = this.#model;
    if (model !== undefined) this.core.guard(() => wasm.model_check(model));
  }

  close(): void {
    this.core.forget(this);
    this.core.guard(() => {
      wasm.env_close(this.#number);
      this.releaseModel();
    });
  }

  /** @internal After a trap. */
  reopen(): void {
    this.#number = this.openInstance();
  }

  private openInstance(): number {
    const { program, model, catalogue, secret = empty } = this.parts;
    this.#model = model?.length ? this.core.useModel(model) : undefined;
    try {
      return wasm.env_open(program, this.#model, catalogue, secret);
    } catch (error) {
      this.releaseModel();
      throw error;
    }
  }

  private releaseModel(): void {
    if (this.#model !== undefined) this.core.releaseModel(this.parts.model!);
    this.#model = undefined;
  }
}

export interface ImportReport {
  rows: number;
  bad_rows: number;
  examples: { line: number; reason: string }[];
  customers: number;
  returns_left_out: number;
}

/**
 * Reads a file of order lines. Rows stay in the core; what comes out is one batch of whole orders
 * for each customer, an input for `Env.step`, in an order that is the same for the same file.
 */
export class Importer {
  readonly #inner: wasm.OrdersImporter;

  /** @internal Use `core.importer`. */
  constructor(
    private readonly core: Core,
    source: string,
    columns?: ColumnNames,
  ) {
    this.#inner = core.guard(() => new wasm.OrdersImporter(source, columns));
  }

  push(bytes: Uint8Array): void {
    this.core.guard(() => this.#inner.push(bytes));
  }

  /** Rows read so far. */
  get rows(): number {
    return this.#inner.rows();
  }

  /** Ends the file; afterwards batches can be taken. */
  finish(): ImportReport {
    return this.core.guard(() => this.#inner.finish() as ImportReport);
  }

  /** The next customer's batch; `null` after the last. */
  take(): { customer: string; batch: Uint8Array } | null {
    const batch = this.core.guard(() => this.#inner.take());
    return batch ? { customer: this.#inner.customer, batch } : null;
  }

  free(): void {
    this.#inner.free();
  }
}

/** Rows of an orders file that were used and not used. */
export interface ReadReport {
  rows: number;
  bad_rows: number;
  examples: { line: number; reason: string }[];
}

/** What became of the rows a model was to be built from. */
export interface BuildReport {
  /** Order lines, of all files. */
  orders: ReadReport;
  products: ReadReport;
  /** Order lines at `until` or later. */
  later: number;
  /** Returned goods, which say nothing of the purchase they undo. */
  returned: number;
  /** Order lines of customers outside the sample that fits into memory. */
  left_out: number;
  /** Order lines of days that the history holds already. */
  known: number;
}

/** What to predict: purchases of the coming week, or the next order. */
export type Task = "week" | "next-order";

/** Gathers orders, then builds a model from them. */
export class ModelBuilder {
  readonly #inner: wasm.ModelBuilder;

  /** @internal Use `core.modelBuilder`. */
  constructor(
    private readonly core: Core,
    options: { until?: number; columns?: ColumnNames },
  ) {
    this.#inner = core.guard(() => new wasm.ModelBuilder(options.until, options.columns));
  }

  /** Takes the next piece of a history that `history` gave; it comes before all orders. */
  pushHistory(bytes: Uint8Array): void {
    this.core.guard(() => this.#inner.push_history(bytes));
  }

  /** Ends the history; orders of days it holds are not taken again. */
  endHistory(): void {
    this.core.guard(() => this.#inner.end_history());
  }

  /** All that was gathered, in pieces, to be kept for the next time; before `finish`. */
  *history(): Generator<Uint8Array> {
    for (let at = 0; ; at++) {
      const piece = this.core.guard(() => this.#inner.history_piece(at));
      if (piece === undefined) return;
      yield piece;
    }
  }

  /** Takes the next piece of an orders file. */
  push(bytes: Uint8Array): void {
    this.core.guard(() => this.#inner.push_orders(bytes));
  }

  /** Ends an orders file, so that another with its own header may follow. */
  endOrders(): ReadReport {
    return this.core.guard(() => this.#inner.end_orders() as ReadReport);
  }

  /** Takes the next piece of a products file, CSV; at any time before `finish`. */
  pushProducts(bytes: Uint8Array): void {
    this.core.guard(() => this.#inner.push_products(bytes));
  }

  /** Purchases gathered so far. */
  get gathered(): number {
    return this.#inner.gathered();
  }

  /**
   * Builds. Takes a while on a large history; nothing can be pushed afterwards. With `older`, a model, its
   * weights stay and only its tables and latest weeks are renewed. `progress` hears of every step.
   */
  finish(options: { older?: Uint8Array; progress?: (done: number, of: number) => void } = {}): {
    model: Uint8Array;
    read: BuildReport;
  } {
    const { older, progress } = options;
    const steps = this.core.guard(() => this.#inner.learn(older));
    for (let done = 0; ; done++) {
      progress?.(done, steps);
      if (!this.core.guard(() => this.#inner.step())) break;
    }
    return this.core.guard(() => this.#inner.finish() as { model: Uint8Array; read: BuildReport });
  }

  free(): void {
    this.#inner.free();
  }
}

/** Reads orders, then gives one line of JSON for each customer. */
export class Predictor {
  readonly #inner: wasm.Predictor;

  /** @internal Use `core.predictor`. */
  constructor(
    private readonly core: Core,
    options: { model: Uint8Array; at: number; task?: Task; top?: number; columns?: ColumnNames },
  ) {
    const { model, at, task = "week", top = 10, columns } = options;
    this.#inner = core.guard(() => new wasm.Predictor(model, at, task, top, columns));
  }

  push(bytes: Uint8Array): void {
    this.core.guard(() => this.#inner.push_orders(bytes));
  }

  finish(): ReadReport {
    return this.core.guard(() => this.#inner.finish() as ReadReport);
  }

  /** The lines, each `{"customer":…,"items":[{"product":…,"chance":…,"due":…,"reason":…}]}`. */
  *lines(): Generator<string> {
    for (;;) {
      const line = this.core.guard(() => this.#inner.next_line());
      if (line === undefined) return;
      yield line;
    }
  }

  free(): void {
    this.#inner.free();
  }
}

const UNCHANGED = 0xffffffff;

/** Reads the answer of a step: JSON, hot, purchases, each behind its length. */
function readFrame(frame: Uint8Array): StepResult {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let at = 0;
  const section = (): Uint8Array | null => {
    const length = view.getUint32(at, true);
    at += 4;
    if (length === UNCHANGED) return null;
    at += length;
    return frame.subarray(at - length, at);
  };
  const head = JSON.parse(decoder.decode(section()!)) as Pick<StepResult, "effects" | "refused" | "trace"> & {
    wake_at: number | null;
  };
  const hot = section();
  const purchases = section();
  return { hot, purchases, wakeAt: head.wake_at, effects: head.effects, refused: head.refused, trace: head.trace };
}
