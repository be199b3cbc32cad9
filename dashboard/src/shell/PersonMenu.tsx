/** Who is here, what belongs to the person, and the way out. */
import { useNavigate } from '@tanstack/react-router'
import { DropdownMenu } from 'radix-ui'
import { useStore } from 'zustand'
import { wordsOf } from '../api/problem'
import { signOut } from '../session/doors'
import { session } from '../session/session'
import { HEADING, ITEM, MENU } from '../ui/menu'
import { steady } from '../ui/visible'
import { notify } from './notices'

export default function PersonMenu() {
  const navigate = useNavigate()
  const now = useStore(session)
  const user = now.state === 'person' ? now.user : null

  async function out() {
    try {
      // What stands in the address is no business of who signs in next.
      await signOut(() => navigate({ to: '/' }))
    } catch (error) {
      notify({ id: 'sign-out', text: `Not signed out. ${wordsOf(error)}`, action: { label: 'Try again', run: () => void out() } })
    }
  }

  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="flex h-7 max-w-40 min-w-8 shrink-0 items-center gap-1.5 rounded-md px-2 text-xs text-ink-2 hover:bg-sunk hover:text-ink">
        <svg viewBox="0 0 16 16" className="size-4 shrink-0" aria-hidden="true">
          <path
            d={user ? 'M8 8.2a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8zM2.6 14c.5-2.6 2.6-4 5.4-4s4.9 1.4 5.4 4' : 'M6 10.5a3.2 3.2 0 1 1 2.6-2.9L14 7.5v2.3h-1.6v1.6h-2V9.8H8'}
            fill="none"
            stroke="currentColor"
            strokeWidth={1.4}
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        </svg>
        <span className="truncate max-sm:sr-only">{user ? steady(user.display_name) : 'Key'}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" className={`${MENU} max-w-[min(90vw,20rem)]`}>
          {user ? (
            <>
              <DropdownMenu.Label className={HEADING}>
                <span className="block truncate">{steady(user.display_name)}</span>
                <span className="block truncate font-normal">{steady(user.email)}</span>
              </DropdownMenu.Label>
              <DropdownMenu.Item className={ITEM} onSelect={() => void navigate({ to: '/account/profile' })}>
                Profile
              </DropdownMenu.Item>
              <DropdownMenu.Item className={ITEM} onSelect={() => void navigate({ to: '/account/sessions' })}>
                Sessions
              </DropdownMenu.Item>
              <DropdownMenu.Item className={ITEM} onSelect={() => void navigate({ to: '/account/password' })}>
                Password
              </DropdownMenu.Item>
              <DropdownMenu.Item className={ITEM} onSelect={() => void navigate({ to: '/organization/keys' })}>
                Keys
              </DropdownMenu.Item>
            </>
          ) : (
            <DropdownMenu.Label className={HEADING}>This page was opened with a key</DropdownMenu.Label>
          )}
          <DropdownMenu.Separator className="my-1 border-t border-line" />
          <DropdownMenu.Item className={ITEM} onSelect={() => void out()}>
            {user ? 'Sign out' : 'Forget the key'}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
