import { html, trusted, type Html } from "../web/html.js";
import { moment, plural } from "../web/format.js";
import type { Router } from "../web/router.js";
import type { Visit } from "../web/visit.js";
import type { Mail } from "./mail-store.js";

const LISTED_MAX = 200;

/** The letter may look as it likes and may do nothing: no scripts, no forms, no plug-ins. */
const LETTER_POLICY =
  "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src data:; sandbox allow-same-origin allow-popups allow-top-navigation-by-user-activation";

export function mailboxRoutes(router: Router): void {
  router.get("/mailbox", list).get("/mailbox/:id", show).get("/mailbox/:id/letter", letter);
}

function list(visit: Visit): Response {
  const words = (visit.url.searchParams.get("q") ?? "").slice(0, 100);
  const mails = visit.demo.mailbox.list(words, LISTED_MAX);
  const body = html`<section class="wide">
    <h1>Mailbox</h1>
    <p class="quiet">
      Everybody’s letters, as the mail server in this process received them.
      ${plural(visit.demo.mailbox.count(), "letter")} in all.
    </p>
    <form class="inline" action="/mailbox">
      <label for="mail-q">Find a recipient or subject</label>
      <input id="mail-q" name="q" type="search" value="${words}" /><button>Find</button>
    </form>
    ${mails.length === 0 ? empty(words) : rows(mails)}
  </section>`;
  return visit.page("Mailbox", body, { section: "mailbox" });
}

function empty(words: string): Html {
  return words
    ? html`<p class="empty">No letter matches “${words}”. <a href="/mailbox">Show all</a></p>`
    : html`<p class="empty">
        No letters yet. Carts are gathered on Monday at nine: move the clock there with the bar at the top.
      </p>`;
}

function rows(mails: Omit<Mail, "text" | "html" | "headers">[]): Html {
  return html`<ul class="mails">
    ${mails.map(
      (mail) =>
        html`<li class="${mail.opened_at === null ? "unread" : "read"}">
          <a href="/mailbox/${mail.id}">
            <span class="who">${mail.recipient}</span>
            <span class="what"
              >${mail.subject}${mail.opened_at === null && html`<span class="hidden"> (unread)</span>`}</span
            >
            <time datetime="${new Date(mail.received_at).toISOString()}">${moment(mail.received_at)}</time>
          </a>
        </li>`,
    )}
  </ul>`;
}

function show(visit: Visit): Response {
  const mail = visit.demo.mailbox.find(Number(visit.param("id")));
  if (!mail) return visit.notFound("Letter");
  visit.demo.mailbox.markOpened(mail.id, visit.now);
  if (header(mail, "list-unsubscribe")) visit.demo.tour.saw("mail");
  const body = html`<article class="wide letter">
    <p><a href="/mailbox">← All letters</a></p>
    <h1>${mail.subject}</h1>
    <dl class="facts">
      <div><dt>From</dt><dd>${mail.sender}</dd></div>
      <div><dt>To</dt><dd>${mail.recipient}</dd></div>
      <div><dt>Received</dt><dd>${moment(mail.received_at)}</dd></div>
    </dl>
    ${unsubscribe(mail, visit.demo.publicUrl)}
    ${mail.html !== null && html`<iframe class="letter-frame" title="The letter" src="/mailbox/${mail.id}/letter" sandbox="allow-same-origin allow-popups allow-top-navigation-by-user-activation"></iframe>`}
    <details${mail.html === null && trusted(" open")}><summary>Text part</summary><pre class="letter-text">${mail.text}</pre></details>
    <details><summary>Headers</summary><dl class="headers">${mail.headers.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}</dl></details>
  </article>`;
  return visit.page(mail.subject, body, { section: "mailbox" });
}

/** What mail programs show beside the sender when a letter offers one-click unsubscription. */
function unsubscribe(mail: Mail, publicUrl: string): Html | null {
  const target = /<(https?:[^>]+)>/.exec(header(mail, "list-unsubscribe") ?? "")?.[1];
  if (!target || !header(mail, "list-unsubscribe-post")) return null;
  const action = target.startsWith(`${publicUrl}/`) ? target.slice(publicUrl.length) : target;
  return html`<form class="inline" method="post" action="${action}">
    <input type="hidden" name="List-Unsubscribe" value="One-Click" /><button class="quiet-button">
      Unsubscribe with one click, as a mail program would
    </button>
  </form>`;
}

function header(mail: Mail, name: string): string | null {
  return mail.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null;
}

/** The letter itself, for the frame: its links open in the whole window. */
function letter(visit: Visit): Response {
  const mail = visit.demo.mailbox.find(Number(visit.param("id")));
  if (!mail?.html) return visit.notFound("Letter");
  const text = mail.html
    .replace(/<head([^>]*)>/i, '<head$1><base target="_top">')
    .replaceAll('target="_blank"', 'target="_top"');
  return new Response(text, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": LETTER_POLICY,
      "cache-control": "private, max-age=60",
    },
  });
}
