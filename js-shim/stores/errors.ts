/** The store can't do it now and wrote nothing. Trying again may help. */
export class StoreUnavailable extends Error {
  readonly retryable = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreUnavailable";
  }
}

/** The store can't be used as it is. Trying again won't help; the message says what will. */
export class StoreUnusable extends Error {
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreUnusable";
  }
}
