import { expect, test } from 'vitest'
import { commandsByHand, isCommit } from './byHand'

const head = '1d2e3f4a5b60718293a4b5c6d7e8f9012345670c'
const commit = '3f4a5b60718293a4b5c6d7e8f9012345670c1d2e'
const given = { url: '/srv/billing', head, commit, number: 'TSK-003' }

test('in the repository itself nothing is fetched or pushed', () => {
  expect(commandsByHand(given)).toEqual([
    `git switch --create mend-tsk-003 ${head}`,
    `git merge --no-ff ${commit}`,
    '# mend it until the tests of the project pass',
    'git add --all && git commit',
    'git rev-parse HEAD',
  ])
})

test('in a clone the commits are fetched, and what was made goes back', () => {
  for (const url of ['https://git.example.org/acme/billing.git', undefined]) {
    const commands = commandsByHand({ ...given, url })
    expect(commands?.[0]).toBe(`git fetch origin ${head} ${commit}`)
    expect(commands?.slice(-2)).toEqual(['git push origin mend-tsk-003', 'git rev-parse HEAD'])
  }
})

test('no command holds what a shell would read as something else', () => {
  expect(commandsByHand({ ...given, url: '/srv/$(reboot)' })?.join('\n')).not.toContain('reboot')
  for (const wrong of [{ head: '' }, { head: 'HEAD; reboot' }, { commit: `${commit}\nreboot` }, { commit: commit.slice(1) }, { number: 'TSK-1 $(reboot)' }]) {
    expect(commandsByHand({ ...given, ...wrong })).toBeNull()
  }
})

test('a commit is its whole name, of SHA-1 or SHA-256', () => {
  expect([isCommit(head), isCommit(head + head.slice(0, 24)), isCommit(head.slice(0, 12)), isCommit(head.toUpperCase()), isCommit('HEAD')]).toEqual([true, true, false, false, false])
})
