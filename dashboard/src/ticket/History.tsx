/** What happened to the ticket, newest first. Each line leads into the log. */
import { Link } from '@tanstack/react-router'
import { lookOf, tell } from '../log/words'
import type { useLog } from '../log/useLog'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { Failed, Loading } from '../ui/states'
import { When } from '../ui/When'

export function History({ project, history }: { project: string; history: ReturnType<typeof useLog> }) {
  const { window, error, older, readsOlder, again } = history
  if (!window) return error ? <Failed error={error} again={again} /> : <Loading what="the history" />
  return (
    <>
      <ol className="flex flex-col">
        {window.events.toReversed().map((event) => {
          const look = lookOf(event.type)
          return (
            <li key={event.position} className="relative grid grid-cols-[1rem_1fr_auto] items-start gap-x-2 py-1">
              <span className="pt-0.5">{look && <Glyph state={look} label={null} />}</span>
              <Link
                to="/p/$project/log"
                params={{ project }}
                search={{ at: event.position }}
                className="said line-clamp-3 min-w-0 hover:underline"
              >
                {tell(event)}
              </Link>
              <span className="text-xs leading-(--body-line) text-ink-3">
                <When at={event.recorded_at} />
              </span>
            </li>
          )
        })}
      </ol>
      {!window.whole && (
        <Button className="mt-2" disabled={readsOlder} onClick={() => void older(window.events[0]?.position ?? 1)}>
          Earlier
        </Button>
      )}
    </>
  )
}
