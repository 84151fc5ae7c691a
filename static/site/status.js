// The public page, alive: how old it is, what has changed, and times in the viewer's zone.
// Loaded before the page is painted, so that a chosen theme does not flash. No eval, no inline style.
(() => {
"use strict";
const root = document.documentElement, data = root.dataset;
const $ = (id) => document.getElementById(id), all = (css) => document.querySelectorAll(css);
const make = (name, values) => Object.assign(document.createElement(name), values);
const SECOND = 1e3, MINUTE = 6e4, HOUR = 36e5, DAY = 864e5, DAYS = 90;
const floor = Math.floor, rtl = root.dir === "rtl";
const LINES = {u: [20], d: [17.5], p: [15], o: [12], m: [22.5, 17.5], n: [23]};
// What it says is SAYS, in the page's language: kener/site/words.py puts it in front of this script.
const fill = (pattern, values) => pattern.replace(/{(.)}/g, (_, name) => values[name]);
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } };

root.classList.add("on");
if (/^(light|dark)$/.test(kept("theme"))) data.theme = kept("theme");

// --- zones ---------------------------------------------------------------------------------
const own = Intl.DateTimeFormat().resolvedOptions().timeZone || data.zone, formats = {};
const zones = [own, data.zone, "UTC"];
let zone = zones.includes(kept("zone")) ? kept("zone") : own;

function parts(at) {
  formats[zone] ||= new Intl.DateTimeFormat("en-US", {timeZone: zone,
    hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric",
    minute: "numeric", second: "numeric"});
  return Object.fromEntries(formats[zone].formatToParts(at).map((p) => [p.type, +p.value]));
}
function offset(at) {
  const p = parts(at);
  return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - floor(at / SECOND) * SECOND;
}
// Midnight as people have it: where clocks skip it, the day begins when they do.
function midnight(wall) {
  const before = offset(wall - DAY), after = offset(wall + DAY);
  const fits = [before, after].find((each) => offset(wall - each) === each);
  return wall - (fits ?? before);
}
const dated = (pattern, p, w) => fill(pattern, {d: p.day, M: p.month, m: SAYS.months[p.month - 1], y: p.year, w});
const two = (n) => `${n}`.padStart(2, "0");
function written(at, form) {
  const p = parts(at), day = dated(SAYS.day, p), time = `${two(p.hour)}:${two(p.minute)}`, today = parts(clock());
  return {t: time, d: day, m: fill(SAYS.moment, [time, dated(SAYS.date, p)]), o: SAYS.months[p.month - 1], 2: p.day}[form] || (p.day === today.day && p.month === today.month ? time : fill(SAYS.moment, [time, day]));
}
function utc(at) {
  const minutes = offset(at) / MINUTE, size = Math.abs(minutes);
  return minutes ? `UTC${minutes > 0 ? "+" : "−"}${floor(size / 60)}${size % 60 ? ":" + two(size % 60) : ""}` : "UTC";
}
const ages = new Intl.RelativeTimeFormat(SAYS.lang);
function ago(ms) {
  const [unit, name] = [[DAY, "day"], [HOUR, "hour"], [MINUTE, "minute"]].find((each) => ms >= each[0]) || [SECOND, "second"];
  return ages.format(-Math.max(0, floor(ms / unit)), name);
}
function lasted(ms) {
  const minutes = floor(ms / MINUTE), rest = minutes % 60, hours = fill(SAYS.h, [floor(minutes / 60)]);
  if (minutes < 1) return fill(SAYS.s, [floor(ms / SECOND)]);
  return minutes < 60 ? fill(SAYS.min, [minutes]) : rest ? fill(SAYS.both, [hours, fill(SAYS.min, [rest])]) : hours;
}

