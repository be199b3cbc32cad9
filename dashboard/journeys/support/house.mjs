// An organization that people work in: for pictures of who belongs to it, and of what lets programs in.
import { Client } from './client.mjs'
import { Person } from './people.mjs'

/** Answers its owner. */
export async function furnish(server) {
  const owner = await Person.register(server, 'Ada Lovelace')
  const acme = await owner.found('Acme')
  const { id: billing } = await owner.post('/projects', { name: 'Billing' })
  const people = [
    ['Grace Hopper', 'admin'],
    ['Katherine Johnson', 'member'],
    ['Edsger Dijkstra', 'viewer'],
  ]
  for (const [name, role] of people) await owner.take(server, acme, await Person.register(server, name), role)
  await owner.post(`/organizations/${acme}/invitations`, { email: 'barbara.liskov@example.org', role: 'member' })

  const keys = [
    { name: 'CI of Billing', scopes: ['projects:read', 'tickets:write', 'tasks:write'], project: billing, days: 30 },
    { name: 'Nightly export', scopes: ['events:read', 'projections:read'] },
    { name: 'Auditor', scopes: ['auditor'], days: 14 },
  ]
  for (const wish of keys) {
    const { key } = await owner.post(`/organizations/${acme}/api-keys`, wish)
    if (wish.project) await new Client(server.url, key).get(`/projects/${billing}`)
  }
  return owner
}
