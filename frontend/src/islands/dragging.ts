// Dragging in the timeline builder: an event to a lane, where it becomes a moment; an event to a moment, which then rests on it; a moment
// to another lane. If the event is one of those that are marked, all of them go. Dragging fills in the forms that do the same with
// buttons and keys, and sends them; it is heard on the document, so that rows that arrive later can be dragged as well.
import { all } from "./dom";

const EVENT = "[data-drag=event]";
const MOMENT = "[data-drag=moment]";

export function dragging(): void {
  let held: HTMLElement | null = null;
  let over: Element | null = null;
  const mark = (target: Element | null) => {
    if (target === over) return;
    over?.classList.remove("drop-over");
    target?.classList.add("drop-over");
    over = target;
  };
  document.addEventListener("dragstart", (event) => {
    const grip = event.target instanceof Element ? event.target.closest<HTMLElement>(`${EVENT}, ${MOMENT}`) : null;
    if (!grip || !event.dataTransfer) return;
    held = grip;
    const row = grip.closest("li");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row?.textContent?.trim() ?? "");
    if (row) event.dataTransfer.setDragImage(row, 12, 12);
    grip.closest(".builder")?.classList.add("dragging");
  });
  document.addEventListener("dragover", (event) => {
    mark(held ? target(held, event.target) : null);
    if (over) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const onto = held ? target(held, event.target) : null;
    if (!held || !onto) return;
    event.preventDefault();
    if (held.matches(EVENT)) tell(held, onto);
    else move(held, onto);
  });
  document.addEventListener("dragend", () => {
    mark(null);
    held?.closest(".builder")?.classList.remove("dragging");
    held = null;
  });
  // What was marked has been told by now, unless it was refused; a morph leaves marks as they are.
  document.addEventListener("htmx:after:swap", (event) => {
    const answer = (event as CustomEvent<{ ctx?: { response?: { status: number } } }>).detail.ctx?.response;
    if (answer && answer.status < 400) all<HTMLInputElement>(document, "input[data-add]:checked").forEach((box) => (box.checked = false));
  });
}

/** target is what grip may be dropped on at a place: a moment or a lane for an event, another lane for a moment. */
function target(grip: HTMLElement, at: EventTarget | null): HTMLElement | null {
  if (!(at instanceof Element)) return null;
  const lane = at.closest<HTMLElement>("[data-lane]");
  if (grip.matches(EVENT)) return at.closest<HTMLElement>("[data-moment]") ?? lane;
  return lane?.dataset.lane === grip.closest<HTMLElement>("[data-lane]")?.dataset.lane ? null : lane;
}

/** tell makes a moment of events in a lane, or adds them to one as evidence. */
function tell(grip: HTMLElement, onto: HTMLElement): void {
  const box = grip.closest("li")?.querySelector<HTMLInputElement>("input[name=events]");
  const form = box?.form;
  if (!box || !form) return;
  if (!box.checked) {
    all<HTMLInputElement>(form, "input[name=events]").forEach((other) => (other.checked = other === box));
  }
  if (onto.dataset.moment) send(form, "moment", onto.dataset.moment, "rest");
  else send(form, "lane", onto.dataset.lane ?? "", "group");
}

/** move puts a moment into another lane. */
function move(grip: HTMLElement, onto: HTMLElement): void {
  const form = grip.closest("li")?.querySelector<HTMLFormElement>("form:has([name=lane])");
  if (form) send(form, "lane", onto.dataset.lane ?? "", "change");
}

function send(form: HTMLFormElement, name: string, value: string, action: string): void {
  const choice = form.querySelector<HTMLSelectElement>(`select[name=${name}]`);
  const button = form.querySelector<HTMLButtonElement>(`button[value=${action}]`);
  if (!choice || !button) return;
  choice.value = value;
  form.requestSubmit(button);
}
