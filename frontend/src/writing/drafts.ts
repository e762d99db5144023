// Changes that the server has not taken yet are kept in this browser, so that a closed tab, an ended session
// or a server that is away loses nothing.

/** Draft is the unsent work of one editor: what came of changes, beginning from text, which is the server's of version. */
export type Draft = { client: string; retro: string; slug: string; text: string; version: number; changes: unknown[]; at: number };

const KEPT_MS = 90 * 24 * 3600 * 1000;
const ASK_MS = 250;

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  return (opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open("hindsight-writing", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "client" });
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      // Signing out in another tab clears what is stored here, and closes it.
      request.result.onclose = () => (opened = undefined);
      resolve(request.result);
    };
  }).catch((error) => {
    opened = undefined;
    throw error;
  }));
}

async function within<T>(mode: IDBTransactionMode, act: (drafts: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction("drafts", mode);
  return new Promise<T>((resolve, reject) => {
    const request = act(transaction.objectStore("drafts"));
    transaction.commit(); // also when the page is being left
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
  });
}

/** keep stores a draft in the place of the one before. It throws when this browser stores nothing. */
export const keep = (draft: Draft): Promise<unknown> => within("readwrite", (drafts) => drafts.put(draft));

/** drop forgets a draft, for everything in it was sent. */
export const drop = (client: string): Promise<unknown> => within("readwrite", (drafts) => drafts.delete(client));

/** left returns the drafts of a retrospective; very old ones are forgotten. */
export async function left(retro: string): Promise<Draft[]> {
  const all = await within<Draft[]>("readonly", (drafts) => drafts.getAll());
  const old = all.filter((draft) => draft.at < Date.now() - KEPT_MS);
  await Promise.all(old.map((draft) => drop(draft.client)));
  return all.filter((draft) => draft.retro === retro && !old.includes(draft));
}

/** hold claims a client id for this tab until it is let go or the tab is closed. It returns nothing when another tab has it. */
export async function hold(client: string): Promise<(() => void) | undefined> {
  if (!navigator.locks) return holdByAsking(client);
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`hindsight-writing-${client}`, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(undefined);
        return new Promise<void>((letGo) => resolve(letGo));
      })
      .catch(reject);
  });
}

/** holdByAsking does the same where browsers have no locks: on addresses without HTTPS. */
async function holdByAsking(client: string): Promise<(() => void) | undefined> {
  const channel = new BroadcastChannel(`hindsight-writing-${client}`);
  let taken = false;
  channel.onmessage = (event) => {
    if (event.data === "mine") taken = true;
  };
  channel.postMessage("whose");
  await new Promise((done) => setTimeout(done, ASK_MS));
  if (taken) return void channel.close();
  channel.onmessage = (event) => {
    if (event.data === "whose") channel.postMessage("mine");
  };
  return () => channel.close();
}
