// What several islands need of the DOM.

/** all returns the elements below root that match selector, typed. */
export function all<T extends Element = HTMLElement>(root: ParentNode, selector: string): T[] {
  return Array.from(root.querySelectorAll<T>(selector));
}

/** once reports whether element was not yet taken by the island called name, and marks it. */
export function once(element: HTMLElement, name: string): boolean {
  const key = `mounted${name}`;
  if (element.dataset[key]) return false;
  element.dataset[key] = "1";
  return true;
}

/** typing reports whether keys pressed at target are text, so that no shortcut may take them. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
}

/** say shows a short message that screen readers announce. */
export function say(text: string): void {
  const box = document.getElementById("toasts");
  if (!box) return;
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  box.append(toast);
  setTimeout(() => toast.remove(), 5000);
}
