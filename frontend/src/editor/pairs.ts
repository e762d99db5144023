// Characters outside the basic plane are two units. A change that begins or ends between them would leave half
// a character, which no UTF-8 can hold: deletions take in the whole, insertions go behind it. What no text can
// hold is taken out of what is inserted.
import { EditorState, Text, Transaction, type ChangeSpec } from "@codemirror/state";

const high = (unit: number) => unit >= 0xd800 && unit < 0xdc00;
const low = (unit: number) => unit >= 0xdc00 && unit < 0xe000;

/** inside reports whether a position lies between the two units of a character. */
function inside(doc: Text, pos: number): boolean {
  if (pos <= 0 || pos >= doc.length) return false;
  const two = doc.sliceString(pos - 1, pos + 1);
  return high(two.charCodeAt(0)) && low(two.charCodeAt(1));
}

const bad = /\0|\r|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export const wholeCharacters = EditorState.transactionFilter.of((tr) => {
  if (!tr.docChanged || tr.annotation(Transaction.remote)) return tr;
  const doc = tr.startState.doc;
  const changes: ChangeSpec[] = [];
  let mended = false;
  tr.changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
    const from = inside(doc, fromA) ? (fromA === toA ? fromA + 1 : fromA - 1) : fromA;
    const to = inside(doc, toA) ? toA + 1 : toA;
    const text = inserted.toString();
    const clean = text.replace(bad, "");
    mended ||= from !== fromA || to !== toA || clean !== text;
    changes.push({ from, to: Math.max(from, to), insert: Text.of(clean.split("\n")) });
  }, true);
  if (!mended) return tr;
  return { changes, effects: tr.effects, scrollIntoView: tr.scrollIntoView, userEvent: tr.annotation(Transaction.userEvent), sequential: false };
});
