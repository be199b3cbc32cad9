/** Calls the organization something else. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { meQuery, organizationQuery, readOrganization, renameOrganization } from '../api/identity'
import type { Organization } from '../api/identityTypes'
import { lookAgain } from '../session/doors'
import { announce } from '../shell/announce'
import { Submit } from '../ui/Button'
import { Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'

export function NameForm({ organization: { id, name } }: { organization: Organization }) {
  const queries = useQueryClient()
  const [saved, setSaved] = useState(false)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ name: values.text('name') ? null : 'An organization needs a name.' }),
    send: async (values) => {
      const { position } = await renameOrganization(id, values.text('name'))
      queries.setQueryData(organizationQuery(id).queryKey, await readOrganization(id, position))
      // The menu of organizations shows it too.
      queries.setQueryData(meQuery().queryKey, await lookAgain(position))
      setSaved(true)
      announce('Renamed')
    },
    about: { invalid_name: 'name' },
  })
  return (
    <form {...form} className="max-w-md">
      <Refusal>{refusal}</Refusal>
      <TextField
        label="Name"
        name="name"
        maxLength={200}
        defaultValue={name}
        fault={faults['name']}
        hint="The short name in addresses stays."
        onInput={() => setSaved(false)}
      />
      <Submit busy={busy} doing="Renaming …">
        Rename
      </Submit>
      {saved && <span className="ml-3 text-xs text-ink-2">Renamed.</span>}
    </form>
  )
}
