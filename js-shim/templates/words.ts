import { parse } from "yaml";

/**
 * Short phrases that letters share (`{{ 'unsubscribe' | t }}`), by locale and key, with `{name}` for values. A key that
 * is nowhere is an error, so that a typing mistake is found when the template is checked.
 */
export interface Words {
  say(key: string, locale: string, values: Record<string, unknown>): string;
}

/** Later texts win, so a shop's own `words.yaml` comes after the shipped one. */
export function createWords(yamls: string[]): Words {
  const table: Record<string, Record<string, string>> = {};
  for (const yaml of yamls) {
    for (const [locale, phrases] of Object.entries((parse(yaml) ?? {}) as Record<string, Record<string, string>>)) {
      table[locale] = { ...table[locale], ...phrases };
    }
  }
  return {
    say(key, locale, values) {
      const phrase = table[locale]?.[key] ?? table[locale.split(/[-_]/)[0]!]?.[key] ?? table["en"]?.[key];
      if (phrase === undefined) throw new Error(`there is no phrase \`${key}\` in words.yaml`);
      return phrase.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
    },
  };
}
