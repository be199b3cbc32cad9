/** Who stepped into this run, and what came of it. */
import { Glyph } from '../ui/Glyph'
import { Id } from '../ui/Id'
import { When } from '../ui/When'
import { KIND, type Step } from './interventions'
import { cut, plain } from './plain'

const MOST = 20

export function SteppedIn({ steps }: { steps: readonly Step[] }) {
  return (
    <>
      <ol className="flex flex-col gap-2.5">
        {steps.slice(0, MOST).map(({ id, kind, by, at, way: { state, word, means }, said }) => (
          <li key={id} className="flex items-start gap-2 text-xs">
            <span className="pt-px">
              <Glyph state={state} label={null} />
            </span>
            <div className="min-w-0">
              <p className="flex flex-wrap gap-x-1.5 text-ink-2">
                <span className="font-semibold text-ink">{KIND[kind]}</span> by <Id id={by} /> <When at={new Date(at).toISOString()} />
              </p>
              {said && <p className="said">{said.text ? cut(plain(said.text), 3, 'first').text : said.why}</p>}
              <p className="said text-ink-2">
                <span className="font-semibold">{word}.</span> {plain(means)}
              </p>
            </div>
          </li>
        ))}
      </ol>
      {steps.length > MOST && <p className="mt-2 text-xs text-ink-2">The newest {MOST} of them; the others stand in the trajectory.</p>}
    </>
  )
}
