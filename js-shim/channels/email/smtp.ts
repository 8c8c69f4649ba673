import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { Delivery } from "../channel.js";
import { mapFailure, type SmtpStage } from "./outcome.js";

/** A way to hand over a finished letter. SMTP here; a provider's raw-mail API can be another. */
export interface MailTransport {
  send(envelope: Envelope, raw: Uint8Array): Promise<Delivery>;
  close?(): Promise<void>;
}

export interface Envelope {
  from: string;
  to: string;
  bcc: string[];
}

export interface SmtpOptions {
  host: string;
  /** 587 by default, 465 with `secure`. */
  port?: number;
  /** TLS from the first byte; implied by port 465. */
  secure?: boolean;
  auth?: { user: string; pass: string };
  /** Refuse to go on without STARTTLS. By default so whenever there is a password and the host is not this machine. */
  require_tls?: boolean;
  tls?: Record<string, unknown>;
  /** Connections at a time. More is faster until the provider objects. */
  connections_max?: number;
  /** Too low and a slow server's letters become uncertain; too high and a dead one holds its connection that long. */
  timeout_ms?: { connect?: number; greeting?: number; idle?: number };
  /** Name for EHLO; the machine's own by default. */
  name?: string;
}

/** A connection is renewed after so many letters: providers cut longer ones, always at a bad moment. */
const LETTERS_PER_CONNECTION_MAX = 100;
/** How long an idle connection is kept for the next letter. */
const KEEP_MS = 15_000;
const TIMEOUT_MS = { connect: 20_000, greeting: 20_000, idle: 120_000 };

/** `smtp://user:pass@host:587` or `smtps://…`. */
export function parseSmtpUrl(text: string): SmtpOptions {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["smtp:", "smtps:"].includes(url.protocol) || url.hostname === "") {
    // The text itself may hold a password and is not repeated.
    throw new TypeError("the SMTP address must look like `smtp://user:password@host:587`");
  }
  const secure = url.protocol === "smtps:";
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    ...(url.username
      ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }
      : {}),
  };
}

export function createSmtpTransport(options: SmtpOptions): MailTransport {
  const pool = new SmtpPool(options);
  return {
    async send(envelope, raw) {
      // A kept connection may have died in the meantime; before the letter's first byte one more try is free.
      const first = await pool.attempt(envelope, raw);
      return first === "stale" ? ((await pool.attempt(envelope, raw, true)) as Delivery) : first;
    },
    close: () => pool.close(),
  };
}

interface Line {
  connection: SMTPConnection;
  letters: number;
  timer: NodeJS.Timeout | null;
  dead: boolean;
}

class SmtpPool {
  readonly #options: SmtpOptions;
  readonly #idle: Line[] = [];
  readonly #waiting: (() => void)[] = [];
  #open = 0;
  #closed = false;

  constructor(options: SmtpOptions) {
    this.#options = options;
  }

  /** `stale` when a kept connection turned out dead before the letter was begun. */
  async attempt(envelope: Envelope, raw: Uint8Array, fresh = false): Promise<Delivery | "stale"> {
    if (this.#closed) return { outcome: "retry", reason: "smtp connect: the channel is closed" };
    await this.#seat();
    const kept = fresh ? undefined : this.#takeIdle();
    let line: Line;
    try {
      line = kept ?? (await this.#connect());
    } catch (error) {
      this.#leave();
      return mapError(error, error instanceof ConnectError ? error.stage : "connect");
    }
    const progress = { stage: "sender" as SmtpStage };
    try {
      const info = await send(line.connection, envelope, raw, progress);
      this.#keep(line);
      return info;
    } catch (error) {
      const alive = !line.dead && statusOf(error) !== null && progress.stage !== "data";
      if (alive && (await reset(line.connection))) this.#keep(line);
      else this.#drop(line);
      if (kept !== undefined && statusOf(error) === null && progress.stage !== "data") return "stale";
      return mapError(error, stageOf(error, progress.stage));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const line of this.#idle.splice(0)) line.connection.quit();
  }

  async #seat(): Promise<void> {
    const max = this.#options.connections_max ?? 8;
    while (this.#open >= max) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#open++;
  }

  #leave(): void {
    this.#open--;
    this.#waiting.shift()?.();
  }

  #takeIdle(): Line | undefined {
    const line = this.#idle.pop();
    if (line?.timer) clearTimeout(line.timer);
    return line;
  }

  #keep(line: Line): void {
    line.letters++;
    if (this.#closed || line.dead || line.letters >= LETTERS_PER_CONNECTION_MAX) {
      line.connection.quit();
    } else {
      line.timer = setTimeout(() => {
        this.#idle.splice(this.#idle.indexOf(line), 1);
        line.connection.quit();
      }, KEEP_MS);
      line.timer.unref();
      this.#idle.push(line);
    }
    this.#leave();
  }

