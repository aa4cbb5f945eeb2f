// Chooses the colours before anything is drawn: the reader's own choice, else
// what the system asks for.
(() => {
  const root = document.documentElement;
  const kept = () => { try { return localStorage.getItem("hcsync-theme"); } catch { return null; } };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (kept() ?? (system.matches ? "dark" : "light")) === "dark";
  const apply = () => {
    root.dataset.theme = dark() ? "dark" : "light";
    document.getElementById("theme")?.setAttribute("aria-pressed", String(dark()));
  };
  root.classList.add("js");
  apply();
  system.addEventListener("change", apply);
  // The button may be replaced by a newer page at any time, so the page listens.
  addEventListener("click", (event) => {
    if (!event.target.closest?.("#theme")) return;
    try { localStorage.setItem("hcsync-theme", dark() ? "light" : "dark"); } catch { /* only for this page then */ }
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    document.getElementById("theme").setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  });
  addEventListener("DOMContentLoaded", apply);
})();
