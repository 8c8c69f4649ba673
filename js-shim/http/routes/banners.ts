import type { ProductCard } from "../../core/types.js";
import { corsHeaders } from "../cors.js";
import { HttpError } from "../http-error.js";
import { json } from "../json.js";
import type { Exchange, Route } from "../router.js";
import { pageVisitor } from "./page-visitor.js";

/**
 * What may be shown in a slot of a page now: `GET /banners?slot=home&visitor=v_…`, or `&identity=…` for a customer.
 *
 * ```
 * {"banners": [{"banner": "…", "slot": "home", "title": "…", "text": "…", "url": "/…", "recommendations": {…}, …}]}
 * ```
 *
 * The first is the one to show. Asking counts nothing: the page reports `banner.shown`, `banner.clicked` and
 * `banner.dismissed` with the banner's id to `POST /page-events`.
 */
export const bannerRoutes: Route[] = [
  { method: "GET", path: "/banners", answers: "json", limited: true, handle: showBanners },
];

/** As `ask` answers `banners`. */
export interface BannerView {
  /** The id to report with. */
  banner: string;
  slot: string;
  template: string;
  title: string;
  /** With the offer's code in it, where the program says `{code}`. */
  text: string;
  /** A path of the shop; empty for a banner without a button. */
  url: string;
  until: number | null;
  times_left: number;
  priority: number;
  recommendations?: Record<string, ProductCard[]> | null;
  offer?: { code: string; description: string; expires_at: number | null } | null;
}

const SLOT = /^[\w.-]{1,64}$/;

async function showBanners(exchange: Exchange): Promise<Response> {
  const { deps, url } = exchange;
  const cors = corsHeaders(exchange);
  if (cors === null) throw new HttpError(403, "this origin is not one of the shop's");
  const slot = url.searchParams.get("slot") ?? "";
  if (!SLOT.test(slot)) throw new HttpError(400, "`slot` must be 1 to 64 letters, digits, `_`, `-` or `.`");
  const customer = await pageVisitor(exchange, Object.fromEntries(url.searchParams));
  const found = (await deps.ask(customer, { ask: "banners", slot })) as BannerView[] | null;
  return json({ banners: (found ?? []).map(filled) }, 200, cors);
}

function filled(banner: BannerView): BannerView {
  return { ...banner, text: banner.text.replaceAll("{code}", () => banner.offer?.code ?? "") };
}
