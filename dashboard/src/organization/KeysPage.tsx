/** Keys, by which programs come in: what each is for, and until when. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { keysQuery, membersQuery, readKeys, revokeKey } from '../api/identity'
import type { ApiKey, NewApiKey } from '../api/identityTypes'
import { projectQuery } from '../api/reads'
import { announce } from '../shell/announce'
import { useTitle } from '../shell/useTitle'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Confirm'
import { Glyph } from '../ui/Glyph'
import { Id } from '../ui/Id'
import { Secret } from '../ui/Secret'
import { Empty, Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { Until, When } from '../ui/When'
import { type Here, InOrganization } from './InOrganization'

const NewKey = lazy(() => import('./NewKey'))

export function KeysPage() {
  useTitle('Keys')
  return (
    <InOrganization needs="keys:write" what="the keys">
      {(here) => <Keys here={here} />}
    </InOrganization>
  )
}

function Keys({ here }: { here: Here }) {
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery(keysQuery(here.id))
  const [asks, setAsks] = useState(false)
  const [made, setMade] = useState<(NewApiKey & { name: string }) | null>(null)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  if (!data) return error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="the keys" />

  async function reread(position: number | null) {
    queries.setQueryData(keysQuery(here.id).queryKey, await readKeys(here.id, position))
  }
  const create = (
    <Button kind="primary" onClick={() => setAsks(true)}>
      Make a key
    </Button>
  )
  return (
    <>
      {made && <Made key={made.id} made={made} onDone={() => setMade(null)} />}
      {data.length === 0 ? (
        <Empty title="No key yet" action={create}>
          A key lets a program in without a person: for a pipeline, a script, a worker. It does only what you choose, and ends by
          itself.
        </Empty>
      ) : (
        <>
          <div className="mb-3 flex items-center justify-between gap-3">
            <h1 className="text-xl font-semibold">Keys</h1>
            {create}
          </div>
          <ul className="rounded-lg border border-line bg-raised">
            {data.map((one) => (
              <Row key={one.id} apiKey={one} here={here} onRevoke={() => setRevoking(one)} />
            ))}
          </ul>
        </>
      )}
      {asks && (
        <Suspense>
          <NewKey
            here={here}
            onClose={() => setAsks(false)}
            onMade={(key) => {
              setAsks(false)
              setMade(key)
              // The key is there whatever the list says.
              reread(key.position).catch(() => void refetch())
            }}
          />
        </Suspense>
      )}
      {revoking && (
        <Confirm
          title={`Revoke the key “${steady(revoking.name)}”?`}
          does="Revoke"
          doing="Revoking …"
          run={async () => {
            const { position } = await revokeKey(here.id, revoking.id)
            if (made?.id === revoking.id) setMade(null)
            announce(`Revoked ${revoking.name}`)
            await reread(position)
          }}
          onClose={() => setRevoking(null)}
        >
          Whatever uses it is refused from now on. A revoked key cannot be brought back.
        </Confirm>
      )}
    </>
  )
}

/** The key itself, this once. On the page and not in a dialog: nobody loses it with a press of Escape. */
function Made({ made, onDone }: { made: NewApiKey & { name: string }; onDone: () => void }) {
  return (
    <section aria-label="The new key" className="mb-5 rounded-lg border border-line-strong bg-raised p-3">
      <p className="mb-2 flex items-start gap-2 text-base">
        <span className="pt-0.5">
          <Glyph state="waiting" label={null} />
        </span>
        <span className="said">
          <strong className="font-semibold">{`Take the key “${steady(made.name)}” along now: it is shown this once.`}</strong>{' '}
          Nobody can read it later, also not the server. Whoever has it can do what it is for, until <Until at={made.expires_at} />.
        </span>
      </p>
      <Secret label={`The key ${steady(made.name)}`} text={made.key} />
      <div className="mt-3 flex justify-end">
        <Button onClick={onDone}>I have it: hide it</Button>
      </div>
    </section>
  )
}

function Row({ apiKey, here, onRevoke }: { apiKey: ApiKey; here: Here; onRevoke: () => void }) {
  const { name, scopes, project, expires_at, last_used_at } = apiKey
  const over = Date.parse(expires_at) <= Date.now()
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-1 border-b border-line px-3 py-2 last:border-0">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="said font-semibold">{steady(name)}</span>
          <span className="text-xs text-ink-2">
            <Maker apiKey={apiKey} here={here} />
          </span>
        </p>
        <p className="mt-0.5 font-mono text-xs text-ink-2">{scopes.join('  ')}</p>
        <p className="mt-0.5 text-xs text-ink-2">
          {project ? <InProject id={project} /> : 'all projects'}
          {', '}
          <span className={over ? 'text-waiting' : ''}>
            {over ? 'ended' : 'ends'} <Until at={expires_at} />
          </span>
          {', '}
          {last_used_at ? (
            <>
              used <When at={last_used_at} />
            </>
          ) : (
            'never used'
          )}
        </p>
      </div>
      <Button aria-label={`Revoke the key ${steady(name)}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  )
}

function Maker({ apiKey: { mine, maker }, here }: { apiKey: ApiKey; here: Here }) {
  const { data } = useQuery({ ...membersQuery(here.id), enabled: !mine && here.may('organization:read') })
  if (mine) return 'yours'
  const member = data?.find(({ user }) => user === maker)
  return member ? `of ${steady(member.display_name)}` : <>of <Id id={maker} /></>
}

function InProject({ id }: { id: string }) {
  const { data } = useQuery(projectQuery(id))
  return <>only {data ? <span className="said">{steady(data.name)}</span> : <Id id={id} />}</>
}
