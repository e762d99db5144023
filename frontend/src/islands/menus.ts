// Menus are <details>, which open without a script. This closes them: on Escape, on a click outside, and
// when another one opens.
import { all } from "./dom";

const open = () => all<HTMLDetailsElement>(document, "details.menu[open]");

export function menus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target as Node)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-print]")) window.print();
  });
}