// --- how old is this? -----------------------------------------------------------------------
let seen = {generated: Date.parse(data.generated), measured: Date.parse(data.measured), every: +data.every, history: data.history, state: data.state, seq: +data.seq};
let skew = 0, answered = false, fails = 0, step = 0, title = "", icon = "", started = Date.now(), timer = 0;
const clock = () => Date.now() + skew, tired = () => Date.now() - started > 12 * HOUR;
const put = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };

function judge() {
  const age = clock() - seen.generated, every = seen.every * SECOND;
  const offline = navigator.onLine === false || fails >= 3;
  // Until the server's clock is known, a wrong clock of ours must not cry wolf.
  const was = step;
  step = !answered && !fails && !offline ? 0 : age <= 2.5 * every ? 0 : age <= 10 * every ? 1 : 2;
  const away = ago(age), published = fill(SAYS.published, [away]);
  put($("age"), offline ? SAYS.offline + " " + published : step === 1 ? fill(SAYS.late, [away]) : step || !seen.measured ? published : fill(SAYS.checked, [ago(clock() - seen.measured)]));
  put($("unsure-age"), away);
  put($("unsure-why"), offline ? SAYS.offline : tired() ? SAYS.tired : SAYS.why);
  for (const each of all(".ago")) put(each, fill(SAYS.ago, [ago(clock() - Date.parse(each.dataset.since))]));
  root.classList.toggle("is-stale", step === 2);
  put(document.querySelector("title"), step === 2 ? `◌ ${SAYS.stale} – ` + title.split(" – ").pop() : title);
  const wanted = step === 2 ? data.staleIcon : icon;
  if (!$("icon").href.endsWith(wanted)) $("icon").href = wanted;
  if (step === 2 && was < 2) put($("say"), $("unsure-h").textContent);
}

// --- what has changed? ----------------------------------------------------------------------
let shown = data.live, library;
const load = () => library ||= new Promise((done, failed) => {
  document.head.append(make("script", {src: data.htmx, onload: done, onerror: () => { library = 0; failed(); }}));
});
async function swap(address, options) {
  // Asked for twice, the second time out of the cache: an error page must never be swapped in.
  if (!(await fetch(address)).ok) throw address;
  await load();
  await htmx.ajax("GET", address, options);
}
async function take(now) {
  if (now.seq < seen.seq) return;
  const mark = data.live ? now.live : now.live + now.history;
  if (shown && mark !== shown) {
    if (data.live) await swap(now.live, {target: "#live", swap: "innerMorph"});
    else await swap(location.pathname, {target: "#live", select: "#live", swap: "outerMorph"});
  }
  const news = seen.state && now.state !== seen.state, moved = now.history !== seen.history;
  shown = mark;
  seen = {...now, generated: Date.parse(now.generated), measured: Date.parse(now.measured)};
  if (data.live) title = `${now.title} – ${title.split(" – ").pop()}`;
  icon = now.icon;
  if (news) put($("say"), now.headline);
  for (const each of all(".pub time")) each.dateTime = now.generated;
  if (moved) history = 0;
  retime();
  const dot = $("fresh").firstElementChild;
  dot.replaceWith(dot.cloneNode());
}
async function poll() {
  clearTimeout(timer);
  if (document.hidden || tired()) return;
  try {
    const answer = await fetch(data.base + "/now.json", {cache: "no-cache", signal: AbortSignal.timeout(1e4)}), date = Date.parse(answer.headers.get("Date"));
    if (!answer.ok) throw 0;
    if (date) skew = date + (+answer.headers.get("Age") || 0) * SECOND - Date.now();
    answered = true;
    await take(await answer.json());
    fails = 0;
  } catch { fails++; }
  judge();
  clearTimeout(timer);
  timer = setTimeout(poll, Math.min(300, 30 * 2 ** fails) * SECOND * (0.8 + Math.random() * 0.4));
}

