// Comfort for pages that work without it: live updates, popovers by hover, toasts that close.

const body = document.body;

// --- Morphing: makes `now` like `next` and keeps what the person holds: focus, input, open details.

const keyOf = (node) => (node.nodeType === 1 && node.id ? node.id : null);

function morph(now, next) {
  if (now.isEqualNode(next)) return;
  if (now.nodeType !== next.nodeType || now.nodeName !== next.nodeName || keyOf(now) !== keyOf(next)) {
    now.replaceWith(document.importNode(next, true));
    return;
  }
  if (now.nodeType !== 1) {
    if (now.nodeValue !== next.nodeValue) now.nodeValue = next.nodeValue;
    return;
  }
  const kept = now.nodeName === "DETAILS" ? "open" : "";
  for (const { name } of [...now.attributes]) if (name !== kept && !next.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of next.attributes) if (name !== kept && now.getAttribute(name) !== value) now.setAttribute(name, value);
  if (now.matches("input, select, textarea") && now.matches(":focus")) return;
  children(now, next);
}

function children(now, next) {
  const wanted = [...next.childNodes];
  const byKey = new Map([...now.children].filter((child) => child.id).map((child) => [child.id, child]));
  let cursor = now.firstChild;
  for (const node of wanted) {
    const key = keyOf(node);
    const match = key ? byKey.get(key) : cursor && !keyOf(cursor) && cursor.nodeName === node.nodeName ? cursor : null;
    if (!match) {
      now.insertBefore(document.importNode(node, true), cursor);
      continue;
    }
    if (match === cursor) cursor = cursor.nextSibling;
    else now.insertBefore(match, cursor);
    morph(match, node);
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    gone.remove();
  }
}

/** Brings the parts of the page that may change by themselves up to the given document. */
function show(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  for (const id of ["main", "nav", "bell"]) {
    const [old, fresh] = [document.getElementById(id), next.getElementById(id)];
    if (old && fresh) morph(old, fresh);
  }
  count();
  tellKeys();
}

// --- Live: an event says that something changed; the page asks for itself again.

if (body.dataset.live) {
  const control = document.querySelector("[data-live-control]");
  const toggle = control?.querySelector("[data-live-toggle]");
  const label = control?.querySelector("[data-live-label]");
  const status = control?.querySelector("[data-live-status]");
  let paused = sessionStorage.getItem("paused") === "1";
  let source = null;
  let timer = null;
  let running = false;
  let again = false;

  const refresh = async (quietly) => {
    if (running) return void (again = true);
    running = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
      if (answer.redirected && new URL(answer.url).pathname !== location.pathname) return location.assign(answer.url);
      if (answer.ok && !paused && !document.querySelector("main dialog[open]")) {
        show(await answer.text());
        if (!quietly && status) status.textContent = status.dataset.text;
      }
    } catch {
      // Offline: the event source says when the server is back.
    } finally {
      running = false;
      if (again) {
        again = false;
        refresh(quietly);
      }
    }
  };
  // Many changes at once are one refresh.
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 250);
  };
  const follow = () => {
    const on = !paused && !document.hidden;
    if (on && !source) {
      source = new EventSource(body.dataset.live);
      source.onmessage = soon;
      source.onopen = () => refresh(true);
    } else if (!on && source) {
      source.close();
      source = null;
    }
    toggle?.setAttribute("aria-pressed", String(paused));
    if (label) label.textContent = paused ? label.dataset.off : label.dataset.on;
  };
  toggle?.addEventListener("click", () => {
    paused = !paused;
    sessionStorage.setItem("paused", paused ? "1" : "0");
    follow();
  });
  document.addEventListener("visibilitychange", follow);
  // "5 minutes ago" must not stay "5 minutes ago".
  setInterval(() => source && refresh(true), 60_000);
  if (control) control.hidden = false;
  follow();
}

// --- Popovers open by hover too; click, tap, keyboard and Esc are the browser's own.

