// A run of a real agent in a real sandbox, which follows a script: started from its ticket, watched, spoken to, replayed;
// one that goes nowhere, which is stopped; and one whose agent is interrupted. What agents say is hostile. An agent is put into quarantine.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { eventually, journey } from './support/journey.mjs'
import { live, visit } from './support/page.mjs'
import { withoutSandboxes, Workshop } from './support/workshop.mjs'

const HOSTILE = '<img src=x onerror="window.hit=1">'
const ANSWER = `Leave the name as it is. ${HOSTILE}`
const skip = withoutSandboxes()

journey(
  'a run is watched, spoken to and replayed',
  async ({ server, browser }) => {
    const workshop = await Workshop.open(server)
    try {
      const { number } = await workshop.task(
        'Mend add',
        { think: 'It subtracts.' },
        { say: `I look at the check. ${HOSTILE} \u001b[31mred\u001b[0m` },
        { run: 'seq 1 60; sh check.sh' },
        { run: "sed -i 's/-/+/' calc.sh && sh check.sh" },
        { ask: 'May I rename the function?' },
        { wait_for_message: { path: 'answer.txt' } },
        { say: 'I leave it.' },
      )
      const { page, faults } = await visit(browser, server, `/p/${workshop.project}/runs`)
      await page.getByRole('heading', { name: 'No run yet' }).waitFor()
      await looksRight(page, 'no run yet')
      await page.getByRole('main').getByRole('link', { name: 'Board' }).click()
      await page.getByRole('link', { name: /^TKT-001 / }).click()
      const start = page.getByRole('button', { name: `Start run of ${number}` })
      await start.waitFor()
      await looksRight(page, 'a task that is ready')
      await start.click()

      await watched(page)
      await spokenTo(page)
      await replayed(page)
      await inTheLists(page, number)
      await distrusted(page)

      assert.equal(await workshop.git('show', 'omoi/TSK-001-mend-add:answer.txt'), ANSWER)
      assert.equal(await page.evaluate(() => 'hit' in window), false)
      assert.deepEqual(faults, [])
    } finally {
      await workshop.close()
    }
  },
  { skip },
)

journey(
  'a run that goes nowhere is stopped, without a mouse',
  async ({ server, browser }) => {
    const workshop = await Workshop.open(server)
    try {
      const { id: task } = await workshop.task('Do nothing', { say: 'I begin.' }, 'hang')
      const { id: run } = await server.post(`/tasks/${task}/runs`)
      const { page, faults } = await visit(browser, server, '/agents')
      await live(page)
      await page.getByRole('region', { name: 'Sandboxes' }).getByText('Is there').waitFor({ timeout: 60_000 })
      await looksRight(page, 'agents')
      await page.getByRole('region', { name: 'Agents' }).getByRole('link', { name: /^TSK-001 Do nothing/ }).first().focus()
      await page.keyboard.press('Enter')

      await steps(page).getByText('I begin.').waitFor({ timeout: 60_000 })
      await page.getByRole('button', { name: 'Stop …' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: 'Stop the run' }).getByLabel('Why').waitFor()
      await page.keyboard.press('Enter')
      await page.getByText('Say why in a line: it is shown with the run and its task.').waitFor()
      await looksRight(page, 'stop')
      await page.keyboard.type('It goes nowhere.')
      await page.keyboard.press('Enter')
      const ended = page.getByRole('note', { name: 'How it ended' })
      await ended.getByText('It goes nowhere.').waitFor({ timeout: 60_000 })
      await page.getByText('The run has ended: nobody is there to hear it.').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Stop …' }).count(), 0)
      assert.equal((await server.get(`/runs/${run}`)).outcome, 'cancelled')
      await looksRight(page, 'stopped')
      assert.deepEqual(faults, [])
    } finally {
      await workshop.close()
    }
  },
  { skip },
)

journey(
  'the turn of an agent is interrupted, and the page says what came of it',
  async ({ server, browser }) => {
    const workshop = await Workshop.open(server)
    try {
      const { id: task } = await workshop.task('Wait for advice', { say: 'I wait.' }, { wait_for_message: { path: 'advice.txt' } })
      const { id: run } = await server.post(`/tasks/${task}/runs`)
      const { page, faults } = await visit(browser, server, `/p/${workshop.project}/runs/${run}`)
      await steps(page).getByText('I wait.').waitFor({ timeout: 60_000 })
      await page.getByRole('button', { name: 'Interrupt …' }).click()
      await page.getByRole('dialog', { name: 'Interrupt the turn?' }).getByText('No message waits for it').waitFor()
      await looksRight(page, 'interrupt')
      await page.getByRole('button', { name: 'Interrupt it' }).click()
      await steps(page).getByText('A person interrupted the turn of its agent.').waitFor({ timeout: 30_000 })
      await page.getByRole('note', { name: 'How it ended' }).getByText('interrupted', { exact: true }).waitFor({ timeout: 60_000 })
      const beside = page.getByRole('region', { name: 'Interventions (1)' })
      await beside.getByText('Interrupted.').waitFor({ timeout: 30_000 })
      assert.equal(await page.getByRole('button', { name: /^Interrupt/ }).count(), 0)
      const { outcome, progress } = await server.get(`/runs/${run}`)
      assert.deepEqual([outcome, progress.code], ['cancelled', 'interrupted'])
      await looksRight(page, 'interrupted')
      await page.getByRole('link', { name: 'Runs', exact: true }).first().click()
      const listed = page.getByRole('region', { name: 'Interventions' })
      await listed.getByText('Interruption').waitFor()
      await listed.getByRole('link', { name: 'TSK-001 Wait for advice' }).waitFor()
      await looksRight(page, 'interventions')
      assert.deepEqual(faults, [])
    } finally {
      await workshop.close()
    }
  },
  { skip },
)

