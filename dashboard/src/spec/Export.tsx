/** The plan as files, one by one, and what a layout cannot say. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { exportSpec } from '../api/specs'
import type { PlanFile, PlanLayout, Spec } from '../api/types'
import { buttonLook } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Choice } from '../ui/Field'
import { Command, Failed, Loading } from '../ui/states'
import { visible } from '../ui/visible'

const LAYOUTS: Record<PlanLayout, string> = {
  kiro: 'Kiro: requirements, design and tasks',
  'spec-kit': 'spec-kit: spec, plan and tasks',
  document: 'One file of Markdown',
}

export default function Export({ spec, onClose }: { spec: Spec; onClose(): void }) {
  const [layout, setLayout] = useState<PlanLayout>(spec.origin.from === 'import' ? spec.origin.layout : 'kiro')
  const { data, error, refetch } = useQuery({
    queryKey: ['spec', spec.id, 'export', layout, spec.version],
    queryFn: () => exportSpec(spec.id, layout),
  })
  return (
    <Dialog title="Export" onClose={onClose}>
      <Choice label="Layout" value={layout} onChange={({ target }) => setLayout(target.value as PlanLayout)} autoFocus>
        {Object.entries(LAYOUTS).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </Choice>
      {data ? (
        <div className="flex flex-col gap-3">
          <ul className="flex flex-col gap-1.5">
            {data.files.map((file) => (
              <li key={file.path} className="flex items-center justify-between gap-3">
                <span className="said font-mono text-xs">{visible(file.path)}</span>
                <Download file={file} />
              </li>
            ))}
          </ul>
          {data.lost.length > 0 && (
            <div>
              <p className="text-xs font-semibold">What this layout cannot say:</p>
              <ul className="list-disc pl-4">
                {data.lost.map((what) => (
                  <li key={what} className="said">
                    {what}
                  </li>
                ))}
              </ul>
            </div>
          )}
          <Command text={`omoi spec export ${spec.id} plan --layout ${layout}`} />
        </div>
      ) : error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : (
        <Loading what="the plan" />
      )}
    </Dialog>
  )
}

function Download({ file }: { file: PlanFile }) {
  const [href, setHref] = useState<string>()
  useEffect(() => {
    const address = URL.createObjectURL(new Blob([file.text], { type: 'text/markdown' }))
    setHref(address)
    return () => URL.revokeObjectURL(address)
  }, [file])
  return (
    <a href={href} download={file.path.split('/').at(-1)} className={buttonLook('plain')} aria-label={`Download ${file.path}`}>
      Download
    </a>
  )
}
