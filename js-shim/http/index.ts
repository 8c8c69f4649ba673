/** Pages and endpoints as a web-standard `fetch` handler. */
export type { FetchedLink, HandlerDeps, IngestResult, OperatorTaskView, PreferenceOptions, Provider } from "./deps.js";
export { createHandler, type Handler, ROUTES } from "./handler.js";
export { createPages, type PagesHost, type PagesOptions } from "./create-pages.js";
export { rememberAddress } from "./client-address.js";
export { type NodeListenerOptions, toNodeListener } from "./node.js";
export { signWebhook } from "./signature.js";
export type { ShopInfo } from "../templates/shop-info.js";
export { createLinks, type LinkKey, type Links, type LinksOptions } from "../links/index.js";
