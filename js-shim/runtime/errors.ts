/** Too much is waiting. Nothing was taken; try again in `retryAfterSeconds`. */
export class Overloaded extends Error {
  readonly retryable = true;

  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
    this.name = "Overloaded";
  }
}

/** The call can't be understood as it is; trying the same again won't help. */
export class InputRefused extends Error {
  readonly retryable = false;

  constructor(
    readonly code: string,
    /** Where, for example `events[3].id`. */
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "InputRefused";
  }
}

/** Comeback is stopping or was stopped. Nothing was taken; another process may be there soon. */
export class Stopped extends Error {
  readonly retryable = true;

  constructor() {
    super("comeback is stopped");
    this.name = "Stopped";
  }
}

/** Whether the error itself says that trying again may help. */
export function isRetryable(error: unknown): boolean {
  return (error as { retryable?: unknown } | null)?.retryable === true;
}

/** A short sentence about any thrown value, without its stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
