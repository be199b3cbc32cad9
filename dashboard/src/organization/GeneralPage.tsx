/** The organization itself: its name, how much it may have, and the ways out. */
import { useQuery } from '@tanstack/react-query'
import { organizationQuery } from '../api/identity'
import type { Organization } from '../api/identityTypes'
import { useTitle } from '../shell/useTitle'
import { Glyph } from '../ui/Glyph'
import { Section } from '../ui/Section'
import { Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { Danger } from './Danger'
import { type Here, InOrganization, MayNot } from './InOrganization'
import { LimitsForm } from './LimitsForm'
import { NameForm } from './NameForm'
import { asA } from './roles'

export function GeneralPage() {
  useTitle('Organization')
  return (
    <InOrganization needs="organization:read" what="the organization">
      {(here) => <General here={here} />}
    </InOrganization>
  )
}

function General({ here }: { here: Here }) {
  const { data, error, refetch } = useQuery(organizationQuery(here.id))
  if (!data) return error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="the organization" />
  const canWrite = here.may('organization:write') && data.state === 'active'
  return (
    <div className="flex flex-col gap-8">
      <Head organization={data} />
      <Section title="Name">
        {canWrite ? <NameForm organization={data} /> : <MayNot role={here.role}>The name is not yours to change.</MayNot>}
      </Section>
      <Section title="Limits">
        {canWrite ? <LimitsForm organization={data} /> : <LimitsRead organization={data} here={here} />}
      </Section>
      <Section title="Ways out">
        <Danger organization={data} here={here} />
      </Section>
    </div>
  )
}

const STATE = {
  active: { glyph: 'done', words: 'Active' },
  suspended: { glyph: 'paused', words: 'Suspended: nothing in it can be changed. Ask whoever runs this server.' },
  closed: { glyph: 'cancelled', words: 'Closed for good' },
} as const

function Head({ organization }: { organization: Organization }) {
  const { glyph, words } = STATE[organization.state]
  return (
    <header>
      <h1 className="said text-xl font-semibold">{steady(organization.name)}</h1>
      <p className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1">
        <span className="flex items-center gap-1.5">
          <Glyph state={glyph} label={null} />
          {words}
        </span>
        <span className="font-mono text-xs text-ink-3" title="Its part of addresses. It stays.">
          {organization.slug}
        </span>
        <span className="text-ink-2">
          {organization.members} {organization.members === 1 ? 'member' : 'members'}
        </span>
        <span className="text-ink-2">you are {asA(organization.role)}</span>
      </p>
    </header>
  )
}

function LimitsRead({ organization: { limits, members }, here }: { organization: Organization; here: Here }) {
  const lines = [
    ['Members and open invitations', `${limits.members}, of which ${members} are members`],
    ['Projects', limits.projects],
    ['Runs at a time', limits.concurrent_runs],
  ] as const
  return (
    <>
      <dl className="mb-2">
        {lines.map(([word, value]) => (
          <div key={word} className="flex min-h-6 gap-4">
            <dt className="w-52 shrink-0 text-ink-2 max-sm:w-36">{word}</dt>
            <dd className="font-mono">{value}</dd>
          </div>
        ))}
      </dl>
      <MayNot role={here.role}>The limits are not yours to change.</MayNot>
    </>
  )
}
