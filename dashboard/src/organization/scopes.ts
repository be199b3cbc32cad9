/** What a key can be for, in the words of people. */

export interface Scope {
  id: string
  may: string
}

export const SCOPES: readonly Scope[] = [
  { id: 'projects:read', may: 'see projects, boards, tickets and tasks' },
  { id: 'projects:write', may: 'create projects and change them' },
  { id: 'tickets:write', may: 'create and change tickets, and move them' },
  { id: 'tickets:force', may: 'move tickets although a gate is closed or a column is full' },
  { id: 'tickets:approve', may: 'grant or reject approvals' },
  { id: 'tasks:write', may: 'plan tasks and carry them out' },
  { id: 'tasks:attest', may: 'vouch for the evidence of a task' },
  { id: 'runs:read', may: 'see what agents did and said' },
  { id: 'runs:write', may: 'start agents, speak to them, and stop them' },
  { id: 'specs:write', may: 'hand in ideas and plans, and answer their questions' },
  { id: 'specs:approve', may: 'approve or reject what a spec shows' },
  { id: 'merges:write', may: 'try parked work again, resolve it, leave it out' },
  { id: 'merges:approve', may: 'let the default branch follow a merge' },
  { id: 'events:read', may: 'read the log' },
  { id: 'projections:read', may: 'see how far the read models are' },
  { id: 'projections:manage', may: 'rebuild read models' },
  { id: 'auditor', may: 'read the log and its seals, and nothing else' },
]

/** What one may put into a key: nothing that one may not do. An auditor reads the log. */
export function isMine({ id }: Scope, permissions: readonly string[]): boolean {
  return permissions.includes(id === 'auditor' ? 'events:read' : id)
}
