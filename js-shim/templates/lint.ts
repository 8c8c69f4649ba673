import { lineAt } from "./mjml.js";
import type { Template } from "./template.js";

/** Something about a template that a reader of the letter would suffer from. */
export interface LintProblem {
  /** An error keeps the template from being used; a warning is advice. */
  severity: "error" | "warning";
  template: string;
  file: string;
  line: number | null;
  message: string;
  remedy: string | null;
}

/** Gmail hides what comes after about 102 KB behind a link. */
export const HTML_BYTES_MAX = 100_000;
const SUBJECT_LENGTH_MAX = 90;

export function lintTemplate(template: Template, locale: string, html: string | null): LintProblem[] {
  if (template.channel !== "email") return [];
  return [
    ...lintText(template, locale),
    ...lintHeader(template, locale),
    ...(html === null ? [] : lintHtml(template, locale, html)),
  ];
}

function lintText(template: Template, locale: string): LintProblem[] {
  const text = template.texts[locale] ?? "";
  const file = `${locale}.txt`;
  const offersUnsubscribe = text.includes("links.unsubscribe") || text.includes("parts/footer");
  return template.class === "marketing" && !offersUnsubscribe
    ? [
        error(
          template,
          file,
          null,
          "a marketing letter must offer to unsubscribe",
          "put `{{ links.unsubscribe }}` into the text",
        ),
      ]
    : [];
}

function lintHeader(template: Template, locale: string): LintProblem[] {
  const problems: LintProblem[] = [];
  const file = "template.yaml";
  if (!template.preheader[locale]) {
    problems.push(
      warning(
        template,
        file,
        null,
        `there is no preheader for \`${locale}\``,
        "without it mailboxes show the first words of the letter",
      ),
    );
  }
  for (const subject of template.subjects[locale] ?? []) {
    const length = subject.replace(/\{[{%].*?[%}]\}/g, "").length;
    if (length > SUBJECT_LENGTH_MAX) {
      problems.push(warning(template, file, null, `the subject has ${length} characters`, "phones show about 40"));
    }
  }
  if (!template.subjects[locale]) {
    problems.push(warning(template, file, null, `there is no subject for \`${locale}\``, "the English one is used"));
  }
  return problems;
}

function lintHtml(template: Template, locale: string, html: string): LintProblem[] {
  const file = `${locale}.mjml`;
  const source = template.bodies[locale] ?? "";
  const problems: LintProblem[] = [];
  const bytes = new TextEncoder().encode(html).length;
  if (bytes > HTML_BYTES_MAX) {
    problems.push(
      warning(
        template,
        file,
        null,
        `the HTML has ${Math.round(bytes / 1000)} KB before any value is filled in`,
        "Gmail cuts letters at 102 KB",
      ),
    );
  }
  if (template.class === "marketing" && !html.includes("links.unsubscribe")) {
    problems.push(
      error(
        template,
        file,
        null,
        "a marketing letter must offer to unsubscribe",
        "put `{{ links.unsubscribe }}` into it, or include parts/footer.mjml",
      ),
    );
  }
  for (const image of html.matchAll(/<img\b[^>]*>/g)) {
    if (!/\balt="/.test(image[0])) {
      problems.push(
        error(
          template,
          file,
          lineOf(source, image[0]),
          "a picture has no `alt`",
          'say what it shows, or write `alt=""` when it is decoration',
        ),
      );
    }
    if (/\bsrc="data:/.test(image[0])) {
      problems.push(
        warning(
          template,
          file,
          lineOf(source, image[0]),
          "a picture is embedded as data",
          "many mailboxes don't show it; link to it",
        ),
      );
    }
  }
  for (const link of html.matchAll(/\b(?:href|src)="(http:\/\/[^"]+)"/g)) {
    problems.push(
      warning(
        template,
        file,
        lineOf(source, link[1]!),
        `\`${link[1]}\` is not https`,
        "mailboxes warn of it or don't load it",
      ),
    );
  }
  for (const script of html.matchAll(/<script\b|\son\w+="/g)) {
    problems.push(error(template, file, lineOf(source, script[0]), "letters can't run scripts", "remove it"));
  }
  return problems;
}

function lineOf(source: string, text: string): number | null {
  const offset = source.indexOf(text.slice(0, 40));
  return offset < 0 ? null : lineAt(source, offset);
}

function error(template: Template, file: string, line: number | null, message: string, remedy: string): LintProblem {
  return { severity: "error", template: template.id, file, line, message, remedy };
}

function warning(template: Template, file: string, line: number | null, message: string, remedy: string): LintProblem {
  return { severity: "warning", template: template.id, file, line, message, remedy };
}
