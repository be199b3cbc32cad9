/** Who is invited and has not answered, and one more. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { invitationsQuery, invite, readInvitations, revokeInvitation } from '../api/identity'
import type { Invitation, Role } from '../api/identityTypes'
import { announce } from '../shell/announce'
import { faultOfAddress } from '../sign-in/address'
import { Address } from '../ui/Address'
import { Button, Submit } from '../ui/Button'
import { Confirm } from '../ui/Confirm'
import { Choice, Refusal, TextField } from '../ui/Field'
import { Failed, Loading } from '../ui/states'
import { useForm } from '../ui/useForm'
import { steady } from '../ui/visible'
import { Until } from '../ui/When'
import type { Here } from './InOrganization'
import { isAbove, ROLE, rolesUpTo } from './roles'

export function Invitations({ here }: { here: Here }) {
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery(invitationsQuery(here.id))
  const [revoking, setRevoking] = useState<Invitation | null>(null)
  async function reread(position: number | null) {
    queries.setQueryData(invitationsQuery(here.id).queryKey, await readInvitations(here.id, position))
  }
  return (
    <>
      {!data ? (
        error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="the invitations" />
      ) : data.length === 0 ? (
        <p className="mb-4 text-ink-2">Nobody is invited who has not answered.</p>
      ) : (
        <ul className="mb-4 rounded-lg border border-line bg-raised">
          {data.map((one) => (
            <Row key={one.id} invitation={one} here={here} onRevoke={() => setRevoking(one)} />
          ))}
        </ul>
      )}
      <InviteForm here={here} onInvited={reread} />
      {revoking && (
        <Confirm
          title={`Revoke the invitation of ${steady(revoking.email)}?`}
          does="Revoke"
          doing="Revoking …"
          run={async () => {
            const { position } = await revokeInvitation(here.id, revoking.id)
            announce('Revoked')
            await reread(position)
          }}
          onClose={() => setRevoking(null)}
        >
          The link that was sent opens nothing any more.
        </Confirm>
      )}
    </>
  )
}

function Row({ invitation, here, onRevoke }: { invitation: Invitation; here: Here; onRevoke: () => void }) {
  const { email, role, expires_at, state } = invitation
  return (
    <li className="flex min-h-(--row) flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-3 py-1.5 last:border-0">
      <span className="said font-semibold">
        <Address of={email} />
      </span>
      <span className="text-ink-2">{ROLE[role].word}</span>
      <span className={`text-xs ${state === 'expired' ? 'text-waiting' : 'text-ink-2'}`}>
        {state === 'expired' ? 'expired' : 'open until'} <Until at={expires_at} />
      </span>
      <span className="ml-auto text-xs text-ink-2">
        {isAbove(role, here.role) ? (
          'above your role'
        ) : (
          <Button aria-label={`Revoke the invitation of ${steady(email)}`} onClick={onRevoke}>
            Revoke
          </Button>
        )}
      </span>
    </li>
  )
}

/** Days that an invitation may be open. */
const DAYS = [1, 3, 7, 14, 30]

function InviteForm({ here, onInvited }: { here: Here; onInvited: (position: number | null) => Promise<void> }) {
  const element = useRef<HTMLFormElement>(null)
  const [sent, setSent] = useState<string | null>(null)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ email: faultOfAddress(values.text('email')) }),
    send: async (values) => {
      setSent(null)
      const email = values.text('email')
      const { position } = await invite(here.id, {
        email,
        role: values.text('role') as Role,
        days: Number(values.text('days')),
      })
      setSent(email)
      element.current?.reset()
      await onInvited(position)
    },
    about: {
      already_invited: 'email',
      already_member: { field: 'email', words: 'Whoever has this address is a member already.' },
      above_asker: 'role',
      invalid_email: 'email',
    },
  })
  return (
    <form {...form} ref={element} aria-label="Invite somebody" className="rounded-lg border border-line p-3">
      <Refusal>{refusal}</Refusal>
      <div className="grid gap-x-3 sm:grid-cols-[1fr_16rem_9rem]">
        <TextField
          label="Mail address"
          name="email"
          type="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={254}
          fault={faults['email']}
        />
        <Choice label="Role" name="role" defaultValue={rolesUpTo(here.role).includes('member') ? 'member' : 'viewer'} fault={faults['role']}>
          {rolesUpTo(here.role).map((role) => (
            <option key={role} value={role}>
              {ROLE[role].word}
            </option>
          ))}
        </Choice>
        <Choice label="Open for" name="days" defaultValue={7}>
          {DAYS.map((days) => (
            <option key={days} value={days}>
              {days} {days === 1 ? 'day' : 'days'}
            </option>
          ))}
        </Choice>
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <Submit kind="plain" busy={busy} doing="Inviting …">
          Invite
        </Submit>
        <p role="status" className="said text-xs text-ink-2">
          {sent && !refusal && `An invitation to ${steady(sent)} is on its way.`}
        </p>
      </div>
    </form>
  )
}
