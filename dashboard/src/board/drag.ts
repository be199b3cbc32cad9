/** Dragging, fetched after the board is drawn: who reads does not wait for it, and the keys need none of it. */

type Adapter = typeof import('@atlaskit/pragmatic-drag-and-drop/element/adapter')

let loaded: Promise<Adapter> | undefined

/** Sets something up once dragging is there. Answers how to take it away again, whether or not it came to that. */
export function withDrag(setUp: (adapter: Adapter) => () => void): () => void {
  let gone = false
  let takeAway = () => {}
  loaded ??= import('@atlaskit/pragmatic-drag-and-drop/element/adapter')
  loaded
    .then((adapter) => {
      if (!gone) takeAway = setUp(adapter)
    })
    // Without it the board still works by keys and buttons; the next board asks again.
    .catch(() => (loaded = undefined))
  return () => {
    gone = true
    takeAway()
  }
}
