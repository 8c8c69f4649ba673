import type { Palette } from "../../templates/colour.js";

/**
 * The one style sheet, inline because a page is one request. System fonts; light and dark; wide enough targets for a
 * thumb (44 px); the confirm bar stays within its reach at the bottom of a phone.
 */
export function styleSheet(palette: Palette): string {
  return `:root{color-scheme:light dark;--paper:#f6f1ea;--card:#fffdfa;--ink:#2c2622;--quiet:#6b6058;--line:#e6ddd0;--tint:#f3ece2;--tint-ink:#7a5c42;--accent:${palette.accent};--on:${palette.on_accent};--link:${palette.accent_text};--good:#2f6b3f;--good-bg:#e9f3ea;--warn-bg:#fbf0dc;--warn:#6f4a08}
@media(prefers-color-scheme:dark){:root{--paper:#1b1816;--card:#26221f;--ink:#f1ebe4;--quiet:#b9aca0;--line:#3b3531;--tint:#38312c;--tint-ink:#d8b99b;--accent:${palette.accent_dark};--on:${palette.on_accent_dark};--link:${palette.accent_dark};--good:#a5d6ae;--good-bg:#22332a;--warn-bg:#3a2f1b;--warn:#efcf97}}
*{box-sizing:border-box}
html{scroll-padding:16px 0 140px;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;overflow-wrap:break-word}
a{color:var(--link);text-underline-offset:2px}
header,main,footer{max-width:600px;margin:0 auto;padding:0 20px}
header{display:flex;justify-content:space-between;align-items:center;gap:16px;padding-top:14px;padding-bottom:10px}
header a{display:inline-flex;align-items:center;min-height:44px}
.shop{font:19px/1.2 Georgia,"Times New Roman",serif;color:var(--ink);text-decoration:none}
.shop img{height:36px}
.lang{font-size:14px;color:var(--quiet)}
h1{font:400 28px/1.2 Georgia,"Iowan Old Style","Times New Roman",serif;margin:10px 0 8px;text-wrap:balance}
h2{font-size:16px;font-weight:600;line-height:1.35;margin:0 0 4px}
h2 a{color:inherit;text-decoration-color:var(--line)}
h2 a:hover{text-decoration-color:currentColor}
p{margin:0 0 14px}
.lead{color:var(--quiet);margin-bottom:18px}
h1+.note{margin-top:14px}
.card{background:var(--card);border-radius:16px;padding:6px 18px;margin:0 0 16px}
.card.pad{padding:18px}
.card.pad>:last-child{margin-bottom:0}
ul.lines{list-style:none;margin:0;padding:0}
.lines>li{display:grid;grid-template-columns:64px minmax(0,1fr) auto;gap:2px 14px;padding:16px 0;border-bottom:1px solid var(--line)}
.lines>li:last-child{border-bottom:0}
.pic{grid-row:1/span 2;width:64px;height:64px;border-radius:10px;background:var(--tint);color:var(--tint-ink);font:28px/64px Georgia,serif;text-align:center;object-fit:cover;display:block}
.sum{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.sum s{display:block;font-size:14px;color:var(--quiet)}
.about{grid-column:2/4;color:var(--quiet);font-size:15px}
.about p{margin:0}
.acts{grid-column:1/4;display:flex;flex-wrap:wrap;align-items:center;gap:4px 14px;margin-top:8px}
.step{display:inline-flex;align-items:center;border:1px solid var(--line);border-radius:10px;margin-right:auto}
.typed{display:flex;gap:8px;margin-right:auto}
.typed input{width:92px}
.step span{min-width:34px;text-align:center;font-variant-numeric:tabular-nums}
button,.button{font:inherit;min-height:44px;border-radius:10px;border:1px solid transparent;padding:9px 16px;cursor:pointer;background:none;color:inherit;touch-action:manipulation}
.button{display:inline-flex;align-items:center;justify-content:center;text-decoration:none}
.step button{width:44px;padding:0;font-size:20px;line-height:1}
.step button:disabled{color:var(--quiet);cursor:default;opacity:.5}
.plain{color:var(--quiet);padding:9px 4px;text-decoration:underline;text-underline-offset:3px}
.main{background:var(--accent);color:var(--on);font-weight:600;font-size:17px;padding:13px 22px;width:100%}
.second{border-color:var(--quiet)}
.row{display:flex;flex-wrap:wrap;gap:10px;align-items:end}
.row>*{flex:1 1 150px}
label,legend{display:block;font-size:15px}
input,select,textarea{font:inherit;color:inherit;background:var(--card);border:1px solid var(--quiet);border-radius:10px;min-height:44px;padding:8px 12px;width:100%}
input[type=checkbox],input[type=radio]{width:22px;height:22px;min-height:0;margin:0;accent-color:var(--accent);flex:none}
input[type=number]{width:76px;flex:none}
.check{display:flex;gap:12px;align-items:center;min-height:44px;font-size:16px}
.check+.check{margin-top:6px}
fieldset{border:0;margin:0 0 14px;padding:0;min-width:0}
fieldset legend{font-weight:600;padding:0;margin-bottom:4px}
summary{min-height:44px;display:flex;align-items:center;cursor:pointer;color:var(--quiet);text-decoration:underline;text-underline-offset:3px}
summary::-webkit-details-marker{display:none}
details[open]>summary{color:var(--ink)}
details.aside{flex:0 1 auto}
details.aside[open]{flex:1 1 100%;order:9}
details .row{padding:4px 0 10px}
.note{border-radius:12px;padding:12px 16px;margin:0 0 16px;background:var(--good-bg);color:var(--good)}
.note.warn{background:var(--warn-bg);color:var(--warn)}
.quiet{color:var(--quiet);font-size:15px}
.gone{opacity:1;color:var(--quiet)}
.bar{position:sticky;bottom:0;z-index:1;margin:0 -20px;padding:12px 20px calc(12px + env(safe-area-inset-bottom));background:var(--paper);border-top:1px solid var(--line)}
.more{display:inline-flex;align-items:center;min-height:44px}
.total{display:flex;justify-content:space-between;align-items:baseline;margin-bottom:8px}
.total b{font-size:21px;font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;margin:0 0 14px}
dt{color:var(--quiet)}
dd{margin:0}
footer{color:var(--quiet);font-size:14px;padding-top:20px;padding-bottom:32px}
footer a{color:inherit;display:inline-flex;align-items:center;min-height:44px}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(min-width:640px){h1{font-size:32px}.lines>li>.sum{grid-column:3;grid-row:1/span 2}.about{grid-column:2;grid-row:2}.bar{display:grid;grid-template-columns:1fr 260px;gap:24px;align-items:center}.total{margin:0}}
@media(forced-colors:active){button,.button,.note{border:1px solid}}
`;
}
