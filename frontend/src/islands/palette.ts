// The command palette: a text field that owns a list box. The server decides what is in the list, so that
// nobody is shown a page that they may not see.
import { all } from "./dom";
import { show } from "./dialogs";

const WAIT_MS = 120;

export function palette(): void {
  const dialog = document.getElementById("palette") as HTMLDialogElement | null;
  const input = document.getElementById("palette-input") as HTMLInputElement | null;
  const list = document.getElementById("palette-list");
  if (!dialog || !input || !list) return;

  const options = () => all(list, "[role=option]");
  const current = () => list.querySelector<HTMLElement>("[aria-selected=true]");
  const select = (item: HTMLElement | undefined) => {
    current()?.setAttribute("aria-selected", "false");
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const go = (item: HTMLElement | null) => {
    if (item?.dataset.path) location.assign(item.dataset.path);
    else if (input.value.trim()) location.assign("/search?q=" + encodeURIComponent(input.value.trim()));
  };

  let asked = 0;
  const ask = async () => {
    const mine = ++asked;
    const answer = await fetch("/palette?q=" + encodeURIComponent(input.value), { headers: { "HX-Request": "true" } }).catch(() => null);
    if (mine !== asked || !answer?.ok) return; // a newer question is under way, or Enter still searches
    list.innerHTML = await answer.text();
    select(options()[0]);
  };

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    const items = options();
    const at = items.indexOf(current() as HTMLElement);
    if (event.key === "ArrowDown") select(items[(at + 1) % items.length]);
    else if (event.key === "ArrowUp") select(items[(at - 1 + items.length) % items.length]);
    else if (event.key === "Enter") go(current());
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => go((event.target as Element).closest<HTMLElement>("[role=option]")));
  dialog.addEventListener("shown", () => {
    input.value = "";
    void ask();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    show("palette");
  });
  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    for (const key of all(document, ".js-keys")) key.textContent = "⌘K";
  }
}
