import { createFileRoute } from '@tanstack/react-router'
import { SignInPage } from '../sign-in/SignInPage'

interface Search {
  /** Where to go afterwards. */
  to?: string
  with?: 'key'
}

export const Route = createFileRoute('/_open/sign-in/')({
  validateSearch: ({ to, with: by }): Search => ({
    ...(typeof to === 'string' ? { to } : {}),
    ...(by === 'key' ? { with: by } : {}),
  }),
  component: Page,
})

function Page() {
  const { to, with: by } = Route.useSearch()
  return <SignInPage to={to} withKey={by === 'key'} />
}
