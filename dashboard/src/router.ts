import { createRouter } from '@tanstack/react-router'
import { routeTree } from './routeTree.gen'
import { PageFailed, PageMissing } from './shell/PageStates'

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: false,
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: PageMissing,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
