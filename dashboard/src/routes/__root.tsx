import { createRootRoute, Outlet } from '@tanstack/react-router'
import { KeyGate } from '../session/KeyGate'
import { Shell } from '../shell/Shell'

export const Route = createRootRoute({
  component: () => (
    <KeyGate>
      <Shell>
        <Outlet />
      </Shell>
    </KeyGate>
  ),
})
