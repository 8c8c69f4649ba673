import type { Router } from "../web/router.js";
import { customerPage } from "./customer.js";
import { customersPage } from "./customers.js";
import { dropOrderLine, orderPage, ordersPage, setOrderStatus } from "./orders.js";
import { changeShelf, shelvesPage } from "./shelves.js";
import { reportPage } from "./report.js";
import { resultsFile, resultsPage } from "./results.js";
import { finishTask, todayPage } from "./today.js";

/** The back office is open to whoever runs the demo: there is nobody's data in it. */
export function officeRoutes(router: Router): void {
  router
    .get("/office", todayPage)
    .post("/office/tasks/:id", finishTask)
    .get("/office/customers", customersPage)
    .get("/office/customers/:id", customerPage)
    .get("/office/orders", ordersPage)
    .get("/office/orders/:id", orderPage)
    .post("/office/orders/:id/status", setOrderStatus)
    .post("/office/orders/:id/line", dropOrderLine)
    .get("/office/shelves", shelvesPage)
    .post("/office/shelves", changeShelf)
    .get("/office/report", reportPage)
    .get("/office/results", resultsPage)
    .get("/office/results/:file", resultsFile);
}
