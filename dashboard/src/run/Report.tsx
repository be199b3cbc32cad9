/** What a run that explores has found out. An agent wrote it: it is shown as text, and as nothing else. */
import type { Run } from '../api/types'
import { Button } from '../ui/Button'
import { useState } from 'react'
import { many } from './amounts'
import { plain } from './plain'

type Found = NonNullable<NonNullable<Run['evidence']>['report']>

export function Report({ report }: { report: Found }) {
  const [open, setOpen] = useState(false)
  const { findings, recommendations } = report
  const more = [findings.length > 0 && many(findings.length, 'finding'), recommendations.length > 0 && many(recommendations.length, 'recommendation')].filter(Boolean)
  return (
    <section aria-label="Report" tabIndex={0} className="mt-2 max-h-[45vh] overflow-auto rounded-md border border-line bg-raised px-3 py-2 text-sm">
      <h2 className="text-xs font-semibold text-ink-2">What it found out</h2>
      <Paragraphs words={report.summary} />
      {more.length > 0 && (
        <Button kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)} className="-ml-2">
          {open ? 'Fold' : `Show ${more.join(' and ')}`}
        </Button>
      )}
      {open && (
        <ol className="flex list-decimal flex-col gap-2 pl-6">
          {findings.map(({ title, detail, files }, index) => (
            <li key={index}>
              <p className="said font-semibold">{plain(title)}</p>
              <Paragraphs words={detail} />
              {files.length > 0 && <p className="said font-mono text-xs text-ink-2">{plain(files.join(', '))}</p>}
            </li>
          ))}
        </ol>
      )}
      {open && recommendations.length > 0 && (
        <>
          <h3 className="mt-2 text-xs font-semibold text-ink-2">It recommends</h3>
          <ul className="flex list-disc flex-col gap-1 pl-6">
            {recommendations.map((words, index) => (
              <li key={index} className="said">
                {plain(words)}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function Paragraphs({ words }: { words: string }) {
  return <p className="said max-w-[80ch]">{plain(words)}</p>
}
