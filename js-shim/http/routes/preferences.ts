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
  const changes = choices(exchange).flatMap(({ channel, topic }): ConsentChange[] => {
    const wanted = !form.has("none") && form.has(fieldName(channel, topic)) ? "granted" : "denied";
    return wanted === stateOf(profile, channel, topic) ? [] : [{ channel, topic, state: wanted }];
  });
  await ingestConsent(exchange, claims, changes, "preference_centre", pageWords(locale).preferences.lead);
  return preferencePage(exchange, await askProfile(exchange.deps, claims.customer), locale, true);
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

/** The latest word on this topic or on all topics; nothing said is a no. */
function stateOf(profile: ProfileAnswer | null, channel: string, topic: string): "granted" | "denied" {
  const said = (profile?.consent ?? []).filter(
    (consent) => consent.channel === channel && (consent.topic === topic || consent.topic === "*"),
  );
  const latest = said.reduce<(typeof said)[number] | null>(
    (last, consent) => (last === null || consent.at >= last.at ? consent : last),
    null,
  );
  return latest?.state ?? "denied";
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
