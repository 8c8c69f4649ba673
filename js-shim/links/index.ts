/** Signed links: made for mail, opened by the pages. */
export {
  createLinks,
  LIFETIME_DAYS,
  type LinkClaims,
  type Links,
  type LinksOptions,
  type OpenedLink,
  PATHS,
} from "./links.js";
export type { Claims, Purpose } from "./claims.js";
export type { LinkKey } from "./keyring.js";
