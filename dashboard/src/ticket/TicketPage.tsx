/** All of one ticket. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useStore } from 'zustand'
import { projectQuery } from '../api/reads'
import type { Ticket } from '../api/types'
import type { BoardStore } from '../board/store'
import { phaseWord } from '../board/words'
import { useOnlyLooking } from '../session/role'
import { useKeys } from '../shell/useKeys'
import { useTitle } from '../shell/useTitle'
import { Button } from '../ui/Button'
import { Glyph, type State } from '../ui/Glyph'
import { Id } from '../ui/Id'
import { Outside } from '../ui/Outside'
import { Priority } from '../ui/Priority'
import { Section } from '../ui/Section'
import { Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { Approvals } from './Approvals'
import { Comments } from './Comments'
import { Dependencies } from './Dependencies'
import { Gates } from './Gates'
import { History } from './History'
import { Tasks } from './Tasks'
import { useTicket } from './useTicket'

const MoveTo = lazy(() => import('../board/MoveTo'))

export function TicketPage({ project, id }: { project: string; id: string }) {
  const { ticket, query, history, board, seen } = useTicket(project, id)
  const { data: about } = useQuery(projectQuery(project))
  const [moving, setMoving] = useState(false)
  const onBoard = useStore(board, ({ shown }) => shown.cards.has(id))
  const canMove = useOnlyLooking() === null && onBoard
  useTitle(ticket ? `${ticket.number} ${ticket.title}` : 'Ticket')
  useKeys('Ticket', [{ keys: 'm', does: 'Move the ticket to …', run: () => canMove && setMoving(true) }])

  if (!ticket) return query.error ? <Failed error={query.error} again={() => void query.refetch()} /> : <Loading what="the ticket" />
  return (
    <article className="mx-auto max-w-6xl p-4">
      <Head {...{ project, ticket, board }} onMove={canMove ? () => setMoving(true) : null} />
      <Approvals ticket={ticket} onDone={seen} />
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-[1fr_20rem]">
        <div className="flex min-w-0 flex-col gap-6">
          {ticket.description && (
            <Section title="What it is about">
              <p className="said max-w-[72ch] text-base">{ticket.description}</p>
            </Section>
          )}
          <Section title={`Tasks${count(Object.keys(ticket.tasks).length)}`}>
            <Tasks {...{ project, ticket }} />
          </Section>
          <Section title={`Comments${count(ticket.comments)}`}>
            <Comments ticket={ticket} onDone={seen} />
          </Section>
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <Section title="Gates ahead">
            <Gates ticket={ticket} rules={about?.gates ?? {}} />
          </Section>
          {ticket.dependencies.length > 0 && (
            <Section title="Waits for">
              <Dependencies {...{ project, board }} ids={ticket.dependencies} />
            </Section>
          )}
          <Changes ticket={ticket} />
          <Section title="History">
            <History {...{ project, history }} />
          </Section>
        </div>
      </div>
      {moving && (
        <Suspense>
          <MoveTo {...{ project, board, id }} onClose={() => setMoving(false)} />
        </Suspense>
      )}
    </article>
  )
}

const count = (n: number): string => (n > 0 ? ` (${n})` : '')

function stateOf(ticket: Ticket): { state: State; word: string } {
  if (ticket.status === 'cancelled') return { state: 'cancelled', word: 'Cancelled' }
  if (ticket.blocked) return { state: 'blocked', word: 'Blocked' }
  if (ticket.phase === 'done') return { state: 'done', word: 'Done' }
  return ticket.phase === 'backlog' ? { state: 'queued', word: 'Not begun' } : { state: 'running', word: 'In progress' }
}

interface HeadProps {
  project: string
  ticket: Ticket
  board: BoardStore
  onMove: (() => void) | null
}

function Head({ project, ticket, board, onMove }: HeadProps) {
  const move = useStore(board, ({ shown }) => shown.moves.get(ticket.id))
  const { state, word } = stateOf(ticket)
  return (
    <header className="mb-5">
      <p className="mb-1 flex flex-wrap items-center gap-2 text-xs text-ink-2">
        <Link to="/p/$project/board" params={{ project }} className="underline">
          Board
        </Link>
        <span className="font-mono">{ticket.number}</span>
        <Priority priority={ticket.priority} />
      </p>
      <div className="flex flex-wrap items-start gap-3">
        <h1 className="said min-w-0 flex-1 text-xl font-semibold">{steady(ticket.title)}</h1>
        {onMove && (
          <Button onClick={onMove} title="Move to … (m)">
            Move to …
          </Button>
        )}
      </div>
      <p className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <span className="flex items-center gap-1.5">
          <Glyph state={state} label={null} />
          {word}
        </span>
        <span className={move ? 'rounded-md border border-dashed border-ink-3 px-1.5' : ''}>
          {move ? `moving to ${phaseWord(move.phase)} …` : phaseWord(ticket.phase)}
        </span>
        <span className="text-ink-2">
          created <When at={ticket.created_at} />, changed <When at={ticket.updated_at} />
        </span>
        <span className="font-mono text-xs text-ink-3" title="How often it was changed, and as of which event this is">
          v{ticket.version} #{ticket.position.toLocaleString('en')}
        </span>
      </p>
      {ticket.blocked && (
        <p className="said mt-2 text-blocked">
          Blocked: {ticket.blocked.reason} <span className="text-ink-3">(by <Id id={ticket.blocked.by} />)</span>
        </p>
      )}
      {ticket.stale != null && (
        <p role="status" className="mt-2 text-xs text-waiting">
          This ticket stands still since #{ticket.stale.toLocaleString('en')}: an event could not be applied.
        </p>
      )}
    </header>
  )
}

/** Commits and pull requests. Their addresses were given by others. */
function Changes({ ticket }: { ticket: Ticket }) {
  const commits = Object.entries(ticket.commits)
  if (commits.length === 0 && ticket.pull_requests.length === 0) return null
  return (
    <Section title="Changes">
      <ul>
        {/* A line each, high enough that no finger takes the one below. */}
        {ticket.pull_requests.map(({ number, url }) => (
          <li key={url} className="min-h-7">
            <Outside href={url}>{`Pull request ${number}`}</Outside>
          </li>
        ))}
        {commits.map(([sha, url]) => (
          <li key={sha} className="min-h-7 font-mono text-xs">
            {url ? <Outside href={url}>{sha.slice(0, 10)}</Outside> : sha.slice(0, 10)}
          </li>
        ))}
      </ul>
    </Section>
  )
}
