// Comforts only: every page works without this file.

// A letter's frame grows to the letter, so that there is one scroll bar and not two.
for (const frame of document.querySelectorAll("iframe.letter-frame")) {
  const fit = () => {
    const page = frame.contentDocument;
    if (!page?.body) return;
    // A tall frame makes its page tall: shrink first, then measure.
    frame.style.height = "0";
    frame.style.height = `${Math.max(240, page.documentElement.scrollHeight + 8)}px`;
  };
  frame.addEventListener("load", fit);
  addEventListener("resize", fit);
  if (frame.contentDocument?.readyState === "complete") fit();
}

// Moving the clock can take a moment: say so, and do not move it twice.
for (const form of document.querySelectorAll('form[action="/clock"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    document.documentElement.classList.add("time-passes");
  });
}
addEventListener("pageshow", () => {
  document.documentElement.classList.remove("time-passes");
  for (const form of document.querySelectorAll('form[action="/clock"]')) delete form.dataset.sent;
});
