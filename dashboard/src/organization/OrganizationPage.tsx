/** What belongs to the organization: itself, its members, its keys. */
import { Outlet } from '@tanstack/react-router'
import { Sections } from '../shell/Sections'

const PAGES = [
  { to: '/organization', word: 'Organization' },
  { to: '/organization/members', word: 'Members' },
  { to: '/organization/keys', word: 'Keys' },
] as const

export function OrganizationPage() {
  return (
    <Sections name="Organization" pages={PAGES}>
      <Outlet />
    </Sections>
  )
}
