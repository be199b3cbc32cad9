// A project in the middle of its work: for pictures, and for whoever looks for faults in pages that are full.
import { eventually } from './journey.mjs'

const TICKETS = [
  ['Send invoices by mail', 'implementation', 'high'],
  ['Remind customers who have not paid', 'implementation', 'medium'],
  ['Refund a part of a payment', 'implementation', 'critical'],
  ['Import the bookings of last year', 'implementation', 'medium'],
  ['Number invoices without a hole', 'testing', 'high'],
  ['Let customers change their address', 'testing', 'medium'],
  ['Show totals in the currency of the customer', 'design', 'medium'],
  ['Decide what an invoice must show by law', 'requirements', 'high'],
  ['Accept payments by card', 'backlog', 'high'],
  ['Export bookings for the tax adviser', 'backlog', 'low'],
  ['Keep invoices for ten years', 'backlog', 'medium'],
  ['Sign in with a passkey', 'deployment', 'medium'],
]
const DONE = ['Print invoices as PDF', 'Write invoices in two languages']

/** Answers the project, and the ticket about which there is most to say. */
export async function seed(server) {
  const { id: project } = await server.post('/projects', { name: 'Billing', description: 'Invoices, payments and reminders.' })
  await server.put(`/projects/${project}/gates`, { gates: { testing: [{ kind: 'approval' }] } })
  const create = async (title, phase, priority = 'medium') =>
    (await server.post(`/projects/${project}/tickets`, { title, phase, priority })).id
  const ids = []
  for (const ticket of TICKETS) ids.push(await create(...ticket))
  for (const title of DONE) await server.post(`/tickets/${await create(title, 'deployment')}/move`, { phase: 'done' })

  const [mail, reminders, refund, bookings, numbers] = ids
  await writeMail(server, mail)
  await plan(server, reminders, 'Find who has not paid for thirty days')
  await plan(server, reminders, 'Write three kinds of reminders')
  await server.post(`/tickets/${refund}/block`, { reason: 'The tax rates of refunds are not decided.' })
  const read = await plan(server, bookings, 'Read the old export')
  await server.post(`/tasks/${read}/start`)
  await server.post(`/tasks/${read}/fail`, { reason: 'the old export has no dates', class: 'permanent' })
  const { position } = await server.post(`/tickets/${numbers}/approvals`, { phase: 'testing' })

  // What follows by itself follows a moment later: the board counts tasks when their tickets know of them.
  await eventually('the tickets know what became of their tasks', async () => {
    const cards = (await server.board(project, position)).columns.flatMap((column) => column.cards)
    const tasksOf = (id) => cards.find((card) => card.id === id)?.tasks
    return tasksOf(mail)?.completed === 1 && tasksOf(bookings)?.failed === 1
  })
  return { project, ticket: mail }
}

async function writeMail(server, ticket) {
  await server.post(`/tickets/${ticket}/refine`, {
    description:
      'Each customer gets one mail a month, with the invoice attached as PDF.\n\n' +
      'Nobody gets the same invoice twice, also when the server is started again meanwhile.',
  })
  const render = await plan(server, ticket, 'Render the invoice as PDF', { estimate_hours: 1.5 })
  const words = await plan(server, ticket, 'Write the words of the mail', { estimate_hours: 1 })
  const sums = await plan(server, ticket, 'Check the sums against the bookings', { depends_on: [render], estimate_hours: 2 })
  await plan(server, ticket, 'Send it to one customer first', { depends_on: [words, sums], estimate_hours: 0.5 })
  await server.post(`/tasks/${render}/start`)
  const commands = [{ cmd: 'cargo test -p invoices', exit: 0 }]
  await server.post(`/tasks/${render}/submit-evidence`, { commands, commit: '0c1d2e3f4a5b' })
  await server.post(`/tasks/${words}/start`)
  await server.post(`/tickets/${ticket}/comments`, { text: 'The customer agrees to one page an invoice.' })
  await server.post(`/tickets/${ticket}/comments`, { text: 'The footer needs the bank account; legal has the text.' })
  const repository = 'https://git.example/billing'
  await server.post(`/tickets/${ticket}/commits`, { sha: '0c1d2e3f4a5b', url: `${repository}/commit/0c1d2e3f4a5b` })
  await server.post(`/tickets/${ticket}/pull-requests`, { number: 41, url: `${repository}/pull/41` })
}

async function plan(server, ticket, title, more = {}) {
  return (await server.post(`/tickets/${ticket}/tasks`, { title, ...more })).id
}
