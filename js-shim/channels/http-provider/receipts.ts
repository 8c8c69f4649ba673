import type { EventEnvelope } from "../../core/types.js";
import type { Links } from "../../links/index.js";

/**
 * A provider's reports as receipts, for `providers` of `createPages`. The report brings back the reference that we put
 * into the request; it is sealed by us, so a report can't speak about a message or a customer that it wasn't given.
 *
 * ```ts
 * providers: { sms: createReceipts({ name: "sms", links, secrets: [secret], statuses: { DELIVRD: "delivered", UNDELIV: "failed" } }) }
 * ```
 */
export interface ReceiptsOptions {
  /** The channel's name. */
  name: string;
  links: Links;
  /** Standard Webhooks secrets, `whsec_…`. */
  secrets: string[];
  /** JSON pointer to the reference in the report; without it, it is taken from `?ref=` of the callback URL. */
  reference?: string;
  /** JSON pointer to the status. */
  status?: string;
  /** What the provider's words mean; others are ignored. */
  statuses: Record<string, ReceiptKind>;
  /** Words after which the contact is not used again. */
  bad_contact?: string[];
}

export type ReceiptKind = "delivered" | "failed" | "bounced" | "complained" | "opened" | "clicked";

export interface Receipts {
  secrets: string[];
  toEvents(body: unknown, now: number, url: URL): Promise<EventEnvelope[]>;
}

export function createReceipts(options: ReceiptsOptions): Receipts {
  return {
    secrets: options.secrets,
    async toEvents(body, now, url) {
      const reports = Array.isArray(body) ? body : [body];
      const events = await Promise.all(reports.map((report) => toEvent(options, report, now, url)));
      return events.filter((event) => event !== null);
    },
  };
}

async function toEvent(
  options: ReceiptsOptions,
  report: unknown,
  now: number,
  url: URL,
): Promise<EventEnvelope | null> {
  const word = String(at(report, options.status ?? "/status") ?? "");
  const kind = Object.hasOwn(options.statuses, word) ? options.statuses[word] : undefined;
  const reference = options.reference ? at(report, options.reference) : url.searchParams.get("ref");
  if (kind === undefined || typeof reference !== "string") return null;
  const opened = await options.links.open("receipt", reference, now);
  if (!opened.ok || opened.claims.effect === null) return null;
  const { customer, store, effect } = opened.claims;
  const suppress = options.bad_contact?.includes(word) ?? false;
  // The same report is the same event, however often it comes.
  const id = `${effect}:message.${kind}`;
  return {
    id,
    source: `provider:${options.name}`,
    type: `message.${kind}`,
    at: new Date(now).toISOString(),
    customer,
    store,
    data: { effect, reason: word, suppress },
  };
}

/** RFC 6901, own fields only. */
function at(value: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>(
      (inner, part) =>
        typeof inner === "object" && inner !== null && Object.hasOwn(inner, part)
          ? (inner as Record<string, unknown>)[part]
          : undefined,
      value,
    );
}
