/** What belongs to the person: name, sessions, password. */
import { Navigate, Outlet, useLocation } from '@tanstack/react-router'
import { Sections } from '../shell/Sections'

const PAGES = [
  { to: '/account/profile', word: 'Profile' },
  { to: '/account/sessions', word: 'Sessions' },
  { to: '/account/password', word: 'Password' },
] as const

export function AccountPage() {
  const isNone = useLocation({ select: ({ pathname }) => /^\/account\/?$/.test(pathname) })
  if (isNone) return <Navigate to="/account/profile" replace />
  return (
    <Sections name="Account" pages={PAGES}>
      <Outlet />
    </Sections>
  )
}
