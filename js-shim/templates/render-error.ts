/**
 * A template cannot be used: where, why, and what to do. It is for the author of the template; a message that meets it
 * is failed with this reason and nothing is sent. Trying again doesn't help until the template is changed.
 */
export class RenderError extends Error {
  override readonly name = "RenderError";
  readonly template: string;
  /** The file inside the template's folder, for example `en.mjml`. */
  readonly file: string;
  /** Counted from 1; `null` when the problem has no line. */
  readonly line: number | null;
  readonly remedy: string | null;

  constructor(
    place: { template: string; file: string; line?: number | null },
    message: string,
    options: RenderErrorOptions = {},
  ) {
    const at = `${place.template}/${place.file}${place.line ? `:${place.line}` : ""}`;
    super(`${at}: ${message}${options.remedy ? `; ${options.remedy}` : ""}`, { cause: options.cause });
    this.template = place.template;
    this.file = place.file;
    this.line = place.line ?? null;
    this.remedy = options.remedy ?? null;
  }
}

export interface RenderErrorOptions {
  remedy?: string | null;
  cause?: unknown;
}
