// The admin's small behaviours. Everything here has a way without JavaScript; listeners are
// delegated, so that pieces swapped in by htmx need no care.
(() => {
  "use strict";
  const TICK = 10_000, TOAST = 6_000, BUSY = 150;
  const $ = (selector, inside = document) => inside.querySelector(selector);
  const root = document.documentElement;

  // Live: one event every ten seconds while somebody looks; what is on the screen asks by itself.
  const tick = () => {
    if (document.visibilityState === "visible" && !$("#ask").open) {
      document.body.dispatchEvent(new CustomEvent("tick"));
    }
  };
  setInterval(tick, TICK);
  document.addEventListener("visibilitychange", tick);

  // "42 s" goes on by itself between two answers.
  const UNITS = [[86_400, "day", "days"], [3_600, "h", "h"], [60, "min", "min"], [1, "s", "s"]];
  const ago = (seconds) => {
    for (const [size, one, many] of UNITS) {
      const count = Math.floor(seconds / size);
      if (count) return `${count} ${count === 1 ? one : many}`;
    }
    return "0 s";
  };
  const skew = Number(document.body.dataset.now) - Date.now() || 0;
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const text = ago(Math.max(0, (Date.now() + skew - Date.parse(time.dateTime)) / 1000));
      if (time.textContent !== text) time.textContent = text;
    }
  }, 1_000);

  // Messages leave by themselves, unless they are read, offer a way back, or tell of a failure.
  const leave = (toast, after) => {
    let timer = setTimeout(() => toast.remove(), after);
    toast.addEventListener("mouseenter", () => clearTimeout(timer));
    toast.addEventListener("focusin", () => clearTimeout(timer));
    toast.addEventListener("mouseleave", () => { timer = setTimeout(() => toast.remove(), 2_000); });
  };
  const tend = () => {
    for (const toast of document.querySelectorAll("#toast .toast:not([data-tended])")) {
      toast.dataset.tended = "";
      if ("stays" in toast.dataset) continue;
      leave(toast, $("form", toast) ? TOAST + 4_000 : TOAST);
    }
  };
  const toast = (text, stays) => {
    const box = document.createElement("div"), words = document.createElement("span");
    box.className = "toast";
    words.textContent = text;
    box.append(words);
    if (stays) {
      const close = document.createElement("button");
      close.className = "btn";
      close.type = "button";
      close.textContent = "Close";
      close.dataset.dismiss = "";
      box.append(close);
      box.dataset.stays = "";
    }
    $("#toast").replaceChildren(box);
    tend();
  };
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.stays));

  // The line to the server.
  const offline = (is) => { $("#offline").hidden = !is; };
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response) offline(true);
  });
  document.addEventListener("htmx:after:request", (event) => {
    offline(false);
    const { status, headers } = event.detail.ctx.response;
    if (status >= 500 && !headers.get("HX-Trigger")) toast("That did not work. Please try again.", true);
  });

  // A button that takes its time says so.
  document.addEventListener("htmx:before:request", (event) => {
    const ctx = event.detail.ctx, button = ctx.request.submitter || ctx.sourceElement;
    if (!button.matches("button")) return;
    button.busy = setTimeout(() => button.setAttribute("aria-busy", "true"), BUSY);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const ctx = event.detail.ctx, button = ctx.request.submitter || ctx.sourceElement;
    clearTimeout(button.busy);
    button.removeAttribute?.("aria-busy");
  });

  // After a swap: questions open as a dialog, refused forms begin at what is wrong.
  const settle = () => {
    const ask = $("#ask");
    if (ask.children.length && !ask.open) ask.showModal();
    for (const button of document.querySelectorAll("[data-copies][hidden]")) button.hidden = !navigator.clipboard;
    tend();
  };
  const focusTrouble = (inside) => {
    const first = $("[aria-invalid=true]", inside) || $("[data-focus]", inside);
    if (first) first.focus();
  };
  document.addEventListener("htmx:after:swap", (event) => {
    // A title that comes with pieces alone is left out by htmx.
    if (event.detail.ctx.title) document.title = event.detail.ctx.title;
    settle();
    if (event.detail.ctx.response?.status >= 400) focusTrouble(document);
    // On a narrow screen the outcome of a test is below the button.
    if (event.detail.ctx.target?.id === "probe") $("#probe")?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("DOMContentLoaded", () => { settle(); focusTrouble(document); });
  // What was chosen or typed before htmx listened, or was put back by the browser, is said again.
  const catchUp = () => {
    for (const field of document.querySelectorAll("select[data-htmx-powered],form[data-htmx-powered] [type=search]")) {
      const first = field.options ? $("option[selected]", field)?.value : field.defaultValue;
      if (field.value !== first) field.dispatchEvent(new Event(field.options ? "change" : "input", { bubbles: true }));
    }
  };
  if ($("[data-htmx-powered]")) catchUp();
  else document.addEventListener("htmx:after:process", catchUp, { once: true });
  $("#ask").addEventListener("close", (event) => event.target.replaceChildren());

  document.addEventListener("click", (event) => {
    const at = event.target.closest("[data-close],[data-dismiss],[data-copies],a[href^='#f-']");
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target) || event.target.closest(".sheet button")) menu.open = false;
    }
    if (event.target === $("#ask")) $("#ask").close();
    if (!at) return;
    if ("close" in at.dataset && $("#ask").open) { event.preventDefault(); $("#ask").close(); }
    if ("dismiss" in at.dataset) at.closest(".toast").remove();
    if (at.dataset.copies) {
      navigator.clipboard.writeText($(at.dataset.copies).textContent).then(() => { at.textContent = "Copied"; });
    }
    if (at.hash) { event.preventDefault(); document.getElementById(at.hash.slice(1))?.focus(); }
  });

  // Keys, when nothing is being typed.
  let g = 0;
  const places = { m: "monitors", i: "incidents", w: "webhooks", s: "settings" };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    if (event.target.closest("input,textarea,select,dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (Date.now() - g < 1_500 && places[event.key]) { location.href = `/admin/${places[event.key]}`; return; }
    g = event.key === "g" ? Date.now() : 0;
    const target = $(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) target.focus(); else target.click();
  });
  root.classList.add("js");
})();
