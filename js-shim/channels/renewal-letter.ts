import type { CartView, MessageSend, ProfileAnswer } from "../core/types.js";

/**
 * The letter with a new link, for a customer who met an expired one and asked. Transactional: it goes to the address
 * we have on record and to no other, whoever asked.
 */
export function renewalLetter(
  id: string,
  profile: ProfileAnswer,
  cart: CartView | null,
  now: number,
): MessageSend | null {
  if (!profile.email) return null;
  return {
    kind: "message.send",
    id,
    customer: profile.customer,
    store: cart?.store ?? "main",
    channel: "email",
    template: "link-renewed",
    variant: 0,
    topic: "service",
    class: "transactional",
    locale: profile.locale,
    to: profile.email,
    sender: null,
    bcc: [],
    not_after: now + 86_400_000,
    journey: "link-renewed",
    run: "",
    step: "letter",
    context: {
      recipient: {
        id: profile.customer,
        name: profile.name,
        email: profile.email,
        phone: null,
        locale: profile.locale,
        recommendations: {},
      },
      ...(cart ? { cart } : {}),
    },
  };
}
