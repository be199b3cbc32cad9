/** One event, whole: what it says, what caused it, and what follows from the same wish. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { readEventsBefore } from '../api/reads'
import type { RecordedEvent } from '../api/types'
import { Button } from '../ui/Button'
import { Failed, Loading } from '../ui/states'
import { clock, day } from '../ui/time'
import { readable } from '../ui/visible'
import { type LogSearch, withPart } from './search'
import { subjectOf, tell } from './words'

interface EventPanelProps {
  at: number
  /** The event, when the window has it. */
  known: RecordedEvent | undefined
  search: LogSearch
  project: string | undefined
  onClose(): void
}

export function EventPanel({ at, known, search, project, onClose }: EventPanelProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['event', at],
    queryFn: async ({ signal }) => (await readEventsBefore({}, at + 1, 1, signal)).events.find(({ position }) => position === at) ?? null,
    enabled: known === undefined,
    // What happened does not change.
    staleTime: Number.POSITIVE_INFINITY,
  })
  const event = known ?? data
  return (
    <aside
      aria-label={`Event ${at}`}
      className="flex min-h-0 w-[26rem] shrink-0 flex-col border-l border-line bg-raised max-md:fixed max-md:inset-x-0 max-md:top-1/3 max-md:bottom-11 max-md:z-10 max-md:w-auto max-md:border-t max-md:border-l-0"
    >
      <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-3">
        <h2 className="truncate font-mono text-sm font-semibold">{event ? event.type : `#${at}`}</h2>
        <Button kind="quiet" className="ml-auto" onClick={onClose} aria-label="Close the event">
          Close
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-auto p-3">
        {event ? (
          <Event {...{ event, search, project }} />
        ) : error ? (
          <Failed error={error} again={() => void refetch()} />
        ) : data === null ? (
          <p className="text-ink-2">There is no event #{at} that this key may see.</p>
        ) : (
          <Loading what="the event" />
        )}
      </div>
    </aside>
  )
}

function Event({ event, search, project }: { event: RecordedEvent; search: LogSearch; project: string | undefined }) {
  const place = project ? ({ to: '/p/$project/log', params: { project } } as const) : ({ to: '/log' } as const)
  return (
    <>
      <p className="said mb-3 text-base">
        <span className="font-mono text-sm">{subjectOf(event)}</span> {tell(event)}
      </p>
      {/* Far enough apart that no finger takes the link below. */}
      <dl className="grid grid-cols-[6.5rem_1fr] gap-x-3 gap-y-2 text-xs">
        <Fact name="Position" mono>
          #{event.position.toLocaleString('en')}
        </Fact>
        <Fact name="When" mono>
          <time dateTime={event.recorded_at}>
            {day(event.recorded_at).slice(0, 10)} {clock(event.recorded_at)}
          </time>
        </Fact>
        <Fact name="Happened to" mono>
          {event.aggregate_type === 'ticket' && event.project_id ? (
            <Link to="/p/$project/t/$ticket" params={{ project: event.project_id, ticket: event.aggregate_id }} className="underline">
              {event.aggregate_id}
            </Link>
          ) : (
            event.aggregate_id
          )}
        </Fact>
        <Fact name="Its change" mono>
          no. {event.sequence}
        </Fact>
        <Fact name="By" mono>
          {event.actor}
        </Fact>
        <Fact name="Caused by" mono>
          {event.causation_id ? (
            <Link {...place} search={withPart(search, { event: event.causation_id, at: undefined })} className="underline">
              {event.causation_id}
            </Link>
          ) : (
            <span className="font-sans">a wish</span>
          )}
        </Fact>
        <Fact name="Same wish" mono>
          <Link {...place} search={withPart(search, { correlation: event.correlation_id, type: undefined })} className="underline">
            {event.correlation_id}
          </Link>
        </Fact>
        <Fact name="Command" mono>
          {event.command_id}
        </Fact>
        <Fact name="Event" mono>
          {event.id}
        </Fact>
        <Fact name="Version">{event.version}</Fact>
        <Fact name="Hash" mono>
          {event.content_hash}
        </Fact>
      </dl>
      <Json name="Payload" value={event.payload} />
      {Object.keys(event.metadata).length > 0 && <Json name="Metadata" value={event.metadata} />}
    </>
  )
}

function Fact({ name, mono = false, children }: { name: string; mono?: boolean; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className={`wrap-anywhere ${mono ? 'font-mono' : ''}`}>{children}</dd>
    </>
  )
}

function Json({ name, value }: { name: string; value: unknown }) {
  return (
    <section className="mt-4">
      <h3 className="mb-1 text-xs font-semibold">{name}</h3>
      {/* It scrolls, so the keys must be able to reach it. */}
      <pre tabIndex={0} className="said max-h-96 overflow-auto rounded-md border border-line bg-sunk p-2 font-mono text-xs">
        {readable(value)}
      </pre>
    </section>
  )
}
