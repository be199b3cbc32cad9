/** For who is here in an organization: which one, and what the role allows there. */
import type { ReactNode } from 'react'
import type { Me, Role } from '../api/identityTypes'
import { AsPerson } from '../session/AsPerson'
import { Forbidden } from '../ui/Forbidden'
import { Empty } from '../ui/states'
import { steady } from '../ui/visible'
import { asA } from './roles'

export type Permission = 'organization:read' | 'organization:write' | 'organization:close' | 'members:write' | 'keys:write'

export interface Here {
  id: string
  name: string
  role: Role
  me: Me
  may(permission: Permission): boolean
}

interface InOrganizationProps {
  needs: Permission
  /** What is not shown without it, for people: "the members". */
  what: string
  children: (here: Here) => ReactNode
}

export function InOrganization({ needs, what, children }: InOrganizationProps) {
  return (
    <AsPerson>
      {(me) => {
        if (!me.organization) return <Empty title="You belong to no organization">Make one in the menu above, or accept an invitation.</Empty>
        const { id, name, role } = me.organization
        const may = (permission: Permission) => me.permissions.includes(permission)
        if (may(needs)) return children({ id, name, role, me, may })
        return (
          <Forbidden title={`Your role does not show ${what}`}>
            {`You are ${asA(role)} of `}
            <span className="said">{steady(name)}</span>. Ask an owner or an admin for what you need.
          </Forbidden>
        )
      }}
    </AsPerson>
  )
}

/** In the place of what a role may not do. */
export function MayNot({ role, children }: { role: Role; children: ReactNode }) {
  return (
    <p className="text-ink-2">
      {children} You are {asA(role)}: ask an owner or an admin.
    </p>
  )
}
