// Dialogs that scripts make: their markup is fixed, what comes from outside is set as text.

let made = 0;

/** dialog opens a dialog with a heading and returns it with its body; it removes itself when it is closed. */
export function dialog(heading: string): { box: HTMLDialogElement; body: HTMLElement } {
  const box = document.createElement("dialog");
  box.className = "dialog";
  const id = `made-dialog-${++made}`;
  box.setAttribute("aria-labelledby", id);
  const head = document.createElement("div");
  head.className = "dialog-head";
  const title = document.createElement("h2");
  title.id = id;
  title.textContent = heading;
  head.append(title);
  const body = document.createElement("div");
  body.className = "dialog-body form";
  box.append(head, body);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return { box, body };
}

/** make returns an element with attributes and content; text stays text. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...content: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}
