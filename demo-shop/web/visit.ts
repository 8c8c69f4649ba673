import { randomBytes } from "node:crypto";
import type { Demo } from "../demo.js";
import type { Customer } from "../shop/customers.js";
import type { SignedCookies } from "./cookies.js";
import { html, type Html } from "./html.js";
import { layout } from "./layout.js";

const YEAR_SECONDS = 31_536_000;

/** One request and who made it: what handlers are given. */
export class Visit {
  readonly demo: Demo;
  readonly request: Request;
  readonly url: URL;
  readonly params: Record<string, string>;
  readonly customer: Customer | null;
  /** Whose basket it is: the customer's id, or a visitor's that only this browser knows. */
  readonly visitor: string;
  /** The visitor has been here before, so that one-page robots leave no trace. */
  readonly returning: boolean;
  /** What the last action had to say. */
  readonly said: string | null;
  readonly #cookies: SignedCookies;
  readonly #setCookies: string[] = [];

  constructor(demo: Demo, cookies: SignedCookies, request: Request, params: Record<string, string>) {
    this.demo = demo;
    this.request = request;
    this.url = new URL(request.url);
    this.params = params;
    this.#cookies = cookies;
    const loggedIn = cookies.read(request, "customer");
    this.customer = loggedIn ? demo.grocer.customers.find(loggedIn) : null;
    const known = cookies.read(request, "visitor");
    this.returning = known !== null;
    this.visitor = this.customer?.id ?? known ?? `v_${randomBytes(8).toString("hex")}`;
    this.said = cookies.read(request, "said");
    if (this.said) this.#set("said", "", 0);
    if (!known && !this.customer) this.#set("visitor", this.visitor, YEAR_SECONDS);
  }

  get now(): number {
    return this.demo.grocer.clock.now();
  }

  param(name: string): string {
    return this.params[name] ?? "";
  }

  async form(): Promise<URLSearchParams> {
    return new URLSearchParams(await this.request.text());
  }

  logIn(customer: string): void {
    this.#set("customer", customer, YEAR_SECONDS);
  }

  logOut(): void {
    this.#set("customer", "", 0);
  }

  /** Shown once, on the next page. */
  say(text: string): void {
    this.#set("said", text, 60);
  }

  page(
    title: string,
    body: Html,
    more: { status?: number; section?: "shop" | "office" | "mailbox"; refresh?: number } = {},
  ): Response {
    const text = layout(this, { title, body, section: more.section ?? "shop", refresh: more.refresh ?? null });
    return this.#finish(
      new Response(text, { status: more.status ?? 200, headers: { "content-type": "text/html; charset=utf-8" } }),
    );
  }

  redirect(to: string): Response {
    return this.#finish(new Response(null, { status: 303, headers: { location: to } }));
  }

  notFound(what: string): Response {
    return this.page(`${what} not found`, missing(what), { status: 404 });
  }

  #set(name: string, value: string, seconds: number): void {
    this.#setCookies.push(this.#cookies.header(name, value, seconds));
  }

  #finish(response: Response): Response {
    for (const cookie of this.#setCookies) response.headers.append("set-cookie", cookie);
    return response;
  }
}

/** Where to go after a form: the page it was on, if that is one of ours. */
export function backTo(form: URLSearchParams, otherwise = "/"): string {
  const back = form.get("back") ?? "";
  return back.startsWith("/") && !back.startsWith("//") && !back.includes("\\") ? back : otherwise;
}

function missing(what: string): Html {
  return html`<section class="narrow">
    <h1>${what} not found</h1>
    <p>It may have been moved, or it never was. <a href="/">Back to the shop</a></p>
  </section>`;
}
