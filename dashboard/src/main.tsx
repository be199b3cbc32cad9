/** Where the page begins: what is tied to the browser once, and the router. */
import './session/arrival'
import './styles.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { keepAlive } from './live'
import { queries } from './queries'
import { router } from './router'
import { onSomebodyElse } from './session/session'
import { joinTabs } from './session/tabs'
import { noticeNewVersion } from './shell/newVersion'
import { applyPreferences } from './shell/preferences'
import { listenForKeys } from './shell/useKeys'

applyPreferences()
listenForKeys()
noticeNewVersion()
joinTabs()
// Somebody else may see other things: nothing of the last one stays. Before the socket, which may bring what is new.
onSomebodyElse(() => queries.clear())
keepAlive()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
