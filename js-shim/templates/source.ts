import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CompiledCache } from "./mjml.js";
import type { TemplateFiles } from "./template.js";
import { createTemplates, type Templates } from "./templates.js";

/** Where templates come from: folders on disk here; a bundle or a database elsewhere. */
export interface TemplateSource {
  /** Every template's files by its id. */
  templates: Record<string, TemplateFiles>;
  /** Parts for `<mj-include>`, by path such as `parts/head.mjml`. */
  parts: Record<string, string>;
  /** Contents of `words.yaml`. */
  words: string[];
}

/** The letters that come with Comeback, beside this file or, after the build, beside its source. */
export const SHIPPED_FOLDER = ["./shipped/", "../../templates/shipped/"]
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path))!;

/** A template in a later folder replaces the one of the same id; a part likewise. */
export async function readTemplateFolders(folders: string[]): Promise<TemplateSource> {
  const source: TemplateSource = { templates: {}, parts: {}, words: [] };
  for (const folder of folders) await readInto(source, folder);
  return source;
}

async function readInto(source: TemplateSource, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === "words.yaml") source.words.push(await readFile(path, "utf8"));
    if (!entry.isDirectory()) continue;
    const files = await readFiles(path);
    if (entry.name === "parts") {
      for (const [name, text] of Object.entries(files)) source.parts[`parts/${name}`] = text;
    } else {
      source.templates[entry.name] = files;
    }
  }
}

async function readFiles(folder: string): Promise<TemplateFiles> {
  const names = (await readdir(folder)).filter((name) => /\.(yaml|mjml|txt)$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index]!]));
}

/** Compiled HTML in a folder, so that a restart compiles nothing. Safe to delete at any time. */
export function folderCache(folder: string): CompiledCache {
  return {
    get: (hash) => readFile(join(folder, `${hash}.html`), "utf8").catch(() => undefined),
    async set(hash, html) {
      await mkdir(folder, { recursive: true });
      const file = join(folder, `${hash}.html`);
      await writeFile(`${file}.new`, html);
      await rename(`${file}.new`, file);
    },
  };
}

export interface TemplateFolders {
  /** The shop's own folders; they come after the shipped one and replace what they name again. */
  folders?: string[];
  /** Where compiled HTML is kept between starts. Without it the first letter of each kind takes 100 ms. */
  cache?: string;
}

/** The shipped letters and the shop's own, from disk. */
export async function loadTemplates(options: TemplateFolders = {}): Promise<Templates> {
  const source = await readTemplateFolders([SHIPPED_FOLDER, ...(options.folders ?? [])]);
  return createTemplates(source, options.cache ? { cache: folderCache(options.cache) } : {});
}
