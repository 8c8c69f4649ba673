/** What the doctor found about one thing. */
export interface Finding {
  what: string;
  /** `missing` keeps the shop from running, `warning` will hurt later. */
  state: "ok" | "warning" | "missing";
  detail: string;
  /** What to do about it. */
  remedy?: string;
}

export function ok(what: string, detail: string): Finding {
  return { what, state: "ok", detail };
}

export function missing(what: string, detail: string, remedy: string): Finding {
  return { what, state: "missing", detail, remedy };
}

export function warning(what: string, detail: string, remedy: string): Finding {
  return { what, state: "warning", detail, remedy };
}
