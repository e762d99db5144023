// The operations on a section's text over HTTP. Each throws when the server cannot be reached or is not
// well, and SignedOut when the session has ended.
import { SignedOut, type Answer, type Put, type Text, type Update } from "./wire";

const PATIENCE_MS = 15000;

async function ask(address: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(address, { ...init, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status === 401 || answer.type === "opaqueredirect") throw new SignedOut();
  if (answer.status >= 500 || answer.status === 429) throw new Error(`the server answers ${answer.status}`);
  return answer;
}

const json = (body: unknown, headers: Record<string, string> = {}) => ({
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", ...headers },
});

async function refused(answer: Response): Promise<{ kind: "refused"; status: number; detail: string }> {
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
  return { kind: "refused", status: answer.status, detail: problem.detail ?? `The server answers ${answer.status}.` };
}

/** read returns a section's text, or nothing when there is no such section any more. */
export async function read(api: string): Promise<Text | undefined> {
  const answer = await ask(api);
  return answer.ok ? ((await answer.json()) as Text) : undefined;
}

/** since returns what happened after a version. */
export async function since(api: string, version: number): Promise<{ version: number; updates: Update[]; more?: boolean } | "stale" | "gone"> {
  const answer = await ask(`${api}/updates?since=${version}`);
  if (answer.status === 410) return "stale";
  return answer.ok ? await answer.json() : "gone";
}

/** push sends updates as of a version. */
export async function push(api: string, version: number, client: string, updates: unknown[]): Promise<Answer> {
  const answer = await ask(`${api}/updates`, { method: "POST", ...json({ version, client, updates }) });
  if (answer.status === 409) return { kind: "behind", version, updates: (await answer.json()).updates ?? [] };
  if (answer.status === 410) return { kind: "stale" };
  return answer.ok ? { kind: "accepted", version: (await answer.json()).version } : refused(answer);
}

/** put writes a whole text that was made from a version. */
export async function put(api: string, version: number, text: string): Promise<Put> {
  const answer = await ask(api, { method: "PUT", ...json({ text }, { "If-Match": `"${version}"` }) });
  if (answer.ok) return { kind: "written", ...(await answer.json()) };
  if (answer.status === 409) return { kind: "conflict", ...(await answer.json()) };
  return answer.status === 412 ? { kind: "unknown" } : refused(answer);
}

/** form sends a form, and returns what is wrong with it, or nothing. */
export async function form(address: string, fields: URLSearchParams): Promise<string> {
  const answer = await fetch(address, { method: "POST", body: fields, redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.ok || answer.type === "opaqueredirect") return "";
  if (answer.status === 401) throw new SignedOut();
  if (answer.status >= 500 || answer.status === 429) throw new Error(`the server answers ${answer.status}`);
  const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".error, .banner-bad");
  return told?.textContent?.trim() || `The server answers ${answer.status}.`;
}

/** page returns a part of a page as HTML. */
export async function page(address: string): Promise<string> {
  const answer = await ask(address);
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  return answer.text();
}
