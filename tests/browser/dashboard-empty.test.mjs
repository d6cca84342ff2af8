// The dashboard of a service to which nobody has written yet, and figures that are not published.
import test from 'node:test'
import assert from 'node:assert/strict'
import { addToken, assertAccessible, at, say, setUp, signIn, withPage } from './lib.mjs'

setUp()

test('no conversations yet, then one', () => withPage({ viewport: { width: 320, height: 640 } }, async (page) => {
  await signIn(page, addToken('agent-l1', 'manager', 'capo'), '/dashboard/')
  for (const view of ['', 'topics', 'contacts', 'work', 'rules']) {
    await page.goto(`${at.base}/dashboard/${view}`)
    assert.match(await page.textContent('main'), /Ancora nessuna conversazione/)
    await assertAccessible(page, `empty ${view}`)
  }
  await page.click('text=Prova la chat')
  await say(page, 'non mi arriva il codice otp di spid')
  await page.goto(`${at.base}/dashboard/`)
  assert.equal((await page.textContent('[data-tile="conversations"] .db-value')).trim(), '1')
  await assertAccessible(page, 'one conversation')
}))

test('figures are published only where kb.yaml says so', () => withPage({}, async (page) => {
  for (const path of ['/figures', '/figures.csv', '/figures.jsonld']) assert.equal((await page.goto(at.base + path)).status(), 404, path)
  await page.goto(at.base)
  assert.equal(await page.locator('a[href^="/figures"]').count(), 0)
}))

test('who is not signed in is led to sign in', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/dashboard/rules`)
  assert.match(page.url(), /sign-in/)
}))
