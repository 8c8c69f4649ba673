import type { MessageSend, OperatorTask } from "../core/types.js";

/**
 * The letter of an operator's task, as a message for the e-mail channel: `operator-call`, `operator-decide`,
 * `operator-remind` or `operator-note`. It has the task's effect id, so the same task makes the same letter.
 */
export function operatorLetter(
  task: OperatorTask,
  operator: { to: string; locale?: string; not_after?: number },
): MessageSend {
  const locale = operator.locale ?? "en";
  return {
    kind: "message.send",
    id: task.id,
    customer: task.customer,
    store: task.store,
    channel: "email",
    template: `operator-${task.task}`,
    variant: 0,
    topic: "operator",
    class: "transactional",
    locale,
    to: operator.to,
    sender: null,
    bcc: [],
    not_after: operator.not_after ?? Number.MAX_SAFE_INTEGER,
    journey: "operator",
    run: "",
    step: task.task,
    context: {
      recipient: { id: "operator", name: null, email: operator.to, phone: null, locale, recommendations: {} },
      // The cart is shown but not linked: the operator has a page of their own.
      task: { ...task, cart: undefined, additions: undefined },
      cart: task.cart ?? undefined,
      products: task.additions,
    },
  };
}
