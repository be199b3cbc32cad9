/** Text of others, with what the eye cannot see written out: controls, and marks that turn the direction of reading. */

// Line feeds and tabs are what they look like.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

// Marks that turn whatever follows them: no language needs them in a title, and a name can lie with them. Joiners stay,
// which scripts and emoji are made with.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g

/** A title of others, in the order in which it was written. */
export function steady(text: string): string {
  return text.replace(TURNING, '\ufffd')
}

export function visible(text: string): string {
  return text.replace(HIDDEN, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A value as JSON that shows everything, and no more of it than a person can read. */
export function readable(value: unknown, most = 40_000): string {
  const text = visible(JSON.stringify(value, null, 2) ?? 'undefined')
  return text.length <= most ? text : `${text.slice(0, most)}\n… ${(text.length - most).toLocaleString('en')} more characters`
}