const steps = (page) => page.getByRole('list', { name: /^Steps/ })

/** It appears as it happens, and nobody reads the page again. */
async function watched(page) {
  await page.getByRole('heading', { level: 1, name: /Mend add/ }).waitFor()
  await steps(page).getByText('May I rename the function?').waitFor({ timeout: 60_000 })
  await page.getByText('Works', { exact: true }).waitFor()
  await page.getByRole('region', { name: 'What happened' }).focus()
  // All of it, with the rows that are not on the screen: from the top.
  await page.getByRole('region', { name: 'What happened' }).evaluate((scroller) => scroller.scrollTo(0, 0))
  await steps(page).getByText(`I look at the check. ${HOSTILE} red`).waitFor()
  await page.getByRole('button', { name: /^Thought/ }).click()
  await steps(page).getByText('It subtracts.').last().waitFor()
  await steps(page).getByText('exit 1').waitFor()
  await steps(page).getByText('52 earlier lines').waitFor()
  await looksRight(page, 'a run that waits')
  await page.getByRole('button', { name: /^Paused/ }).click()
  await steps(page).getByText('May I rename the function?').waitFor()
}

/** What becomes of a message is seen, and the agent goes on with it. */
async function spokenTo(page) {
  const box = page.getByRole('textbox', { name: 'Message to the agent' })
  await box.fill(ANSWER)
  await box.press('Control+Enter')
  await page.getByText('Last message: heard.').waitFor({ timeout: 30_000 })
  assert.equal(await box.inputValue(), '')
  await steps(page).getByText('I leave it.').waitFor({ timeout: 30_000 })
  const ended = page.getByRole('note', { name: 'How it ended' })
  await ended.getByText('verified').waitFor({ timeout: 60_000 })
  await page.getByRole('complementary', { name: 'About the run' }).getByText('sh check.sh').waitFor()
  await steps(page).getByText('Its workspace was removed; all that was in it is kept.').waitFor({ timeout: 60_000 })
  await page.getByRole('region', { name: 'Interventions (1)' }).getByText('Heard.').waitFor()
  await looksRight(page, 'a run that has ended')
}

/** To before the message, on again by keys, played, and back to now. */
async function replayed(page) {
  const slider = page.getByRole('slider', { name: 'Step' })
  const at = async () => Number(await slider.inputValue())
  const last = await at()
  await slider.focus()
  await page.keyboard.press('Home')
  await page.getByText('The past.').waitFor()
  await eventually('only the first step is shown', async () => (await steps(page).getByRole('listitem').count()) === 1)
  await looksRight(page, 'the past')
  await page.keyboard.press('ArrowRight')
  await eventually('a step further', async () => (await at()) === 1)
  await page.getByLabel('Speed').selectOption('8')
  await slider.focus()
  await page.keyboard.press('Space')
  await eventually('it plays to its end', async () => (await at()) === last)
  await steps(page).getByText('Its workspace was removed').waitFor()
  await page.getByRole('button', { name: 'Back to live' }).click()
  await page.getByText('The past.').waitFor({ state: 'detached' })
}

async function inTheLists(page, number) {
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  const runs = page.getByRole('region', { name: 'Runs', exact: true })
  await runs.getByRole('link', { name: `${number} Mend add` }).waitFor()
  await runs.getByLabel('State').selectOption({ label: 'Failed' })
  await runs.getByText('None of them is like this.').waitFor()
  await runs.getByLabel('State').selectOption({ label: 'Succeeded' })
  await runs.getByRole('link', { name: `${number} Mend add` }).waitFor()
  await page.getByRole('region', { name: 'Agents' }).getByTitle('1 succeeded').waitFor()
  await looksRight(page, 'runs')
}

/** A person puts the agent into quarantine, with a reason, and releases it again. */
async function distrusted(page) {
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  const agents = page.getByRole('region', { name: 'Agents' })
  await agents.getByText('Has had no run yet.').first().waitFor()
  await agents.getByText(/^Cannot run: it asks Google itself/).waitFor()
  await looksRight(page, 'agents that had no run')
  await agents.getByRole('button', { name: 'Quarantine scripted …' }).click()
  await page.getByRole('dialog', { name: /scripted/ }).getByLabel('Why').fill('It writes too much.')
  await looksRight(page, 'quarantine')
  await page.keyboard.press('Enter')
  await agents.getByText(/^In quarantine, .* It writes too much\.$/).waitFor()
  await looksRight(page, 'an agent in quarantine')
  await agents.getByRole('button', { name: 'Release scripted …' }).click()
  await page.getByRole('button', { name: 'Release it' }).click()
  await agents.getByRole('button', { name: 'Quarantine scripted …' }).waitFor()
}
