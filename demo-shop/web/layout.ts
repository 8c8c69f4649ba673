import { CATEGORIES } from "../shop/categories.js";
import { SHOP_NAME } from "../shop/grocer.js";
import { tourStrip } from "../tour/pages.js";
import { html, trusted, type Html } from "./html.js";
import { timeBar } from "../clock/pages.js";
import type { Visit } from "./visit.js";

interface Page {
  title: string;
  body: Html;
  section: "shop" | "office" | "mailbox";
  refresh: number | null;
}

export const LOGO = trusted(
  `<svg class="logo" viewBox="0 0 40 40" width="36" height="36" aria-hidden="true"><circle cx="20" cy="20" r="20" fill="var(--brand)"/><g transform="translate(15.5 22) rotate(24)"><ellipse rx="6" ry="9.5" fill="var(--logo-bean)"/><path d="M-1-9c4 5-3 12 1.500 18" fill="none" stroke="var(--brand)" stroke-width="1.700" stroke-linecap="round"/></g><path d="M20 22C20 12 26 8 33 9c1 9-4 14-13 13z" fill="var(--logo-leaf)"/></svg>`,
);

export function layout(visit: Visit, page: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} · ${SHOP_NAME}</title>
        <meta name="color-scheme" content="light dark" />
        ${page.refresh !== null && html`<meta http-equiv="refresh" content="${page.refresh}" />`}
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/shop.css" />
        <script src="/assets/shop.js" defer></script>
      </head>
      <body class="in-${page.section}">
        <a class="skip" href="#main">Skip to the content</a>
        ${timeBar(visit)} ${header(visit, page.section)}
        ${visit.said && html`<div class="said" role="status"><p>${visit.said}</p></div>`}
        <main id="main" tabindex="-1">${tourStrip(visit)} ${page.body}</main>
        ${footer()}
      </body>
    </html>`.text;
}

function header(visit: Visit, section: Page["section"]): Html {
  const { grocer } = visit.demo;
  const count = grocer.carts.count(visit.visitor);
  const here = visit.url.pathname;
  return html`<header class="masthead">
    <div class="masthead-row">
      <a class="brand" href="/">${LOGO}<span>${SHOP_NAME}</span></a>
      ${
        section === "shop" &&
        html`<form class="search" action="/search" role="search">
          <label class="hidden" for="q">Search the shop</label>
          <input
            id="q"
            name="q"
            type="search"
            placeholder="Coffee, cat food, soap…"
            value="${here === "/search" ? (visit.url.searchParams.get("q") ?? "") : ""}"
          />
          <button>Search</button>
        </form>`
      }
      <nav class="personal" aria-label="Your things">
        ${visit.customer ? html`<a href="/account">${firstName(visit.customer.name)}</a>` : html`<a href="/login">Log in</a>`}
        <a href="/cart" class="basket">Basket${count > 0 && html` <span class="count">${count}</span>`}</a>
      </nav>
    </div>
    ${
      section === "office"
        ? officeNav(visit)
        : html`<nav class="aisles" aria-label="Categories">
            <ul>
              ${CATEGORIES.map(
                (category) =>
                  html`<li>
                    <a
                      href="/categories/${category.id}"
                      ${here === `/categories/${category.id}` && trusted(' aria-current="page"')}
                      >${category.name}</a
                    >
                  </li>`,
              )}
            </ul>
          </nav>`
    }
  </header>`;
}

function officeNav(visit: Visit): Html {
  const open = visit.demo.grocer.tasks.countOpen();
  const here = visit.url.pathname;
  const link = (path: string, name: string, extra: Html | false = false) => {
    const current = path === "/office" ? here === path : here.startsWith(path);
    return html`<li><a href="${path}" ${current && trusted(' aria-current="page"')}>${name}${extra}</a></li>`;
  };
  return html`<nav class="aisles" aria-label="Back office">
    <ul>
      ${link("/office", "Today", open > 0 && html` <span class="count">${open}</span>`)}
      ${link("/office/customers", "Customers")} ${link("/office/orders", "Orders")}
      ${link("/office/shelves", "Shelves")} ${link("/office/report", "Report")} ${link("/office/results", "Results")}
    </ul>
  </nav>`;
}

function footer(): Html {
  return html`<footer class="foot">
    <p>${SHOP_NAME} is a demonstration: nothing here is sold, and no letter leaves this machine.</p>
    <p>
      <a href="/">Shop</a> <a href="/office">Back office</a> <a href="/mailbox">Mailbox</a> <a href="/tour">Tour</a>
      <a href="/scenarios">Scenarios</a>
    </p>
  </footer>`;
}

function firstName(name: string): string {
  return name.split(" ")[0] ?? name;
}
