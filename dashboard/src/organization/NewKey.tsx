/** Asks what a key is to be for. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { createKey } from '../api/identity'
import type { NewApiKey } from '../api/identityTypes'
import { projectsQuery } from '../api/reads'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Choice, Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { steady } from '../ui/visible'
import type { Here } from './InOrganization'
import { isMine, SCOPES } from './scopes'

interface NewKeyProps {
  here: Here
  onMade(key: NewApiKey & { name: string }): void
  onClose(): void
}

const MOST_DAYS = 365

export default function NewKey({ here, onMade, onClose }: NewKeyProps) {
  const { data } = useInfiniteQuery(projectsQuery())
  const projects = data?.pages.flatMap((page) => page.projects) ?? []
  const mine = SCOPES.filter((scope) => isMine(scope, here.me.permissions))
  const others = SCOPES.filter((scope) => !isMine(scope, here.me.permissions))
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({
      name: values.text('name') ? null : 'Write what the key is called, such as where it is used.',
      scopes: values.data.has('scopes') ? null : 'Choose at least one thing that the key may do.',
      days: faultOfDays(values.text('days')),
    }),
    send: async (values) => {
      const name = values.text('name')
      const project = values.text('project')
      const made = await createKey(here.id, {
        name,
        scopes: values.data.getAll('scopes').map(String),
        days: Number(values.text('days')),
        ...(project ? { project } : {}),
      })
      onMade({ ...made, name })
    },
    about: { invalid_name: 'name', invalid_scopes: 'scopes', expiry_out_of_range: 'days' },
  })
  return (
    <Dialog title="Make a key" onClose={onClose} wide>
      <form {...form}>
        <Refusal>{refusal}</Refusal>
        <TextField label="Name" name="name" maxLength={200} autoFocus autoComplete="off" placeholder="CI of Billing" fault={faults['name']} />
        <fieldset className="mb-3" aria-describedby={faults['scopes'] ? 'scopes-fault' : undefined}>
          <legend className="mb-1 text-xs font-semibold">What it may do</legend>
          {faults['scopes'] && (
            <p id="scopes-fault" className="mb-1 text-xs text-failed">
              {faults['scopes']}
            </p>
          )}
          {mine.map(({ id, may }) => (
            <label key={id} className="grid min-h-6 grid-cols-[1rem_1fr] items-center gap-x-2 sm:grid-cols-[1rem_9rem_1fr]">
              <input type="checkbox" name="scopes" value={id} aria-invalid={faults['scopes'] ? true : undefined} className="size-4 accent-(--ink)" />
              <span className="font-mono text-xs">{id}</span>
              <span className="text-ink-2 max-sm:col-start-2">{may}</span>
            </label>
          ))}
          {others.length > 0 && (
            <p className="mt-1 text-xs text-ink-2">
              A key may not do what you may not. Not yours to give:{' '}
              <span className="font-mono">{others.map(({ id }) => id).join(', ')}</span>.
            </p>
          )}
        </fieldset>
        <div className="grid gap-x-3 sm:grid-cols-2">
          <Choice label="Where" name="project" hint="A key for one project opens no other.">
            <option value="">All projects</option>
            {projects.map(({ id, name }) => (
              <option key={id} value={id}>
                {steady(name)}
              </option>
            ))}
          </Choice>
          <TextField
            label="Days until it ends"
            name="days"
            inputMode="numeric"
            autoComplete="off"
            maxLength={3}
            defaultValue={90}
            fault={faults['days']}
            hint={`From 1 to ${MOST_DAYS}.`}
          />
        </div>
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Submit busy={busy} doing="Making …">
            Make the key
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}

function faultOfDays(text: string): string | null {
  const days = /^\d+$/.test(text) ? Number(text) : NaN
  return days >= 1 && days <= MOST_DAYS ? null : `Write a number of days from 1 to ${MOST_DAYS}.`
}
