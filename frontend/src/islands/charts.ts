// Charts are drawn when they come near the screen; until then not even the library is loaded. The option
// stands in the page as JSON beside the box.
import { all, once } from "./dom";

type Library = typeof import("../charts");

let library: Promise<Library> | undefined;

function load(): Promise<Library> {
  const address = document.querySelector<HTMLElement>("script[data-charts]")?.dataset.charts;
  return (library ??= import(address ?? ""));
}

const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      observer.unobserve(entry.target);
      void paint(entry.target as HTMLElement);
    }
  },
  { rootMargin: "300px" },
);

export function charts(root: ParentNode): void {
  for (const box of all(root, "[data-chart]")) {
    if (!once(box, "Chart")) continue;
    observer.observe(box);
    if (box.closest(".report")) soon(() => void paint(box)); // which is printed, maybe before anybody has seen its end
  }
}

const soon: (work: () => void) => void = window.requestIdleCallback ?? setTimeout;

async function paint(box: HTMLElement): Promise<void> {
  if (!once(box, "Painted")) return;
  const figure = box.closest("figure");
  const option = figure?.querySelector("script[type='application/json']")?.textContent;
  if (!figure || !option) return;
  try {
    const { draw } = await load();
    draw(box, JSON.parse(option), (text) => {
      const line = figure.querySelector(".chart-say");
      if (line) line.textContent = text;
    });
  } catch (error) {
    // The table below has every number: open it rather than leave a hole.
    console.warn("chart", error);
    const table = figure.querySelector<HTMLDetailsElement>("details.disclose");
    if (table) table.open = true;
    box.hidden = true;
  }
}
