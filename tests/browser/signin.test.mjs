// Signing in with a token, as a browser sees it: its cookie, where it leads, and that the way out works.
import test from 'node:test'
import assert from 'node:assert/strict'
import { addToken, assertAccessible, at, setUp, signIn, sizes, tabTo, withPage } from './lib.mjs'

setUp()

test('the cookie is kept and no script sees it', () => withPage({}, async (page) => {
  await signIn(page, addToken(), '/agent/?q=spid')
  assert.equal(page.url(), `${at.base}/agent/?q=spid`)
  const [cookie, ...others] = await page.context().cookies()
  assert.deepEqual(others, [])
  assert.deepEqual([cookie.name, cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path, cookie.expires], ['__Host-sportello', true, true, 'Strict', '/', -1])
  assert.equal(await page.evaluate(() => document.cookie), '')
  await page.reload()
  assert.match(await page.textContent('.ag-who'), /ada/)
}))

test('the way out, and back is not the page again', () => withPage({}, async (page) => {
  await signIn(page)
  await page.getByRole('button', { name: 'Esci' }).click()
  await page.waitForURL(/sign-in/)
  assert.match(await page.textContent('[role=status]'), /Sei uscito/)
  assert.deepEqual(await page.context().cookies(), [])
  await page.goBack()
  assert.match(page.url(), /sign-in/)
  assert.equal(await page.locator('.ag-who').count(), 0)
  assert.doesNotMatch(await page.textContent('main'), /ada/)
}))

test('by keyboard, also after a mistake', () => withPage({}, async (page) => {
  const token = addToken()
  await page.goto(`${at.base}/agent/`)
  await tabTo(page, 'input#token')
  await page.keyboard.type('spt_sbagliato')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=alert]')
  await tabTo(page, 'input#token')
  await page.keyboard.type(token)
  await tabTo(page, 'Accedi')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/agent\/$/)
}))

test('without scripts', () => withPage({ javaScriptEnabled: false }, async (page) => {
  await signIn(page)
  await page.getByRole('button', { name: 'Esci' }).click()
  await page.waitForURL(/sign-in/)
}))

for (const [size, viewport] of Object.entries(sizes))
  test(`accessible on a ${size}`, () => withPage({ viewport }, async (page) => {
    for (const lang of ['it', 'en', 'de']) {
      await page.goto(`${at.base}/agent/sign-in?lang=${lang}`)
      await assertAccessible(page, `sign-in ${lang}`, lang)
      await page.fill('#token', 'x')
      await page.press('#token', 'Enter')
      await page.waitForSelector('[role=alert]')
      await assertAccessible(page, `sign-in refused ${lang}`, lang)
    }
    await signIn(page)
    await assertAccessible(page, 'home')
    await page.getByRole('button', { name: 'Esci' }).click()
    await page.waitForSelector('[role=status]')
    await assertAccessible(page, 'signed out')
  }))

test("another site's link leads in, another site's form does not", () => withPage({}, async (page) => {
  // localhost and 127.0.0.1 are two sites; both are this machine.
  const other = at.base.replace('127.0.0.1', 'localhost')
  await signIn(page)
  await page.route(`${other}/**`, (route) => route.fulfill({ contentType: 'text/html', body:
    `<!doctype html><a href="${at.base}/agent/">link</a><form method="post" action="${at.base}/agent/sign-out"><button>form</button></form>` }))
  page.removeAllListeners('request')
  await page.goto(`${other}/`)
  await page.click('a')
  await page.waitForSelector('.ag-who strong')
  assert.match(await page.textContent('.ag-who'), /ada/)
  await page.goto(`${other}/`)
  await page.click('button')
  await page.waitForURL(`${at.base}/**`)
  await page.goto(`${at.base}/agent/`)
  assert.match(await page.textContent('.ag-who'), /ada/, 'still signed in')
}))
