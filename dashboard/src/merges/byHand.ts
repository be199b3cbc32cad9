/**
 * The commands by which a person brings a candidate in; `omoi merge show` prints the same. Pure. Somebody will paste them into a
 * shell, so nothing that an agent wrote stands in them: commits are hexadecimal, numbers are numbers, and no file is named.
 */
interface ByHand {
  /** Of the repository, as the project says it. */
  url: string | undefined
  /** The end of the branch. */
  head: string
  /** Of the candidate. */
  commit: string
  number: string
}

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/
const NUMBER = /^[A-Z]{2,5}-\d+$/

/** The whole name of a commit. */
export const isCommit = (text: string): boolean => COMMIT.test(text)

/** A directory on the machine of the server has the commits already; from elsewhere they are fetched, and what is made goes back. */
export const isDirectory = (url: string): boolean => url.startsWith('/')

/** In order; `null` when a name is not what it should be. */
export function commandsByHand({ url, head, commit, number }: ByHand): string[] | null {
  if (!isCommit(head) || !isCommit(commit) || !NUMBER.test(number)) return null
  const away = url === undefined || !isDirectory(url)
  const branch = `mend-${number.toLowerCase()}`
  return [
    ...(away ? [`git fetch origin ${head} ${commit}`] : []),
    `git switch --create ${branch} ${head}`,
    `git merge --no-ff ${commit}`,
    '# mend it until the tests of the project pass',
    'git add --all && git commit',
    ...(away ? [`git push origin ${branch}`] : []),
    'git rev-parse HEAD',
  ]
}
