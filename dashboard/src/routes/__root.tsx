import { createRootRoute, Outlet, useMatches } from '@tanstack/react-router'
import { Gate } from '../session/Gate'
import { Shell } from '../shell/Shell'

export const Route = createRootRoute({ component: Root })

function Root() {
  const isOpen = useMatches({ select: (matches) => matches.some(({ routeId }) => routeId === '/_open') })
  if (isOpen) return <Outlet />
  return (
    <Gate>
      <Shell>
        <Outlet />
      </Shell>
    </Gate>
  )
}
