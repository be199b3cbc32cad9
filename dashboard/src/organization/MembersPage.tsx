/** Who belongs to the organization, as what, and who is invited. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { changeRole, membersQuery, meQuery, readMembers, removeMember } from '../api/identity'
import type { Member, Role } from '../api/identityTypes'
import { ProblemError, wordsOf } from '../api/problem'
import { lookAgain } from '../session/doors'
import { announce } from '../shell/announce'
import { useTitle } from '../shell/useTitle'
import { Address } from '../ui/Address'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Confirm'
import { Refusal } from '../ui/Field'
import { Section } from '../ui/Section'
import { Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { type Here, InOrganization, MayNot } from './InOrganization'
import { Invitations } from './Invitations'
import { RoleMenu } from './RoleMenu'
import { asA, isAbove, ROLE } from './roles'

export function MembersPage() {
  useTitle('Members')
  return (
    <InOrganization needs="organization:read" what="the members">
      {(here) => (
        <div className="flex flex-col gap-8">
          <div>
            <h1 className="mb-3 text-xl font-semibold">Members</h1>
            <Members here={here} />
          </div>
          <Section title="Invitations">
            {here.may('members:write') ? (
              <Invitations here={here} />
            ) : (
              <MayNot role={here.role}>Inviting is not yours to do.</MayNot>
            )}
          </Section>
        </div>
      )}
    </InOrganization>
  )
}

function Members({ here }: { here: Here }) {
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery(membersQuery(here.id))
  const [refusal, setRefusal] = useState<string | null>(null)
  const [asks, setAsks] = useState<{ what: 'remove' | 'step down'; member: Member; role: Role } | null>(null)
  if (!data) return error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="the members" />

  const isMe = ({ user }: Member) => user === here.me.user.id
  async function reread(position: number | null) {
    queries.setQueryData(membersQuery(here.id).queryKey, await readMembers(here.id, position))
  }
  async function give(member: Member, role: Role) {
    setRefusal(null)
    try {
      const { position } = await changeRole(here.id, member.user, role)
      announce(`${member.display_name} is ${asA(role)} now`)
      await reread(position)
      // What oneself may do is another thing now.
      if (isMe(member)) queries.setQueryData(meQuery().queryKey, await lookAgain(position))
    } catch (cause) {
      setRefusal(wordsAbout(member, cause))
    }
  }
  return (
    <>
      <Refusal>{refusal}</Refusal>
      <MemberTable
        {...{ here, members: data, isMe }}
        onRole={(member, role) => (isMe(member) ? setAsks({ what: 'step down', member, role }) : void give(member, role))}
        onRemove={(member) => setAsks({ what: 'remove', member, role: member.role })}
      />
      {asks?.what === 'step down' && (
        <Confirm
          title={`Be ${asA(asks.role)} instead of ${asA(here.role)}?`}
          does={`Be ${asA(asks.role)}`}
          doing="Changing …"
          run={() => give(asks.member, asks.role)}
          onClose={() => setAsks(null)}
        >
          You cannot take this back yourself: somebody else has to give you the role again.
        </Confirm>
      )}
      {asks?.what === 'remove' && (
        <Confirm
          title={`Remove ${steady(asks.member.display_name)}?`}
          does="Remove"
          doing="Removing …"
          run={async () => {
            const { position } = await removeMember(here.id, asks.member.user).catch((cause: unknown) => {
              throw cause instanceof ProblemError ? new ProblemError(cause.code, cause.status, wordsAbout(asks.member, cause)) : cause
            })
            announce(`Removed ${asks.member.display_name}`)
            await reread(position)
          }}
          onClose={() => setAsks(null)}
        >
          {`${steady(asks.member.email)} can do nothing here any more, and the keys of this member end. What was done stays.`}
        </Confirm>
      )}
    </>
  )
}

function wordsAbout(member: Member, error: unknown): string {
  return error instanceof ProblemError && error.code === 'last_owner'
    ? `${steady(member.display_name)} is the last owner. Make another member an owner first.`
    : wordsOf(error)
}

interface MemberTableProps {
  here: Here
  members: readonly Member[]
  isMe(member: Member): boolean
  onRole(member: Member, role: Role): void
  onRemove(member: Member): void
}

function MemberTable({ here, members, isMe, onRole, onRemove }: MemberTableProps) {
  const canWrite = here.may('members:write')
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-raised">
      <table className="w-full text-left">
        <thead className="border-b border-line text-xs text-ink-2">
          <tr>
            <th className="px-3 py-2 font-semibold max-sm:px-2">Name</th>
            <th className="px-3 py-2 font-semibold max-sm:px-2 max-sm:hidden">Mail address</th>
            <th className="px-3 py-2 font-semibold max-sm:px-2">Role</th>
            <th className="px-3 py-2 font-semibold max-sm:px-2">
              <span className="sr-only">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {members.toSorted(byRoleAndName).map((member) => (
            <tr key={member.user} className="h-(--row) border-b border-line last:border-0">
              <td className="px-3 py-1.5 max-sm:px-2">
                <span className="said font-semibold">{steady(member.display_name)}</span>
                {isMe(member) && <span className="ml-2 text-xs text-ink-2">you</span>}
                <span className="said block text-xs text-ink-2 sm:hidden">
                  <Address of={member.email} />
                </span>
              </td>
              <td className="px-3 py-1.5 max-sm:px-2 text-ink-2 max-sm:hidden">
                <span className="said">{steady(member.email)}</span>
              </td>
              <td className="px-3 py-1.5 max-sm:px-2">
                {canWrite && !isAbove(member.role, here.role) ? (
                  <RoleMenu member={member} mine={here.role} onRole={(role) => onRole(member, role)} />
                ) : (
                  ROLE[member.role].word
                )}
              </td>
              <td className="px-3 py-1.5 max-sm:px-2 text-right text-xs text-ink-2">
                {isMe(member) ? (
                  <Link to="/organization" className="inline-flex min-h-6 items-center underline">
                    Leave
                  </Link>
                ) : !canWrite ? null : isAbove(member.role, here.role) ? (
                  'above your role'
                ) : (
                  <Button aria-label={`Remove ${steady(member.display_name)}`} onClick={() => onRemove(member)}>
                    Remove
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const byRoleAndName = (a: Member, b: Member): number =>
  Number(isAbove(b.role, a.role)) - Number(isAbove(a.role, b.role)) || a.display_name.localeCompare(b.display_name)
