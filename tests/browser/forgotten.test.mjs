// A conversation whose data were deleted while its page was open.
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { at, say, setUp, withPage } from './lib.mjs'

setUp()

test('the chat goes on as a new conversation', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, 'ho dimenticato la password')
  const first = page.url().match(/\/chat\/([a-z0-9]{26})/)[1]
  execFileSync(process.env.SPORTELLO_BIN, ['forget', '--data', at.data, '--conversation', first])
  await say(page, 'ho dimenticato la password')
  assert.match(await page.locator('.sp-bot').last().textContent(), /Apri la pagina del gestore/)
  assert.notEqual(page.url().match(/\/chat\/([a-z0-9]{26})/)[1], first)
}))
