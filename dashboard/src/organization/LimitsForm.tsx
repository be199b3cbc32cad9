/** How much the organization may have. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { organizationQuery, readOrganization, setLimits } from '../api/identity'
import type { Organization } from '../api/identityTypes'
import { announce } from '../shell/announce'
import { Submit } from '../ui/Button'
import { Refusal, TextField } from '../ui/Field'
import { type FormValues, useForm } from '../ui/useForm'

/** The server takes no more; it is there against slips of the hand. */
const MOST = 10_000

const number = (values: FormValues, name: string): number => (/^\d+$/.test(values.text(name)) ? Number(values.text(name)) : NaN)
const faultOf = (value: number): string | null => (value >= 1 && value <= MOST ? null : `Write a number from 1 to ${MOST.toLocaleString('en')}.`)

export function LimitsForm({ organization: { id, limits, members } }: { organization: Organization }) {
  const queries = useQueryClient()
  const [saved, setSaved] = useState(false)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({
      members: faultOf(number(values, 'members')),
      projects: faultOf(number(values, 'projects')),
      concurrent_runs: faultOf(number(values, 'concurrent_runs')),
    }),
    send: async (values) => {
      const { position } = await setLimits(id, {
        members: number(values, 'members'),
        projects: number(values, 'projects'),
        concurrent_runs: number(values, 'concurrent_runs'),
      })
      queries.setQueryData(organizationQuery(id).queryKey, await readOrganization(id, position))
      setSaved(true)
      announce('Limits set')
    },
  })
  const field = { inputMode: 'numeric', maxLength: 5, autoComplete: 'off', onInput: () => setSaved(false) } as const
  return (
    <form {...form} className="max-w-md">
      <Refusal>{refusal}</Refusal>
      <TextField
        label="Members and open invitations"
        name="members"
        defaultValue={limits.members}
        fault={faults['members']}
        hint={`There are ${members} members now. A lower limit takes nobody away: it lets nobody more in.`}
        {...field}
      />
      <TextField label="Projects" name="projects" defaultValue={limits.projects} fault={faults['projects']} {...field} />
      <TextField
        label="Runs at a time"
        name="concurrent_runs"
        defaultValue={limits.concurrent_runs}
        fault={faults['concurrent_runs']}
        hint="In all projects together."
        {...field}
      />
      <Submit busy={busy} doing="Setting …">
        Set the limits
      </Submit>
      {saved && <span className="ml-3 text-xs text-ink-2">Set.</span>}
    </form>
  )
}
