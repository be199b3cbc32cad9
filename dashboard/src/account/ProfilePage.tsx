/** Who one is: name, address, organizations. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changeName, meQuery } from '../api/identity'
import type { Me } from '../api/identityTypes'
import { AsPerson } from '../session/AsPerson'
import { lookAgain } from '../session/doors'
import { announce } from '../shell/announce'
import { useTitle } from '../shell/useTitle'
import { Submit } from '../ui/Button'
import { Refusal, TextField } from '../ui/Field'
import { Section } from '../ui/Section'
import { useForm } from '../ui/useForm'
import { steady } from '../ui/visible'
import { ROLE } from '../organization/roles'

export function ProfilePage() {
  useTitle('Profile')
  return <AsPerson>{(me) => <Profile me={me} />}</AsPerson>
}

function Profile({ me }: { me: Me }) {
  return (
    <div className="flex flex-col gap-8">
      <header>
        <h1 className="said text-xl font-semibold">{steady(me.user.display_name)}</h1>
        <p className="said text-ink-2">{steady(me.user.email)}</p>
      </header>
      <Section title="Name">
        <NameForm me={me} />
      </Section>
      <Section title="Organizations">
        {me.organizations.length === 0 ? (
          <p className="text-ink-2">You belong to none. Make one in the menu above, or accept an invitation.</p>
        ) : (
          <ul className="rounded-lg border border-line bg-raised">
            {me.organizations.map(({ id, name, slug, role }) => (
              <li key={id} className="flex min-h-(--row) flex-wrap items-center gap-x-3 border-b border-line px-3 py-1.5 last:border-0">
                <span className="said font-semibold">{steady(name)}</span>
                <span className="font-mono text-xs text-ink-3">{slug}</span>
                <span className="ml-auto text-ink-2">
                  {ROLE[role].word}
                  {id === me.organization?.id && ', here now'}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </div>
  )
}

function NameForm({ me }: { me: Me }) {
  const queries = useQueryClient()
  const [saved, setSaved] = useState(false)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ display_name: values.text('display_name') ? null : 'Write what others should call you.' }),
    send: async (values) => {
      setSaved(false)
      const { position } = await changeName(values.text('display_name'))
      queries.setQueryData(meQuery().queryKey, await lookAgain(position))
      setSaved(true)
      announce('Saved')
    },
    about: { invalid_name: 'display_name' },
  })
  return (
    <form {...form} className="max-w-md">
      <Refusal>{refusal}</Refusal>
      <TextField
        label="Name"
        name="display_name"
        autoComplete="name"
        maxLength={200}
        defaultValue={me.user.display_name}
        fault={faults['display_name']}
        hint="What others see beside your work."
        onInput={() => setSaved(false)}
      />
      <Submit busy={busy} doing="Saving …">
        Save the name
      </Submit>
      {saved && <span className="ml-3 text-xs text-ink-2">Saved.</span>}
    </form>
  )
}
