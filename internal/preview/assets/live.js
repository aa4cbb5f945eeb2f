// Keeps the open page the one that the files make: listens for another version
// of the site, fetches this page again, and exchanges only what differs, so that
// the scroll position, open sections and running videos stay.
(() => {
  const nonce = document.currentScript.nonce;
  const root = document.documentElement;
  // What the server sent, before scripts and readers changed anything.
  let pristine = parts(document);
  let version = root.dataset.version;
  let source = null;
  let busy = false;
  let again = false;

  // parts cuts a page into the pieces that are exchanged one by one: the blocks
  // of the text, and everything else by its place.
  function parts(page) {
    const html = (selector) => page.querySelector(selector)?.outerHTML ?? "";
    return {
      header: html("#header"), overlay: html("#overlay"), pushed: html("#pushed"),
      main: page.body.className + frame(page),
      lead: html("#about") + "\n" + html(".toc-fold") + "\n" + html("#toc") + "\n" + html(".crumbs"),
      blocks: [...(page.getElementById("text")?.children ?? [])].map((b) => b.outerHTML),
    };
  }

  // frame is the main part without what is exchanged more finely.
  function frame(page) {
    const main = page.getElementById("main").cloneNode(true);
    for (const s of ["#about", ".toc-fold", "#toc", ".crumbs"]) main.querySelector(s)?.remove();
    main.querySelector("#text")?.replaceChildren();
    return main.innerHTML.replace(/\s+/g, " ");
  }

  function exchange(page) {
    const next = parts(page);
    const swap = (selector) => {
      const from = document.querySelector(selector), to = page.querySelector(selector);
      if (from && to) from.replaceWith(document.adoptNode(to));
    };
    document.title = page.title;
    restyle(page);
    if (next.main !== pristine.main || !document.getElementById("text") !== !page.getElementById("text")) {
      document.body.className = page.body.className;
      swap("#main");
    } else if (document.getElementById("text")) {
      if (next.lead !== pristine.lead) for (const s of ["#about", ".toc-fold", "#toc", ".crumbs"]) same(s, page);
      exchangeBlocks(page, next.blocks);
    } else if (next.lead !== pristine.lead) {
      swap("#main");
    }
    if (next.header !== pristine.header) keepingQuery(() => swap("#header"));
    if (next.overlay !== pristine.overlay) swap("#overlay");
    if (next.pushed !== pristine.pushed) { swap("#pushed"); fade(); }
    reveal();
    pristine = next;
  }

  // same exchanges one piece, which may have come or gone.
  function same(selector, page) {
    const from = document.querySelector(selector), to = page.querySelector(selector);
    if (from && to) {
      if (from.open) to.setAttribute("open", "");
      from.replaceWith(document.adoptNode(to));
    }
  }

  function exchangeBlocks(page, blocks) {
    const text = document.getElementById("text"), fresh = page.getElementById("text");
    for (const name of ["class", "lang", "dir"]) text.setAttribute(name, fresh.getAttribute(name) ?? "");
    const was = pristine.blocks;
    let start = 0, end = 0;
    while (start < was.length && start < blocks.length && was[start] === blocks[start]) start++;
    while (end < was.length - start && end < blocks.length - start && was[was.length - 1 - end] === blocks[blocks.length - 1 - end]) end++;
    const old = [...text.children], now = [...fresh.children];
    const anchor = old[old.length - end] ?? null;
    const kept = new Map(); // blocks between the ends that may stand there still
    for (let i = start; i < old.length - end; i++) {
      kept.set(was[i], [...(kept.get(was[i]) ?? []), old[i]]);
      old[i].remove();
    }
    for (let i = start; i < now.length - end; i++) {
      const same = kept.get(blocks[i])?.shift();
      const block = text.insertBefore(same ?? document.adoptNode(now[i]), anchor);
      if (same) continue;
      block.classList.add("fresh");
      block.addEventListener("animationend", () => block.classList.remove("fresh"), { once: true });
    }
  }

  // restyle takes over the styles of the text. The page's own nonce is what its
  // policy asks for.
  function restyle(page) {
    const now = page.getElementById("lifted")?.textContent ?? "", have = document.getElementById("lifted");
    if (!have || have.textContent === now) return;
    const style = document.createElement("style");
    style.nonce = nonce;
    style.id = "lifted";
    style.textContent = now;
    have.replaceWith(style);
  }

  // keepingQuery leaves what is being typed into the search field.
  function keepingQuery(change) {
    const before = document.getElementById("q");
    const typed = before?.value, focused = document.activeElement === before, at = before?.selectionStart;
    change();
    const after = document.getElementById("q");
    if (!after) return;
    after.value = typed;
    if (focused) { after.focus(); after.setSelectionRange(at, at); }
  }

  async function refresh(to) {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      // The other page has a nonce of its own, with which its style would be refused.
      const html = (await answer.text()).replace(/<style nonce="[^"]*"/, `<style nonce="${nonce}"`);
      const page = new DOMParser().parseFromString(html, "text/html");
      if (page.getElementById("main")) exchange(page);
      version = page.documentElement.dataset.version ?? to;
    } catch { /* the next event tries again */ }
    busy = false;
    if (again) { again = false; refresh(to); }
  }

  function tell(text, stopped) {
    const live = document.getElementById("live");
    live.hidden = false;
    live.classList.toggle("stopped", stopped);
    if (live.textContent !== text) live.textContent = text;
  }

  function listen() {
    source?.close();
    source = new EventSource("/events");
    source.addEventListener("site", (event) => {
      tell("Live: this page follows the files.", false);
      if (event.data !== version) refresh(event.data);
    });
    source.onerror = () => {
      tell("The preview has stopped. Run hcsync watch again, and this page goes on.", true);
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
    };
  }

  // fade takes the word of a push away once it was there to be read; one that
  // failed stays.
  function fade() {
    const toast = document.querySelector("#pushed .toast:not(.bad)");
    if (!toast) return;
    const left = Number(toast.dataset.at) + 12000 - Date.now();
    if (left > 0) setTimeout(() => toast.classList.add("faded"), left);
    else toast.classList.add("faded");
  }

  // Comparing again needs no other page: what comes of it is an event.
  addEventListener("submit", (event) => {
    if (!event.target.matches("form.refresh")) return;
    event.preventDefault();
    fetch(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)), redirect: "manual" }).catch(() => {});
  });

  // reveal shows what works only with a script.
  function reveal() {
    const button = document.getElementById("theme");
    if (!button) return;
    button.hidden = false;
    button.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  }

  // A video begins on a click, in its own place.
  function play(event) {
    const link = event.target.closest?.("a.video[data-embed]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = link.dataset.embed + (link.dataset.embed.includes("?") ? "&" : "?") + "autoplay=1";
    frame.title = "Video";
    frame.className = "player";
    frame.allow = "autoplay; fullscreen; picture-in-picture; encrypted-media";
    frame.allowFullscreen = true;
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    link.replaceWith(frame);
    frame.focus();
  }

  // A picture that cannot be fetched, as without a network, keeps its place.
  const unloaded = (image) => { if (image.closest(".text")) image.classList.add("unloaded"); };
  addEventListener("error", (event) => { if (event.target.tagName === "IMG") unloaded(event.target); }, true);
  for (const image of document.querySelectorAll(".text img")) if (image.complete && !image.naturalWidth && image.loading !== "lazy") unloaded(image);

  addEventListener("click", play);
  addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.locales[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const menu of document.querySelectorAll("details.locales[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.getElementById("q")?.focus();
    }
  });
  // A browser opens few connections to one server, so a page that nobody sees
  // gives its own back.
  document.addEventListener("visibilitychange", () => document.hidden ? source?.close() : listen());
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  reveal();
  fade();
  if (!document.hidden) listen();
})();
