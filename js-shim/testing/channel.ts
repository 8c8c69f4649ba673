import type { Channel, Delivery } from "../channels/channel.js";
import type { MessageSend } from "../core/types.js";

/** A channel that keeps what it was given, and answers as told. */
export interface FakeChannel extends Channel {
  rendered: MessageSend[];
  /** Effect ids, one for each attempt. */
  delivered: string[];
  /** What the next attempts answer; `sent` when it runs out. */
  answers: (Delivery | Error)[];
  /** When set, rendering throws it. */
  unrenderable: Error | null;
}

export function fakeChannel(name = "email"): FakeChannel {
  const utf8 = new TextEncoder();
  const channel: FakeChannel = {
    name,
    rendered: [],
    delivered: [],
    answers: [],
    unrenderable: null,
    async render(message) {
      if (channel.unrenderable) throw channel.unrenderable;
      channel.rendered.push(message);
      return { channel: name, payload: utf8.encode(JSON.stringify({ to: message.to, template: message.template })) };
    },
    async deliver(_, key) {
      channel.delivered.push(key);
      const answer = channel.answers.shift() ?? { outcome: "sent" };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return channel;
}
