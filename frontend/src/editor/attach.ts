// Pictures and files that are pasted, dropped or chosen. What one shows is asked for at once, while it is being sent; then a placeholder, which this
// person alone sees, stands for it in the text until the server has it. When it cannot be sent the text stays as it is, and the placeholder says what to do.
import { StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, WidgetType, type Command } from "@codemirror/view";
import { dialog, make } from "../writing/dialog";

/** Sent is a file as the server has it. */
type Sent = { reference: string; kind: string; name: string };

/** Job is a file on its way into a text. */
class Job {
  done = 0; // percent
  trouble = "";
  sent?: Sent;
  words?: string; // once they are given
  private request?: XMLHttpRequest;
  changed: () => void = () => undefined;

  constructor(
    readonly file: File,
    private readonly address: string,
  ) {}

  send(): void {
    this.trouble = this.fault();
    if (this.trouble) return this.changed();
    const request = (this.request = new XMLHttpRequest());
    this.done = 0;
    request.upload.addEventListener("progress", ({ loaded, total }) => ((this.done = Math.round((100 * loaded) / total)), this.changed()));
    request.addEventListener("load", () => {
      const told = answer(request.responseText);
      if (request.status === 201) this.sent = told as Sent;
      else this.trouble = request.status === 401 ? "The session is over. Sign in again, then try again." : `${told.detail || `The server answers ${request.status}.`}`;
      this.changed();
    });
    request.addEventListener("error", () => ((this.trouble = navigator.onLine ? "The server cannot be reached. Try again in a moment." : "You are offline. Try again once you are online; it is kept here as long as this page is open."), this.changed()));
    request.open("POST", `${this.address}?name=${encodeURIComponent(this.file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(this.file);
    this.changed();
  }

  stop(): void {
    this.request?.abort();
  }

  /** fault is what is known to be wrong before anything is sent; package incident has the same limits. */
  private fault(): string {
    const most = picture(this.file) ? 10 : 20;
    return this.file.size > most << 20 ? `It is larger than ${most} MB, which is the most that is taken. ${most < 20 ? "Make it smaller." : "Link to where it lies instead."}` : "";
  }
}

function answer(text: string): Partial<Sent> & { detail?: string } {
  try {
    return JSON.parse(text) as Partial<Sent>;
  } catch {
    return {};
  }
}

const picture = (file: File): boolean => /^image\/(png|jpeg|gif|webp)$/.test(file.type);

type Place = { job: Job; at: number };

const begin = StateEffect.define<Place>();
const told = StateEffect.define<null>(); // something of a job is new
const end = StateEffect.define<Job>();

const places = StateField.define<readonly Place[]>({
  create: () => [],
  update(all, tr) {
    let next = tr.docChanged ? all.map(({ job, at }) => ({ job, at: tr.changes.mapPos(at, -1) })) : all;
    for (const effect of tr.effects) {
      if (effect.is(begin)) next = [...next, effect.value];
      if (effect.is(told)) next = [...next];
      if (effect.is(end)) next = next.filter(({ job }) => job !== effect.value);
    }
    return next;
  },
  provide: (f) => EditorView.decorations.from(f, (all) => Decoration.set(all.map(({ job, at }) => Decoration.widget({ widget: new Waiting(job), block: true, side: 1 }).range(at)), true)),
});

/** underWay counts the files that are being sent. */
export const underWay = (view: EditorView): number => view.state.field(places, false)?.filter(({ job }) => !job.trouble).length ?? 0;

/** Waiting stands for a file that the server does not have yet. */
class Waiting extends WidgetType {
  private readonly done: number;
  private readonly trouble: string;

  constructor(private readonly job: Job) {
    super();
    this.done = job.done;
    this.trouble = job.trouble;
  }

  override eq(other: Waiting): boolean {
    return other.job === this.job && other.done === this.done && other.trouble === this.trouble;
  }

  toDOM(view: EditorView): HTMLElement {
    const { job } = this;
    const act = (label: string, run: () => void): HTMLElement => {
      const button = make("button", { type: "button", class: "btn btn-s" }, label, make("span", { class: "hidden" }, ` ${job.file.name}`));
      button.addEventListener("click", run);
      return button;
    };
    const drop = act("Cancel", () => {
      job.stop();
      view.dispatch({ effects: end.of(job) });
      view.focus();
    });
    if (job.trouble) return make("div", { class: "ed-waiting banner banner-warn", role: "alert" }, make("p", {}, make("b", {}, job.file.name), ` is not in the text. ${job.trouble}`), make("div", { class: "actions" }, act("Try again", () => job.send()), drop));
    return make("div", { class: "ed-waiting" }, make("span", {}, `${job.file.name} is on its way`), make("progress", { class: "progress", max: "100", value: String(job.done), "aria-label": `${job.file.name} is being sent` }), drop);
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const escaped = (words: string): string => words.trim().replace(/\s+/g, " ").replace(/[\\<[\]]/g, "\\$&");

/** reference is how the text refers to a file; no words: it only decorates. */
export const reference = (target: string, words: string): string => (words.trim() ? `![${escaped(words)}](${target})` : `![](${target} "decorative")`);

/** describe asks what a picture shows. It answers undefined when it is called off. */
export function describe(heading: string, now: string, shown?: Node): Promise<string | undefined> {
  const { box, body } = dialog(heading);
  const text = make("textarea", { class: "input", id: "alt-words", rows: "3", maxlength: "1000", required: "" });
  text.value = now;
  const none = make("input", { type: "checkbox" });
  none.addEventListener("change", () => ((text.disabled = none.checked), (text.required = !none.checked)));
  const hint = make("p", { class: "hint", id: "alt-hint" }, "Say what is to be seen from it: “Queue length rises from 200 to 40,000 between 12:01 and 12:07”, not “graph”. Somebody who cannot see it reads this.");
  text.setAttribute("aria-describedby", "alt-hint");
  return asked(box, body, [...(shown ? [shown] : []), make("div", { class: "field" }, make("label", { for: "alt-words" }, "What it shows"), text, hint), make("label", { class: "check" }, none, " It only decorates, and says nothing")], () => (none.checked ? "" : text.value));
}

/** asked shows fields in a dialog, and answers what they say once they are right; undefined when it is closed. */
export function asked(box: HTMLDialogElement, body: HTMLElement, fields: Node[], says: () => string, yes = "Add"): Promise<string | undefined> {
  const off = make("button", { type: "button", class: "btn" }, "Cancel");
  const form = make("form", { class: "form", method: "dialog" }, ...fields, make("div", { class: "actions" }, make("button", { class: "btn btn-main" }, yes), off));
  body.replaceChildren(form);
  form.querySelector<HTMLElement>("textarea, input, select")?.focus();
  return new Promise((tell) => {
    let words: string | undefined;
    form.addEventListener("submit", () => (words = says()));
    off.addEventListener("click", () => box.close());
    box.addEventListener("close", () => tell(words));
  });
}

/** name asks what a file is called in the text. */
function name(file: File): Promise<string | undefined> {
  const { box, body } = dialog("Add a file");
  const text = make("input", { class: "input", id: "file-words", maxlength: "300", required: "" });
  text.value = file.name;
  return asked(box, body, [make("div", { class: "field" }, make("label", { for: "file-words" }, "What the link to it says"), text)], () => text.value);
}

/** add brings files into the text, one after the other. */
async function add(view: EditorView, files: File[], address: string, at: number): Promise<void> {
  for (const file of files) {
    const job = new Job(file, address);
    job.send();
    job.changed = () => settle(view, job);
    view.dispatch({ effects: begin.of({ job, at: view.state.doc.lineAt(Math.min(at, view.state.doc.length)).to }) });
    const preview = picture(file) ? make("img", { class: "alt-preview", src: URL.createObjectURL(file), alt: "" }) : undefined;
    job.words = preview ? await describe("Add a picture", "", preview) : await name(file);
    if (preview) URL.revokeObjectURL(preview.src);
    view.focus();
    if (job.words === undefined) {
      job.stop();
      view.dispatch({ effects: end.of(job) });
    } else settle(view, job);
  }
}

/** settle puts a file into the text once the server has it and it is said what it shows. */
function settle(view: EditorView, job: Job): void {
  if (!job.sent || job.words === undefined) return view.dispatch({ effects: told.of(null) });
  const place = view.state.field(places, false)?.find((one) => one.job === job);
  const line = view.state.doc.lineAt(Math.min(place?.at ?? view.state.doc.length, view.state.doc.length));
  const text = job.sent.kind === "image" ? reference(job.sent.reference, job.words) : `[${escaped(job.words) || escaped(job.sent.name)}](${job.sent.reference})`;
  const insert = (line.text.trim() ? "\n\n" : "") + text + "\n";
  job.sent = undefined;
  view.dispatch({ changes: { from: line.to, insert }, effects: end.of(job), userEvent: "input.paste", scrollIntoView: true });
}

/** choose lets a person choose files. */
export const choose =
  (address: string): Command =>
  (view) => {
    const at = view.state.selection.main.head;
    const input = make("input", { type: "file", multiple: "" });
    input.addEventListener("change", () => void add(view, [...(input.files ?? [])], address, at));
    input.click();
    return true;
  };

/** attach takes files that are pasted and dropped; address is where they are sent. What is pasted with a text beside it, as from a table, is text. */
export const attach = (address: string): Extension => [
  places,
  EditorView.domEventHandlers({
    paste(event, view) {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || view.state.readOnly || event.clipboardData?.getData("text/plain")) return false;
      event.preventDefault();
      void add(view, files, address, view.state.selection.main.head);
      return true;
    },
    drop(event, view) {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0 || view.state.readOnly) return false;
      event.preventDefault();
      void add(view, files, address, view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? view.state.selection.main.head);
      return true;
    },
  }),
];
