// What the page cannot do by itself: unpack the evidence when somebody looks, filter the lists, follow
// links into closed parts, copy. Whatever comes from the run is inserted as text, never as markup.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  document.documentElement.classList.add("js");

  /* ---- Elements ---- */

  // A new element; `attributes` go through setAttribute, children are nodes or texts.
  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(space, "use");
    use.setAttribute("href", "#i-" + name);
    svg.append(use);
    return svg;
  }

  // Control characters and those that turn the reading direction become visible marks.
  const visible = (text) =>
    String(text)
      .replace(/\r\n/g, "\n")
      .replace(/[\u0000-\u0008\u000b-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
      .replace(/[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g, "\ufffd");

  function duration(us) {
    if (us < 1e3) return us + " µs";
    if (us < 1e6) return Math.floor(us / 1e3) + " ms";
    return (us / 1e6).toFixed(1) + " s";
  }

  const say = (text) => ($("#status").textContent = text);

  /* ---- Evidence ---- */

  let unpacked;
  // The evidence, unpacked once: {bodies: [{t, cut}], cases: [[attempt]]}.
  function evidence() {
    unpacked ??= (async () => {
      const bytes = Uint8Array.from(atob($("#evidence").textContent), (c) => c.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      return JSON.parse(await new Response(stream).text());
    })();
    return unpacked;
  }

  async function fill(place, build) {
    if (place.dataset.filled) return;
    place.dataset.filled = "yes";
    place.setAttribute("aria-busy", "true");
    try {
      place.append(...build(await evidence()));
    } catch (problem) {
      place.append(make("p", { class: "failure" }, "The evidence cannot be shown: " + problem.message + ". The JSON report has it too."));
    }
    place.removeAttribute("aria-busy");
  }

  /* ---- Pretty JSON ---- */

  // The steps of a FHIRPath or JSONPath location: names and numbers. Functions such as where(…) are
  // left out; a leading `$` or resource type is the root.
  function pathOf(location) {
    const steps = [];
    const pattern = /\[\s*(\d+)\s*\]|\[\s*(?:'([^']*)'|"([^"]*)")\s*\]|([A-Za-z_$][\w$]*)(\s*\([^)]*\))?/g;
    for (const [, index, single, double, name, call] of location.matchAll(pattern)) {
      if (index !== undefined) steps.push(Number(index));
      else if (!call) steps.push(single ?? double ?? name);
    }
    if (steps[0] === "$" || /^[A-Z]/.test(steps[0])) steps.shift();
    return steps;
  }

  // How many steps of `wanted` the path `path` has walked: -1 when it leads elsewhere. An array the
  // location does not index counts by its first item.
  function walked(path, wanted) {
    let at = 0;
    for (const step of path) {
      if (at < wanted.length && wanted[at] === step) at++;
      else if (step !== 0) return -1;
    }
    return at;
  }

  // JSON laid out line by line without parsing it, so that numbers keep their digits and a body that
  // was cut still shows. Returns the lines and those to highlight.
  function layOut(text, location) {
    const wanted = location ? pathOf(location) : [];
    const lines = [""];
    const open = [];
    let best = { at: 0, from: -1, to: -1 };
    let key = null;
    const path = () => open.map((level) => level.step);
    const newLine = () => lines.push("  ".repeat(open.length));
    const put = (piece) => (lines[lines.length - 1] += piece);
    const start = (step) => {
      const at = wanted.length ? walked([...path(), step].filter((s) => s !== null), wanted) : 0;
      if (at <= best.at) return null;
      best = { at, from: lines.length - 1, to: lines.length - 1 };
      return best;
    };
    const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/gs);
    for (const [token] of tokens) {
      const top = open.at(-1);
      if (token === "{" || token === "[") {
        const step = key ?? (top?.array ? top.next : null);
        const mark = start(step);
        put(token);
        open.push({ array: token === "[", next: 0, step, mark });
        key = null;
        newLine();
      } else if (token === "}" || token === "]") {
        const level = open.pop();
        if (lines.at(-1).trim() === "") lines.pop(), put(token);
        else newLine(), put(token);
        if (level?.mark) level.mark.to = lines.length - 1;
        key = null;
        if (open.length === 0) newLine();
      } else if (token === ",") {
        put(",");
        if (top?.array) top.next++;
        newLine();
      } else if (token === ":") {
        put(": ");
      } else if (token[0] === '"' && top && !top.array && key === null) {
        put(token);
        key = token.slice(1, -1);
      } else {
        start(key ?? (top?.array ? top.next : null));
        put(token);
        key = null;
      }
    }
    return { lines, best, whole: best.at === wanted.length && wanted.length > 0 };
  }

  function bodyText(text, location) {
    if (!/^\s*[[{]/.test(text)) return { nodes: [visible(text)] };
    const { lines, best, whole } = layOut(text, location);
    if (best.from < 0) return { nodes: [visible(lines.join("\n").trimEnd())] };
    const part = (from, to) => visible(lines.slice(from, to).join("\n"));
    const [, indent, marked] = part(best.from, best.to + 1).match(/^(\s*)(.*)$/s);
    const mark = make("mark", {}, marked);
    const nodes = [part(0, best.from), best.from > 0 ? "\n" : "", indent, mark, "\n", part(best.to + 1).trimEnd()];
    return { nodes, mark, note: whole ? null : "The exact place is not in this body; its nearest parent is marked." };
  }

  /* ---- Exchanges ---- */

  function headers(list, location) {
    const wanted = (location || "").toLowerCase().replace(/^headers?[\s:.]+/, "");
    const rows = list.map(([name, value]) =>
      make("tr", { class: name.toLowerCase() === wanted ? "hit" : null }, make("th", { scope: "row" }, visible(name)), make("td", {}, visible(value))),
    );
    return rows.length ? make("table", { class: "headers" }, make("tbody", {}, ...rows)) : make("p", { class: "muted" }, "No headers.");
  }

  function body(message, bodies, location) {
    if (!message.b) return [make("p", { class: "body-note" }, "No body.")];
    const { i, z, cut } = message.b;
    const stored = bodies[i];
    const size = z.toLocaleString("en") + " bytes";
    if (!stored) return [make("p", { class: "body-note" }, "Body of " + size + ", not stored.")];
    if (stored.t === undefined) return [make("p", { class: "body-note" }, "Binary body of " + size + "; the JSON report has it in base64.")];
    const { nodes, mark, note } = bodyText(stored.t, location);
    const pre = make("pre", { tabindex: "0" }, ...nodes);
    if (mark) requestAnimationFrame(() => (pre.scrollTop = mark.offsetTop - pre.offsetTop - 60));
    const notes = [size];
    if (cut) notes.push("only the beginning was stored");
    else if (stored.cut) notes.push("the page holds its beginning, the JSON report all of it");
    if (note) notes.push(note);
    return [pre, make("p", { class: "body-note" }, notes.join(" · "))];
  }

  function curl(exchange, bodies) {
    const { b } = exchange.q;
    let command = exchange.curl;
    if (b) {
      const stored = bodies[b.i];
      const literal = stored?.t !== undefined && !stored.cut && !b.cut && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(stored.t);
      command += " \\\n  --data-binary " + (literal ? "'" + stored.t.replaceAll("'", "'\\''") + "'" : "@body");
    }
    const pre = make("pre", { tabindex: "0" }, visible(command));
    const button = make("button", { type: "button" }, "Copy");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(command);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(pre);
        button.textContent = "Selected";
      }
      say("Command " + button.textContent.toLowerCase());
    });
    const note = "Set the variables yourself; the report has no credentials. Personal data may have been replaced.";
    return make("div", { class: "curl" }, make("div", { class: "curl-head" }, make("h3", {}, "Repeat it"), button), pre, make("p", { class: "body-note" }, note));
  }

  function viewer(exchange, bodies, location) {
    const request = exchange.q;
    const response = exchange.a;
    const heading = response ? "Response " + response.s : "No response";
    const waited = exchange.fb === undefined ? "" : ", first byte after " + duration(exchange.fb);
    return make(
      "div",
      { class: "viewer" },
      make("p", { class: "full-url" }, make("b", {}, visible(request.m)), " ", make("bdi", {}, visible(request.u))),
      exchange.e ? make("p", { class: "failure" }, visible(exchange.e)) : null,
      make("p", { class: "body-note" }, (exchange.curl ? "Sent " : "Sent by the target to our desk, ") + (exchange.o ? duration(exchange.o) + " into" : "at the start of") + " the scenario" + waited + (exchange.d ? ", done after " + duration(exchange.d) : "")),
      make(
        "div",
        { class: "sides" },
        make("div", {}, make("h3", {}, "Request"), headers(request.h), ...body(request, bodies)),
        make("div", {}, make("h3", {}, heading), ...(response ? [headers(response.h, location), ...body(response, bodies, location)] : [])),
      ),
      exchange.curl ? curl(exchange, bodies) : null,
    );
  }

  // Where an exchange lies within its scenario.
  function span(exchange, whole) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    for (const [name, value] of Object.entries({ class: "span", viewBox: "0 0 1000 10", preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
    const bar = document.createElementNS(space, "rect");
    const width = Math.max(12, (exchange.d / whole) * 1000);
    for (const [name, value] of Object.entries({ x: Math.min(1000 - width, (exchange.o / whole) * 1000), width, height: 10, rx: 2 })) bar.setAttribute(name, value);
    svg.append(bar);
    return svg;
  }

  function timeline(attempt, bodies) {
    const whole = Math.max(attempt.d, ...attempt.x.map((exchange) => exchange.o + exchange.d), 1);
    return attempt.x.map((exchange, index) => {
      const { pathname, search } = parts(exchange.q.u);
      const finding = attempt.f.find((one) => one.x === index && one.l);
      const place = make("div", {});
      const details = make(
        "details",
        { class: "exchange" },
        make(
          "summary",
          {},
          make("code", { class: "line1" }, exchange.curl ? null : make("span", { class: "muted" }, "received "), make("b", {}, visible(exchange.q.m)), " ", make("bdi", {}, visible(pathname + search))),
          make("span", { class: "answer" }, exchange.a ? String(exchange.a.s) : "no response"),
          span(exchange, whole),
          make("span", { class: "muted took" }, exchange.d ? duration(exchange.d) : ""),
        ),
        place,
      );
      details.addEventListener("toggle", () => {
        if (!place.firstChild) place.append(viewer(exchange, bodies, finding?.l));
      });
      return details;
    });
  }

  function parts(url) {
    try {
      return new URL(url);
    } catch {
      return { pathname: url, search: "" };
    }
  }

  /* ---- Scenarios ---- */

  const STATUS = { passed: "pass", warned: "warn", failed: "fail", skipped: "skip", error: "error", "not-run": "uncovered" };

  function steps(attempt) {
    const rows = attempt.s.map((step) =>
      make(
        "li",
        { class: STATUS[step.s] + " " + step.s },
        make("span", { title: step.s }, icon(STATUS[step.s])),
        make("span", {}, make("b", {}, visible(step.k)), " ", make("bdi", {}, visible(step.t))),
        make("span", { class: "time" }, step.s === "not-run" ? "not run" : duration(step.d)),
        step.m ? make("p", { class: "message" }, visible(step.m)) : null,
        ...(step.n || []).map((note) => make("p", { class: "note" }, visible(note))),
      ),
    );
    return make("ol", { class: "steps" }, ...rows);
  }

  function attempt(one, bodies) {
    return [
      make("h3", {}, "Steps"),
      steps(one),
      make("h3", {}, one.x.length ? "Requests and responses" : "No requests were sent"),
      ...timeline(one, bodies),
    ];
  }

  function earlier(one, bodies) {
    const findings = one.f.map((f) => make("p", { class: "reason" }, visible(f.q + ": expected " + f.e + "; got " + f.a)));
    const title = "Earlier attempt " + one.n + ": " + one.v;
    const summary = make("summary", {}, make("span", { class: "see" }, title), make("span", { class: "muted" }, duration(one.d)));
    return make("details", { class: "exchange" }, summary, make("div", { class: "viewer" }, one.r ? make("p", { class: "reason" }, visible(one.r)) : null, ...findings, ...attempt(one, bodies)));
  }

  document.addEventListener(
    "toggle",
    (event) => {
      const details = event.target;
      if (!details.open) return;
      if (details.dataset.x) {
        const [c, a, x] = details.dataset.x.split(".").map(Number);
        fill($(".lazy", details), ({ bodies, cases }) => [viewer(cases[c][a].x[x], bodies, details.dataset.loc)]);
      } else if (details.classList.contains("scenario")) {
        const place = $(":scope > .detail > .lazy", details);
        fill(place, ({ bodies, cases }) => {
          const attempts = cases[details.dataset.c];
          if (!attempts.length) return [];
          return [...attempt(attempts.at(-1), bodies), ...attempts.slice(0, -1).map((one) => earlier(one, bodies))];
        });
      }
    },
    true,
  );

  /* ---- Filters ---- */

  // Values of a filter that stand for several of an item.
  const GROUPS = {
    o: { open: ["error", "skip", "attest"], answered: ["fail", "warn", "excused", "pass", "inapplicable"] },
    l: { mandatory: ["SHALL", "SHALL NOT"], recommended: ["SHOULD", "SHOULD NOT"], optional: ["MAY"], stated: ["STATED"] },
  };
  const lists = new Map();

  class List {
    constructor(form) {
      this.form = form;
      this.name = form.dataset.list;
      const section = $("#" + this.name);
      this.none = $(".no-match", section);
      this.areas = $$(".area", section);
      this.items = $$(this.name === "requirements" ? "tr[id]" : ".scenario", section);
      this.words = new WeakMap();
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("input", () => this.apply(true));
      form.addEventListener("reset", () => setTimeout(() => this.apply(true)));
      $(".unfold", form)?.addEventListener("click", () => this.unfold());
      this.apply(false);
    }

    unfold() {
      const shut = this.areas.filter((area) => !area.hidden && !area.open);
      for (const area of this.areas) area.open = shut.length > 0 && !area.hidden;
      $(".unfold", this.form).textContent = shut.length ? "Close all" : "Open all";
    }

    text(item) {
      if (!this.words.has(item)) {
        const area = item.closest(".area");
        const text = item.textContent + (area ? " " + $(".area-title", area).textContent : "");
        this.words.set(item, text.toLowerCase());
      }
      return this.words.get(item);
    }

    matches(item, wanted) {
      return wanted.every(([name, value]) => {
        if (name === "q") return value.toLowerCase().split(/\s+/).every((word) => this.text(item).includes(word));
        if (name === "s") return item.dataset.s.split(" ").includes(value);
        return (GROUPS[name]?.[value] ?? [value]).includes(item.dataset[name]);
      });
    }

    apply(remember) {
      const wanted = [...new FormData(this.form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
      let shown = 0;
      for (const item of this.items) {
        item.hidden = !this.matches(item, wanted);
        shown += !item.hidden;
      }
      for (const area of this.areas) {
        const some = $$("tr[id]", area).some((row) => !row.hidden);
        area.hidden = !some;
        if (remember) area.open = some && wanted.length > 0 && shown <= 400;
      }
      this.none.hidden = shown > 0;
      this.form.classList.toggle("active", wanted.length > 0);
      const all = this.items.length.toLocaleString("en") + " " + this.name;
      $("output", this.form).textContent = wanted.length ? shown.toLocaleString("en") + " of " + all : all;
      if (remember) history.replaceState(null, "", "#" + this.name + (wanted.length ? "?" + new URLSearchParams(wanted) : ""));
    }

    // Takes the filters from the address.
    read(query) {
      for (const field of this.form.elements) if (field.name) field.value = query.get(field.name) ?? "";
      this.apply(true);
    }
  }

  /* ---- Addresses ---- */

  // Scrolls there. What stands above has its real height only once it was near: goes on until the place stays where it is.
  function reach(target, before = NaN, left = 30) {
    target.scrollIntoView({ behavior: "instant" });
    const top = Math.round(target.getBoundingClientRect().top);
    if (top !== before && left) requestAnimationFrame(() => setTimeout(() => reach(target, top, left - 1)));
  }

  // `#s12` and `#r7` open what they name; `#requirements?o=fail` filters.
  function go() {
    const [name, query] = decodeURI(location.hash.slice(1)).split(/\?(.*)/s);
    if (lists.has(name) && query !== undefined) {
      lists.get(name).read(new URLSearchParams(location.hash.slice(name.length + 2)));
      reach(document.getElementById(name));
      return;
    }
    const target = name && document.getElementById(name);
    if (!target) return;
    for (const list of lists.values()) {
      if (!target.hidden || !list.items.includes(target)) continue;
      list.read(new URLSearchParams());
      history.replaceState(null, "", "#" + name);
    }
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
    $$(".flash").forEach((node) => node.classList.remove("flash"));
    if (/^[rs]\d+$/.test(name)) target.classList.add("flash");
    reach(target);
    const focus = $("summary, a", target);
    if (/^[rs]\d+$/.test(name)) focus?.focus({ preventScroll: true });
  }

  for (const form of $$("form[data-list]")) lists.set(form.dataset.list, new List(form));
  addEventListener("hashchange", go);
  go();
})();
