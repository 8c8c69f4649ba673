/** Ledger queries for the shop owner's report. */
export { weeks, type WeekFigures, type WeeksQuery } from "./weeks.js";
export { reasons, type Asked, type ReasonCount } from "./reasons.js";
