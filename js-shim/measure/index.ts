/** Ledger queries for the shop owner's report. */
export { weeks, type WeekFigures, type WeeksQuery, type WeekStart } from "./weeks.js";
export { reasons, type Asked, type ReasonCount } from "./reasons.js";
export { lostCarts, type LostCarts, type LostCartsQuery, type LostCartsRow } from "./lost-carts.js";
export { paidOrders, type PaidOrders, type PaidOrdersQuery, type PaidOrdersWeek } from "./paid-orders.js";
export { steps, type StepFigures, type StepsQuery } from "./steps.js";
export { lift, type Lift, type LiftQuery, type Verdict } from "./lift.js";
export { makeReport, REPORTS, toCsv, type Report, type ReportQuery, type ReportSource } from "./reports.js";
export {
  meanDifference,
  sampleRatio,
  shareDifference,
  shareInterval,
  type Interval,
  type SampleRatio,
  type Share,
} from "./statistics.js";
