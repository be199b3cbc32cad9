/** Which organization this is, the way to another one, and to what belongs to it. */
import { useNavigate } from '@tanstack/react-router'
import { DropdownMenu } from 'radix-ui'
import { lazy, Suspense, useState } from 'react'
import { useStore } from 'zustand'
import { wordsOf } from '../api/problem'
import { goOver } from '../session/doors'
import { session } from '../session/session'
import { HEADING, ITEM, MENU } from '../ui/menu'
import { steady } from '../ui/visible'
import { announce } from './announce'
import { notify } from './notices'

const NewOrganization = lazy(() => import('../organization/NewOrganization'))

export default function OrganizationMenu() {
  const navigate = useNavigate()
  const now = useStore(session)
  const [asks, setAsks] = useState(false)
  // A key belongs to one organization and knows no name.
  if (now.state !== 'person') return null
  const { organization: current, organizations } = now

  async function go(id: string, name: string) {
    try {
      await navigate({ to: '/' })
      await goOver(id)
      announce(`In ${name} now`)
    } catch (error) {
      notify({ id: 'organization', text: `Still in ${current?.name ?? 'no organization'}. ${wordsOf(error)}` })
    }
  }

  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          aria-label={current ? `Organization ${steady(current.name)}` : undefined}
          className="flex h-7 max-w-48 min-w-0 items-center gap-1.5 rounded-md px-2 text-base text-ink-2 hover:bg-sunk hover:text-ink max-sm:max-w-28"
        >
          <span className="truncate">{steady(current?.name ?? 'No organization')}</span>
          <svg viewBox="0 0 10 10" className="size-2.5 shrink-0 text-ink-3" aria-hidden="true">
            <path d="M2 3.5 5 6.5l3-3" fill="none" stroke="currentColor" strokeWidth={1.5} />
          </svg>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="start" className={`${MENU} max-w-[min(90vw,24rem)]`}>
            {organizations.length > 0 && <DropdownMenu.Label className={HEADING}>Organizations</DropdownMenu.Label>}
            <DropdownMenu.RadioGroup value={current?.id ?? ''}>
              {organizations.map(({ id, name, slug }) => (
                <DropdownMenu.RadioItem
                  key={id}
                  value={id}
                  textValue={name}
                  className={ITEM}
                  onSelect={() => id !== current?.id && void go(id, name)}
                >
                  <span className="w-3.5 shrink-0">
                    <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
                  </span>
                  <span className="truncate">{steady(name)}</span>
                  <span className="ml-auto pl-4 font-mono text-2xs text-ink-3">{slug}</span>
                </DropdownMenu.RadioItem>
              ))}
            </DropdownMenu.RadioGroup>
            <DropdownMenu.Item className={ITEM} onSelect={() => setAsks(true)}>
              <span className="w-3.5 shrink-0" />
              New organization …
            </DropdownMenu.Item>
            {current && (
              <>
                <DropdownMenu.Separator className="my-1 border-t border-line" />
                <DropdownMenu.Label className={`${HEADING} truncate`}>{steady(current.name)}</DropdownMenu.Label>
                <DropdownMenu.Item className={ITEM} onSelect={() => void navigate({ to: '/organization' })}>
                  <span className="w-3.5 shrink-0" />
                  Name, limits, ways out
                </DropdownMenu.Item>
                <DropdownMenu.Item className={ITEM} onSelect={() => void navigate({ to: '/organization/members' })}>
                  <span className="w-3.5 shrink-0" />
                  Members
                </DropdownMenu.Item>
                <DropdownMenu.Item className={ITEM} onSelect={() => void navigate({ to: '/organization/keys' })}>
                  <span className="w-3.5 shrink-0" />
                  Keys
                </DropdownMenu.Item>
              </>
            )}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {asks && (
        <Suspense>
          <NewOrganization onClose={() => setAsks(false)} />
        </Suspense>
      )}
    </>
  )
}