// --- days in the viewer's zone --------------------------------------------------------------
let history, edges, redrawn = false;
const past = () => history ||= fetch(seen.history).then((answer) => answer.json()).catch(() => { history = 0; });
function days() {
  const p = parts(clock()), key = `${zone} ${p.day} ${p.month}`;
  if (edges?.key !== key) {
    edges = Array.from({length: DAYS + 1}, (_, i) => midnight(Date.UTC(p.year, p.month - 1, p.day + i - DAYS + 1)));
    edges.key = key;
  }
  return edges;
}
function cells(from, runs) {
  const edge = days(), found = Array.from({length: DAYS}, () => ({}));
  let at = from, day = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const end = i + 1 < runs.length ? at + runs[i + 1] : seen.generated;
    while (at < end && day < DAYS) {
      const stop = Math.min(end, edge[day + 1]), length = stop - Math.max(at, edge[0]);
      if (length > 0) found[day][runs[i]] = length + (found[day][runs[i]] || 0);
      at = stop;
      if (at === edge[day + 1]) day++;
    }
    at = end;
  }
  return found;
}
const worst = (l) => l.o >= HOUR ? "o" : l.o || l.p ? "p" : l.d ? "d" : l.m ? "m" : l.u ? "u" : "n";
function drawing(letters) {
  const runs = {};
  letters.forEach((letter, i) => {
    const mine = runs[letter] ||= [];
    if (letters[i - 1] === letter) mine[mine.length - 1][1]++; else mine.push([i, 1]);
  });
  return Object.keys(LINES).filter((l) => runs[l]).map((l) => `<path class="${l}" d="${LINES[l].flatMap((y) => runs[l].map(([x, n]) => `M${x} ${y}h${n}`)).join("")}"></path>`).join("");
}
async function redraw() {
  const read = await past();
  if (!read) return;
  redrawn = zone !== data.zone;
  for (const each of all("[data-slug]")) {
    const runs = read.services[each.dataset.slug];
    if (runs) each.querySelector(".strip").innerHTML = drawing(cells(read.from, runs).map(worst));
  }
}
function retime() {
  for (const each of all("time[data-f]")) put(each, written(Date.parse(each.dateTime), each.dataset.f));
  put($("zone-name"), zone);
  put($("offset"), utc(clock()));
  if (zone !== data.zone || redrawn) redraw();
}

