import { prepareContext } from "./context.js";
import { createLiquid, type LiquidPair, type Parsed, TEMPLATE_LENGTH_MAX } from "./liquid.js";
import { lintTemplate, type LintProblem } from "./lint.js";
import { createMjmlCompiler, type CompiledCache, type MjmlCompiler, PARTS_DEPTH_MAX } from "./mjml.js";
import { RenderError } from "./render-error.js";
import type { TemplateSource } from "./source.js";
import { chooseLocale, localesOf, parseTemplate, type Template } from "./template.js";
import { createWords } from "./words.js";

/**
 * The shop's templates, ready to render. A template is compiled when it is first used and again only when its text
 * changes; rendering a message only fills in its values.
 *
 * ```ts
 * const templates = createTemplates(await readTemplateFolders([SHIPPED_FOLDER, "./templates"]));
 * const { subject, html, text } = await templates.render({ template: "welcome", locale: "en", variant: 0, context });
 * ```
 */
export interface Templates {
  readonly ids: string[];
  render(request: RenderRequest): Promise<Rendered>;
  /** Compiles everything and says what is wrong with it, the worst first. */
  check(): Promise<LintProblem[]>;
  /** Compiles everything, so that the first message isn't slow. */
  warm(): Promise<void>;
  /** Replaces all templates, for example when a file was saved. */
  replace(source: TemplateSource): void;
  describe(id: string): Template | undefined;
}

export interface RenderRequest {
  template: string;
  locale: string;
  /** Which subject; see `Template.subjects`. */
  variant: number;
  /** `recipient`, `cart`, `order`, …, and `links` and `shop` from the host. */
  context: Record<string, unknown>;
}

export interface Rendered {
  subject: string;
  /** `null` for templates without a MJML body. */
  html: string | null;
  text: string;
  /** The locale that was found. */
  locale: string;
  class: "marketing" | "transactional";
}

export interface TemplatesOptions {
  cache?: CompiledCache;
}

/** One locale of one template, parsed. */
interface Compiled {
  subjects: Parsed[][];
  preheader: Parsed[];
  html: Parsed[] | null;
  text: Parsed[];
}

export function createTemplates(source: TemplateSource, options: TemplatesOptions = {}): Templates {
  const compiler = createMjmlCompiler(options.cache);
  let set = new TemplateSet(source, compiler);
  return {
    get ids() {
      return Object.keys(set.source.templates).sort();
    },
    render: (request) => set.render(request),
    check: () => set.check(),
    warm: () => set.warm(),
    describe: (id) => (Object.hasOwn(set.source.templates, id) ? set.template(id) : undefined),
    replace(next) {
      set = new TemplateSet(next, compiler);
    },
  };
}

class TemplateSet {
  readonly source: TemplateSource;
  readonly #compiler: MjmlCompiler;
  readonly #liquid: LiquidPair;
  readonly #templates = new Map<string, Template>();
  readonly #compiled = new Map<string, Promise<Compiled>>();

  constructor(source: TemplateSource, compiler: MjmlCompiler) {
    this.source = source;
    this.#compiler = compiler;
    this.#liquid = createLiquid(createWords(source.words));
  }

  template(id: string): Template {
    const known = this.#templates.get(id);
    if (known !== undefined) return known;
    const files = Object.hasOwn(this.source.templates, id) ? this.source.templates[id] : undefined;
    if (files === undefined) {
      throw new RenderError({ template: id, file: "template.yaml" }, "there is no such template", {
        remedy: `known are ${Object.keys(this.source.templates).sort().join(", ")}`,
      });
    }
    const template = parseTemplate(id, files);
    this.#templates.set(id, template);
    return template;
  }

  async render(request: RenderRequest): Promise<Rendered> {
    const template = this.template(request.template);
    const locale = chooseLocale(template, request.locale);
    const compiled = await this.#compile(template, locale);
    const context = prepareContext(request.context);
    const shop = context["shop"] as { zone?: string } | undefined;
    const recipient = context["recipient"] as { zone?: string } | undefined;
    const globals = { locale, zone: recipient?.zone ?? shop?.zone ?? "UTC" };
    const fill = (file: string, liquid: "html" | "text", parsed: Parsed[], scope: Record<string, unknown>) =>
      this.#fill({ template: template.id, file }, liquid, parsed, { ...scope, locale }, globals);

    const subjects = compiled.subjects;
    const chosen = subjects[Math.min(Math.max(0, request.variant), subjects.length - 1)]!;
    const subject = oneLine(fill("template.yaml", "text", chosen, context));
    const preheader = oneLine(fill("template.yaml", "text", compiled.preheader, context));
    const scope = { ...context, subject, preheader };
    const html = compiled.html && fill(`${locale}.mjml`, "html", compiled.html, scope);
    const text = tidyText(fill(`${locale}.txt`, "text", compiled.text, scope));
    return { subject, html, text, locale, class: template.class };
  }

