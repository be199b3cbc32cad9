/** What the ticket still needs, gate by gate. */
import type { Project, Ticket } from '../api/types'
import { phaseWord } from '../board/words'
import { Glyph } from '../ui/Glyph'
import { gatesAhead } from './gates'

export function Gates({ ticket, rules }: { ticket: Ticket; rules: Project['gates'] }) {
  const gates = gatesAhead(ticket, rules)
  if (gates.length === 0) return <p className="text-ink-2">Nothing keeps it.</p>
  return (
    <ol className="flex flex-col gap-3">
      {gates.map(({ phase, here, criteria }) => (
        <li key={phase}>
          <h3 className="mb-1 text-xs font-semibold">
            Out of {phaseWord(phase)} {here && <span className="font-normal text-ink-2">(it is here)</span>}
          </h3>
          <ul className="flex flex-col gap-1">
            {criteria.map(({ state, word, missing }) => (
              <li key={word} className="flex items-start gap-2">
                <span className="pt-0.5">
                  <Glyph state={state} label={state === 'done' ? 'Met' : 'Not met'} />
                </span>
                <span className="said min-w-0">
                  {word}
                  {missing && <span className="text-ink-2">: {missing}</span>}
                </span>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}
