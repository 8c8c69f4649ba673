import { HttpError } from "../http-error.js";
import type { Exchange } from "../router.js";

/** Made by the page's script; too long to guess another's and unlike any customer's id. */
const VISITOR = /^v_[A-Za-z0-9]{16,64}$/;

/**
 * Who a storefront page speaks for. It can't say so itself: it is the visitor it made up, or the customer in a token
 * that the shop's server had us sign (`links.token("identity", …)`).
 */
export async function pageVisitor(
  { deps, now }: Exchange,
  said: { visitor?: unknown; identity?: unknown } | null,
): Promise<string> {
  if (typeof said?.identity === "string" && said.identity !== "") {
    const opened = await deps.links.open("identity", said.identity, now);
    if (!opened.ok) throw new HttpError(403, "the identity was not signed by us or has expired");
    return opened.claims.customer;
  }
  if (typeof said?.visitor === "string" && VISITOR.test(said.visitor)) return said.visitor;
  throw new HttpError(400, "`visitor` must look like `v_` and 16 to 64 letters or digits");
}
