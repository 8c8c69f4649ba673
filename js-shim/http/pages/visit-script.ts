/**
 * Says once that a person is there: after a real gesture on a page that has been visible for a second. It is the only
 * script; without it the page works the same and the first press of a button says as much.
 *
 * Scanners load pages, run scripts and press buttons, mostly at once and with synthetic events (`isTrusted` is false).
 */
export const VISIT_SCRIPT = `(()=>{const s=Date.now();let d=0;const f=document.querySelector("input[name=once]");if(!f)return;
const t=["pointerdown","touchstart","keydown","wheel"];
const g=e=>{if(d||!e.isTrusted||document.hidden||Date.now()-s<1000)return;d=1;t.forEach(n=>removeEventListener(n,g));
try{fetch(location.pathname.replace(/\\/+$/,"")+"/seen",{method:"POST",keepalive:true,credentials:"omit",headers:{"content-type":"application/x-www-form-urlencoded"},body:"once="+encodeURIComponent(f.value)}).catch(()=>{})}catch{}};
t.forEach(n=>addEventListener(n,g,{passive:true}))})()`;
