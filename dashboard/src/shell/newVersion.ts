/** A part of the page that is not on the server any more belongs to an older version. */
import { session } from '../session/session'
import { notify } from './notices'

export function noticeNewVersion(): void {
  window.addEventListener('vite:preloadError', (event) => {
    event.preventDefault()
    // A reload costs what is written and not sent, and a key, which is in memory only: it is offered, not done.
    notify({
      id: 'new-version',
      text: `A new version of this page is ready.${session.getState().state === 'key' ? ' It asks for your key again.' : ''}`,
      action: { label: 'Reload', run: () => location.reload() },
    })
  })
}
