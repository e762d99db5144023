// What the tests ask of CodeMirror's code: changes of one text compared, and editors that write one text together.
const {ChangeSet, EditorState, Text, collab, receiveUpdates, sendableUpdates, getSyncedVersion} = codemirror

const textOf = s => Text.of(s.split("\n"))

// compare answers what the library makes of two changes a and b of one text, and of a third, c, of the text that a makes.
function compare(input) {
  const {text, a, b, c, positions} = JSON.parse(input)
  const doc = textOf(text), A = ChangeSet.fromJSON(a), B = ChangeSet.fromJSON(b), C = ChangeSet.fromJSON(c)
  return JSON.stringify({
    applied: A.apply(doc).toString(),
    after: B.map(A).apply(A.apply(doc)).toString(),
    before: B.map(A, true).apply(A.apply(doc)).toString(),
    composed: A.compose(C).apply(doc).toString(),
    left: positions.map(p => A.mapPos(p, -1)),
    right: positions.map(p => A.mapPos(p, 1)),
    json: JSON.stringify(A),
  })
}

// Random numbers from 0 to n-1, the same for the same seed.
let state = 1
function seed(n) { state = n >>> 0 || 1 }
function below(n) {
  state ^= state << 13; state >>>= 0
  state ^= state >>> 17
  state ^= state << 5; state >>>= 0
  return state % n
}

const editors = []
function open(i, clientID, text, version) {
  editors[i] = EditorState.create({doc: textOf(text), extensions: [collab({clientID, startVersion: version})]})
}
const doc = i => editors[i].doc.toString()
const version = i => getSyncedVersion(editors[i])
const unsent = i => sendableUpdates(editors[i]).length
const sendable = (i, most) => JSON.stringify(sendableUpdates(editors[i]).slice(0, most).map(u => u.changes))

// receive takes in updates that follow a version.
function receive(i, updates) {
  const list = JSON.parse(updates).map(u => ({changes: ChangeSet.fromJSON(u.changes), clientID: u.client}))
  editors[i] = receiveUpdates(editors[i], list).state
}

const words = ["a", "the ", "database", " ", "\n", "\n\n", "😀", "👩‍🚒", "é", "𝒳y", "- one\n- two\n", "ß", "\ud83d\ude80!", "0"]

// type makes some random edits, each a transaction of up to three places. No edit begins or ends within a surrogate pair.
function type(i, edits) {
  for (let n = 0; n < edits; n++) {
    const text = doc(i), low = p => p > 0 && p < text.length && /[\udc00-\udfff]/.test(text[p])
    const place = p => low(p) ? p + 1 : p
    const changes = []
    for (let m = below(4) ? 1 : 3; m > 0; m--) {
      const from = place(below(text.length + 1)), to = below(3) ? from : place(Math.min(text.length, from + below(9)))
      changes.push({from, to, insert: below(4) ? words[below(words.length)] : ""})
    }
    editors[i] = editors[i].update({changes}).state
  }
}
