// Starts the demo as a person would, as a process of its own, and walks through it.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../demo-shop/dist/main.js", import.meta.url));
const START_MS_MAX = 120_000;

export interface RunningDemo {
  url: string;
  data: string;
  lines: string[];
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export function freshData(): { data: string; remove(): void } {
  const data = mkdtempSync(join(tmpdir(), "bean-and-leaf-"));
  return { data, remove: () => rmSync(data, { recursive: true, force: true }) };
}

/** Resolves when the shop says that it is open. `port` 0 takes any; a restart keeps the one its letters point to. */
export async function startDemo(data: string, port = 0, program = ""): Promise<RunningDemo> {
  const child = spawn(process.execPath, ["--enable-source-maps", MAIN], {
    env: {
      ...process.env,
      PORT: String(port),
      DEMO_DATA: data,
      DEMO_FRESH: "",
      DEMO_PROGRAM: program,
      PUBLIC_URL: "",
      HOST: "127.0.0.1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const url = await opened(child, lines);
  return { url, data, lines, stop: (signal = "SIGTERM") => stopped(child, signal) };
}

function opened(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the demo ${why}:\n${lines.join("\n")}`));
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail("did not open in time");
    }, START_MS_MAX);
    const read = (chunk: Buffer) => {
      lines.push(...chunk.toString().trimEnd().split("\n"));
      const url = /is open at (http:\S+)/.exec(lines.join("\n"))?.[1];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.kill(signal);
  });
}

/** Somebody at a browser without JavaScript: follows redirects, keeps cookies, sends forms. */
export class Walker {
  readonly #base: string;
  readonly #cookies = new Map<string, string>();

  constructor(base: string) {
    this.#base = base;
  }

  async get(path: string): Promise<Page> {
    return this.#go("GET", path, null);
  }

  async post(path: string, fields: Record<string, string | string[]>): Promise<Page> {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one);
    return this.#go("POST", path, form);
  }

  async #go(method: string, path: string, form: URLSearchParams | null): Promise<Page> {
    let [url, how, body] = [new URL(path, this.#base).href, method, form];
    for (let hop = 0; hop < 10; hop++) {
      const response = await fetch(url, {
        method: how,
        ...(body ? { body } : {}),
        redirect: "manual",
        headers: {
          accept: "text/html",
          cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        },
      });
      this.#remember(response);
      const to = response.headers.get("location");
      if (!to) return new Page(url, response.status, await response.text());
      await response.body?.cancel();
      [url, how, body] = [new URL(to, url).href, "GET", null];
    }
    throw new Error(`too many redirects from ${path}`);
  }

  #remember(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const cut = pair.indexOf("=");
      if (/max-age=0/i.test(line)) this.#cookies.delete(pair.slice(0, cut));
      else this.#cookies.set(pair.slice(0, cut), pair.slice(cut + 1));
    }
  }
}

/** A page as text, with the few questions that tests ask of it. */
export class Page {
  readonly url: string;
  readonly status: number;
  readonly html: string;

  constructor(url: string, status: number, html: string) {
    this.url = url;
    this.status = status;
    // How the markup is wrapped is the formatter's affair.
    this.html = html.replace(/\s+/g, " ").replace(/ >/g, ">");
  }

  /** What a reader sees, in one line. */
  get text(): string {
    return unescaped(
      this.html
        .replace(/<(style|script|title)[\s\S]*?<\/\1>/g, " ")
        .replace(/<[^>]+>/g, " ")
        .replace(/\s+/g, " "),
    );
  }

  links(pattern: RegExp): string[] {
    return [...this.html.matchAll(/href="([^"]+)"/g)]
      .map((match) => unescaped(match[1] ?? ""))
      .filter((href) => pattern.test(href));
  }

  /** What pressing the first button with these words would send; null when there is none. */
  button(words: RegExp): Sent | null {
    return this.buttons(words)[0] ?? null;
  }

  buttons(words: RegExp): Sent[] {
    return [...this.html.matchAll(/<button\b([^>]*)>(.*?)<\/button>/g)]
      .filter((match) => words.test(match[2] ?? ""))
      .flatMap((match) => {
        const own = attribute(match[1] ?? "", "form");
        const form = this.#forms().find(({ id, from, to }) =>
          own ? id === own : from < match.index && match.index < to,
        );
        if (!form) return [];
        const name = attribute(match[1] ?? "", "name");
        const pressed = name ? { [name]: attribute(match[1] ?? "", "value") ?? "" } : {};
        return [{ action: form.action, fields: { ...fieldsOf(form.inside), ...pressed } }];
      });
  }

  #forms() {
    return [...this.html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/g)].map((match) => ({
      id: attribute(match[1] ?? "", "id"),
      action: new URL(attribute(match[1] ?? "", "action") ?? this.url, this.url).href,
      inside: match[2] ?? "",
      from: match.index,
      to: match.index + match[0].length,
    }));
  }
}

export interface Sent {
  action: string;
  fields: Record<string, string>;
}

function fieldsOf(markup: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [input] of markup.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(input, "name");
    const type = attribute(input, "type");
    if (name && (type === "hidden" || type === "number")) fields[name] = attribute(input, "value") ?? "";
  }
  return fields;
}

function attribute(markup: string, name: string): string | null {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(markup)?.[1];
  return found === undefined ? null : unescaped(found);
}

function unescaped(text: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => named[name] ?? "");
}

/** To Monday at nine, waiting for the clock as long as it takes. */
export async function toMonday(walker: Walker): Promise<void> {
  await arrived(walker, await walker.post("/clock", { to: "monday", back: "/mailbox" }));
}

export async function toDate(walker: Walker, date: string): Promise<void> {
  await arrived(walker, await walker.post("/clock", { to: "date", date, back: "/mailbox" }));
}

async function arrived(walker: Walker, first: Page): Promise<void> {
  let page = first;
  for (let look = 0; page.url.includes("/clock"); look++) {
    if (look > 240) throw new Error("the clock is still moving");
    await new Promise((resolve) => setTimeout(resolve, 500));
    page = await walker.get("/clock?back=/mailbox");
  }
}