  #drop(line: Line): void {
    line.connection.close();
    this.#leave();
  }

  async #connect(): Promise<Line> {
    const { host, auth, timeout_ms } = this.#options;
    const secure = this.#options.secure ?? this.#options.port === 465;
    const timeouts = { ...TIMEOUT_MS, ...timeout_ms };
    const connection = new SMTPConnection({
      host,
      port: this.#options.port ?? (secure ? 465 : 587),
      secure,
      requireTLS: this.#options.require_tls ?? (auth !== undefined && !secure && !isLoopback(host)),
      tls: this.#options.tls,
      name: this.#options.name,
      connectionTimeout: timeouts.connect,
      greetingTimeout: timeouts.greeting,
      socketTimeout: timeouts.idle,
    });
    const line: Line = { connection, letters: 0, timer: null, dead: false };
    connection.once("end", () => {
      line.dead = true;
      const index = this.#idle.indexOf(line);
      if (index >= 0) this.#idle.splice(index, 1);
    });
    await new Promise<void>((resolve, reject) => {
      connection.once("error", (error: Error) => reject(new ConnectError("connect", error)));
      connection.connect((error) => (error ? reject(new ConnectError("connect", error)) : resolve()));
    });
    // From here errors come through the callbacks; an idle connection's must not end the process.
    connection.on("error", () => (line.dead = true));
    if (auth !== undefined) {
      await new Promise<void>((resolve, reject) => {
        connection.login({ credentials: auth }, (error) =>
          error ? reject(new ConnectError("login", error)) : resolve(),
        );
      }).catch((error) => {
        connection.close();
        throw error;
      });
    }
    return line;
  }
}

class ConnectError extends Error {
  readonly stage: SmtpStage;
  constructor(stage: SmtpStage, cause: Error) {
    super(cause.message, { cause });
    this.stage = stage;
  }
}

function send(
  connection: SMTPConnection,
  envelope: Envelope,
  raw: Uint8Array,
  progress: { stage: SmtpStage },
): Promise<Delivery> {
  return new Promise((resolve, reject) => {
    // The connection reads the letter only after the server said `354`: this is how we know that it has begun.
    const letter = Readable.from(
      (function* () {
        progress.stage = "data";
        yield Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
      })(),
      { objectMode: false },
    );
    const onLost = (error: Error) => reject(error);
    connection.once("error", onLost);
    connection.send(
      { from: envelope.from, to: [envelope.to, ...envelope.bcc], size: raw.byteLength },
      letter,
      (error, info) => {
        connection.removeListener("error", onLost);
        if (error) return reject(error);
        // Copies may be refused without harm; the recipient may not.
        if (info?.rejected.includes(envelope.to)) {
          return reject(
            info.rejectedErrors?.find((e) => (e as { recipient?: string }).recipient === envelope.to) ??
              new Error("550 refused"),
          );
        }
        const provider_id = /queued as ([\w.-]{3,80})|\bid[= ]([\w.-]{3,80})/i.exec(info?.response ?? "");
        resolve({ outcome: "sent", ...(provider_id ? { provider_id: (provider_id[1] ?? provider_id[2])! } : {}) });
      },
    );
  });
}

function reset(connection: SMTPConnection): Promise<boolean> {
  return new Promise((resolve) => connection.reset((error) => resolve(!error)));
}

interface SmtpError {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

function sourceOf(error: unknown): SmtpError {
  return ((error instanceof ConnectError ? error.cause : error) ?? {}) as SmtpError;
}

function statusOf(error: unknown): number | null {
  return sourceOf(error).responseCode ?? null;
}

function stageOf(error: unknown, reached: SmtpStage): SmtpStage {
  const { command } = sourceOf(error);
  if (command === "RCPT TO") return "recipient";
  if (command === "MAIL FROM") return "sender";
  if (command === "DATA" && statusOf(error) !== null) return "data";
  return reached;
}

function mapError(error: unknown, stage: SmtpStage): Delivery {
  const { code, response, responseCode } = sourceOf(error);
  return mapFailure({ stage, status: responseCode ?? null, response: response ?? "", code: code ?? "ERROR" });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
