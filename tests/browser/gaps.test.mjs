// What to do about it: the page of gaps, accessible on every size, by keyboard, and without scripts.
import test from 'node:test'
import assert from 'node:assert/strict'
import { addToken, assertAccessible, at, setUp, signIn, sizes, tabTo, withPage } from './lib.mjs'

const question = 'il tornello della piscina comunale non legge il braccialetto'

setUp()

async function ask() {
  for (const message of [question, question, question, 'passwordd dimenticata', 'passwordd dimenticata']) {
    const reply = await fetch(`${at.base}/v1/chat`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ message }) })
    assert.equal(reply.status, 200)
  }
}

let people = 0
const enter = (page, path = '/dashboard/gaps') => signIn(page, addToken('citizen', 'editor', `redazione${++people}`), path)

test('topics are accessible on every size', async () => {
  await ask()
  for (const [name, viewport] of Object.entries(sizes)) {
    await withPage({ viewport }, async (page) => {
      await enter(page)
      await page.getByRole('heading', { name: /piscina|tornello|braccialetto/ }).first().waitFor()
      for (const summary of await page.locator('summary').all()) await summary.click()
      await assertAccessible(page, `gaps, ${name}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      assert.ok(wide <= 0, `gaps, ${name}: ${wide} px too wide`)
    })
  }
})

test('by keyboard, without scripts: a patch is fetched, days are chosen', async () => {
  await ask()
  await withPage({ javaScriptEnabled: false }, async (page) => {
    await enter(page)
    const link = page.locator('a[href^="/v1/gaps/patch"]').first()
    const download = page.waitForEvent('download')
    await link.focus()
    await page.keyboard.press('Enter')
    assert.equal((await download).suggestedFilename(), 'sportello-gaps.patch')
    await page.locator('#gp-from').fill('2020-01-01')
    await page.getByRole('button', { name: 'Mostra' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/from=2020-01-01/)
    assert.ok(await page.getByText(question).first().isVisible())
  })
})

test('every link is reached by Tab', () => withPage({}, async (page) => {
  await enter(page)
  await tabTo(page, 'Lacune')
  await tabTo(page, 'Mostra')
}))
