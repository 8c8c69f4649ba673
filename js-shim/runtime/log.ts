/** Where the runtime says what happened. It never passes addresses, names, tokens or message texts. */
export type Log = (line: LogLine) => void;

export interface LogLine {
  level: "debug" | "info" | "warn" | "error";
  /** A fixed sentence; what varies is in the fields. */
  message: string;
  [field: string]: unknown;
}

export const silent: Log = () => {};