// --- what happened that day? ----------------------------------------------------------------
let tip, cursor, current, pinned = false, leaving = 0;
const text = (name, textContent) => make(name, {textContent});
function hide() {
  pinned = false;
  current = null;
  tip.hidden = true;
  cursor.remove();
}
async function show(bar, index) {
  const holder = bar.closest("[data-slug]"), slug = holder.dataset.slug;
  clearTimeout(leaving);
  current = {bar, index};
  const read = await past();
  if (!read?.services[slug] || current?.bar !== bar || current.index !== index) return;
  const day = cells(read.from, read.services[slug])[index], [from, to] = [days()[index], days()[index + 1]];
  const p = parts(from + 12 * HOUR), list = make("ul"), up = (day.u || 0) + (day.d || 0) + (day.p || 0), down = day.o || 0;
  for (const letter of "opdm") if (day[letter]) {
    const line = make("li");
    line.innerHTML = `<svg class="g g-${letter}" width="14" height="14" aria-hidden="true"><use href="#g-${letter}"></use></svg>`;
    line.append(" " + SAYS.states[letter], text("span", lasted(day[letter])));
    list.append(line);
  }
  const cut = floor(up / (up + down) * 1e4) / 100, so = to > clock() ? "SoFar" : "ThatDay";
  const uptime = fill(SAYS.percent, [(down ? cut.toFixed(2) : "100").replace(".", SAYS.decimal)]);
  const last = text("p", !(up + down) ? SAYS.states.n : list.firstChild ? fill(SAYS["uptime" + so], [uptime]) : SAYS["fine" + so]);
  for (const [start, end, id, name, slugs] of read.incidents) if (slugs.includes(slug) && start < to && (end ?? Infinity) > from) {
    const link = text("a", name);
    link.href = `${data.base}/incidents/${id}/`;
    last.append(" · ", link);
  }
  tip.replaceChildren(text("b", dated(SAYS.weekday, p, new Date(from + 12 * HOUR).toLocaleDateString(SAYS.lang, {weekday: "long", timeZone: zone}))), ...(list.firstChild ? [list] : []), last);
  place(bar, index);
}
function place(bar, index) {
  const box = bar.querySelector("svg").getBoundingClientRect(), outer = bar.getBoundingClientRect(), width = box.width / DAYS;
  tip.hidden = false;
  const at = (rtl ? DAYS - 0.6 - index : index) * width;
  tip.style.left = Math.max(8, Math.min(box.left + at + 0.4 * width - 138, root.clientWidth - 284)) + "px";
  tip.style.top = outer.bottom + scrollY + 9 + "px";
  cursor.style.left = box.left - outer.left + at - 2 + "px";
  cursor.style.width = width * 0.6 + 4 + "px";
  bar.append(cursor);
}
function under(event) {
  const bar = event.target.closest?.(".bar");
  if (!bar?.closest("[data-slug]")) return null;
  const box = bar.querySelector("svg").getBoundingClientRect();
  const at = (rtl ? box.right - event.clientX : event.clientX - box.left) / box.width;
  return [bar, Math.max(0, Math.min(DAYS - 1, floor(at * DAYS)))];
}
function onMove(event) {
  const found = under(event), over = found || event.target.closest?.(".tip");
  if (over) clearTimeout(leaving);
  if (found && !pinned && (current?.bar !== found[0] || current.index !== found[1])) show(...found);
  if (!over && current && !pinned) { clearTimeout(leaving); leaving = setTimeout(hide, 150); }
}
function onClick(event) {
  const found = under(event);
  if (found && event.detail) {
    event.preventDefault();
    pinned = true;
    show(...found);
  } else if (!event.target.closest(".tip")) hide();
}
function onKey(event) {
  if (event.key === "Escape") return hide();
  const bar = event.target.closest?.("summary, .bar[tabindex]"), strip = bar?.matches(".bar") ? bar : bar?.querySelector(".bar");
  const on = rtl ? -1 : 1, by = {ArrowLeft: -on, ArrowRight: on, Home: -DAYS, End: DAYS}[event.key];
  if (!strip || !by) return;
  event.preventDefault();
  pinned = true;
  const first = innerWidth <= 640 ? DAYS / 2 : 0, at = current?.bar === strip ? current.index + by : DAYS - 1;
  show(strip, Math.max(first, Math.min(DAYS - 1, at)));
}

// --- begin ----------------------------------------------------------------------------------
function start() {
  title = document.title;
  icon = $("icon").href;
  tip = make("div", {className: "tip", hidden: true, role: "status"});
  cursor = make("span", {className: "cursor"});
  document.body.append(tip);
  const choice = $("zone");
  for (const each of new Set(zones)) choice.add(new Option(each.split("/").pop().replaceAll("_", " "), each));
  choice.value = zone;
  choice.onchange = () => { zone = choice.value; keep("zone", zone); hide(); retime(); };
  $("theme").onclick = () => {
    const dark = data.theme ? data.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
    keep("theme", data.theme = dark ? "light" : "dark");
  };
  const again = () => { started = Date.now(); judge(); poll(); };
  addEventListener("visibilitychange", () => document.hidden || again());
  addEventListener("focus", again);
  addEventListener("online", again);
  addEventListener("pageshow", (event) => event.persisted && again());
  addEventListener("pointerdown", () => tired() && again());
  addEventListener("resize", hide);
  addEventListener("pointermove", onMove);
  addEventListener("click", onClick);
  addEventListener("keydown", onKey);
  retime();
  judge();
  setInterval(judge, SECOND);
  poll();
}
addEventListener("DOMContentLoaded", start);
})();
