// A question that helps to write a section, one at a time. Who does not want them hides them everywhere.
const HIDDEN = "hindsight-no-prompts";

const hidden = (): boolean => {
  try {
    return localStorage.getItem(HIDDEN) !== null;
  } catch {
    return false;
  }
};

function hide(on: boolean): void {
  try {
    if (on) localStorage.setItem(HIDDEN, "1");
    else localStorage.removeItem(HIDDEN);
  } catch {
    // Then it holds for this page.
  }
  for (const box of document.querySelectorAll<HTMLElement>("[data-prompt]")) box.dataset.off = on ? "1" : "";
}

/** prompts turns the questions of a section; each day begins with another one. */
export function prompts(section: HTMLElement): void {
  const box = section.querySelector<HTMLElement>("[data-prompt]");
  const text = box?.querySelector<HTMLElement>("[data-prompt-text]");
  const all = (JSON.parse(section.dataset.prompts || "[]") ?? []) as string[];
  if (!box || !text || all.length === 0) return;
  let at = Math.floor(Date.now() / 86400000) % all.length;
  text.textContent = all[at];
  box.dataset.off = hidden() ? "1" : "";
  box.addEventListener("click", (event) => {
    const act = (event.target as Element).closest<HTMLElement>("button")?.dataset;
    if (act?.next !== undefined) text.textContent = all[(at = (at + 1) % all.length)];
    if (act?.hide !== undefined) hide(true);
    if (act?.show !== undefined) hide(false);
  });
}
