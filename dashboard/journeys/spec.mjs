// A plan in files becomes work: chosen in the browser, read, approved twice, and then on the board. Its words are hostile.
import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { looksRight } from './support/axe.mjs'
import { journey } from './support/journey.mjs'
import { card, live, visit } from './support/page.mjs'

const EXAMPLE = fileURLToPath(new URL('../../docs/examples/kiro-todo', import.meta.url))
const HOSTILE = '<img src=x onerror="window.hit=1">'
const TITLE = `"><script>window.hit=1</script> Todo`

journey('a plan in files becomes work', async ({ server, browser }) => {
  const { id: project } = await server.post('/projects', { name: 'Todo' })
  const folder = await hostilePlan()
  try {
    const { page, faults } = await visit(browser, server, `/p/${project}`)
    await page.getByRole('heading', { name: 'No spec yet' }).waitFor()
    await live(page)
    await looksRight(page, 'project')

    await page.keyboard.press('n')
    const asks = page.getByRole('dialog', { name: 'New spec' })
    await asks.getByRole('button', { name: 'A plan in files' }).click()
    await brokenFirst(asks, folder)
    await looksRight(page, 'problems of a plan')
    await asks.getByLabel('Folder').setInputFiles(folder)
    await asks.getByText(/^3 files/).waitFor()
    await asks.getByLabel('Title').fill(TITLE)
    await asks.getByRole('button', { name: 'Import' }).click()

    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor()
    const spec = page.url().split('/').at(-1)
    const requirements = page.getByRole('region', { name: /^Requirements \(/ })
    await requirements.getByRole('heading', { name: HOSTILE }).waitFor()
    await requirements.getByText('append TEXT to the list and print its number').waitFor()
    await page.getByRole('img', { name: /^Diagram/ }).waitFor()
    await page.locator('summary', { hasText: 'score' }).first().click()
    await looksRight(page, 'spec')

    await gate(page, 'requirements').getByRole('button', { name: 'Approve' }).click()
    await gate(page, 'design').waitFor()
    await changedMeanwhile(server, page, spec)
    await gate(page, 'design').getByRole('button', { name: 'Approve' }).click()

    // What the plan became is heard of, not asked for.
    await page.getByRole('link', { name: 'Ticket TKT-001' }).waitFor({ timeout: 60_000 })
    await page.getByRole('article').getByRole('link', { name: 'Board' }).click()
    await card(page, 'TKT-001').waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'Ticket TKT-001' }).click()
    await page.getByRole('heading', { level: 1, name: HOSTILE }).waitFor()
    await page.goBack()
    await thePlanChanges(page, folder)

    assert.equal(await page.evaluate(() => 'hit' in window), false)
    assert.deepEqual(faults, [])
  } finally {
    await rm(folder, { recursive: true })
  }
})

const gate = (page, what) => page.getByRole('region', { name: `Gate: the ${what}` })

/** The example, with a requirement, a ticket and a part of the picture that want to be more than words. */
async function hostilePlan() {
  const folder = await mkdtemp(join(tmpdir(), 'omoi-plan-'))
  await cp(EXAMPLE, folder, { recursive: true })
  await change(join(folder, 'requirements.md'), 'Requirement 1: Add a thing', `Requirement 1: ${HOSTILE}`)
  await change(join(folder, 'tasks.md'), 'Groundwork', HOSTILE)
  return folder
}

async function change(path, from, to) {
  const text = await readFile(path, 'utf8')
  assert.ok(text.includes(from), `${path} does not say ${from}`)
  await writeFile(path, text.replace(from, to))
}

/** Files that are no plan: refused here, or by the server with each place. Nothing comes of it. */
async function brokenFirst(asks, folder) {
  const tasks = await readFile(join(folder, 'tasks.md'), 'utf8')
  const file = (name, buffer) => ({ name, mimeType: 'text/markdown', buffer: Buffer.from(buffer) })
  const requirements = file('requirements.md', await readFile(join(folder, 'requirements.md')))

  await asks.getByLabel('Files').setInputFiles([requirements, file('tasks.md', [0x23, 0x0a, 0xff])])
  await asks.getByText('tasks.md:2').waitFor()
  await asks.getByRole('button', { name: 'Import' }).click()
  await asks.getByText(/^Nothing was sent/).waitFor()

  await asks.getByLabel('Files').setInputFiles([requirements, file('tasks.md', tasks.replace('_Requirements: 1.1', '_Requirements: 9.9'))])
  await asks.getByText('2 files').waitFor()
  await asks.getByRole('button', { name: 'Import' }).click()
  await asks.getByText(/^tasks\.md:\d+/).first().waitFor()
}

/** Another version of the folder: what it changes is shown, then the work follows. */
async function thePlanChanges(page, folder) {
  await change(join(folder, 'tasks.md'), '4.3 Write the manual', `4.3 Write the manual ${HOSTILE}`)
  await page.getByRole('button', { name: 'Revise …' }).click()
  const asks = page.getByRole('dialog', { name: 'Revise the plan' })
  await asks.getByLabel('Folder').setInputFiles(folder)
  await asks.getByRole('list', { name: 'Tasks' }).getByText(HOSTILE).waitFor()
  await looksRight(page, 'a revision before it is sent')
  await asks.getByRole('button', { name: 'Revise', exact: true }).click()
  await page.getByRole('region', { name: 'Revisions (1)' }).getByText('changed TSK-008').waitFor({ timeout: 60_000 })
}

/** Somebody else writes another design while this one is read. A yes to the old one is not a yes to the new one. */
async function changedMeanwhile(server, page, spec) {
  const { gate: at, content_hash, design } = await server.get(`/specs/${spec}`)
  const content = { ...design, architecture_overview: 'Another way to build it.' }
  await server.post(`/specs/${spec}/edit`, { gate: at, content_hash, content })
  await page.getByText(/^It changed while you were reading/).waitFor()
  await page.getByText('Another way to build it.').waitFor()
  assert.equal(await gate(page, 'design').getByRole('button', { name: 'Approve' }).count(), 0)
  await page.getByRole('button', { name: 'I read the new one' }).click()
}
