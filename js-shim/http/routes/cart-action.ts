import type { CartView, Quote } from "../../core/types.js";

/** What a press on the cart page asks for. */
export interface CartAction {
  do: "confirm" | "undo" | "postpone" | "remove" | "restore" | "quantity" | "stop" | "keep";
  type: string;
  data: { product?: string; quantity?: number; until?: string; quotes?: Quote[] };
  /** Tells presses of one view apart. */
  key: string;
}

const TYPES: Record<CartAction["do"], string> = {
  confirm: "predicted_cart.confirmed",
  undo: "predicted_cart.undone",
  postpone: "predicted_cart.postponed",
  remove: "predicted_cart.line_removed",
  restore: "predicted_cart.line_restored",
  quantity: "predicted_cart.quantity_changed",
  stop: "predicted_cart.stopped",
  keep: "predicted_cart.kept",
};

/** Of one line; a shop that sells more at a time takes such orders by phone. */
export const QUANTITY_MAX = 9_999;
const DAY = 86_400_000;
const POSTPONE_DAYS_MAX = 366;

/**
 * The button's value is `confirm`, `remove <product>`, `quantity <n> <product>`, and so on, or `quantity <product>` with
 * the number in a field of its own; the product must be in the cart. `null` for anything else.
 */
export function parseAction(form: Map<string, string>, cart: CartView, now: number): CartAction | null {
  const value = form.get("do") ?? "";
  const [, verb, quantity, product] = /^([a-z]+)(?: (\d{1,4})(?= .))?(?: (.+))?$/s.exec(value) ?? [];
  if (verb === undefined || !Object.hasOwn(TYPES, verb)) return null;
  const act = verb as CartAction["do"];
  const make = (data: CartAction["data"]): CartAction => ({
    do: act,
    type: TYPES[act],
    data,
    key: `${value} ${data.until ?? ""}`,
  });
  // Only `quantity` has a number; elsewhere what looks like one belongs to the product's id.
  const typed = form.get("quantity");
  const name = act === "quantity" && typed === undefined ? product : value.slice(verb.length + 1) || undefined;
  if (name !== undefined && !cart.lines.some((line) => line.product === name)) return null;
  switch (act) {
    case "confirm":
    case "undo":
    case "stop":
    case "keep":
      return name === undefined ? make({}) : null;
    case "remove":
    case "restore":
      return name === undefined ? null : make({ product: name });
    case "quantity": {
      const wanted = Math.floor(Number(typed ?? quantity));
      return name === undefined || !(wanted >= 1 && wanted <= QUANTITY_MAX)
        ? null
        : make({ product: name, quantity: wanted });
    }
    case "postpone": {
      const until = readUntil(form.get("until"), now);
      return make({ ...(name === undefined ? {} : { product: name }), ...(until === null ? {} : { until }) });
    }
  }
}

/** A day from tomorrow to a year ahead; anything else is as if none was chosen. */
function readUntil(text: string | undefined, now: number): string | null {
  const at = /^\d{4}-\d\d-\d\d$/.test(text ?? "") ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return at > now && at < now + POSTPONE_DAYS_MAX * DAY ? text! : null;
}
