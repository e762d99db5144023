// Charts of the product, frozen as they are now: picked in a dialog, and compared with those of now before they are replaced.
import type { Command, EditorView } from "@codemirror/view";
import { say } from "../islands/dom";
import { dialog, make } from "../writing/dialog";
import { asked } from "./attach";

type Data = { chart: string; days: number; all_services: boolean; answer: string; incidents: number; as_of: number; frozen_at: string; columns: string[]; rows: { text: string }[][] };
type Frozen = { reference: string; markdown: string; chart: Data };
type Choices = { items: { id: string; title: string }[]; days: number[]; service: string };

/** ask returns what an operation of the retrospective answers, or says what is wrong. */
async function ask<T>(address: string, body?: object): Promise<T | undefined> {
  try {
    const answer = await fetch(address, body && { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
    const told = (await answer.json()) as T & { detail?: string };
    if (answer.ok) return told;
    say(told.detail ?? `The server answers ${answer.status}.`);
  } catch {
    say("The server cannot be reached, so there is no chart now. Try again in a moment.");
  }
  return undefined;
}

const select = (id: string, options: [string, string][], chosen: string): HTMLSelectElement => {
  const field = make("select", { class: "input", id }, ...options.map(([value, label]) => make("option", { value }, label)));
  field.value = chosen;
  return field;
};

const field = (label: string, input: HTMLElement): HTMLElement => make("div", { class: "field" }, make("label", { for: input.id }, label), input);

/** addChart lets a person pick a chart, and puts it into the text; api is the address of the retrospective's operations. */
export const addChart =
  (api: string): Command =>
  (view) => {
    void pick(view, api);
    return true;
  };

async function pick(view: EditorView, api: string): Promise<void> {
  const choices = await ask<Choices>(`${api}/charts`);
  if (!choices) return;
  const chart = select("chart-of", choices.items.map(({ id, title }) => [id, title]), choices.items[0].id);
  const days = select("chart-period", choices.days.map((n) => [String(n), `${n} days, up to the incident`]), "90");
  const of = select("chart-service", [...(choices.service ? [["", choices.service] as [string, string]] : []), ["all", "all services"]], choices.service ? "" : "all");
  const { box, body } = dialog("Add a chart");
  const hint = make("p", { class: "hint" }, "It keeps the numbers of now, whatever is imported or corrected later. Private incidents are not in it.");
  const wish = await asked(box, body, [field("Chart", chart), field("Period", days), field("Of", of), hint], () => "yes");
  view.focus();
  const frozen = wish && (await ask<Frozen>(`${api}/charts`, { chart: chart.value, days: Number(days.value), all_services: of.value === "all" }));
  if (!frozen) return;
  const line = view.state.doc.lineAt(view.state.selection.main.head);
  view.dispatch({ changes: { from: line.to, insert: `${line.text.trim() ? "\n\n" : ""}${frozen.markdown}\n` }, userEvent: "input.paste", scrollIntoView: true });
}

const table = ({ columns, rows }: Data): HTMLElement =>
  make("div", { class: "table-box", tabindex: "0" }, make("table", {}, make("thead", {}, make("tr", {}, ...columns.map((title) => make("th", { scope: "col" }, title)))), make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map(({ text }) => make("td", {}, text)))))));

const told = (heading: string, data: Data): HTMLElement =>
  make("section", { class: "stack-s" }, make("h3", {}, heading), make("p", {}, `${data.answer} ${data.incidents} ${data.incidents === 1 ? "incident" : "incidents"}, as of change ${data.as_of}, ${data.frozen_at.slice(0, 16).replace("T", " ")} UTC.`), table(data));

/** numbers is what a chart says of what happened, without when it was asked: a change elsewhere in the store is none of it. */
const numbers = ({ answer, incidents, columns, rows }: Data): string => JSON.stringify([answer, incidents, columns, rows]);

/** refreshed shows a chart's numbers beside those of now, and answers what is to take its place; undefined: nothing. */
export async function refreshed(api: string, id: string): Promise<string | undefined> {
  const was = await ask<Frozen>(`${api}/frozen/${id}`);
  const now = was && (await ask<Frozen>(`${api}/charts`, { chart: was.chart.chart, days: was.chart.days, all_services: was.chart.all_services }));
  if (!was || !now) return undefined;
  if (numbers(now.chart) === numbers(was.chart)) return void say("The numbers of now are the same: nothing changes.");
  const { box, body } = dialog("Refresh the chart");
  const yes = await asked(box, body, [told("In the text", was.chart), told("Now", now.chart)], () => "yes", "Replace it");
  return yes && now.reference;
}
