import type { Comeback } from "comeback";
import type { Grocer } from "../shop/grocer.js";

/**
 * An operator may record a call on the page that the letter links to instead of in the back office.
 * Then Comeback knows first, and the shop learns of it here: the task is closed, the order confirmed.
 */
export async function learnOfCalls(grocer: Grocer, comeback: Comeback): Promise<void> {
  for (const task of grocer.tasks.open()) {
    const told = await comeback.task(task.id);
    if (!told?.outcome) continue;
    const { outcome } = told;
    grocer.db.transaction(() => {
      grocer.tasks.close(task.id, outcome, grocer.clock.now());
      if (outcome === "reached" && task.order_id) grocer.orders.confirm(task.order_id, grocer.clock.now());
    })();
  }
}
