import type { ProfileAnswer } from "../../core/types.js";
import type { Claims } from "../../links/index.js";
import { tidyToken } from "../../links/links.js";
import { readForm } from "../body.js";
import { askProfile, type PreferenceOptions } from "../deps.js";
import { chooseLocale, page } from "../pages/document.js";
import { type Html, markup } from "../pages/html.js";
import { expiredLinkPage, invalidLinkPage } from "../pages/notice.js";
import { type PageLocale, pageWords } from "../pages/words.js";
import type { Exchange, Route } from "../router.js";
import { type ConsentChange, ingestConsent } from "./consent.js";
import { logFetch } from "./link-event.js";

/** The preference centre: topics by channels, one tick each. */
export const preferenceRoutes: Route[] = [
  { method: "GET", path: "/p/:token", answers: "page", limited: false, handle: showPreferences },
  { method: "POST", path: "/p/:token", answers: "page", limited: true, handle: savePreferences },
];

const DEFAULT_OPTIONS: PreferenceOptions = { channels: ["email"], topics: [{ id: "*", names: {} }] };

async function showPreferences(exchange: Exchange): Promise<Response> {
  const opened = await openPreferences(exchange);
  if (opened instanceof Response) return opened;
  await logFetch(exchange, opened.claims);
  return preferencePage(exchange, opened.profile, opened.locale, false);
}

async function savePreferences(exchange: Exchange): Promise<Response> {
  const opened = await openPreferences(exchange);
  if (opened instanceof Response) return opened;
  const { claims, profile, locale } = opened;
  const form = await readForm(exchange.request);
  const changes = form.has("none") ? nothingAtAll(exchange) : differences(exchange, form, profile);
  await ingestConsent(exchange, claims, changes, "preference_centre", pageWords(locale).preferences.lead);
  return preferencePage(exchange, await askProfile(exchange.deps, claims.customer), locale, true);
}

/** A no to everything is said once for each channel and holds for topics that come later. */
function nothingAtAll({ deps }: Exchange): ConsentChange[] {
  return (deps.preferences ?? DEFAULT_OPTIONS).channels.map((channel) => ({ channel, topic: "*", state: "denied" }));
}

function differences(exchange: Exchange, form: Map<string, string>, profile: ProfileAnswer | null): ConsentChange[] {
  return choices(exchange).flatMap(({ channel, topic }) => {
    const wanted = form.has(fieldName(channel, topic)) ? "granted" : "denied";
    return wanted === stateOf(profile, channel, topic) ? [] : [{ channel, topic, state: wanted }];
  });
}

function preferencePage(
  exchange: Exchange,
  profile: ProfileAnswer | null,
  locale: PageLocale,
  saved: boolean,
): Response {
  const { preferences: words } = pageWords(locale);
  const { channels, topics } = exchange.deps.preferences ?? DEFAULT_OPTIONS;
  const body = markup`<h1>${words.title}</h1>${saved && markup`<p class="note" role="status">${words.saved}</p>`}<p class="lead">${words.lead}</p>
<form method="post"><div class="card pad">${topics.map(
    (topic): Html =>
      markup`<fieldset><legend>${topicName(topic, locale, words.everything)}</legend>${channels.map(
        (channel) =>
          markup`<label class="check"><input type="checkbox" name="${fieldName(channel, topic.id)}"${
            stateOf(profile, channel, topic.id) === "granted" && markup` checked`
          }>${words.channels[channel] ?? channel}</label>`,
      )}</fieldset>`,
  )}</div>
<p><button class="main">${words.save}</button></p><p><button class="second" name="none" value="1">${words.unsubscribe_all}</button></p></form>`;
  return page(exchange, { title: words.title, locale, body });
}

function choices(exchange: Exchange): { channel: string; topic: string }[] {
  const { channels, topics } = exchange.deps.preferences ?? DEFAULT_OPTIONS;
  return topics.flatMap((topic) => channels.map((channel) => ({ channel, topic: topic.id })));
}

/** As the core judges: the newest word counts, at the same instant the no; nothing said is a no. */
function stateOf(profile: ProfileAnswer | null, channel: string, topic: string): "granted" | "denied" {
  const about = (profile?.consent ?? []).filter(
    (said) => [channel, "*"].includes(said.channel) && [topic, "*"].includes(said.topic),
  );
  const newest = Math.max(...about.map(({ at }) => at));
  const words = about.filter(({ at }) => at === newest);
  return words.length > 0 && words.every(({ state }) => state === "granted") ? "granted" : "denied";
}

function topicName(topic: PreferenceOptions["topics"][number], locale: PageLocale, everything: string): string {
  return topic.names[locale] ?? topic.names["en"] ?? (topic.id === "*" ? everything : topic.id);
}

function fieldName(channel: string, topic: string): string {
  return `${channel}:${topic}`;
}

async function openPreferences(
  exchange: Exchange,
): Promise<{ claims: Claims; profile: ProfileAnswer | null; locale: PageLocale } | Response> {
  const { deps, now, params } = exchange;
  const token = tidyToken(params["token"]!);
  const opened = await deps.links.open("preferences", token, now);
  if (!opened.ok && opened.problem === "invalid") return invalidLinkPage(exchange);
  const profile = await askProfile(deps, opened.claims.customer);
  const locale = chooseLocale(exchange, profile?.locale);
  return opened.ok ? { claims: opened.claims, profile, locale } : expiredLinkPage(exchange, token, locale);
}
