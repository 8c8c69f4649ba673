import type { Reason } from "../core/types.js";
import { choosePlural, formatDay } from "./format.js";

/**
 * Why a product is proposed, in the customer's language. The core sends a code with its figures; a code or a language
 * that is not in this table falls back to the core's English sentence.
 */
export function reasonText(reason: Reason | null | undefined, locale: string): string {
  if (!reason) return "";
  const say = SENTENCES[locale.split(/[-_]/)[0]!]?.[reason.code];
  return say?.(reason, locale) ?? capital(reason.text);
}

/** The core's sentences begin small and have no full stop, so that they can stand anywhere. */
function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** `undefined` when the figures the sentence needs are missing. */
type Sentence = (reason: Reason, locale: string) => string | undefined;

const SENTENCES: Record<string, Record<string, Sentence>> = {
  en: {
    rhythm: (r, l) => rhythm(r, l, EN),
    // That it may have run out is said with the date.
    overdue: (r, l) => rhythm(r, l, EN),
    bought_once: (r, l) => boughtOnce(r, l, EN),
    product: (r, l) => rhythm({ source: "product", ...r }, l, EN),
    category: (r, l) => rhythm({ source: "category", ...r }, l, EN),
    shop: (r, l) => rhythm({ source: "shop", ...r }, l, EN),
    fixed: (r, l) => rhythm({ source: "fixed", ...r }, l, EN),
    companion: (r) => named(r, "with", (name) => `Often bought together with ${name}`),
    also_bought: () => "Customers who buy the same also buy this",
    mapped: () => "Goes with what you buy",
    segment: () => "Chosen for you",
    popular: () => "Popular with our customers right now",
    new: () => "New in the shop",
    personal: () => "Chosen from what you buy",
    snoozed: () => "You put it aside until now",
    postponed: () => "You put it aside until now",
    sibling: () => "The variety you buy most often",
    successor: (r) =>
      named(r, "of", (name) => `Replaces ${name}, which is no longer made`) ??
      "Replaces a product that is no longer made",
  },
  ru: {
    rhythm: (r, l) => rhythm(r, l, RU),
    overdue: (r, l) => rhythm(r, l, RU),
    bought_once: (r, l) => boughtOnce(r, l, RU),
    product: (r, l) => rhythm({ source: "product", ...r }, l, RU),
    category: (r, l) => rhythm({ source: "category", ...r }, l, RU),
    shop: (r, l) => rhythm({ source: "shop", ...r }, l, RU),
    fixed: (r, l) => rhythm({ source: "fixed", ...r }, l, RU),
    companion: (r) =>
      named(r, "with", (name) => `Часто берут вместе с «${name}»`) ?? "Часто берут вместе с тем, что вы покупаете",
    also_bought: () => "Это берут те, кто покупает то же, что и вы",
    bought_before: () => "Вы уже это покупали",
    mapped: () => "Подходит к тому, что вы покупаете",
    segment: () => "Подобрано для вас",
    popular: () => "Сейчас это берут чаще всего",
    new: () => "Новинка магазина",
    personal: () => "Подобрано по вашим покупкам",
    snoozed: () => "Вы отложили это до сегодня",
    postponed: () => "Вы отложили это до сегодня",
    sibling: () => "Этот вариант вы берёте чаще всего",
    successor: (r) =>
      named(r, "of", (name) => `Вместо «${name}», который больше не выпускают`) ??
      "Вместо товара, который больше не выпускают",
  },
};

interface RhythmWords {
  /** By whose rhythm it is. */
  every: Record<NonNullable<Reason["source"]>, (days: string) => string>;
  days(low: number, high: number, locale: string): string;
  /** When the customer's own rhythm is a day. */
  daily: string;
  once(day: string, days: string): string;
  last(day: string): string;
  quantity(count: number): string;
}

const EN: RhythmWords = {
  every: {
    own: (days) => `You buy it every ${days}`,
    product: (days) => `People buy it again after ${days}`,
    category: (days) => `Things like this are bought again after ${days}`,
    shop: (days) => `Customers usually come back after ${days}`,
    fixed: (days) => `What you bought lasts about ${days}`,
  },
  days: (low, high, locale) => `${range(low, high)} ${choosePlural(high, { one: "day", other: "days" }, locale)}`,
  daily: "You buy it every day",
  once: (day, days) => `You bought it once, on ${day}; people buy it again after ${days}`,
  last: (day) => `last on ${day}`,
  quantity: (count) => `${count} at a time`,
};

const RU: RhythmWords = {
  every: {
    own: (days) => `Вы берёте это раз в ${days}`,
    product: (days) => `Обычно это берут снова через ${days}`,
    category: (days) => `Похожие товары берут снова через ${days}`,
    shop: (days) => `Покупатели обычно возвращаются через ${days}`,
    fixed: (days) => `Купленного хватает примерно на ${days}`,
  },
  days: (low, high, locale) =>
    `${range(low, high)} ${choosePlural(high, { one: "день", few: "дня", many: "дней", other: "дней" }, locale)}`,
  daily: "Вы берёте это каждый день",
  once: (day, days) => `Вы брали это один раз, ${day}; обычно берут снова через ${days}`,
  last: (day) => `последний раз ${day}`,
  quantity: (count) => `по ${count} шт.`,
};

/** `You bought it once, on 3 March; people buy it again after 20–60 days`. */
function boughtOnce(reason: Reason, locale: string, words: RhythmWords): string | undefined {
  const [low, high, last] = [reason.low_days ?? null, reason.high_days ?? null, reason.last ?? null];
  if (low === null || high === null || last === null) return undefined;
  return words.once(formatDay(last, locale), words.days(low, high, locale));
}

/** `You buy it every 26–30 days, last on 3 February (2 at a time)`. */
function rhythm(reason: Reason, locale: string, words: RhythmWords): string | undefined {
  const low = reason.low_days ?? reason.high_days ?? null;
  if (low === null) return undefined;
  const high = Math.max(low, reason.high_days ?? low);
  const source = reason.source ?? "own";
  const every = source === "own" && high === 1 ? words.daily : words.every[source](words.days(low, high, locale));
  const last = reason.last ? `, ${words.last(formatDay(reason.last, locale))}` : "";
  const quantity = reason.quantity && reason.quantity > 1 ? ` (${words.quantity(reason.quantity)})` : "";
  return every + last + quantity;
}

function range(low: number, high: number): string {
  return low === high ? `${low}` : `${low}–${high}`;
}

function named(reason: Reason, field: string, say: (name: string) => string): string | undefined {
  // The field itself holds an id.
  const name = reason[`${field}_name`];
  return typeof name === "string" && name !== "" ? say(name) : undefined;
}

/** A chance in words: exact figures would promise more than anybody knows. */
export function chanceText(chance: number, locale: string): string {
  const words = locale.startsWith("ru") ? CHANCE_RU : CHANCE_EN;
  return chance >= 0.75 ? words[0]! : chance >= 0.5 ? words[1]! : words[2]!;
}

const CHANCE_EN = ["You very likely need it", "You probably need it", "You may need it"];
const CHANCE_RU = ["Скорее всего, уже нужно", "Вероятно, пора", "Может пригодиться"];
