// Signing in with a token, as a browser sees it: its cookie, where it leads, and that the way out works.
import test from 'node:test'
import assert from 'node:assert/strict'
import { addToken, assertAccessible, at, say, setUp, signIn, sizes, tabTo, withPage } from './lib.mjs'

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

// Creditors, payment service providers and partners have no console: the help centre is theirs, and so is the way out.
test('who reads more than a citizen: asked in the chat, found while typing, and out again', () => withPage({ viewport: sizes['narrow phone'] }, async (page) => {
  const question = 'riaprire un caso segretissimo'
  const answer = page.locator('.sp-bot', { hasText: 'Solo per operatori.' })
  const token = addToken('agent-l1', 'reader', 'rita')
  const enter = () => signIn(page, token, '/agent/sign-in')
  await enter()
  await assertAccessible(page, 'the help centre, signed in')
  assert.match(await page.locator('.signed-in').textContent(), /rita/)
  await page.locator('#q').pressSequentially('segretiss')
  await page.locator('[role="option"]').first().waitFor()
  await page.goto(`${at.base}/chat`)
  await say(page, question)
  await answer.waitFor()
  assert.ok(await page.locator('.sp-person').evaluate((element) => element.getBoundingClientRect().bottom <= window.innerHeight), 'all of the chat is in sight')
  await assertAccessible(page, 'the chat, signed in')
  await page.goto(`${at.base}/a/solo-operatori`)
  await page.locator('[data-chat-open]').last().click()
  await page.locator('dialog').locator(answer).waitFor()
  // The session ends while the page is open: a citizen goes on asking.
  await page.context().addCookies((await page.context().cookies()).map((cookie) => ({ ...cookie, value: 'x'.repeat(cookie.value.length) })))
  await page.goto(`${at.base}/chat`)
  await say(page, 'password dimenticata')
  await page.locator('.sp-solved').waitFor()
  await enter()
  await page.goto(`${at.base}/`)
  await page.locator('.signed-in button').click()
  await page.waitForURL(/done=out/)
  await page.goto(`${at.base}/`)
  assert.equal(await page.locator('.signed-in').count(), 0)
}))

test('the page to sign in speaks the language of the one that led to it', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/agent/?lang=de`)
  await page.waitForURL(/sign-in/)
  assert.equal(await page.getAttribute('html', 'lang'), 'de')
  await page.fill('#token', addToken())
  await page.press('#token', 'Enter')
  await page.waitForURL(`${at.base}/agent/?lang=de`)
}))

test('editors find the way out beside the preview', () => withPage({ viewport: sizes['narrow phone'] }, async (page) => {
  await signIn(page, addToken('agent-l1', 'editor', 'edda'), '/editor/')
  await assertAccessible(page, 'the preview, signed in')
  await page.locator('header button', { hasText: 'Esci' }).click()
  await page.waitForURL(/done=out/)
}))