  async check(): Promise<LintProblem[]> {
    const problems: LintProblem[] = [];
    for (const id of Object.keys(this.source.templates).sort()) {
      try {
        const template = this.template(id);
        for (const locale of localesOf(template)) {
          const html = await this.#html(template, locale);
          await this.#compile(template, locale);
          problems.push(...lintTemplate(template, locale, html));
        }
      } catch (error) {
        if (!(error instanceof RenderError)) throw error;
        problems.push({
          severity: "error",
          template: id,
          file: error.file,
          line: error.line,
          message: error.message,
          remedy: error.remedy,
        });
      }
    }
    return problems.sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
  }

  async warm(): Promise<void> {
    for (const id of Object.keys(this.source.templates)) {
      const template = this.template(id);
      for (const locale of localesOf(template)) await this.#compile(template, locale);
    }
  }

  #compile(template: Template, locale: string): Promise<Compiled> {
    const key = `${template.id} ${locale}`;
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      compiled = this.#compileNow(template, locale);
      this.#compiled.set(key, compiled);
      // A failure is not remembered: the author may put a missing part in place.
      compiled.catch(() => this.#compiled.delete(key));
    }
    return compiled;
  }

  async #compileNow(template: Template, locale: string): Promise<Compiled> {
    const subjects = template.subjects[locale] ?? template.subjects["en"] ?? Object.values(template.subjects)[0] ?? [];
    if (subjects.length === 0 && template.channel === "email") {
      throw new RenderError({ template: template.id, file: "template.yaml" }, "the letter has no subject", {
        remedy: `add \`subjects: {${locale}: ["…"]}\``,
      });
    }
    const text = template.texts[locale];
    if (text === undefined) {
      throw new RenderError({ template: template.id, file: `${locale}.txt` }, "the text part is missing", {
        remedy: "some mailboxes and most watches show only this part; write the same in plain words",
      });
    }
    const html = await this.#html(template, locale);
    return {
      subjects: (subjects.length ? subjects : [""]).map((subject) =>
        this.#parse(template.id, "template.yaml", "text", subject),
      ),
      preheader: this.#parse(
        template.id,
        "template.yaml",
        "text",
        template.preheader[locale] ?? template.preheader["en"] ?? "",
      ),
      html: html === null ? null : this.#parse(template.id, `${locale}.mjml`, "html", html),
      text: this.#parse(template.id, `${locale}.txt`, "text", this.#expandText(template.id, `${locale}.txt`, text)),
    };
  }

  async #html(template: Template, locale: string): Promise<string | null> {
    const body = template.bodies[locale];
    if (body === undefined) return null;
    // Liquid is checked in the author's own file first, where its lines are the author's lines.
    this.#parse(template.id, `${locale}.mjml`, "html", body);
    return this.#compiler.compile({ template: template.id, file: `${locale}.mjml` }, body, this.source.parts);
  }

  /** Text parts are put in the same way, by a line `<mj-include path="parts/footer.txt" />`. */
  #expandText(template: string, file: string, text: string, depth = 0): string {
    if (depth > PARTS_DEPTH_MAX) throw new RenderError({ template, file }, "parts include each other in a circle");
    return text.replace(/^<mj-include path="([^"]+)" \/>$/gm, (_line, path: string) => {
      const part = Object.hasOwn(this.source.parts, path) ? this.source.parts[path] : undefined;
      if (part === undefined) throw new RenderError({ template, file }, `there is no part \`${path}\``);
      return this.#expandText(template, path, part.trimEnd(), depth + 1);
    });
  }

  #parse(template: string, file: string, liquid: "html" | "text", text: string): Parsed[] {
    if (text.length > TEMPLATE_LENGTH_MAX) {
      throw new RenderError({ template, file }, `the template is longer than ${TEMPLATE_LENGTH_MAX} characters`);
    }
    try {
      return this.#liquid[liquid].parse(text);
    } catch (cause) {
      throw explain({ template, file }, cause);
    }
  }

  #fill(
    place: { template: string; file: string },
    liquid: "html" | "text",
    parsed: Parsed[],
    scope: Record<string, unknown>,
    globals: object,
  ): string {
    try {
      return this.#liquid[liquid].renderSync(parsed, scope, { globals }) as string;
    } catch (cause) {
      throw explain(place, cause);
    }
  }
}

/** LiquidJS ends its messages with `, line:4, col:12`; the place is told once, by us. */
function explain(place: { template: string; file: string }, cause: unknown): RenderError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const line = /, line:(\d+)/.exec(message);
  const plain = message
    .split("\n")[0]!
    .replace(/,? line:\d+, col:\d+/, "")
    .replace(/, file:[^,]*/, "");
  return new RenderError({ ...place, line: line ? Number(line[1]) : null }, plain, { cause, remedy: remedyFor(plain) });
}

function remedyFor(message: string): string | null {
  if (message.includes("undefined variable")) {
    return "the message does not have this value; put `{% if … %}` around it or give it a `| default: …`";
  }
  if (message.includes("undefined filter"))
    return "the filters are those of Liquid and money, day, day_of, time, day_time, number, plural, reason, run_out, chance, t";
  if (message.includes("not closed")) return "close it with the matching `{% end… %}`";
  if (message.includes("limit exceeded")) return "make the template smaller or its loops shorter";
  return null;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** At most one empty line in a row, no spaces at line ends. */
function tidyText(text: string): string {
  return `${text
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}
