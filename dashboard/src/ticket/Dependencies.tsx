/** The tickets that come first. The board knows most of them already. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useStore } from 'zustand'
import { ticketQuery } from '../api/reads'
import { faceOf } from '../board/face'
import type { BoardStore } from '../board/store'
import { Glyph } from '../ui/Glyph'
import { shortId } from '../ui/Id'

export function Dependencies({ project, board, ids }: { project: string; board: BoardStore; ids: readonly string[] }) {
  return (
    <ul className="flex flex-col gap-1">
      {ids.map((id) => (
        <Dependency key={id} {...{ project, board, id }} />
      ))}
    </ul>
  )
}

function Dependency({ project, board, id }: { project: string; board: BoardStore; id: string }) {
  const card = useStore(board, ({ shown }) => shown.cards.get(id))
  // A cancelled ticket is not on the board.
  const { data: ticket } = useQuery({ ...ticketQuery(id), enabled: card === undefined })
  const face = card ? faceOf(card) : null
  const about = card ?? ticket
  return (
    <li className="flex items-start gap-2">
      <span className="pt-0.5">
        <Glyph state={face?.state ?? (ticket?.status === 'cancelled' ? 'cancelled' : 'queued')} label={face?.word ?? ticket?.status ?? 'Unknown'} />
      </span>
      <Link to="/p/$project/t/$ticket" params={{ project, ticket: id }} className="said min-w-0 underline decoration-line-strong">
        <span className="font-mono text-xs">{about?.number ?? shortId(id)}</span> {about?.title}
      </Link>
    </li>
  )
}