const open = (popover) => popover.matches(":popover-open");
document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const area = event.target.closest("[data-hover]");
  const button = area?.matches("[popovertarget]") ? area : area?.querySelector("[popovertarget]");
  const popover = button && document.getElementById(button.getAttribute("popovertarget"));
  if (!popover || open(popover)) return;
  popover.showPopover({ source: button });
  // A click on what hovering has opened keeps it open.
  let kept = false;
  const keep = (click) => {
    if (!kept && open(popover)) click.preventDefault();
    kept = true;
  };
  button.addEventListener("click", keep);
  const leave = (move) => {
    if (move.target.closest?.(`#${popover.id}`) || area.contains(move.target)) return;
    document.removeEventListener("pointerover", leave);
    button.removeEventListener("click", keep);
    if (!kept && open(popover) && !popover.contains(document.activeElement)) popover.hidePopover();
  };
  document.addEventListener("pointerover", leave);
});

// Those that explain a status open by the keyboard's focus too, and close when it goes on.
document.addEventListener("focusin", ({ target }) => {
  const popover = target.matches("[data-focus][popovertarget]:focus-visible") && document.getElementById(target.getAttribute("popovertarget"));
  if (!popover || open(popover)) return;
  popover.showPopover({ source: target });
  target.addEventListener("focusout", () => open(popover) && popover.hidePopover(), { once: true });
});

// --- Toasts close.

for (const button of document.querySelectorAll("[data-dismiss]")) {
  button.hidden = false;
  button.addEventListener("click", () => button.closest(".toast").remove());
}

// --- A choice that decides what else can be chosen asks the server for the form again.

let asking = null;
document.addEventListener("change", async (event) => {
  const form = event.target.form;
  const button = event.target.closest("[data-refreshes]") && form?.querySelector("button[data-refresh]");
  if (!button) return;
  asking?.abort();
  asking = new AbortController();
  const data = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: data, credentials: "same-origin", signal: asking.signal });
    if (answer.ok) show(await answer.text());
  } catch {
    // Overtaken by a newer choice, or offline: the button is still there.
  }
});

// --- The selection of a list: how many, and all of this page at once.

function count() {
  const [picked, all] = [document.getElementById("picked"), document.querySelector("[data-pick-all]")];
  if (!picked || !all) return;
  const boxes = [...document.querySelectorAll("[name=ids]")];
  const chosen = boxes.filter((box) => box.checked).length;
  picked.textContent = chosen ? `${chosen} ${picked.dataset.text}` : "";
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && !all.checked;
}
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-pick-all]")) for (const box of document.querySelectorAll("[name=ids]")) box.checked = target.checked;
  count();
});
// Whoever comes back finds what was chosen.
addEventListener("pageshow", count);

// --- Work in rounds: the next one is asked for until the last, and the report grows.

async function goOn() {
  for (let form; (form = document.querySelector("form[data-continue]")); ) {
    const body = new URLSearchParams(new FormData(form));
    // Not `form.action`: a field of the form bears that name.
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rows = document.querySelector("[data-rows]");
    for (const row of next.querySelectorAll("[data-rows] > *")) rows.append(document.importNode(row, true));
    for (const id of ["progress", "rounds"]) document.getElementById(id).replaceWith(document.importNode(next.getElementById(id), true));
  }
}
// Offline: the button is still there.
goOn().catch(() => {});

// --- Keys: j goes on and k goes back, from one item to the next or through the rows of a list. Whoever speaks to the
// computer, or strikes keys by accident, turns them off.

function keysAreOff() {
  return localStorage.getItem("keys") === "off";
}
function tellKeys() {
  document.querySelector("[data-keys]")?.setAttribute("aria-pressed", String(!keysAreOff()));
}
document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-keys]")) return;
  localStorage.setItem("keys", keysAreOff() ? "on" : "off");
  tellKeys();
});
tellKeys();
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const step = { j: 1, k: -1 }[key];
  if (!step || keysAreOff() || event.ctrlKey || event.metaKey || event.altKey || target.closest("input:not([type=checkbox]), select, textarea")) return;
  const link = document.querySelector(`[data-key="${key}"]`);
  if (link) return link.click();
  const rows = [...document.querySelectorAll("[data-row]")];
  rows[rows.indexOf(document.activeElement) + step]?.focus();
});
