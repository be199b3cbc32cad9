// The letters of a server without a mail server: `omoi mail` shows them to whoever runs it.
import { eventually } from './journey.mjs'

/** The link in the newest letter to this address, once that leads to `page` and is none that was read `before`. */
export function linkIn(server, address, page, before = '') {
  return eventually(`${address} gets a letter with a link to ${page}`, async () => {
    const { text } = await server.omoi('mail', 'show', '--to', address)
    const link = new RegExp(`\\S+/${page}#token=\\S+`).exec(text)?.[0]
    return link !== before && link
  })
}
