/** What jsdom lacks and the pages need: sizes, dialogs, and media. */
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

afterEach(cleanup)

// Parts of a page come when they are first needed; a busy machine takes longer than a second to bring one.
configure({ asyncUtilTimeout: 5_000 })

// Nothing is laid out here; a virtual list would show nothing in a window without height.
Object.defineProperties(Element.prototype, {
  clientHeight: { configurable: true, get: () => 600 },
  clientWidth: { configurable: true, get: () => 800 },
})
window.scrollTo = () => {}
// axe draws letters to see whether a font has them; that is about icons made of letters, which there are none of.
HTMLCanvasElement.prototype.getContext = () => null
HTMLElement.prototype.scrollTo = () => {}

HTMLDialogElement.prototype.showModal = function () {
  this.setAttribute('open', '')
}
HTMLDialogElement.prototype.close = function () {
  this.removeAttribute('open')
}

globalThis.matchMedia = (query) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList

globalThis.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
}
