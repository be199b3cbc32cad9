/** What a member is, and what else it could be. A menu and no list of the browser: passing through one with arrows chooses. */
import { DropdownMenu } from 'radix-ui'
import { type Member, type Role, ROLES } from '../api/identityTypes'
import { buttonLook } from '../ui/Button'
import { ITEM, MENU } from '../ui/menu'
import { steady } from '../ui/visible'
import { isAbove, ROLE } from './roles'

interface RoleMenuProps {
  member: Member
  /** The role of whoever asks. */
  mine: Role
  onRole(role: Role): void
}

export function RoleMenu({ member, mine, onRole }: RoleMenuProps) {
  const { word } = ROLE[member.role]
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={buttonLook('plain')} aria-label={`${word}: role of ${steady(member.display_name)}`}>
        {word}
        <svg viewBox="0 0 10 10" className="size-2.5 text-ink-3" aria-hidden="true">
          <path d="M2 3.5 5 6.5l3-3" fill="none" stroke="currentColor" strokeWidth={1.5} />
        </svg>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="start" className={MENU}>
          <DropdownMenu.RadioGroup value={member.role} onValueChange={(role) => role !== member.role && onRole(role as Role)}>
            {ROLES.map((role) => (
              <DropdownMenu.RadioItem key={role} value={role} disabled={isAbove(role, mine)} className={ITEM}>
                <span className="w-3.5">
                  <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
                </span>
                {ROLE[role].word}
                <span className="ml-auto pl-4 text-xs text-ink-2">{isAbove(role, mine) ? 'above your role' : ROLE[role].may}</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
