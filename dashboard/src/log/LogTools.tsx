/** What the log shows: its filters, and the way to take each away. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { DropdownMenu } from 'radix-ui'
import { EVENT_TYPES } from '../api/eventTypes'
import { projectsQuery } from '../api/reads'
import { shortId } from '../ui/Id'
import { HEADING, ITEM, MENU } from '../ui/menu'
import { buttonLook } from '../ui/Button'
import { type LogSearch, typesOf, withPart, withType } from './search'
import { verbOf } from './words'

interface LogToolsProps {
  search: LogSearch
  onSearch(next: LogSearch): void
  /** The page is the log of one project already. */
  scoped: boolean
  projectName: string | undefined
}

export function LogTools({ search, onSearch, scoped, projectName }: LogToolsProps) {
  const types = typesOf(search)
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line px-3 py-1.5">
      <h1 className="mr-1 text-base font-semibold">{scoped || search.of ? 'Log' : 'Log of everything'}</h1>
      <TypeMenu types={types} onType={(type, shown) => onSearch(withType(search, type, shown))} />
      {!scoped && <ProjectMenu of={search.of} onChoose={(of) => onSearch(withPart(search, { of, at: undefined }))} />}
      {!scoped && search.of && <Chip word={projectName ?? 'One project'} onClose={() => onSearch(withPart(search, { of: undefined }))} />}
      {types.map((type) => (
        <Chip key={type} word={type} onClose={() => onSearch(withType(search, type, false))} />
      ))}
      {search.correlation && (
        <Chip word={`from one wish ${shortId(search.correlation)}`} onClose={() => onSearch(withPart(search, { correlation: undefined }))} />
      )}
    </div>
  )
}

function Chip({ word, onClose }: { word: string; onClose: () => void }) {
  return (
    <span className="inline-flex h-6 items-center rounded-md border border-line bg-raised pl-2 font-mono text-xs">
      <span className="max-w-72 truncate">{word}</span>
      <button type="button" className="grid size-6 place-items-center rounded-md hover:bg-sunk" aria-label={`Without ${word}`} onClick={onClose}>
        ×
      </button>
    </span>
  )
}

const KINDS = [...new Set(EVENT_TYPES.map((type) => type.slice(0, type.indexOf('.'))))]

function TypeMenu({ types, onType }: { types: readonly string[]; onType: (type: string, shown: boolean) => void }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={buttonLook('plain')}>{types.length > 0 ? `${types.length} types` : 'All types'}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="start" className={MENU}>
          {KINDS.map((kind) => (
            <DropdownMenu.Group key={kind}>
              <DropdownMenu.Label className={HEADING}>{kind.replaceAll('_', ' ')}</DropdownMenu.Label>
              {EVENT_TYPES.filter((type) => type.startsWith(`${kind}.`)).map((type) => (
                <DropdownMenu.CheckboxItem
                  key={type}
                  className={ITEM}
                  checked={types.includes(type)}
                  // It stays open: whoever wants one type often wants two.
                  onSelect={(event) => event.preventDefault()}
                  onCheckedChange={(shown) => onType(type, shown)}
                >
                  <span className="w-3.5">
                    <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
                  </span>
                  {verbOf(type)}
                </DropdownMenu.CheckboxItem>
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function ProjectMenu({ of, onChoose }: { of: string | undefined; onChoose: (of: string | undefined) => void }) {
  const { data } = useInfiniteQuery(projectsQuery())
  const projects = data?.pages.flatMap((page) => page.projects) ?? []
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={buttonLook('plain')}>{of ? 'One project' : 'All projects'}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="start" className={MENU}>
          <DropdownMenu.Item className={ITEM} onSelect={() => onChoose(undefined)}>
            All projects
          </DropdownMenu.Item>
          {projects.map(({ id, name }) => (
            <DropdownMenu.Item key={id} className={ITEM} onSelect={() => onChoose(id)}>
              <span className="truncate">{name}</span>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
