// Single-key shortcuts. Each one does what a visible link or button does as well; the viewer can switch
// them off, and they are silent while a field, a menu or a dialog has the focus.
import { all, typing } from "./dom";
import { show } from "./dialogs";

const GO: Record<string, string> = { o: "/", i: "/incidents", p: "/problems", s: "/services", l: "/sla", r: "/reports", m: "/imports" };
const PREFIX_MS = 1500;

export function keys(): void {
  if (document.documentElement.hasAttribute("data-no-keys")) return;
  let prefixUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event.target) || document.querySelector("dialog[open], details.menu[open]")) return;
    const goes = performance.now() < prefixUntil;
    prefixUntil = 0;
    if (goes && GO[event.key]) location.assign(GO[event.key]);
    else if (event.key === "g") prefixUntil = performance.now() + PREFIX_MS;
    else if (!act(event.key)) return;
    event.preventDefault();
  });
}

/** act does what key stands for and reports whether it stands for anything here. */
function act(key: string): boolean {
  switch (key) {
    case "/":
      return focus("#list-search") || focus("#global-search");
    case "?":
      show("keys");
      return true;
    case "j":
      return move(1);
    case "k":
      return move(-1);
    case "x":
      return mark();
    case "Enter":
      return add();
    case "t":
      return openRange();
    case "v":
      return saveView();
    case "[":
      return follow("[data-earlier]");
    case "]":
      return follow("[data-later]");
  }
  return false;
}

function focus(selector: string): boolean {
  const field = document.querySelector<HTMLInputElement>(selector);
  field?.focus();
  field?.select();
  return field !== null;
}

function follow(selector: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(selector);
  link?.click();
  return link !== null;
}

function openRange(): boolean {
  const menu = document.querySelector<HTMLDetailsElement>("details[data-range]");
  if (!menu) return false;
  menu.open = true;
  menu.querySelector("summary")?.focus();
  return true;
}

function saveView(): boolean {
  const menu = document.querySelector<HTMLDetailsElement>("details[data-save]");
  if (!menu) return false;
  menu.open = true;
  return focus("#view-name");
}

/** move puts the focus on the first link of the next row; Enter then opens it as for any link. */
function move(step: number): boolean {
  const rows = all(document, "[data-row]");
  if (rows.length === 0) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
  next.querySelector<HTMLElement>("a, input[type=checkbox]")?.focus();
  return true;
}

function mark(): boolean {
  const row = document.activeElement?.closest("[data-row]");
  if (!row) return false;
  const box = row.querySelector<HTMLInputElement>("input[type=checkbox]");
  if (box) {
    box.click();
    return true;
  }
  row.setAttribute("aria-selected", String(row.getAttribute("aria-selected") !== "true"));
  return true;
}

/** add takes the row that has the focus, where it can be taken and none is marked; else the form's own button does what Enter does. */
function add(): boolean {
  const box = document.activeElement;
  if (!(box instanceof HTMLInputElement) || !box.dataset.add || box.form?.querySelector(":checked[data-add]")) return false;
  document.getElementById(box.dataset.add)?.click();
  return true;
}
