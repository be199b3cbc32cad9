/** How it is built: the words, the picture, the parts, and what is stored and called. */
import type { ReactNode } from 'react'
import type { Spec } from '../api/types'
import { readable } from '../ui/visible'
import { Diagram } from './Diagram'
import { Problems } from './Problems'
import { faultsAt, latestVerdict } from './verdict'

export function Design({ spec }: { spec: Spec }) {
  const { design } = spec
  if (!design) return <p className="text-ink-2">Not written yet.</p>
  const verdict = latestVerdict(spec, 'design')
  const faults = (item: string) => <Problems problems={faultsAt(verdict, item)} />
  return (
    <div className="flex flex-col gap-5">
      {design.architecture_overview && (
        <div>
          <p className="said max-w-[72ch] text-base">{design.architecture_overview}</p>
          {faults('architecture_overview')}
        </div>
      )}
      {design.architecture_diagram && (
        <Part title="The parts and what they use">
          <Diagram source={design.architecture_diagram} />
          {faults('architecture_diagram')}
        </Part>
      )}
      {design.components.length > 0 && (
        <Part title="Parts">
          <ul className="grid gap-2 md:grid-cols-2">
            {design.components.map((component) => (
              <li key={component.name} className="min-w-0 rounded-lg border border-line bg-raised p-3">
                <p className="flex flex-wrap items-baseline gap-x-2">
                  <span className="said font-semibold">{component.name}</span>
                  {component.type && <span className="text-xs text-ink-2">{component.type}</span>}
                  {component.file_path && <span className="said font-mono text-xs text-ink-3">{component.file_path}</span>}
                </p>
                <p className="said mt-1">{component.responsibility || component.description}</p>
                {component.interfaces.length > 0 && (
                  <ul className="mt-1 text-xs">
                    {component.interfaces.map(({ method, inputs, outputs }, index) => (
                      <li key={index} className="said">
                        <span className="font-mono">{method}</span> <span className="text-ink-2">{arrow(inputs, outputs)}</span>
                      </li>
                    ))}
                  </ul>
                )}
                {component.dependencies.length > 0 && (
                  <p className="said mt-1 text-xs text-ink-2">Uses {component.dependencies.join(', ')}</p>
                )}
                {faults(component.name)}
              </li>
            ))}
          </ul>
          {faults('components')}
        </Part>
      )}
      {design.data_models.length > 0 && (
        <Part title="What is stored">
          <dl className="flex flex-col gap-2">
            {design.data_models.map(({ name, table_name, description, fields }) => (
              <div key={name}>
                <dt className="said font-semibold">
                  {name} {table_name && <span className="font-mono text-xs font-normal text-ink-3">{table_name}</span>}
                </dt>
                <dd className="said max-w-[72ch]">
                  {description}
                  {Object.entries(fields).map(([field, type]) => (
                    <span key={field} className="block font-mono text-xs">
                      {field} <span className="text-ink-2">{said(type)}</span>
                    </span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          {faults('data_models')}
        </Part>
      )}
      {design.api_endpoints.length > 0 && (
        <Part title="What can be called">
          <ul className="flex flex-col gap-1">
            {design.api_endpoints.map(({ method, path, description }, index) => (
              <li key={index} className="said">
                <span className="font-mono text-xs font-semibold">
                  {method} {path}
                </span>{' '}
                {description}
              </li>
            ))}
          </ul>
          {faults('api_endpoints')}
        </Part>
      )}
      <Told title="When something fails" value={design.error_handling}>{faults('error_handling')}</Told>
      <Told title="Security" value={design.security_considerations}>{faults('security_considerations')}</Told>
      <Told title="How it is tested" value={design.testing_strategy}>{faults('testing_strategy')}</Told>
      <Told title="Where it touches what is there" value={design.integration_points}>{faults('integration_points')}</Told>
      <Told title="How what is there becomes what is wanted" value={design.migration_plan}>{faults('migration_plan')}</Told>
      {design.document && (
        <details>
          <summary className="h-7 text-xs underline">The whole text of the imported design</summary>
          <pre className="said mt-1 max-h-96 overflow-auto rounded-md border border-line bg-sunk p-3 font-mono text-xs" tabIndex={0}>
            {design.document}
          </pre>
        </details>
      )}
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1.5 text-xs font-semibold">{title}</h3>
      {children}
    </div>
  )
}

/** What models write as a sentence, as a list, or as an object. */
function Told({ title, value, children }: { title: string; value: unknown; children: ReactNode }) {
  const entries = entriesOf(value)
  if (entries.length === 0) return null
  return (
    <Part title={title}>
      <dl className="flex max-w-[72ch] flex-col gap-1">
        {entries.map(([name, text], index) => (
          <div key={index}>
            {name && <dt className="said font-semibold">{name}</dt>}
            <dd className="said">{text}</dd>
          </div>
        ))}
      </dl>
      {children}
    </Part>
  )
}

function entriesOf(value: unknown): [string | null, string][] {
  if (value === null || value === undefined || value === '') return []
  if (Array.isArray(value)) return value.map((one) => [null, said(one)])
  if (typeof value === 'object') return Object.entries(value).map(([name, one]) => [name.replaceAll('_', ' '), said(one)])
  return [[null, said(value)]]
}

function said(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.map((one) => `– ${one}`).join('\n')
  return readable(value)
}

const arrow = (inputs: unknown, outputs: unknown): string =>
  [inputs && `takes ${said(inputs)}`, outputs && `gives ${said(outputs)}`].filter(Boolean).join(', ')
