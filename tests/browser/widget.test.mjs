// The bubble in a page of another site.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { assertAccessible, at, focused, foreignPage, setUp, sizes, withPage } from './lib.mjs'

setUp()

const site = (attributes = '', head = '') => `<!doctype html><html lang="it"><head><title>Un Comune</title><meta name="viewport" content="width=device-width, initial-scale=1">
${head}<style>* { color: #111 !important; font-size: 15px !important } p { margin: 40px !important; line-height: 3 !important }</style></head>
<body><main><h1>Un Comune</h1><p>Una pagina con uno stile suo.</p></main><script src="${at.base}/widget.js"${attributes}></script></body></html>`

test('under 20 kB, for any site, nothing else fetched', async () => {
  const response = await fetch(`${at.base}/widget.js`)
  const body = Buffer.from(await response.arrayBuffer())
  assert.ok(gzipSync(body, { level: 9 }).length < 20 * 1024)
  assert.match(response.headers.get('content-type'), /javascript/)
  assert.match(response.headers.get('cache-control'), /max-age=3600/)
})

for (const size of ['narrow phone', 'phone', 'desktop'])
  test(`opens, answers, takes a request: ${size}`, () => withPage({ viewport: sizes[size] }, (page) => foreignPage(site(), async (address) => {
    await page.goto(address)
    await assertAccessible(page, 'bubble')
    await page.click('.sp-bubble')
    assert.equal((await focused(page)).name, 'textarea#sp-message')
    await assertAccessible(page, 'widget open')
    await page.keyboard.type("ho dimenticato la password")
    await page.keyboard.press('Enter')
    await page.locator('.sp-solved').waitFor()
    const link = page.locator('.sp-meta a').first()
    assert.equal(await link.getAttribute('target'), '_blank')
    assert.ok((await link.getAttribute('href')).startsWith(`${at.base}/a/password-dimenticata`))
    await assertAccessible(page, 'widget, answer')
    await page.click('.sp-person')
    await page.locator('.sp-ticket').waitFor()
    await assertAccessible(page, 'widget, ticket')
    await page.fill('.sp-ticket input[type="email"]', 'prova@example.com')
    await page.click('.sp-ticket .sp-send')
    await page.locator('.sp-bot:last-child strong').waitFor()
    assert.match(await page.locator('.sp-bot:last-child').textContent(), /Il tuo numero è \d+/)
    await page.keyboard.press('Escape')
    assert.equal(await page.locator('.sp-window').isVisible(), false)
    assert.equal((await focused(page)).name, 'button.sp-bubble')
  })))

test('the page\'s style stays out, ours stays in, no name is left behind', () => withPage({}, (page) => foreignPage(site(), async (address) => {
  await page.goto(address)
  const before = await page.evaluate(() => getComputedStyle(document.querySelector('main p')).margin)
  const names = await page.evaluate(() => Object.keys(window).filter((name) => /sport|widget|chat/i.test(name)))
  await page.click('.sp-bubble')
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('main p')).margin), before)
  assert.deepEqual(names, [])
  const hello = await page.locator('.sp-bot p').first().evaluate((element) => ({ size: getComputedStyle(element).fontSize, margin: getComputedStyle(element).marginLeft }))
  assert.deepEqual(hello, { size: '16px', margin: '0px' })
})))

test('in the language asked for', () => withPage({}, (page) => foreignPage(site(' data-lang="de" data-category="accesso"'), async (address) => {
  await page.goto(address)
  assert.equal(await page.locator('.sp-bubble span').textContent(), 'Brauchst du Hilfe?')
  await page.click('.sp-bubble')
  assert.equal(await page.getAttribute('.sp-root', 'lang'), 'de')
  const asked = page.waitForRequest('**/v1/chat')
  await page.keyboard.type('Hallo')
  await page.keyboard.press('Enter')
  const body = (await asked).postDataJSON()
  assert.equal(body.lang, 'de')
  assert.equal(body.category, 'accesso')
  assert.equal(body.channel, 'widget')
})))

test('works under a strict policy of the page', () => withPage({}, (page) =>
  foreignPage(site('', `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${at.base}; connect-src ${at.base}; style-src 'unsafe-inline'">`), async (address) => {
    await page.goto(address)
    await page.click('.sp-bubble')
    await page.keyboard.type('ciao')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('body > div').shadowRoot.querySelectorAll('.sp-bot').length === 2)
  })))
