/** The sandboxes that there are: where each is, what holds it, how old it is. */
import type { RunSandbox } from '../api/types'
import { plain } from '../run/plain'
import { levelWords } from '../run/words'
import { Glyph, type State } from '../ui/Glyph'
import { When } from '../ui/When'
import { Named, ToRun } from './Agents'

const FACES: Record<RunSandbox['state'], [State, string]> = {
  requested: ['queued', 'Is made'],
  ready: ['running', 'Is there'],
  lost: ['failed', 'Went away'],
  released: ['done', 'Removed'],
}

const CELL = 'px-3 py-1.5 text-left align-top'

export function Sandboxes({ sandboxes }: { sandboxes: readonly RunSandbox[] }) {
  return (
    // On a narrow screen it scrolls, so the keys must be able to reach it.
    <div tabIndex={0} role="region" aria-label="Table of sandboxes" className="overflow-x-auto rounded-lg border border-line bg-raised">
      <table className="w-full text-xs">
        <thead className="text-ink-2">
          <tr className="border-b border-line">
            <th className={CELL}>State</th>
            <th className={CELL}>Run</th>
            <th className={`${CELL} whitespace-nowrap`}>Held by</th>
            <th className={CELL}>Node</th>
            <th className={CELL}>Since</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {sandboxes.map((sandbox) => {
            const [state, word] = FACES[sandbox.state] ?? ['queued', sandbox.state]
            const left = sandbox.ended_at !== null && sandbox.state === 'ready'
            return (
              <tr key={sandbox.run}>
                <td className={`${CELL} whitespace-nowrap`}>
                  <span className="flex items-center gap-1.5">
                    <Glyph state={left ? 'paused' : state} label={null} />
                    {left ? 'Its run has ended' : word}
                  </span>
                </td>
                <td className={`${CELL} min-w-40`}>
                  <ToRun run={{ id: sandbox.run, project: sandbox.project }}>{sandbox.name ? <Named name={sandbox.name} /> : 'A run'}</ToRun>
                  <span className="said block font-mono text-ink-3">{plain(sandbox.branch)}</span>
                </td>
                <td className={CELL} title={sandbox.level ? levelWords(sandbox.level) : ''}>
                  {sandbox.level ?? 'not yet'}
                </td>
                <td className={`${CELL} font-mono`}>
                  {plain(sandbox.node)} <span className="font-sans text-ink-3">({sandbox.provider})</span>
                </td>
                <td className={CELL}>
                  <When at={sandbox.ready_at ?? sandbox.requested_at} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
